#include "tests/conformance/load_cases.h"

#include <fmt/format.h>
#include <libxml/parser.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/desk/attachments.h"
#include "forms/desk/files.h"
#include "forms/desk/package.h"
#include "forms/session/session.h"

namespace doorstep::conformance {
namespace {

namespace fs = std::filesystem;

#if defined(__SANITIZE_ADDRESS__)
constexpr unsigned seconds_per_file = 20;  // sanitizers cost about tenfold
#else
constexpr unsigned seconds_per_file = 2;
#endif

const Diagnostic* first_error(const Diagnostics& found) {
    const auto at = std::find_if(found.begin(), found.end(),
                                 [](const Diagnostic& one) { return one.severity == Severity::error; });
    return at == found.end() ? nullptr : &*at;
}

Outcome loaded() {
    Outcome outcome = Outcome::pass();
    outcome.tally["files loaded"] = 1;
    return outcome;
}

// A refusal is right when it says what is wrong and where.
Outcome refused(const Diagnostics& found) {
    const Diagnostic* error = first_error(found);
    if (!error || error->what.empty() || error->place.file.empty())
        return Outcome::fail("a form, or a reason with its place", error ? error->text() : "nothing",
                             "refused without a reason");
    Outcome outcome = Outcome::pass();
    outcome.tally["files refused with a reason"] = 1;
    outcome.got = "refused: " + error->text();
    return outcome;
}

Outcome load_form(const fs::path& file) {
    const FormPackage package = open_package(file.string(), nullptr);
    if (!package.form)
        return refused(package.found);
    constexpr std::int64_t some_evening_ms = 1'795'223'700'000;
    const ManualClock clock(some_evening_ms, 0);
    SeededRandom random(1);
    const auto session = FormSession::begin(package.form, {}, clock, random);
    if (!session)
        return Outcome::fail("a questionnaire", session.error().text(), "does not begin");
    if (session->submission().empty())
        return Outcome::fail("a submission", "nothing", "submits nothing");
    return loaded();
}

// A list is loaded by a form that names it.
Outcome load_list(const fs::path& file) {
    const std::string form =
        fmt::format(R"(<html xmlns="http://www.w3.org/1999/xhtml" xmlns:x="http://www.w3.org/2002/xforms">)"
                    R"(<head><x:model><x:instance><form id="form"/></x:instance>)"
                    R"(<x:instance id="list" src="jr://file/{}"/></x:model></head><body/></html>)",
                    file.filename().string());
    std::vector<FormFault> faults;
    const auto attachments = attachments_in(file.parent_path().string());
    const bool bad = file.filename().string().starts_with("bad-");
    if (FormDefinition::load(form, attachments, faults))
        return bad ? Outcome::fail("a refusal", "a list", "a bad list is taken") : loaded();
    Diagnostics found;
    for (const FormFault& fault : faults) {
        found.push_back(fault.diagnostic);
        found.back().place.file = file.filename().string();
    }
    return refused(found);
}

Outcome refuse_old_workbook(const fs::path& file) {
    const FormPackage package = open_package(file.string(), nullptr);
    const Diagnostic* error = first_error(package.found);
    if (!error || error->text().find(".xlsx") == std::string::npos)
        return Outcome::fail("\"save it as .xlsx\"", error ? error->text() : "no error", "an .xls");
    return refused(package.found);
}

// XML that is no list has the root of a form; what is no XML at all is tried as a form.
bool is_list(const fs::path& file) {
    const std::string kind = file.extension().string();
    if (kind != ".xml")
        return kind == ".csv" || kind == ".geojson";
    const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document(
        xmlReadFile(file.c_str(), nullptr, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
        xmlFreeDoc);
    const xmlNode* root = document ? xmlDocGetRootElement(document.get()) : nullptr;
    return root && std::string_view(reinterpret_cast<const char*>(root->name)) != "html";
}

Outcome load(const fs::path& file) {
    if (file.extension() == ".xls")
        return refuse_old_workbook(file);
    return is_list(file) ? load_list(file) : load_form(file);
}

std::vector<fs::path> files_below(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code problem;
    for (const auto& one : fs::recursive_directory_iterator(folder, problem)) {
        const std::string kind = one.path().extension().string();
        const bool wanted = kind == ".xml" || kind == ".xlsx" || kind == ".xls" || kind == ".csv" ||
                            kind == ".md" || kind == ".geojson";
        if (one.is_regular_file() && wanted)
            files.push_back(one.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

int run_load(const Options& options) {
    const fs::path folder = fs::path(options.path).lexically_normal();
    if (!fs::is_directory(folder)) {
        fmt::print(stderr, "{}: is no folder\n", options.path);
        return 2;
    }
    // The forms of the scenarios lie beside and are loaded the same way.
    const fs::path above = (folder.has_filename() ? folder : folder.parent_path()).parent_path();
    std::vector<Case> cases;
    for (const fs::path& from : {folder, above / "scenario_forms"})
        for (const fs::path& file : files_below(from)) {
            if (from != folder && file.string().starts_with(folder.string()))
                continue;
            Case made;
            made.key = file.lexically_relative(from == folder ? folder : above).string();
            made.seconds = seconds_per_file;
            made.run = [file] { return load(file); };
            cases.push_back(std::move(made));
        }
    return score("load", cases, options);
}

}  // namespace doorstep::conformance
