// Processes of their own, each with an endpoint on one PostgreSQL, and one of them killed with -9 again and
// again.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "sync/endpoint/postgres_connection.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr int facts_at_once = 3;

// Three facts to a transaction; their ids go into `told` once it is committed, as an acknowledgement would.
// It ends by a signal only.
[[noreturn]] void take_facts_for_ever(const std::string& address, const std::string& told,
                                      std::uint64_t seed) {
    const int file = ::open(told.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    ManualClock clock{1'370'678'400'000, 60};
    SeededRandom random(seed);
    const Directory directory;
    for (auto sql = open_postgres(address); sql.ok();) {
        auto endpoint = Endpoint::open(**sql, directory, clock, random);
        while (endpoint.ok()) {
            std::vector<wire::OpenedOperation> facts;
            std::string ids;
            for (int i = 0; i < facts_at_once; ++i) {
                const auto fact = visit(random);
                facts.push_back(wire::open_operation(wire::encode(fact)));
                ids += fact.id.raw();
            }
            auto transaction = endpoint->store().begin();
            if (!transaction.ok() || !transaction->append_received(facts, Uuid{}).ok() ||
                !transaction->commit().ok())
                ::_exit(3);
            if (::write(file, ids.data(), ids.size()) != static_cast<ssize_t>(ids.size()))
                ::_exit(4);
        }
        ::_exit(5);
    }
    ::_exit(6);
}

class Process {
public:
    Process(std::string address, std::string told) : address_(std::move(address)), told_(std::move(told)) {}
    ~Process() { kill_now(); }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void start(std::uint64_t seed) {
        child_ = ::fork();
        if (child_ == 0)
            take_facts_for_ever(address_, told_, seed);
    }
    // Whether it still worked when it was killed.
    bool kill_now() {
        if (child_ <= 0)
            return false;
        ::kill(child_, SIGKILL);
        int status = 0;
        ::waitpid(std::exchange(child_, -1), &status, 0);
        return WIFSIGNALED(status);
    }

private:
    std::string address_;
    std::string told_;
    pid_t child_ = -1;
};

std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// The feed as a reader follows it while others write.
class Reader {
public:
    explicit Reader(Store& store) : store_(store) {}
    void go_on() {
        for (;;) {
            const auto page = store_.feed(last_, 50, Uuid{});
            if (!page.ok() || page->empty())
                return;
            for (const auto& one : *page) {
                holes_ += one.pull_sequence == last_ + 1 ? 0 : 1;
                last_ = one.pull_sequence;
                ids_.insert(one.id);
            }
        }
    }
    int holes() const { return holes_; }
    std::uint64_t last() const { return last_; }
    const std::set<Uuid>& ids() const { return ids_; }

private:
    Store& store_;
    std::uint64_t last_ = 0;
    int holes_ = 0;
    std::set<Uuid> ids_;
};

// Until so many more bytes were told; false when nobody tells any more.
bool wait_for_more(const std::string& told, std::size_t bytes, Reader& reader) {
    const auto before = bytes_of(told).size();
    for (int i = 0; i < 6'000; ++i) {
        reader.go_on();
        if (bytes_of(told).size() >= before + bytes)
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

// What a killed one had begun the server ends, one way or the other, once it sees that nobody is there.
void wait_until_alone(SqlConnection& sql) {
    std::int64_t others = 1;
    for (int i = 0; i < 3'000 && others > 0; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        static_cast<void>(
            sql.query("select count(*) from pg_stat_activity where datname = current_database() "
                      "and pid <> pg_backend_pid() and backend_type = 'client backend'",
                      {}, [&](const SqlRow& row) {
                          others = row.integer(0);
                          return false;
                      }));
    }
}

}  // namespace

TEST_CASE(
    "of several processes on one PostgreSQL one is killed again and again: no hole, no loss, nothing twice",
    "[postgresql][processes]") {
    if (!on_postgresql())
        return;
    constexpr int kills = 12;
    const auto address = the_server().new_database();
    const doorstep::TemporaryFolder folder;
    const auto told = folder.file("told");
    const auto sql = std::move(*open_postgres(address));
    ManualClock clock{1'370'678'400'000, 60};
    SeededRandom random(1);
    const Directory directory;
    auto endpoint = Endpoint::open(*sql, directory, clock, random);
    REQUIRE(endpoint.ok());
    Reader reader(endpoint->store());
    Process steady(address, told);
    Process killed(address, told);
    steady.start(1'000);
    for (std::uint64_t i = 0; i < kills; ++i) {
        killed.start(2'000 + i);
        REQUIRE(wait_for_more(told, 16 * facts_at_once * (5 + i % 4), reader));
        CHECK(killed.kill_now());
    }
    CHECK(steady.kill_now());
    wait_until_alone(*sql);
    Reader after(endpoint->store());
    after.go_on();
    reader.go_on();
    const auto ids = bytes_of(told);
    REQUIRE(ids.size() % (16 * facts_at_once) == 0);
    std::size_t lost = 0;
    for (std::size_t at = 0; at < ids.size(); at += 16)
        lost += after.ids().count(*Uuid::from_bytes(ids.substr(at, 16))) == 1 ? 0u : 1u;
    CHECK(lost == 0);
    CHECK(reader.holes() == 0);
    CHECK(after.holes() == 0);
    CHECK(reader.ids() == after.ids());
    CHECK(after.ids().size() == after.last());
    CHECK(after.last() == *endpoint->store().cursor_max());
    CHECK(after.last() % facts_at_once == 0);
    // Committed, and killed before it could be told: at most one for each kill.
    CHECK(after.last() - ids.size() / 16 <= std::uint64_t{kills + 1} * facts_at_once);
}
