// What a tablet lets go of by itself: its own facts 14 days after they were acknowledged, others' 2 days
// after the visit; on sealed files, with the real engine and the real endpoint.
#include "sync/store/retention.h"

#include <filesystem>
#include <fstream>

#include "sync/endpoint/erasure.h"
#include "sync/report/counts.h"
#include "sync/store/drafts.h"
#include "sync/vault/told_time.h"
#include "sync/wire/codec.h"
#include "tests/sync/area_facts.h"
#include "tests/sync/canary_home.h"
#include "tests/sync/tablet/backed_up_centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr std::int64_t day = std::int64_t{24} * 3600 * 1000;

struct Worker : SealedTablet {
    using SealedTablet::SealedTablet;
    std::optional<SecondCopy> copy;

    void keep_copy() {
        auto opened = SecondCopy::open(file());
        REQUIRE(opened.ok());
        copy.emplace(std::move(*opened));
        REQUIRE(store->keep_second_copy(*copy).ok());
    }
    void record_facts(std::vector<Operation> facts) {
        for (auto& fact : facts)
            fact.hybrid_clock = 0;
        auto transaction = store->begin();
        REQUIRE(transaction.ok());
        const auto kept = transaction->append(std::move(facts));
        INFO((kept.ok() ? "" : kept.error().text()));
        REQUIRE(kept.ok());
        REQUIRE(transaction->commit().ok());
    }
    LetGo let_go(std::int64_t told_ms) {
        Retention retention(*store, copy ? &*copy : nullptr);
        LetGo all;
        for (bool more = true; more;) {
            const auto gone = retention.step(told_ms);
            INFO((gone.ok() ? "" : gone.error().text()));
            REQUIRE(gone.ok());
            all.own += gone->own;
            all.others += gone->others;
            all.asked_again += gone->asked_again;
            more = gone->more;
        }
        return all;
    }
    // Everything that somebody who has the keys can read.
    std::string readable() {
        std::string text = dump();
        for (const char* question :
             {"select body from operation_body", "select plain from envelope", "select sealed from waiting"})
            REQUIRE(sql->query(question, {},
                               [&](const SqlRow& row) {
                                   const auto bytes = row.blob(0);
                                   const wire::Envelope envelope{{}, 1, 1, bytes};
                                   text += bytes;
                                   if (const auto frame = wire::expand(bytes, 1 << 22); frame.ok())
                                       text += *frame;
                                   return true;
                               })
                        .ok());
        for (const auto& one : copy ? copy->envelopes() : std::vector<CopiedEnvelope>{})
            REQUIRE(sql->query("select open_body(:id, 'envelope', :generation, :sealed)",
                               {{"id", sql_value(one.id)},
                                {"generation", std::int64_t{one.generation}},
                                {"sealed", Blob{one.sealed}}},
                               [&](const SqlRow& row) {
                                   if (const auto frame = wire::expand(row.bytes(0), 1 << 22); frame.ok())
                                       text += *frame;
                                   return true;
                               })
                        .ok());
        return text;
    }
    bool shows(const std::string& word = canary) { return readable().find(word) != std::string::npos; }
    std::string counts(const Directory& directory) {
        const auto counted = count(*sql, directory, {Day::of(2012, 1, 1), Day::of(2015, 1, 1)}, "retention");
        INFO((counted.ok() ? "" : counted.error().text()));
        REQUIRE(counted.ok());
        return as_json(*counted);
    }
    std::string open_needs() {
        std::string all;
        REQUIRE(
            sql->query(
                   "select r.referral, r.household, r.agency, r.day, count(s.referral) from referral r left "
                   "join referral_status s on s.referral = r.referral group by r.referral, r.household, "
                   "r.agency, r.day order by r.referral",
                   {},
                   [&](const SqlRow& row) {
                       all += row.uuid(0).text() + row.uuid(1).text() + row.text(2) + row.text(3) +
                              row.text(4) + "\n";
                       return true;
                   })
                .ok());
        return all;
    }
};

std::vector<Operation> own_facts_of(const CanaryHome& home) {
    // How a referral stands is for the centre to say.
    return {home.facts.begin(), home.facts.end() - 1};
}

struct Season : BackedUpCentre {
    Worker one{*this, "tab-01", 71};
    Worker two{*this, "tab-02", 72};
    Uuid visit;
    Directory reported;
    Season() {
        ColumnSet columns{"retention", "Retention", {}, "safer_streets_doorstep", {}};
        columns.columns.push_back({"fire", "fire"});
        reported.column_sets.push_back(columns);
        one.enrol();
        two.enrol();
        one.keep_copy();
        auto planned = visit_in(random, "BE");
        visit = std::get<VisitPlanned>(planned.payload).visit;
        one.record_facts({planned});
    }
    CanaryHome door(Worker& tablet, const std::string& mark = canary, Day on = Day::of(2013, 6, 8)) {
        CanaryHome home(tablet.random, visit, on, clock.now_ms(), mark);
        tablet.record_facts(own_facts_of(home));
        return home;
    }
    std::string endpoints_word(const Uuid& fact) {
        const auto body = endpoint.store().body(fact);
        REQUIRE(body.ok());
        REQUIRE(body->has_value());
        return **body;
    }
};

std::vector<std::string> bytes_of_rows(SealedTablet& tablet, const char* question) {
    std::vector<std::string> all;
    REQUIRE(tablet.sql
                ->query(question, {},
                        [&](const SqlRow& row) {
                            all.push_back(row.blob(0));
                            return true;
                        })
                .ok());
    return all;
}

bool lies_in_files(const std::string& file, const std::string& bytes) {
    for (const char* end : {"", "-wal", "-unsent"}) {
        std::ifstream in(file + end, std::ios::binary);
        const std::string all{std::istreambuf_iterator<char>(in), {}};
        if (all.find(bytes) != std::string::npos)
            return true;
    }
    return false;
}

}  // namespace

TEST_CASE("a tablet's own facts can be read for 14 days after they were acknowledged, and count for ever",
          "[retention]") {
    Season season;
    auto& one = season.one;
    const auto home = season.door(one);
    one.sync_whole();
    const auto acked = season.clock.now_ms();
    const auto counted = one.counts(season.reported);
    const auto needs = one.open_needs();
    const auto log_before = one.store->log()->size();
    CHECK(one.let_go(acked + 13 * day) == LetGo{});
    CHECK(one.shows());
    const auto sealed_then = bytes_of_rows(
        one, "select substr(sealed, 1, 48) from disk.sealed_body where id in (select operation_id "
             "from operation where type <> 'visit_planned')");
    REQUIRE(sealed_then.size() == 4);

    CHECK(one.let_go(acked + 14 * day).own == 4);
    CHECK_FALSE(one.shows());
    CHECK_FALSE(one.shows("Quartzmeadow"));
    CHECK_FALSE(one.shows("off-pol-01"));
    CHECK(one.counts(season.reported) == counted);
    CHECK(one.open_needs() == needs);
    CHECK(one.store->log()->size() == log_before);
    // Neither what was sealed then nor the word itself lies in the file, its log or the second copy.
    for (const auto& bytes : sealed_then)
        CHECK_FALSE(lies_in_files(one.file(), bytes));
    CHECK_FALSE(lies_in_files(one.file(), canary));
    // What travels is there, and folding anew changes nothing.
    CHECK(count_rows(*one.sql, "sealed_envelope where length(outbound) > 0") == 2);
    const auto dumped = one.dump();
    REQUIRE(one.store->rebuild().ok());
    CHECK(one.dump() == dumped);
    CHECK(one.counts(season.reported) == counted);
    one.close();
    one.unlock();
    CHECK(one.dump() == dumped);
    CHECK_FALSE(one.shows());
    CHECK(one.let_go(acked + 14 * day) == LetGo{});
    CHECK(season.endpoints_word(home.facts[1].id).find("Quartzmeadow") != std::string::npos);
}

TEST_CASE("what was not acknowledged, what a draft is about and what the centre set aside stays readable",
          "[retention]") {
    Season season;
    auto& one = season.one;
    const auto in_draft = season.door(one, "CANARYDRAFT");
    const auto aside = season.door(one, "CANARYASIDE");
    const auto sent = season.door(one, "CANARYSENT");
    one.sync_whole();
    const auto acked = season.clock.now_ms();
    season.clock.advance_ms(10 * day);
    const auto unsent = season.door(one, "CANARYUNSENT");
    DraftHeader header;
    header.questionnaire = Uuid::random(season.random);
    header.contact = in_draft.contact;
    header.form = {"safer_streets_doorstep", "2013", Sha256::of("form")};
    header.started_ms = header.changed_ms = acked;
    REQUIRE(Drafts(*one.store).begin(header, "<h:html/>").ok());
    for (const auto& fact : own_facts_of(aside))
        REQUIRE(
            one.sql
                ->run("insert into told_quarantine(partnership, enrolment, tablet_seq, operation_id, reason) "
                      "select 1, enrolment, tablet_seq, operation_id, 'a reason' from operation where "
                      "operation_id = :id",
                      {{"id", sql_value(fact.id)}})
                .ok());
    CHECK(one.let_go(acked + 100 * day).own == 4);
    CHECK(one.shows("CANARYDRAFT"));
    CHECK(one.shows("CANARYASIDE"));
    CHECK(one.shows("CANARYUNSENT"));
    CHECK_FALSE(one.shows("CANARYSENT"));
    // The second copy has what is not sent, and nothing else.
    REQUIRE(one.copy->envelopes().size() == 1);
    {
        auto transaction = one.store->begin();
        REQUIRE(transaction.ok());
        REQUIRE(Drafts::remove(*transaction, header.questionnaire).ok());
        REQUIRE(transaction->commit().ok());
    }
    REQUIRE(one.sql->run("delete from told_quarantine where true").ok());
    CHECK(one.let_go(acked + 101 * day).own == 8);
    CHECK(one.shows("CANARYUNSENT"));
}

TEST_CASE(
    "an endpoint that goes back to before gets everything, whole, from a tablet that can read none of it",
    "[retention][restored]") {
    Season season;
    auto& one = season.one;
    one.sync_whole();
    const auto backup = season.back_up();
    const auto home = season.door(one);
    one.sync_whole();
    const auto acked = season.clock.now_ms();
    season.clock.advance_ms(40 * day);
    one.sync_whole();
    CHECK(one.let_go(acked + 40 * day).own == 4);
    REQUIRE_FALSE(one.shows());
    const bool locked = GENERATE(false, true);
    if (locked) {
        one.copy.reset();
        one.lock();
    }
    season.restore(backup);
    CHECK(count_rows(*season.sql, "operation") == 1);
    one.sync_whole();
    season.is_dense(5);
    for (const auto& fact : own_facts_of(home))
        CHECK(season.endpoints_word(fact.id).find(canary) != std::string::npos);
    CHECK(season.endpoint.store().quarantined()->empty());
    if (locked)
        one.unlock_and_fold();
    CHECK_FALSE(one.shows());
    CHECK(one.store->quarantined()->empty());
}

TEST_CASE("enrolled again, a tablet brings no bare row in place of what it let go of",
          "[retention][restored]") {
    Season season;
    auto& one = season.one;
    const auto home = season.door(one);
    one.sync_whole();
    const auto acked = season.clock.now_ms();
    CHECK(one.let_go(acked + 14 * day).own == 4);
    season.begin_anew();
    const auto made = season.endpoint.enrol("tab-01");
    REQUIRE(made.ok());
    one.identity.enrolment = made->enrolment;
    one.identity.seed = made->seed;
    REQUIRE(one.store->enrol(one.identity).ok());
    one.sync_whole();
    // The visit says nothing of a home, and came along; what travelled before is kept as it is.
    CHECK(count_rows(*season.sql, "operation") == 1);
    CHECK(count_rows(*one.sql, "sealed_envelope where length(outbound) > 0") >= 1);
    CHECK(one.store->log()->size() == 5);
}

TEST_CASE("others' facts can be read until two days after the visit, and come again for the next one",
          "[retention]") {
    Season season;
    auto& one = season.one;
    auto& two = season.two;
    const bool scoped = GENERATE(false, true);
    if (scoped) {
        REQUIRE(season.endpoint.publish({{wire::ParcelKind::addresses, "BE", "homes of BE", {}, {}}}).ok());
        REQUIRE(season.endpoint.give_addresses("tab-02", {"BE"}).ok());
    }
    one.sync_whole();
    two.sync_whole();
    season.door(one);
    one.sync_whole();
    two.sync_whole();
    const auto began = season.clock.now_ms();
    const auto counted = two.counts(season.reported);
    REQUIRE(two.shows());
    CHECK(two.let_go(began + 2 * day).others == 0);
    CHECK(two.let_go(began + 3 * day).others == 4);
    CHECK_FALSE(two.shows());
    CHECK(two.counts(season.reported) == counted);
    CHECK(two.counts(season.reported) == one.counts(season.reported));
    // Not before a visit walks these streets.
    season.clock.advance_ms(30 * day);
    two.sync_whole();
    CHECK(two.let_go(season.clock.now_ms()) == LetGo{});
    CHECK_FALSE(two.shows());
    auto next = visit_in(season.random, "BE");
    std::get<VisitPlanned>(next.payload).day = Day::at(season.clock.now_ms() + 3 * day, 60);
    one.record_facts({next});
    one.sync_whole();
    two.sync_whole();
    CHECK(two.let_go(season.clock.now_ms()).asked_again == 4);
    const bool restored = GENERATE(false, true);
    if (restored)
        season.restore(season.back_up());
    const bool locked = GENERATE(false, true);
    if (locked)
        two.lock();
    two.sync_whole();
    if (locked)
        two.unlock_and_fold();
    CHECK(two.shows());
    CHECK(two.shows("Quartzmeadow"));
    CHECK(two.counts(season.reported) == counted);
    const auto dumped = two.dump();
    REQUIRE(two.store->rebuild().ok());
    CHECK(two.dump() == dumped);
    // And go again.
    CHECK(two.let_go(season.clock.now_ms()) == LetGo{});
    CHECK(two.let_go(season.clock.now_ms() + 6 * day).others == 4);
    CHECK_FALSE(two.shows());
}

TEST_CASE("a home that is forgotten stays so, whatever a tablet let go of and asks for again",
          "[retention]") {
    Season season;
    auto& one = season.one;
    auto& two = season.two;
    const auto home = season.door(one);
    one.sync_whole();
    two.sync_whole();
    const auto began = season.clock.now_ms();
    CHECK(one.let_go(began + 14 * day).own == 4);
    CHECK(two.let_go(began + 5 * day).others == 4);
    CHECK(two.let_go(began).asked_again == 4);  // told another time
    ErasureList list(one.file() + ".list");
    const auto by = season.endpoint.forgetting(list);
    REQUIRE(by.ok());
    REQUIRE(erase_subject(*by, home.home).ok());
    for (auto* tablet : {&one, &two}) {
        tablet->sync_whole();
        CHECK_FALSE(tablet->shows());
        CHECK(tablet->readable().find(home.home.text()) == std::string::npos);
        CHECK(count_rows(*tablet->sql, "fact_contact") == 1);
    }
}

TEST_CASE("a second copy of what cannot be read here any more is put back as it travels", "[retention]") {
    Season season;
    auto& one = season.one;
    one.sync_whole();
    const auto backup = season.back_up();
    season.door(one);
    one.sync_whole();
    CHECK(one.let_go(season.clock.now_ms() + 14 * day).own == 4);
    // Given back by the endpoint, it is not acknowledged any more.
    season.restore(backup);
    REQUIRE(one.store->rewind(season.endpoint.store().epoch().value(), 1, 1).ok());
    REQUIRE(one.copy->begin_anew(*one.sql).ok());
    REQUIRE(one.copy->envelopes().size() == 1);
    REQUIRE(one.sql->run("delete from envelope where first_seq = 2").ok());
    const auto put_back = one.store->keep_second_copy(*one.copy);
    REQUIRE(put_back.ok());
    CHECK(put_back->facts == 4);
    CHECK(put_back->unreadable == 0);
    one.sync_whole();
    season.is_dense(5);
}

TEST_CASE("time is what the endpoint told and the machine counted, whatever a clock says", "[retention]") {
    ManualBootTime boot;
    ToldTime kept;
    CHECK(now_told_ms(kept, boot) == 0);
    boot.advance_ms(5 * day);
    CHECK(now_told_ms(kept, boot) == 0);
    kept = told(kept, 1000 * day, boot);
    boot.advance_ms(3 * day);
    CHECK(now_told_ms(kept, boot) == 1003 * day);
    // The same once more changes nothing.
    kept = told(kept, 1000 * day, boot);
    CHECK(now_told_ms(kept, boot) == 1003 * day);
    // Across a start what was noted counts, and what the machine has run since.
    kept = counted_on(kept, boot);
    boot.advance_ms(day);
    boot.restart();
    CHECK(now_told_ms(kept, boot) == 1003 * day);
    boot.advance_ms(2 * day);
    CHECK(now_told_ms(kept, boot) == 1005 * day);
    kept = counted_on(kept, boot);
    CHECK(now_told_ms(kept, boot) == 1005 * day);
    // The endpoint knows better, either way.
    kept = told(kept, 1009 * day, boot);
    CHECK(now_told_ms(kept, boot) == 1009 * day);
    kept = told(kept, 1007 * day, boot);
    CHECK(now_told_ms(kept, boot) == 1007 * day);
}

TEST_CASE("a tablet's clock that is set forward or back moves nothing of what goes", "[retention]") {
    Season season;
    auto& one = season.one;
    const auto years = GENERATE(-10, 10);
    // The endpoint's clock is the centre's; the tablet's own is years off.
    season.door(one);
    one.sync_whole();
    const auto acked = season.clock.now_ms();
    season.clock.advance_ms(years * 365 * day);
    CHECK(one.let_go(acked + 13 * day) == LetGo{});
    CHECK(one.shows());
    CHECK(one.store->purge_sent().value() == 0);
    CHECK(one.let_go(acked + 14 * day).own == 4);
    CHECK(one.let_go(0) == LetGo{});
}

TEST_CASE("a step is whole or not at all, and what is left goes with the next", "[retention]") {
    Season season;
    auto& one = season.one;
    for (int i = 0; i < 60; ++i)
        season.door(one);
    one.sync_whole();
    const auto then = season.clock.now_ms() + 15 * day;
    const auto counted = one.counts(season.reported);
    std::int64_t gone = 0;
    for (int step = 0; step < 3; ++step) {
        Retention retention(*one.store, &*one.copy);
        const auto done = retention.step(then);
        REQUIRE(done.ok());
        CHECK(done->own <= retention_step);
        CHECK(done->more == (step < 2));
        gone += done->own;
        // As after a kill: the file as it is.
        one.copy.reset();
        one.close();
        one.unlock();
        one.keep_copy();
        CHECK(count_rows(*one.sql, "operation where shortened = 1") == gone);
        CHECK(one.counts(season.reported) == counted);
        const auto dumped = one.dump();
        REQUIRE(one.store->rebuild().ok());
        CHECK(one.dump() == dumped);
    }
    CHECK(gone == 240);
    CHECK_FALSE(one.shows());
}
