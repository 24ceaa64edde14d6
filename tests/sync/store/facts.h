// Facts for tests that need one of a kind.
#pragma once

#include <string>
#include <vector>

#include "forms/base/random.h"
#include "sync/operation/operation.h"
#include "sync/wire/codec.h"
#include "sync/wire/messages.h"

namespace doorstep::testing {

inline Operation fact(Payload payload, std::uint64_t hybrid_clock = 0) {
    Operation operation;
    operation.hybrid_clock = hybrid_clock;
    operation.payload = std::move(payload);
    return operation;
}

inline Operation a_visit(Random& random, const std::string& label = "SS-2026-03-14-BE") {
    return fact(
        VisitPlanned{Uuid::random(random), label, "safer_streets", "BE", Day::of(2026, 3, 14), {"A"}});
}

inline Operation a_contact(const Uuid& contact, ContactOutcome outcome, std::uint64_t hybrid_clock = 0) {
    ContactRecorded recorded;
    recorded.contact = contact;
    recorded.area = "BE";
    recorded.outcome = outcome;
    recorded.day = Day::of(2026, 3, 14);
    return fact(recorded, hybrid_clock);
}

inline Operation a_state(const Uuid& referral, int cycle, ReferralState state) {
    return fact(ReferralStateSet{referral, cycle, state, "", "fire"});
}

inline std::vector<wire::OpenedOperation> opened(const std::vector<Operation>& operations) {
    std::vector<wire::OpenedOperation> out;
    for (const auto& operation : operations) {
        out.push_back(wire::open_operation(wire::encode(operation)));
        out.back().sequence = operation.sequence;
    }
    return out;
}

// With ids and clock readings of their own, as from another tablet.
inline std::vector<wire::OpenedOperation> arrived(std::vector<Operation> operations, Random& random) {
    Sequence sequence = 0;
    for (auto& operation : operations) {
        operation.sequence = ++sequence;
        if (operation.id.is_nil())
            operation.id = Uuid::random(random);
        if (operation.hybrid_clock == 0)
            operation.hybrid_clock = sequence;
    }
    return opened(operations);
}

}  // namespace doorstep::testing
