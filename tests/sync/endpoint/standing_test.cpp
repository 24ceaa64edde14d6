// What an operator decides about tablets and officers, and cannot decide by a slip of the hand.
#include "sync/endpoint/officers.h"
#include "sync/endpoint/tablet_standing.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

Operation try_by(Random& random, const std::string& officer, const std::string& companion) {
    ContactRecorded tried;
    tried.contact = Uuid::random(random);
    tried.visit = Uuid::random(random);
    tried.household = Uuid::random(random);
    tried.area = "BE";
    tried.officer = officer;
    tried.companion = companion;
    tried.day = Day::of(2013, 6, 8);
    auto operation = visit(random);
    operation.subject = tried.household;
    operation.payload = tried;
    return operation;
}

std::string order_of(const Centre& centre, const std::string& tablet) {
    const auto found = lost_tablet(*centre.endpoint, tablet);
    REQUIRE(found.ok());
    return found->front().order;
}

}  // namespace

TEST_CASE("an officer whom no record names leaves only where the operator says so", "[officers]") {
    Centre centre;
    Hand tablet(centre);
    tablet.keep({try_by(centre.random, "off-pol-01", "off-fire-01"),
                 try_by(centre.random, "off-pol-11", "off-fire-01")});
    acknowledged(tablet.push(0, 1));
    const auto left = [&] { return officers_who_left(centre.endpoint->store().sql()).value(); };

    const auto slip = officer_leaves(*centre.endpoint, "off-pol-1", "operator anna");
    REQUIRE_FALSE(slip.ok());
    CHECK(slip.error().fault == Fault::not_found);
    CHECK(slip.error().mend.find("off-pol-01") != std::string::npos);
    CHECK(slip.error().mend.find("off-pol-11") != std::string::npos);
    CHECK(slip.error().mend.find("off-fire-01") == std::string::npos);
    CHECK(slip.error().mend.find("--unseen") != std::string::npos);
    const auto stranger = officer_leaves(*centre.endpoint, "nobody-like-them", "operator anna");
    REQUIRE_FALSE(stranger.ok());
    CHECK(stranger.error().fault == Fault::not_found);
    CHECK(left().empty());
    CHECK(centre.text("select cast(count(*) as text) from audit_entry where what like 'officer-%'") == "0");

    CHECK(officer_leaves(*centre.endpoint, "off-pol-01", "operator anna").ok());
    CHECK(officer_leaves(*centre.endpoint, "off-fire-01", "operator anna").ok());  // a companion
    CHECK(officer_leaves(*centre.endpoint, "off-ts-04", "operator anna", OfficerSeen::need_not_be).ok());
    CHECK(officer_leaves(*centre.endpoint, "off-ts-04", "operator anna").ok());  // said again
    CHECK(left() == std::vector<std::string>{"off-fire-01", "off-pol-01", "off-ts-04"});
}

TEST_CASE("an order to wipe is not taken back by one to retire", "[order]") {
    Centre centre;
    const Hand tablet(centre, "tab-03");
    REQUIRE(order_tablet(*centre.endpoint, "tab-03", wire::OrderMode::retire).ok());
    REQUIRE(order_tablet(*centre.endpoint, "tab-03", wire::OrderMode::wipe).ok());
    const auto weaker = order_tablet(*centre.endpoint, "tab-03", wire::OrderMode::retire);
    REQUIRE_FALSE(weaker.ok());
    CHECK(weaker.error().fault == Fault::conflict);
    CHECK(order_of(centre, "tab-03") == "wipe");
    CHECK(order_tablet(*centre.endpoint, "tab-03", wire::OrderMode::wipe).ok());
}

TEST_CASE("a revoked tablet cannot retire, and can be wiped", "[order]") {
    Centre centre;
    const Hand tablet(centre, "tab-04");
    REQUIRE(revoke_tablet(*centre.endpoint, "tab-04").ok());
    const auto refused = order_tablet(*centre.endpoint, "tab-04", wire::OrderMode::retire);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().fault == Fault::refused);
    CHECK(refused.error().mend.find("tablets wipe") != std::string::npos);
    CHECK(order_of(centre, "tab-04").empty());
    REQUIRE(order_tablet(*centre.endpoint, "tab-04", wire::OrderMode::wipe).ok());
    CHECK(order_of(centre, "tab-04") == "wipe");
}
