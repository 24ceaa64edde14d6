#include "tests/support/postgres_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <vector>

#include "sync/endpoint/postgres_connection.h"
#include "sync/store/sqlite_connection.h"

namespace doorstep::testing {

namespace {

constexpr const char* programs = "/usr/lib/postgresql/15/bin/";
constexpr const char* plain_user = "doorstep_plain";
constexpr int skipped_status = 77;

// It refuses to run as root.
struct User {
    uid_t user = ::geteuid();
    gid_t group = ::getegid();
};

User whose() {
    User found;
    if (::geteuid() != 0)
        return found;
    if (const passwd* known = ::getpwnam("postgres"))
        return {known->pw_uid, known->pw_gid};
    return found;
}

pid_t spawned(const std::vector<std::string>& words, const User& user, const std::string& log) {
    std::vector<std::string> copy = words;
    std::vector<char*> arguments;
    for (auto& word : copy)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child != 0)
        return child;
    const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(file, 1);
    ::dup2(file, 2);
    ::close(0);
    if (::geteuid() == 0 &&
        (::setgroups(0, nullptr) != 0 || ::setgid(user.group) != 0 || ::setuid(user.user) != 0))
        ::_exit(126);
    // After the change of the user, which clears it.  SIGQUIT ends the server and its children at once.
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (::getppid() != parent)
        ::_exit(125);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

int ended(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

}  // namespace

PostgresServer::PostgresServer(Disk disk) : disk_(disk) {
    const auto user = whose();
    if (::geteuid() == 0 && user.user == 0) {
        why_not_ = "there is no user postgres";
        return;
    }
    if (::access((std::string(programs) + "postgres").c_str(), X_OK) != 0) {
        why_not_ = "postgresql-15 is not installed";
        return;
    }
    if (::chown(folder_.path().c_str(), user.user, user.group) != 0) {
        why_not_ = "its folder cannot be given to the user postgres";
        return;
    }
    const int status =
        ended(spawned({std::string(programs) + "initdb", "-D", folder_.file("data"), "-A", "trust", "-U",
                       "doorstep_super", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"},
                      user, folder_.file("log")));
    if (status != 0) {
        why_not_ = fmt::format("initdb ended with {}", status);
        return;
    }
    start();
    if (runs())
        static_cast<void>((*open_postgres(superuser_address("postgres")))
                              ->script(fmt::format("create role {} login", plain_user)));
}

void PostgresServer::start() {
    std::vector<std::string> command{std::string(programs) + "postgres",
                                     "-D",
                                     folder_.file("data"),
                                     "-c",
                                     "listen_addresses=",
                                     "-c",
                                     "unix_socket_directories=" + folder_.path(),
                                     "-c",
                                     "max_connections=60"};
    // One that lasts is as initdb makes it; many small ones at once are not to fill the machine.
    if (disk_ == Disk::careless)
        command.insert(command.end(),
                       {"-c", "fsync=off", "-c", "shared_buffers=32MB", "-c", "max_wal_size=256MB"});
    child_ = spawned(command, whose(), folder_.file("log"));
    for (int i = 0; i < 6'000; ++i) {
        if (answers())
            return;
        if (::waitpid(child_, nullptr, WNOHANG) == child_)
            break;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    child_ = -1;
    why_not_ = "it did not start; its words are in its log";
}

bool PostgresServer::answers() const {
    return open_postgres(superuser_address("postgres")).ok();
}

PostgresServer::~PostgresServer() {
    if (child_ <= 0)
        return;
    ::kill(child_, SIGQUIT);
    ended(child_);
}

void PostgresServer::kill_and_start() {
    ::kill(child_, SIGQUIT);
    ended(child_);
    start();
}

std::string PostgresServer::address(const std::string& database) const {
    return fmt::format("postgresql://{}@/{}?host={}", plain_user, database, folder_.path());
}

std::string PostgresServer::superuser_address(const std::string& database) const {
    return fmt::format("postgresql://doorstep_super@/{}?host={}", database, folder_.path());
}

std::string PostgresServer::new_database() {
    auto sql = open_postgres(superuser_address("postgres"));
    if (!sql.ok())
        throw std::runtime_error(sql.error().text());
    std::vector<std::string> left;
    static_cast<void>(
        (*sql)->query("select d.datname from pg_database d where d.datname like 'test_%' and not "
                      "exists (select 1 from pg_stat_activity a where a.datname = d.datname)",
                      {}, [&](const SqlRow& row) {
                          left.push_back(row.text(0));
                          return true;
                      }));
    for (const auto& name : left)
        static_cast<void>((*sql)->script("drop database " + name));
    const auto name = fmt::format("test_{}", ++made_);
    if (const auto made =
            (*sql)->script("create database " + name + " template template0 owner " + plain_user);
        !made.ok())
        throw std::runtime_error(made.error().text());
    return address(name);
}

bool on_postgresql() {
    const char* engine = std::getenv("DOORSTEP_ENGINE");
    return engine && std::string(engine) == "postgresql";
}

PostgresServer& the_server() {
    static PostgresServer server;
    if (!server.runs()) {
        std::fprintf(stderr, "SKIPPED: no PostgreSQL can be had here: %s.\n", server.why_not().c_str());
        std::fflush(stderr);
        std::_Exit(skipped_status);
    }
    return server;
}

std::unique_ptr<SqlConnection> empty_database() {
    auto opened = on_postgresql() ? open_postgres(the_server().new_database()) : open_sqlite(":memory:");
    if (!opened.ok())
        throw std::runtime_error(opened.error().text());
    return std::move(*opened);
}

}  // namespace doorstep::testing
