// Backups and restores with the real program, its files and a real tablet.
#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "sync/listener/backup_files.h"
#include "sync/listener/backups.h"
#include "sync/listener/high_water.h"
#include "sync/vault/custody_sheet.h"
#include "tests/support/postgres_server.h"
#include "tests/sync/listener/real_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;
namespace fs = std::filesystem;

namespace {

struct BackedUp {
    TemporaryFolder temporary;
    EndpointProgram program;
    std::string backups = temporary / "backups";

    // `database` empty: SQLite.
    explicit BackedUp(const std::string& database = {}) : program(temporary / "data", database) {
        fs::create_directory(backups);
        REQUIRE(program.prepare().status == 0);
    }
    std::string back_up(const std::vector<std::string>& more = {"--off-site"}) const {
        std::vector<std::string> words{"backup", "--to", backups};
        words.insert(words.end(), more.begin(), more.end());
        const auto done = program.run(words);
        INFO(done.err);
        REQUIRE(done.status == 0);
        return word_after(done.out, "backup");
    }
    Ended restore(const EndpointProgram& to, const std::string& backup) const {
        return to.run(
            {"restore", backup, "--sheet", program.sheet(), "--reason", "the disk died", "--no-erasures"});
    }
};

// To be up to date here is what every sync of these tests wants.
SyncOutcome synced(RealTablet& tablet, const EndpointProgram& program) {
    const auto outcome = tablet.sync(program.address());
    INFO(outcome.state.words);
    REQUIRE(outcome.up_to_date);
    return outcome;
}

KeyPair recovery_of(const EndpointProgram& program) {
    auto pair = from_custody_sheet(CustodyKey::recovery, file_text(program.sheet()));
    REQUIRE(pair.ok());
    return std::move(*pair);
}

void flip_byte(const std::string& file, std::uint64_t at) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(at));
    const auto byte = static_cast<char>(stream.get() ^ 1);
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put(byte);
}

std::vector<std::string> files_in(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

TEST_CASE(
    "yesterday's backup, a new folder, the keys lost with the machine: every tablet brings what came since",
    "[endpoint-program][backup]") {
    BackedUp place;
    REQUIRE(place.program.serve());
    RealTablet one(place.program, "tab-01");
    RealTablet two(place.program, "tab-02");
    one.keep_visits(3);
    synced(one, place.program);
    two.keep_visits(2);
    synced(two, place.program);
    const auto backup = place.back_up();
    CHECK(synced(one, place.program).state.not_backed_up == 0);
    one.keep_visits(2);
    CHECK(synced(one, place.program).state.not_backed_up == 2);
    synced(two, place.program);
    place.program.kill_now();
    // The machine is gone, with its keys and its device secret.
    const auto sheet = place.program.sheet();
    fs::remove_all(place.program.folder());
    fs::remove(place.program.folder() + ".device-secret");
    one.keep_visits(1);

    EndpointProgram restored(place.temporary / "restored");
    const auto done = place.restore(restored, backup);
    INFO(done.out + done.err);
    REQUIRE(done.status == 0);
    CHECK(has(done.out, "whole"));
    CHECK_FALSE(fs::exists(restored.folder() + ".restoring"));
    // A second one never goes over what is there.
    CHECK(place.restore(restored, backup).status == 1);
    REQUIRE(restored.serve_without_keys());
    synced(one, restored);
    synced(two, restored);
    synced(one, restored);
    CHECK(one.store.log()->size() == 8);
    CHECK(two.store.log()->size() == 8);
    CHECK(*one.store.provisional() == 0);
    CHECK(*two.store.provisional() == 0);
    CHECK(one.store.quarantined()->empty());
    const auto verified = restored.run({"verify"});
    INFO(verified.out + verified.err);
    CHECK(verified.status == 0);
    CHECK(has(verified.out, "8 facts"));
    const auto audit = restored.run({"audit"});
    CHECK(audit.status == 0);
    CHECK(has(audit.out, "restore"));
    CHECK(has(audit.out, "the disk died"));
    CHECK(has(audit.err, "whole"));
    // Its own backups go on.
    const auto again = restored.run({"backup", "--to", place.backups, "--off-site"});
    CHECK(again.status == 0);
    CHECK(files_in(place.backups).size() == 2);
}

TEST_CASE("what PostgreSQL holds is backed up while it serves, and goes on in another database or in a file",
          "[.][postgresql][backup]") {
    BackedUp place(the_server().new_database());
    REQUIRE(place.program.serve());
    RealTablet tablet(place.program, "tab-01");
    RealTablet other(place.program, "tab-02");
    tablet.keep_visits(3);
    synced(tablet, place.program);
    other.keep_visits(2);
    synced(other, place.program);
    const auto backup = place.back_up();
    CHECK(synced(tablet, place.program).state.not_backed_up == 0);
    const auto drilled = place.program.run({"drill"});
    INFO(drilled.err);
    CHECK(drilled.status == 0);
    CHECK(has(drilled.out, "5 facts"));
    tablet.keep_visits(2);
    synced(tablet, place.program);
    // Never over what is there.
    EndpointProgram same(place.temporary / "same", place.program.database());
    CHECK(place.restore(same, backup).status == 1);
    CHECK_FALSE(fs::exists(same.folder()));
    REQUIRE(place.program.end() == 0);

    const bool into_a_file = GENERATE(false, true);
    EndpointProgram restored(place.temporary / "restored",
                             into_a_file ? std::string{} : the_server().new_database());
    const auto done = place.restore(restored, backup);
    INFO(done.out + done.err);
    REQUIRE(done.status == 0);
    REQUIRE(restored.serve_without_keys());
    synced(tablet, restored);
    synced(other, restored);
    synced(tablet, restored);
    CHECK(tablet.store.log()->size() == 7);
    CHECK(other.store.log()->size() == 7);
    CHECK(*tablet.store.provisional() == 0);
    const auto verified = restored.run({"verify"});
    INFO(verified.out + verified.err);
    CHECK(verified.status == 0);
    CHECK(has(verified.out, "7 facts"));
    const auto audit = restored.run({"audit"});
    CHECK(has(audit.out, "the disk died"));
    CHECK(has(audit.err, "whole"));
}

TEST_CASE("a backup holds nothing that can be read without the sheet, and any damage to it is told",
          "[endpoint-program][backup]") {
    BackedUp place;
    REQUIRE(place.program.run({"enrol", "tab-canary"}).status == 0);
    const auto backup = place.back_up();
    CHECK_FALSE(has(file_text(backup), "tab-canary"));
    CHECK_FALSE(has(file_text(backup), "create table"));
    CHECK(place.program.run({"verify", backup}).status == 0);
    const auto whole = place.program.run({"verify", backup, "--sheet", place.program.sheet()});
    INFO(whole.err);
    CHECK(whole.status == 0);
    CHECK(has(whole.out, "1 tablet"));
    const auto recovery = recovery_of(place.program);
    CHECK(read_backup_file(backup, recovery, nullptr).ok());
    CHECK(read_backup_file(backup, KeyPair::make(), nullptr).error().fault == Fault::refused);
    const auto size = fs::file_size(backup);
    const auto copy = backup + ".copy";
    for (std::uint64_t i = 0; i < 40; ++i) {
        fs::copy_file(backup, copy, fs::copy_options::overwrite_existing);
        if (i % 4 == 3)
            fs::resize_file(copy, size * i / 40);
        else
            flip_byte(copy, (size - 1) * i / 39);
        INFO("damage " << i);
        CHECK_FALSE(check_backup_file(copy).ok());
        CHECK_FALSE(read_backup_file(copy, recovery, nullptr).ok());
    }
    const EndpointProgram nowhere(place.temporary / "nowhere");
    CHECK(place.restore(nowhere, copy).status == 1);
    CHECK_FALSE(fs::exists(nowhere.folder()));
    CHECK_FALSE(fs::exists(nowhere.folder() + ".restoring"));
}

TEST_CASE("a backup that is cut off at any byte leaves the one before whole, and no half of its own",
          "[endpoint-program][backup]") {
    BackedUp place;
    const auto first = place.back_up();
    REQUIRE(place.program.run({"enrol", "tab-01"}).status == 0);
    const auto before = files_in(place.backups);
    const auto key = recovery_of(place.program).public_key;
    const auto size = fs::file_size(first);
    const bool killed = GENERATE(true, false);
    for (std::uint64_t i = 0; i < 24; ++i) {
        const auto limit = size * i / 24;
        const pid_t child = ::fork();
        if (child == 0) {
            // Beyond the limit the system kills it, or says that the disk is full.
            ::signal(SIGXFSZ, killed ? SIG_DFL : SIG_IGN);
            auto sql = open_sqlite(place.program.folder() + "/doorstep.sqlite", {{}, nullptr, true});
            const ManualClock clock(std::int64_t{1'900'000'000'000} + static_cast<std::int64_t>(i) * 1000, 0);
            const auto head = sql.ok() ? head_of(**sql, clock) : Result<BackupHead>(sql.error());
            const rlimit most{limit, limit};
            ::setrlimit(RLIMIT_FSIZE, &most);
            const auto written = head.ok() ? write_backup_file(**sql, *head, key, place.backups)
                                           : Result<WrittenBackup>(head.error());
            ::_exit(!head.ok() ? 3 : written.ok() ? 0 : written.error().fault == Fault::disk_full ? 1 : 2);
        }
        const int status = wait_for(child);
        INFO("limit " << limit << " of " << size);
        CHECK(status == (killed ? 128 + SIGXFSZ : 1));
        CHECK(check_backup_file(first).ok());
        auto after = files_in(place.backups);
        after.erase(std::remove_if(after.begin(), after.end(),
                                   [](const std::string& name) { return name.ends_with(".new"); }),
                    after.end());
        CHECK(after == before);
        CHECK(backups_in(place.backups).size() == 1);
    }
    // Its name says the second in which it was made: on a fast disk that is still the first one's.
    std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
    CHECK(check_backup_file(place.back_up()).ok());
}

TEST_CASE("no backup takes the name of another", "[endpoint-program][backup]") {
    BackedUp place;
    const auto first = place.back_up();
    const auto bytes = file_text(first);
    const auto key = recovery_of(place.program).public_key;
    auto sql = open_sqlite(place.program.folder() + "/doorstep.sqlite", {{}, nullptr, true});
    REQUIRE(sql.ok());
    const auto head = read_backup_file(first, recovery_of(place.program), nullptr)->head;
    CHECK(write_backup_file(**sql, head, key, place.backups).error().fault == Fault::conflict);
    CHECK(file_text(first) == bytes);
    CHECK(files_in(place.backups).size() == 1);
}

TEST_CASE("what was sent counts as backed up once a copy is off site, and not before",
          "[endpoint-program][backup]") {
    BackedUp place;
    REQUIRE(place.program.serve());
    RealTablet tablet(place.program, "tab-01");
    tablet.keep_visits(2);
    CHECK(synced(tablet, place.program).state.not_backed_up == 2);
    // The folder lies on the same disk.
    const auto backup = place.back_up({});
    CHECK(synced(tablet, place.program).state.not_backed_up == 2);
    CHECK(place.program.run({"backup", "--off-site-done", "another.backup"}).status == 2);
    CHECK(place.program.run({"backup", "--off-site-done", backup}).status == 0);
    CHECK(synced(tablet, place.program).state.not_backed_up == 0);
    CHECK(tablet.store.position()->durable_through == 2);
}

TEST_CASE("a backup into a folder that is not there is refused, and makes none",
          "[endpoint-program][backup]") {
    const BackedUp place;
    const auto unmounted = place.temporary / "unmounted";
    const auto refused = place.program.run({"backup", "--to", unmounted, "--off-site"});
    CHECK(refused.status == 2);
    CHECK(has(refused.err, "There is no folder " + unmounted));
    CHECK_FALSE(fs::exists(unmounted));
}

TEST_CASE("files that a restore needs and that are not there are told by their names",
          "[endpoint-program][backup]") {
    BackedUp place;
    const auto backup = place.back_up();
    const EndpointProgram restored(place.temporary / "restored");
    const auto none = place.temporary / "none";
    const auto refused = [&](std::vector<std::string> more, const std::string& says) {
        more.insert(more.begin(), {"restore", backup});
        const auto ended = restored.run(more);
        INFO(ended.err);
        CHECK(ended.status != 0);
        CHECK(has(ended.err, says));
        CHECK_FALSE(fs::exists(restored.folder()));
    };
    const auto sheet = place.program.sheet();
    const auto folder = place.temporary.path();
    refused({"--sheet", none, "--no-erasures"}, none + " does not exist");
    refused({"--sheet", folder, "--no-erasures"}, folder + " is a folder");
    refused({"--sheet", sheet, "--erasures", none}, "no erasure list at " + none);
    refused({"--sheet", sheet, "--erasures", folder}, folder + " is a folder");
    refused({"--sheet", sheet, "--no-erasures", "--send-journal", none}, none + " does not exist");
    refused({"--sheet", sheet, "--no-erasures", "--send-journal", folder}, folder + " is no file");
}

TEST_CASE("a serve makes backups by itself and tries their restore", "[endpoint-program][backup]") {
    BackedUp place;
    REQUIRE(place.program.serve({"--backup-to", place.backups, "--backup-off-site"}));
    for (int i = 0; i < 3'000 && backups_in(place.backups).empty(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    REQUIRE(backups_in(place.backups).size() == 1);
    CHECK(check_backup_file(backups_in(place.backups).front().file).ok());
    const auto drilled = place.program.run({"drill"});
    INFO(drilled.err);
    CHECK(drilled.status == 0);
    CHECK(has(drilled.out, "A restore would give"));
    CHECK(has(drilled.out, "whole"));
    CHECK_FALSE(fs::exists(place.program.folder() + "/drill-command"));
    CHECK_FALSE(fs::exists(place.program.folder() + "/drill-backup"));
    CHECK(place.program.end() == 0);
}

TEST_CASE("pictures that became whole since the last backup start another one, and nothing new starts none",
          "[endpoint-program][backup]") {
    BackedUp place;
    auto data = DataFolder::open(place.program.folder(), DOORSTEP_QUESTIONNAIRES_HERE);
    REQUIRE(data.ok());
    REQUIRE(data->confirm_keys().ok());
    // A fact named it, and the backup that has the fact is made before it is whole.
    auto& sql = data->endpoint().store().sql();
    const std::string hash(32, 'p');
    REQUIRE(
        sql.run("insert into media(partnership, sha256, length, pieces, done_ms) values(1, :hash, 1, 1, 0)",
                {{"hash", Blob{hash}}})
            .ok());
    BackupRounds rounds(*data, {place.backups, 0});
    const auto looked_until = [&](std::size_t backups, int tries) {
        for (int i = 0; i < tries && backups_in(place.backups).size() < backups; ++i) {
            rounds.look();
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        rounds.look();
        return backups_in(place.backups).size();
    };
    REQUIRE(looked_until(1, 3'000) == 1);
    CHECK(looked_until(2, 50) == 1);
    REQUIRE(sql.run("update media set done_ms = 1 where partnership = 1", {}).ok());
    CHECK(looked_until(2, 3'000) == 2);
    CHECK(looked_until(3, 50) == 2);
}

TEST_CASE("a backup whose disk was taken away is not made on the endpoint's own",
          "[endpoint-program][backup]") {
    BackedUp place;
    // The folder of a disk that is there, and later the empty mount point that is left of it.
    const TemporaryFolder elsewhere("/dev/shm");
    const auto left = place.temporary / "mount-point";
    fs::create_directories(left);
    if (!is_off_site(elsewhere.path(), left))
        return;  // this machine has one file system only
    const auto folder = place.temporary / "disk";
    fs::create_directory_symlink(elsewhere.path(), folder);
    auto data = DataFolder::open(place.program.folder(), DOORSTEP_QUESTIONNAIRES_HERE);
    REQUIRE(data.ok());
    REQUIRE(data->confirm_keys().ok());
    BackupRounds rounds(*data, {folder, 0});
    const auto looked_until = [&](std::size_t backups, int tries) {
        for (int i = 0; i < tries && backups_in(folder).size() < backups; ++i) {
            rounds.look();
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        rounds.look();
        return backups_in(folder).size();
    };
    REQUIRE(looked_until(1, 3'000) == 1);
    fs::remove(folder);
    fs::create_directory_symlink(left, folder);
    REQUIRE(
        data->endpoint().note({"operator", "tablets", {}, {}}).ok());  // there is something new to back up
    CHECK(looked_until(1, 100) == 0);
    fs::remove(folder);
    CHECK(looked_until(1, 20) == 0);
    CHECK(fs::is_empty(left));
}

TEST_CASE("a database that was set back is not served without a new epoch", "[endpoint-program][backup]") {
    BackedUp place;
    const auto mark = place.temporary / "high-water";
    const auto store = place.program.folder() + "/doorstep.sqlite";
    REQUIRE(place.program.serve({"--high-water", mark}));
    RealTablet tablet(place.program, "tab-01");
    tablet.keep_visits(1);
    synced(tablet, place.program);
    REQUIRE(place.program.end() == 0);
    REQUIRE_FALSE(fs::exists(store + "-wal"));
    fs::copy_file(store, store + ".older");
    REQUIRE(place.program.serve({"--high-water", mark}));
    tablet.keep_visits(2);
    synced(tablet, place.program);
    REQUIRE(place.program.end() == 0);
    CHECK(has(file_text(mark), " 3\n"));

    fs::rename(store + ".older", store);
    CHECK_FALSE(place.program.serve({"--high-water", mark}));
    CHECK(has(place.program.messages(), "set back"));
    CHECK(has(place.program.messages(), "epoch new"));
    CHECK(place.program.run({"epoch", "new"}).status == 2);  // why must be said
    REQUIRE(place.program.run({"epoch", "new", "--reason", "the image of Monday"}).status == 0);
    REQUIRE(place.program.serve({"--high-water", mark}));
    synced(tablet, place.program);
    CHECK(has(place.program.run({"verify"}).out, "3 facts"));
    REQUIRE(place.program.end() == 0);
    CHECK(has(file_text(mark), " 3\n"));
}

TEST_CASE("the audit names who asked, and heads of tablets are held against it",
          "[endpoint-program][audit]") {
    BackedUp place;
    REQUIRE(place.program.serve());
    RealTablet tablet(place.program, "tab-01");
    synced(tablet, place.program);
    const auto heads = tablet.store.audit_heads();
    REQUIRE(heads.ok());
    REQUIRE(heads->size() == 1);
    const auto file = place.temporary / "heads";
    std::ofstream(file) << heads->front().line() << "\n";
    const auto listed = place.program.run({"audit", "--check-heads", file});
    INFO(listed.err);
    CHECK(listed.status == 0);
    CHECK(has(listed.err, "1 of 1 head of tablets agree"));
    CHECK(has(listed.out, "enrol"));
    CHECK(has(listed.out, "tablet tab-01"));
    const auto* user = std::getenv("USER");
    CHECK(has(listed.out, ::getuid() == 0 ? "operator root" : user != nullptr ? user : "operator"));
    auto other = heads->front();
    other.number = 99;
    std::ofstream(file) << other.line() << "\n";
    CHECK(place.program.run({"audit", "--check-heads", file}).status == 1);
    std::ofstream(file) << "no head\n";
    CHECK(place.program.run({"audit", "--check-heads", file}).status == 2);
}

TEST_CASE("backups stay 35 days: all of two days, then the last of each day, and never fewer than thirty",
          "[backup]") {
    constexpr std::int64_t hour = 3'600'000;
    constexpr std::int64_t now = 20'000 * 24 * hour;
    std::vector<NamedBackup> all;
    for (std::int64_t age = 60 * 24; age > 0; --age)
        all.push_back({std::to_string(age), now - age * hour, 0});
    const auto gone = superfluous_backups(all, now);
    const auto is_gone = [&](std::int64_t age) {
        return std::find(gone.begin(), gone.end(), std::to_string(age)) != gone.end();
    };
    for (std::int64_t age = 60 * 24; age > 0; --age) {
        INFO(age << " hours old");
        const bool last_of_day = age % 24 == 1;
        CHECK(is_gone(age) == (age > 35 * 24 || (age > 48 && !last_of_day)));
    }
    // A clock that is a year ahead takes none of the newest.
    CHECK(superfluous_backups(all, now + std::int64_t{365} * 24 * hour).size() == all.size() - 30);
    CHECK(superfluous_backups({}, now).empty());
    CHECK(superfluous_backups({{"x", 0, 0}}, now).empty());
}
