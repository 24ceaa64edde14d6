// A tablet that syncs while it is locked, and bodies that only the endpoint can read.
#include <fstream>
#include <iterator>

#include "forms/base/encoding.h"
#include "sync/store/drafts.h"
#include "sync/store/endpoint_seal.h"
#include "sync/store/second_copy.h"
#include "sync/wire/codec.h"
#include "tests/sync/tablet/sealed_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::string every_byte(const std::string& file) {
    std::string bytes;
    for (const char* part : {"", "-wal", "-unsent"}) {
        std::ifstream in(file + part, std::ios::binary);
        bytes.append(std::istreambuf_iterator<char>(in), {});
    }
    return bytes;
}

bool is_refused(const Result<void>& result) {
    return !result.ok() && result.error().fault == Fault::refused;
}

std::vector<wire::Envelope> unsent(const SealedTablet& tablet) {
    return tablet.store->unsent(0, 1 << 20, 500).value();
}

}  // namespace

TEST_CASE("what is sent is sealed to the endpoint, which reads it, and nobody on the way", "[locked]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    SealedTablet two(centre, "tab-02", 22);
    one.enrol();
    two.enrol();
    one.plan_visits(3);
    const auto sent = unsent(one);
    REQUIRE(sent.size() == 1);
    CHECK(is_sealed(sent.front()));
    CHECK_FALSE(wire::open_envelope(sent.front()).ok());
    CHECK((sent.front().body.size() - 12 - 48) % 64 == 0);
    one.sync_whole();
    two.sync_whole();
    CHECK(one.store->quarantined()->empty());
    CHECK(*centre.endpoint.store().dump_read_model(true) == *one.store->dump_read_model(true));
    CHECK(*centre.endpoint.store().dump_read_model(true) == *two.store->dump_read_model(true));
    CHECK(centre.endpoint.store().quarantined()->empty());
    one.unlock();
    CHECK(one.store->log()->size() == 3);  // it reads its own
}

TEST_CASE("an envelope that the endpoint cannot open is set aside whole, told and acknowledged", "[locked]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.identity.sealing_key = KeyPair::make().public_key.bytes;  // another endpoint's
    one.enrol();
    one.plan_visits(2);
    one.sync_whole();
    CHECK(one.store->position()->acked_through == 2);
    const auto told = one.store->quarantined();
    REQUIRE(told->size() == 1);
    CHECK(told->front().reason.find("does not have") != std::string::npos);
    one.identity.sealing_key = centre.endpoint.keys()->sealing.public_key.bytes;
    one.enrol();
    one.plan_visits(1);
    one.sync_whole();
    CHECK(count_rows(*centre.sql, "fact_visit") == 1);
}

TEST_CASE("a key to which nobody can seal is refused at the enrolment", "[locked]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.identity.sealing_key = std::string(32, '\0');
    CHECK(one.store->enrol(one.identity).error().fault == Fault::bad_input);
    one.identity.sealing_key = "short";
    CHECK_FALSE(one.store->enrol(one.identity).ok());
}

TEST_CASE("what was recorded before the enrolment is sealed by it", "[locked]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.plan_visits(1);
    one.plan_visits(2);
    CHECK_FALSE(is_sealed(unsent(one).front()));
    one.enrol();
    REQUIRE(unsent(one).size() == 2);
    for (const auto& envelope : unsent(one))
        CHECK(is_sealed(envelope));
    one.lock();
    one.sync_whole();
    CHECK(count_rows(*centre.sql, "fact_visit") == 3);
    CHECK(centre.endpoint.store().quarantined()->empty());
}

TEST_CASE("a locked tablet sends, and shows it as sent when it is unlocked", "[locked]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    one.plan_visits(2);
    one.plan_visits(1);
    const auto before = one.dump();
    one.lock();
    CHECK(one.store->position()->last_sequence == 3);
    one.sync_whole();
    CHECK(one.store->position()->acked_through == 3);
    CHECK(count_rows(*centre.sql, "fact_visit") == 3);
    CHECK(one.unlock_and_fold() == 0);
    CHECK(one.store->position()->acked_through == 3);
    CHECK(one.store->position()->last_sync_ms > 0);
    CHECK(one.dump() == before);
    one.plan_visits(1);
    CHECK(one.store->position()->last_sequence == 4);
    one.sync_whole();
    CHECK(count_rows(*centre.sql, "fact_visit") == 4);
}

TEST_CASE("a tablet that pulled while it was locked comes to hold what one that never was holds",
          "[locked]") {
    CentreWithKeys centre;
    SealedTablet writer(centre, "tab-01", 21);
    SealedTablet open(centre, "tab-02", 22);
    SealedTablet locked(centre, "tab-03", 23);
    for (auto* tablet : {&writer, &open, &locked})
        tablet->enrol();
    for (int round = 0; round < 3; ++round) {
        locked.unlock_and_fold();
        locked.plan_visits(1);
        locked.lock();
        writer.plan_visits(4, "SS-CANARY-Quartzmeadow");
        writer.sync_whole();
        locked.sync_whole();
        open.sync_whole();
    }
    open.sync_whole();
    locked.sync_whole();
    const auto bytes = every_byte(locked.file());
    CHECK(bytes.find("Quartzmeadow") == std::string::npos);
    CHECK(locked.unlock_and_fold() == 4);
    CHECK(locked.dump() == open.dump());
    CHECK(*locked.store->log() == *open.store->log());
    CHECK(count_rows(*locked.sql, "waiting") == 0);
    CHECK(count_rows(*locked.sql, "(select * from operation where pull_seq is null)") == 0);
    CHECK(locked.unlock_and_fold() == 0);
}

TEST_CASE("what the endpoint set aside is told after a push that went out locked", "[locked]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.identity.sealing_key = KeyPair::make().public_key.bytes;
    one.enrol();
    one.plan_visits(1);
    one.lock();
    one.sync_whole();
    CHECK(every_byte(one.file()).find("does not have") == std::string::npos);
    one.unlock_and_fold();
    REQUIRE(one.store->quarantined()->size() == 1);
    CHECK(one.store->quarantined()->front().reason.find("does not have") != std::string::npos);
}

TEST_CASE("a sync that is cut anywhere while locked loses and doubles nothing", "[locked]") {
    for (int cut_at = 1; cut_at < 9; ++cut_at) {
        CentreWithKeys centre;
        SealedTablet writer(centre, "tab-01", 21);
        SealedTablet locked(centre, "tab-02", 22);
        writer.enrol();
        locked.enrol();
        for (int i = 0; i < 12; ++i)
            writer.plan_visits(100);
        writer.sync_whole();
        locked.plan_visits(2);
        locked.lock();
        DirectClient http(centre, locked.identity);
        http.on_the_way_back = [&](HttpReply reply) -> Result<HttpReply> {
            if (http.exchanges >= cut_at)
                return Error{Fault::unreachable, "cut", ""};
            return reply;
        };
        REQUIRE(locked.sync(http).ok());
        locked.lock();  // the program ended
        if (cut_at % 2 == 0)
            locked.unlock_and_fold();
        locked.sync_whole();
        locked.unlock_and_fold();
        writer.sync_whole();
        CHECK(locked.dump() == writer.dump());
        CHECK(count_rows(*centre.sql, "operation") == 1202);
        CHECK(locked.store->position()->acked_through == 2);
    }
}

TEST_CASE("folding that is interrupted between two pages goes on with the next", "[locked]") {
    CentreWithKeys centre;
    SealedTablet writer(centre, "tab-01", 21);
    SealedTablet locked(centre, "tab-02", 22);
    writer.enrol();
    locked.enrol();
    for (int i = 0; i < 12; ++i)
        writer.plan_visits(100);
    writer.sync_whole();
    locked.lock();
    locked.sync_whole();
    locked.unlock();
    const auto pages = count_rows(*locked.sql, "(select * from waiting where pull_to > 0)");
    REQUIRE(pages > 2);
    Appended appended;
    REQUIRE(*locked.store->fold_one_waiting(locked.opener(), appended));
    CHECK(appended.added > 0);
    CHECK(locked.unlock_and_fold() == 1200 - appended.added);
    CHECK(locked.dump() == writer.dump());

    const auto closed = [](std::string_view) -> Result<SecretText> {
        return Error{Fault::refused, "The vault is locked.", ""};
    };
    writer.plan_visits(1);
    writer.sync_whole();
    locked.lock();
    locked.sync_whole();
    locked.unlock();
    CHECK(fold_waiting(*locked.store, closed).error().fault == Fault::refused);
    CHECK(count_rows(*locked.sql, "waiting") == 1);
    CHECK(*fold_waiting(*locked.store, locked.opener()) == 1);
}

TEST_CASE("a page that went bad while it waited is pulled once more", "[locked]") {
    CentreWithKeys centre;
    SealedTablet writer(centre, "tab-01", 21);
    SealedTablet locked(centre, "tab-02", 22);
    writer.enrol();
    locked.enrol();
    writer.plan_visits(5);
    writer.sync_whole();
    locked.lock();
    locked.sync_whole();
    locked.close();
    {
        auto plain = open_sqlite(locked.file());
        REQUIRE((*plain)->script("update waiting set sealed = zeroblob(length(sealed))").ok());
    }
    CHECK(locked.unlock_and_fold() == 0);
    CHECK(locked.store->position()->cursor == 0);
    locked.sync_whole();
    CHECK(locked.dump() == writer.dump());
}

TEST_CASE("pages of before a restore keep their facts and not their places", "[locked]") {
    CentreWithKeys centre;
    SealedTablet writer(centre, "tab-01", 21);
    SealedTablet locked(centre, "tab-02", 22);
    writer.enrol();
    locked.enrol();
    writer.plan_visits(5);
    writer.sync_whole();
    locked.lock();
    locked.sync_whole();
    REQUIRE(locked.store->position()->cursor == 5);
    const auto epoch = Uuid::random(centre.random);
    // The endpoint was set back: it knows two of the five, and the writer brings them again.
    REQUIRE(centre.sql
                ->script("delete from operation_body where operation_id in (select operation_id from "
                         "operation where pull_seq > 2); delete from fact_visit where operation_id in "
                         "(select operation_id from operation where pull_seq > 2); "
                         "delete from operation where pull_seq > 2; delete from envelope; "
                         "update tablet set acked_seq = 0, chain = zeroblob(32); "
                         "update partnership_clock set seq = 2")
                .ok());
    REQUIRE(
        centre.sql
            ->run("update partnership_clock set epoch = :epoch", {{"epoch", Blob{std::string(epoch.raw())}}})
            .ok());
    locked.sync_whole();
    writer.plan_visits(1);
    writer.sync_whole();
    locked.sync_whole();
    locked.unlock_and_fold();
    CHECK(locked.dump() == writer.dump());
    CHECK(count_rows(*locked.sql, "(select * from operation where pull_seq is null)") == 0);
    CHECK(locked.store->position()->cursor == centre.endpoint.store().cursor_max().value());
}

TEST_CASE("places that were pulled before a rewind while locked go to other facts", "[locked]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    SealedTablet two(centre, "tab-02", 22);
    one.enrol();
    two.enrol();
    two.plan_visits();
    two.plan_visits();
    two.sync_whole();
    one.sync_whole();
    const auto places = [&] {
        std::vector<Uuid> facts;
        REQUIRE(one.store->sql()
                    .query("select operation_id from operation where pull_seq is not null order by pull_seq",
                           {},
                           [&](const SqlRow& row) {
                               facts.push_back(row.uuid(0));
                               return true;
                           })
                    .ok());
        return facts;
    };
    auto facts = places();
    REQUIRE(facts.size() == 2);
    const auto pulled = centre.endpoint.store().feed(0, 10, Uuid{}).value();
    one.lock();
    const auto epoch = Uuid::random(one.random);
    SECTION("nothing was pulled since") {
        REQUIRE(one.store->rewind(one.store->position()->epoch.value(), 0, 1).ok());
        one.unlock_and_fold();
        facts.pop_back();
    }
    SECTION("the same facts came in another order") {
        REQUIRE(one.store->rewind(epoch, 0, 0).ok());
        wire::PullReply page;
        page.epoch = epoch;
        page.enrolment = one.identity.enrolment;
        page.cursor = 2;
        page.operations = {{1, pulled[1].id, pulled[1].json}, {2, pulled[0].id, pulled[0].json}};
        REQUIRE(one.store->keep_page(page).ok());
        one.unlock_and_fold();
        std::swap(facts[0], facts[1]);
    }
    CHECK(places() == facts);
}

TEST_CASE("a locked tablet does nothing but send and receive", "[locked]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    one.plan_visits(1);
    one.lock();
    CHECK(one.store->identity().error().fault == Fault::refused);
    CHECK(one.store->begin().error().fault == Fault::refused);
    CHECK(one.store->log().error().fault == Fault::refused);
    CHECK(one.store->quarantined().error().fault == Fault::refused);
    CHECK(one.store->dump_read_model().error().fault == Fault::refused);
    CHECK(one.store->put_together().error().fault == Fault::refused);
    CHECK(one.store->epoch().error().fault == Fault::refused);
    CHECK(one.store->cursor_max().error().fault == Fault::refused);
    CHECK(one.store->feed(0, 1, {}).error().fault == Fault::refused);
    CHECK(is_refused(one.store->rebuild()));
    CHECK(one.store->enrol(one.identity).error().fault == Fault::refused);
    CHECK(fold_waiting(*one.store, one.opener()).error().fault == Fault::refused);
    CHECK_FALSE(Drafts(*one.store).all().ok());
    CHECK(*one.store->enrolment() == one.identity.enrolment);
}

TEST_CASE("where a tablet stands is told as damaged when it is locked, and stands when it is not",
          "[locked]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    one.plan_visits(2);
    one.close();
    {
        auto plain = open_sqlite(one.file());
        REQUIRE((*plain)->script("update sync_position set acked_seq = 2").ok());
    }
    const auto locked = open_locked(one.file(), one.inbox.public_key);
    REQUIRE_FALSE(locked.ok());
    CHECK(locked.error().fault == Fault::damaged);
    one.unlock();
    CHECK(one.store->position()->acked_through == 0);
    one.plan_visits(1);
    one.lock();
    one.sync_whole();
    CHECK(count_rows(*centre.sql, "fact_visit") == 3);
}

TEST_CASE("an envelope that went bad on the disk is told and not sent", "[locked]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    one.plan_visits(1);
    one.close();
    {
        auto plain = open_sqlite(one.file());
        REQUIRE((*plain)
                    ->script("update sealed_envelope set outbound = substr(outbound, 1, 40) || x'00' || "
                             "substr(outbound, 42)")
                    .ok());
    }
    one.lock();
    CHECK(one.store->unsent(0, 1 << 20, 10).error().fault == Fault::damaged);
    const auto outcome = one.sync();
    CHECK((!outcome.ok() || !outcome->up_to_date));
    CHECK(count_rows(*centre.sql, "operation") == 0);
}

TEST_CASE("the second copy holds what travels and what this tablet can read", "[locked]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    auto copy = SecondCopy::open(one.file());
    REQUIRE(copy.ok());
    REQUIRE(one.store->keep_second_copy(*copy).ok());
    one.plan_visits(3);
    const auto sent = unsent(one);
    const auto log = one.store->log().value();
    one.close();
    {
        auto plain = open_sqlite(one.file());
        REQUIRE((*plain)->script("delete from sealed_envelope; delete from sealed_body").ok());
    }
    one.unlock();
    const auto found = SecondCopy::open(one.file());
    REQUIRE(found.ok());
    REQUIRE(found->put_back(*one.sql, one.keys()).value() == 1);
    CHECK(unsent(one) == sent);
    CHECK(one.store->put_together().value() == 3);
    CHECK(*one.store->log() == log);
    CHECK(every_byte(one.file()).find("SS-2013") == std::string::npos);
    one.lock();
    one.sync_whole();
    CHECK(count_rows(*centre.sql, "fact_visit") == 3);
    one.unlock();
    auto sent_while_locked = SecondCopy::open(one.file());
    REQUIRE(one.store->keep_second_copy(*sent_while_locked).ok());
    CHECK(sent_while_locked->envelopes().empty());
    CHECK(sent_while_locked->content().mark->last == 3);
}

TEST_CASE("plain bodies are taken from tablets that have no key, and wait for an unlock on a locked one",
          "[locked]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    auto without = one.identity;
    without.sealing_key.clear();
    REQUIRE(one.store->enrol(without).ok());
    one.plan_visits(2);
    one.enrol();
    one.plan_visits(1);
    one.lock();
    CHECK(one.store->position()->last_sequence == 0);
    one.sync_whole();
    CHECK(count_rows(*centre.sql, "fact_visit") == 0);
    one.unlock_and_fold();
    CHECK(one.store->position()->last_sequence == 3);
    one.sync_whole();
    CHECK(count_rows(*centre.sql, "fact_visit") == 3);
    CHECK(centre.endpoint.store().quarantined()->empty());
}

TEST_CASE("only to view, a locked store says what is unsent without changing a byte", "[locked]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    one.plan_visits(2);
    const auto sent = unsent(one);
    one.close();
    const auto before = every_byte(one.file());
    {
        SqliteOptions view;
        view.view_only = true;
        const auto sql = open_locked(one.file(), {}, view);
        REQUIRE(sql.ok());
        auto store = Store::open(**sql, StoreRole::locked_tablet, centre.clock, one.random);
        REQUIRE(store.ok());
        CHECK(store->unsent(0, 1 << 20, 10).value() == sent);
        CHECK_FALSE(store->rewind(Uuid::random(one.random), 0, 0).ok());
    }
    CHECK(every_byte(one.file()) == before);
    CHECK(open_locked(one.file() + ".none", one.inbox.public_key).error().fault == Fault::not_found);
}

TEST_CASE("nothing overtakes what came while it was locked and could not be folded", "[locked]") {
    CentreWithKeys centre;
    SealedTablet writer(centre, "tab-01", 21);
    SealedTablet locked(centre, "tab-02", 22);
    writer.enrol();
    locked.enrol();
    writer.plan_visits(2);
    writer.sync_whole();
    locked.lock();
    locked.sync_whole();
    locked.unlock();  // and its disk was full
    writer.plan_visits(3);
    writer.sync_whole();
    const auto stood = locked.store->position()->cursor;
    const auto outcome = locked.sync();
    REQUIRE(outcome.ok());
    CHECK_FALSE(outcome->up_to_date);
    CHECK(locked.store->position()->cursor == stood);
    CHECK(count_rows(*locked.sql, "waiting where pull_to > 0") == 1);
    CHECK(*fold_waiting(*locked.store, locked.opener()) == 2);
    locked.sync_whole();
    CHECK(locked.dump() == writer.dump());
    // Each fact at the place that the endpoint gave it.
    CHECK(count_rows(*locked.sql, "operation where pull_seq is null") == 0);
}
