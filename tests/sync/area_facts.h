// Facts of an area, as a tablet records them: a visit, its doors, and what follows from them.
#pragma once

#include <string>
#include <vector>

#include "forms/base/random.h"
#include "sync/operation/operation.h"

namespace doorstep::testing {

inline Operation fact_of(Random& random, const Uuid& subject, Payload payload) {
    Operation fact;
    fact.id = Uuid::random(random);
    fact.at_ms = 1'370'678'400'000;
    fact.hybrid_clock = 1;
    fact.subject = subject;
    fact.payload = std::move(payload);
    return fact;
}

inline Operation visit_in(Random& random, const std::string& area) {
    VisitPlanned planned;
    planned.visit = Uuid::random(random);
    planned.label = "SS-" + area;
    planned.programme = "safer_streets";
    planned.area = area;
    planned.day = Day::of(2013, 6, 8);
    return fact_of(random, planned.visit, planned);
}

inline ContactRecorded door_in(Random& random, const std::string& area) {
    ContactRecorded contact;
    contact.contact = Uuid::random(random);
    contact.visit = Uuid::random(random);
    contact.household = Uuid::random(random);
    contact.area = area;
    contact.road_code = area + "-001";
    contact.team = "team-1";
    contact.officer = "off-01";
    contact.outcome = ContactOutcome::completed;
    contact.day = Day::of(2013, 6, 8);
    contact.address.number_or_name = "14";
    contact.address.road = "Road of " + area;
    return contact;
}

inline Operation contact_fact(Random& random, const ContactRecorded& contact) {
    return fact_of(random, contact.household, contact);
}

inline Operation questionnaire_at(Random& random, const ContactRecorded& contact) {
    QuestionnaireFinished finished;
    finished.questionnaire = Uuid::random(random);
    finished.contact = contact.contact;
    finished.form = {"safer_streets", "1", Sha256::of("form")};
    finished.complete = true;
    finished.day = contact.day;
    finished.answers.push_back({"note", "note", "given", "An answer of " + contact.area});
    return fact_of(random, contact.household, finished);
}

inline Operation offer_at(Random& random, const ContactRecorded& contact) {
    OfferMade offer;
    offer.offer = Uuid::random(random);
    offer.contact = contact.contact;
    offer.code = "smoke_alarm_fitted";
    offer.day = contact.day;
    return fact_of(random, contact.household, offer);
}

inline Operation referral_at(Random& random, const ContactRecorded& contact) {
    ReferralRaised raised;
    raised.referral = Uuid::random(random);
    raised.contact = contact.contact;
    raised.household = contact.household;
    raised.agency = "fire";
    raised.urgency = "routine";
    raised.agreement.given_by = "resident";
    raised.day = contact.day;
    return fact_of(random, contact.household, raised);
}

inline Operation state_of(Random& random, const Uuid& referral) {
    ReferralStateSet set;
    set.referral = referral;
    set.state = ReferralState::withdrawn;  // what an officer may say of one
    set.by = "resident";
    return fact_of(random, referral, set);
}

// A whole door: contact, questionnaire, offer, referral.
inline std::vector<Operation> whole_door(Random& random, const std::string& area) {
    const auto contact = door_in(random, area);
    return {contact_fact(random, contact), questionnaire_at(random, contact), offer_at(random, contact),
            referral_at(random, contact)};
}

}  // namespace doorstep::testing
