// What Store and Transaction share.
#pragma once

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "sync/operation/hybrid_clock.h"
#include "sync/store/log.h"
#include "sync/store/store.h"
#include "sync/wire/phrases.h"

namespace doorstep {

struct StoreParts {
    SqlConnection* sql;
    StoreRole role;
    const Clock* clock;
    Random* random;
    HybridClock hybrid;
    SecondCopy* second_copy = nullptr;
    std::shared_ptr<const wire::PhraseBooks> books = std::make_shared<const wire::PhraseBooks>();
    const SubjectKeys* subject_keys = nullptr;  // of an endpoint

    Keeping how() const { return {subject_keys, role != StoreRole::endpoint}; }
};
struct Store::State : StoreParts {};

// A fact has its place in the tablet's sequence from its envelope, where it has none yet.
Result<void> put_in_sequence(SqlConnection& sql, const std::vector<wire::OpenedOperation>& opened,
                             const Uuid& enrolment);

// refused while it is locked.
Result<void> check_unlocked(const StoreParts& store);

// One operation of a page.  Where its place in the feed holds no longer, the fact alone is kept.
Result<void> keep_pulled(SqlConnection& sql, const wire::PulledOperation& pulled, bool has_place,
                         StoreParts& store, Appended& appended);
// Before them: the orders among them (erase.h).
Result<void> foresee_orders(SqlConnection& sql, std::span<const wire::PulledOperation> facts);
Result<void> remember_told(SqlConnection& sql, const Uuid& enrolment,
                           const std::vector<wire::Quarantined>& quarantined);
// Of a locked tablet, sealed to its inbox by SQL: see waiting.cpp.
Result<void> keep_page_waiting(SqlConnection& sql, const wire::PullReply& page, std::int64_t now_ms);
Result<void> keep_told_waiting(SqlConnection& sql, const wire::PushReply& reply, std::int64_t now_ms);

// Puts the hybrid clock's reading into the transaction.
Result<void> keep_hybrid_clock(SqlConnection& sql, const HybridClock& hybrid);

}  // namespace doorstep
