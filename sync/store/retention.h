// What a tablet lets go of by itself, so that one that was taken while it was open shows little.
//
// Of its own facts the readable part goes 14 days after they were acknowledged, whatever the backup at the
// endpoint covers: what travels stays, sealed so that nobody here opens it, until it is covered
// (purge_sent()). Of others' facts it goes 2 days after the visit for whose streets they were pulled; what a
// visit to come asks for is pulled once more.  What is left is the bare form (operation/bare.h) with the
// home's id in it: counts stay what they were, a need stays open, and a home to which nobody shall go again
// stays one.
//
// What is known of a home (home_notes.h) stays as long as it counts: replaced, or two days after it ran out,
// it goes as the rest does.
//
// Never touched: what is not acknowledged, what stands here provisionally, what is set aside here or at the
// endpoint, what a draft is about, and what travels in clear.
//
// By the time that the endpoint told (vault/told_time.h), never by the clock of the tablet.
#pragma once

#include <cstdint>

#include "forms/base/result.h"
#include "sync/store/second_copy.h"
#include "sync/store/store.h"

namespace doorstep {

// Others' facts stay readable so long after the visit, and come again so long before one.
inline constexpr std::int64_t streets_kept_days = 2;
inline constexpr std::int64_t streets_ahead_days = 14;
// One step looks at so many facts at most, in one transaction.
inline constexpr std::int64_t retention_step = 100;

struct LetGo {
    std::int64_t own = 0;
    std::int64_t others = 0;
    std::int64_t asked_again = 0;  // facts of streets of a visit to come: the next sync fetches them
    bool more = false;             // another step finds more
    bool operator==(const LetGo&) const = default;
};

// Of an open sealed tablet; both must outlive it.  Everything it knows can be found again: whoever begins
// anew only looks once more.
class Retention {
public:
    explicit Retention(Store& store, SecondCopy* copy = nullptr) : store_(store), copy_(copy) {}

    // Writes nothing where nothing is to be done.  `told_ms` 0: nobody knows the time, and nothing goes.
    Result<LetGo> step(std::int64_t told_ms);

private:
    Result<LetGo> change(std::int64_t told_ms, Sequence through);
    Result<void> scrub(Sequence through, bool changed);
    struct Looked {
        std::int64_t day = 0;
        std::int64_t facts = 0;
        Sequence through = 0;
        std::uint64_t cursor = 0;
        bool operator==(const Looked&) const = default;
    };
    Result<Looked> stands(std::int64_t told_ms) const;

    Store& store_;
    SecondCopy* copy_;
    Looked looked_{};  // then nothing was left to do
};

}  // namespace doorstep
