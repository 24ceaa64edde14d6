// Finding homes by what is typed: names, addresses, postcodes and UPRNs, by the beginnings
// of words and with small slips of the hand.
//
// In memory only, made at unlock and wiped when it goes.  No SQL: FTS5 knows neither our
// folding nor slips nor our ranking, and would have to be asked once for each word that a
// slip may mean.  Here (bench-store, release) 42,700 homes take 3 MB and a keystroke 0.3 ms,
// 0.7 ms at the 99th percentile; 500,000 homes 31 MB, 3 and 7 ms, whatever is typed.  How: homes
// of one road and postcode share their words, which are matched once per road (a "place"); a
// home itself is its few own words (names, flat, number) as numbers of the dictionary.  A question
// is matched with the dictionary first, then all homes are passed once, a few nanoseconds each.
//
// What matches:
//   - All words typed must match, each in any field.
//   - A word matches what it begins.  Letters are folded (folding.h).  A hyphen or an
//     apostrophe parts words or is nothing, and so is the space between two typed words:
//     "st johns", "o brien", "wd61aa" and "wd6 1aa" find what they mean.
//   - Slips: one edit in words of 4 to 7 letters, two from 8 (too many, too few, wrong, two
//     swapped), against whole words, and from 6 letters on against their beginnings too, so that
//     what is nearly typed is found before it is whole.  Words with a digit (house
//     numbers, postcodes) are never forgiven.
//   - A UPRN is found from its first 6 digits on; a single digit never means the second
//     half of a postcode.
// Order: fewest edits; then words found in names, number, road and postcode before those found
// only in locality or town; then whole words before beginnings; then as they were put.
//
// Any number of threads may ask while none changes it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/secret.h"
#include "forms/base/uuid.h"
#include "sync/search/index_table.h"
#include "sync/search/word_dictionary.h"

namespace doorstep {

struct HouseholdText {
    std::string_view names;     // of its people, parted by spaces
    std::string_view flat;      // "Flat 2"
    std::string_view building;  // "Wicket House"
    std::string_view house;     // "14A", "Wicket Cottage"
    std::string_view road;      // "Mill Lane"
    std::string_view locality;  // and
    std::string_view town;      // "Borehamwood": found, but ranked behind the others
    std::string_view postcode;  // "WD6 1AA", with or without its space
    std::optional<std::uint64_t> uprn;
};

struct FoundHousehold {
    Uuid household;
    std::uint32_t row = 0;   // as put() gave it
    std::uint8_t edits = 0;  // of slips; 0: every word was found as it was typed
    bool operator==(const FoundHousehold&) const = default;
};

struct FoundHouseholds {
    std::vector<FoundHousehold> first;  // the best ones, at most as many as were asked for
    std::size_t matches = 0;            // all of them
};

class HouseholdSearch {
public:
    // Adds the home, or replaces what is known of it.  Rows are numbered from 0 in the order of
    // adding; the number of one that was removed is given again.
    std::uint32_t put(const Uuid& household, const HouseholdText& text);
    void remove(const Uuid& household);  // nothing happens for one that is not there
    void clear();                        // wiped
    // Room for so many more, so that nothing is moved while they are put.
    void reserve(std::size_t households);

    std::size_t size() const { return rows_.size() - free_.size(); }
    bool contains(const Uuid& household) const { return row_of(household) != IndexTable::none; }
    // As put() gave it; nothing for a home that is not there.
    std::optional<std::uint32_t> row(const Uuid& household) const {
        const std::uint32_t at = row_of(household);
        return at == IndexTable::none ? std::nullopt : std::optional(at);
    }
    std::size_t bytes() const;  // what it takes, in memory

    static constexpr std::size_t words_max = 16;  // typed; what follows is not looked at
    static constexpr std::size_t usual_limit = 50;

    // The best `limit`, and how many match.  Nothing for no words.
    FoundHouseholds find(std::string_view typed, std::size_t limit = usual_limit) const;
    // Rows in the order of their numbers: those without slips, or when there are none, those
    // with.  All of them when nothing is typed.
    std::vector<std::uint32_t> rows(std::string_view typed) const;

private:
    using Word = WordDictionary::Word;
    template<class T>
    using Wiped = std::vector<T, WipingAllocator<T>>;

    // Which of the typed words were found, a bit each.
    struct Lanes {
        std::uint16_t whole = 0;
        std::uint16_t begun = 0;
        std::uint16_t one_edit = 0;
        std::uint16_t two_edits = 0;

        void add(const Lanes& other);
        std::uint16_t exact() const { return static_cast<std::uint16_t>(whole | begun); }
        std::uint16_t any() const { return static_cast<std::uint16_t>(exact() | one_edit | two_edits); }
        Lanes without(std::uint16_t bits) const;
    };
    // Of a list of words: all of them, and those that are not only locality or town.
    struct Matched {
        Lanes all;
        std::uint16_t near = 0;
    };
    struct Row {
        std::uint32_t place = IndexTable::none;  // none: free
        std::uint32_t begin = 0;                 // of its own words
        std::uint64_t count : 16 = 0;
        std::uint64_t uprn : 48 = 0;  // 0: none
    };
    struct Place {
        std::uint32_t begin = 0;
        std::uint32_t count = 0;
        std::uint32_t uses = 0;
    };
    // Words of a place carry what they are in their upper bits.
    static constexpr Word far_word = 0x80000000;     // of locality or town
    static constexpr Word inward_word = 0x40000000;  // second half of a postcode
    static constexpr Word number_of_word = 0x3FFFFFFF;

    struct Question;
    struct Answer;

    std::uint32_t row_of(const Uuid& household) const;
    std::span<const Word> own_words(const Row& row) const;
    std::span<const Word> words_of(const Place& place) const;
    std::uint32_t place_of(const HouseholdText& text);
    void use_words(std::string_view text, Word flags, std::vector<Word>& words);
    void use_postcode(std::string_view text, std::vector<Word>& words);
    void forget_words(std::uint32_t row);
    void release_place(std::uint32_t place);
    void tidy();

    Question question(std::string_view typed) const;
    void match_words(Question& question) const;
    void match_places(Question& question) const;
    template<class Each>
    void pass(const Question& question, const Each& each) const;

    WordDictionary words_;
    Wiped<Row> rows_;
    Wiped<Uuid> households_;  // by row
    std::vector<std::uint32_t> free_;
    IndexTable by_household_;
    Wiped<Word> own_;
    std::size_t own_wasted_ = 0;
    Wiped<Place> places_;
    std::vector<std::uint32_t> free_places_;
    IndexTable by_place_;
    Wiped<Word> place_words_;
    std::size_t place_wasted_ = 0;
};

}  // namespace doorstep
