// Operations as a bad day brings them: every script, every field, few enough
// doors and agencies that they meet each other.
#pragma once

#include <string>
#include <vector>

#include "forms/base/random.h"
#include "sync/operation/operation.h"

namespace doorstep::testing {

class RandomOperations {
public:
    explicit RandomOperations(std::uint64_t seed) : random_(seed) {
        for (auto* ids : {&visits_, &contacts_, &households_, &referrals_})
            for (int i = 0; i < 6; ++i)
                ids->push_back(Uuid::random(random_));
    }

    Operation one() {
        Operation operation = header();
        switch (random_.below(8)) {
        case 0:
            operation.payload = visit();
            break;
        case 1:
            operation.payload = contact();
            break;
        case 2:
            operation.payload = questionnaire();
            break;
        case 3:
            operation.payload = offer();
            break;
        case 4:
            operation.payload = referral();
            break;
        case 5:
            operation.payload = taken_back();
            operation.supersedes.reset();
            break;
        case 6:
            operation.payload = note(operation);
            break;
        default:
            operation.payload = state();
        }
        made_.push_back(operation.id);
        if (std::holds_alternative<ContactRecorded>(operation.payload))
            tries_.push_back(operation.id);
        if (std::holds_alternative<HomeNoted>(operation.payload))
            notes_.push_back(operation.id);
        return operation;
    }
    std::vector<Operation> several(std::size_t count) {
        std::vector<Operation> out;
        while (out.size() < count)
            out.push_back(one());
        return out;
    }

    std::string text() {
        static const char* const scripts[] = {
            "Łukasz Żółć",        "ਪੰਜਾਬੀ",  "العربية", "安全街道", "O'Brien \"x\"", "line\nbreak", "e\u0301",
            "👩‍👩‍👧", "\t\\ /", ""};
        std::string out = scripts[random_.below(std::size(scripts))];
        if (random_.chance(0.05))
            out += std::string("nul\0here", 8);
        return out;
    }
    Random& random() { return random_; }

private:
    const Uuid& any(const std::vector<Uuid>& ids) { return ids[random_.below(ids.size())]; }
    std::string code(const char* first, const char* second, const char* third) {
        const char* const all[] = {first, second, third};
        return all[random_.below(3)];
    }
    Day day() { return Day::of(2026, 3, 1).plus(static_cast<int>(random_.below(200))); }
    std::vector<std::string> texts() {
        std::vector<std::string> out;
        for (auto n = random_.below(3); n > 0; --n)
            out.push_back(text());
        return out;
    }
    Sha256 hash() { return Sha256::of(text() + std::to_string(random_.next())); }

    Operation header() {
        Operation operation;
        operation.id = Uuid::random(random_);
        operation.sequence = random_.below(1000);
        operation.at_ms = day().start_ms() + static_cast<std::int64_t>(random_.below(86'400'000));
        operation.utc_offset_minutes = static_cast<int>(random_.below(3)) * 60;
        // Few values, so that ties happen.
        operation.hybrid_clock = random_.below(40);
        operation.subject = any(households_);
        if (!made_.empty() && random_.chance(0.2))
            operation.supersedes = any(made_);
        if (!made_.empty() && random_.chance(0.1))
            operation.base = {any(made_), Uuid::random(random_)};
        return operation;
    }
    VisitPlanned visit() {
        return {any(visits_), "SS-2026-03-14-BE", "safer_streets", code("BE", "PB", "AB"), day(), {"A", "B"}};
    }
    ContactRecorded contact() {
        ContactRecorded contact;
        contact.contact = any(contacts_);
        contact.visit = any(visits_);
        contact.household = any(households_);
        contact.area = code("BE", "PB", "AB");
        contact.road_code = code("BE-001", "BE-002", "PB-001");
        contact.team = code("A", "B", "");
        contact.officer = "off-pol-01";
        contact.companion = code("", "off-fire-02", "off-nhw-01");
        contact.outcome = static_cast<ContactOutcome>(random_.below(12));
        contact.day = day();
        contact.language = code("en", "pl", "pa");
        contact.formats = texts();
        contact.respondent = code("resident", "carer", "");
        contact.address = {text(), text(), text(), text(), std::nullopt};
        if (random_.chance(0.5))
            contact.address.uprn = random_.below(1'000'000'000'000);
        return contact;
    }
    // In the place of some that are known, once or twice, and now and then of none.
    HomeNoted note(Operation& operation) {
        for (auto n = random_.below(3); n > 0 && !notes_.empty(); --n)
            operation.base.push_back(any(notes_));
        HomeNoted noted;
        noted.household = operation.subject = any(households_);
        noted.area = code("BE", "PB", "");
        noted.kind = static_cast<HomeNoteKind>(random_.below(5));
        noted.holds = random_.chance(0.7);
        noted.text = text();
        noted.officer = code("off-pol-01", "off-fire-02", "");
        noted.day = day();
        noted.review = noted.day.plus(183);
        noted.until = noted.day.plus(730);
        return noted;
    }
    // Mostly of a contact, now and then of what is none or has not come yet.
    ContactTakenBack taken_back() {
        return {any(contacts_), tries_.empty() || random_.chance(0.2) ? Uuid::random(random_) : any(tries_)};
    }
    QuestionnaireFinished questionnaire() {
        QuestionnaireFinished finished;
        finished.questionnaire = Uuid::random(random_);
        finished.contact = any(contacts_);
        finished.form = {code("safer_streets_doorstep", "safe_and_well", "watch_signup"), "2013", hash()};
        finished.complete = random_.chance(0.7);
        finished.day = day();
        finished.started_ms = static_cast<std::int64_t>(random_.below(1'000'000));
        finished.finished_ms = finished.started_ms + 60'000;
        finished.privacy_version = text();
        for (auto n = random_.below(5); n > 0; --n)
            finished.answers.push_back({code("smoke_alarms", "age", "note"), code("age", "people[2]/age", ""),
                                        code("given", "dont_know", "not_asked"), text()});
        for (auto n = random_.below(40); n > 0; --n)
            finished.restricted.push_back(static_cast<char>(random_.below(256)));
        return finished;
    }
    OfferMade offer() {
        return {any(referrals_),
                any(contacts_),
                code("smoke_detector", "first_aid", "purse_bell"),
                static_cast<OfferStatus>(random_.below(4)),
                static_cast<std::int64_t>(random_.below(5)),
                day(),
                text()};
    }
    ReferralRaised referral() {
        ReferralRaised raised;
        raised.referral = random_.chance(0.5) ? any(referrals_) : Uuid::random(random_);
        raised.contact = any(contacts_);
        raised.household = any(households_);
        raised.agency = code("police", "fire", "cah");
        raised.services = texts();
        raised.rules = texts();
        raised.reasons = texts();
        for (auto n = random_.below(3); n > 0; --n)
            raised.shares.push_back({"smoke_alarms", text(), text()});
        raised.urgency = code("routine", "soon", "today");
        raised.agreement = {static_cast<ShareBasis>(random_.below(3)),
                            "resident",
                            "v3",
                            "pl",
                            "spoken",
                            "off-pol-01",
                            1'774'000'000'000,
                            "seen at the door " + text()};
        raised.day = day();
        if (random_.chance(0.5))
            referrals_.push_back(raised.referral);
        return raised;
    }
    ReferralStateSet state() {
        return {any(referrals_), static_cast<int>(1 + random_.below(3)),
                static_cast<ReferralState>(random_.below(9)), text(), code("police", "fire", "off-pol-01")};
    }

    SeededRandom random_;
    std::vector<Uuid> visits_, contacts_, households_, referrals_, made_, tries_, notes_;
};

}  // namespace doorstep::testing
