// Pages that are no longer what was written, and what can be taken out of such a file.
// DOORSTEP_CORRUPTIONS=20000 for the night.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "sync/store/attachments.h"
#include "sync/store/salvage.h"
#include "sync/store/second_copy.h"
#include "sync/wire/codec.h"
#include "tests/faults/nightly.h"
#include "tests/faults/small_day.h"
#include "tests/support/faulty_disk.h"
#include "tests/sync/random_operations.h"

using namespace doorstep;
using namespace doorstep::faults;

namespace {

constexpr std::size_t page_size = 4096;
constexpr std::size_t everything = 100'000'000;

struct Whole {
    Files files;
    Sha256 last_chain;
    std::map<std::string, std::string> facts;                // id to bytes
    std::set<std::string> unsent;                            // ids of envelopes
    std::map<std::string, std::string> pictures;             // id to content
    std::map<std::string, std::vector<std::uint32_t>> rows;  // on which pages each lies
};

std::string text_of(const StoredRow& row) {
    std::string text = std::to_string(row.rowid);
    // The enrolment and the chain of an envelope stand in clear and are worked out again.
    const bool envelope = row.values.size() >= 8;
    for (std::size_t i = 0; i < row.values.size(); ++i)
        if (envelope && (i == 0 || i == 7))
            continue;
        else if (const auto* blob = std::get_if<Blob>(&row.values[i]))
            text += "|" + blob->bytes;
        else if (const auto* number = std::get_if<std::int64_t>(&row.values[i]))
            text += "|" + std::to_string(*number);
    return text;
}

// The id in a row of an attachment, or in one of its pieces; else nothing.
std::string attachment_of(const StoredRow& row) {
    const auto* id = std::get_if<Blob>(&row.values[0]);
    return id && (row.values.size() == 3 || row.values.size() == 5) ? id->bytes : std::string{};
}

// What salvage.cpp leaves behind of what is here: where push and pull stand (ten columns) and, by day, how
// far was sent (two numbers, the day being the row's own).  Both stand in clear without a hash.
bool is_left_behind(const StoredRow& row) {
    const bool sent_mark = row.values.size() == 2 && std::holds_alternative<Null>(row.values[0]) &&
                           std::holds_alternative<std::int64_t>(row.values[1]);
    return row.values.size() == 10 || sent_mark;
}

// Every row of a sealed file, but not where SQLite may give it another number.  A picture
// is intact when all of it is.
std::map<std::string, std::vector<std::uint32_t>> rows_of(const SqlitePages& pages) {
    std::map<std::string, std::vector<std::uint32_t>> rows;
    std::map<std::string, std::vector<std::uint32_t>> of_pictures;
    std::map<std::string, std::string> parts;
    for (std::uint32_t page = 2; page <= pages.count(); ++page)
        if (const auto leaf = pages.leaf(page))
            for (auto row : leaf->rows) {
                if (is_left_behind(row))
                    continue;
                if (!std::holds_alternative<Null>(row.values[0]))
                    row.rowid = 0;
                if (const auto picture = attachment_of(row); !picture.empty()) {
                    auto& all = of_pictures[picture];
                    all.insert(all.end(), row.pages.begin(), row.pages.end());
                    parts[text_of(row)] = picture;
                }
                rows.emplace(text_of(row), row.pages);
            }
    for (const auto& [part, picture] : parts)
        rows[part] = of_pictures[picture];
    return rows;
}

// A signature and a photo of three pieces, with what they hold.
std::map<std::string, std::string> pictures(Tablet& tablet) {
    const auto draft = Uuid::random(tablet.random);
    REQUIRE(Drafts(*tablet.store).begin({draft, {}, {}, "", 0, 0}, "<form/>").ok());
    std::map<std::string, std::string> kept;
    for (const std::size_t size : {std::size_t{3'000}, std::size_t{140'000}}) {
        std::string content(size, '\0');
        for (auto& byte : content)
            byte = static_cast<char>(tablet.random.below(256));
        const auto id = Uuid::random(tablet.random);
        REQUIRE(Attachments(*tablet.store).add(id, draft, AttachmentKind::photo, content).ok());
        kept.emplace(id.text(), content);
    }
    return kept;
}

// A tablet with sixty facts, of which the later half was not sent yet.
Whole whole_tablet() {
    FaultyDisk disk("whole");
    Whole whole;
    {
        Tablet tablet(1);
        REQUIRE(tablet.open({disk.name()}).ok());
        REQUIRE(tablet.store->enrol({Uuid::random(tablet.random), "tab-01", "http://x", "t", ""}).ok());
        doorstep::testing::RandomOperations operations(5);
        for (int i = 0; i < 20; ++i) {
            auto facts = operations.several(3);
            for (auto& one : facts)
                one.sequence = one.hybrid_clock = 0;
            auto transaction = tablet.store->begin();
            REQUIRE((transaction.ok() && transaction->append(facts).ok() && transaction->commit().ok()));
            if (i != 9)
                continue;
            wire::PushReply reply;
            reply.acked_through = tablet.store->position()->last_sequence;
            reply.chain = *tablet.store->chain_at(reply.acked_through);
            REQUIRE(tablet.store->acknowledge(reply).ok());
        }
        whole.pictures = pictures(tablet);
        REQUIRE(tablet.store->carry_rescued("a frame of another tablet").ok());
        REQUIRE(checkpoint(*tablet.sql).ok());
        const auto log = *tablet.store->log();
        for (const auto& one : log)
            whole.facts[one.id.text()] = wire::encode(one);
        const auto stands = *tablet.store->position();
        whole.last_chain = *tablet.store->chain_at(stands.last_sequence);
        const auto unsent = *tablet.store->unsent(stands.acked_through, everything, everything);
        for (const auto& one : unsent)
            whole.unsent.insert(one.id.text());
        REQUIRE(whole.unsent.size() == 10);
    }
    whole.files = disk.now();
    whole.rows = rows_of(SqlitePages(whole.files.at(day_file), {}));
    return whole;
}

// One to sixteen pages: flipped bits, zeros, rubbish, two pages in each other's place.
std::set<std::uint32_t> corrupt(std::string& bytes, Random& random) {
    std::set<std::uint32_t> hit;
    const auto pages = bytes.size() / page_size;
    for (auto left = 1 + random.below(16); left > 0; --left) {
        const auto page = random.below(pages);
        const auto at = page * page_size;
        hit.insert(static_cast<std::uint32_t>(page + 1));
        switch (random.below(4)) {
        case 0:
            for (auto flips = 1 + random.below(8); flips > 0; --flips) {
                const auto byte = at + random.below(page_size);
                bytes[byte] = static_cast<char>(bytes[byte] ^ (1 << random.below(8)));
            }
            break;
        case 1:
            bytes.replace(at, page_size, page_size, '\0');
            break;
        case 2:
            for (std::size_t i = 0; i < page_size; ++i)
                bytes[at + i] = static_cast<char>(random.below(256));
            break;
        default: {
            const auto other = random.below(pages);
            hit.insert(static_cast<std::uint32_t>(other + 1));
            std::swap_ranges(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                             bytes.begin() + static_cast<std::ptrdiff_t>(at + page_size),
                             bytes.begin() + static_cast<std::ptrdiff_t>(other * page_size));
        }
        }
    }
    return hit;
}

// No crash, and nothing but what was written.
void open_as_it_is(const Files& files, const Whole& whole) {
    FaultyDisk disk("damaged", files);
    Tablet tablet(2);
    if (const auto opened = tablet.open({disk.name()}); !opened.ok()) {
        CHECK_FALSE(opened.error().text().empty());
        return;
    }
    if (const auto log = tablet.store->log(); log.ok())
        for (const auto& one : *log) {
            const auto known = whole.facts.find(one.id.text());
            REQUIRE(known != whole.facts.end());
            CHECK(known->second == wire::encode(one));
        }
}

struct Tally {
    std::int64_t intact = 0;  // rows none of whose pages was hit
    std::int64_t saved = 0;   // of those

    void add(const Whole& whole, const std::set<std::uint32_t>& hit, const SqlitePages& fresh) {
        const auto there = rows_of(fresh);
        for (const auto& [row, pages] : whole.rows) {
            if (std::any_of(pages.begin(), pages.end(), [&](auto page) { return hit.contains(page); }))
                continue;
            ++intact;
            saved += there.contains(row) ? 1 : 0;
        }
        for (const auto& [row, pages] : there)
            CHECK(whole.rows.contains(row));
    }
};

// All the way to a store that works: everything unsent is in it, and nothing that was not.
void put_together(FaultyDisk& disk, Tablet& tablet, const Whole& whole) {
    auto copy = SecondCopy::open(day_file, {disk.name()});
    REQUIRE(copy.ok());
    {
        auto fresh = open_in_memory_beside(day_file, {disk.name()});
        REQUIRE(fresh.ok());
        REQUIRE(copy->put_back(**fresh, tablet.keys).ok());
    }
    {
        auto opened = open_sealed(day_file, tablet.keys, {disk.name()});
        INFO((opened.ok() ? "" : opened.error().text()));
        REQUIRE(opened.ok());
        const auto mended = mend_positions(**opened);
        INFO((mended.ok() ? "" : mended.error().text()));
        REQUIRE(mended.ok());
    }
    const auto opened = tablet.open({disk.name()});
    INFO((opened.ok() ? "" : opened.error().text()));
    REQUIRE(opened.ok());
    const auto together = tablet.store->put_together();
    INFO((together.ok() ? "" : together.error().text()));
    REQUIRE(together.ok());
    REQUIRE(tablet.store->rebuild().ok());
    // Everything unsent is there, and what is there is what was written.
    std::set<std::string> unsent;
    std::set<std::string> facts_unsent;
    const auto envelopes = *tablet.store->unsent(0, everything, everything);
    for (const auto& one : envelopes)
        if (whole.unsent.contains(one.id.text())) {
            unsent.insert(one.id.text());
            const auto opened_envelope = wire::open_envelope(one);
            REQUIRE(opened_envelope.ok());
            for (const auto& fact : *opened_envelope)
                facts_unsent.insert(fact.operation->id.text());
        }
    CHECK(unsent == whole.unsent);
    std::size_t there = 0;
    const auto facts = *tablet.store->log();
    for (const auto& one : facts) {
        const auto known = whole.facts.find(one.id.text());
        REQUIRE(known != whole.facts.end());
        CHECK(known->second == wire::encode(one));
        there += facts_unsent.count(one.id.text());
    }
    CHECK(there == facts_unsent.size());
    const Attachments attachments(*tablet.store);
    const auto saved = *attachments.all();
    for (const auto& one : saved)
        CHECK(attachments.read(one.id)->view() == whole.pictures.at(one.id.text()));
    if (const auto frame = tablet.store->next_rescued(); frame.ok() && !frame->empty())
        CHECK(*frame == "a frame of another tablet");
    const auto stands = *tablet.store->position();
    CHECK(stands.last_sequence == 60);
    CHECK(*tablet.store->chain_at(60) == whole.last_chain);
}

void take_out(const Files& files, const Whole& whole, const std::set<std::uint32_t>& hit, bool all_the_way,
              Tally& tally) {
    const auto copy = std::string(day_file) + "-unsent";
    FaultyDisk disk("fresh", {{copy, files.at(copy)}});
    Tablet tablet(3);
    const auto salvaged =
        salvage_sealed(SqlitePages(files.at(day_file), {}), day_file, tablet.keys, {disk.name()});
    REQUIRE(salvaged.ok());
    CHECK(salvaged->text().find("rows were saved") != std::string::npos);
    tally.add(whole, hit, SqlitePages(disk.now().at(day_file), {}));
    if (all_the_way)
        put_together(disk, tablet, whole);
}

}  // namespace

TEST_CASE("a sound file is salvaged whole", "[faults][corruption]") {
    const auto whole = whole_tablet();
    Tally tally;
    take_out(whole.files, whole, {}, true, tally);
    CHECK(tally.saved == tally.intact);
    CHECK(tally.saved > 100);
}

TEST_CASE("corrupt pages cost the rows on them: no crash, never wrong data, what is intact is salvaged and "
          "what was not sent comes from its second copy",
          "[faults][corruption]") {
    const auto whole = whole_tablet();
    const auto wanted = how_many("DOORSTEP_CORRUPTIONS", 1'000);
    SeededRandom random(21);
    Tally tally;
    for (std::uint64_t i = 0; i < wanted; ++i) {
        INFO("corruption " << i);
        auto files = whole.files;
        const auto hit = corrupt(files.at(day_file), random);
        open_as_it_is(files, whole);
        take_out(files, whole, hit, i % 8 == 0, tally);
    }
    const auto share = static_cast<double>(tally.saved) / static_cast<double>(tally.intact);
    fmt::print("{} corruptions: {} of {} rows on intact pages salvaged ({:.3f} %)\n", wanted, tally.saved,
               tally.intact, 100 * share);
    CHECK(share >= 0.99);
}

TEST_CASE("rows in a write-ahead log that was never copied are salvaged too", "[faults][corruption]") {
    FaultyDisk disk("logged");
    Files files;
    Tablet tablet(1);
    REQUIRE(tablet.open({disk.name()}).ok());
    for (const auto& step : small_day(3, 20))
        if (step.name != "checkpoint")
            REQUIRE(step.work(tablet).ok());
    files = disk.now();
    REQUIRE(files.at(std::string(day_file) + "-wal").size() > page_size);
    const auto facts = tablet.store->log()->size();
    const SqlitePages pages(files.at(day_file), files.at(std::string(day_file) + "-wal"));
    FaultyDisk fresh("fresh");
    REQUIRE(salvage_sealed(pages, day_file, tablet.keys, {fresh.name()}).ok());
    Tablet again(2);
    REQUIRE(again.open({fresh.name()}).ok());
    CHECK(again.store->log()->size() == facts);
    CHECK(again.state() == tablet.state());
}
