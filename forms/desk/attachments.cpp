#include "forms/desk/attachments.h"

#include <fmt/format.h>

#include <filesystem>

#include "forms/desk/files.h"
#include "forms/desk/geojson.h"
#include "forms/workbook/workbook.h"

namespace doorstep {
namespace {

namespace fs = std::filesystem;

Result<AttachmentRows> read_table(const std::string& text, const std::string& name) {
    Diagnostics found;
    AttachmentRows list;
    // Columns without a name behind the last one are a slip of the spreadsheet.
    const auto tidied = [](std::vector<std::string> header) {
        while (!header.empty() && header.back().empty())
            header.pop_back();
        return header;
    };
    read_list(text, name, found, [&](std::vector<std::string> row) {
        if (list.rows.empty())
            row = tidied(std::move(row));
        else if (row.size() < list.rows.front().size())
            row.resize(list.rows.front().size());
        list.rows.push_back(std::move(row));
    });
    if (has_error(found))
        return Error{Fault::bad_input, found.front().text(), ""};
    return list;
}

Result<AttachmentRows> rows_of(const MediaSource& source, std::string_view uri) {
    const std::string name = media_name(uri);
    const std::string kind = fs::path(name).extension().string();
    if (kind != ".csv" && kind != ".geojson" && kind != ".xml")
        return Error{Fault::bad_input, fmt::format("The list \"{}\" is no list that a form can read.", uri),
                     "Name a .csv, .geojson or .xml file that lies beside the form."};
    TRY(std::string text, source(name));
    if (kind == ".xml")
        return AttachmentRows{{}, std::move(text)};
    return kind == ".csv" ? read_table(text, name) : read_geojson(text, name);
}

}  // namespace

std::string media_name(std::string_view uri) {
    return std::string(uri.substr(uri.rfind('/') + 1));
}

MediaSource media_in(const std::string& folder) {
    return [folder](const std::string& name) -> Result<std::string> {
        for (const fs::path& place : {fs::path(folder) / name, fs::path(folder) / "media" / name}) {
            std::error_code problem;
            if (!folder.empty() && fs::is_regular_file(place, problem))
                return read_file(place.string());
        }
        return Error{Fault::not_found, fmt::format("The list \"{}\" is not beside the form.", name),
                     "Put the file into the form's folder."};
    };
}

FormAttachments attachments_from(const MediaSource& source) {
    return [source](std::string_view uri) { return rows_of(source, uri); };
}

FormAttachments attachments_in(const std::string& folder) {
    return attachments_from(media_in(folder));
}

}  // namespace doorstep
