// The closing page as the screen reads it.  Restricted answers are nowhere on it.
#include <algorithm>
#include <map>

#include "client/app/sitting_state.h"
#include "client/app/sitting_words.h"
#include "client/casework/completion.h"

namespace doorstep {
namespace {

using Decision = ProposedReferral::Decision;

std::string_view word_of(Urgency urgency) {
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

ReferralCard::Decision on_card(Decision decision) {
    switch (decision) {
    case Decision::agreed:
        return ReferralCard::Decision::agreed;
    case Decision::refused:
        return ReferralCard::Decision::refused;
    case Decision::dropped:
        return ReferralCard::Decision::dropped;
    case Decision::open:
        break;
    }
    return ReferralCard::Decision::open;
}

// A rule shares questions by name; a group stands for its questions.
bool is_shared(const QuestionView& question, const std::vector<std::string>& names) {
    const std::string path = without_indexes(question.path) + "/";
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return !name.empty() && path.find("/" + name + "/") != std::string::npos;
    });
}

std::vector<SharedLine> shared(const FormSession& session, const std::vector<std::string>& names) {
    std::vector<SharedLine> lines;
    for (const AnsweredQuestion& each : session.answered()) {
        if (each.answer.kind != AnswerKind::given || each.sensitivity == Sensitivity::restricted)
            continue;
        const auto node = session.find(each.path);
        const auto view = node ? session.view(*node) : Error{};
        if (view.ok() && is_shared(*view, names))
            lines.push_back({view->label.empty() ? each.name : view->label,
                             each.label.empty() ? each.answer.text : each.label});
    }
    return lines;
}

bool is_asked(const QuestionView& view) {
    return view.type != QuestionType::note && view.type != QuestionType::hidden &&
           view.sensitivity != Sensitivity::restricted;
}

}  // namespace

std::string Sitting::State::decided_words(const ProposedReferral& known) const {
    const auto at = [&](std::string_view english) {
        return filled(words().say(english), time_of_day(clock, known.agreement.at_ms));
    };
    switch (known.decision) {
    case Decision::refused:
        return words().say("The resident said no");
    case Decision::dropped:
        return words().say("Dropped");
    case Decision::open:
        return {};
    case Decision::agreed:
        break;
    }
    if (known.agreement.basis != ShareBasis::agreement)
        return at("Goes without agreement, reason recorded, %s");
    if (known.agreement.given_by == "interpreter")
        return at("The resident agreed through an interpreter, %s");
    if (known.agreement.given_by == "carer_with_authority")
        return at("A carer with authority agreed, %s");
    return at("The resident agreed, %s");
}

ReferralCard Sitting::State::card(const ProposedReferral& proposed) const {
    ReferralCard card;
    card.agency = proposed.agency;
    card.name = agency_name(proposed.agency);
    for (const Suggestion& each : proposed.because) {
        if (std::find(card.reasons.begin(), card.reasons.end(), each.reason) == card.reasons.end())
            card.reasons.push_back(each.reason);
        card.lawful_reason_allowed = card.lawful_reason_allowed || each.consent == Consent::safeguarding;
    }
    card.shares = shared(session(), proposed.shares);
    card.wording_version = proposed.decision == Decision::agreed ? proposed.agreement.wording_version
                                                                 : session().form().privacy_version();
    card.urgency = word_of(proposed.urgency);
    card.decision = on_card(proposed.decision);
    card.decided_words = decided_words(proposed);
    card.added_by_officer = proposed.added_by_officer;
    card.no_longer_suggested = proposed.no_longer_suggested;
    return card;
}

OfferLine Sitting::State::offer_line(const ProposedOffer& proposed) const {
    OfferLine line;
    line.code = proposed.code;
    line.words = offer_name(proposed.code);
    for (const Suggestion& each : proposed.because)
        if (std::find(line.reasons.begin(), line.reasons.end(), each.reason) == line.reasons.end())
            line.reasons.push_back(each.reason);
    line.quantity = proposed.quantity;
    // What the form counts it says itself; of what an officer adds only the officer knows.
    line.counts_pieces = proposed.added_by_officer || proposed.quantity > 1;
    line.decided = proposed.status.has_value();
    line.status = proposed.status.value_or(OfferStatus::offered);
    line.added_by_officer = proposed.added_by_officer;
    return line;
}

std::vector<ReadBackLine> Sitting::State::read_back() const {
    std::map<std::string, std::string> chosen;
    for (const AnsweredQuestion& each : session().answered())
        chosen[each.path] = each.label;
    std::vector<ReadBackLine> lines;
    std::string section;
    for (const FormPage& each : pages.pages)
        for (const NodeRef node : each.items) {
            const QuestionItem asked = item(node);
            if (!is_asked(asked.question))
                continue;
            ReadBackLine line;
            line.node = node;
            line.label = asked.question.label.empty() ? asked.question.name : asked.question.label;
            const bool typed_only = std::any_of(unsaved.begin(), unsaved.end(),
                                                [&](const auto& one) { return one.node == node; });
            line.value =
                answer_words(asked.question.answer, typed_only ? std::string{} : chosen[asked.question.path],
                             asked.question.type, words());
            if (lines.empty() || section != each.section)
                line.section = section = each.section;
            lines.push_back(std::move(line));
        }
    return lines;
}

std::vector<InTheWay> Sitting::State::in_the_way() const {
    std::vector<InTheWay> all;
    for (const Blocked& each : session().blocked()) {
        const auto view = session().view(each.node);
        InTheWay line;
        line.node = each.node;
        if (view.ok() && view->sensitivity == Sensitivity::restricted) {
            // What stands there is nobody's business on this page.
            line.label = pages.officers_title;
            line.words = words().say("Open this part and correct it");
        } else {
            line.label = view.ok() && !view->label.empty() ? view->label : each.path;
            line.words = violation_words(each.violation, each.text, words());
        }
        all.push_back(std::move(line));
    }
    return all;
}

// What stands in the way, else the first question that nobody answered, else the last page.
std::optional<NodeRef> Sitting::State::missing(const std::vector<InTheWay>& lines) const {
    if (const auto step = open_privacy_step(session()))
        return step;
    if (!lines.empty())
        return lines.front().node;
    std::optional<NodeRef> last;
    for (const FormPage& each : pages.pages)
        for (const NodeRef node : each.items) {
            const auto view = session().view(node);
            if (!view.ok() || !is_asked(*view))
                continue;
            last = node;
            if (view->answer.kind == AnswerKind::blank)
                return last;
        }
    return last;
}

SummaryView Sitting::State::summary_view() const {
    SummaryView view;
    view.questionnaire = open.id();
    view.officer_items = items(pages.closing);
    for (std::size_t i = 0; i < view.officer_items.size(); ++i)
        if (i == 0 || pages.closing_sections[i] != pages.closing_sections[i - 1])
            view.officer_items[i].section = pages.closing_sections[i];
    const std::vector<ProposedReferral> referrals = open.referrals();
    for (const ProposedReferral& each : referrals) {
        view.referrals.push_back(card(each));
        view.undecided += each.decision == Decision::open ? 1 : 0;
    }
    const std::vector<ProposedOffer> offers = open.offers();
    for (const ProposedOffer& each : offers)
        view.offers.push_back(offer_line(each));
    view.read_back = read_back();
    view.in_the_way = in_the_way();
    const std::int64_t now = clock.now_ms();
    const Day day = Day::at(now, clock.utc_offset_minutes(now));
    for (const Agency& each : library.directory.agencies)
        if (each.valid.covers(day) &&
            std::none_of(referrals.begin(), referrals.end(),
                         [&](const auto& known) { return known.agency == each.code; }))
            view.addable.push_back({each.code, each.label});
    for (const OfferKind& each : library.directory.offers)
        if (each.valid.covers(day) && std::none_of(offers.begin(), offers.end(), [&](const auto& known) {
                return known.code == each.code;
            }))
            view.addable_offers.push_back({each.code, each.label});
    view.complete = completion(session()).complete && view.in_the_way.empty();
    if (!view.complete)
        view.missing = missing(view.in_the_way);
    view.language = language;
    view.languages = session().form().languages();
    view.has_officers_page = !pages.officers.empty();
    view.saved = saved_words();
    view.saved_trouble = trouble.has_value();
    view.today = today();
    view.changes = changes();
    return view;
}

}  // namespace doorstep
