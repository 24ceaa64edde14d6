// Who may ask for what: signatures, request numbers and the role of each route.
#include <cctype>

#include "sync/endpoint/caller_role.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

// All that a stranger may learn.
void is_told_nothing(const EndpointResponse& response) {
    CHECK(response.status == 401);
    CHECK(code_of(response) == "unknown_tablet");
    const auto refusal = wire::decode_refusal(response.body);
    CHECK(refusal->what == "The endpoint does not know this tablet. Enrol it again; nothing on it is lost.");
}

std::uint64_t last_number(Centre& centre) {
    std::uint64_t number = 0;
    REQUIRE(centre.sql
                .query("select max(request_number) from tablet", {},
                       [&](const SqlRow& row) {
                           number = static_cast<std::uint64_t>(row.integer(0));
                           return false;
                       })
                .ok());
    return number;
}

bool is_signed(const EndpointRequest& request, const EndpointResponse& response) {
    const auto asked =
        Sha256::of(wire::request_text(request.method, request.target, request.body, request.mark));
    return verify(same_keys().signing.public_key, wire::reply_purpose,
                  wire::reply_text(response.status, response.body, asked, request.mark),
                  from_base64(response.signature).value_or(""));
}

}  // namespace

TEST_CASE("whatever is altered in a signed request, its sender is a stranger, and nothing is kept",
          "[signed]") {
    Centre centre;
    Hand tablet(centre);
    Hand other(centre, "tab-02");
    tablet.keep({visit(centre.random)});
    const auto whole = tablet.push_of(tablet.frame(0, 1));
    std::vector<EndpointRequest> altered(14, whole);
    altered[0].method = "PUT";
    altered[1].target += "?x=1";
    altered[2].body += "x";
    altered[3].mark.enrolment = other.enrolment.enrolment.text();
    altered[4].mark.enrolment = Uuid::random(centre.random).text();
    altered[5].mark.number += "0";
    altered[6].mark.number = "0" + whole.mark.number;
    altered[7].mark.number = "-1";
    altered[8].mark.sign_in = Uuid::random(centre.random).text();
    altered[9].mark.sign_in = "";
    altered[10].mark.signature = "";
    altered[11].mark.signature[5] = whole.mark.signature[5] == 'A' ? 'B' : 'A';
    altered[12].mark = {};
    altered[13].mark.enrolment[0] = static_cast<char>(std::toupper(whole.mark.enrolment[0]));
    for (auto& one : altered) {
        INFO(&one - altered.data());
        if (one.method != "POST") {
            CHECK(centre.handle(one).status == 405);
            continue;
        }
        if (one.mark == whole.mark && one.target == whole.target && one.body == whole.body)
            continue;  // the first digit was no letter
        is_told_nothing(centre.handle(one));
    }
    CHECK(last_number(centre) == 0);
    CHECK(centre.rows("operation") == 0);
    CHECK(acknowledged(centre.handle(whole)).acked_through == 1);
}

TEST_CASE("an unknown tablet and a bad signature are told the same, byte for byte", "[signed]") {
    Centre centre;
    const Hand tablet(centre);
    auto bad = tablet.request("GET", "/v1/tablet");
    auto unknown = bad;
    bad.mark.signature = to_base64(std::string(64, 'x'));
    unknown.mark.enrolment = Uuid::random(centre.random).text();
    const auto one = centre.handle(bad);
    const auto two = centre.handle(unknown);
    CHECK(one.status == two.status);
    CHECK(one.body == two.body);
    CHECK(one.content_type == two.content_type);
}

TEST_CASE("a replayed request changes nothing and is answered nothing of content", "[signed]") {
    Centre centre;
    Hand tablet(centre);
    tablet.keep({visit(centre.random)});
    const auto push = tablet.push_of(tablet.frame(0, 1));
    const auto status = tablet.request("GET", "/v1/tablet");
    CHECK(centre.handle(push).status == 200);
    CHECK(centre.handle(status).status == 200);
    const auto seen = centre.text("select last_seen_ms from tablet");
    centre.clock.advance_ms(3'600'000);
    for (const auto& replayed : {push, status}) {
        const auto response = centre.handle(replayed);
        CHECK(response.status == 409);
        CHECK(code_of(response) == "request_number");
        CHECK(wire::decode_refusal(response.body)->expected == 3);
        CHECK(is_signed(replayed, response));
    }
    CHECK(centre.rows("operation") == 1);
    CHECK(centre.text("select last_seen_ms from tablet") == seen);
    CHECK(last_number(centre) == 2);
}

TEST_CASE("numbers may skip, and the clock of neither side decides", "[signed]") {
    Centre centre;
    const Hand tablet(centre);
    *tablet.number = 64'000;
    CHECK(centre.handle(tablet.request("GET", "/v1/tablet")).status == 200);
    centre.clock.set_ms(0);  // 1970
    CHECK(centre.handle(tablet.request("GET", "/v1/tablet")).status == 200);
    centre.clock.set_ms(2'082'758'400'000);  // 2036
    CHECK(centre.handle(tablet.request("GET", "/v1/tablet")).status == 200);
    *tablet.number = 12;
    CHECK(centre.handle(tablet.request("GET", "/v1/tablet")).status == 409);
    *tablet.number = 9'223'372'036'854'775'806U;
    CHECK(centre.handle(tablet.request("GET", "/v1/tablet")).status == 200);
    // The last number that there is was given: nothing wraps around.
    is_told_nothing(centre.handle(tablet.request("GET", "/v1/tablet")));
}

TEST_CASE("two requests with one number in one batch: the first is taken", "[signed]") {
    Centre centre;
    const Hand tablet(centre);
    const auto one = tablet.request("GET", "/v1/tablet");
    const std::vector<EndpointRequest> batch{one, one};
    const auto responses = centre.endpoint->handle(batch);
    CHECK(responses[0].status == 200);
    CHECK(responses[1].status == 409);
}

TEST_CASE("every answer to a signed request is signed, for that request alone", "[signed]") {
    Centre centre;
    Hand tablet(centre);
    tablet.keep({visit(centre.random)});
    const auto push = tablet.push_of(tablet.frame(0, 1));
    const auto pull =
        tablet.request("GET", "/v1/pull?cursor=0&epoch=" + centre.endpoint->store().epoch()->text());
    const auto nowhere = tablet.request("GET", "/v1/nowhere");
    auto stranger = tablet.request("GET", "/v1/tablet");
    stranger.mark.enrolment = Uuid::random(centre.random).text();
    for (const auto& request : {push, pull, nowhere, stranger}) {
        auto response = centre.handle(request);
        CHECK(is_signed(request, response));
        auto another = request;
        another.mark.number += "1";
        CHECK_FALSE(is_signed(another, response));
        response.body += " ";
        CHECK_FALSE(is_signed(request, response));
    }
    CHECK(centre.handle({"GET", "/v1/health", {}, "", "", ""}).signature.empty());
}

TEST_CASE("every route names who may ask for it, and nobody else is let in", "[signed][roles]") {
    Centre centre;
    const auto routes = route_roles();
    REQUIRE(routes.size() >= 5);
    for (const auto& route : routes) {
        INFO(route.method << " " << route.path);
        CHECK(route.who != CallerRole::nobody);
        const auto response = centre.handle({route.method, route.path, {}, "", "", ""});
        if (route.who == CallerRole::anyone)
            CHECK((response.status == 200 || response.status == 400));  // heard, and perhaps not understood
        else
            CHECK((response.status == 401 || response.status == 403));
    }
}

TEST_CASE("another tablet's frame in one's own request is refused", "[signed]") {
    Centre centre;
    Hand one(centre, "tab-01");
    Hand two(centre, "tab-02");
    one.keep({visit(centre.random)});
    const auto others = one.push_of(one.frame(0, 1));
    CHECK(centre.handle(two.request("POST", "/v1/push", others.body)).status == 400);
    CHECK(centre.rows("operation") == 0);
    acknowledged(one.push(0, 1));
}
