// Pages, rewinding, and two tablets that meet at an endpoint.
#include <catch2/catch.hpp>

#include "tests/support/temporary_folder.h"
#include "tests/sync/random_operations.h"
#include "tests/sync/store/facts.h"
#include "tests/sync/store/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

struct Tablet : Rig {
    Tablet(std::uint64_t seed) : Rig(":memory:", StoreRole::tablet, seed) {
        REQUIRE(store->enrol({Uuid::random(random), "tab", "http://127.0.0.1:1", "", ""}).ok());
    }
    Uuid enrolment() { return store->identity().value()->enrolment; }
};

void push(Tablet& tablet, Rig& endpoint) {
    const auto stands = tablet.store->position().value();
    auto chain = stands.acked_chain;
    Sequence acked = stands.acked_through;
    const auto envelopes = tablet.store->unsent(acked, 1'000'000, 500).value();
    for (const auto& envelope : envelopes) {
        auto transaction = endpoint.store->begin();
        REQUIRE(transaction.ok());
        chain = wire::chain(chain, envelope);
        REQUIRE(transaction->keep_envelope(tablet.enrolment(), envelope, chain).ok());
        REQUIRE(transaction->append_received(wire::open_envelope(envelope).value(), tablet.enrolment()).ok());
        REQUIRE(transaction->commit().ok());
        acked = envelope.last_sequence();
    }
    REQUIRE(tablet.store->acknowledge({endpoint.store->epoch().value(), acked, chain, 0, {}, 1}).ok());
}

wire::PullReply page_for(Tablet& tablet, Rig& endpoint, int limit) {
    wire::PullReply page;
    page.epoch = endpoint.store->epoch().value();
    page.from = tablet.store->position()->cursor;
    page.operations = endpoint.store->feed(page.from, limit, tablet.enrolment()).value();
    page.cursor = page.operations.empty() ? page.from : page.operations.back().pull_sequence;
    page.more = page.cursor < endpoint.store->cursor_max().value();
    return wire::decode_pull_reply(wire::encode(page)).value();
}

void pull(Tablet& tablet, Rig& endpoint, int limit = 7) {
    for (bool more = true; more;) {
        const auto page = page_for(tablet, endpoint, limit);
        more = page.more;
        const auto kept = tablet.store->keep_page(page);
        if (!kept.ok())
            FAIL(kept.error().text());
    }
}

// What a tablet may record: its header is minted by the store.
std::vector<Operation> own(RandomOperations& source, std::size_t count) {
    auto operations = source.several(count);
    for (auto& operation : operations)
        if (operation.supersedes == operation.id)
            operation.supersedes.reset();
    return operations;
}

// How a referral stands is for the centre to say, but for a withdrawal.
std::vector<Operation> officers(RandomOperations& source, std::size_t count) {
    auto operations = own(source, count);
    for (auto& operation : operations)
        if (auto* set = std::get_if<ReferralStateSet>(&operation.payload))
            set->state = ReferralState::withdrawn;
    return operations;
}

}  // namespace

TEST_CASE("two tablets and their endpoint come to hold the same facts and the same read model",
          "[store][sync]") {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        RandomOperations source(seed);
        Rig endpoint(":memory:", StoreRole::endpoint, seed + 1000);
        Tablet one(seed + 2000);
        Tablet two(seed + 3000);
        for (int round = 0; round < 4; ++round) {
            one.append(officers(source, 1 + source.random().below(5)));
            two.append(officers(source, 1 + source.random().below(5)));
            endpoint.append(own(source, 1));
            if (source.random().chance(0.7))
                push(one, endpoint);
            if (source.random().chance(0.7))
                pull(two, endpoint, 1 + static_cast<int>(source.random().below(9)));
        }
        push(one, endpoint);
        push(two, endpoint);
        pull(one, endpoint);
        pull(two, endpoint);
        INFO("seed " << seed);
        REQUIRE(one.counts() == endpoint.counts());
        REQUIRE(one.dump() == two.dump());
        REQUIRE(one.store->log().value() == endpoint.store->log().value());
        REQUIRE(two.store->log().value() == endpoint.store->log().value());
        REQUIRE(one.store->position()->cursor == endpoint.store->cursor_max().value());
        REQUIRE(endpoint.store->quarantined()->empty());
    }
}

TEST_CASE("a page is kept with its cursor, once, and only where the tablet stands", "[store][sync]") {
    Rig endpoint(":memory:", StoreRole::endpoint);
    Tablet tablet(2);
    endpoint.append({a_visit(endpoint.random), a_visit(endpoint.random), a_visit(endpoint.random)});
    const auto page = page_for(tablet, endpoint, 2);
    REQUIRE(tablet.store->keep_page(page)->added == 2);
    CHECK(tablet.store->position()->cursor == 2);
    CHECK(tablet.store->keep_page(page).error().fault == Fault::conflict);
    CHECK(tablet.store->log()->size() == 2);
    auto foreign = page_for(tablet, endpoint, 2);
    foreign.epoch = Uuid::random(tablet.random);
    CHECK(tablet.store->keep_page(foreign).error().fault == Fault::conflict);
    pull(tablet, endpoint);
    CHECK(tablet.store->position()->cursor == 3);
}

TEST_CASE("a poisoned fact in a page is set aside and the rest is folded", "[store][sync]") {
    Rig endpoint(":memory:", StoreRole::endpoint);
    Tablet tablet(2);
    auto facts = arrived({a_visit(endpoint.random), a_visit(endpoint.random), a_visit(endpoint.random)},
                         endpoint.random);
    facts[1] = wire::open_operation("{\"id\":\"\xff\"}");
    facts[1].sequence = 2;
    endpoint.receive(facts, Uuid::random(endpoint.random));
    const auto appended = tablet.store->keep_page(page_for(tablet, endpoint, 10));
    REQUIRE(appended.ok());
    CHECK(appended->added == 3);
    CHECK(appended->quarantined.size() == 1);
    CHECK(tablet.store->position()->cursor == 3);
    CHECK(tablet.counts() == endpoint.counts());
    CHECK(tablet.store->quarantined()->size() == 1);
}

TEST_CASE("after a new epoch the tablet sends and takes again, and loses nothing", "[store][sync]") {
    TemporaryFolder folder;
    Tablet one(2);
    Tablet two(3);
    {
        Rig yesterday(folder / "yesterday.sqlite", StoreRole::endpoint);
        one.append({a_visit(one.random)});
        push(one, yesterday);
        pull(two, yesterday);
        yesterday.close();
        std::filesystem::copy_file(folder / "yesterday.sqlite", folder / "restored.sqlite");
        yesterday.open();
        one.append({a_visit(one.random)});
        two.append({a_visit(two.random)});
        push(one, yesterday);
        push(two, yesterday);
        pull(two, yesterday);
        pull(one, yesterday);
    }
    Rig restored(folder / "restored.sqlite", StoreRole::endpoint);
    const auto epoch = Uuid::random(restored.random);
    REQUIRE(
        restored.sql
            ->run("update partnership_clock set epoch = :epoch", {{"epoch", Blob{std::string(epoch.raw())}}})
            .ok());
    restored.append({a_visit(restored.random)});

    CHECK(one.store->rewind(epoch, 9, 1).error().fault == Fault::not_found);
    REQUIRE(one.store->rewind(epoch, 1, 1).ok());
    REQUIRE(two.store->rewind(epoch, 0, 1).ok());
    CHECK(one.store->position()->acked_through == 1);
    CHECK(one.store->position()->cursor == 1);
    CHECK(two.store->log()->size() == 3);
    push(two, restored);
    push(one, restored);
    pull(one, restored);
    pull(two, restored);
    CHECK(restored.store->log()->size() == 4);
    CHECK(one.dump() == restored.dump());
    CHECK(two.dump() == restored.dump());
    CHECK(two.store->position()->cursor == 4);
}

TEST_CASE("envelopes at the endpoint are kept as they came, once", "[store][sync]") {
    Rig endpoint(":memory:", StoreRole::endpoint);
    Tablet tablet(2);
    tablet.append({a_visit(tablet.random)});
    tablet.append({a_visit(tablet.random), a_visit(tablet.random)});
    push(tablet, endpoint);
    const auto sent = tablet.store->unsent(0, 1'000'000, 500).value();
    CHECK(endpoint.store->received(tablet.enrolment(), 1).value() == sent);
    CHECK(endpoint.store->received(tablet.enrolment(), 2)->size() == 1);
    CHECK(endpoint.store->chain_at(tablet.enrolment(), 3).value() == tablet.store->chain_at(3).value());
    CHECK(endpoint.store->received(Uuid::random(tablet.random), 1)->empty());
}

TEST_CASE("a fact of ours that only the endpoint holds is told", "[store][sync]") {
    Tablet tablet(2);
    wire::PullReply page;
    page.epoch = Uuid::random(tablet.random);
    page.cursor = 1;
    page.operations = {{1, Uuid::random(tablet.random), ""}};
    const auto kept = tablet.store->keep_page(page);
    REQUIRE(kept.ok());
    CHECK(kept->quarantined.size() == 1);
    CHECK(tablet.store->position()->cursor == 1);
}
