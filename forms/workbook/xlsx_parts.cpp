#include "forms/workbook/xlsx_parts.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace doorstep {
namespace {

constexpr std::size_t max_relationships = 10'000;
constexpr std::size_t max_styles = 65'536;

Place place_of(const XlsxReading& reading) {
    Place place;
    place.file = reading.file;
    return place;
}

std::optional<int> whole_number(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::string folder_of(const std::string& part) {
    const std::size_t slash = part.rfind('/');
    return slash == std::string::npos ? "" : part.substr(0, slash + 1);
}

// "../worksheets/sheet1.xml" seen from "xl/", "/xl/worksheets/sheet1.xml" from anywhere.
std::string resolved(const std::string& folder, const std::string& target) {
    const std::string path = target.starts_with('/') ? target.substr(1) : folder + target;
    std::vector<std::string> steps;
    for (std::size_t at = 0; at <= path.size();) {
        const std::size_t end = std::min(path.find_first_of("/\\", at), path.size());
        const std::string step = path.substr(at, end - at);
        at = end + 1;
        if (step == ".." && !steps.empty())
            steps.pop_back();
        else if (step != ".." && step != "." && !step.empty())
            steps.push_back(step);
    }
    std::string part;
    for (const std::string& step : steps)
        part += (part.empty() ? "" : "/") + step;
    return part;
}

class RelationshipReader : public PartReader {
public:
    RelationshipReader(std::string folder, std::vector<Relationship>& into)
        : folder_(std::move(folder)), into_(into) {}

    void opened(std::string_view name, const Tag& tag) override {
        // What lies outside the file is never fetched.
        if (name != "Relationship" || tag.attribute("TargetMode") == "External")
            return;
        const std::string type = tag.attribute("Type");
        into_.push_back({tag.attribute("Id"), type.substr(type.rfind('/') + 1),
                         resolved(folder_, tag.attribute("Target"))});
        if (into_.size() == max_relationships)
            stop();
    }
    void closed(std::string_view) override {}

private:
    std::string folder_;
    std::vector<Relationship>& into_;
};

class BookReader : public PartReader {
public:
    explicit BookReader(BookFacts& into) : into_(into) {}

    void opened(std::string_view name, const Tag& tag) override {
        if (name == "workbookPr") {
            const std::string mode = tag.attribute("date1904");
            into_.from_1904 = mode == "1" || mode == "true";
        } else if (name == "sheet") {
            into_.sheets.push_back({tag.attribute("name"), tag.attribute("id", true)});
            // One too many, so that the caller sees it.
            if (into_.sheets.size() > max_workbook_sheets)
                stop();
        }
    }
    void closed(std::string_view) override {}

private:
    BookFacts& into_;
};

class SharedTextReader : public PartReader {
public:
    SharedTextReader(SharedTexts& into, std::size_t bytes_max) : into_(into), bytes_max_(bytes_max) {}

    void opened(std::string_view name, const Tag&) override {
        in_text_ = name == "t" && phonetic_ == 0;
        phonetic_ += name == "rPh" ? 1 : 0;
    }
    void closed(std::string_view name) override {
        in_text_ = false;
        phonetic_ -= name == "rPh" ? 1 : 0;
        if (name != "si")
            return;
        into_.end_one();
        if (into_.size() > max_workbook_cells)
            full();
    }
    void text(std::string_view text) override {
        if (!in_text_)
            return;
        into_.append(text);
        if (into_.bytes() > bytes_max_)
            full();
    }
    bool is_full() const { return full_; }

private:
    void full() {
        full_ = true;
        stop();
    }

    SharedTexts& into_;
    std::size_t bytes_max_;
    int phonetic_ = 0;
    bool in_text_ = false;
    bool full_ = false;
};

class StyleReader : public PartReader {
public:
    explicit StyleReader(Styles& into) : into_(into) {}

    void opened(std::string_view name, const Tag& tag) override {
        if (name == "cellXfs") {
            in_cell_styles_ = true;
        } else if (name == "numFmt") {
            if (const auto id = whole_number(tag.attribute("numFmtId")); id && own_.size() < max_styles)
                own_[*id] = number_kind(tag.attribute("formatCode"));
        } else if (name == "xf" && in_cell_styles_ && into_.size() < max_styles) {
            into_.push_back(kind(whole_number(tag.attribute("numFmtId")).value_or(0)));
        }
    }
    void closed(std::string_view name) override {
        if (name == "cellXfs")
            in_cell_styles_ = false;
    }

private:
    NumberKind kind(int id) const {
        const auto own = own_.find(id);
        return own == own_.end() ? built_in_number_kind(id) : own->second;
    }

    Styles& into_;
    std::map<int, NumberKind> own_;
    bool in_cell_styles_ = false;
};

}  // namespace

std::string_view SharedTexts::at(std::size_t index) const {
    const std::size_t from = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(all_).substr(from, ends_[index] - from);
}

bool read_relationships(XlsxReading& reading, const std::string& of, std::vector<Relationship>& into) {
    const std::string folder = folder_of(of);
    const std::string part = folder + "_rels/" + of.substr(folder.size()) + ".rels";
    if (!reading.archive.has(part))
        return true;
    RelationshipReader reader(folder, into);
    return read_part(reading.archive, part, place_of(reading), reading.tags, reader, reading.found);
}

bool read_book(XlsxReading& reading, const std::string& part, BookFacts& into) {
    BookReader reader(into);
    return read_part(reading.archive, part, place_of(reading), reading.tags, reader, reading.found);
}

bool read_shared_texts(XlsxReading& reading, const std::string& part, SharedTexts& into) {
    SharedTextReader reader(into, max_shared_bytes);
    if (!read_part(reading.archive, part, place_of(reading), reading.tags, reader, reading.found))
        return false;
    if (reader.is_full())
        report(place_of(reading), "too-large",
               fmt::format("the workbook is too large: more than {} texts or {} MiB of them.",
                           max_workbook_cells, max_shared_bytes >> 20),
               "keep long lists in a file of their own and use select_one_from_file.", reading.found);
    return !reader.is_full();
}

bool read_styles(XlsxReading& reading, const std::string& part, Styles& into) {
    StyleReader reader(into);
    return read_part(reading.archive, part, place_of(reading), reading.tags, reader, reading.found);
}

}  // namespace doorstep
