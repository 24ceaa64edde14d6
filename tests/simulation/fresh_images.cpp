#include "tests/simulation/fresh_images.h"

#include "sync/endpoint/endpoint.h"
#include "sync/endpoint/schema.h"
#include "sync/store/sealed_connection.h"
#include "sync/store/sqlite_connection.h"
#include "tests/simulation/cheap_libraries.h"
#include "tests/simulation/must.h"
#include "tests/simulation/seeded_secrets.h"
#include "tests/simulation/sim_disk.h"

namespace doorstep::simulation {

namespace {

faults::Files endpoint_image() {
    const SimDisk disk("fresh-endpoint");
    const ManualClock clock(0, 0);
    SeededRandom random(0);
    const Directory nobody;
    const auto sql = must(open_sqlite(store_name, disk.options()), "a fresh endpoint");
    must(Endpoint::open(*sql, nobody, clock, random, [] { return Result<PublicKey>(PublicKey{}); }),
         "a fresh endpoint");
    must(checkpoint(*sql), "a fresh endpoint");
    return disk.image();
}

faults::Files tables_image() {
    const SimDisk disk("fresh-tables");
    const ManualClock clock(0, 0);
    SeededRandom random(0);
    const auto sql = must(open_sqlite(store_name, disk.options()), "fresh tables");
    auto store = must(Store::open(*sql, StoreRole::endpoint, clock, random), "fresh tables");
    auto transaction = must(store.begin(), "fresh tables");
    must(bring_endpoint_up_to_date(transaction.sql()), "fresh tables");
    must(transaction.commit(), "fresh tables");
    must(checkpoint(*sql), "fresh tables");
    return disk.image();
}

faults::Files tablet_image() {
    const SimDisk disk("fresh-tablet");
    RowKeys keys;
    keys.add(1, SecretBytes(std::string(RowKeys::key_size, 'k')));
    const auto sql = must(doorstep::open_sealed(store_name, keys, disk.options()), "a fresh tablet");
    must(checkpoint(*sql), "a fresh tablet");
    return disk.image();
}

struct Images {
    faults::Files endpoint;
    faults::Files tablet;
    faults::Files tables;
};

Images& images() {
    static Images made = [] {
        // One thread: SQLite needs no locks, and nobody asks for its statistics.
        give_sqlite_memory();
        sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 1'200, 400);
        seed_secrets(0);
        return Images{endpoint_image(), tablet_image(), tables_image()};
    }();
    return made;
}

}  // namespace

void make_fresh_images() {
    static_cast<void>(images());
}

const faults::Files& fresh_endpoint() {
    return images().endpoint;
}

const faults::Files& fresh_tablet() {
    return images().tablet;
}

const faults::Files& fresh_tables() {
    return images().tables;
}

}  // namespace doorstep::simulation
