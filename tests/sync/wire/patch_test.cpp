#include "sync/wire/patch.h"

#include <catch2/catch.hpp>

#include "sync/wire/messages.h"

using namespace doorstep;
using namespace doorstep::wire;

namespace {

Uuid numbered(unsigned char number) {
    return *Uuid::from_bytes(std::string(15, '\xff') + static_cast<char>(number));
}

PullReply page_of_scope() {
    PullReply page;
    page.epoch = numbered(1);
    page.enrolment = numbered(2);
    page.from = 3;
    page.cursor = 90;
    page.scope = scope_name({"BE"});
    page.operations = {{5, numbered(3), "", "BE"}, {80, numbered(4), "{\"a\":1}", ""}};
    IdSum sum;
    sum.add(numbered(3));
    page.patches = {{"BE", 1, sum}, {"", 7, {}}};
    return page;
}

}  // namespace

TEST_CASE("a page for a scope is read as it was written", "[patch]") {
    auto page = page_of_scope();
    auto read = decode_pull_reply(encode(page));
    REQUIRE(read.ok());
    CHECK(read->scope == page.scope);
    CHECK(read->patches == page.patches);
    CHECK_FALSE(read->patch);
    CHECK(read->operations[0].patch == "BE");
    CHECK(read->operations[1].patch == "");
    page.patch = "";
    page.through = 90;
    page.patches.clear();
    read = decode_pull_reply(encode(page));
    REQUIRE(read.ok());
    CHECK(read->patch == "");
    CHECK(read->through == 90);
    // Of everything nothing is said of patches.
    page.patch.reset();
    page.scope.clear();
    read = decode_pull_reply(encode(page));
    REQUIRE(read.ok());
    CHECK_FALSE(read->operations[0].patch);
}

TEST_CASE("a sum of ids does not depend on their order, and is read as it was written", "[patch]") {
    IdSum one;
    IdSum other;
    for (unsigned char i = 0; i < 200; ++i)
        one.add(numbered(i));
    for (unsigned char i = 200; i > 0; --i)
        other.add(numbered(static_cast<unsigned char>(i - 1)));
    CHECK(one == other);
    CHECK(IdSum::parse(one.hex()) == one);
    other.add(numbered(7));
    CHECK_FALSE(one == other);
    for (const auto* text : {"", "0", "0000000000000000000000000000000g", "000000000000000000000000000000FF",
                             "+0000000000000000000000000000000", "000000000000000000000000000000000"})
        CHECK_FALSE(IdSum::parse(text));
}

TEST_CASE("a scope has one name whatever the order, and no other has it", "[patch]") {
    CHECK(scope_name({}) == "all");
    CHECK(scope_name({"BE", "SX"}) == scope_name({"SX", "BE"}));
    CHECK(scope_name({"BE", "SX"}) != scope_name({"BESX"}));
    CHECK(is_patch("BE"));
    for (const auto* area : {"", "*", "B E", "BE&", "B\xc3\x89"})
        CHECK_FALSE(is_patch(area));
}

TEST_CASE("a status that names what is no area is not taken", "[patch][hostile]") {
    TabletReply status;
    status.epoch = numbered(1);
    status.enrolment = numbered(2);
    status.tablet = "tab-01";
    status.scope = {"BE", "SX"};
    const auto read = decode_tablet_reply(encode(status));
    REQUIRE(read.ok());
    CHECK(read->scope == status.scope);
    for (const auto* area : {"", "*", "BE\n"}) {
        status.scope = {"BE", area};
        CHECK_FALSE(decode_tablet_reply(encode(status)).ok());
    }
}
