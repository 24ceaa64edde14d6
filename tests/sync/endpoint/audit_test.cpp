// Whoever touches the audit is found out: R30.
#include "sync/endpoint/audit.h"

#include <cstdlib>

#include "sync/endpoint/epochs.h"
#include "sync/store/sql_values.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr std::uint64_t entries = 10'000;

// Ten thousand entries, and the hundred newest heads as a tablet keeps them.
// Before the first entry.
std::string no_hash(const SqlConnection& sql) {
    const std::string zeros(64, '0');
    return sql.engine() == SqlConnection::Engine::sqlite ? "x'" + zeros + "'" : "'\\x" + zeros + "'::bytea";
}

// As somebody does who has the database itself.
Result<void> without_guard(SqlConnection& sql) {
    return sql.script(sql.engine() == SqlConnection::Engine::sqlite
                          ? "drop trigger audit_entry_unchanged; drop trigger audit_entry_undeleted"
                          : "drop trigger audit_entry_kept on audit_entry");
}

struct Audited : Centre {
    SigningPair key = SigningPair::make();
    std::vector<wire::AuditHead> heads;

    Audited() {
        REQUIRE(sql.begin().ok());
        for (std::uint64_t i = 0; i < entries; ++i) {
            REQUIRE(
                note_in_audit(sql, clock, {"operator anna", "enrol", fmt::format("tablet {}", i), "asked"})
                    .ok());
            clock.advance_ms(1'000);
            if (i % 100 == 99) {
                const auto head = signed_audit_head(sql, key);
                REQUIRE(head.ok());
                heads.push_back(*head);
            }
        }
        REQUIRE(sql.commit().ok());
    }
    AuditVerdict check() {
        const auto verdict = check_audit(sql, heads, key.public_key);
        REQUIRE(verdict.ok());
        return *verdict;
    }
    // What somebody with the file can do, triggers or not; afterwards all is as it was.
    bool detects(const std::function<void()>& attack) {
        REQUIRE(sql.begin().ok());
        REQUIRE(without_guard(sql).ok());
        attack();
        const bool found = !check().ok();
        sql.rollback();
        return found;
    }
    void script(const std::string& text) {
        const auto done = sql.script(text);
        INFO(text << (done.ok() ? "" : done.error().text()));
        REQUIRE(done.ok());
    }
    // The chain as it would have been with those entries: what a careful forger leaves.
    void forge_from(std::uint64_t number) {
        std::vector<NotedEntry> later;
        REQUIRE(read_audit(sql, number, [&](const NotedEntry& noted) {
                    later.push_back(noted);
                    return true;
                }).ok());
        Sha256 before;
        REQUIRE(read_audit(sql, number - 1, [&](const NotedEntry& noted) {
                    before = noted.hash;
                    return false;
                }).ok());
        script(fmt::format("delete from audit_entry where number >= {}", number));
        REQUIRE(
            sql.run("update audit_head set number = :number, hash = :hash",
                    {{"number", sql_value(number - 1)}, {"hash", sql_value(number > 1 ? before : Sha256{})}})
                .ok());
        for (const auto& one : later)
            REQUIRE(note_in_audit(sql, clock, one.entry).ok());
    }
};

}  // namespace

TEST_CASE("the audit refuses that an entry is changed or deleted", "[audit]") {
    Centre centre;
    REQUIRE(centre.endpoint->note({"operator anna", "enrol", "tablet tab-01", ""}).ok());
    CHECK_FALSE(centre.sql.script("update audit_entry set who = 'nobody'").ok());
    CHECK_FALSE(centre.sql.script("delete from audit_entry").ok());
    CHECK_FALSE(centre.sql
                    .script("insert or replace into audit_entry select partnership, number, at_ms, 'x', "
                            "what, about, reason, hash from audit_entry")
                    .ok());
    CHECK(centre.rows("audit_entry") == 1);
    CHECK(check_audit(centre.sql)->ok());
}

TEST_CASE("an entry belongs to the transaction of what it tells", "[audit]") {
    Centre centre;
    centre.sql.full_at_commit = true;
    CHECK_FALSE(centre.endpoint->enrol("tab-01", "operator anna").ok());
    centre.sql.full_at_commit = false;
    CHECK(centre.rows("audit_entry") == 0);
    CHECK(centre.rows("tablet") == 0);
    const auto made = centre.endpoint->enrol("tab-01", "operator anna");
    REQUIRE(made.ok());
    std::vector<NotedEntry> noted;
    REQUIRE(read_audit(centre.sql, 0, [&](const NotedEntry& one) {
                noted.push_back(one);
                return true;
            }).ok());
    REQUIRE(noted.size() == 1);
    CHECK(noted[0].entry.who == "operator anna");
    CHECK(noted[0].entry.what == "enrol");
    CHECK(noted[0].entry.about == "tablet tab-01 " + made->enrolment.text());
}

TEST_CASE(
    "edited, deleted, swapped, renumbered, cut off or written anew: any of ten thousand entries is missed",
    "[audit]") {
    Audited audited;
    const auto whole = audited.check();
    REQUIRE(whole.ok());
    REQUIRE(whole.entries == entries);
    REQUIRE(whole.heads_matched == audited.heads.size());
    SeededRandom chance(30);
    const char* more = std::getenv("DOORSTEP_AUDIT_ATTACKS");
    const int rounds = more != nullptr ? std::atoi(more) : 12;
    const std::vector<std::string> columns{"at_ms = at_ms + 1", "who = 'operator eve'", "what = 'look'",
                                           "about = 'tablet x'", "reason = ''"};
    for (int round = 0; round < rounds; ++round) {
        // The first, the last and any between.
        const auto at = round == 0 ? 1 : round == 1 ? entries : 1 + chance.below(entries);
        const auto other = at == 1 ? 2 : at - 1;
        INFO("entry " << at);
        const auto& edit = columns[chance.below(columns.size())];
        CHECK(audited.detects(
            [&] { audited.script(fmt::format("update audit_entry set {} where number = {}", edit, at)); }));
        CHECK(audited.detects(
            [&] { audited.script(fmt::format("delete from audit_entry where number = {}", at)); }));
        CHECK(audited.detects([&] {
            audited.script(fmt::format("update audit_entry set number = -1 where number = {0};"
                                       "update audit_entry set number = {0} where number = {1};"
                                       "update audit_entry set number = {1} where number = -1;",
                                       at, other));
        }));
        CHECK(audited.detects(
            [&] { audited.script(fmt::format("delete from audit_entry where number >= {}", at)); }));
        // Cut off so that the rest is whole in itself: only the tablets know.
        CHECK(audited.detects([&] {
            audited.script(fmt::format(
                "delete from audit_entry where number >= {0}; update audit_head set number = {0} - 1, hash = "
                "coalesce((select hash from audit_entry where number = {0} - 1), {1});",
                at, no_hash(audited.sql)));
        }));
        if (round < 2)  // with every hash behind it right
            CHECK(audited.detects([&] {
                audited.script(
                    fmt::format("update audit_entry set about = 'tablet y' where number = {}", at));
                audited.forge_from(at);
            }));
    }
    CHECK(audited.check().ok());
}

TEST_CASE("a head that somebody else signed witnesses nothing", "[audit]") {
    Centre centre;
    REQUIRE(centre.endpoint->note({"operator anna", "report", "", ""}).ok());
    const auto key = SigningPair::make();
    auto head = signed_audit_head(centre.sql, SigningPair::make());
    REQUIRE(head.ok());
    CHECK_FALSE(check_audit(centre.sql, {&*head, 1}, key.public_key)->ok());
    head = signed_audit_head(centre.sql, key);
    CHECK(check_audit(centre.sql, {&*head, 1}, key.public_key)->ok());
    const auto again = wire::AuditHead::parse(head->line());
    REQUIRE(again);
    CHECK(*again == *head);
    for (const char* bad : {"", "1", "1 2 3 4", "x"})
        CHECK_FALSE(wire::AuditHead::parse(bad));
    CHECK_FALSE(wire::AuditHead::parse(head->line() + " 1"));
    head->number = 7;
    CHECK_FALSE(check_audit(centre.sql, {&*head, 1}, key.public_key)->ok());
}

TEST_CASE("what a restore lost is told as lost, and a cut before it as a cut", "[audit]") {
    Centre centre;
    const auto key = SigningPair::make();
    std::vector<wire::AuditHead> heads;
    const auto note = [&] {
        REQUIRE(centre.endpoint->note({"operator anna", "report", "", ""}).ok());
        const auto head = signed_audit_head(centre.sql, key);
        REQUIRE(head.ok());
        heads.push_back(*head);
    };
    note();
    note();
    // Entry 2 was made after the backup.
    REQUIRE(without_guard(centre.sql).ok());
    REQUIRE(centre.sql
                .script("delete from audit_entry where number = 2; update "
                        "audit_head set number = 1, hash = (select hash from audit_entry where number = 1)")
                .ok());
    CHECK_FALSE(check_audit(centre.sql, heads, key.public_key)->ok());
    REQUIRE(centre.sql.begin().ok());
    const auto step = begin_epoch(centre.sql, centre.clock, centre.random, true);
    REQUIRE(step.ok());
    CHECK(step->audit_cut == 1);
    REQUIRE(note_in_audit(centre.sql, centre.clock, {"operator anna", "restore", "", ""}).ok());
    REQUIRE(centre.sql.commit().ok());
    const auto verdict = check_audit(centre.sql, heads, key.public_key);
    CHECK(verdict->ok());
    CHECK(verdict->heads_matched == 1);
    CHECK(verdict->heads_lost == 1);
}

TEST_CASE("every status tells the head of the audit, signed", "[audit]") {
    Centre centre;
    EndpointKeys keys = EndpointKeys::make();
    const VerifyKey signed_by = keys.signing.public_key;
    REQUIRE(centre.endpoint
                ->use_keys({std::move(keys.sealing), std::move(keys.signing), keys.safeguarding.public_key,
                            keys.recovery.public_key})
                .ok());
    const Hand tablet(centre);
    const auto status = wire::decode_tablet_reply(centre.handle(tablet.request("GET", "/v1/tablet")).body);
    REQUIRE(status.ok());
    REQUIRE(status->audit_head);
    CHECK(status->audit_head->number == 1);
    CHECK(status->audit_head->epoch == status->epoch);
    CHECK(check_audit(centre.sql, {&*status->audit_head, 1}, signed_by)->heads_matched == 1);
}
