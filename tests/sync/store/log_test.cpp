// What enters the log, what is known, what is set aside.
#include <catch2/catch.hpp>

#include "sync/wire/limits.h"
#include "tests/sync/random_operations.h"
#include "tests/sync/store/facts.h"
#include "tests/sync/store/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

TEST_CASE("the same facts twice are one fact", "[store][log]") {
    for (const auto role : {StoreRole::tablet, StoreRole::endpoint}) {
        Rig rig(":memory:", role);
        RandomOperations source(4);
        auto operations = source.several(30);
        for (auto& operation : operations)
            if (auto* set = std::get_if<ReferralStateSet>(&operation.payload))
                set->state = ReferralState::withdrawn;  // of the states an officer's
        const auto facts = arrived(operations, source.random());
        const auto enrolment = Uuid::random(source.random());
        CHECK(rig.receive(facts, enrolment).added == 30);
        const auto dump = rig.dump();
        const auto again = rig.receive(facts, enrolment);
        CHECK(again.added == 0);
        CHECK(again.known == 30);
        CHECK(again.quarantined.empty());
        CHECK(rig.dump() == dump);
        CHECK(rig.store->log()->size() == 30);
        CHECK(rig.store->cursor_max().value() == (role == StoreRole::endpoint ? 30u : 0u));
    }
}

TEST_CASE("the same id with other bytes is kept aside, and the first stays", "[store][log]") {
    Rig rig(":memory:", StoreRole::endpoint);
    auto visit = a_visit(rig.random, "first");
    visit.id = Uuid::random(rig.random);
    const auto enrolment = Uuid::random(rig.random);
    rig.receive(arrived({visit}, rig.random), enrolment);
    const auto dump = rig.dump();
    std::get<VisitPlanned>(visit.payload).label = "second";
    for (int i = 0; i < 2; ++i) {
        const auto appended = rig.receive(arrived({visit}, rig.random), enrolment);
        CHECK(appended.added == 0);
        CHECK(appended.known == 0);
        REQUIRE(appended.quarantined.size() == 1);
        CHECK(appended.quarantined[0].operation == visit.id);
        CHECK(rig.dump() == dump);
        CHECK(rig.store->quarantined()->size() == 1);
    }
    CHECK(rig.rows("select body from fork")[0].find("second") != std::string::npos);
    CHECK(rig.store->cursor_max().value() == 1);
}

TEST_CASE("another fact in the same place of a tablet's sequence is kept aside", "[store][log]") {
    Rig rig(":memory:", StoreRole::endpoint);
    const auto enrolment = Uuid::random(rig.random);
    rig.receive(arrived({a_visit(rig.random)}, rig.random), enrolment);
    CHECK(rig.receive(arrived({a_visit(rig.random)}, rig.random), enrolment).quarantined.size() == 1);
    CHECK(rig.receive(arrived({a_visit(rig.random)}, rig.random), Uuid::random(rig.random)).added == 1);
    CHECK(rig.store->log()->size() == 2);
}

TEST_CASE("what cannot be read or folded is kept, told and never in the way", "[store][log]") {
    Rig rig(":memory:", StoreRole::endpoint);
    const auto enrolment = Uuid::random(rig.random);
    auto facts = arrived({a_visit(rig.random), a_visit(rig.random), a_visit(rig.random), a_visit(rig.random),
                          a_visit(rig.random)},
                         rig.random);
    facts[1] = wire::open_operation("{\"text\":\"\xff\"}");
    facts[1].sequence = 2;
    auto selfish = *facts[2].operation;
    selfish.supersedes = selfish.id;
    auto with_nul = *facts[3].operation;
    std::get<VisitPlanned>(with_nul.payload).area = std::string("B\0E", 3);
    facts[2] = opened({selfish})[0];
    facts[3] = opened({with_nul})[0];

    const auto appended = rig.receive(facts, enrolment);
    CHECK(appended.added == 5);
    REQUIRE(appended.quarantined.size() == 3);
    CHECK(appended.quarantined[0].operation.is_nil());
    CHECK(appended.quarantined[0].sequence == 2);
    CHECK(appended.quarantined[1].operation == selfish.id);
    CHECK(appended.quarantined[1].reason == "It supersedes itself.");
    CHECK(appended.quarantined[2].reason == "One of its codes holds a NUL character.");
    CHECK(rig.rows("select label from visit").size() == 2);
    CHECK(rig.store->quarantined()->size() == 3);
    CHECK(rig.receive(facts, enrolment).known == 5);

    const auto dump = rig.dump();
    REQUIRE(rig.store->rebuild().ok());
    CHECK(rig.dump() == dump);
    CHECK(rig.store->quarantined()->size() == 3);
    CHECK(rig.rows("select body from operation_body where length(body) = 12") ==
          std::vector<std::string>{"{\"text\":\"\xff\"}"});
}

TEST_CASE("an unknown type is kept byte for byte", "[store][log]") {
    Rig rig(":memory:", StoreRole::endpoint);
    auto json = wire::encode(*arrived({a_visit(rig.random)}, rig.random)[0].operation);
    json.replace(json.find("visit_planned"), 13, "Stock <counted>");
    const auto appended = rig.receive({wire::open_operation(json)}, Uuid{});
    CHECK(appended.added == 1);
    CHECK(appended.quarantined.size() == 1);
    CHECK(std::get<UnknownPayload>(rig.store->log()->at(0).payload).json == json);
    CHECK(rig.rows("select type from operation") == std::vector<std::string>{"unreadable"});
}

TEST_CASE("facts born at the endpoint have no sequence, and a place in the feed", "[store][log]") {
    Rig rig(":memory:", StoreRole::endpoint);
    rig.receive(arrived({a_visit(rig.random)}, rig.random), Uuid::random(rig.random));
    const auto kept = rig.append({a_visit(rig.random), a_visit(rig.random)});
    CHECK(kept[0].sequence == 0);
    CHECK(kept[1].sequence == 0);
    CHECK(kept[0].hybrid_clock < kept[1].hybrid_clock);
    CHECK(rig.store->cursor_max().value() == 3);
    CHECK(rig.rows("select pull_seq from operation order by pull_seq") ==
          std::vector<std::string>{"1", "2", "3"});
    CHECK(rig.rows("select body from envelope").empty());
}

TEST_CASE("an append that is refused leaves its transaction as it was", "[store][log]") {
    Rig rig(":memory:");
    auto transaction = rig.store->begin();
    REQUIRE(transaction.ok());
    REQUIRE(transaction->append({a_visit(rig.random)}).ok());
    auto impossible = a_visit(rig.random);
    std::get<VisitPlanned>(impossible.payload).day.since_1970 = 2'000'000'000;
    const auto refused = transaction->append({a_visit(rig.random), impossible});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().fault == Fault::bad_input);
    CHECK_FALSE(transaction->append({fact(UnknownPayload{"x", "{}"})}).ok());
    REQUIRE(transaction->append({a_visit(rig.random)}).ok());
    REQUIRE(transaction->commit().ok());
    const auto log = rig.store->log();
    REQUIRE(log->size() == 2);
    CHECK(log->at(0).sequence == 1);
    CHECK(log->at(1).sequence == 2);
    CHECK(rig.store->unsent(0, 1'000'000, 500)->size() == 2);
}

TEST_CASE("what could never be pushed is refused when it is recorded", "[store][log]") {
    Rig rig(":memory:");
    const auto try_append = [&](std::vector<Operation> own) {
        auto transaction = rig.store->begin();
        REQUIRE(transaction.ok());
        return transaction->append(std::move(own)).ok();
    };
    auto visit = a_visit(rig.random);
    std::get<VisitPlanned>(visit.payload).label = std::string(limits::envelope_bytes_max, 'x');
    CHECK_FALSE(try_append({visit}));
    // Fits the envelope, and as noise does not fit a push.
    QuestionnaireFinished noise;
    for (int i = 0; i < 300'000; ++i)
        noise.restricted.push_back(static_cast<char>(rig.random.below(256)));
    CHECK_FALSE(try_append({fact(noise)}));
    noise.restricted.resize(150'000);
    CHECK(try_append({fact(noise)}));
    CHECK_FALSE(try_append(std::vector<Operation>(501, a_visit(rig.random))));
    CHECK(try_append(std::vector<Operation>(500, a_visit(rig.random))));
    CHECK(rig.store->log()->empty());
}

TEST_CASE("text that is not UTF-8 is mended, not lost, when an officer finishes", "[store][log]") {
    Rig rig(":memory:");
    const auto kept = rig.append({a_visit(rig.random, "caf\xe9")});
    CHECK(std::get<VisitPlanned>(kept[0].payload).label == "caf\uFFFD");
    CHECK(rig.store->log().value() == kept);
}

TEST_CASE("a referral to which nobody agreed, and that gives no lawful reason, is kept and never counted",
          "[store][log]") {
    Rig rig(":memory:", StoreRole::endpoint);
    ReferralRaised raised;
    raised.referral = Uuid::random(rig.random);
    raised.contact = Uuid::random(rig.random);
    raised.household = Uuid::random(rig.random);
    raised.agency = "fire";
    Operation operation;
    operation.id = Uuid::random(rig.random);
    operation.sequence = 1;
    operation.payload = raised;
    auto unreasoned = operation;
    unreasoned.id = Uuid::random(rig.random);
    unreasoned.sequence = 2;
    raised.agreement.basis = ShareBasis::safeguarding;
    unreasoned.payload = raised;
    auto agreed = operation;
    agreed.id = Uuid::random(rig.random);
    agreed.sequence = 3;
    raised.agreement = {.given_by = "resident"};
    agreed.payload = raised;

    const auto appended = rig.receive(opened({operation, unreasoned, agreed}), Uuid::random(rig.random));
    CHECK(appended.added == 3);
    REQUIRE(appended.quarantined.size() == 2);
    CHECK(appended.quarantined[0].operation == operation.id);
    CHECK(appended.quarantined[1].operation == unreasoned.id);
    CHECK(rig.rows("select agency from referral").size() == 1);
}
