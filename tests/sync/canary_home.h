// A home whose every text is a canary.
#pragma once

#include <string>
#include <vector>

#include "forms/base/random.h"
#include "sync/operation/operation.h"

namespace doorstep::testing {

inline constexpr const char* canary = "CANARY000123";

// One home on one visit: a door, its questionnaire, an offer, and a referral with its state.
struct CanaryHome {
    Uuid home;
    Uuid contact;
    std::vector<Operation> facts;

    CanaryHome(Random& random, const Uuid& visit, Day day, std::int64_t at_ms,
               const std::string& mark = canary)
        : home(Uuid::random(random)), contact(Uuid::random(random)) {
        ContactRecorded door;
        door.contact = contact;
        door.visit = visit;
        door.household = home;
        door.area = "BE";
        door.road_code = "BE-001";
        door.team = "A";
        door.officer = "off-pol-01";
        door.outcome = ContactOutcome::completed;
        door.day = day;
        door.address = {mark + " cottage", "", mark + " road", "AB1 2CD", 42};
        add(random, at_ms, door);
        QuestionnaireFinished finished;
        finished.questionnaire = Uuid::random(random);
        finished.contact = contact;
        finished.form.id = "safer_streets_doorstep";
        finished.form.version = "2013";
        finished.complete = true;
        finished.day = day;
        finished.answers = {{"name", "name", "given", mark + " Quartzmeadow"}};
        add(random, at_ms, finished);
        add(random, at_ms,
            OfferMade{Uuid::random(random), contact, "smoke_detector", OfferStatus::accepted, 1, day, mark});
        ReferralRaised raised;
        raised.referral = Uuid::random(random);
        raised.contact = contact;
        raised.household = home;
        raised.agency = "fire";
        raised.reasons = {mark + " smokes"};
        raised.shares = {{"name", mark, mark}};
        raised.urgency = "routine";
        raised.agreement.given_by = "resident";
        raised.day = day;
        add(random, at_ms, raised);
        add(random, at_ms, ReferralStateSet{raised.referral, 1, ReferralState::received, mark, "fire"});
    }
    void add(Random& random, std::int64_t at_ms, Payload payload) {
        Operation operation;
        operation.id = Uuid::random(random);
        operation.at_ms = at_ms;
        operation.hybrid_clock = (static_cast<std::uint64_t>(at_ms) << 16) + facts.size();
        operation.subject = home;
        operation.payload = std::move(payload);
        facts.push_back(std::move(operation));
    }
};

}  // namespace doorstep::testing
