#include <algorithm>
#include <bit>

#include "sync/search/folding.h"
#include "sync/search/household_search.h"

namespace doorstep {

namespace {

bool is_digit(char each) {
    return each >= '0' && each <= '9';
}
bool is_letter(char each) {
    return each >= 'a' && each <= 'z';
}

}  // namespace

inline void HouseholdSearch::Lanes::add(const Lanes& other) {
    // Four in one: the heart of every question.
    *this = std::bit_cast<Lanes>(std::bit_cast<std::uint64_t>(*this) | std::bit_cast<std::uint64_t>(other));
}

inline HouseholdSearch::Lanes HouseholdSearch::Lanes::without(std::uint16_t bits) const {
    const auto but = [bits](std::uint16_t lane) { return static_cast<std::uint16_t>(lane & ~bits); };
    return {but(whole), but(begun), but(one_edit), but(two_edits)};
}

struct HouseholdSearch::Question {
    struct Sought {
        std::string text;
        std::uint16_t bits = 0;
        bool alone = true;  // not two words that were typed apart
    };
    struct Numbers {
        std::uint64_t first;
        std::uint64_t last;
        std::uint16_t bit;
    };
    std::vector<Sought> sought;
    std::uint16_t all = 0;
    std::uint16_t single_digits = 0;
    std::vector<Numbers> uprns;
    std::vector<Lanes> words;     // by word of the dictionary
    std::vector<Matched> places;  // by place

    void add_uprn(std::string_view digits, std::uint16_t bit);
    Lanes uprn(std::uint64_t number) const;
};

struct HouseholdSearch::Answer {
    std::uint32_t row;
    std::uint32_t edits;
    std::uint32_t rank;  // the lower, the better
};

void HouseholdSearch::Question::add_uprn(std::string_view digits, std::uint16_t bit) {
    constexpr std::size_t digits_least = 6;
    constexpr std::size_t digits_most = 12;
    if (digits.size() < digits_least || digits.size() > digits_most ||
        !std::all_of(digits.begin(), digits.end(), is_digit))
        return;
    std::uint64_t number = 0;
    for (const char each : digits)
        number = number * 10 + static_cast<std::uint64_t>(each - '0');
    if (number == 0)
        return;
    std::uint64_t width = 1;
    std::size_t length = std::to_string(number).size();
    for (; length <= digits_most; ++length, width *= 10)
        uprns.push_back({number * width, (number + 1) * width - 1, bit});
}

HouseholdSearch::Lanes HouseholdSearch::Question::uprn(std::uint64_t number) const {
    Lanes lanes;
    for (const Numbers& each : uprns)
        if (each.first <= number && number <= each.last)
            (each.first == each.last ? lanes.whole : lanes.begun) |= each.bit;
    return lanes;
}

HouseholdSearch::Question HouseholdSearch::question(std::string_view typed) const {
    Question asked;
    const std::string plain = folded_with_joints(typed);
    std::vector<std::string_view> typed_words;
    each_word_of(plain, " -'", [&](std::string_view word) {
        if (typed_words.size() < words_max)
            typed_words.push_back(word.substr(0, WordDictionary::length_max));
    });
    for (std::size_t i = 0; i < typed_words.size(); ++i) {
        const std::string_view word = typed_words[i];
        const auto bit = static_cast<std::uint16_t>(1U << i);
        asked.all |= bit;
        asked.sought.push_back({std::string(word), bit, true});
        asked.add_uprn(word, bit);
        if (word.size() == 1 && is_digit(word[0]))
            asked.single_digits |= bit;
        if (i + 1 == typed_words.size())
            break;
        // "Flat 1, 4 Mill Lane" is not at number 14.
        const std::string_view next = typed_words[i + 1];
        if (!is_digit(next[0]) || !std::all_of(word.begin(), word.end(), is_digit))
            asked.sought.push_back(
                {(std::string(word) + std::string(next)).substr(0, WordDictionary::length_max),
                 static_cast<std::uint16_t>(bit | bit << 1U), false});
    }
    return asked;
}

void HouseholdSearch::match_words(Question& asked) const {
    constexpr std::size_t one_edit_from = 4;
    constexpr std::size_t two_edits_from = 8;
    constexpr std::size_t beginnings_from = 6;
    asked.words.resize(words_.size());
    for (const auto& sought : asked.sought) {
        words_.beginning_with(sought.text, [&](Word word, bool whole) {
            Lanes& lanes = asked.words[word];
            (whole ? lanes.whole : lanes.begun) |= sought.bits;
        });
        const std::size_t length = sought.text.size();
        if (!sought.alone || length < one_edit_from ||
            !std::all_of(sought.text.begin(), sought.text.end(), is_letter))
            continue;
        words_.with_slips(sought.text, length < two_edits_from ? 1 : 2, length >= beginnings_from,
                          [&](Word word, int edits) {
                              Lanes& lanes = asked.words[word];
                              (edits == 1 ? lanes.one_edit : lanes.two_edits) |= sought.bits;
                          });
    }
}

void HouseholdSearch::match_places(Question& asked) const {
    asked.places.resize(places_.size());
    for (std::size_t i = 0; i < places_.size(); ++i) {
        Matched& matched = asked.places[i];
        for (const Word word : words_of(places_[i])) {
            Lanes lanes = asked.words[word & number_of_word];
            if ((word & inward_word) != 0)
                lanes = lanes.without(asked.single_digits);
            matched.all.add(lanes);
            if ((word & far_word) == 0)
                matched.near |= lanes.exact();
        }
    }
}

template<class Each>
void HouseholdSearch::pass(const Question& asked, const Each& each) const {
    for (std::uint32_t number = 0; number < rows_.size(); ++number) {
        const Row& row = rows_[number];
        if (row.place == IndexTable::none)
            continue;
        Lanes own;
        for (const Word word : own_words(row))
            own.add(asked.words[word]);
        if (!asked.uprns.empty())
            own.add(asked.uprn(row.uprn));
        const Matched& place = asked.places[row.place];
        Lanes all = place.all;
        all.add(own);
        if (all.any() != asked.all)
            continue;
        const unsigned exact = all.exact();
        const unsigned two = asked.all & ~(exact | all.one_edit);
        const int edits = std::popcount(asked.all & ~exact) + std::popcount(two);
        const int far = std::popcount(exact & ~static_cast<unsigned>(place.near | own.exact()));
        const int parts = std::popcount(static_cast<unsigned>(asked.all & ~all.whole));
        each(Answer{number, static_cast<std::uint32_t>(edits),
                    static_cast<std::uint32_t>(edits << 16 | far << 8 | parts)});
    }
}

FoundHouseholds HouseholdSearch::find(std::string_view typed, std::size_t limit) const {
    Question asked = question(typed);
    FoundHouseholds found;
    if (asked.all == 0)
        return found;
    match_words(asked);
    match_places(asked);
    const auto better = [](const Answer& a, const Answer& b) {
        return a.rank != b.rank ? a.rank < b.rank : a.row < b.row;
    };
    std::vector<Answer> best;  // a heap, the worst of them first
    pass(asked, [&](const Answer& answer) {
        ++found.matches;
        if (best.size() == limit) {
            if (limit == 0 || !better(answer, best.front()))
                return;
            std::pop_heap(best.begin(), best.end(), better);
            best.pop_back();
        }
        best.push_back(answer);
        std::push_heap(best.begin(), best.end(), better);
    });
    std::sort_heap(best.begin(), best.end(), better);
    for (const Answer& answer : best)
        found.first.push_back({households_[answer.row], answer.row, static_cast<std::uint8_t>(answer.edits)});
    return found;
}

std::vector<std::uint32_t> HouseholdSearch::rows(std::string_view typed) const {
    Question asked = question(typed);
    match_words(asked);
    match_places(asked);
    std::vector<std::uint32_t> exact;
    std::vector<std::uint32_t> slips;
    pass(asked, [&](const Answer& answer) { (answer.edits == 0 ? exact : slips).push_back(answer.row); });
    return exact.empty() ? slips : exact;
}

}  // namespace doorstep
