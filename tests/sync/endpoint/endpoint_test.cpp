#include "sync/vault/vault.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

TEST_CASE("a seed is shown once, and only its public half is kept", "[endpoint]") {
    Centre centre;
    const Hand tablet(centre);
    CHECK(tablet.enrolment.seed.size() == 64);
    const auto kept = centre.text(on_postgresql() ? "select encode(verify_key, 'hex') from tablet"
                                                  : "select lower(hex(verify_key)) from tablet");
    CHECK(kept == to_hex(tablet.pair().public_key.bytes));
    CHECK(kept != tablet.enrolment.seed);
    CHECK(centre.handle(tablet.request("GET", "/v1/tablet")).status == 200);
}

TEST_CASE("unknown places are 404, wrong methods 405 with the right one", "[endpoint]") {
    Centre centre;
    const Hand tablet(centre);
    for (const char* target : {"/", "", "/v1", "/v1/push/", "/v1/tablet/x", "/v2/push", "/v1/../v1/push",
                               "v1/push", "/v1/pull%3Fcursor=0"}) {
        INFO(target);
        CHECK(centre.handle(tablet.request("GET", target)).status == 404);
    }
    const auto push = centre.handle(tablet.request("GET", "/v1/push"));
    CHECK(push.status == 405);
    CHECK(push.allow == "POST");
    CHECK(centre.handle(tablet.request("POST", "/v1/pull", "x")).allow == "GET");
    CHECK(centre.handle(tablet.request("DELETE", "/v1/tablet")).status == 405);
    CHECK(centre.handle(tablet.request("PUT", "/v1/health")).allow == "GET");
}

TEST_CASE("health needs no signature", "[endpoint]") {
    Centre centre;
    CHECK(centre.handle({"GET", "/v1/health", {}, "", "", ""}).status == 200);
}

TEST_CASE("the status tells where the endpoint stands", "[endpoint]") {
    Centre centre;
    Hand tablet(centre);
    tablet.keep({visit(centre.random), visit(centre.random)});
    acknowledged(tablet.push(0, 1));
    const auto status = wire::decode_tablet_reply(centre.handle(tablet.request("GET", "/v1/tablet")).body);
    REQUIRE(status.ok());
    CHECK(status->enrolment == tablet.enrolment.enrolment);
    CHECK(status->tablet == "tab-01");
    CHECK(status->acked_through == 2);
    CHECK(status->chain == tablet.chains[1]);
    CHECK(status->cursor_max == 2);
    CHECK(status->safeguarding_key.size() == 32);
    CHECK(status->epoch == *centre.endpoint->store().epoch());
}

TEST_CASE("a tablet that names its vault is given a licence for it, signed, for 35 days", "[endpoint]") {
    Centre other;
    EndpointKeys keys = EndpointKeys::make();
    const VerifyKey signed_by = keys.signing.public_key;
    const Uuid vault = Uuid::random(other.random);
    REQUIRE(other.endpoint
                ->use_keys({std::move(keys.sealing), std::move(keys.signing), keys.safeguarding.public_key,
                            keys.recovery.public_key})
                .ok());
    const Hand tablet(other);
    const auto answer = other.handle(tablet.request("GET", "/v1/tablet?vault=" + vault.text()));
    const auto licence = wire::decode_tablet_reply(answer.body)->licence;
    REQUIRE(licence);
    CHECK(licence->issued_ms == other.clock.now_ms());
    CHECK(licence->until_ms == other.clock.now_ms() + Vault::licence_ms);
    // The very bytes that the vault's own function signs.
    const auto again =
        sign_licence(other.endpoint->keys()->signing, vault, licence->issued_ms, licence->until_ms);
    CHECK(licence->signature == again.signature);
    CHECK(other.endpoint->keys()->signing.public_key == signed_by);

    for (const char* none : {"/v1/tablet", "/v1/tablet?vault=", "/v1/tablet?vault=x",
                             "/v1/tablet?vault=00000000-0000-0000-0000-000000000000", "/v1/tablet?other=1"})
        CHECK_FALSE(
            wire::decode_tablet_reply(other.handle(tablet.request("GET", none)).body)->licence.has_value());
    auto stranger = tablet.request("GET", "/v1/tablet?vault=" + vault.text());
    stranger.mark.enrolment = Uuid::random(other.random).text();
    const auto refused = other.handle(stranger);
    CHECK(refused.status == 401);
    CHECK(refused.body.find("licence") == std::string::npos);
}

TEST_CASE("the operator sees every tablet, what it has not sent and when it was seen", "[endpoint]") {
    Centre centre;
    Hand tablet(centre, "tab-02");
    const Hand silent(centre, "tab-01");
    tablet.keep({visit(centre.random)});
    tablet.keep({visit(centre.random)});
    acknowledged(tablet.push(0, 1));
    const auto tablets = centre.endpoint->tablets();
    REQUIRE(tablets.ok());
    REQUIRE(tablets->size() == 2);
    CHECK(tablets->at(0).tablet == "tab-01");
    CHECK(tablets->at(0).last_seen_ms == 0);
    CHECK(tablets->at(1).acked_through == 1);
    CHECK(tablets->at(1).unsent == 1);
    CHECK(tablets->at(1).last_seen_ms == centre.clock.now_ms());
    centre.clock.advance_ms(61'000);
    centre.handle(silent.request("GET", "/v1/tablet"));
    CHECK(centre.endpoint->tablets()->at(0).last_seen_ms == centre.clock.now_ms());
}

TEST_CASE("a tablet's name is plain", "[endpoint]") {
    Centre centre;
    for (const std::string& name : {std::string{}, std::string("two words"), std::string(33, 'a'),
                                    std::string("é"), std::string("a\nb"), std::string("../x")}) {
        const auto made = centre.endpoint->enrol(name);
        REQUIRE_FALSE(made.ok());
        CHECK(made.error().fault == Fault::bad_input);
        CHECK_FALSE(made.error().mend.empty());
    }
    CHECK(centre.endpoint->enrol(std::string(32, 'a')).ok());
}

TEST_CASE("the safeguarding key is asked for once, and only its public half is kept", "[endpoint]") {
    auto sql = empty_database();
    ManualClock clock(1'000, 0);
    SeededRandom random(1);
    const Directory directory;
    int asked = 0;
    const auto pair = KeyPair::make();
    const auto first = [&] {
        ++asked;
        return Result<PublicKey>(pair.public_key);
    };
    REQUIRE(Endpoint::open(*sql, directory, clock, random, first).ok());
    REQUIRE(Endpoint::open(*sql, directory, clock, random, first).ok());
    CHECK(asked == 1);
    std::string kept;
    REQUIRE(sql->query("select safeguarding_key from endpoint_state", {},
                       [&](const SqlRow& row) {
                           kept = row.blob(0);
                           return false;
                       })
                .ok());
    CHECK(kept == pair.public_key.bytes);
}

TEST_CASE("when the secret half cannot be kept, the endpoint does not open, and tries again next time",
          "[endpoint]") {
    auto sql = empty_database();
    ManualClock clock(1'000, 0);
    SeededRandom random(1);
    const Directory directory;
    const auto refused = Endpoint::open(*sql, directory, clock, random, []() -> Result<PublicKey> {
        return Error{Fault::disk_full, "full", ""};
    });
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().fault == Fault::disk_full);
    const auto opened = Endpoint::open(*sql, directory, clock, random);
    REQUIRE(opened.ok());
    CHECK(opened->safeguarding_pair() != nullptr);
}

TEST_CASE("tables of a newer endpoint are left alone", "[endpoint]") {
    Centre centre;
    REQUIRE(centre.sql.script("update endpoint_state set schema_version = 99").ok());
    const auto opened = Endpoint::open(centre.sql, centre.directory, centre.clock, centre.random);
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().fault == Fault::newer_version);
    CHECK_FALSE(opened.error().mend.empty());
}

TEST_CASE("a failing commit turns every reply of the batch into 503, and nothing was kept", "[endpoint]") {
    Centre centre;
    Hand one(centre, "tab-01");
    Hand two(centre, "tab-02");
    one.keep({visit(centre.random)});
    two.keep({visit(centre.random)});
    const std::vector<EndpointRequest> batch{one.push_of(one.frame(0, 1)), two.push_of(two.frame(0, 1)),
                                             one.request("GET", "/v1/tablet")};
    centre.sql.full_at_commit = true;
    for (const auto& response : centre.endpoint->handle(batch)) {
        CHECK(response.status == 503);
        CHECK(response.retry_after_s == 60);
        CHECK(code_of(response) == "busy");
    }
    centre.sql.full_at_commit = false;
    CHECK(centre.rows("operation") == 0);
    // Their numbers were not kept either: the very same is taken now.
    for (const auto& response : centre.endpoint->handle(batch))
        CHECK(response.status == 200);
    CHECK(centre.rows("operation") == 2);
    CHECK(*centre.endpoint->store().cursor_max() == 2);
}

TEST_CASE("one request that cannot be kept does not take its neighbours along", "[endpoint]") {
    Centre centre;
    Hand one(centre, "tab-01");
    one.keep({visit(centre.random)});
    centre.sql.full_at_write = true;
    const std::vector<EndpointRequest> batch{one.push_of(one.frame(0, 1)), one.request("GET", "/v1/health")};
    const auto responses = centre.endpoint->handle(batch);
    CHECK(responses.at(0).status == 503);
    CHECK(responses.at(1).status == 200);
    centre.sql.full_at_write = false;
    CHECK(centre.rows("operation") == 0);
    acknowledged(one.push(0, 1));
}

TEST_CASE("an empty batch is answered with nothing", "[endpoint]") {
    Centre centre;
    CHECK(centre.endpoint->handle({}).empty());
}

TEST_CASE("the endpoint opened again stands where it stood", "[endpoint]") {
    Centre centre;
    Hand tablet(centre);
    tablet.keep({visit(centre.random)});
    acknowledged(tablet.push(0, 1));
    const auto epoch = *centre.endpoint->store().epoch();
    const auto before = centre.handle(tablet.request("GET", "/v1/tablet")).body;
    centre.endpoint.reset();
    centre.endpoint = centre.open();
    CHECK(*centre.endpoint->store().epoch() == epoch);
    CHECK(centre.handle(tablet.request("GET", "/v1/tablet")).body == before);
}

TEST_CASE("a report names an unknown column set", "[endpoint]") {
    Centre centre;
    const auto counts = centre.endpoint->report({Day::of(2013, 1, 1), Day::of(2013, 12, 31)}, "nobody's");
    REQUIRE_FALSE(counts.ok());
    CHECK(counts.error().what.find("nobody's") != std::string::npos);
}
