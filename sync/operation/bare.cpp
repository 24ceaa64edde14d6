#include "sync/operation/bare.h"

namespace doorstep {

namespace {

// Stands where a fact without a word could not be read.
constexpr const char* gone = "erased";

struct Bared {
    const Uuid& nobody;

    std::optional<Payload> operator()(const VisitPlanned& visit) const { return visit; }
    std::optional<Payload> operator()(const ContactTakenBack& taken_back) const { return taken_back; }
    std::optional<Payload> operator()(const ContactRecorded& whole) const {
        ContactRecorded left;
        left.contact = whole.contact;
        left.visit = whole.visit;
        left.household = nobody;
        left.area = whole.area;
        left.team = whole.team;
        left.outcome = whole.outcome;
        left.day = whole.day;
        return left;
    }
    std::optional<Payload> operator()(const QuestionnaireFinished& whole) const {
        QuestionnaireFinished left;
        left.questionnaire = whole.questionnaire;
        left.contact = whole.contact;
        left.form = whole.form;
        left.complete = whole.complete;
        left.day = whole.day;
        return left;
    }
    std::optional<Payload> operator()(const OfferMade& whole) const {
        auto left = whole;
        left.rule.clear();
        return left;
    }
    std::optional<Payload> operator()(const ReferralRaised& whole) const {
        ReferralRaised left;
        left.referral = whole.referral;
        left.contact = whole.contact;
        left.household = nobody;
        left.agency = whole.agency;
        left.urgency = whole.urgency;
        left.day = whole.day;
        left.agreement.basis = whole.agreement.basis;
        if (whole.agreement.basis == ShareBasis::agreement)
            left.agreement.given_by = gone;
        else
            left.agreement.lawful_reason = gone;
        return left;
    }
    std::optional<Payload> operator()(const ReferralStateSet& whole) const {
        auto left = whole;
        left.reason.clear();
        left.by.clear();
        return left;
    }
    // What it took the place of does not come back with it.
    std::optional<Payload> operator()(const HomeNoted& whole) const {
        HomeNoted left;
        left.household = nobody;
        left.area = whole.area;
        left.holds = false;
        left.day = left.review = left.until = whole.day;
        return left;
    }
    // An order to forget names ids alone.
    std::optional<Payload> operator()(const RecordsErased& erased) const { return erased; }
    std::optional<Payload> operator()(const ClockCorrected& corrected) const { return corrected; }
    std::optional<Payload> operator()(const UnknownPayload&) const { return std::nullopt; }
};

}  // namespace

std::optional<Operation> bare(const Operation& whole, const Uuid& nobody) {
    auto payload = std::visit(Bared{nobody}, whole.payload);
    if (!payload)
        return std::nullopt;
    Operation left = whole;
    left.payload = std::move(*payload);
    if (!std::holds_alternative<HomeNoted>(left.payload))
        left.base.clear();
    const bool of_a_visit = std::holds_alternative<VisitPlanned>(left.payload);
    left.subject = of_a_visit ? whole.subject : nobody;
    return left;
}

}  // namespace doorstep
