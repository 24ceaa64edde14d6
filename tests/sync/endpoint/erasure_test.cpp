// A home is forgotten, and no past period changes.
#include "tests/sync/endpoint/subjects.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

const Day day = Day::of(2013, 6, 8);
constexpr std::int64_t day_ms = 86'400'000;

struct WorkedCentre : CentreOnDisk {
    Uuid visit;
    std::vector<CanaryHome> homes;
    std::unique_ptr<HandOnDisk> tablet;

    WorkedCentre() {
        directory.column_sets.push_back({"all", "All", {}, "safer_streets_doorstep", {{"Fire", "fire"}}});
        open();
        tablet = std::make_unique<HandOnDisk>(*this);
        visit = Uuid::random(random);
    }
    CanaryHome& work(const std::string& mark = canary) {
        homes.emplace_back(random, visit, Day::at(clock.now_ms(), 60), clock.now_ms(), mark);
        acknowledged(tablet->push(homes.back().facts));
        return homes.back();
    }
    std::string all_bytes() {
        REQUIRE(checkpoint(*sql).ok());
        return bytes_of_folder(folder.path());
    }
    // Whatever opens with the keys that are here.
    std::string all_readable() {
        std::string text;
        const auto log = endpoint->store().log();
        REQUIRE(log.ok());
        for (const auto& operation : *log)
            text += wire::encode(operation);
        return text;
    }
};

bool has(const std::string& text, const std::string& mark) {
    return text.find(mark) != std::string::npos;
}

}  // namespace

TEST_CASE("a home that is erased leaves its counts and nothing else", "[erase]") {
    WorkedCentre centre;
    centre.work("KEPT");
    const auto& home = centre.work();
    const auto before = counts_of(centre);
    const auto key = centre.number("select count(*) from subject_key");
    const auto erased = erase_subject(centre.forgetting(), home.home);
    INFO((erased.ok() ? std::string{} : erased.error().text()));
    REQUIRE(erased.ok());
    CHECK(erased->facts == 5);
    CHECK(counts_of(centre) == before);
    CHECK_FALSE(has(centre.all_readable(), canary));
    CHECK(has(centre.all_readable(), "KEPT"));
    CHECK_FALSE(has(centre.all_readable(), home.home.text()));
    CHECK_FALSE(has(centre.all_bytes(), std::string(home.home.raw())) == false);
    // One key for what is left in place of the home, and the home's own is gone.
    CHECK(centre.number("select count(*) from subject_key") == key);
    // The home stands in the order alone.
    CHECK(centre.number(
              "select count(*) from fact_contact where household in (select subject from erasure)") == 0);
    // The fold of what is left is what is left.
    const auto model = *centre.endpoint->store().dump_read_model();
    REQUIRE(centre.endpoint->store().rebuild().ok());
    CHECK(*centre.endpoint->store().dump_read_model() == model);
    CHECK(erase_subject(centre.forgetting(), home.home).error().fault == Fault::not_found);
    CHECK(centre.number("select count(*) from outbox where state = 'erased'") == 1);
}

TEST_CASE("an erased fact that is sent again stays erased", "[erase]") {
    WorkedCentre centre;
    const auto& home = centre.work();
    REQUIRE(erase_subject(centre.forgetting(), home.home).ok());
    HandOnDisk again(centre, "tab-02");
    acknowledged(again.push(home.facts));
    CHECK_FALSE(has(centre.all_readable(), canary));
    CHECK(centre.number("select count(*) from fork") == 0);
}

TEST_CASE("what was recorded before the erasure and comes after it is forgotten as it comes", "[erase]") {
    WorkedCentre centre;
    const auto home = centre.work();
    auto late = home.facts.at(1);
    late.id = Uuid::random(centre.random);
    std::get<QuestionnaireFinished>(late.payload).questionnaire = Uuid::random(centre.random);
    auto recorded_later = late;
    recorded_later.id = Uuid::random(centre.random);
    centre.clock.advance_ms(1000);
    REQUIRE(erase_subject(centre.forgetting(), home.home).ok());
    acknowledged(centre.tablet->push({late}));
    CHECK_FALSE(has(centre.all_readable(), canary));
    const auto log = centre.endpoint->store().log();
    const auto told = std::count_if(log->begin(), log->end(), [&](const Operation& one) {
        const auto* erased = std::get_if<RecordsErased>(&one.payload);
        return erased && erased->operations == std::vector<Uuid>{late.id};
    });
    CHECK(told == 1);
    // Somebody who visits that home again may record it.
    recorded_later.hybrid_clock = static_cast<std::uint64_t>(centre.clock.now_ms() + day_ms) << 16;
    acknowledged(centre.tablet->push({recorded_later}));
    CHECK(has(centre.all_readable(), canary));
}

TEST_CASE("an erasure holds after the restore of an older database", "[erase][restore]") {
    WorkedCentre centre;
    const auto home = centre.work();
    centre.work("KEPT");
    const auto before = counts_of(centre);
    REQUIRE(checkpoint(*centre.sql).ok());
    centre.close();
    const auto backup = bytes_of_file(centre.file());
    centre.open();
    REQUIRE(erase_subject(centre.forgetting(), home.home).ok());
    centre.close();
    for (const char* part : {"", "-wal", "-shm"})
        std::filesystem::remove(centre.file() + part);
    std::ofstream(centre.file(), std::ios::binary) << backup;
    centre.open();
    CHECK(has(centre.all_readable(), canary));
    CHECK(*reapply_erasures(centre.forgetting()) == 1);
    CHECK_FALSE(has(centre.all_readable(), canary));
    CHECK(counts_of(centre) == before);
    CHECK(*reapply_erasures(centre.forgetting()) == 0);
    CHECK(centre.number("select count(*) from erased_operation") == 5);
}

TEST_CASE("an order cut off after the list was written is carried out at the next start", "[erase]") {
    WorkedCentre centre;
    const auto home = centre.work();
    std::vector<Uuid> ids;
    for (const auto& fact : home.facts)
        ids.push_back(fact.id);
    const ErasureOrder order{Uuid::random(centre.random), home.home, "erase", 77, centre.clock.now_ms(), ids};
    REQUIRE(centre.list.add({order}).ok());
    // And one that was torn while it was written.
    std::ofstream(centre.list.file(), std::ios::app | std::ios::binary) << order.order.text() << " half";
    REQUIRE(centre.list.orders().ok());
    CHECK(centre.list.orders()->size() == 1);
    CHECK(*reapply_erasures(centre.forgetting()) == 1);
    CHECK_FALSE(has(centre.all_readable(), canary));
    REQUIRE(centre.list.add({{Uuid::random(centre.random), home.home, "retention", 1, 2, ids}}).ok());
    REQUIRE(centre.list.orders()->size() == 2);
    CHECK(centre.list.orders()->back().operations == ids);
    std::ofstream(centre.list.file(), std::ios::binary) << "nonsense\nmore\n";
    CHECK(centre.list.orders().error().fault == Fault::damaged);
}

TEST_CASE("an order that a fault stopped is carried out with the next one, and with what came meanwhile",
          "[erase]") {
    WorkedCentre centre;
    const auto home = centre.work();
    const auto other = centre.work("OTHER");
    std::vector<Uuid> ids;
    for (const auto& fact : home.facts)
        ids.push_back(fact.id);
    auto late = home.facts.at(1);
    late.id = Uuid::random(centre.random);
    std::get<QuestionnaireFinished>(late.payload).questionnaire = Uuid::random(centre.random);
    const auto clock = static_cast<std::uint64_t>(centre.clock.now_ms()) << 16;
    // It was written to the list, and then the disk failed; the endpoint went on serving.
    REQUIRE(centre.list
                .add({{Uuid::random(centre.random), home.home, "erase", clock, centre.clock.now_ms(), ids}})
                .ok());
    late.hybrid_clock = clock - 1;
    acknowledged(centre.tablet->push({late}));
    REQUIRE(has(centre.all_readable(), canary));
    REQUIRE(erase_subject(centre.forgetting(), other.home).ok());
    CHECK_FALSE(has(centre.all_readable(), "OTHER"));
    CHECK_FALSE(has(centre.all_readable(), canary));
    CHECK(centre.number("select count(*) from erasure") == 2);
    CHECK(*reapply_erasures(centre.forgetting()) == 0);
}

TEST_CASE("retention forgets what is past its time, and the counts of every period stay", "[retention]") {
    WorkedCentre centre;
    centre.work("OLDEST");
    centre.clock.advance_ms(300 * day_ms);
    centre.work("MIDDLE");
    centre.clock.advance_ms(100 * day_ms);
    const auto before = counts_of(centre);
    const auto report = retention_report(centre.endpoint->store(), {});
    REQUIRE(report.ok());
    CHECK(report->facts_held == 10);
    CHECK(report->due == 3);  // the oldest home's door, questionnaire and offer
    CHECK(*run_retention(centre.forgetting(), {}) == 3);
    CHECK(counts_of(centre) == before);
    CHECK_FALSE(has(centre.all_readable(), "OLDEST Quartzmeadow"));
    CHECK(has(centre.all_readable(), "OLDEST smokes"));
    CHECK(*run_retention(centre.forgetting(), {}) == 0);
    centre.clock.advance_ms(800 * day_ms);
    CHECK(*run_retention(centre.forgetting(), {}) == 7);
    CHECK(counts_of(centre) == before);
    CHECK_FALSE(has(centre.all_readable(), "OLDEST"));
    CHECK_FALSE(has(centre.all_readable(), "MIDDLE"));
    const auto after = retention_report(centre.endpoint->store(), {});
    CHECK(after->facts_held == 0);
    CHECK(after->facts_bare == 10);
    CHECK(after->due == 0);
}

TEST_CASE("retention goes through the log in steps, and each is small", "[retention]") {
    WorkedCentre centre;
    std::vector<Uuid> homes;
    for (const char* mark : {"FIRST", "SECOND", "THIRD", "FOURTH"})
        homes.push_back(centre.work(mark).home);
    centre.clock.advance_ms(400 * day_ms);
    RetentionSearch search({}, 3, 1);
    const auto step = [&] {
        const auto done = search.step(centre.forgetting());
        INFO((done.ok() ? std::string{} : done.error().text()));
        REQUIRE(done.ok());
        return *done;
    };
    int looks = 0;
    auto last = step();
    for (; last.forgotten == 0 && !last.ended && looks < 100; ++looks)
        last = step();
    CHECK(looks >= 20 / 3);
    CHECK(last.forgotten == 3);  // of one home
    // One that somebody forgot meanwhile is not forgotten again.
    const auto left = [&] {
        return centre.number(
            "select count(*) from fact_contact where household not in (select erasure from erasure)");
    };
    CHECK(left() == 3);
    for (const auto& home : homes)
        if (erase_subject(centre.forgetting(), home).ok() && left() == 2)
            break;
    std::int64_t more = 0;
    for (int i = 0; i < 100 && !last.ended; ++i) {
        last = step();
        CHECK(last.forgotten <= 3);
        more += last.forgotten;
    }
    CHECK(last.ended);
    CHECK(more == 6);
    CHECK(left() == 0);
    CHECK(retention_report(centre.endpoint->store(), {})->due == 0);
}

TEST_CASE("a need that a later referral found open stays until that one goes", "[retention]") {
    WorkedCentre centre;
    auto first = centre.work();
    centre.clock.advance_ms(60 * day_ms);
    CanaryHome second(centre.random, centre.visit, Day::at(centre.clock.now_ms(), 60), centre.clock.now_ms());
    second.facts.erase(second.facts.begin() + 4);  // no state: the need is open
    for (auto& fact : second.facts) {
        fact.subject = first.home;
        if (auto* door = std::get_if<ContactRecorded>(&fact.payload))
            door->household = first.home;
        if (auto* raised = std::get_if<ReferralRaised>(&fact.payload))
            raised->household = first.home;
    }
    acknowledged(centre.tablet->push(second.facts));
    const auto before = counts_of(centre);
    CHECK(has(before, "already_open"));
    centre.clock.advance_ms(700 * day_ms);  // the first is past 24 months, the second is not
    CHECK(retention_report(centre.endpoint->store(), {})->waiting_for_later == 1);
    REQUIRE(run_retention(centre.forgetting(), {}).ok());
    CHECK(counts_of(centre) == before);
    centre.clock.advance_ms(60 * day_ms);
    REQUIRE(run_retention(centre.forgetting(), {}).ok());
    CHECK(counts_of(centre) == before);
    CHECK_FALSE(has(centre.all_readable(), canary));
}
