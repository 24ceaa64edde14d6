#include "tests/client/screens/sample_views.h"
#include "tests/client/screens/samples_in_languages.h"

namespace doorstep::samples {

namespace {

ReferralCard card(std::string agency, std::string name, std::vector<std::string> reasons) {
    ReferralCard card;
    card.agency = std::move(agency);
    card.name = std::move(name);
    card.reasons = std::move(reasons);
    card.shares = {{"How many people live here?", "3"}, {"Which language would you like to use?", "Polski"}};
    card.wording_version = "2";
    card.urgency = "routine";
    return card;
}

std::vector<ReferralCard> referrals() {
    std::vector<ReferralCard> all{
        card("fire", "Hertfordshire Fire and Rescue Service",
             {"You would like the fire service to supply and fit free smoke alarms."}),
        card("herts_help", "HertsHelp", {"You would like help with shopping.", "You would like company."}),
        card("nhw", "Neighbourhood Watch (OWL)", {"You would like to join Neighbourhood Watch."}),
        card("red_cross", "British Red Cross", {"You would like a first-aid session."})};
    all[0].urgency = "soon";
    all[1].lawful_reason_allowed = true;
    all[1].no_longer_suggested = true;
    all[2].decision = ReferralCard::Decision::agreed;
    all[2].decided_words = "The resident agreed, 10:42";
    all[3].decision = ReferralCard::Decision::refused;
    all[3].decided_words = "The resident said no";
    return all;
}

std::vector<ReadBackLine> read_back() {
    return {
        {node(1), "Your home", "How many people live here?", "3"},
        {node(2), "", "Which age groups live here?", "0 to 4, 18 to 59"},
        {node(3), "", "Do you own or rent this home?", "Prefer not to say"},
        {node(4), "Around here", "What worries you around here?",
         "Nuisance or anti-social behaviour, Scams by phone, post or internet"},
        {node(5), "", "What has been happening, and when? (no names of other people)",
         "Motorbikes on the path behind the houses, most evenings after nine. It began in the summer "
         "and nobody could sleep with a window open."},
        {node(6), "Smoke alarms", "Is there a working smoke alarm on every floor?", "On some floors only"}};
}

SummaryView open() {
    SummaryView view;
    view.questionnaire = id(90);
    view.referrals = referrals();
    view.undecided = 2;
    view.officer_items = {
        asked(21, QuestionType::integer, "alarms_fitted_now", "How many alarms did we fit today?", {}, "2"),
        asked(22, QuestionType::select_one, "alarms_type", "Which type of alarm?",
              {{"standard", "Standard"}, {"deaf", "For deaf people"}}, "standard")};
    view.offers = {{"smoke_detector",
                    "Smoke detector",
                    {"You would like free smoke alarms."},
                    2,
                    true,
                    true,
                    OfferStatus::accepted,
                    false},
                   {"first_aid",
                    "First-aid session",
                    {"You would like a first-aid session."},
                    1,
                    false,
                    false,
                    OfferStatus::offered,
                    false}};
    view.read_back = read_back();
    view.in_the_way = {{node(2), "Which age groups live here?", "Select at least one age group"}};
    view.missing = node(2);
    view.addable = {{"police", "Hertfordshire Constabulary, Safer Neighbourhood Team"},
                    {"trading_standards", "Trading Standards"},
                    {"housing", "Private Sector Housing Officer, Hertsmere Borough Council"}};
    view.addable_offers = {{"purse_bell", "Purse bell"}, {"card_defender", "Card defender"}};
    view.language = "English (en)";
    view.languages = five_languages();
    view.has_officers_page = true;
    view.saved = "Saved 10:42";
    view.today = "2026-11-21";
    return view;
}

SummaryView complete() {
    SummaryView view = open();
    view.undecided = 0;
    for (ReferralCard& card : view.referrals)
        if (card.decision == ReferralCard::Decision::open) {
            card.decision = ReferralCard::Decision::agreed;
            card.decided_words = "The resident agreed through an interpreter, 10:44";
        }
    view.in_the_way.clear();
    view.missing.reset();
    view.complete = true;
    return view;
}

// What the form says in the language at the door; what the officer does stays in the officer's.
SummaryView spoken(const SpokenPage& page) {
    SummaryView view = open();
    ReferralCard fire = card("fire", "Hertfordshire Fire and Rescue Service", {page.reason});
    fire.shares = {{page.alarms, page.alarm_choices[2].label}};
    view.referrals = {fire};
    view.undecided = 1;
    view.officer_items.clear();
    for (OfferLine& offer : view.offers)
        offer.reasons = {page.reason};
    view.read_back = {{node(1), page.section, page.alarms, page.alarm_choices[2].label},
                      {node(2), "", page.accept, page.accept_choices[0].label}};
    view.in_the_way = {{node(3), page.worries, page.hint}};
    view.missing = node(3);
    view.language = page.language;
    return view;
}

}  // namespace

std::vector<Sample> of_summary() {
    const View at = framed("14 Mill Lane", "questionnaire/90/summary");
    SummaryView nothing = complete();
    nothing.referrals.clear();
    nothing.offers.clear();
    nothing.officer_items.clear();
    std::vector<Sample> all{sample("summary-open", at, open()), sample("summary-complete", at, complete()),
                            sample("summary-nothing", at, nothing)};
    for (const SpokenPage& page : spoken_pages()) {
        const std::string code = page.language.substr(page.language.find('(') + 1, 2);
        if (code != "en")
            all.push_back(sample("summary-" + code, at, spoken(page)));
    }
    return all;
}

}  // namespace doorstep::samples
