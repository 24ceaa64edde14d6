// What tablets send in this bench: real finishes of the shipped questionnaire, answered by the season's
// officer through casework, kept in a real tablet's store, sealed and written short as they leave it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "forms/desk/package.h"
#include "sync/store/store.h"
#include "sync/wire/phrases.h"

namespace doorstep::bench {

// One finish: the contact, the questionnaire, its referrals, its offers.
using Record = std::vector<Operation>;

// The first `count` finishes of seasons that are dealt one after the other; their days are a week ago.
Result<std::vector<Record>> finished_records(const TabletIdentity& identity, const Library& library,
                                             std::size_t count);
// The same answers at another door: new ids, which follow from each other as those of a finish do.
Record at_another_door(const Record& record, Random& random);
Record without_officers_part(Record record);
// What sync.md calls a record: the questionnaire, without the officer's part, and 0 to 5 referrals, 2,459 of
// them for a thousand.  The contents are those of the finishes given.
std::vector<Record> plain_records(const std::vector<Record>& finishes);

struct Composition {
    double facts = 0;  // per record, on average, all of them
    double referrals = 0;
    double answers = 0;
    double compact_bytes = 0;  // one JSON object of its answers and referrals, as sync.md counts
    double json_bytes = 0;     // of all facts of a record
    double sealed_bytes = 0;   // of its envelope as it travels, before the frame
    double short_bytes = 0;    // before padding and seal; of it:
    double text_bytes = 0, id_bytes = 0, officers_bytes = 0;
};
Result<Composition> composition(const std::vector<Record>& records, const TabletIdentity& identity,
                                const std::shared_ptr<const wire::PhraseBooks>& books);

// A push as it stands in a request, and what its acknowledgement must say.
struct PreparedPush {
    std::string frame;
    Sequence acked_through = 0;
    Sha256 chain;
    std::size_t records = 0;
    std::size_t facts = 0;
};

// A tablet's own store, in memory: what a tablet's disk costs is the matter of bench-store.
class RecordingTablet {
public:
    static Result<std::unique_ptr<RecordingTablet>>
    open(const TabletIdentity& identity, std::shared_ptr<const wire::PhraseBooks> books, std::uint64_t seed);
    Result<void> record(const Record& record);
    // All that it holds, `per_push` records in each.
    Result<std::vector<PreparedPush>> pushes(std::size_t per_push, const Uuid& epoch) const;
    Store& store() { return *store_; }
    Random& random() { return random_; }

private:
    RecordingTablet(std::unique_ptr<SqlConnection> sql, std::uint64_t seed)
        : random_(seed), sql_(std::move(sql)) {}

    ManualClock clock_{0};
    SeededRandom random_;
    std::unique_ptr<SqlConnection> sql_;
    std::optional<Store> store_;
};

// So many records, from the one at `from` on, each at a door of its own.
Result<void> work(RecordingTablet& tablet, const std::vector<Record>& records, std::size_t from,
                  std::size_t count);

}  // namespace doorstep::bench
