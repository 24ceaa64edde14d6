#include "sync/wire/codec.h"

#include <catch2/catch.hpp>

#include "forms/base/encoding.h"
#include "sync/wire/messages.h"
#include "tests/sync/random_operations.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

Operation a_contact() {
    Operation operation;
    operation.id = *Uuid::parse("01234567-89ab-4def-8123-456789abcdef");
    operation.sequence = 7;
    operation.at_ms = 1'773'500'000'000;
    operation.utc_offset_minutes = 60;
    operation.hybrid_clock = 99;
    ContactRecorded contact;
    contact.day = Day::of(2026, 3, 31);
    contact.road_code = "BE-001";
    operation.payload = contact;
    return operation;
}

}  // namespace

TEST_CASE("operations of every type, field and script come back as they went", "[wire][codec]") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        RandomOperations source(seed);
        for (const auto& operation : source.several(10)) {
            const auto json = wire::encode(operation);
            const auto back = wire::decode(json);
            INFO("seed " << seed);
            REQUIRE(back.ok());
            REQUIRE(*back == operation);
            REQUIRE(wire::encode(*back) == json);
            REQUIRE(is_utf8(json));
        }
    }
}

TEST_CASE("NUL and control characters survive in text", "[wire][codec]") {
    auto operation = a_contact();
    std::get<ContactRecorded>(operation.payload).address.road = std::string("a\0b\x01\x1f\x7f", 6);
    const auto json = wire::encode(operation);
    CHECK(json.find('\0') == std::string::npos);
    CHECK(*wire::decode(json) == operation);
}

TEST_CASE("text that is not UTF-8 is mended when written and set aside when read", "[wire][codec]") {
    auto operation = a_contact();
    std::get<ContactRecorded>(operation.payload).address.road = "Silver\xffray \xed\xa0\x80";
    const auto json = wire::encode(operation);
    CHECK(is_utf8(json));
    CHECK(std::get<ContactRecorded>(wire::decode(json)->payload).address.road.starts_with("Silver\uFFFDray"));

    const auto raw = replaced(wire::encode(a_contact()), "BE-001", "BE\xff");
    const auto opened = wire::open_operation(raw);
    CHECK(opened.json == raw);
    CHECK_FALSE(opened.operation);
    CHECK(opened.problem == "It is not a JSON object in UTF-8.");
}

TEST_CASE("an unknown type or a newer version keeps its bytes and its place", "[wire][codec]") {
    const auto known = wire::encode(a_contact());
    for (const auto& json : {replaced(known, "\"contact_recorded\"", "\"follow_up_made\""),
                             replaced(known, "\"type_version\":1", "\"type_version\":2")}) {
        const auto back = wire::decode(json);
        REQUIRE(back.ok());
        CHECK(back->id == a_contact().id);
        CHECK(back->sequence == 7);
        REQUIRE(std::holds_alternative<UnknownPayload>(back->payload));
        CHECK(std::get<UnknownPayload>(back->payload).json == json);
        CHECK(wire::encode(*back) == json);
        const auto opened = wire::open_operation(json);
        CHECK(opened.operation);
        CHECK_FALSE(opened.problem.empty());
    }
}

TEST_CASE("fields that this program does not know are no fault", "[wire][codec]") {
    const auto json = replaced(wire::encode(a_contact()), "\"outcome\"",
                               "\"weather\":{\"rain\":[1,2.5,null,true]},\"outcome\"");
    const auto opened = wire::open_operation(json);
    CHECK(opened.problem.empty());
    CHECK(*opened.operation == a_contact());
    CHECK(opened.json == json);
}

TEST_CASE("a field of the wrong type is named, without what stands in it", "[wire][codec]") {
    const auto json = wire::encode(a_contact());
    const struct {
        const char *from, *to, *problem;
    } cases[] = {
        {"\"sequence\":7", "\"sequence\":\"7\"", "sequence is not a whole number."},
        {"\"sequence\":7", "\"sequence\":7.0", "sequence is not a whole number."},
        {"\"sequence\":7", "\"sequence\":-7", "sequence is out of its range."},
        {"\"hybrid_clock\":99", "\"hybrid_clock\":18446744073709551615",
         "hybrid_clock is not a whole number."},
        {"\"utc_offset_minutes\":60", "\"utc_offset_minutes\":6000",
         "utc_offset_minutes is out of its range."},
        {"\"id\":\"01234567-89ab", "\"id\":\"Jones", "id is not an id."},
        {"\"type_version\":1", "\"type_version\":0", "type_version is out of its range."},
        {"2026-03-31", "2026-02-30", "payload.day is not a day (YYYY-MM-DD)."},
        {"\"no_answer\"", "\"Mrs Jones\"", "payload.outcome is a word that this program does not know."},
        {"\"no_answer\"", "null", "payload.outcome is not text."},
        {"\"BE-001\"", "{}", "payload.road_code is not text."},
        {"\"address\":{}", "\"address\":[]", "payload.address is not an object."},
        {"\"address\":{}", "\"address\":{\"uprn\":1000000000000}",
         "payload.address.uprn is out of its range."},
        {"\"day\"", "\"Day\"", "payload.day is missing."},
        {"\"payload\"", "\"pay\"", "payload is missing."},
    };
    for (const auto& one : cases) {
        const auto back = wire::decode(replaced(json, one.from, one.to));
        INFO(one.to);
        REQUIRE_FALSE(back.ok());
        CHECK(back.error().fault == Fault::bad_input);
        CHECK(back.error().what == one.problem);
    }
}

TEST_CASE("one whose payload is wrong is set aside under its own id", "[wire][codec]") {
    const auto json = replaced(wire::encode(a_contact()), "\"no_answer\"", "\"abducted\"");
    const auto opened = wire::open_operation(json);
    REQUIRE(opened.operation);
    CHECK(opened.operation->id == a_contact().id);
    CHECK(std::get<UnknownPayload>(opened.operation->payload).json == json);
    CHECK(opened.problem == "payload.outcome is a word that this program does not know.");
}

TEST_CASE("nesting ends at 32 levels, without recursion", "[wire][codec]") {
    const auto nested = [](std::size_t depth) {
        return replaced(wire::encode(a_contact()), "\"outcome\"",
                        "\"x\":" + std::string(depth, '[') + std::string(depth, ']') + ",\"outcome\"");
    };
    CHECK(wire::decode(nested(30)).ok());
    CHECK_FALSE(wire::decode(nested(31)).ok());
    CHECK_FALSE(wire::decode(nested(2'000'000)).ok());
    CHECK_FALSE(wire::decode(std::string(3'000'000, '{')).ok());
}

TEST_CASE("an operation cut or altered anywhere is read or refused, and never crashes", "[wire][codec]") {
    RandomOperations source(3);
    for (const auto& operation : source.several(12)) {
        const auto json = wire::encode(operation);
        for (std::size_t size = 0; size < json.size(); ++size)
            REQUIRE_FALSE(wire::decode(std::string_view(json).substr(0, size)).ok());
        for (int i = 0; i < 400; ++i) {
            auto altered = json;
            altered[source.random().below(altered.size())] = static_cast<char>(source.random().below(256));
            const auto opened = wire::open_operation(altered);
            REQUIRE(opened.json == altered);
            REQUIRE((opened.operation || !opened.problem.empty()));
        }
    }
    for (const char* text :
         {"", " ", "null", "[]", "7", "\"", "{", "}", "{}", "{}{}", "{\"id\"}", "{\"id\":}"})
        CHECK_FALSE(wire::decode(text).ok());
}
