// What the closing page says: one decision per agency, offers, read-back, the finish.
#include <catch2/catch.hpp>

#include "tests/client/screens/glass.h"
#include "tests/client/screens/sample_views.h"

namespace doorstep {

using namespace intent;

namespace {

const std::string fire = "Hertfordshire Fire and Rescue Service";

}  // namespace

TEST_CASE("each agency is agreed, refused, dropped or reopened on its own", "[screens]") {
    const auto all = samples::of_summary();
    Glass glass(landscape);
    glass.show(samples::named(all, "summary-open"));
    const auto agreed = glass.said<AgreeReferral>("The resident agrees: " + fire);
    REQUIRE(agreed);
    CHECK(agreed->agency == "fire");
    CHECK(agreed->given_by == "resident");
    CHECK(glass.said<RefuseReferral>("No: HertsHelp")->agency == "herts_help");
    CHECK(glass.said<DropReferral>("Drop it: HertsHelp")->agency == "herts_help");
    CHECK(glass.said<ReopenReferral>("Undo: Neighbourhood Watch (OWL)")->agency == "nhw");
}

TEST_CASE("who agrees and a reason in law are asked only where they are wanted", "[screens]") {
    const auto all = samples::of_summary();
    Glass glass(landscape);
    glass.show(samples::named(all, "summary-open"));
    REQUIRE(glass.tap("Other ways: " + fire));
    CHECK_FALSE(glass.target("The reason in law: " + fire));
    REQUIRE(glass.tap("The resident agrees through an interpreter: " + fire));
    CHECK(glass.said<AgreeReferral>("Agreed through the interpreter: " + fire)->given_by == "interpreter");

    REQUIRE(glass.tap("Other ways: HertsHelp"));
    REQUIRE(glass.tap("The reason in law: HertsHelp"));
    REQUIRE(glass.type("risk"));
    const auto by_law = glass.said<AgreeReferral>("Send for this reason: HertsHelp");
    REQUIRE(by_law);
    CHECK(by_law->lawful_reason == "risk");
    CHECK(by_law->given_by.empty());
}

TEST_CASE("nobody is led to agree: yes and no are alike on every referral", "[screens]") {
    const auto all = samples::of_summary();
    for (const auto& shape : {landscape, portrait}) {
        Glass glass(shape);
        glass.show(samples::named(all, "summary-open"));
        for (const std::string& agency : {fire, std::string("HertsHelp")}) {
            const Mark* yes = glass.target("The resident agrees: " + agency);
            const Mark* no = glass.target("No: " + agency);
            REQUIRE(yes);
            REQUIRE(no);
            CHECK(std::abs(yes->rect.w - no->rect.w) <= 1);
            CHECK(yes->rect.h == no->rect.h);
            CHECK(yes->ground == no->ground);
        }
    }
}

TEST_CASE("words from the right begin at the right, among the officer's own", "[screens]") {
    View view = samples::named(samples::of_summary(), "summary-open");
    SummaryView& summary = std::get<SummaryView>(view.screen);
    const std::string arabic = "أنتم قلقون من سرقة المنازل.", plain = "Burglary worries you.";
    for (ReferralCard& card : summary.referrals)
        card.reasons = {arabic, plain};
    Glass glass(landscape);
    glass.show(view);
    const Mark* from_right = nullptr;
    const Mark* from_left = nullptr;
    for (const Mark& mark : glass.marks()) {
        if (!from_right && mark.label == arabic)
            from_right = &mark;
        if (!from_left && mark.label == plain)
            from_left = &mark;
    }
    REQUIRE(from_right);
    REQUIRE(from_left);
    CHECK(from_right->ink.x > from_left->ink.right());
    CHECK(glass.target("No: HertsHelp")->rect.right() == Approx(from_right->ink.right()).margin(3));
}

TEST_CASE("above the open keyboard no action of the page can be hit by a slip", "[screens]") {
    const auto all = samples::of_summary();
    Glass glass(landscape);
    glass.show(samples::named(all, "summary-open"));
    REQUIRE(glass.target("What is missing"));
    REQUIRE(glass.tap("Other ways: HertsHelp"));
    REQUIRE(glass.tap("The reason in law: HertsHelp"));
    CHECK_FALSE(glass.target("What is missing"));
    CHECK_FALSE(glass.target("Previous"));
    REQUIRE(glass.tap("Done"));
    CHECK(glass.target("What is missing"));
    CHECK(glass.target("Previous"));
}

TEST_CASE("what an agency gets is told before it is agreed", "[screens]") {
    const auto all = samples::of_summary();
    Glass glass(landscape);
    glass.show(samples::named(all, "summary-open"));
    const auto holds = [&](const std::string& label) {
        return std::any_of(glass.marks().begin(), glass.marks().end(),
                           [&](const Mark& mark) { return mark.label == label; });
    };
    CHECK_FALSE(holds("Name, address and phone number"));
    REQUIRE(glass.tap("What they will get: " + fire));
    CHECK(holds("Name, address and phone number"));
    CHECK(holds("Privacy wording 2 was read out."));
}

TEST_CASE("offers, alarms, the read-back and additions say what was chosen", "[screens]") {
    const auto all = samples::of_summary();
    Glass glass(landscape);
    glass.show(samples::named(all, "summary-open"));
    CHECK(glass.said<SetOffer>("Accepted: First-aid session")->status == OfferStatus::accepted);
    CHECK(glass.said<SetOffer>("Declined: Smoke detector")->status == OfferStatus::declined);
    CHECK(glass.said<SetOffer>("More: How many: Smoke detector")->quantity == 3);
    CHECK(glass.said<GiveAnswer>("More: How many alarms did we fit today?")->answer.text == "3");
    CHECK(glass.said<OpenPageOf>("Select at least one age group")->node == samples::node(2));
    CHECK(glass.said<OpenPageOf>("Do you own or rent this home?")->node == samples::node(3));

    REQUIRE(glass.tap("Add an offer"));
    CHECK(glass.said<SetOffer>("Purse bell")->code == "purse_bell");
    REQUIRE(glass.tap("Add a referral"));
    REQUIRE(glass.tap("Trading Standards"));
    REQUIRE(glass.tap("The reason"));
    REQUIRE(glass.type("scam"));
    const auto added = glass.last<AddReferral>();
    REQUIRE(added);
    CHECK(added->agency == "trading_standards");
    CHECK(added->reason == "scam");
}

TEST_CASE("the closing page finishes, whole or in part, and goes back", "[screens]") {
    const auto all = samples::of_summary();
    for (const Shape& shape : {landscape, portrait}) {
        Glass glass(shape);
        glass.show(samples::named(all, "summary-complete"));
        CHECK(glass.said<Finish>("Finish"));
        CHECK(glass.said<PreviousPage>("Previous"));
        CHECK(glass.said<OpenOfficersPage>("Notes"));
        glass.show(samples::named(all, "summary-open"));
        CHECK(glass.said<OpenPageOf>("What is missing")->node == samples::node(2));
        CHECK_FALSE(glass.said<Finish>("Finish as partly answered"));
        CHECK_FALSE(glass.said<Finish>("Keep going"));
        REQUIRE(glass.tap("Finish as partly answered"));
        const auto finish = glass.said<Finish>("Finish");
        REQUIRE(finish);
        CHECK(finish->outcome_if_partial == ContactOutcome::partial);
        CHECK(finish->without_undecided);
    }
}

TEST_CASE("a reason that is begun is a referral already, and can be dropped", "[screens]") {
    const auto all = samples::of_summary();
    View view = samples::named(all, "summary-open");
    Glass glass(landscape);
    glass.show(view);
    REQUIRE(glass.tap("Add a referral"));
    REQUIRE(glass.tap("Trading Standards"));
    CHECK_FALSE(glass.target("Add the referral"));
    REQUIRE(glass.tap("The reason"));
    REQUIRE(glass.type("s"));
    REQUIRE(glass.last<AddReferral>());
    CHECK(glass.last<AddReferral>()->reason == "s");
    auto& summary = std::get<SummaryView>(view.screen);
    ReferralCard card;
    card.agency = "trading_standards";
    card.name = "Trading Standards";
    card.reasons = {"s"};
    card.added_by_officer = true;
    summary.referrals.push_back(card);
    glass.becomes(view);
    REQUIRE(glass.type("c"));
    CHECK(glass.last<AddReferral>()->reason == "sc");
    CHECK(glass.said<DropReferral>("Drop it")->agency == "trading_standards");
}

}  // namespace doorstep
