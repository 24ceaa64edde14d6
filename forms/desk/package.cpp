#include "forms/desk/package.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "forms/definition/content.h"
#include "forms/desk/attachments.h"
#include "forms/desk/files.h"
#include "forms/desk/form_cache.h"
#include "forms/workbook/workbook.h"
#include "forms/xlsform/convert.h"

namespace doorstep {
namespace {

namespace fs = std::filesystem;

void load(FormPackage& package, const FormAttachments& attachments, const std::string& cache) {
    std::vector<FormFault> faults;
    package.form = load_cached(cache, package.xml, attachments, faults);
    for (const FormFault& fault : faults)
        package.found.push_back(joined(fault, package.origins, package.file));
    if (has_error(package.found))
        package.form = nullptr;
}

// The sheets have mistakes already: what only the engine can find is told beside
// them, so that one check names all.  A place that is known to be wrong stays out,
// since whatever the engine says of it follows from that.
void look_further(FormPackage& package, const std::string& draft, const std::string& folder) {
    constexpr std::ptrdiff_t most_mistakes = 200;
    if (std::ssize(package.found) > most_mistakes)
        return;
    std::vector<FormFault> faults;
    FormDefinition::load(draft, attachments_in(folder), faults);
    const Diagnostics before = package.found;
    for (const FormFault& fault : faults) {
        const std::string& code = fault.diagnostic.code;
        if (code != "cycle" && code != "missing-attachment" && code != "unknown-node" &&
            code != "relevance-ring")
            continue;
        Diagnostic one = joined(fault, package.origins, package.file);
        const bool known = std::any_of(before.begin(), before.end(), [&](const Diagnostic& other) {
            return other.severity == Severity::error && other.place == one.place;
        });
        if (!known && one.place.row > 0)
            package.found.push_back(std::move(one));
    }
}

// An XForm carries no dates, so only the names of its rules can be looked up.
void check_rules(FormPackage& package, const Directory& directory) {
    const auto unknown = [&](const Rule& rule, const char* what, const std::string& name) {
        package.found.push_back(
            {.code = std::string("unknown-") + what,
             .place = {.file = package.file},
             .value = name,
             .what = fmt::format("{}: \"{}\" is no {} of the directory.", rule.place(), name, what),
             .mend = "add it to the directory, or correct the form."});
    };
    for (const Rule& rule : package.form->content().rules) {
        if (!rule.referral) {
            if (directory.offer(rule.code) == nullptr)
                unknown(rule, "offer", rule.code);
            continue;
        }
        const Agency* agency = directory.agency(rule.code);
        if (agency == nullptr)
            unknown(rule, "agency", rule.code);
        else if (!rule.service.empty() && agency->service(rule.service) == nullptr)
            unknown(rule, "service", rule.service);
    }
    if (has_error(package.found))
        package.form = nullptr;
}

FormPackage open_xform_in(const std::string& xml, const std::string& folder, const std::string& file,
                          const std::string& cache) {
    FormPackage package;
    package.file = file;
    package.xml = xml;
    load(package, attachments_in(folder), cache);
    return package;
}

}  // namespace

FormPackage open_package(const std::string& path, const Directory* directory, const std::string& cache) {
    const fs::path where = fs::path(path).lexically_normal();
    const std::string file =
        where.has_filename() ? where.filename().string() : where.parent_path().filename().string();
    const std::string folder = fs::is_directory(where) ? where.string() : where.parent_path().string();
    FormPackage package;
    package.file = file;
    if (where.extension() == ".xml" && fs::is_regular_file(where)) {
        const auto text = read_file(path);
        if (!text) {
            package.found.push_back(
                {.code = "unreadable", .place = {.file = file}, .what = text.error().text()});
            return package;
        }
        package = open_xform_in(*text, folder, file, cache);
        if (package.form && directory != nullptr)
            check_rules(package, *directory);
        return package;
    }
    const Workbook workbook = read_workbook(path, package.found);
    if (has_error(package.found) && workbook.sheets.empty())
        return package;
    ConvertedForm converted = convert(workbook, {.directory = directory}, package.found);
    package.origins = std::move(converted.origins);
    if (has_error(package.found)) {
        look_further(package, converted.draft, folder);
        return package;
    }
    package.xml = std::move(converted.xml);
    load(package, attachments_in(folder), cache);
    return package;
}

FormPackage open_xform(const std::string& xml, const std::string& file, const std::string& cache) {
    return open_xform_in(xml, {}, file, cache);
}

FormPackage open_xform_with(const std::string& xml, const FormAttachments& attachments,
                            const std::string& file, const Directory* directory) {
    FormPackage package;
    package.file = file;
    package.xml = xml;
    load(package, attachments, {});
    if (package.form && directory != nullptr)
        check_rules(package, *directory);
    return package;
}

Library open_library(const std::string& folder, const std::string& cache) {
    Library library;
    library.directory = read_directory((fs::path(folder) / "directory").string(), library.found);
    std::error_code problem;
    std::vector<fs::path> versions;
    for (const auto& form : fs::directory_iterator(folder, problem)) {
        if (!form.is_directory() || form.path().filename() == "directory")
            continue;
        for (const auto& version : fs::directory_iterator(form.path()))
            if (version.is_directory())
                versions.push_back(version.path());
    }
    if (problem)
        library.found.push_back(
            {.code = "unreadable",
             .place = {.file = fs::path(folder).filename().string()},
             .what = fmt::format("The folder of questionnaires cannot be read ({}).", problem.message()),
             .mend = "Name the right folder, or give read permission."});
    std::sort(versions.begin(), versions.end());
    for (const fs::path& version : versions) {
        library.packages.push_back(open_package(version.string(), &library.directory, cache));
        const Diagnostics& found = library.packages.back().found;
        library.found.insert(library.found.end(), found.begin(), found.end());
    }
    return library;
}

std::shared_ptr<const FormDefinition> Library::form(std::string_view id, std::string_view version) const {
    for (const FormPackage& package : packages)
        if (package.form && package.form->id() == id && package.form->version() == version)
            return package.form;
    return nullptr;
}

std::vector<std::shared_ptr<const FormDefinition>> Library::forms() const {
    std::vector<std::shared_ptr<const FormDefinition>> all;
    for (const auto& package : packages)
        if (package.form)
            all.push_back(package.form);
    return all;
}

const FormPackage* Library::package(const Sha256& hash) const {
    for (const FormPackage& package : packages)
        if (package.form && package.form->hash() == hash)
            return &package;
    return nullptr;
}

std::string shipped_questionnaires() {
    if (const char* named = std::getenv("DOORSTEP_QUESTIONNAIRES"); named && *named)
        return named;
    std::error_code problem;
    const fs::path program = fs::read_symlink("/proc/self/exe", problem);
    if (!problem) {
        const fs::path installed = program.parent_path().parent_path() / "share/doorstep/questionnaires";
        if (fs::is_directory(installed, problem))
            return installed.string();
    }
    return DOORSTEP_SOURCE_QUESTIONNAIRES;
}

}  // namespace doorstep
