// A real PostgreSQL 15 of Debian's package, in a temporary folder, on a Unix socket only, as the user
// postgres where we are root.  It ends with the test program, however that ends.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "sync/store/sql_connection.h"
#include "tests/support/temporary_folder.h"

namespace doorstep::testing {

class PostgresServer {
public:
    enum class Disk { careless, durable };  // durable: with fsync, for tests that kill
    explicit PostgresServer(Disk disk = Disk::careless);
    ~PostgresServer();
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    bool runs() const { return child_ > 0; }
    const std::string& why_not() const { return why_not_; }
    std::string address(const std::string& database) const;  // as the plain user who owns the databases
    std::string superuser_address(const std::string& database) const;
    // Its address; empty, of a plain user, and nobody else's.  Those that nobody has open any more are
    // dropped.
    std::string new_database();
    // What the server itself would do at a power cut: every connection is lost.
    void kill_and_start();

private:
    void start();
    bool answers() const;

    TemporaryFolder folder_;
    Disk disk_;
    pid_t child_ = -1;
    std::string why_not_;
    int made_ = 0;
};

// Whether this run is for PostgreSQL: DOORSTEP_ENGINE=postgresql, else SQLite.
bool on_postgresql();
// The one server of this program.  Where none can be had the program ends, and says SKIPPED: ctest
// knows the status.
PostgresServer& the_server();
// An empty database of that engine for one test.
std::unique_ptr<SqlConnection> empty_database();

}  // namespace doorstep::testing
