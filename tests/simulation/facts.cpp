#include "tests/simulation/facts.h"

#include <fmt/format.h>

#include <array>

namespace doorstep::simulation {

namespace {

constexpr std::array<const char*, 4> agencies = {"police", "fire", "red_cross", "volunteering"};
constexpr std::array<const char*, 3> texts = {"Łukasz said \"later\"", "call after 5\nring twice", "ਪੰਜਾਬੀ"};

template<class List>
auto one_of(const List& list, Random& random) {
    return list[static_cast<std::size_t>(random.below(list.size()))];
}

Operation fact(const Uuid& subject, Payload payload) {
    Operation operation;
    operation.subject = subject;
    operation.payload = std::move(payload);
    return operation;
}

}  // namespace

Operation Officer::plan_visit(Day day) {
    visit_ = Uuid::random(random_);
    VisitPlanned planned;
    planned.visit = visit_;
    planned.label = fmt::format("SS-{}-{}", day.text(), number_);
    planned.programme = "safer_streets";
    planned.area = one_of(std::array<const char*, 3>{"BE", "PB", "AB"}, random_);
    planned.day = day;
    planned.teams = {"A", "B"};
    return fact(visit_, planned);
}

Operation Officer::record_contact(Day day) {
    // A second try at a door that is known, now and then.
    if (doors_.empty() || random_.chance(0.7))
        doors_.push_back({Uuid::random(random_), Uuid::random(random_)});
    const auto& door = random_.chance(0.7) ? doors_.back() : one_of(doors_, random_);
    ContactRecorded contact;
    contact.contact = door.contact;
    contact.visit = visit_;
    contact.household = door.household;
    contact.area = "BE";
    contact.road_code = fmt::format("BE-{:03}", 1 + random_.below(9));
    contact.team = random_.chance(0.5) ? "A" : "B";
    contact.officer = fmt::format("off-{:02}", number_);
    contact.outcome = random_.chance(0.5) ? ContactOutcome::no_answer : ContactOutcome::completed;
    contact.day = day;
    contact.respondent = "resident";
    contact.address.number_or_name = fmt::format("{}", 1 + random_.below(90));
    contact.address.road = one_of(texts, random_);
    return fact(door.household, contact);
}

Operation Officer::raise(const Uuid& contact, Day day, std::int64_t now_ms) {
    ReferralRaised raised;
    raised.referral = Uuid::random(random_);
    raised.contact = contact;
    raised.household = Uuid::random(random_);
    raised.agency = one_of(agencies, random_);
    raised.services = {"visit"};
    raised.reasons = {"No working smoke alarm."};
    raised.shares = {{"alarm", "no", "No"}};
    raised.urgency = "routine";
    raised.agreement.given_by = "resident";
    raised.agreement.at_ms = now_ms;
    raised.day = day;
    referrals_.push_back(raised.referral);
    return fact(raised.household, raised);
}

std::vector<Operation> Officer::finish_questionnaire(Day day, std::int64_t now_ms) {
    const auto door = one_of(doors_, random_);
    QuestionnaireFinished finished;
    finished.questionnaire = Uuid::random(random_);
    finished.contact = door.contact;
    finished.form = {"safer_streets", "2013", Sha256::of("safer_streets")};
    finished.complete = random_.chance(0.8);
    finished.day = day;
    finished.started_ms = now_ms - 600'000;
    finished.finished_ms = now_ms;
    const auto answers = 3 + random_.below(60);
    for (std::uint64_t i = 0; i < answers; ++i)
        finished.answers.push_back({fmt::format("question_{}", i), fmt::format("group/question_{}", i),
                                    "given", fmt::format("{} {}", one_of(texts, random_), random_.next())});
    std::vector<Operation> kept{fact(door.household, finished)};
    const auto referrals = random_.below(4);
    for (std::uint64_t i = 0; i < referrals; ++i)
        kept.push_back(raise(door.contact, day, now_ms));
    if (random_.chance(0.5))
        kept.push_back(fact(door.household, OfferMade{Uuid::random(random_), door.contact, "smoke_detector",
                                                      OfferStatus::accepted, 1, day, "rule_1"}));
    return kept;
}

Operation Officer::withdraw(const Uuid& referral) {
    ReferralStateSet state;
    state.referral = referral;
    state.state = ReferralState::withdrawn;
    state.reason = "asked by the resident";
    state.by = fmt::format("off-{:02}", number_);
    return fact(referral, state);
}

std::vector<Operation> Officer::next(std::int64_t now_ms) {
    const Day day = Day::at(now_ms, 60);
    if (visit_.is_nil())
        return {plan_visit(day)};
    if (doors_.empty() || random_.chance(0.45))
        return {record_contact(day)};
    if (!referrals_.empty() && random_.chance(0.15))
        return {withdraw(one_of(referrals_, random_))};
    return finish_questionnaire(day, now_ms);
}

}  // namespace doorstep::simulation
