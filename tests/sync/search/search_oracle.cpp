#include "tests/sync/search/search_oracle.h"

#include <algorithm>
#include <sstream>

#include "sync/search/folding.h"

namespace doorstep {

namespace {

using Word = SearchOracle::Word;

bool has_digit(const std::string& text) {
    return text.find_first_of("0123456789") != std::string::npos;
}
bool all_digits(const std::string& text) {
    return text.find_first_not_of("0123456789") == std::string::npos;
}
bool plain(const std::string& text) {
    return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
}

std::vector<std::string> split(std::string text, std::string_view breaks) {
    for (char& each : text)
        if (breaks.find(each) != std::string_view::npos)
            each = ' ';
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;)
        words.push_back(word);
    return words;
}

void add_words(const std::string& text, bool far, std::vector<Word>& words) {
    for (std::string token : split(folded_with_joints(text), " ")) {
        // A letter alone beside an apostrophe belongs to its neighbour.
        std::string parted = token;
        for (std::size_t i = 0; i < token.size(); ++i)
            if (token[i] == '\'') {
                const auto border = [&](std::size_t at) {
                    return at >= token.size() || token[at] == '-' || token[at] == '\'';
                };
                if (i >= 1 && plain(token.substr(i - 1, 1)) && (i == 1 || border(i - 2)))
                    parted[i - 1] = ' ';
                if (plain(token.substr(i + 1, 1)) && border(i + 2))
                    parted[i + 1] = ' ';
            }
        for (const auto& part : split(parted, " -'"))
            words.push_back({part, far});
        std::string joined = token;
        std::erase_if(joined, [](char each) { return each == '-' || each == '\''; });
        words.push_back({joined, far});
    }
}

std::vector<Word> words_of(const SearchOracle::Home& home) {
    std::vector<Word> words;
    for (const auto* text : {&home.house, &home.building, &home.flat, &home.names, &home.road})
        add_words(*text, false, words);
    add_words(home.locality, true, words);
    add_words(home.town, true, words);
    std::string code = folded(home.postcode);
    std::erase(code, ' ');
    if (code.size() > 3 && has_digit(code.substr(code.size() - 3, 1))) {
        words.push_back({code});
        words.push_back({code.substr(0, code.size() - 3)});
        words.push_back({code.substr(code.size() - 3), false, true});
    } else {
        add_words(home.postcode, false, words);
    }
    return words;
}

constexpr int no = 9;

// 0 whole, 1 begun, 2 and 3 one and two edits.
int word_with(const std::string& typed, const std::string& word, bool slips) {
    if (word == typed)
        return 0;
    if (word.starts_with(typed))
        return 1;
    if (!slips || typed.size() < 4 || !plain(typed) || !plain(word))
        return no;
    const int most = typed.size() < 8 ? 1 : 2;
    int edits = no;
    for (std::size_t length = typed.size() >= 6 ? 0 : word.size(); length <= word.size(); ++length)
        if (length + 2 >= typed.size() && length <= typed.size() + 2)  // else it is more than two
            edits = std::min(edits, edits_between(typed, word.substr(0, length)));
    return edits <= most ? 1 + edits : no;
}

int uprn_with(const std::string& typed, std::uint64_t uprn) {
    if (uprn == 0 || typed.size() < 6 || typed.size() > 12 || !all_digits(typed))
        return no;
    std::string digits = typed;
    digits.erase(0, digits.find_first_not_of('0'));
    const std::string number = std::to_string(uprn);
    if (digits.empty() || !number.starts_with(digits))
        return no;
    return number == digits && number.size() <= 12 ? 0 : 1;
}

struct Best {
    int any = no;       // the best way it was found
    bool near = false;  // without a slip, and not only in locality or town
    bool whole = false;
};

void take(Best& best, int how, bool far) {
    best.any = std::min(best.any, how);
    best.whole = best.whole || how == 0;
    best.near = best.near || (how <= 1 && !far);
}

}  // namespace

void SearchOracle::add(Home home) {
    words_.push_back(words_of(home));
    homes_.push_back(std::move(home));
}

HouseholdText SearchOracle::Home::text() const {
    HouseholdText text;
    text.names = names;
    text.flat = flat;
    text.building = building;
    text.house = house;
    text.road = road;
    text.locality = locality;
    text.town = town;
    text.postcode = postcode;
    if (uprn != 0)
        text.uprn = uprn;
    return text;
}

int edits_between(std::string_view a, std::string_view b) {
    std::vector<std::vector<int>> table(a.size() + 1, std::vector<int>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i)
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                table[i][j] = static_cast<int>(i + j);
                continue;
            }
            table[i][j] = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1,
                                    table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
        }
    return table[a.size()][b.size()];
}

std::vector<SearchOracle::Found> SearchOracle::find(std::string_view typed) const {
    const auto asked = split(folded_with_joints(typed), " -'");
    struct Ranked {
        int edits, far, parts;
        std::uint32_t row;
        auto operator<=>(const Ranked&) const = default;
    };
    std::vector<Ranked> all;
    for (std::uint32_t row = 0; row < homes_.size() && !asked.empty(); ++row) {
        std::vector<Best> best(asked.size());
        for (const Word& word : words_[row])
            for (std::size_t i = 0; i < asked.size(); ++i) {
                const bool digit = asked[i].size() == 1 && all_digits(asked[i]);
                if (!(word.inward && digit))
                    take(best[i], word_with(asked[i], word.text, true), word.far);
                if (i + 1 == asked.size() || (all_digits(asked[i]) && has_digit(asked[i + 1].substr(0, 1))))
                    continue;
                const int joined = word_with(asked[i] + asked[i + 1], word.text, false);
                if (!(word.inward && digit))
                    take(best[i], joined, word.far);
                if (!(word.inward && asked[i + 1].size() == 1 && all_digits(asked[i + 1])))
                    take(best[i + 1], joined, word.far);
            }
        Ranked ranked{0, 0, 0, row};
        bool matches = true;
        for (std::size_t i = 0; i < asked.size(); ++i) {
            const int uprn = uprn_with(asked[i], homes_[row].uprn);
            take(best[i], uprn, false);
            matches = matches && best[i].any != no;
            ranked.edits += std::max(0, best[i].any - 1);
            ranked.far += best[i].any <= 1 && !best[i].near ? 1 : 0;
            ranked.parts += best[i].whole ? 0 : 1;
        }
        if (matches)
            all.push_back(ranked);
    }
    std::sort(all.begin(), all.end());
    std::vector<Found> found;
    for (const Ranked& each : all)
        found.push_back({each.row, each.edits});
    return found;
}

}  // namespace doorstep
