#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "sync/wire/codec.h"
#include "sync/wire/limits.h"
#include "sync/wire/messages.h"
#include "tests/sync/random_operations.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::vector<Operation> dense(RandomOperations& source, Sequence first, std::size_t count) {
    auto operations = source.several(count);
    for (auto& operation : operations)
        operation.sequence = first++;
    return operations;
}

wire::Envelope with_body(wire::Envelope envelope, const std::string& json) {
    envelope.body = wire::compress(json);
    return envelope;
}

}  // namespace

TEST_CASE("an envelope opens to the operations it was sealed from, byte for byte", "[wire][envelope]") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        RandomOperations source(seed);
        const auto operations = dense(source, 1 + source.random().below(1000), 1 + source.random().below(6));
        const auto envelope = wire::seal_envelope(Uuid::random(source.random()), operations);
        CHECK(envelope.first_sequence == operations.front().sequence);
        CHECK(envelope.last_sequence() == operations.back().sequence);
        const auto opened = wire::open_envelope(envelope);
        REQUIRE(opened.ok());
        REQUIRE(opened->size() == operations.size());
        for (std::size_t i = 0; i < operations.size(); ++i) {
            CHECK((*opened)[i].problem.empty());
            CHECK(*(*opened)[i].operation == operations[i]);
            CHECK((*opened)[i].json == wire::encode(operations[i]));
            CHECK((*opened)[i].sequence == operations[i].sequence);
        }
    }
}

TEST_CASE("one poisoned operation does not take its neighbours along", "[wire][envelope]") {
    RandomOperations source(11);
    const auto operations = dense(source, 5, 3);
    const auto id = Uuid::random(source.random());
    const std::string poisons[] = {"{\"text\":\"\xff\xfe\"}", "{}",  "{\"id\":1e999}", "[[[]]]",
                                   "\"just text\"",           "nul", "{\"a\" \"b\"}"};
    for (const auto& poison : poisons) {
        const auto envelope =
            wire::seal_envelope(id, 5, {wire::encode(operations[0]), poison, wire::encode(operations[2])});
        const auto opened = wire::open_envelope(envelope);
        INFO(poison);
        REQUIRE(opened.ok());
        REQUIRE(opened->size() == 3);
        CHECK(*(*opened)[0].operation == operations[0]);
        CHECK(*(*opened)[2].operation == operations[2]);
        CHECK_FALSE((*opened)[1].operation);
        CHECK_FALSE((*opened)[1].problem.empty());
        CHECK((*opened)[1].json == poison);
        CHECK((*opened)[1].sequence == 6);
    }
}

TEST_CASE("a body that does not repeat its header is damaged", "[wire][envelope]") {
    RandomOperations source(12);
    const auto operations = dense(source, 5, 2);
    const auto good = wire::seal_envelope(Uuid::random(source.random()), operations);
    const auto refused = [](const wire::Envelope& envelope) {
        const auto opened = wire::open_envelope(envelope);
        return !opened.ok() && opened.error().fault == Fault::damaged;
    };
    auto other = good;
    other.id = Uuid::random(source.random());
    CHECK(refused(other));
    other = good;
    other.first_sequence = 6;
    CHECK(refused(other));
    other = good;
    other.count = 3;
    CHECK(refused(other));
    other = good;
    other.body = other.body.substr(0, other.body.size() - 1);
    CHECK(refused(other));
    const auto head = fmt::format(R"({{"envelope":"{}","first_sequence":5)", good.id.text());
    CHECK(refused(with_body(good, head + "}")));
    CHECK(refused(with_body(good, head + R"(,"operations":{}})")));
    CHECK(refused(with_body(good, head + R"(,"operations":[)")));
    CHECK(refused(with_body(good, "")));
    // Its operations stand at other sequences than their envelope says.
    CHECK(
        refused(wire::seal_envelope(good.id, 5, {wire::encode(operations[1]), wire::encode(operations[0])})));
    // Larger than any envelope that a tablet may write.
    CHECK(refused(with_body(good, head + R"(,"operations":[{},{}],"x":")" +
                                      std::string(limits::envelope_bytes_max, 'x') + "\"}")));
}

TEST_CASE("the chain depends on every envelope before, on its header and on its body", "[wire][envelope]") {
    RandomOperations source(13);
    const auto first = wire::seal_envelope(Uuid::random(source.random()), dense(source, 1, 2));
    const auto second = wire::seal_envelope(Uuid::random(source.random()), dense(source, 3, 1));
    const auto whole = wire::chain(wire::chain(Sha256{}, first), second);
    CHECK(whole != wire::chain(wire::chain(Sha256{}, second), first));
    CHECK(whole != wire::chain(Sha256{}, second));
    auto altered = first;
    altered.body.back() = static_cast<char>(altered.body.back() ^ 1);
    CHECK(wire::chain(wire::chain(Sha256{}, altered), second) != whole);
    altered = first;
    altered.count = 1;
    CHECK(wire::chain(wire::chain(Sha256{}, altered), second) != whole);
    altered = first;
    altered.first_sequence = 2;
    CHECK(wire::chain(wire::chain(Sha256{}, altered), second) != whole);
    altered = first;
    altered.id = second.id;
    CHECK(wire::chain(wire::chain(Sha256{}, altered), second) != whole);
}
