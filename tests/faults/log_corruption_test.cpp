// A write-ahead log that is no longer what was written, or older than its second copy: what was
// finished is there afterwards, at places that nothing else has, and a loss is said.
// DOORSTEP_LOG_CORRUPTIONS=20000 for the night.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "sync/store/log_frames.h"
#include "sync/store/mend_store.h"
#include "tests/faults/nightly.h"
#include "tests/faults/small_day.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/random_operations.h"

using namespace doorstep;
using namespace doorstep::faults;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t everything = 100'000'000;
constexpr const char* parts[] = {"", "-wal", "-unsent"};

std::string bytes_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_to(const std::string& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

// The files of a tablet, as a kill leaves them.
struct Image {
    std::map<std::string, std::string> files;  // by what follows the name of the store

    static Image of(const std::string& file) {
        Image image;
        for (const char* part : parts)
            if (fs::exists(file + part))
                image.files[part] = bytes_of(file + part);
        return image;
    }
    void put(const std::string& file) const {
        for (const auto& entry : fs::directory_iterator(fs::path(file).parent_path()))
            fs::remove_all(entry.path());
        for (const auto& [part, bytes] : files)
            write_to(file + part, bytes);
    }
};

std::set<Uuid> ids_of(const Store& store) {
    std::set<Uuid> ids;
    const auto log = *store.log();
    for (const auto& one : log)
        ids.insert(one.id);
    return ids;
}

std::size_t draft_lines(Store& store) {
    std::size_t lines = 0;
    const Drafts drafts(store);
    const auto all = *drafts.all();
    for (const auto& one : all)
        lines += drafts.lines(one.questionnaire)->size();
    return lines;
}

// Facts in the file, three of them acknowledged; then more of them, and answers, in the log alone.
struct WorkedDay {
    explicit WorkedDay(const std::string& file_) : file(file_) {
        Tablet tablet(1);
        REQUIRE(tablet.open({}, file).ok());
        const auto enrolment = Uuid::random(tablet.random);
        REQUIRE(tablet.store->enrol({enrolment, "tab-01", "http://x", "t", ""}).ok());
        finish(tablet, 3);
        wire::PushReply reply;
        reply.acked_through = tablet.store->position()->last_sequence;
        reply.chain = *tablet.store->chain_at(reply.acked_through);
        REQUIRE(tablet.store->acknowledge(reply).ok());
        finish(tablet, 2);
        REQUIRE(checkpoint(*tablet.sql).ok());
        early = Image::of(file);
        draft = Uuid::random(tablet.random);
        REQUIRE(Drafts(*tablet.store).begin({draft, {}, {}, "", 0, 0}, "<form/>").ok());
        for (int i = 0; i < 6; ++i) {
            finish(tablet, i % 2 == 0 ? 1 : 2);
            REQUIRE(Drafts(*tablet.store).keep(draft, {fmt::format("answer {}", i)}).ok());
        }
        facts = ids_of(*tablet.store);
        last = tablet.store->position()->last_sequence;
        chain = *tablet.store->chain_at(last);
        whole = Image::of(file);
        REQUIRE(whole.files.at("-wal").size() > 40'000);
    }
    void finish(Tablet& tablet, std::size_t count) {
        auto some = operations.several(count);
        for (auto& one : some)
            one.sequence = one.hybrid_clock = 0;
        auto transaction = tablet.store->begin();
        REQUIRE((transaction.ok() && transaction->append(some).ok() && transaction->commit().ok()));
    }

    std::string file;
    doorstep::testing::RandomOperations operations{5};
    Image early, whole;
    std::set<Uuid> facts;
    Uuid draft;
    Sequence last = 0;
    Sha256 chain;
};

// Whatever is wrong with its files: everything is there, each fact once, under the chain that
// the endpoint may know, and what comes next has a place of its own.
void stands_whole(WorkedDay& day, Tablet& tablet) {
    CHECK(ids_of(*tablet.store) == day.facts);
    const auto stands = *tablet.store->position();
    CHECK(stands.last_sequence == day.last);
    CHECK(*tablet.store->chain_at(day.last) == day.chain);
    const auto unsent = *tablet.store->unsent(stands.acked_through, everything, everything);
    Sequence next = stands.acked_through + 1;
    for (const auto& one : unsent) {
        CHECK(one.first_sequence == next);
        next = one.last_sequence() + 1;
    }
    CHECK(next == day.last + 1);
    day.finish(tablet, 1);
    CHECK(tablet.store->position()->last_sequence == day.last + 1);
    std::set<Uuid> copied;
    for (const auto& one : tablet.copy->envelopes())
        copied.insert(one.id);
    const auto now = *tablet.store->unsent(stands.acked_through, everything, everything);
    for (const auto& one : now)
        CHECK(copied.contains(one.id));
}

struct Seen {
    int mended = 0;
    int set_back = 0;
    int lines_lost_unsaid = 0;
};

void open_or_mend(WorkedDay& day, Seen& seen, std::size_t lines_before) {
    Tablet tablet(2);
    const auto opened = tablet.open({}, day.file);
    const bool damaged = !opened.ok();
    if (damaged) {
        INFO(opened.error().text());
        REQUIRE(opened.error().fault == Fault::damaged);
        tablet.close();
        const auto mended = mend_store(day.file, tablet.keys, tablet.clock, tablet.random);
        INFO((mended.ok() ? "" : mended.error().text()));
        REQUIRE(mended.ok());
        REQUIRE(tablet.open({}, day.file).ok());
        ++seen.mended;
    }
    const bool said = damaged || tablet.put_back.was_set_back();
    seen.set_back += tablet.put_back.was_set_back() ? 1 : 0;
    seen.lines_lost_unsaid += !said && draft_lines(*tablet.store) < lines_before ? 1 : 0;
    stands_whole(day, tablet);
}

void corrupt(std::string& log, Random& random) {
    switch (random.below(4)) {
    case 0:
        for (auto flips = 1 + random.below(3); flips > 0; --flips) {
            auto& byte = log[random.below(log.size())];
            byte = static_cast<char>(byte ^ (1 << random.below(8)));
        }
        break;
    case 1: {
        const auto at = random.below(log.size() / 512) * 512;
        log.replace(at, 512, 512, '\0');
        break;
    }
    case 2:
        log.resize(random.below(log.size()));
        break;
    default: {
        const auto at = random.below(log.size() / 4096) * 4096;
        for (std::size_t i = at; i < at + 4096; ++i)
            log[i] = static_cast<char>(random.below(256));
    }
    }
}

}  // namespace

TEST_CASE("a log that went bad loses nothing that was finished: it is put back or mended, and never minted "
          "twice",
          "[faults][corruption][log]") {
    const TemporaryFolder folder;
    WorkedDay day(folder / "doorstep.sqlite");
    const auto wanted = how_many("DOORSTEP_LOG_CORRUPTIONS", 150);
    SeededRandom random(31);
    Seen seen;
    for (std::uint64_t i = 0; i < wanted; ++i) {
        INFO("corruption " << i);
        auto image = day.whole;
        corrupt(image.files.at("-wal"), random);
        image.put(day.file);
        open_or_mend(day, seen, 6);
    }
    fmt::print("{} logs: {} mended, {} set back and said, {} lost the last answers and nothing could tell\n",
               wanted, seen.mended, seen.set_back, seen.lines_lost_unsaid);
    CHECK(seen.mended > 0);
    CHECK(seen.set_back > 0);
    // Cut behind the last finish, as a power cut leaves it.
    CHECK(seen.lines_lost_unsaid < static_cast<int>(wanted) / 10);
}

TEST_CASE("one bit in the first frame of a log or in its header is told before SQLite drops the rest",
          "[faults][corruption][log]") {
    const TemporaryFolder folder;
    WorkedDay day(folder / "doorstep.sqlite");
    for (const std::size_t at :
         {std::size_t{10}, std::size_t{17}, std::size_t{26}, std::size_t{32 + 24 + 100}}) {
        INFO("byte " << at);
        auto image = day.whole;
        image.files.at("-wal")[at] = static_cast<char>(image.files.at("-wal")[at] ^ 1);
        image.put(day.file);
        Seen seen;
        open_or_mend(day, seen, 6);
        CHECK(seen.mended == 1);
        CHECK(seen.lines_lost_unsaid == 0);
    }
}

TEST_CASE("older records put beside a newer second copy: all of it comes back, and it is said",
          "[faults][corruption][log]") {
    const TemporaryFolder folder;
    WorkedDay day(folder / "doorstep.sqlite");
    auto image = day.early;
    image.files["-unsent"] = day.whole.files.at("-unsent");
    SECTION("the older file") {
        image.files.erase("-wal");
    }
    SECTION("the log is gone") {
        image.files[""] = day.whole.files.at("");
        image.files.erase("-wal");
    }
    image.put(day.file);
    Tablet tablet(2);
    REQUIRE(tablet.open({}, day.file).ok());
    CHECK(tablet.put_back.facts == 9);
    CHECK(tablet.put_back.text().find("9 facts that were not sent yet came back") != std::string::npos);
    CHECK(tablet.put_back.text().find("unfinished questionnaires") != std::string::npos);
    stands_whole(day, tablet);
    tablet.close();
    REQUIRE(tablet.open({}, day.file).ok());
    CHECK_FALSE(tablet.put_back.was_set_back());
}

TEST_CASE("places that were acknowledged are never given out again, whatever became of the records",
          "[faults][corruption][log]") {
    const TemporaryFolder folder;
    WorkedDay day(folder / "doorstep.sqlite");
    Tablet tablet(2);
    day.whole.put(day.file);
    REQUIRE(tablet.open({}, day.file).ok());
    wire::PushReply reply;
    reply.acked_through = day.last;
    reply.chain = day.chain;
    REQUIRE(tablet.store->acknowledge(reply).ok());
    CHECK(tablet.copy->envelopes().empty());
    tablet.close();
    auto image = day.early;
    image.files["-unsent"] = bytes_of(day.file + "-unsent");
    const bool gone = GENERATE(false, true);
    if (gone)
        image.files = {{"-unsent", image.files.at("-unsent")}};
    image.put(day.file);
    if (gone) {
        const auto mended = mend_store(day.file, tablet.keys, tablet.clock, tablet.random);
        REQUIRE(mended.ok());
        CHECK(mended->was_gone);
        CHECK(mended->text().find("The records were gone") != std::string::npos);
    }
    REQUIRE(tablet.open({}, day.file).ok());
    if (!gone)
        CHECK(tablet.put_back.sent_before == 9);
    day.finish(tablet, 1);
    const auto stands = *tablet.store->position();
    CHECK(stands.acked_through == day.last);
    CHECK(stands.last_sequence == day.last + 1);
    CHECK(*tablet.store->chain_at(day.last) == day.chain);
}

TEST_CASE("records that are gone are mended from the second copy alone", "[faults][mend][log]") {
    const TemporaryFolder folder;
    WorkedDay day(folder / "doorstep.sqlite");
    Image image;
    image.files["-unsent"] = day.whole.files.at("-unsent");
    if (GENERATE(false, true))
        image.files[""] = "";
    image.put(day.file);
    Tablet tablet(2);
    const auto mended = mend_store(day.file, tablet.keys, tablet.clock, tablet.random);
    INFO((mended.ok() ? "" : mended.error().text()));
    REQUIRE(mended.ok());
    CHECK(mended->unsent_saved == 11);
    CHECK(mended->unsent_lost == 0);
    REQUIRE(tablet.open({}, day.file).ok());
    const auto stands = *tablet.store->position();
    CHECK(stands.acked_through == 3);
    CHECK(stands.last_sequence == day.last);
    CHECK(*tablet.store->chain_at(day.last) == day.chain);
    CHECK(tablet.store->chain_at(3).ok());
    CHECK(tablet.store->log()->size() == 11);
}

TEST_CASE("a copy whose places were taken meanwhile gives its facts new ones", "[faults][copy][log]") {
    const TemporaryFolder folder;
    WorkedDay day(folder / "doorstep.sqlite");
    auto image = day.early;
    image.files.erase("-wal");
    image.put(day.file);
    Tablet tablet(2);
    REQUIRE(tablet.open({}, day.file).ok());
    day.finish(tablet, 2);
    const auto meanwhile = ids_of(*tablet.store);
    tablet.close();
    write_to(day.file + "-unsent", day.whole.files.at("-unsent"));
    REQUIRE(tablet.open({}, day.file).ok());
    auto all = day.facts;
    all.insert(meanwhile.begin(), meanwhile.end());
    CHECK(ids_of(*tablet.store) == all);
    CHECK(tablet.put_back.facts == 9);
    CHECK(tablet.store->position()->last_sequence == day.last + 2);
    std::set<Sequence> places;
    const auto log = *tablet.store->log();
    for (const auto& one : log)
        CHECK(places.insert(one.sequence).second);
    CHECK(tablet.store->quarantined()->empty());
}
