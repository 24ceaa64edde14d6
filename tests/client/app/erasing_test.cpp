// R22: a tablet that its centre ordered to erase itself, on a real folder with a real vault.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "client/app/commands.h"
#include "sync/endpoint/endpoint.h"
#include "sync/endpoint/tablet_standing.h"
#include "sync/store/identity_file.h"
#include "sync/store/sqlite_connection.h"
#include "sync/wire/ticket.h"
#include "tests/client/app/tablet_at_the_door.h"
#include "tests/support/endpoint_keys.h"
#include "tests/support/joined.h"

using namespace doorstep;
using namespace doorstep::test;
namespace fs = std::filesystem;

namespace {

struct OrderedTablet : TabletAtTheDoor {
    OrderedTablet() {
        auto opened = open_sqlite(":memory:");
        REQUIRE(opened.ok());
        sql = std::move(*opened);
        auto made = Endpoint::open(*sql, directory, clock, random);
        REQUIRE(made.ok());
        endpoint.emplace(std::move(*made));
        REQUIRE(endpoint->use_keys(testing::same_keys()).ok());
        const auto enrolled = endpoint->enrol("tab-01");
        REQUIRE(enrolled.ok());
        EnrolmentGiven given;
        given.places = places_of(folder.file("data"));
        given.endpoint = "http://127.0.0.1:9";
        wire::Ticket ticket;
        ticket.enrolment = enrolled->enrolment;
        ticket.tablet = enrolled->tablet;
        ticket.seed = enrolled->seed;
        ticket.sealing_key = enrolled->sealing_key;
        ticket.signing_key = enrolled->signing_key;
        ticket.safeguarding_key = enrolled->safeguarding_key;
        ticket.recovery_key = enrolled->recovery_key;
        ticket.authority_pins = std::string(64, 'p');
        given.ticket = folder.write("ticket", wire::encode(ticket));
        REQUIRE(doorstep::enrol(given, clock).ok());
        TabletIdentity identity;
        identity.enrolment = enrolled->enrolment;
        identity.seed = enrolled->seed;
        identity.signing_key = enrolled->signing_key;
        auto with = RequestSigner::of(identity, numbers_in_memory());
        REQUIRE(with.ok());
        signer.emplace(std::move(*with));
        begin();
        act(intent::SetUp{"off-pol-01", typed(lead_words)});
        act(intent::ChoosePin{typed(shift_pin)});
    }
    void sync() {
        act(intent::SyncNow{});
        for (auto asked = shift->take_requests(); !asked.empty(); asked = shift->take_requests())
            for (const SendRequest& each : asked) {
                const auto going = signer->sign(each.request, shift->signed_in());
                REQUIRE(going.ok());
                const auto arrived = testing::as_it_arrives(*going);
                auto reply = testing::as_it_comes(endpoint->handle({&arrived, 1}).at(0));
                signer->prove(*going, reply);
                shift->replied({each.lane, each.attempt, std::move(reply), clock.now_ms()});
            }
    }
    std::int64_t facts_at_the_centre() {
        std::int64_t count = -1;
        REQUIRE(sql->query("select count(*) from operation", {},
                           [&](const SqlRow& row) {
                               count = row.integer(0);
                               return false;
                           })
                    .ok());
        return count;
    }
    bool nothing_is_left() const {
        return fs::is_empty(folder.file("data")) && !fs::exists(places_of(folder.file("data")).device_secret);
    }

    Directory directory;
    std::unique_ptr<SqlConnection> sql;
    std::optional<Endpoint> endpoint;
    std::optional<RequestSigner> signer;
};

}  // namespace

TEST_CASE("a tablet that is ordered to wipe erases itself, open or locked", "[erasing]") {
    OrderedTablet tablet;
    REQUIRE_FALSE(tablet.nothing_is_left());
    REQUIRE(order_tablet(*tablet.endpoint, "tab-01", wire::OrderMode::wipe).ok());
    if (GENERATE(false, true))
        tablet.lock(intent::SwitchOfficer{});
    tablet.sync();
    CHECK(tablet.nothing_is_left());
    CHECK(tablet.screen<TroubleView>().title == "This tablet was erased");
    CHECK(tablet.facts_at_the_centre() == 0);
}

TEST_CASE("a tablet that retires waits for what is begun on it, locked too", "[erasing]") {
    OrderedTablet tablet;
    tablet.lock(intent::SwitchOfficer{});
    tablet.shift.reset();
    tablet.give_street();
    tablet.begin();
    tablet.come_in();
    tablet.to_the_questionnaire();
    const auto first = tablet.screen<PageView>().items.at(0).question.node;
    tablet.act(intent::GiveAnswer{first, {AnswerKind::prefer_not, {}}});
    REQUIRE(order_tablet(*tablet.endpoint, "tab-01", wire::OrderMode::retire).ok());
    tablet.sync();
    CHECK_FALSE(tablet.nothing_is_left());
    CHECK(tablet.notice().find("out of use") != std::string::npos);
    // With the questionnaire put away, and with the tablet locked, it is still there.
    tablet.act(intent::GoHome{});
    tablet.sync();
    CHECK_FALSE(tablet.nothing_is_left());
    tablet.lock();
    tablet.sync();
    CHECK_FALSE(tablet.nothing_is_left());
    tablet.come_in();
    CHECK(std::get<HomeView>(tablet.view().screen).visits.size() == 1);
}

TEST_CASE("a tablet that retires sends what is unsent, and then erases itself", "[erasing]") {
    OrderedTablet tablet;
    tablet.lock(intent::SwitchOfficer{});
    tablet.shift.reset();
    tablet.give_street();
    tablet.begin();
    tablet.come_in();
    REQUIRE(order_tablet(*tablet.endpoint, "tab-01", wire::OrderMode::retire).ok());
    tablet.sync();
    CHECK(tablet.facts_at_the_centre() > 0);
    CHECK(tablet.nothing_is_left());
    CHECK(tablet.screen<TroubleView>().title == "This tablet was erased");
}
