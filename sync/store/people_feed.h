// The people half of the read model, handed out while the store is being opened: who
// lives behind which door, without tables and without SQL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/secret.h"
#include "forms/base/uuid.h"
#include "sync/store/row_text.h"

namespace doorstep {

// One contact as people_contact_now has it.
struct PeopleRow {
    Uuid operation;
    Uuid contact;
    Uuid household;
    std::uint64_t hybrid_clock = 0;
    std::string_view number_or_name, flat, road, postcode, language, respondent;
    std::optional<std::uint64_t> uprn;
};

// Its text is wiped when it goes.  Moves; the rows stay where they point to.
class PeopleBatch {
public:
    PeopleBatch() = default;
    PeopleBatch(PeopleBatch&&) noexcept = default;
    PeopleBatch& operator=(PeopleBatch&&) noexcept = default;

    // The newest first, in the order in which this tablet got them.
    std::vector<PeopleRow> rows;
    // Contacts of which earlier batches told what does not hold: to be taken out before the
    // rows are put in, among which is what holds instead, if anything does.  Only after all
    // others, and only when a fact came to this tablet before the one that it corrects.
    std::vector<Uuid> gone;

private:
    friend class PeopleFeed;
    std::vector<char, WipingAllocator<char>> text_;  // never grows
};

// Reads records, newest first, and puts together what they say of people.
class PeopleFeed {
public:
    // A batch is handed out when it has so many rows: the first is what a screen shows.
    static constexpr std::size_t first_batch = 200;
    static constexpr std::size_t later_batches = 1'000;
    using Take = std::function<Result<void>(PeopleBatch&&)>;

    explicit PeopleFeed(Take take) : take_(std::move(take)) {}

    Result<void> read(std::int64_t record, const RecordText& text);
    // After the last record.  `again` reads the record of that number once more, through
    // read_again().
    Result<void> finish(const std::function<Result<void>(std::int64_t record)>& again);
    Result<void> read_again(const RecordText& text);

private:
    struct Try {
        Uuid operation;
        Uuid contact;
        std::uint64_t hybrid_clock;
        std::int64_t record;
        bool ended_by_questionnaire;
        bool told;
    };
    struct Fact;

    static Fact fact_of(const RecordText::Row& row);
    void note_superseded(const RecordText::Row& row);
    bool stands(const Try& one) const;
    Result<void> add(const Fact& fact);
    Result<void> hand_out();
    void settle(std::vector<Uuid>& gone, std::vector<const Try*>& missing);

    Take take_;
    PeopleBatch batch_;
    std::size_t batch_rows_ = first_batch;
    std::vector<Try> tries_;
    std::unordered_map<Uuid, std::size_t> told_;  // contact to the newest of its tries
    std::unordered_set<Uuid> corrected_;
    std::unordered_set<Uuid> taken_back_;
    std::unordered_set<Uuid> wanted_;  // operations, by read_again()
};

}  // namespace doorstep
