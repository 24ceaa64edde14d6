#include <catch2/catch.hpp>

#include "tests/sync/random_operations.h"
#include "tests/sync/store/rig.h"
#include "tests/sync/temporary_folder.h"

using namespace doorstep;
using namespace doorstep::testing;

TEST_CASE("what was committed is there after reopening, and what was rolled back is not", "[store]") {
    TemporaryFolder folder;
    Rig rig(folder / "doorstep.sqlite");
    RandomOperations source(7);
    Operation operation;
    operation.subject = Uuid::random(rig.random);
    operation.payload = VisitPlanned{
        operation.subject, "SS-2026-03-14-BE", "safer_streets", "BE", Day::of(2026, 3, 14), {"A"}};
    const auto kept = rig.append({operation});
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].sequence == 1);
    CHECK_FALSE(kept[0].id.is_nil());
    CHECK(kept[0].at_ms == rig.clock.now_ms());
    {
        auto transaction = rig.store->begin();
        REQUIRE(transaction.ok());
        REQUIRE(transaction->append({operation, operation}).ok());
        CHECK(rig.store->log()->size() == 3);
    }
    const auto dump = rig.dump();
    rig.open();
    CHECK(rig.store->log().value() == kept);
    CHECK(rig.dump() == dump);
    CHECK(rig.store->position()->last_sequence == 1);
}
