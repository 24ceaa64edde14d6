#include "forms/base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace doorstep {
namespace {

constexpr std::size_t longest_compared = 1'000;

// Two letters that changed places are one slip.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> two_up(b.size() + 1), up(b.size() + 1), row(b.size() + 1);
    std::iota(up.begin(), up.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = up[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({up[j] + 1, row[j - 1] + 1, change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], two_up[j - 2] + 1);
        }
        two_up.swap(up);
        up.swap(row);
    }
    return up[b.size()];
}

std::string place_text(const Place& place) {
    std::string text = place.file;
    const auto add = [&text](const std::string& part) {
        if (!text.empty())
            text += ", ";
        text += part;
    };
    if (!place.sheet.empty())
        add("sheet " + place.sheet);
    if (place.row > 0)
        add(fmt::format("row {}", place.row));
    if (place.column > 0)
        add("column " + column_letters(place.column));
    if (!place.header.empty())
        text += fmt::format(" ({})", place.header);
    return text;
}

}  // namespace

std::string Diagnostic::text() const {
    std::string out = place_text(place);
    if (!out.empty())
        out += ": ";
    if (severity == Severity::warning)
        out += "warning: ";
    out += what;
    if (!why.empty())
        out += " " + why;
    if (mend.empty())
        return out;
    // "AND -> and." is no sentence.
    const bool sentence =
        mend.front() >= 'A' && mend.front() <= 'Z' && mend.find(" -> ") == std::string::npos;
    return out + (sentence ? " " : " Mend: ") + mend;
}

bool has_error(const Diagnostics& found) {
    return std::any_of(found.begin(), found.end(),
                       [](const Diagnostic& one) { return one.severity == Severity::error; });
}

std::string column_letters(int column) {
    std::string letters;
    for (; column > 0; column = (column - 1) / 26)
        letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
    return letters;
}

std::string_view nearest(std::string_view word, const std::vector<std::string>& candidates) {
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const std::string& candidate : candidates) {
        // So many letters more are so many changes at least; a word of a million letters
        // is compared with nothing.
        const std::size_t less = std::min(word.size(), candidate.size());
        const std::size_t more = std::max(word.size(), candidate.size());
        if (more - less >= best_distance || more > longest_compared)
            continue;
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

}  // namespace doorstep
