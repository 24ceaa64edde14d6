#include "tests/journeys/season_officer.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace doorstep::journey {
namespace {

constexpr std::array people{"Mirela Quenbury",  "Tobiah Fennimarsh",
                            "Łucja Brzozanek",  "Harpreet Dhalwick",
                            "Odalys Pennifold", "Seun Abradale",
                            "张晓岚",           "ليلى القمراوي",
                            "ਜਸਲੀਨ ਢਲਵਾਲ",      "Yitzchak Morvenstein",
                            "Zoë O'Thistle",    "Bronagh Mac Ferrow",
                            "Nilufar",          "'Ailbhe"};
constexpr std::array remarks{"Mostly in the evening, by the garages.",
                             "Twice since Easter.",
                             "Nothing else, thank you.",
                             "Please call after six.",
                             "07700 900123",
                             "01632 960123",
                             "resident@example.org"};
constexpr std::array unasked{AnswerKind::dont_know, AnswerKind::prefer_not, AnswerKind::not_asked};

bool can_be_asked(const QuestionView& view) {
    switch (view.type) {
    case QuestionType::note:
    case QuestionType::group:
    case QuestionType::repeat:
    case QuestionType::hidden:
    case QuestionType::image:
    case QuestionType::file:
    case QuestionType::geopoint:
        return false;
    default:
        return view.relevant && !view.readonly && view.sensitivity != Sensitivity::restricted;
    }
}

std::string some_choices(const std::vector<Choice>& choices, std::size_t count, Random& random) {
    std::vector<std::string> values;
    for (const Choice& choice : choices)
        values.push_back(choice.value);
    shuffle(values, random);
    std::string joined;
    for (std::size_t i = 0; i < std::min(count, values.size()); ++i)
        joined += (i == 0 ? "" : " ") + values[i];
    return joined;
}

std::string draw(const std::vector<UsualAnswer>& answers, Random& random) {
    std::uint64_t all = 0;
    for (const UsualAnswer& each : answers)
        all += static_cast<std::uint64_t>(each.weight);
    std::uint64_t drawn = random.below(all);
    for (const UsualAnswer& each : answers) {
        if (drawn < static_cast<std::uint64_t>(each.weight))
            return each.answer;
        drawn -= static_cast<std::uint64_t>(each.weight);
    }
    return answers.back().answer;
}

Error of_card(const Card& card, const std::string& what) {
    return {Fault::bad_input, fmt::format("needs.csv, row {} ({}): {}", card.row, card.need, what),
            "Mend the card, or the form that it was written for."};
}

bool fits(const FormSession& session, NodeRef node) {
    const auto view = session.view(node);
    return view.ok() && view->violation == Violation::none;
}

Agreement spoken(Random& random) {
    Agreement agreement;
    agreement.given_by = random.chance(0.9) ? "resident" : "interpreter";
    agreement.channel = random.chance(0.8) ? "spoken" : "signature";
    return agreement;
}

}  // namespace

std::vector<QuestionView> askable(const FormSession& session) {
    std::vector<QuestionView> all;
    for (const NodeRef node : session.nodes())
        if (auto view = session.view(node); view.ok() && can_be_asked(*view))
            all.push_back(*std::move(view));
    return all;
}

Answer SeasonOfficer::likely(const QuestionView& question, const std::vector<Choice>& choices,
                             Random& random) const {
    if (const auto usual = plan_.usual.find(question.name); usual != plan_.usual.end())
        return Answer::given(draw(usual->second, random));
    if (question.type != QuestionType::acknowledge && random.chance(0.06))
        return {unasked[random.below(unasked.size())], {}};
    const std::int64_t now = clock_.now_ms();
    switch (question.type) {
    case QuestionType::acknowledge:
        return Answer::given("OK");
    case QuestionType::integer:
    case QuestionType::range:
    case QuestionType::decimal:
        return Answer::given(std::to_string(random.below(random.chance(0.7) ? 4 : 12)));
    case QuestionType::select_one:
        return Answer::given(some_choices(choices, 1, random));
    case QuestionType::select_multiple:
    case QuestionType::rank:
        return Answer::given(some_choices(choices, random.chance(0.7) ? 1 : 2, random));
    case QuestionType::date:
        return Answer::given(Day::at(now, clock_.utc_offset_minutes(now)).text());
    case QuestionType::time:
        return Answer::given("18:00");
    case QuestionType::date_time:
        return Answer::given(instant_text(now, clock_.utc_offset_minutes(now)));
    default:
        return Answer::given(random.chance(0.4) ? people[random.below(people.size())]
                                                : remarks[random.below(remarks.size())]);
    }
}

Result<void> SeasonOfficer::answer(OpenQuestionnaire& at, NodeRef node, const PlannedDoor& door,
                                   Random& random) const {
    TRY(const QuestionView question, at.session().view(node));
    if (const Card* card = door.card_for(question.name)) {
        TRY_DO(at.answer(node, Answer::given(card->answers.at(question.name))));
        if (!fits(at.session(), node))
            return of_card(*card, fmt::format("the form does not take its answer to {}.", question.name));
        return {};
    }
    std::vector<Choice> choices;
    if (auto known = at.session().choices(node); known.ok())
        choices = *std::move(known);
    for (int tries = 0; tries < 25; ++tries) {
        TRY_DO(at.answer(node, likely(question, choices, random)));
        if (fits(at.session(), node))
            return {};
    }
    TRY_DO(at.answer(node, {AnswerKind::not_asked, {}}));
    return {};
}

Result<void> SeasonOfficer::change_of_mind(OpenQuestionnaire& at, const PlannedDoor& door,
                                           Random& random) const {
    const auto questions = askable(at.session());
    const QuestionView& again = questions[random.below(questions.size())];
    if (again.answer.kind == AnswerKind::blank || door.card_for(again.name))
        return {};
    TRY_DO(at.stand_on(again.node));
    TRY_DO(answer(at, again.node, door, random));
    return {};
}

Result<void> SeasonOfficer::ask(OpenQuestionnaire& at, const PlannedDoor& door, Random& random,
                                int stop_after) const {
    constexpr int most_steps = 400;  // a form that never ends is a fault of the form
    for (int step = 0; step < std::min(stop_after, most_steps); ++step) {
        const auto questions = askable(at.session());
        const auto next = std::find_if(questions.begin(), questions.end(), [](const QuestionView& each) {
            return each.answer.kind == AnswerKind::blank || each.violation != Violation::none;
        });
        if (next == questions.end())
            return {};
        TRY_DO(at.stand_on(next->node));
        TRY_DO(answer(at, next->node, door, random));
        clock_.advance_ms(5'000);
        if (random.chance(0.04))
            TRY_DO(change_of_mind(at, door, random));
    }
    if (stop_after < most_steps)
        return {};
    return Error{Fault::broken, "The form has no end: questions are asked again and again.", ""};
}

Result<void> SeasonOfficer::officers_page(OpenQuestionnaire& at, Random& random) const {
    if (!random.chance(0.05))
        return {};
    for (const NodeRef node : at.session().nodes()) {
        const auto view = at.session().view(node);
        if (!view.ok() || view->sensitivity != Sensitivity::restricted || !view->relevant ||
            view->type != QuestionType::select_multiple)
            continue;
        TRY(const auto choices, at.session().choices(node));
        TRY_DO(at.answer(node, Answer::given(some_choices(choices, 1, random))));
    }
    for (const Concern& concern : at.concerns()) {
        Agreement basis;
        basis.basis = ShareBasis::safeguarding;
        basis.lawful_reason = "Asking would raise the risk.";
        TRY_DO(at.decide_concern(concern.because.id,
                                 random.chance(0.5) ? Concern::Send::yes : Concern::Send::no, basis));
    }
    return at.leave_officers_page();
}

Result<void> SeasonOfficer::closing_page(OpenQuestionnaire& at, const PlannedDoor& door,
                                         Random& random) const {
    std::set<std::string> proposed;
    for (const ProposedReferral& referral : at.referrals()) {
        proposed.insert(referral.agency);
        const bool counted = columns_.contains(referral.agency);
        if (counted ? door.agrees_to(referral.agency) : random.chance(0.5))
            TRY_DO(at.agree(referral.agency, spoken(random)));
        else if (random.chance(0.5))
            TRY_DO(at.refuse(referral.agency));
        else if (random.chance(0.5))
            TRY_DO(at.drop(referral.agency));
    }
    for (const Card* card : door.cards)
        if (card->agrees && !proposed.contains(card->about))
            return of_card(*card, fmt::format("the form does not suggest a referral to {}.", card->about));
    for (const ProposedOffer& offer : at.offers())
        if (!offer.status && random.chance(0.7))
            TRY_DO(at.set_offer(offer.code,
                                random.chance(0.8) ? OfferStatus::accepted : OfferStatus::declined,
                                offer.quantity));
    return {};
}

Result<Finished> SeasonOfficer::close(OpenQuestionnaire& at, const PlannedDoor& door, Random& random) const {
    for (const Card* card : door.cards)
        for (const auto& [name, answer] : card->answers) {
            const auto node = at.session().find(name);
            const auto view = node ? at.session().view(*node) : Error{};
            if (!view.ok() || !view->relevant || view->answer != Answer::given(answer))
                return of_card(*card, fmt::format("{} was not asked.", name));
        }
    TRY_DO(officers_page(at, random));
    TRY_DO(closing_page(at, door, random));
    return at.finish();
}

Result<void> SeasonOfficer::explain(OpenQuestionnaire& at, const PlannedDoor& door, Random& random) const {
    for (const QuestionView& question : askable(at.session())) {
        if (question.name != "privacy_given")
            continue;
        TRY_DO(at.stand_on(question.node));
        TRY_DO(answer(at, question.node, door, random));
    }
    return {};
}

Result<Finished> SeasonOfficer::break_off(OpenQuestionnaire& at, const PlannedDoor& door,
                                          Random& random) const {
    const bool privacy_first = random.chance(0.5);
    for (const QuestionView& question : askable(at.session())) {
        if (question.name == "privacy_given" && privacy_first)
            break;
        TRY_DO(at.stand_on(question.node));
        TRY_DO(answer(at, question.node, door, random));
        if (question.name == "privacy_given")
            break;
    }
    if (!privacy_first)  // the privacy step is done, and then nothing is said
        for (const QuestionView& question : askable(at.session()))
            if (question.answer.kind == AnswerKind::blank)
                TRY_DO(at.answer(question.node, {unasked[random.below(unasked.size())], {}}));
    TRY(const Finished finished, at.finish());
    if (finished.complete)
        return Error{Fault::broken, "A questionnaire without a resident's answer counts as completed.", ""};
    return finished;
}

}  // namespace doorstep::journey
