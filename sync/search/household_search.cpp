#include "sync/search/household_search.h"

#include <algorithm>
#include <cstring>

#include "sync/search/folding.h"

namespace doorstep {

namespace {

constexpr std::size_t list_words_max = 200;  // of one home: a name field may hold anything
constexpr std::size_t worth_tidying = 4096;

std::uint64_t hash_of(const Uuid& household) {
    // Ids are random, or cut from a hash.
    std::uint64_t hash = 0;
    std::memcpy(&hash, household.bytes.data(), sizeof hash);
    return hash ^ (hash >> 32U);
}

std::uint64_t hash_of(std::span<const std::uint32_t> words) {
    std::uint64_t hash = 0xCBF29CE484222325;
    for (const std::uint32_t word : words)
        hash = (hash ^ word) * 0x100000001B3;
    return hash ^ (hash >> 32U);
}

bool is_digit(char each) {
    return each >= '0' && each <= '9';
}
bool is_letter(char each) {
    return each >= 'a' && each <= 'z';
}

// "Smith-Jones" is smith, jones and smithjones; "O'Brien" brien and obrien: a letter alone
// beside an apostrophe is no word.
void each_part(std::string_view token, const auto& visit) {
    std::string joined;
    std::size_t at = 0;
    char before = 0;
    while (at <= token.size()) {
        const std::size_t end = std::min(token.find_first_of("-'", at), token.size());
        const char after = end < token.size() ? token[end] : '\0';
        const std::string_view part = token.substr(at, end - at);
        joined += part;
        const bool alone = part.size() == 1 && is_letter(part[0]) && (before == '\'' || after == '\'');
        if (!alone && !part.empty())
            visit(part);
        before = after;
        at = end + 1;
    }
    if (joined.size() != token.size())
        visit(joined);
}

}  // namespace

std::size_t HouseholdSearch::bytes() const {
    return words_.bytes() + rows_.capacity() * sizeof(Row) + households_.capacity() * sizeof(Uuid) +
           by_household_.bytes() + by_place_.bytes() + places_.capacity() * sizeof(Place) +
           (free_.capacity() + free_places_.capacity() + own_.capacity() + place_words_.capacity()) *
               sizeof(Word);
}

void HouseholdSearch::clear() {
    *this = {};
}

void HouseholdSearch::reserve(std::size_t households) {
    rows_.reserve(rows_.size() + households);
    households_.reserve(households_.size() + households);
}

std::uint32_t HouseholdSearch::row_of(const Uuid& household) const {
    return by_household_.find(hash_of(household),
                              [&](std::uint32_t row) { return households_[row] == household; });
}

std::span<const HouseholdSearch::Word> HouseholdSearch::own_words(const Row& row) const {
    return {own_.data() + row.begin, row.count};
}

std::span<const HouseholdSearch::Word> HouseholdSearch::words_of(const Place& place) const {
    return {place_words_.data() + place.begin, place.count};
}

void HouseholdSearch::use_words(std::string_view text, Word flags, std::vector<Word>& words) {
    if (text.empty())
        return;
    const std::string plain = folded_with_joints(text);
    const auto use = [&](std::string_view part) {
        if (words.size() < list_words_max)
            words.push_back(words_.use(part) | flags);
    };
    each_word_of(plain, " ", [&](std::string_view token) {
        if (token.find_first_of("-'") == std::string_view::npos)
            use(token);
        else
            each_part(token, use);
    });
}

// "WD6 1AA" is wd6, wd61aa and, for more than its digit, 1aa.
void HouseholdSearch::use_postcode(std::string_view text, std::vector<Word>& words) {
    std::string plain = folded(text);
    std::erase(plain, ' ');
    constexpr std::size_t inward = 3;
    if (plain.size() <= inward || !is_digit(plain[plain.size() - inward]))
        return use_words(text, 0, words);
    const std::string_view whole = plain;
    words.push_back(words_.use(whole));
    words.push_back(words_.use(whole.substr(0, whole.size() - inward)));
    words.push_back(words_.use(whole.substr(whole.size() - inward)) | inward_word);
}

std::uint32_t HouseholdSearch::place_of(const HouseholdText& text) {
    std::vector<Word> words;
    use_words(text.road, 0, words);
    use_words(text.locality, far_word, words);
    use_words(text.town, far_word, words);
    use_postcode(text.postcode, words);
    const auto hash = hash_of(words);
    const auto known = by_place_.find(
        hash, [&](std::uint32_t each) { return std::ranges::equal(words_of(places_[each]), words); });
    if (known != IndexTable::none) {
        for (const Word word : words)
            words_.release(word & number_of_word);
        ++places_[known].uses;
        return known;
    }
    const Place fresh{static_cast<std::uint32_t>(place_words_.size()),
                      static_cast<std::uint32_t>(words.size()), 1};
    place_words_.insert(place_words_.end(), words.begin(), words.end());
    std::uint32_t place = static_cast<std::uint32_t>(places_.size());
    if (free_places_.empty()) {
        places_.push_back(fresh);
    } else {
        place = free_places_.back();
        free_places_.pop_back();
        places_[place] = fresh;
    }
    by_place_.insert(hash, place, [&](std::uint32_t each) { return hash_of(words_of(places_[each])); });
    return place;
}

void HouseholdSearch::release_place(std::uint32_t number) {
    Place& place = places_[number];
    if (--place.uses > 0)
        return;
    by_place_.erase(hash_of(words_of(place)), number,
                    [&](std::uint32_t each) { return hash_of(words_of(places_[each])); });
    for (const Word word : words_of(place))
        words_.release(word & number_of_word);
    place_wasted_ += place.count;
    place = {};
    free_places_.push_back(number);
}

std::uint32_t HouseholdSearch::put(const Uuid& household, const HouseholdText& text) {
    std::uint32_t number = row_of(household);
    std::vector<Word> own;
    use_words(text.house, 0, own);
    use_words(text.building, 0, own);
    use_words(text.flat, 0, own);
    use_words(text.names, 0, own);
    Row row;
    row.place = place_of(text);
    row.begin = static_cast<std::uint32_t>(own_.size());
    row.count = own.size() & 0xFFFFU;
    row.uprn = text.uprn.value_or(0) & 0xFFFFFFFFFFFFU;
    own_.insert(own_.end(), own.begin(), own.end());
    if (number != IndexTable::none) {
        forget_words(number);
        rows_[number] = row;
        tidy();
        return number;
    }
    if (free_.empty()) {
        number = static_cast<std::uint32_t>(rows_.size());
        rows_.push_back(row);
        households_.push_back(household);
    } else {
        number = free_.back();
        free_.pop_back();
        rows_[number] = row;
        households_[number] = household;
    }
    by_household_.insert(hash_of(household), number,
                         [&](std::uint32_t each) { return hash_of(households_[each]); });
    return number;
}

void HouseholdSearch::forget_words(std::uint32_t number) {
    Row& row = rows_[number];
    for (const Word word : own_words(row))
        words_.release(word);
    own_wasted_ += row.count;
    release_place(row.place);
    row = {};
}

void HouseholdSearch::remove(const Uuid& household) {
    const std::uint32_t number = row_of(household);
    if (number == IndexTable::none)
        return;
    by_household_.erase(hash_of(household), number,
                        [&](std::uint32_t each) { return hash_of(households_[each]); });
    forget_words(number);
    households_[number] = {};
    free_.push_back(number);
    tidy();
}

// Lists that were replaced leave holes; they are closed when half of it is holes.
void HouseholdSearch::tidy() {
    if (own_wasted_ > worth_tidying && own_wasted_ > own_.size() / 2) {
        Wiped<Word> kept;
        for (Row& row : rows_) {
            const auto words = own_words(row);
            row.begin = static_cast<std::uint32_t>(kept.size());
            kept.insert(kept.end(), words.begin(), words.end());
        }
        own_.swap(kept);
        own_wasted_ = 0;
    }
    if (place_wasted_ > worth_tidying && place_wasted_ > place_words_.size() / 2) {
        Wiped<Word> kept;
        for (Place& place : places_) {
            const auto words = words_of(place);
            place.begin = static_cast<std::uint32_t>(kept.size());
            kept.insert(kept.end(), words.begin(), words.end());
        }
        place_words_.swap(kept);
        place_wasted_ = 0;
    }
}

}  // namespace doorstep
