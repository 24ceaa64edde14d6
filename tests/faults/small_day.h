// A tablet's day in small steps, each of them one call that commits once: a plan that
// can be worked on any disk, asked whether a step is done, and worked again.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "sync/store/drafts.h"
#include "sync/store/sealed_connection.h"
#include "sync/store/second_copy.h"
#include "sync/store/sqlite_connection.h"
#include "sync/store/store.h"

namespace doorstep::faults {

inline constexpr const char* day_file = "doorstep.sqlite";

enum class Sealing : std::uint8_t { rows, none };

// A store on a disk, as the app holds it; without sealing, as the endpoint does.
struct Tablet {
    explicit Tablet(std::uint64_t seed, Sealing how = Sealing::rows);
    Result<void> open(const SqliteOptions& options, const std::string& file = day_file);
    void close();
    // Everything that the store's functions tell, as text.
    std::string state();
    // The name of the file's schema on the connection.
    std::string schema() const { return sealing == Sealing::rows ? "disk" : "main"; }

    Sealing sealing;
    RowKeys keys;  // the same for every seed
    ManualClock clock{1'773'500'000'000, 0};
    SeededRandom random;
    std::unique_ptr<SqlConnection> sql;
    std::optional<Store> store;
    std::optional<SecondCopy> copy;  // of a sealed store that can be written
    PutBack put_back;                // by the last opening
};

struct Step {
    std::string name;
    std::function<Result<void>(Tablet&)> work;
    // Whether it is done already: what a caller asks after an error that says nothing
    // about that.
    std::function<bool(Tablet&)> done;
};

// The ids are in the plan, so that a step that is worked again is the same step.
std::vector<Step> small_day(std::uint64_t seed, std::size_t steps);

// What the day leaves, without what the order of tries may change (clock readings,
// chains): ids of facts, lines of drafts, where push and pull stand.
std::string outcome(Tablet& tablet);

}  // namespace doorstep::faults
