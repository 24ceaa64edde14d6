// What the parts of an .xlsx say, each read by itself.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "forms/workbook/cells.h"
#include "forms/workbook/number_text.h"
#include "forms/workbook/part.h"
#include "forms/workbook/workbook.h"

namespace doorstep {

// Of the texts that cells name by number, before any cell has named one.
constexpr std::size_t max_shared_bytes = std::size_t{32} << 20;

// Everything that reading one workbook shares.
struct XlsxReading {
    Archive& archive;
    std::string file;
    CellBudget& budget;
    Diagnostics& found;
    std::size_t tags = max_tags;
};

struct Relationship {
    std::string id;
    std::string kind;    // the last word of its type: "worksheet", "styles"
    std::string target;  // the name of the part, as the archive has it
};

// Of the part `of` ("" for the package itself).  A package without relationships has none.
bool read_relationships(XlsxReading& reading, const std::string& of, std::vector<Relationship>& into);

struct SheetEntry {
    std::string name;
    std::string relationship;
};
struct BookFacts {
    std::vector<SheetEntry> sheets;  // hidden ones too
    bool from_1904 = false;
};
bool read_book(XlsxReading& reading, const std::string& part, BookFacts& into);

// The texts that cells name by number, in one string: many are a few bytes long.
class SharedTexts {
public:
    std::size_t size() const { return ends_.size(); }
    std::string_view at(std::size_t index) const;
    void append(std::string_view text) { all_ += text; }
    void end_one() { ends_.push_back(static_cast<std::uint32_t>(all_.size())); }
    std::size_t bytes() const { return all_.size(); }

private:
    std::string all_;
    std::vector<std::uint32_t> ends_;
};
bool read_shared_texts(XlsxReading& reading, const std::string& part, SharedTexts& into);

// By the number that a cell names its style with.
using Styles = std::vector<NumberKind>;
bool read_styles(XlsxReading& reading, const std::string& part, Styles& into);

struct SheetContext {
    const SharedTexts& texts;
    const Styles& styles;
    bool from_1904 = false;
};
bool read_sheet(XlsxReading& reading, const std::string& part, const SheetContext& context, Sheet& into);

// "_x000D_" and the like, as spreadsheets write what XML cannot hold.
std::string unescaped(std::string_view text);

}  // namespace doorstep
