#include "tests/simulation/facts.h"

#include <fmt/format.h>

#include <array>

namespace doorstep::simulation {

namespace {

constexpr std::array<const char*, 4> agencies = {"police", "fire", "red_cross", "volunteering"};
// More than one, or the first referral of a home would cover all that follow, and they would go nowhere.
constexpr std::array<const char*, 4> services = {"visit", "alarm_fitting", "advice", "equipment"};
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

struct Corrected {
    Random& random;
    void operator()(VisitPlanned& visit) const { visit.teams = {"A"}; }
    void operator()(ContactRecorded& contact) const {
        contact.outcome = static_cast<ContactOutcome>(random.below(12));
    }
    void operator()(ContactTakenBack&) const {}
    void operator()(QuestionnaireFinished& finished) const { finished.complete = !finished.complete; }
    void operator()(OfferMade& offer) const { offer.quantity = static_cast<std::int64_t>(random.below(4)); }
    void operator()(ReferralRaised& raised) const { raised.agency = one_of(agencies, random); }
    void operator()(ReferralStateSet&) const {}
    void operator()(HomeNoted&) const {}
    void operator()(RecordsErased&) const {}
    void operator()(ClockCorrected&) const {}
    void operator()(UnknownPayload&) const {}
};

}  // namespace

Neighbourhood::Neighbourhood(Random& random) {
    for (auto n = 5 + random.below(6); n > 0; --n)
        households.push_back(Uuid::random(random));
}

// Stands in all that a fact says of a home: a scan finds it wherever it is left.
std::string Officer::canary() {
    return fmt::format("{}{:016x}", canary_word, random_.next());
}

// Most notes are a line; some are a page, so that pushes have to be split.
std::string Officer::prose() {
    std::string text = one_of(texts, random_);
    for (auto n = random_.chance(0.01) ? 200 + random_.below(1'400) : 0; n > 0; --n)
        text += fmt::format(" {:x}", random_.next());
    return text;
}

Operation Officer::plan_visit(Day day) {
    VisitPlanned planned;
    planned.visit = Uuid::random(random_);
    planned.label = fmt::format("SS-{}-{}", day.text(), number_);
    planned.programme = "safer_streets";
    planned.area = one_of(std::array<const char*, 3>{"BE", "PB", "AB"}, random_);
    planned.day = day;
    planned.teams = {"A", "B"};
    return fact(planned.visit, planned);
}

Operation Officer::record_contact(Day day) {
    // A second try at a door that is known, now and then.
    if (doors_.empty() || random_.chance(0.7))
        doors_.push_back({Uuid::random(random_), one_of(neighbourhood_.households, random_)});
    const auto& door = random_.chance(0.7) ? doors_.back() : one_of(doors_, random_);
    ContactRecorded contact;
    contact.contact = door.contact;
    contact.visit = visit_;
    contact.household = door.household;
    contact.area = "BE";
    contact.road_code = fmt::format("BE-{:03}", 1 + random_.below(9));
    contact.team = random_.chance(0.5) ? "A" : "B";
    contact.officer = fmt::format("off-{:02}", number_);
    contact.outcome = static_cast<ContactOutcome>(random_.below(12));
    contact.day = day;
    contact.respondent = "resident";
    contact.address.number_or_name = fmt::format("{}", 1 + random_.below(90));
    contact.address.road = one_of(texts, random_) + (" " + canary());
    return fact(door.household, contact);
}

Operation Officer::raise(const Uuid& contact, const Uuid& household, Day day, std::int64_t now_ms) {
    ReferralRaised raised;
    raised.referral = Uuid::random(random_);
    raised.contact = contact;
    raised.household = household;
    raised.agency = one_of(agencies, random_);
    raised.services = {one_of(services, random_)};
    raised.reasons = {"No working smoke alarm. " + canary()};
    raised.shares = {{"alarm", "no", "No " + canary()}};
    raised.urgency = "routine";
    raised.agreement.given_by = "resident";
    raised.agreement.at_ms = now_ms;
    raised.day = day;
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
    const auto answers = 2 + random_.below(8);
    for (std::uint64_t i = 0; i < answers; ++i)
        finished.answers.push_back({fmt::format("question_{}", i), fmt::format("group/question_{}", i),
                                    "given", fmt::format("{} {}", prose(), canary())});
    std::vector<Operation> kept{fact(door.household, finished)};
    const auto referrals = random_.below(4);
    for (std::uint64_t i = 0; i < referrals; ++i)
        kept.push_back(raise(door.contact, door.household, day, now_ms));
    if (random_.chance(0.5))
        kept.push_back(fact(door.household, OfferMade{Uuid::random(random_), door.contact, "smoke_detector",
                                                      OfferStatus::accepted, 1, day, "rule_1"}));
    return kept;
}

Operation Officer::take_back(const Operation& tried) {
    return fact(tried.subject, ContactTakenBack{std::get<ContactRecorded>(tried.payload).contact, tried.id});
}

Operation Officer::withdraw(const KnownReferral& known) {
    ReferralStateSet state;
    state.referral = known.referral;
    state.state = ReferralState::withdrawn;
    state.reason = "asked by the resident, " + canary();
    state.by = fmt::format("off-{:02}", number_);
    return fact(known.household, state);
}

// Few registers, so that officers meet in them; some run out soon.
Operation Officer::note_home(Day day, const NotesOf& notes) {
    HomeNoted noted;
    noted.household = neighbourhood_.households[static_cast<std::size_t>(random_.below(2))];
    noted.area = "BE";
    noted.kind = random_.chance(0.9) ? HomeNoteKind::hazard : HomeNoteKind::access;
    noted.holds = random_.chance(0.8);
    noted.text = canary();
    noted.officer = fmt::format("off-{:02}", number_);
    noted.day = day;
    noted.review = day.plus(5);
    noted.until = day.plus(random_.chance(0.2) ? 5 : 730);
    auto operation = fact(noted.household, noted);
    for (const auto& one : notes(noted.household))
        if (one.noted.kind == noted.kind)
            operation.base.push_back(one.fact);
    return operation;
}

Operation Officer::correct(const Operation& wrong) {
    Operation right = fact(wrong.subject, wrong.payload);
    right.supersedes = wrong.id;
    std::visit(Corrected{random_}, right.payload);
    return right;
}

void Officer::look_at(const std::vector<Operation>& log) {
    for (const auto& operation : log)
        if (std::holds_alternative<QuestionnaireFinished>(operation.payload) && random_.chance(0.1))
            correctable_.push_back(operation);
}

std::vector<Operation> Officer::next(std::int64_t now_ms, const NotesOf& notes) {
    const Day day = Day::at(now_ms, 60);
    if (visit_.is_nil())
        return {plan_visit(day)};
    if (doors_.empty() || random_.chance(0.4))
        return {record_contact(day)};
    if (random_.chance(0.15))
        return {note_home(day, notes)};
    if (!referrals_.empty() && random_.chance(0.15))
        return {withdraw(one_of(referrals_, random_))};
    if (!tries_.empty() && random_.chance(0.1))
        return {take_back(one_of(tries_, random_))};
    if (!correctable_.empty() && random_.chance(0.2))
        return {correct(one_of(correctable_, random_))};
    return finish_questionnaire(day, now_ms);
}

void Officer::remember(const std::vector<Operation>& kept) {
    for (const auto& operation : kept) {
        if (const auto* planned = std::get_if<VisitPlanned>(&operation.payload))
            visit_ = planned->visit;
        if (const auto* raised = std::get_if<ReferralRaised>(&operation.payload))
            referrals_.push_back({raised->referral, raised->household});
        if (std::holds_alternative<ContactRecorded>(operation.payload))
            tries_.push_back(operation);
        if (!std::holds_alternative<ReferralStateSet>(operation.payload) &&
            !std::holds_alternative<UnknownPayload>(operation.payload) &&
            !std::holds_alternative<HomeNoted>(operation.payload) &&
            !std::holds_alternative<ContactTakenBack>(operation.payload))
            correctable_.push_back(operation);
    }
}

Operation agency_answer(const Uuid& referral, const Uuid& household, Random& random) {
    ReferralStateSet state;
    state.referral = referral;
    state.cycle = 1 + static_cast<int>(random.below(2));
    state.state = static_cast<ReferralState>(1 + random.below(7));
    state.by = one_of(agencies, random);
    return fact(household, state);
}

}  // namespace doorstep::simulation
