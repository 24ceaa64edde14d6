#include "sync/wire/ticket.h"

#include <catch2/catch.hpp>

#include "forms/base/random.h"
#include "forms/base/sha256.h"

using namespace doorstep;

namespace {

std::string key(Random& random) {
    std::string bytes(32, '\0');
    for (char& byte : bytes)
        byte = static_cast<char>(random.below(256));
    return bytes;
}

wire::Ticket a_ticket(Random& random) {
    return {Uuid::random(random), "tab-01",    std::string(60, 'a') + "0123", key(random), key(random),
            key(random),          key(random), key(random) + key(random)};
}

std::string what_is_wrong(const std::string& line) {
    const auto ticket = wire::decode_ticket(line);
    REQUIRE_FALSE(ticket.ok());
    CHECK(ticket.error().text().find(std::string(20, 'a')) == std::string::npos);
    return ticket.error().what;
}

}  // namespace

TEST_CASE("a ticket is one line and gives back what was in it", "[wire][ticket]") {
    SeededRandom random(1);
    for (int i = 0; i < 50; ++i) {
        auto ticket = a_ticket(random);
        ticket.tablet.resize(1 + random.below(30), 'x');
        const auto line = wire::encode(ticket);
        CHECK(line.starts_with("doorstep-ticket:2:"));
        CHECK(line.find_first_of("\n =+/") == std::string::npos);
        CHECK(*wire::decode_ticket(line) == ticket);
        CHECK(*wire::decode_ticket("  " + line + "\r\n") == ticket);
    }
}

TEST_CASE("a ticket with one letter changed, cut or put together from two is refused", "[wire][ticket]") {
    SeededRandom random(2);
    const auto line = wire::encode(a_ticket(random));
    for (std::size_t at = 0; at < line.size(); ++at) {
        auto altered = line;
        altered[at] = altered[at] == 'x' ? 'y' : 'x';
        INFO(at);
        CHECK_FALSE(wire::decode_ticket(altered).ok());
    }
    for (std::size_t size = 0; size < line.size(); ++size)
        CHECK_FALSE(wire::decode_ticket(line.substr(0, size)).ok());
    CHECK_FALSE(wire::decode_ticket(line + line).ok());
    CHECK_FALSE(wire::decode_ticket(line + "0").ok());
}

TEST_CASE("a ticket that is none says why and never what stood there", "[wire][ticket]") {
    SeededRandom random(3);
    const auto line = wire::encode(a_ticket(random));
    CHECK(what_is_wrong("").find("not a Doorstep ticket") != std::string::npos);
    CHECK(what_is_wrong("token " + std::string(64, 'a')).find("not a Doorstep ticket") != std::string::npos);
    CHECK(what_is_wrong(line.substr(0, line.size() - 9)).find("cut off") != std::string::npos);
    CHECK(what_is_wrong(line.substr(0, line.size() - 1) + "-").find("altered or mistyped") !=
          std::string::npos);
    CHECK(wire::decode_ticket("doorstep-ticket:1:AAAA:00000000").error().fault == Fault::newer_version);
}

TEST_CASE("a ticket with a key too short or no enrolment is refused although its digits match",
          "[wire][ticket]") {
    SeededRandom random(4);
    for (int what = 0; what < 5; ++what) {
        auto ticket = a_ticket(random);
        if (what == 0)
            ticket.enrolment = {};
        if (what == 1)
            ticket.sealing_key.pop_back();
        if (what == 2)
            ticket.seed = "no hex";
        if (what == 3)
            ticket.tablet.clear();
        if (what == 4)
            ticket.authority_pins.pop_back();
        INFO(what);
        CHECK(what_is_wrong(wire::encode(ticket)).find("does not hold") != std::string::npos);
    }
}
