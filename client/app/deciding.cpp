// Referrals, offers and concerns decided; the finish.
#include <algorithm>

#include "client/app/sitting_state.h"
#include "client/app/sitting_words.h"
#include "client/casework/completion.h"

namespace doorstep {
namespace {

using Decision = ProposedReferral::Decision;

std::string_view english_for(Decision decision) {
    switch (decision) {
    case Decision::agreed:
        return "Agreed: %s.";
    case Decision::refused:
        return "The resident said no to %s.";
    case Decision::dropped:
        return "Referral to %s dropped.";
    case Decision::open:
        break;
    }
    return "To be decided again: %s.";
}

void join(std::string& names, const std::string& name) {
    names += (names.empty() ? "" : ", ") + name;
}

}  // namespace

std::optional<ProposedReferral> Sitting::State::referral(const std::string& agency_or_rule) const {
    const std::vector<ProposedReferral> all = open.referrals();
    for (const ProposedReferral& each : all)
        if (each.agency == agency_or_rule)
            return each;
    // A line under a question knows its rule.
    for (const ProposedReferral& each : all)
        for (const Suggestion& because : each.because)
            if (!because.id.empty() && because.id == agency_or_rule)
                return each;
    return std::nullopt;
}

Result<SittingTold> Sitting::State::agree(const intent::AgreeReferral& said) {
    const auto before = referral(said.agency);
    Agreement agreement;
    if (said.lawful_reason.empty()) {
        agreement.given_by = said.given_by;
    } else {
        agreement.basis = ShareBasis::safeguarding;
        agreement.lawful_reason = said.lawful_reason;
    }
    TRY_DO(noted(open.agree(before ? before->agency : said.agency, agreement)));
    SittingTold told;
    if (before)
        told.notice =
            notice(filled(words().say(english_for(Decision::agreed)), agency_name(before->agency)), *before);
    return told;
}

Result<SittingTold> Sitting::State::decide(const std::string& agency_or_rule, Decision decision) {
    const auto before = referral(agency_or_rule);
    const std::string agency = before ? before->agency : agency_or_rule;
    TRY_DO(noted(decision == Decision::refused   ? open.refuse(agency)
                 : decision == Decision::dropped ? open.drop(agency)
                                                 : open.reopen(agency)));
    SittingTold told;
    if (before && before->decision != decision)
        told.notice = notice(filled(words().say(english_for(decision)), agency_name(agency)), *before);
    return told;
}

Result<SittingTold> Sitting::State::add_referral(const intent::AddReferral& said) {
    TRY_DO(noted(open.add_referral(said.agency, said.reason)));
    return SittingTold{};
}

Result<SittingTold> Sitting::State::set_offer(const intent::SetOffer& said) {
    const std::vector<ProposedOffer> offers = open.offers();
    const bool known = std::any_of(offers.begin(), offers.end(),
                                   [&](const ProposedOffer& each) { return each.code == said.code; });
    TRY_DO(noted(open.set_offer(said.code, said.status, said.quantity)));
    SittingTold told;
    if (!known)
        told.notice = notice(filled(words().say("Added: %s."), offer_name(said.code)), AddedOffer{said.code});
    return told;
}

Result<SittingTold> Sitting::State::decide_concern(const intent::DecideConcern& said) {
    const Concern::Send send = said.send == SendConcern::yes  ? Concern::Send::yes
                               : said.send == SendConcern::no ? Concern::Send::no
                                                              : Concern::Send::undecided;
    Agreement basis;
    if (said.resident_agrees) {
        basis.given_by = "resident";
    } else {
        basis.basis = ShareBasis::safeguarding;
        basis.lawful_reason = said.lawful_reason;
    }
    TRY_DO(open.decide_concern(said.rule, send, basis));
    return SittingTold{};
}

// Nothing undecided goes with the draft before the officer was told of it.
Result<void> Sitting::State::nothing_undecided() {
    std::string undecided;
    std::string no_longer;
    for (const ProposedReferral& each : open.referrals()) {
        if (each.decision == Decision::open)
            join(undecided, agency_name(each.agency));
        else if (each.decision == Decision::agreed && each.no_longer_suggested)
            join(no_longer, agency_name(each.agency));
    }
    if (!no_longer.empty())
        return Error{Fault::bad_input,
                     filled(words().say("Agreed to, but the answers no longer suggest it: %s."), no_longer),
                     words().say("Agree to it again to keep it, or drop it.")};
    if (undecided.empty() || told_of_undecided)
        return {};
    told_of_undecided = true;
    return Error{Fault::refused, filled(words().say("Not decided yet: %s."), undecided),
                 words().say("Ask the resident, or choose Finish again to finish without it.")};
}

Result<SittingTold> Sitting::State::finish(const intent::Finish& said) {
    TRY_DO(leave_officers_page());
    if (!unsaved.empty() && trouble)
        return *trouble;
    hear_page();
    const bool complete = completion(session()).complete;
    std::string missing;
    const std::vector<Blocked> blocked = session().blocked();
    const std::vector<InTheWay> lines = in_the_way();
    for (std::size_t i = 0; i < blocked.size(); ++i)
        if (complete || blocked[i].violation != Violation::required)
            missing += (missing.empty() ? "" : "; ") + lines[i].label + ": " + lines[i].words;
    if (!missing.empty()) {
        where = Where::closing;
        return Error{Fault::bad_input, filled(words().say("Not finished yet. %s."), missing),
                     words().say("Open the question and correct it, or mark it as not asked.")};
    }
    told_of_undecided = told_of_undecided || said.without_undecided;
    TRY_DO(nothing_undecided());
    auto finished = open.finish(said.outcome_if_partial);
    if (!finished.ok()) {
        static_cast<void>(noted(finished.error()));
        return finished.error();
    }
    SittingTold told;
    told.finished = *std::move(finished);
    return told;
}

}  // namespace doorstep
