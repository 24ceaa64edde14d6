// A small writer of .xlsx, for tests: exactly the XML that is said, zipped.
#pragma once

#include <fmt/format.h>
#include <zip.h>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorstep {

// Its parts as a zip in memory.  With a password they are encrypted as zip knows it.
inline std::string zipped(const std::vector<std::pair<std::string, std::string>>& parts,
                          const std::string& password = {}) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* const whole = zip_source_buffer_create(nullptr, 0, 0, &error);
    zip_source_keep(whole);
    zip_t* const zip = zip_open_from_source(whole, ZIP_TRUNCATE, &error);
    for (const auto& [name, text] : parts) {
        zip_source_t* const source = zip_source_buffer(zip, text.data(), text.size(), 0);
        const zip_int64_t index = zip_file_add(zip, name.c_str(), source, ZIP_FL_ENC_UTF_8);
        if (index < 0)  // a name that no zip can hold
            zip_source_free(source);
        else if (!password.empty())
            zip_file_set_encryption(zip, static_cast<zip_uint64_t>(index), ZIP_EM_AES_256, password.c_str());
    }
    if (zip_close(zip) != 0)
        zip_discard(zip);
    zip_source_open(whole);
    zip_stat_t facts;
    zip_source_stat(whole, &facts);
    std::string bytes(facts.size, '\0');
    zip_source_read(whole, bytes.data(), bytes.size());
    zip_source_close(whole);
    zip_source_free(whole);
    zip_error_fini(&error);
    return bytes;
}

inline std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    return out;
}

// A workbook as Excel writes it, part by part; what a test wants otherwise it replaces.
struct XlsxFile {
    std::string main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    std::string office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    std::string book_properties;
    std::vector<std::pair<std::string, std::string>> sheets;  // name, XML of the sheet
    std::string shared;                                       // <si> elements
    std::string styles;                                       // the inside of <styleSheet>
    std::map<std::string, std::string> instead;               // parts written as they stand here
    std::string password;

    // `data` is the inside of <sheetData>.
    XlsxFile& sheet(const std::string& name, const std::string& data, const std::string& behind = {}) {
        sheets.emplace_back(name,
                            fmt::format(R"(<worksheet xmlns="{}"><sheetData>{}</sheetData>{}</worksheet>)",
                                        main, data, behind));
        return *this;
    }

    std::string bytes() const {
        std::map<std::string, std::string> parts;
        parts["_rels/.rels"] = relationships({{"rId1", office + "/officeDocument", "xl/workbook.xml"}});
        std::string entries;
        std::vector<std::array<std::string, 3>> targets;
        for (std::size_t i = 0; i < sheets.size(); ++i) {
            const std::string id = fmt::format("rId{}", i + 1);
            entries += fmt::format(R"(<sheet name="{}" sheetId="{}" r:id="{}"/>)", escaped(sheets[i].first),
                                   i + 1, id);
            targets.push_back({id, office + "/worksheet", fmt::format("worksheets/sheet{}.xml", i + 1)});
            parts[fmt::format("xl/worksheets/sheet{}.xml", i + 1)] = sheets[i].second;
        }
        if (!shared.empty()) {
            targets.push_back({"rIdS", office + "/sharedStrings", "sharedStrings.xml"});
            parts["xl/sharedStrings.xml"] = fmt::format(R"(<sst xmlns="{}">{}</sst>)", main, shared);
        }
        if (!styles.empty()) {
            targets.push_back({"rIdT", office + "/styles", "styles.xml"});
            parts["xl/styles.xml"] = fmt::format(R"(<styleSheet xmlns="{}">{}</styleSheet>)", main, styles);
        }
        parts["xl/_rels/workbook.xml.rels"] = relationships(targets);
        parts["xl/workbook.xml"] =
            fmt::format(R"(<workbook xmlns="{}" xmlns:r="{}">{}<sheets>{}</sheets></workbook>)", main, office,
                        book_properties, entries);
        for (const auto& [name, text] : instead)
            parts[name] = text;
        std::erase_if(parts, [](const auto& part) { return part.second == "absent"; });
        return zipped({parts.begin(), parts.end()}, password);
    }

    static std::string relationships(const std::vector<std::array<std::string, 3>>& all) {
        std::string text =
            R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)";
        for (const auto& [id, type, target] : all)
            text += fmt::format(R"(<Relationship Id="{}" Type="{}" Target="{}"/>)", id, type, target);
        return text + "</Relationships>";
    }
};

// A row of inline texts, from column A.
inline std::string row_of(int number, const std::vector<std::string>& texts) {
    std::string cells;
    for (std::size_t i = 0; i < texts.size(); ++i)
        cells += fmt::format(R"(<c r="{}{}" t="inlineStr"><is><t>{}</t></is></c>)",
                             static_cast<char>('A' + i), number, escaped(texts[i]));
    return fmt::format(R"(<row r="{}">{}</row>)", number, cells);
}

}  // namespace doorstep
