// Hands referrals to their agencies, each once.
//
// A step has three parts, so that no wire is waited for by whoever owns the store:
//   take()     leases a row and journals the attempt, durable when it returns
//   deliver()  speaks with the agency; touches no store
//   record()   keeps what came of it
// A step that ends anywhere in between is found again by the lease that runs out: an attempt that
// was journalled is unknown, and asked for before anything is sent again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "sync/agencies/attempt.h"
#include "sync/agencies/send_journal.h"
#include "sync/http/http_client.h"
#include "sync/store/store.h"

namespace doorstep {

namespace sending {
inline constexpr std::int64_t lease_ms = 5 * 60'000;
// What may still be under way at the agency after we gave up waiting for it: asked no earlier.
inline constexpr std::int64_t settle_ms = 60'000;
inline constexpr std::int64_t backoff_first_ms = 30'000;
inline constexpr std::int64_t backoff_most_ms = 60 * 60'000;
// A webhook's answers come with the question; what has no answers to give is asked daily.
inline constexpr std::int64_t check_webhook_ms = 60 * 60'000;
inline constexpr std::int64_t check_other_ms = 24 * 60 * 60'000;
inline constexpr std::int64_t door_wait_ms = 5 * 60'000;
}  // namespace sending

struct Taken {
    std::optional<Parcel> parcel;  // to deliver; then record()
    int put_into_inboxes = 0;      // done and kept already
    bool is_idle() const { return !parcel && put_into_inboxes == 0; }
};

// By the thread that owns the store.
class Sender {
public:
    // Everything outlives it.  `keys` may give null; `journal` is null without a file.
    using Keys = std::function<const WorkingKeys*()>;
    Sender(Store& store, const Directory& directory, const Clock& clock, Random& random, Keys keys,
           JournalFile* journal = nullptr);

    // At a start, where no other process can have a row in hand: leases of the process before
    // have run out.  With PostgreSQL another one may live, and its leases are waited for.
    Result<void> take_over();
    // The next thing to do; agencies take turns.  An error leaves everything as it was.
    Result<Taken> take();
    Result<void> record(const Parcel& parcel, const Delivery& delivery);

private:
    struct Due;
    Result<std::optional<Due>> due_of(SqlConnection& sql, const AgencyLine& line, std::int64_t now) const;
    Result<bool> pack(SqlConnection& sql, const Due& due, const AgencyLine& line, Parcel& parcel);
    Result<void> stay(SqlConnection& sql, const Uuid& referral, std::string_view state,
                      const std::string& problem) const;
    Result<bool> lease(SqlConnection& sql, const Parcel& parcel) const;
    Result<void> keep(Transaction& transaction, const Parcel& parcel, const Delivery& delivery);
    Result<void> keep_send(Transaction& transaction, const Parcel& parcel, const Delivery& delivery) const;
    Result<void> keep_ask(Transaction& transaction, const Parcel& parcel, const Delivery& delivery) const;
    Result<void> keep_withdraw(SqlConnection& sql, const Parcel& parcel, const Delivery& delivery) const;
    Result<void> keep_check(SqlConnection& sql, const Parcel& parcel, const Delivery& delivery) const;
    Result<void> keep_trouble(SqlConnection& sql, const Parcel& parcel, bool trouble);
    Result<void> come_back_to(SqlConnection& sql, const Parcel& parcel, const std::string& problem) const;
    Result<Taken> take_from(const AgencyLine& line, std::int64_t now);
    std::int64_t later(int tries) const;

    Store& store_;
    const Directory& directory_;
    const Clock& clock_;
    Random& random_;
    Keys keys_;
    JournalFile* journal_;
    std::map<std::string, std::uint64_t> last_turn_;
    std::uint64_t turn_ = 0;
    // An agency that is left alone for a while: with all, and with withdrawals and checks alone.
    struct Rest {
        int tries = 0;
        std::int64_t until_ms = 0;
    };
    std::map<std::string, Rest> troubles_;
    std::map<std::string, Rest> unclear_;
};

// A connection to the origin of a webhook ("https://fire.example:8443").
using Connect = std::function<Result<std::unique_ptr<HttpClient>>(const std::string& origin)>;
// On any thread.  REQUIRES: the line is no inbox.
Delivery deliver(const Parcel& parcel, const Connect& connect, const Clock& clock, Random& random);

}  // namespace doorstep
