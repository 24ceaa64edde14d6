// Two real endpoints over TLS on one PostgreSQL, and one of them killed with -9 under load.
#include <filesystem>

#include "sync/endpoint/postgres_connection.h"
#include "tests/support/postgres_server.h"
#include "tests/sync/listener/working.h"

using namespace doorstep;
using namespace doorstep::testing;
namespace fs = std::filesystem;

namespace {

// What whoever runs two endpoints copies from the first to the second (sync/README.md).
void copy_keys(const EndpointProgram& from, const EndpointProgram& to) {
    fs::create_directory(to.folder());
    fs::permissions(to.folder(), fs::perms::owner_all);
    for (const char* name :
         {"endpoint.keys", "endpoint.keys.stored", "authority.key", "authority.pem", "authority.spare"})
        fs::copy_file(from.folder() + "/" + name, to.folder() + "/" + name);
    fs::copy_file(from.folder() + ".device-secret", to.folder() + ".device-secret");
}

std::int64_t number_in(SqlConnection& sql, const std::string& question) {
    std::int64_t found = -1;
    REQUIRE(sql.query(question, {},
                      [&](const SqlRow& row) {
                          found = row.integer(0);
                          return false;
                      })
                .ok());
    return found;
}

}  // namespace

TEST_CASE("of two endpoints on one PostgreSQL one is killed again and again under load: no gap, no loss",
          "[.][postgresql][listener]") {
    const int kills = size_of_run("DOORSTEP_SHARED_KILLS", 6);
    const auto database = the_server().new_database();
    const TemporaryFolder temporary;
    const auto questionnaires = without_forms(temporary / "questionnaires");
    EndpointProgram one(temporary / "one", database, questionnaires);
    EndpointProgram two(temporary / "two", database, questionnaires);
    REQUIRE(one.prepare().status == 0);
    REQUIRE(one.serve());
    copy_keys(one, two);
    REQUIRE(two.serve());

    Depot depot(one, 8);
    depot.start({one.address(), two.address()});
    SeededRandom chance(5);
    bool started = true;
    for (int killed = 0; killed < kills && started; ++killed) {
        std::this_thread::sleep_for(std::chrono::milliseconds(200 + chance.below(400)));
        two.kill_now();
        // Meanwhile the first serves alone.
        std::this_thread::sleep_for(std::chrono::milliseconds(100 + chance.below(200)));
        started = two.serve();
    }
    depot.stop();
    REQUIRE(started);

    const std::int64_t kept = depot.all_sent_to(two.address());
    CHECK(depot.tablet(0).sync(one.address(), 100, 1'000).up_to_date);
    CHECK(depot.tablet(1).sync(two.address(), 100, 1'000).up_to_date);
    CHECK(*depot.tablet(0).store.dump_read_model(true) == *depot.tablet(1).store.dump_read_model(true));
    CHECK(one.end() == 0);
    CHECK(two.end() == 0);

    auto sql = open_postgres(database);
    REQUIRE(sql.ok());
    REQUIRE((*sql)->script("set doorstep.scope = 'centre'").ok());
    CHECK(number_in(**sql, "select count(*) from operation") == kept);
    CHECK(number_in(**sql, "select count(distinct operation_id) from operation") == kept);
    CHECK(number_in(**sql, "select count(*) from fact_visit") == kept);
    CHECK(number_in(**sql, "select count(*) from branch") == 0);
    CHECK(number_in(**sql, "select count(distinct pull_seq) from operation") == kept);
    CHECK(number_in(**sql, "select max(pull_seq) from operation") == kept);
    std::printf("two endpoints on one PostgreSQL, %d kills of one under 8 tablets: %lld facts in %d whole "
                "syncs, no gap, none lost, none doubled\n",
                kills, static_cast<long long>(kept), depot.syncs());
}
