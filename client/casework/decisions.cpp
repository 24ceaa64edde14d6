#include "client/casework/decisions.h"

#include <algorithm>

namespace doorstep {
namespace {

void join(std::vector<std::string>& all, const std::string& one) {
    if (!one.empty() && std::find(all.begin(), all.end(), one) == all.end())
        all.push_back(one);
}

void join(ProposedReferral& referral, const Suggestion& suggestion) {
    referral.because.push_back(suggestion);
    referral.urgency = std::max(referral.urgency, suggestion.urgency);
    join(referral.services, suggestion.service);
    for (const std::string& name : suggestion.shares)
        join(referral.shares, name);
}

ProposedReferral& of_agency(std::vector<ProposedReferral>& all, const std::string& agency) {
    const auto known =
        std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.agency == agency; });
    if (known != all.end())
        return *known;
    all.emplace_back().agency = agency;
    return all.back();
}

// Whether the agreement named everything that would leave now.
bool covers(const journal::Decided& agreed, const ProposedReferral& now) {
    ProposedReferral then;
    for (const Suggestion& each : agreed.because)
        join(then, each);
    const auto named = [](const std::vector<std::string>& all) {
        return [&](const std::string& one) { return std::find(all.begin(), all.end(), one) != all.end(); };
    };
    return std::all_of(now.shares.begin(), now.shares.end(), named(then.shares)) &&
           std::all_of(now.services.begin(), now.services.end(), named(then.services));
}

ProposedOffer& of_code(std::vector<ProposedOffer>& all, const std::string& code) {
    const auto known =
        std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.code == code; });
    if (known != all.end())
        return *known;
    all.emplace_back().code = code;
    return all.back();
}

struct DeclinedBy {
    std::string_view question;
    std::string_view answer;
    std::string_view offer;
};
constexpr DeclinedBy declined_by[] = {
    {"smoke_alarm_accept", "no", "smoke_detector"},
    {"smoke_alarm_accept", "no", "smoke_detector_fitting"},
};

struct Applying {
    Decisions& decisions;
    void operator()(const journal::Decided& decided) { decisions.apply(decided); }
    void operator()(const journal::Added& added) { decisions.apply(added); }
    void operator()(const journal::OfferSet& set) { decisions.apply(set); }
    void operator()(const journal::OfferUndecided& undecided) { decisions.apply(undecided); }
    template<class OfTheSession>
    void operator()(const OfTheSession&) {}
};

}  // namespace

Decisions decisions_of(const History& history) {
    Decisions decisions;
    for (const journal::Line* line : history.counting())
        std::visit(Applying{decisions}, *line);
    return decisions;
}

void Decisions::apply(const journal::Decided& decided) {
    decided_.insert_or_assign(decided.agency, decided);
}

void Decisions::apply(const journal::Added& added) {
    // Written on letter by letter: the latest words are the reason.
    const auto known = std::find_if(added_.begin(), added_.end(),
                                    [&](const auto& each) { return each.agency == added.agency; });
    known == added_.end() ? added_.push_back(added) : void(*known = added);
}

void Decisions::apply(const journal::OfferSet& set) {
    const auto known =
        std::find_if(set_.begin(), set_.end(), [&](const auto& each) { return each.code == set.code; });
    known == set_.end() ? set_.push_back(set) : void(*known = set);
}

void Decisions::apply(const journal::OfferUndecided& undecided) {
    std::erase_if(set_, [&](const auto& each) { return each.code == undecided.code; });
}

const journal::Decided* Decisions::on(std::string_view agency) const {
    const auto known = decided_.find(agency);
    return known == decided_.end() ? nullptr : &known->second;
}

std::vector<ProposedReferral> Decisions::referrals(const std::vector<Suggestion>& suggested) const {
    std::vector<ProposedReferral> all;
    for (const Suggestion& each : suggested)
        if (each.kind == SuggestionKind::referral && !each.restricted)
            join(of_agency(all, each.code), each);
    for (const journal::Added& added : added_) {
        ProposedReferral& referral = of_agency(all, added.agency);
        referral.added_by_officer = true;
        Suggestion reason;
        reason.code = added.agency;
        reason.reason = added.reason;
        join(referral, reason);
    }
    for (ProposedReferral& referral : all)
        if (const auto known = decided_.find(referral.agency); known != decided_.end())
            if (known->second.decision != ProposedReferral::Decision::agreed ||
                covers(known->second, referral)) {
                referral.decision = known->second.decision;
                referral.agreement = known->second.agreement;
            }
    for (const auto& [agency, decided] : decided_) {
        const bool suggested_still = std::any_of(
            all.begin(), all.end(), [&, name = agency](const auto& each) { return each.agency == name; });
        const bool reopened =
            decided.decision == ProposedReferral::Decision::open && !decided.because.empty();
        if (suggested_still || (decided.decision != ProposedReferral::Decision::agreed && !reopened))
            continue;
        ProposedReferral& referral = of_agency(all, agency);
        for (const Suggestion& each : decided.because)
            join(referral, each);
        referral.decision = decided.decision;
        referral.agreement = decided.agreement;
        referral.no_longer_suggested = !decided.kept;
    }
    return all;
}

std::vector<ProposedOffer> Decisions::offers(const std::vector<Suggestion>& suggested,
                                             const std::vector<std::string>& declined) const {
    std::vector<ProposedOffer> all;
    for (const Suggestion& each : suggested)
        if (each.kind == SuggestionKind::offer && !each.restricted) {
            ProposedOffer& offer = of_code(all, each.code);
            offer.because.push_back(each);
            offer.quantity = std::max(offer.quantity, each.quantity);
        }
    for (const std::string& code : declined)
        of_code(all, code).status = OfferStatus::declined;
    for (const journal::OfferSet& set : set_) {
        ProposedOffer& offer = of_code(all, set.code);
        offer.added_by_officer = offer.because.empty();
        offer.status = set.status;
        offer.quantity = set.quantity;
    }
    return all;
}

std::vector<std::string> declined_offers(const FormSession& session) {
    std::vector<std::string> declined;
    for (const DeclinedBy& rule : declined_by) {
        const auto node = session.find(rule.question);
        if (!node)
            continue;
        const auto view = session.view(*node);
        if (view.ok() && view->relevant && view->answer == Answer::given(std::string(rule.answer)))
            join(declined, std::string(rule.offer));
    }
    return declined;
}

}  // namespace doorstep
