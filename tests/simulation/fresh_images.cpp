#include "tests/simulation/fresh_images.h"

#include <utility>

#include "sync/endpoint/endpoint.h"
#include "sync/store/sealed_connection.h"
#include "sync/store/sqlite_connection.h"
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

faults::Files tablet_image() {
    const SimDisk disk("fresh-tablet");
    RowKeys keys;
    keys.add(1, SecretBytes(std::string(RowKeys::key_size, 'k')));
    const auto sql = must(doorstep::open_sealed(store_name, keys, disk.options()), "a fresh tablet");
    must(checkpoint(*sql), "a fresh tablet");
    return disk.image();
}

std::pair<faults::Files, faults::Files>& images() {
    static std::pair<faults::Files, faults::Files> made = [] {
        // One thread: SQLite needs no locks, and nobody asks for its statistics.
        sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 1'200, 400);
        seed_secrets(0);
        return std::pair(endpoint_image(), tablet_image());
    }();
    return made;
}

}  // namespace

void make_fresh_images() {
    static_cast<void>(images());
}

const faults::Files& fresh_endpoint() {
    return images().first;
}

const faults::Files& fresh_tablet() {
    return images().second;
}

}  // namespace doorstep::simulation
