#include "sync/search/word_dictionary.h"

#include <algorithm>
#include <cstring>

namespace doorstep {

namespace {

// Of n new words each moves at most this share of those that are there.
constexpr std::size_t short_run_share = 16;
constexpr std::size_t short_run_least = 64;

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char each) { return each >= 'a' && each <= 'z'; });
}

}  // namespace

std::uint64_t WordDictionary::hash_of(std::string_view text) const {
    std::uint64_t hash = 0xCBF29CE484222325;  // FNV-1a
    for (const char each : text)
        hash = (hash ^ static_cast<unsigned char>(each)) * 0x100000001B3;
    return hash ^ (hash >> 32U);
}

std::string_view WordDictionary::text(Word word) const {
    const Entry& entry = entries_[word];
    return {letters_.data() + entry.begin, entry.length};
}

std::size_t WordDictionary::bytes() const {
    return letters_.capacity() + entries_.capacity() * sizeof(Entry) + by_text_.bytes() +
           (long_run_.capacity() + short_run_.capacity() + free_.capacity()) * sizeof(Word);
}

void WordDictionary::clear() {
    *this = {};
}

WordDictionary::Word WordDictionary::use(std::string_view text) {
    text = text.substr(0, length_max);
    const auto hash = hash_of(text);
    Word word = by_text_.find(hash, [&](Word each) { return this->text(each) == text; });
    if (word == IndexTable::none) {
        word = add(text);
        by_text_.insert(hash, word, [&](Word each) { return hash_of(this->text(each)); });
        sort_in(word);
    }
    ++entries_[word].uses;
    return word;
}

WordDictionary::Word WordDictionary::add(std::string_view text) {
    Entry entry;
    entry.begin = static_cast<std::uint32_t>(letters_.size());
    entry.length = static_cast<std::uint8_t>(text.size());
    entry.plain = is_plain(text);
    letters_.insert(letters_.end(), text.begin(), text.end());
    if (free_.empty()) {
        entries_.push_back(entry);
        return static_cast<Word>(entries_.size() - 1);
    }
    const Word word = free_.back();
    free_.pop_back();
    entries_[word] = entry;
    return word;
}

void WordDictionary::release(Word word) {
    Entry& entry = entries_[word];
    if (--entry.uses > 0)
        return;
    by_text_.erase(hash_of(text(word)), word, [&](Word each) { return hash_of(text(each)); });
    unsort(word);
    std::memset(letters_.data() + entry.begin, 0, entry.length);
    wasted_ += entry.length;
    entry = {};
    free_.push_back(word);
    if (wasted_ < 4096 || wasted_ < letters_.size() / 2)
        return;
    decltype(letters_) kept;
    for (Entry& each : entries_) {
        const auto from = letters_.begin() + each.begin;
        each.begin = static_cast<std::uint32_t>(kept.size());
        kept.insert(kept.end(), from, from + each.length);
    }
    letters_.swap(kept);
    wasted_ = 0;
}

WordDictionary::Run::const_iterator WordDictionary::lower_bound(const Run& run, std::string_view text) const {
    return std::lower_bound(run.begin(), run.end(), text,
                            [&](Word each, std::string_view wanted) { return this->text(each) < wanted; });
}

void WordDictionary::sort_in(Word word) {
    short_run_.insert(lower_bound(short_run_, text(word)), word);
    if (short_run_.size() < short_run_least + long_run_.size() / short_run_share)
        return;
    const auto middle = static_cast<std::ptrdiff_t>(long_run_.size());
    long_run_.insert(long_run_.end(), short_run_.begin(), short_run_.end());
    std::inplace_merge(long_run_.begin(), long_run_.begin() + middle, long_run_.end(),
                       [&](Word a, Word b) { return text(a) < text(b); });
    short_run_.clear();
}

void WordDictionary::unsort(Word word) {
    for (Run* run : {&short_run_, &long_run_}) {
        const auto at = lower_bound(*run, text(word));
        if (at != run->end() && *at == word) {
            run->erase(at);
            return;
        }
    }
}

std::size_t WordDictionary::behind(const Run& run, std::size_t at, std::string_view beginning) const {
    // Mostly few: the steps double until they are too long.
    std::size_t step = 1;
    std::size_t end = at;
    while (end < run.size() && text(run[end]).starts_with(beginning)) {
        at = end + 1;
        end += step;
        step *= 2;
    }
    end = std::min(end, run.size());
    const auto first = run.begin();
    return static_cast<std::size_t>(
        std::partition_point(first + static_cast<std::ptrdiff_t>(at),
                             first + static_cast<std::ptrdiff_t>(end),
                             [&](Word each) { return text(each).starts_with(beginning); }) -
        first);
}

SlipTable::SlipTable(std::string_view typed, int most, bool nearly_typed)
    : typed_(typed), most_(most), nearly_typed_(nearly_typed) {
    for (std::size_t i = 0; i <= typed.size(); ++i)
        table_[0][i] = static_cast<std::uint8_t>(i);
    best_[0] = static_cast<std::uint8_t>(typed.size());
}

void SlipTable::row(std::size_t depth, char letter) {
    path_[depth] = letter;
    const auto band = static_cast<std::size_t>(most_);
    const auto far = static_cast<std::uint8_t>(most_ + 1);
    const std::size_t size = typed_.size();
    const std::size_t from = depth > band ? depth - band : 0;
    const std::size_t to = std::min(size, depth + band);
    std::uint8_t* const now = table_[depth];
    const std::uint8_t* const before = table_[depth - 1];
    std::uint8_t least = far;
    // Beside the band nothing is near enough; its edges are read, so they are written.
    if (from > 0)
        now[from - 1] = far;
    for (std::size_t i = from; i <= to; ++i) {
        if (i == 0) {
            now[0] = static_cast<std::uint8_t>(depth);
        } else {
            int value =
                std::min({now[i - 1] + 1, before[i] + 1, before[i - 1] + (typed_[i - 1] == letter ? 0 : 1)});
            if (i > 1 && depth > 1 && typed_[i - 2] == letter && typed_[i - 1] == path_[depth - 1])
                value = std::min(value, table_[depth - 2][i - 2] + 1);
            now[i] = static_cast<std::uint8_t>(std::min<int>(value, far));
        }
        least = std::min(least, now[i]);
    }
    for (std::size_t i = to + 1; i <= std::min(size, to + 2); ++i)
        now[i] = far;
    least_[depth] = least;
    best_[depth] = std::min(best_[depth - 1], from <= size && to == size ? now[size] : far);
    valid_ = depth;
}

// Nothing further down can be near enough: a swap reaches back over one row.
bool SlipTable::hopeless(std::size_t depth) const {
    return least_[depth] > most_ && least_[depth - 1] >= most_;
}

int SlipTable::edits(std::string_view word) {
    const std::size_t reach = typed_.size() + static_cast<std::size_t>(most_);
    const int far = most_ + 1;
    dead_end_ = 0;
    std::size_t alike = 0;
    while (alike < valid_ && alike < word.size() && path_[alike + 1] == word[alike])
        ++alike;
    valid_ = alike;
    for (std::size_t depth = alike + 1; depth <= std::min(word.size(), reach + 1); ++depth) {
        row(depth, word[depth - 1]);
        if (!hopeless(depth))
            continue;
        if (nearly_typed_ && best_[depth] <= most_)
            return best_[depth];  // but the words behind it are as near
        dead_end_ = depth;
        return far;
    }
    if (nearly_typed_)
        return best_[valid_];
    const bool too_short = word.size() + static_cast<std::size_t>(most_) < typed_.size();
    return word.size() > reach || too_short ? far : table_[word.size()][typed_.size()];
}

}  // namespace doorstep
