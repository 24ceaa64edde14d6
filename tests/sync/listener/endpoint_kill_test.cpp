// R2: the endpoint's process killed with -9, again and again, while twenty tablets sync.
#include "tests/sync/listener/working.h"

using namespace doorstep;
using namespace doorstep::testing;

TEST_CASE("R2: the endpoint is killed again and again under twenty tablets: none lost, none doubled",
          "[listener][kills][R2]") {
    const int wanted = size_of_run("DOORSTEP_ENDPOINT_KILLS", 6);
    Data data;
    REQUIRE(data.program.serve());
    Depot depot(data.program, 20);
    const std::string address = data.program.address();
    depot.start({address});
    SeededRandom chance(2);
    int killed = 0;
    bool started = true;
    for (; killed < wanted && started; ++killed) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50 + chance.below(250)));
        data.program.kill_now();
        started = data.program.serve();
    }
    depot.stop();
    REQUIRE(started);

    const std::int64_t kept = depot.all_sent_to(address);
    CHECK(data.program.end() == 0);
    CHECK(rows_in(data.program, "operation") == kept);
    CHECK(rows_in(data.program, "(select distinct operation_id from operation)") == kept);
    CHECK(rows_in(data.program, "fact_visit") == kept);
    CHECK(rows_in(data.program, "branch") == 0);
    std::printf("%d kills of the endpoint under 20 tablets: %lld facts in %d whole syncs, none lost, none "
                "doubled\n",
                killed, static_cast<long long>(kept), depot.syncs());
}
