// R2: the endpoint's process killed with -9, again and again, while twenty tablets sync.
#include <atomic>
#include <cstdlib>

#include "tests/sync/listener/real_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

int kills_wanted() {
    const char* const said = std::getenv("DOORSTEP_ENDPOINT_KILLS");
    return said ? std::atoi(said) : 20;
}

// A day's work on a thread of its own: no assertions here.
struct Working {
    explicit Working(RealTablet& tablet_) : tablet(tablet_), signer(tablet_.signer()) {}

    void work(const std::string& address, const std::atomic<bool>& over) {
        SeededRandom chance(static_cast<unsigned char>(tablet.identity.enrolment.raw().front()));
        Sequence acked = 0;
        while (!over) {
            honest = honest && keep_one();
            sync_once(address);
            const auto now = tablet.store.position();
            honest =
                honest && now.ok() && now->acked_through >= acked && now->acked_through <= now->last_sequence;
            acked = now.ok() ? now->acked_through : acked;
            std::this_thread::sleep_for(std::chrono::milliseconds(5 + chance.below(40)));
        }
    }
    bool sync_once(const std::string& address) {
        auto http = CurlClient::open(tablet.pinned(address), tablet.line());
        if (!http.ok())
            return false;
        SignedClient line(*http, signer);
        const auto outcome = sync_now(
            tablet.store, line, tablet.clock, tablet.random,
            [](std::int64_t ms) {
                std::this_thread::sleep_for(std::chrono::milliseconds(std::min<std::int64_t>(ms, 20)));
            },
            2);
        return outcome.ok() && outcome->up_to_date;
    }
    bool keep_one() {
        VisitPlanned visit;
        visit.visit = Uuid::random(tablet.random);
        visit.label = "SS";
        visit.programme = "safer_streets";
        visit.area = "BE";
        visit.day = Day::of(2013, 6, 8);
        Operation fact;
        fact.subject = visit.visit;
        fact.payload = visit;
        auto transaction = tablet.store.begin();
        if (!transaction.ok() || !transaction->append({fact}).ok() || !transaction->commit().ok())
            return false;
        ++tablet.kept;
        return true;
    }

    RealTablet& tablet;
    RequestSigner signer;
    bool honest = true;
};

}  // namespace

TEST_CASE("R2: the endpoint is killed again and again under twenty tablets: none lost, none doubled",
          "[listener][kills][R2]") {
    const int wanted = kills_wanted();
    Data data;
    REQUIRE(data.program.serve());
    std::vector<std::unique_ptr<RealTablet>> tablets;
    std::vector<Working> working;
    for (int i = 0; i < 20; ++i)
        tablets.push_back(std::make_unique<RealTablet>(data.program, fmt::format("tab-{:02}", i)));
    for (const auto& tablet : tablets)
        working.emplace_back(*tablet);

    std::atomic<bool> over = false;
    std::vector<std::thread> threads;
    const std::string address = data.program.address();
    for (auto& one : working)
        threads.emplace_back([&] { one.work(address, over); });
    SeededRandom chance(2);
    int killed = 0;
    bool started = true;
    for (; killed < wanted && started; ++killed) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50 + chance.below(250)));
        data.program.kill_now();
        started = data.program.serve();
    }
    over = true;
    for (auto& thread : threads)
        thread.join();
    REQUIRE(started);

    std::int64_t kept = 0;
    for (auto& one : working) {
        CHECK(one.honest);
        CHECK(one.tablet.sync(address, 100, 1'000).up_to_date);
        const auto stands = *one.tablet.store.position();
        CHECK(stands.acked_through == stands.last_sequence);
        kept += one.tablet.kept;
    }
    CHECK(data.program.end() == 0);
    CHECK(rows_in(data.program, "operation") == kept);
    CHECK(rows_in(data.program, "(select distinct operation_id from operation)") == kept);
    CHECK(rows_in(data.program, "fact_visit") == kept);
    CHECK(rows_in(data.program, "forked_envelope") == 0);
    std::printf("%d kills of the endpoint under 20 tablets: %lld facts, none lost, none doubled\n", killed,
                static_cast<long long>(kept));
}
