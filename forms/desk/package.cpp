#include "forms/desk/package.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "forms/desk/attachments.h"
#include "forms/desk/files.h"
#include "forms/workbook/workbook.h"
#include "forms/xlsform/convert.h"

namespace doorstep {
namespace {

namespace fs = std::filesystem;

using Origins = std::map<std::string, Place>;

// The cell that an error of the engine came from.  An error about a property
// that has no cell of its own stands at the question's type.
Place origin(const Origins& origins, const std::string& node, const std::string& property) {
    for (const std::string& key : {node + "#" + property, node + "#type", node + "#when"})
        if (const auto found = origins.find(key); found != origins.end())
            return found->second;
    return {};
}

// "rows 31 -> 35 -> 31" where a cycle has been joined to its cells.
std::string chain_of_rows(const std::vector<Place>& places) {
    std::string text;
    for (const Place& place : places)
        text += fmt::format("{}{}", text.empty() ? "" : " -> ", place.row);
    return "Rows " + text + ".";
}

Diagnostic joined(const FormFault& fault, const Origins& origins, const std::string& file) {
    Diagnostic diagnostic = fault.diagnostic;
    diagnostic.place = origin(origins, fault.node, fault.property);
    if (diagnostic.place.file.empty())
        diagnostic.place.file = file;
    if (diagnostic.place.row == 0 && !fault.node.empty())
        diagnostic.what =
            fmt::format("{}{}: {}", fault.node, fault.property.empty() ? "" : " (" + fault.property + ")",
                        diagnostic.what);
    for (const auto& [node, property] : fault.related)
        if (Place place = origin(origins, node, property); place.row > 0)
            diagnostic.related.push_back(std::move(place));
    if (fault.diagnostic.code == "cycle" && diagnostic.related.size() > 1)
        diagnostic.why = chain_of_rows(diagnostic.related);
    return diagnostic;
}

void load(FormPackage& package, const std::string& folder, const std::string& file, const Origins& origins) {
    std::vector<FormFault> faults;
    package.form = FormDefinition::load(package.xml, attachments_in(folder), faults);
    for (const FormFault& fault : faults)
        package.found.push_back(joined(fault, origins, file));
    if (has_error(package.found))
        package.form = nullptr;
}

FormPackage open_xform_in(const std::string& xml, const std::string& folder, const std::string& file) {
    FormPackage package;
    package.xml = xml;
    load(package, folder, file, {});
    return package;
}

}  // namespace

FormPackage open_package(const std::string& path, const Directory* directory) {
    const fs::path where = fs::path(path).lexically_normal();
    const std::string file =
        where.has_filename() ? where.filename().string() : where.parent_path().filename().string();
    const std::string folder = fs::is_directory(where) ? where.string() : where.parent_path().string();
    FormPackage package;
    if (where.extension() == ".xml" && fs::is_regular_file(where)) {
        const auto text = read_file(path);
        if (!text) {
            package.found.push_back(
                {.code = "unreadable", .place = {.file = file}, .what = text.error().text()});
            return package;
        }
        return open_xform_in(*text, folder, file);
    }
    const Workbook workbook = read_workbook(path, package.found);
    if (has_error(package.found) && workbook.sheets.empty())
        return package;
    const ConvertedForm converted = convert(workbook, {.directory = directory}, package.found);
    if (has_error(package.found))
        return package;
    package.xml = converted.xml;
    load(package, folder, file, converted.origins);
    return package;
}

FormPackage open_xform(const std::string& xml, const std::string& file) {
    return open_xform_in(xml, {}, file);
}

Library open_library(const std::string& folder) {
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
        library.packages.push_back(open_package(version.string(), &library.directory));
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
