// The finish: one transaction that turns a draft into facts.
#include <algorithm>
#include <fmt/format.h>

#include "client/casework/completion.h"
#include "client/casework/state.h"
#include "forms/base/derived_id.h"

namespace doorstep {
namespace {

using State = OpenQuestionnaire::State;

// The language of agencies, as the form names it.
std::string agencies_language(const FormDefinition& form) {
    for (const std::string& language : form.languages())
        if (language == "en" || language.starts_with("English") || language.ends_with("(en)"))
            return language;
    return form.default_language();
}

std::string word_of(Urgency urgency) {
    switch (urgency) {
    case Urgency::today:
        return "today";
    case Urgency::soon:
        return "soon";
    case Urgency::routine:
        break;
    }
    return "routine";
}

std::string_view word_of(AnswerKind kind) {
    switch (kind) {
    case AnswerKind::given:
        return "given";
    case AnswerKind::dont_know:
        return "dont_know";
    case AnswerKind::prefer_not:
        return "prefer_not";
    case AnswerKind::not_asked:
        return "not_asked";
    case AnswerKind::blank:
    case AnswerKind::sealed:
        break;
    }
    return {};
}

// "/data/people[2]/age" without its root.
std::string below_root(const std::string& path) {
    const std::size_t slash = path.find('/', 1);
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

// A group stands for its questions; a repeat for those of every instance.
bool is_shared(const AnsweredQuestion& question, const std::string& name) {
    if (question.name == name)
        return true;
    const std::string path = "/" + below_root(question.path);
    for (std::size_t at = path.find("/" + name); at != std::string::npos;
         at = path.find("/" + name, at + 1)) {
        const std::size_t end = at + 1 + name.size();
        if (end < path.size() && (path[end] == '/' || path[end] == '['))
            return true;
    }
    return false;
}

std::vector<SharedAnswer> shared(const std::vector<AnsweredQuestion>& answered,
                                 const std::vector<std::string>& names) {
    std::vector<SharedAnswer> all;
    for (const AnsweredQuestion& question : answered) {
        const bool wanted = std::any_of(names.begin(), names.end(),
                                        [&](const std::string& name) { return is_shared(question, name); });
        if (wanted && question.answer.kind == AnswerKind::given &&
            question.sensitivity != Sensitivity::restricted)
            all.push_back({question.name, question.answer.text,
                           question.label.empty() ? question.answer.text : question.label});
    }
    return all;
}

Operation fact(const State& state, Payload payload) {
    Operation operation;
    operation.subject = state.door.household;
    operation.payload = std::move(payload);
    return operation;
}

Operation contact(const State& state, ContactOutcome outcome) {
    const AboutTheDoor about = about_the_door(state.session);
    ContactRecorded recorded;
    recorded.contact = state.door.contact;
    recorded.visit = state.door.visit;
    recorded.household = state.door.household;
    recorded.area = state.door.area;
    recorded.road_code = state.door.road_code;
    recorded.team = state.on_duty.team;
    recorded.officer = state.on_duty.officer;
    recorded.companion = state.on_duty.companion;
    recorded.outcome = outcome;
    recorded.day = state.today();
    recorded.language = about.language;
    recorded.formats = about.formats;
    recorded.respondent = about.respondent;
    recorded.address = state.door.address;
    return fact(state, recorded);
}

Result<Operation> questionnaire(const State& state, bool complete) {
    QuestionnaireFinished finished;
    finished.questionnaire = state.header.questionnaire;
    finished.contact = state.door.contact;
    finished.form = state.header.form;
    finished.complete = complete;
    finished.day = state.today();
    finished.started_ms = state.header.started_ms;
    finished.finished_ms = state.clock.now_ms();
    finished.privacy_version = state.session.form().privacy_version();
    for (const AnsweredQuestion& question : state.session.answered()) {
        const std::string_view kind = word_of(question.answer.kind);
        if (question.sensitivity != Sensitivity::restricted && !kind.empty())
            finished.answers.push_back(
                {question.name, below_root(question.path), std::string(kind), question.answer.text});
    }
    TRY(finished.restricted, restricted_part(state));
    return fact(state, finished);
}

// The ids of one finish follow from its questionnaire's, so that they cost nothing on the way
// (sync/wire/shorthand.h).
class FinishIds {
public:
    explicit FinishIds(const Uuid& questionnaire) : questionnaire_(questionnaire) {}
    Uuid next() { return derived_id(questionnaire_, ++given_); }

private:
    Uuid questionnaire_;
    std::uint32_t given_ = 0;
};

Operation referral(const State& state, const Uuid& id, const ProposedReferral& proposed,
                   const std::vector<AnsweredQuestion>& answered) {
    ReferralRaised raised;
    raised.referral = id;
    raised.contact = state.door.contact;
    raised.household = state.door.household;
    raised.agency = proposed.agency;
    raised.services = proposed.services;
    for (const Suggestion& reason : proposed.because) {
        if (!reason.id.empty())
            raised.rules.push_back(reason.id);
        raised.reasons.push_back(reason.reason);
    }
    raised.shares = shared(answered, proposed.shares);
    raised.urgency = word_of(proposed.urgency);
    raised.agreement = proposed.agreement;
    raised.day = state.today();
    return fact(state, raised);
}

Operation offer(const State& state, const Uuid& id, const ProposedOffer& proposed) {
    OfferMade made;
    made.offer = id;
    made.contact = state.door.contact;
    made.code = proposed.code;
    made.status = proposed.status.value_or(OfferStatus::offered);
    made.quantity = proposed.quantity;
    made.day = state.today();
    if (!proposed.because.empty())
        made.rule = proposed.because.front().id;
    return fact(state, made);
}

Result<void> agreements_still_stand(const std::vector<ProposedReferral>& proposed) {
    for (const ProposedReferral& referral : proposed)
        if (referral.no_longer_suggested && referral.decision == ProposedReferral::Decision::agreed)
            return Error{Fault::bad_input,
                         fmt::format("The answers no longer suggest the referral to \"{}\" that was agreed.",
                                     referral.agency),
                         "Agree to it again to keep it, or drop it."};
    return {};
}

Result<std::vector<Operation>> facts(State& state, ContactOutcome outcome, bool complete) {
    std::vector<Operation> all{contact(state, outcome)};
    TRY(Operation finished, questionnaire(state, complete));
    all.push_back(std::move(finished));
    // Reasons and labels go out in the language that agencies read; the officer's own
    // comes back whatever happens next.
    const std::string language = agencies_language(state.session.form());
    if (language != state.language)
        TRY_DO(state.session.set_language(language));
    const std::vector<AnsweredQuestion> answered = state.session.answered();
    const std::vector<ProposedReferral> proposed = state.referrals();
    if (language != state.language)
        TRY_DO(state.session.set_language(state.language));
    FinishIds ids(state.header.questionnaire);
    for (const ProposedReferral& each : proposed)
        if (each.decision == ProposedReferral::Decision::agreed)
            all.push_back(referral(state, ids.next(), each, answered));
    for (const ProposedOffer& each : state.offers())
        all.push_back(offer(state, ids.next(), each));
    return all;
}

// What the answers say of the door stands above a bare "partial".
ContactOutcome outcome_of(const Completion& how, ContactOutcome if_partial) {
    if (how.complete)
        return ContactOutcome::completed;
    if (if_partial != ContactOutcome::partial)
        return if_partial;
    return how.no_adult     ? ContactOutcome::call_back
           : how.not_agreed ? ContactOutcome::declined
                            : ContactOutcome::partial;
}

}  // namespace

Result<Finished> OpenQuestionnaire::finish(ContactOutcome outcome_if_partial) {
    TRY_DO(state_->still_open());
    if (outcome_if_partial == ContactOutcome::completed)
        return Error{Fault::bad_input, "Only a complete questionnaire ends a door as completed.",
                     "Choose how the door ended."};
    const Completion how = completion(state_->session);
    TRY_DO(nothing_in_the_way(state_->session, how));
    TRY_DO(agreements_still_stand(state_->referrals()));
    TRY_DO(leave_officers_page());
    const ContactOutcome outcome = outcome_of(how, outcome_if_partial);
    TRY(std::vector<Operation> operations, facts(*state_, outcome, how.complete));
    TRY(Transaction transaction, state_->store.begin());
    TRY(operations, transaction.append(std::move(operations)));
    TRY_DO(Drafts::remove(transaction, state_->header.questionnaire));
    TRY_DO(transaction.commit());
    state_->finished = true;
    return Finished{state_->header.questionnaire, how.complete, std::move(operations)};
}

}  // namespace doorstep
