#include "forms/workbook/cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "forms/base/encoding.h"

namespace doorstep {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> plain_characters{{
    {"\xC2\xA0"sv, " "sv},       // no-break space
    {"\xE2\x80\xAF"sv, " "sv},   // narrow no-break space
    {"\xE2\x80\x98"sv, "'"sv},   // left single quotation mark
    {"\xE2\x80\x99"sv, "'"sv},   // right single quotation mark
    {"\xE2\x80\x9C"sv, "\""sv},  // left double quotation mark
    {"\xE2\x80\x9D"sv, "\""sv},  // right double quotation mark
    {"\xEF\xBB\xBF"sv, ""sv},    // byte order mark
    {"\xE2\x80\x8B"sv, ""sv},    // zero-width space
}};

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

// Where the first ill-formed sequence begins.
std::size_t first_bad_byte(std::string_view text) {
    std::size_t good = 0;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        while (end < text.size() && end < at + 4 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
            ++end;
        if (!is_utf8(text.substr(at, end - at)))
            return at;
        good = at = end;
    }
    return good;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

std::string clean_cell(std::string_view text) {
    const auto plain = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (std::all_of(text.begin(), text.end(), plain))
        return std::string(trimmed(text));
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto special = std::find_if(plain_characters.begin(), plain_characters.end(),
                                          [&](const auto& pair) { return text.starts_with(pair.first); });
        if (special != plain_characters.end()) {
            out += special->second;
            text.remove_prefix(special->first.size());
        } else {
            out += text.front();
            text.remove_prefix(1);
        }
    }
    return std::string(trimmed(out));
}

void report(const Place& place, std::string code, std::string what, std::string mend, Diagnostics& found) {
    Diagnostic one;
    one.code = std::move(code);
    one.place = place;
    one.what = std::move(what);
    one.mend = std::move(mend);
    found.push_back(std::move(one));
}

bool check_text(std::string_view text, const Place& place, Diagnostics& found) {
    const auto report = [&](std::size_t at, std::string_view code, std::string_view what,
                            std::string_view mend) {
        const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        const std::size_t start = at == 0 ? 0 : text.substr(0, at).rfind('\n') + 1;
        Diagnostic one;
        one.code = code;
        one.place = place;
        one.what = fmt::format("{} (line {}, byte {}).", what, line, at - start + 1);
        one.mend = mend;
        found.push_back(std::move(one));
    };
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
        report(nul, "not-text", "this is no text, but a picture, a workbook or another kind of file",
               "choose the right file; a workbook must keep its ending .xlsx.");
        return false;
    }
    if (!is_utf8(text)) {
        report(first_bad_byte(text), "not-utf-8",
               "a letter cannot be read, since the file is not saved as UTF-8",
               "save it again; in a spreadsheet program choose Save as, \"CSV UTF-8\".");
        return false;
    }
    return true;
}

Row make_row(int number, const std::vector<std::string>& cells, std::size_t first) {
    Row row;
    row.number = number;
    for (std::size_t i = first; i < cells.size(); ++i)
        if (!cells[i].empty())
            row.cells.push_back({cells[i], static_cast<int>(i - first) + 1});
    return row;
}

bool all_blank(const std::vector<std::string>& cells, std::size_t first) {
    return std::all_of(cells.begin() + static_cast<std::ptrdiff_t>(std::min(first, cells.size())),
                       cells.end(), [](const std::string& cell) { return cell.empty(); });
}

std::string shortened(std::string_view text, std::size_t most) {
    if (text.size() <= most)
        return std::string(text);
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80)
        --most;
    return std::string(text.substr(0, most)) + "...";
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

}  // namespace doorstep
