#include "sync/store/people_feed.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "sync/store/sealed_tables.h"

namespace doorstep {

namespace {

constexpr std::size_t text_room = 256 * 1024;  // of a batch

// Numbers in kept_tables(), and columns in schema.cpp.
constexpr std::uint8_t people_contact = 1;
constexpr std::uint8_t fact_contact = 5;
constexpr std::uint8_t superseded = 10;
static_assert(superseded <= kept_number_max);

Uuid id_in(const RowPart& part) {
    return Uuid::from_bytes(part.bytes).value_or(Uuid{});
}

std::vector<char, WipingAllocator<char>> room_for(std::size_t size) {
    std::vector<char, WipingAllocator<char>> room;
    room.reserve(size);
    return room;
}

}  // namespace

// A row of people_contact, as it stands in the record.
struct PeopleFeed::Fact {
    PeopleRow row;
    std::size_t text_size() const {
        return row.number_or_name.size() + row.flat.size() + row.road.size() + row.postcode.size() +
               row.language.size() + row.respondent.size();
    }
};

// partnership, operation_id, hybrid_clock, contact, household, number_or_name, flat, road,
// postcode, uprn, language, respondent
PeopleFeed::Fact PeopleFeed::fact_of(const RecordText::Row& row) {
    const auto& values = row.values;
    Fact fact{{id_in(values[1]), id_in(values[3]), id_in(values[4]),
               static_cast<std::uint64_t>(values[2].integer), values[5].bytes, values[6].bytes,
               values[7].bytes, values[8].bytes, values[10].bytes, values[11].bytes, std::nullopt}};
    if (values[9].kind == RowPart::Kind::integer)
        fact.row.uprn = static_cast<std::uint64_t>(values[9].integer);
    return fact;
}

// partnership, operation_id, type, by_operation
void PeopleFeed::note_superseded(const RecordText::Row& row) {
    const Uuid id = id_in(row.values[1]);
    if (row.values[2].bytes == "contact_recorded")
        corrected_.insert(id);
    else if (row.values[2].bytes == "contact_taken_back")
        taken_back_.insert(id);
}

// As the view contact_try says it.
bool PeopleFeed::stands(const Try& one) const {
    return !corrected_.contains(one.operation) &&
           (one.ended_by_questionnaire || !taken_back_.contains(one.operation));
}

Result<void> PeopleFeed::read(std::int64_t record, const RecordText& text) {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (const auto row = text.row(i); row.table == superseded && row.values.size() >= 4)
            note_superseded(row);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto row = text.row(i);
        if (row.table != people_contact || row.values.size() < 12)
            continue;
        const Fact fact = fact_of(row);
        Try one{fact.row.operation, fact.row.contact, fact.row.hybrid_clock, record, false, false};
        for (std::size_t j = 0; j < text.size(); ++j)  // its outcome
            if (const auto other = text.row(j); other.table == fact_contact && other.values.size() >= 12 &&
                                                id_in(other.values[1]) == one.operation)
                one.ended_by_questionnaire =
                    other.values[11].bytes == "completed" || other.values[11].bytes == "partial";
        const auto [told, first] = told_.try_emplace(one.contact, tries_.size());
        const Try* before = first ? nullptr : &tries_[told->second];
        one.told = stands(one) && (!before || !before->told ||
                                   std::tie(before->hybrid_clock, before->operation) <
                                       std::tie(one.hybrid_clock, one.operation));
        if (one.told) {
            told->second = tries_.size();
            TRY_DO(add(fact));
        }
        tries_.push_back(one);
    }
    return {};
}

Result<void> PeopleFeed::add(const Fact& fact) {
    const std::size_t size = fact.text_size();
    if (batch_.rows.size() >= batch_rows_ ||
        (!batch_.rows.empty() && batch_.text_.size() + size > batch_.text_.capacity()))
        TRY_DO(hand_out());
    if (batch_.rows.empty() && batch_.text_.capacity() - batch_.text_.size() < size)
        batch_.text_ = room_for(std::max(text_room, size));
    if (batch_.rows.empty())
        batch_.rows.reserve(batch_rows_);
    PeopleRow row = fact.row;
    for (std::string_view* part :
         {&row.number_or_name, &row.flat, &row.road, &row.postcode, &row.language, &row.respondent}) {
        const std::size_t at = batch_.text_.size();
        batch_.text_.insert(batch_.text_.end(), part->begin(), part->end());
        *part = {batch_.text_.data() + at, part->size()};
    }
    batch_.rows.push_back(row);
    return {};
}

Result<void> PeopleFeed::hand_out() {
    batch_rows_ = later_batches;
    return take_(std::exchange(batch_, {}));
}

// Now that every fact was seen: what was told and does not hold, and what holds and was
// not told.
void PeopleFeed::settle(std::vector<Uuid>& gone, std::vector<const Try*>& missing) {
    std::vector<const Try*> all;
    all.reserve(tries_.size());
    for (const Try& one : tries_)
        all.push_back(&one);
    std::sort(all.begin(), all.end(), [](const Try* a, const Try* b) {
        return std::tie(a->contact, b->hybrid_clock, b->operation) <
               std::tie(b->contact, a->hybrid_clock, a->operation);
    });
    for (std::size_t i = 0; i < all.size();) {
        const Uuid& contact = all[i]->contact;
        const Try* holds = nullptr;
        for (; i < all.size() && all[i]->contact == contact; ++i)
            if (!holds && stands(*all[i]))
                holds = all[i];
        const Try& told = tries_[told_.at(contact)];
        if (holds == &told || (!holds && !told.told))
            continue;
        if (told.told)
            gone.push_back(contact);
        if (holds)
            missing.push_back(holds);
    }
}

Result<void> PeopleFeed::finish(const std::function<Result<void>(std::int64_t)>& again) {
    std::vector<Uuid> gone;
    std::vector<const Try*> missing;
    settle(gone, missing);
    // What corrects earlier batches stands in a batch of its own.
    if (!batch_.rows.empty())
        TRY_DO(hand_out());
    batch_.gone = std::move(gone);
    for (const Try* one : missing) {
        wanted_.insert(one->operation);
        TRY_DO(again(one->record));
    }
    return batch_.gone.empty() && batch_.rows.empty() ? Result<void>{} : hand_out();
}

Result<void> PeopleFeed::read_again(const RecordText& text) {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (const auto row = text.row(i); row.table == people_contact && row.values.size() >= 12)
            if (const Fact fact = fact_of(row); wanted_.erase(fact.row.operation) > 0)
                TRY_DO(add(fact));
    return {};
}

}  // namespace doorstep
