// The words that stand anywhere in a search index, each once, in the order of the
// alphabet: found by how they begin, or with a slip of the hand.
//
// Slips are found by walking the sorted words with one row of the distance table per
// letter.  Words that begin alike share their rows, and all words behind a beginning that
// is already too far off are skipped at once.  Not by lists of trigrams: they cost a list
// per trigram beside the words, and in words of 4 and 5 letters a slip may leave no trigram
// whole (two swapped letters at the begin), so that it would be missed.  The walk finds all.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "forms/base/secret.h"
#include "sync/search/index_table.h"

namespace doorstep {

class WordDictionary {
public:
    using Word = std::uint32_t;
    static constexpr std::size_t length_max = 60;  // bytes; longer words are cut

    // Counts up; new words are added.  REQUIRES: not empty.
    Word use(std::string_view text);
    // Counts down; a word that nobody uses is wiped, and its number given again.
    void release(Word word);
    void clear();

    // Numbers are below it.
    std::size_t size() const { return entries_.size(); }
    std::string_view text(Word word) const;
    std::size_t bytes() const;

    // visit(word, whole) for each word that begins so.
    template<class Visit>
    void beginning_with(std::string_view typed, const Visit& visit) const;

    // visit(word, edits) for each word of plain letters (a to z) that is 1 to `most` edits
    // from what is typed; an edit is a letter too many, too few, wrong, or two swapped.
    // `nearly_typed`: or whose beginning is.
    // REQUIRES: plain letters, at most length_max; most 1 or 2.
    template<class Visit>
    void with_slips(std::string_view typed, int most, bool nearly_typed, const Visit& visit) const;

private:
    struct Entry {
        std::uint32_t begin = 0;
        std::uint8_t length = 0;
        bool plain = false;
        std::uint32_t uses = 0;
    };
    using Run = std::vector<Word>;

    std::uint64_t hash_of(std::string_view text) const;
    Word add(std::string_view text);
    void sort_in(Word word);
    void unsort(Word word);
    Run::const_iterator lower_bound(const Run& run, std::string_view text) const;
    // The first word from `at` on that does not begin so.
    std::size_t behind(const Run& run, std::size_t at, std::string_view beginning) const;
    template<class Visit>
    void slips_of(const Run& run, std::string_view typed, int most, bool nearly_typed,
                  const Visit& visit) const;

    std::vector<char, WipingAllocator<char>> letters_;
    std::size_t wasted_ = 0;
    std::vector<Entry> entries_;
    std::vector<Word> free_;
    IndexTable by_text_;
    // New words come into the short run, so that one of them does not move a hundred
    // thousand others; it is merged into the long one as it grows.
    Run long_run_;
    Run short_run_;
};

// The distance table between what is typed and the beginnings of one word after the other.
class SlipTable {
public:
    SlipTable(std::string_view typed, int most, bool nearly_typed);

    // How many edits the word is off; more than `most` when too many.
    int edits(std::string_view word);
    // After edits(): so many letters make every word that shares them too far off; 0: none.
    std::size_t dead_end() const { return dead_end_; }

private:
    void row(std::size_t depth, char letter);
    bool hopeless(std::size_t depth) const;

    static constexpr std::size_t rows = WordDictionary::length_max + 3;
    std::string_view typed_;
    int most_;
    bool nearly_typed_;
    std::size_t valid_ = 0;  // rows 0 .. valid_ are those of path_
    std::size_t dead_end_ = 0;
    char path_[rows] = {};
    std::uint8_t table_[rows][rows] = {};
    std::uint8_t least_[rows] = {};  // of each row
    std::uint8_t best_[rows] = {};   // of the whole typed word with any beginning so far
};

template<class Visit>
void WordDictionary::beginning_with(std::string_view typed, const Visit& visit) const {
    for (const Run* run : {&long_run_, &short_run_})
        for (auto at = lower_bound(*run, typed); at != run->end() && text(*at).starts_with(typed); ++at)
            visit(*at, text(*at).size() == typed.size());
}

template<class Visit>
void WordDictionary::with_slips(std::string_view typed, int most, bool nearly_typed,
                                const Visit& visit) const {
    slips_of(long_run_, typed, most, nearly_typed, visit);
    slips_of(short_run_, typed, most, nearly_typed, visit);
}

template<class Visit>
void WordDictionary::slips_of(const Run& run, std::string_view typed, int most, bool nearly_typed,
                              const Visit& visit) const {
    SlipTable table(typed, most, nearly_typed);
    for (std::size_t at = 0; at < run.size();) {
        const std::string_view word = text(run[at]);
        if (!entries_[run[at]].plain) {
            ++at;
            continue;
        }
        const int edits = table.edits(word);
        if (edits > 0 && edits <= most)
            visit(run[at], edits);
        at = table.dead_end() == 0 ? at + 1 : behind(run, at + 1, word.substr(0, table.dead_end()));
    }
}

}  // namespace doorstep
