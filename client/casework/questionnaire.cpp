#include "client/casework/completion.h"
#include "client/casework/state.h"

#include <algorithm>
#include <fmt/format.h>

#include "forms/base/encoding.h"

namespace doorstep {
namespace {

Error no_such_agency(std::string_view agency, const std::string& mend) {
    return {Fault::not_found, fmt::format("No referral to \"{}\" is proposed here.", agency), mend};
}

const ProposedReferral* find(const std::vector<ProposedReferral>& all, std::string_view agency) {
    const auto known =
        std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.agency == agency; });
    return known == all.end() ? nullptr : &*known;
}

std::vector<Suggestion> without_causes(std::vector<Suggestion> suggestions) {
    for (Suggestion& each : suggestions)
        each.causes.clear();
    return suggestions;
}

// Given piece by piece: letters, digits, a day and then its month.
bool is_typed(QuestionType type) {
    switch (type) {
    case QuestionType::text:
    case QuestionType::integer:
    case QuestionType::decimal:
    case QuestionType::date:
    case QuestionType::time:
    case QuestionType::date_time:
    case QuestionType::geopoint:
    case QuestionType::range:
        return true;
    default:
        return false;
    }
}

bool is_text(AnswerKind kind) {
    return kind == AnswerKind::given || kind == AnswerKind::blank;
}

Result<void> readable(std::string_view text) {
    if (is_utf8(text))
        return {};
    return Error{Fault::bad_input, "The text holds bytes that are no UTF-8.", "Type it again."};
}

}  // namespace

OpenQuestionnaire::OpenQuestionnaire(std::unique_ptr<State> state) : state_(std::move(state)) {}
OpenQuestionnaire::OpenQuestionnaire(OpenQuestionnaire&&) noexcept = default;
OpenQuestionnaire& OpenQuestionnaire::operator=(OpenQuestionnaire&&) noexcept = default;
OpenQuestionnaire::~OpenQuestionnaire() = default;

const Uuid& OpenQuestionnaire::id() const {
    return state_->header.questionnaire;
}
const Door& OpenQuestionnaire::door() const {
    return state_->door;
}
const FormSession& OpenQuestionnaire::session() const {
    return state_->session;
}

std::optional<NodeRef> OpenQuestionnaire::position() const {
    return state_->position && state_->session.alive(*state_->position) ? state_->position : std::nullopt;
}

Result<void> OpenQuestionnaire::State::still_open() const {
    if (!finished)
        return {};
    return Error{Fault::refused, "This questionnaire is finished.", "Record a correction instead."};
}

void OpenQuestionnaire::State::tell_settled() const {
    if (settled)
        settled();
}

void OpenQuestionnaire::on_settled(std::function<void()> settled) {
    state_->settled = std::move(settled);
}

Result<void> OpenQuestionnaire::State::keep(const std::vector<journal::Written>& lines) {
    std::vector<std::string> texts = owed;
    for (const journal::Written& line : lines)
        texts.push_back(journal::encode(line));
    if (texts.empty())
        return {};
    TRY_DO(Drafts(store).keep(header.questionnaire, texts));
    owed.clear();
    for (const journal::Written& line : lines) {
        TRY_DO(history.take(line));
        if (line.part == journal::Part::act)
            typing.clear();
    }
    return {};
}

void OpenQuestionnaire::State::owe(const std::vector<journal::Written>& lines) {
    for (const journal::Written& line : lines) {
        owed.push_back(journal::encode(line));
        static_cast<void>(history.take(line));  // whole lines fit always
    }
    typing.clear();
}

std::vector<ProposedReferral> OpenQuestionnaire::State::referrals() const {
    return decisions.referrals(session.suggestions());
}

std::vector<ProposedOffer> OpenQuestionnaire::State::offers() const {
    return decisions.offers(session.suggestions(), declined_offers(session));
}

Day OpenQuestionnaire::State::today() const {
    const std::int64_t now = clock.now_ms();
    return Day::at(now, clock.utc_offset_minutes(now));
}

Result<ChangeList> OpenQuestionnaire::answer(NodeRef node, Answer answer, bool stand_there) {
    TRY_DO(state_->still_open());
    TRY_DO(readable(answer.text));
    TRY(const QuestionView view, state_->session.view(node));
    const bool restricted = view.sensitivity == Sensitivity::restricted;
    if (answer.kind == AnswerKind::sealed)
        return Error{Fault::bad_input, "Only the officer's page seals an answer.", "Give the answer itself."};
    if (restricted) {
        // Better now than when the page is left with something that cannot be sealed.
        TRY_DO(safeguarding_key(state_->store));
        state_->officers_words().prepare();  // now, so that leaving takes no time
    }
    JournalEntry entry;
    TRY(ChangeList changes, state_->session.answer(node, std::move(answer), &entry));
    state_->tell_settled();
    if (restricted) {
        entry.now.text.clear();
        entry.before.text.clear();
        state_->unsealed.insert_or_assign(entry.path, entry);
        return changes;
    }
    if (const auto kept = state_->keep_answer(entry, is_typed(view.type), stand_there); !kept.ok()) {
        // Screen and disk stay equal: what could not be saved is not there.
        TRY_DO(state_->session.answer(node, entry.before));
        return kept.error();
    }
    if (stand_there)
        state_->position = node;
    return changes;
}

Result<void> OpenQuestionnaire::State::keep_answer(const JournalEntry& entry, bool typed, bool stand_there) {
    typed = typed && is_text(entry.now.kind);
    const std::string* before = history.text_to_go_on();
    std::vector<journal::Written> lines;
    if (typed && before && goes_on_typing(entry.path))
        lines.push_back(journal::shortened(entry, *before));
    else
        lines.push_back({entry});
    const auto stands = position ? session.find(entry.path) : std::nullopt;
    if (stand_there && (!position || stands != position))
        lines.push_back({journal::Stood{entry.path}, journal::Part::beside});
    TRY_DO(keep(lines));
    types(typed ? entry.path : std::string{});
    return {};
}

Result<void> OpenQuestionnaire::stand_on(NodeRef node) {
    TRY_DO(state_->still_open());
    TRY(const QuestionView view, state_->session.view(node));
    if (position() == node)
        return {};
    TRY_DO(state_->keep({{journal::Stood{view.path}, journal::Part::beside}}));
    state_->position = node;
    if (view.path != state_->typing)
        state_->types({});
    return {};
}

Result<void> OpenQuestionnaire::set_language(std::string_view language) {
    TRY_DO(state_->still_open());
    JournalEntry entry;
    TRY_DO(state_->session.set_language(language, &entry));
    state_->tell_settled();
    if (const auto kept = state_->keep({{entry, journal::Part::beside}}); !kept.ok()) {
        TRY_DO(state_->session.set_language(state_->language));
        return kept.error();
    }
    state_->language = language;
    return {};
}

Result<ChangeList> OpenQuestionnaire::add_repeat(std::string_view repeat_path) {
    TRY_DO(state_->still_open());
    JournalEntry entry;
    TRY(ChangeList changes, state_->session.add_repeat(repeat_path, &entry));
    state_->tell_settled();
    if (const auto kept = state_->keep({{entry}}); !kept.ok()) {
        const auto added = std::find_if(changes.begin(), changes.end(), [](const Change& change) {
            return change.kind == ChangeKind::added;
        });
        if (added != changes.end())
            TRY_DO(state_->session.remove_repeat(added->node));
        return kept.error();
    }
    return changes;
}

Result<ChangeList> OpenQuestionnaire::remove_repeat(NodeRef instance) {
    TRY_DO(state_->still_open());
    JournalEntry entry;
    TRY(ChangeList changes, state_->session.remove_repeat(instance, &entry));
    state_->tell_settled();
    if (const auto kept = state_->keep({{entry}}); !kept.ok()) {
        // What is gone cannot be put back, and later paths count without it: its line
        // goes before the next one that can be written.
        state_->owe({{entry}});
        return kept.error();
    }
    return changes;
}

std::vector<std::string>
OpenQuestionnaire::unwritten(const std::vector<std::pair<NodeRef, Answer>>& refused) {
    std::vector<std::string> lines = state_->owed;
    std::vector<std::pair<NodeRef, Answer>> before;
    for (const auto& [node, answer] : refused) {
        const auto view = state_->session.view(node);
        JournalEntry entry;
        if (!view.ok() || view->sensitivity == Sensitivity::restricted ||
            !state_->session.answer(node, answer, &entry).ok())
            continue;
        lines.push_back(journal::encode({entry}));
        before.emplace_back(node, entry.before);
    }
    // Each was made on those before it: back in the other order.
    for (auto each = before.rbegin(); each != before.rend(); ++each)
        static_cast<void>(state_->session.answer(each->first, each->second));
    return lines;
}

std::vector<ProposedReferral> OpenQuestionnaire::referrals() const {
    return state_->referrals();
}

std::vector<ProposedOffer> OpenQuestionnaire::offers() const {
    return state_->offers();
}

Result<Agreement> OpenQuestionnaire::State::completed(Agreement agreement, bool may_go_without) const {
    static const std::vector<std::string> givers{"resident", "interpreter", "carer_with_authority"};
    if (agreement.basis == ShareBasis::agreement) {
        if (std::find(givers.begin(), givers.end(), agreement.given_by) == givers.end())
            return Error{
                Fault::bad_input, "An agreement names who gave it.",
                "Choose the resident, the resident through an interpreter, or a carer with authority."};
        if (!agreement.lawful_reason.empty())
            return Error{Fault::bad_input, "An agreement needs no lawful reason.", "Leave the reason out."};
    } else {
        if (!may_go_without)
            return Error{Fault::refused, "This referral may not go without the resident's agreement.",
                         "Ask the resident, or drop it."};
        if (agreement.lawful_reason.empty())
            return Error{Fault::bad_input, "Without agreement a lawful reason must be recorded.",
                         "Write down why it may be shared."};
        agreement.given_by.clear();
    }
    TRY_DO(readable(agreement.lawful_reason));
    if (agreement.wording_version.empty())
        agreement.wording_version = session.form().privacy_version();
    if (agreement.language.empty())
        agreement.language = language;
    if (agreement.channel.empty())
        agreement.channel = "spoken";
    if (agreement.taken_by.empty())
        agreement.taken_by = on_duty.officer;
    if (agreement.at_ms == 0)
        agreement.at_ms = clock.now_ms();
    return agreement;
}

Result<void> OpenQuestionnaire::agree(std::string_view agency, const Agreement& agreement) {
    TRY_DO(state_->still_open());
    const auto proposed = state_->referrals();
    const ProposedReferral* referral = find(proposed, agency);
    if (!referral)
        return no_such_agency(agency, "Add the referral with its reason first.");
    if (agreement.basis == ShareBasis::agreement && open_privacy_step(state_->session))
        return Error{Fault::refused, "Nobody can agree before they know who we are.",
                     "Explain who we are and confirm it first, then ask."};
    const bool may_go_without =
        std::any_of(referral->because.begin(), referral->because.end(),
                    [](const Suggestion& each) { return each.consent == Consent::safeguarding; });
    TRY(const Agreement complete, state_->completed(agreement, may_go_without));
    const journal::Decided decided{referral->agency, ProposedReferral::Decision::agreed, complete,
                                   without_causes(referral->because), referral->no_longer_suggested};
    TRY_DO(state_->keep({{decided}}));
    state_->decisions.apply(decided);
    return {};
}

Result<void> OpenQuestionnaire::State::decide(std::string_view agency, ProposedReferral::Decision decision) {
    TRY_DO(still_open());
    const auto proposed = referrals();
    const ProposedReferral* referral = find(proposed, agency);
    if (!referral)
        return no_such_agency(agency, {});
    journal::Decided decided{referral->agency, decision, {}, {}, false};
    // Nothing else could bring it back.
    if (const auto* last = decisions.on(agency); last && (referral->no_longer_suggested || last->kept))
        decided.because = last->because;
    TRY_DO(keep({{decided}}));
    decisions.apply(decided);
    return {};
}

Result<void> OpenQuestionnaire::refuse(std::string_view agency) {
    return state_->decide(agency, ProposedReferral::Decision::refused);
}

Result<void> OpenQuestionnaire::drop(std::string_view agency) {
    return state_->decide(agency, ProposedReferral::Decision::dropped);
}

Result<void> OpenQuestionnaire::reopen(std::string_view agency) {
    TRY_DO(state_->still_open());
    const journal::Decided* last = state_->decisions.on(agency);
    const auto proposed = state_->referrals();
    const ProposedReferral* referral = find(proposed, agency);
    if (!referral && (!last || last->because.empty()))
        return no_such_agency(agency, {});
    if (!last || last->decision == ProposedReferral::Decision::open)
        return {};
    journal::Decided open{std::string(agency), ProposedReferral::Decision::open, {}, {}, false};
    if (!referral || referral->no_longer_suggested || last->kept)
        open.because = last->because;
    TRY_DO(state_->keep({{open}}));
    state_->decisions.apply(open);
    return {};
}

Result<void> OpenQuestionnaire::add_referral(std::string_view agency, std::string_view reason) {
    TRY_DO(state_->still_open());
    TRY_DO(readable(reason));
    const Agency* known = state_->library.directory.agency(agency);
    if (!known || !known->valid.covers(state_->today()))
        return Error{Fault::not_found,
                     fmt::format("The directory has no agency \"{}\" that is valid today.", agency),
                     "Choose an agency from the list, or ask for the directory to be brought up to date."};
    if (reason.empty())
        return Error{Fault::bad_input, "A referral needs a reason.", "Say in one sentence what it is for."};
    const journal::Added added{known->code, std::string(reason)};
    const std::string typed = "a reason for " + known->code;
    const bool more = state_->goes_on_typing(typed);
    TRY_DO(state_->keep({{added, more ? journal::Part::more : journal::Part::act}}));
    state_->decisions.apply(added);
    state_->types(typed);
    return {};
}

Result<void> OpenQuestionnaire::set_offer(std::string_view code, OfferStatus status, std::int64_t quantity) {
    TRY_DO(state_->still_open());
    constexpr std::int64_t most = 9999;  // boxes of hand-outs are counted in hundreds
    if (quantity < 1 || quantity > most)
        return Error{Fault::bad_input, fmt::format("The quantity of an offer is from 1 to {}.", most),
                     "Correct the quantity."};
    const OfferKind* known = state_->library.directory.offer(code);
    const auto proposed = state_->offers();
    if (!known && std::none_of(proposed.begin(), proposed.end(),
                               [&](const ProposedOffer& each) { return each.code == code; }))
        return Error{Fault::not_found, fmt::format("The directory has no offer \"{}\".", code),
                     "Choose an offer from the list."};
    const journal::OfferSet set{std::string(code), status, quantity};
    TRY_DO(state_->keep({{set}}));
    state_->decisions.apply(set);
    return {};
}

Result<void> OpenQuestionnaire::undecide_offer(std::string_view code) {
    TRY_DO(state_->still_open());
    const journal::OfferUndecided undecided{std::string(code)};
    TRY_DO(state_->keep({{undecided}}));
    state_->decisions.apply(undecided);
    return {};
}

}  // namespace doorstep
