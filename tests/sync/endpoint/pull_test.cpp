#include "sync/wire/limits.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

wire::PullReply page_of(const EndpointResponse& response) {
    INFO(response.body.substr(0, 200));
    REQUIRE(response.status == 200);
    const auto page = wire::decode_pull_reply(response.body);
    REQUIRE(page.ok());
    return *page;
}

}  // namespace

TEST_CASE("others' facts come whole, one's own as ids only", "[pull]") {
    Centre centre;
    Hand one(centre, "tab-01");
    Hand two(centre, "tab-02");
    one.keep({visit(centre.random)});
    two.keep({visit(centre.random)});
    acknowledged(one.push(0, 1));
    acknowledged(two.push(0, 1));
    const auto page = page_of(one.pull(0));
    REQUIRE(page.operations.size() == 2);
    CHECK(page.operations[0].json.empty());
    const auto fact = wire::decode(page.operations[1].json);
    REQUIRE(fact.ok());
    CHECK(fact->id == page.operations[1].id);
    CHECK(page.from == 0);
    CHECK(page.cursor == 2);
    CHECK_FALSE(page.more);
}

TEST_CASE("pages follow one another to the end of the feed", "[pull]") {
    Centre centre;
    Hand one(centre, "tab-01");
    const Hand two(centre, "tab-02");
    for (int i = 0; i < 23; ++i)
        one.keep({visit(centre.random)});
    acknowledged(one.push(0, 23));
    std::uint64_t cursor = 0;
    std::size_t got = 0;
    for (int pages = 0; pages < 10; ++pages) {
        const auto page = page_of(two.pull(cursor, "&limit=7"));
        CHECK(page.operations.size() <= 7);
        got += page.operations.size();
        cursor = page.cursor;
        if (!page.more)
            break;
    }
    CHECK(got == 23);
    CHECK(cursor == 23);
    CHECK(page_of(two.pull(23)).operations.empty());
}

TEST_CASE("a page stays small enough to be expanded, however large its facts", "[pull]") {
    Centre centre;
    Hand one(centre, "tab-01");
    const Hand two(centre, "tab-02");
    for (int i = 0; i < 12; ++i) {
        auto big = visit(centre.random);
        std::get<VisitPlanned>(big.payload).label.assign(400'000, 'x');
        one.keep({big});
        acknowledged(one.push(static_cast<std::size_t>(i), static_cast<std::size_t>(i) + 1));
    }
    std::uint64_t cursor = 0;
    int pages = 0;
    for (bool more = true; more; ++pages) {
        const auto page = page_of(two.pull(cursor));
        REQUIRE(page.cursor > cursor);
        cursor = page.cursor;
        more = page.more;
    }
    CHECK(cursor == 12);
    CHECK(pages > 1);
}

TEST_CASE("at most 500 operations come at once", "[pull]") {
    Centre centre;
    Hand one(centre, "tab-01");
    const Hand two(centre, "tab-02");
    for (std::size_t i = 0; i < 3; ++i) {
        std::vector<Operation> facts;
        for (int n = 0; n < 200; ++n)
            facts.push_back(visit(centre.random));
        one.keep(facts);
        acknowledged(one.push(i, i + 1));
    }
    const auto page = page_of(two.pull(0, "&limit=100000"));
    CHECK(page.operations.size() == limits::pull_operations_max);
    CHECK(page.more);
}

TEST_CASE("a cursor beyond the feed or another epoch is told", "[pull]") {
    Centre centre;
    const Hand tablet(centre);
    const auto beyond = tablet.pull(1);
    CHECK(beyond.status == 409);
    CHECK(code_of(beyond) == "epoch");
    const auto other = centre.handle(tablet.request(
        "GET", fmt::format("/v1/pull?epoch={}&cursor=0&limit=5", Uuid::random(centre.random).text())));
    CHECK(other.status == 409);
    CHECK(code_of(other) == "epoch");
}

TEST_CASE("a pull that is not well-formed is 400", "[pull]") {
    Centre centre;
    const Hand tablet(centre);
    const auto epoch = centre.endpoint->store().epoch()->text();
    for (const std::string& query :
         {std::string{}, std::string("?epoch=x"), "?epoch=" + epoch + "&cursor=-1",
          "?epoch=" + epoch + "&cursor=x",
          "?epoch=" + epoch + "&cursor=", "?epoch=" + epoch + "&cursor=99999999999999999999",
          "?epoch=" + epoch + "&cursor=0&limit=0", "?epoch=" + epoch + "&cursor=0&limit=1e3",
          "?epoch=" + epoch + "&cursor=0%00", std::string("?&&=&%zz=%")}) {
        INFO(query);
        CHECK(centre.handle(tablet.request("GET", "/v1/pull" + query)).status == 400);
    }
}
