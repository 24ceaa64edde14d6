// The licence of a tablet, from a real endpoint to a real vault: who syncs works on, locked
// or open, and who does not is closed out after 35 days.
#include <fmt/format.h>

#include "client/app/commands.h"
#include "sync/endpoint/endpoint.h"
#include "sync/store/sqlite_connection.h"
#include "sync/wire/ticket.h"
#include "tests/client/app/tablet_at_the_door.h"
#include "tests/support/joined.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

constexpr const char* officer_words = "copper lantern field";
constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;

struct CentreWithKeys {
    explicit CentreWithKeys(const Clock& clock) {
        auto opened = open_sqlite(":memory:");
        REQUIRE(opened.ok());
        sql = std::move(opened).value();
        auto made = Endpoint::open(*sql, directory, clock, random);
        REQUIRE(made.ok());
        endpoint.emplace(std::move(made).value());
        EndpointKeys keys = EndpointKeys::make();
        REQUIRE(endpoint
                    ->use_keys({std::move(keys.sealing), std::move(keys.signing),
                                keys.safeguarding.public_key, keys.recovery.public_key})
                    .ok());
    }
    Directory directory;
    SeededRandom random{3};
    std::unique_ptr<SqlConnection> sql;
    std::optional<Endpoint> endpoint;
};

struct LicensedTablet : TabletAtTheDoor {
    LicensedTablet() {
        enrol_at(centre);
        begin();
        act(intent::SetUp{"off-pol-01", typed(lead_words)});
        act(intent::ChoosePin{typed(shift_pin)});
        act(intent::OpenOfficers{});
        act(intent::AddOfficer{"off-fire-02", false, typed(officer_words)});
        lock(intent::SwitchOfficer{});
    }
    void enrol_at(CentreWithKeys& where) {
        const auto made = where.endpoint->enrol("tab-01");
        REQUIRE(made.ok());
        speak_as(*made);
        const wire::Ticket ticket{made->enrolment,    made->tablet,        made->seed,
                                  made->sealing_key,  made->signing_key,   made->safeguarding_key,
                                  made->recovery_key, std::string(64, 'p')};
        EnrolmentGiven given;
        given.places = places_of(folder.file("data"));
        given.endpoint = "http://127.0.0.1:9";
        given.ticket = folder.write("ticket", wire::encode(ticket));
        REQUIRE(doorstep::enrol(given, clock).ok());
    }
    // All that is asked reaches that endpoint, until nothing is asked any more.
    void sync(CentreWithKeys& with) {
        act(intent::SyncNow{});
        for (auto asked = shift->take_requests(); !asked.empty(); asked = shift->take_requests())
            for (const SendRequest& each : asked) {
                auto reply = ask(with, each.request);
                last_status = reply.status;
                shift->replied({each.lane, each.attempt, std::move(reply), clock.now_ms()});
            }
    }
    void speak_as(const Enrolment& made) {
        TabletIdentity identity{made.enrolment, made.tablet, "", made.seed, ""};
        identity.signing_key = made.signing_key;
        auto with = RequestSigner::of(identity, numbers_in_memory());
        REQUIRE(with.ok());
        signer.emplace(std::move(*with));
    }
    HttpReply ask(CentreWithKeys& with, const HttpRequest& request) {
        const auto going = signer->sign(request, Uuid{});
        REQUIRE(going.ok());
        const auto arrived = testing::as_it_arrives(*going);
        auto reply = testing::as_it_comes(with.endpoint->handle({&arrived, 1}).at(0));
        signer->prove(*going, reply);
        return reply;
    }
    void pass(int days) {
        clock.set_ms(clock.now_ms() + days * day_ms);
        boot.advance_ms(days * day_ms);
    }
    // Whether the officer is let in; the tablet is locked again.
    bool officer_comes_in() {
        act(intent::SignIn{slot_of("off-fire-02"), typed(officer_words)});
        if (const auto* refused = std::get_if<SignInView>(&view().screen)) {
            said = refused->trouble;
            return false;
        }
        act(intent::WithoutPin{});
        lock(intent::SwitchOfficer{});
        return true;
    }

    CentreWithKeys centre{clock};
    std::optional<RequestSigner> signer;
    std::string said;
    int last_status = 0;
};

}  // namespace

TEST_CASE("a tablet that syncs every day stays open to its officers, and is never opened for it",
          "[licence]") {
    LicensedTablet tablet;
    for (int day = 0; day < 100; ++day) {
        tablet.pass(1);
        tablet.sync(tablet.centre);
        REQUIRE(std::holds_alternative<SignInView>(tablet.view().screen));
    }
    CHECK(tablet.officer_comes_in());
    tablet.pass(34);
    CHECK(tablet.officer_comes_in());
    tablet.pass(1);
    CHECK_FALSE(tablet.officer_comes_in());
    CHECK(tablet.said.find("35 days") != std::string::npos);
}

TEST_CASE("a tablet that nobody connects closes after 35 days, and its next sync opens it", "[licence]") {
    LicensedTablet tablet;
    tablet.pass(34);
    CHECK(tablet.officer_comes_in());
    tablet.pass(2);
    CHECK_FALSE(tablet.officer_comes_in());
    tablet.sync(tablet.centre);
    CHECK(tablet.officer_comes_in());
}

TEST_CASE("an open tablet takes its licence as a locked one does, and says until when", "[licence]") {
    LicensedTablet tablet;
    tablet.come_in();
    tablet.act(intent::OpenOfficers{});
    const std::string before = tablet.screen<OfficersView>().licence;
    tablet.pass(20);
    tablet.sync(tablet.centre);
    CHECK(tablet.screen<OfficersView>().licence != before);
    CHECK_FALSE(tablet.screen<OfficersView>().licence_ended);
    tablet.pass(30);
    tablet.lock(intent::SwitchOfficer{});
    CHECK(tablet.officer_comes_in());
}

TEST_CASE("a tablet that the endpoint knows no more gets no licence", "[licence]") {
    LicensedTablet tablet;
    tablet.sync(tablet.centre);
    tablet.pass(30);
    auto other = *tablet.centre.endpoint->enrol("tab-02");
    other.enrolment = Uuid::random(tablet.random);
    tablet.speak_as(other);
    tablet.sync(tablet.centre);
    CHECK(tablet.last_status == 401);
    tablet.pass(10);
    CHECK_FALSE(tablet.officer_comes_in());
}

TEST_CASE("a licence for another vault, an unsigned one and an older one change nothing", "[licence]") {
    LicensedTablet tablet;
    std::int64_t asked_ms = tablet.clock.now_ms();  // set up, it asks at once; nobody carries that until now
    tablet.pass(34);
    const Uuid vault = [&] {
        const auto device = DeviceSecret::load(places_of(tablet.folder.file("data")).device_secret);
        auto opened =
            Vault::open(places_of(tablet.folder.file("data")).vault, DeviceSecret(device->key().duplicate()),
                        {tablet.clock, tablet.boot, quick});
        return opened->id();
    }();
    const auto answer_with = [&](const std::optional<SignedLicence>& licence) {
        tablet.act(intent::SyncNow{});
        const auto asked = tablet.shift->take_requests();
        REQUIRE(asked.size() == 1);
        CHECK(asked[0].request.path ==
              fmt::format("/v1/tablet?vault={}&tablet_time_ms={}", vault.text(), asked_ms));
        asked_ms = tablet.clock.now_ms();  // when it asks next
        auto reply = wire::decode_tablet_reply(tablet.ask(tablet.centre, asked[0].request).body).value();
        REQUIRE(reply.licence.has_value());
        reply.licence.reset();
        if (licence)
            reply.licence = {licence->issued_ms, licence->until_ms, licence->signature};
        tablet.shift->replied({asked[0].lane, asked[0].attempt,
                               HttpReply{200, {{"doorstep-endpoint", "1"}}, wire::encode(reply), true},
                               tablet.clock.now_ms()});
    };
    const auto now = tablet.clock.now_ms();
    const SigningPair& signing = tablet.centre.endpoint->keys()->signing;
    const auto older = sign_licence(signing, vault, now - 20 * day_ms, now + 15 * day_ms);
    SECTION("none, as an endpoint of before answers") {
        answer_with(std::nullopt);
    }
    SECTION("for another vault") {
        answer_with(sign_licence(signing, Uuid::random(tablet.random), now, now + 35 * day_ms));
    }
    SECTION("unsigned") {
        answer_with(SignedLicence{now, now + 35 * day_ms, {}});
        answer_with(SignedLicence{now, now + 35 * day_ms, std::string(64, 's')});
    }
    SECTION("by somebody else") {
        answer_with(sign_licence(SigningPair::make(), vault, now, now + 35 * day_ms));
    }
    SECTION("for longer than 35 days") {
        answer_with(sign_licence(signing, vault, now, now + 400 * day_ms));
    }
    SECTION("older than the one that stands") {
        answer_with(sign_licence(signing, vault, now - 10 * day_ms, now + day_ms));
        answer_with(older);
    }
    tablet.pass(2);
    CHECK_FALSE(tablet.officer_comes_in());
    tablet.sync(tablet.centre);
    CHECK(tablet.officer_comes_in());
}

TEST_CASE("a tablet enrolled with another endpoint takes that one's licences once a lead was there",
          "[licence]") {
    LicensedTablet tablet;
    CentreWithKeys other(tablet.clock);
    tablet.shift.reset();
    tablet.enrol_at(other);
    tablet.begin();
    tablet.come_in();
    tablet.lock(intent::SwitchOfficer{});
    tablet.pass(40);
    CHECK_FALSE(tablet.officer_comes_in());
    tablet.sync(other);
    CHECK(tablet.officer_comes_in());
}
