// What the centre sees of what was set aside.
#include "sync/endpoint/set_aside.h"

#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

TEST_CASE("what was set aside is listed with its tablet, since when and why, the newest first", "[aside]") {
    Centre centre;
    Hand tablet(centre);
    CHECK(set_aside_list(centre.sql, 10)->rows.empty());
    tablet.add({Uuid::random(centre.random), 1, 1, "this is not a frame"});
    tablet.keep({visit(centre.random)});
    acknowledged(tablet.push(0, 2));
    centre.clock.advance_ms(1'000);
    auto order = visit(centre.random);
    order.payload = RecordsErased{order.subject, {}, {}};
    tablet.keep({order});
    acknowledged(tablet.push(2, 3));
    const auto list = set_aside_list(centre.sql, 10);
    REQUIRE(list.ok());
    REQUIRE(list->rows.size() == 2);
    CHECK(list->all == 2);
    CHECK(list->rows.front().fact == order.id);
    CHECK(list->rows.front().since_ms == centre.clock.now_ms());
    for (const auto& row : list->rows) {
        CHECK(row.tablet == "tab-01");
        CHECK_FALSE(row.reason.empty());
    }
    CHECK(set_aside_list(centre.sql, 1)->rows.size() == 1);
    CHECK(set_aside_list(centre.sql, 1)->all == 2);
}

TEST_CASE("what cannot be read for more than a day is told, and what can be read is not", "[aside]") {
    Centre centre;
    Hand tablet(centre);
    tablet.add({Uuid::random(centre.random), 1, 1, "this is not a frame"});
    auto order = visit(centre.random);
    order.payload = RecordsErased{order.subject, {}, {}};
    tablet.keep({order});
    acknowledged(tablet.push(0, 2));
    CHECK(unreadable_since(centre.sql, centre.clock.now_ms())->empty());
    CHECK(unreadable_since(centre.sql, centre.clock.now_ms() + 1)->size() == 1);
}
