// A tablet that is lost or leaves: revoked, ordered to erase itself, and what a rescue file of it
// still brings.
#include "sync/wire/order.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "forms/base/encoding.h"
#include "sync/endpoint/tablet_standing.h"
#include "sync/store/rescue.h"
#include "sync/vault/erase_tablet.h"
#include "tests/sync/tablet/sealed_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;
namespace fs = std::filesystem;

namespace {

struct Ordered {
    CentreWithKeys centre;
    SealedTablet tablet{centre, "tab-01", 21};
    DirectClient line{centre, tablet.identity};

    Ordered() {
        tablet.enrol();
        tablet.plan_visits(3);
    }
    SyncOutcome sync() {
        auto outcome = sync_now(
            *tablet.store, line, centre.clock, tablet.random, [](std::int64_t) {}, 3);
        REQUIRE(outcome.ok());
        return *outcome;
    }
};

}  // namespace

TEST_CASE("a revoked tablet is refused with words, and its rescue file comes in by the operator alone",
          "[order]") {
    Ordered day;
    const auto file = write_rescue(*day.tablet.store, day.tablet.identity);
    REQUIRE(file.ok());
    REQUIRE(revoke_tablet(day.centre.endpoint, "tab-01").ok());
    const auto outcome = day.sync();
    CHECK(outcome.state.what == SyncState::What::refused);
    CHECK(outcome.state.words.find("ended this tablet's enrolment") != std::string::npos);
    CHECK_FALSE(outcome.state.order);
    CHECK(count_rows(*day.centre.sql, "operation") == 0);

    SealedTablet other(day.centre, "tab-02", 22);
    other.enrol();
    CHECK(*keep_rescued(*other.store, file->file) == 1);
    DirectClient by_other(day.centre, other.identity);
    static_cast<void>(other.sync(by_other));
    CHECK(count_rows(*day.centre.sql, "operation") == 0);

    const auto frames = rescue_frames(file->file);
    REQUIRE(frames.ok());
    for (const auto& frame : *frames)
        CHECK(day.centre.endpoint.take_in(frame).ok());
    CHECK(count_rows(*day.centre.sql, "fact_visit") == 3);
    CHECK(revoke_tablet(day.centre.endpoint, "tab-99").error().fault == Fault::not_found);
}

TEST_CASE("of two tablets with one name the one that is meant is named by its enrolment", "[order]") {
    Ordered day;
    SealedTablet instead(day.centre, "tab-01", 22);
    instead.enrol();
    const auto both = order_tablet(day.centre.endpoint, "tab-01", wire::OrderMode::wipe);
    REQUIRE_FALSE(both.ok());
    CHECK(both.error().fault == Fault::conflict);
    CHECK(both.error().what.find(day.tablet.identity.enrolment.text()) != std::string::npos);
    CHECK(revoke_tablet(day.centre.endpoint, "tab-01").error().fault == Fault::conflict);
    REQUIRE(
        order_tablet(day.centre.endpoint, day.tablet.identity.enrolment.text(), wire::OrderMode::wipe).ok());
    CHECK(day.sync().state.order_is_due);
    DirectClient by_other(day.centre, instead.identity);
    CHECK_FALSE(instead.sync(by_other)->state.order);
    // The other one is revoked now: the name means one again.
    CHECK(*revoke_tablet(day.centre.endpoint, "tab-01") == 1);
}

TEST_CASE("a wipe is due at once, whatever is unsent", "[order]") {
    Ordered day;
    REQUIRE(order_tablet(day.centre.endpoint, "tab-01", wire::OrderMode::wipe).ok());
    const auto outcome = day.sync();
    CHECK(outcome.state.order == wire::OrderMode::wipe);
    CHECK(outcome.state.order_is_due);
    CHECK(day.line.exchanges == 1);
    CHECK(count_rows(*day.centre.sql, "operation") == 0);
}

TEST_CASE("a tablet that retires sends everything before it is due, locked too", "[order]") {
    Ordered day;
    REQUIRE(order_tablet(day.centre.endpoint, "tab-01", wire::OrderMode::retire).ok());
    if (GENERATE(false, true))
        day.tablet.lock();
    // The first push is lost on the way back: nothing is due yet.
    day.line.on_the_way_back = [](HttpReply reply) -> Result<HttpReply> {
        if (reply.body.size() < 400 && reply.headers.count("doorstep-order") != 0)
            return Error{Fault::unreachable, "cut", ""};
        return reply;
    };
    const auto cut = day.sync();
    CHECK((cut.state.unsent == 0 || !cut.state.order_is_due));
    day.line.on_the_way_back = {};
    const auto outcome = day.sync();
    CHECK(outcome.state.order == wire::OrderMode::retire);
    CHECK(outcome.state.order_is_due);
    CHECK(outcome.state.unsent == 0);
    CHECK(count_rows(*day.centre.sql, "operation") == 3);
}

TEST_CASE("an order that the centre did not sign for this tablet is none", "[order]") {
    Ordered day;
    const int lie = GENERATE(0, 1, 2, 3);
    day.line.on_the_way_back = [&](HttpReply reply) -> Result<HttpReply> {
        wire::Order order{day.tablet.identity.enrolment, 1, wire::OrderMode::wipe};
        const auto pair =
            lie == 0 ? SigningPair::make()
                     : SigningPair::from_seed(SecretBytes(day.centre.endpoint.keys()->signing.seed.view()));
        if (lie == 1)
            order.enrolment = Uuid::random(day.centre.random);
        order.signature =
            sign(pair, lie == 2 ? wire::reply_purpose : wire::order_purpose, wire::order_text(order));
        reply.headers["doorstep-order"] = wire::order_line(order);
        if (lie == 3)
            reply.headers["doorstep-order"][0] = '2';
        return reply;
    };
    const auto outcome = day.sync();
    CHECK_FALSE(outcome.state.order);
    CHECK_FALSE(outcome.state.order_is_due);
    CHECK(outcome.up_to_date);
}

TEST_CASE("what a lost tablet held, and when it was seen and unlocked last", "[order]") {
    Ordered day;
    static_cast<void>(day.sync());
    day.tablet.plan_visits(2);
    const auto locked_only = lost_tablet(day.centre.endpoint, "tab-01");
    REQUIRE(locked_only.ok());
    CHECK(locked_only->at(0).acked_through == 3);
    CHECK(locked_only->at(0).last_seen_ms == day.centre.clock.now_ms());
    CHECK(locked_only->at(0).last_unlocked_ms == 0);
    day.centre.clock.advance_ms(60'000);
    day.line.signed_in(Uuid::random(day.centre.random));
    static_cast<void>(day.sync());
    const auto unlocked = lost_tablet(day.centre.endpoint, "tab-01");
    CHECK(unlocked->at(0).last_unlocked_ms == day.centre.clock.now_ms());
    CHECK(lost_tablet(day.centre.endpoint, "tab-99").error().fault == Fault::not_found);
}

TEST_CASE("a lost tablet could have pulled what it was given: the whole partnership, or its areas",
          "[order]") {
    Ordered day;
    static_cast<void>(day.sync());
    const auto given = [&] { return lost_tablet(day.centre.endpoint, "tab-01")->front(); };
    const auto facts = [&] {
        std::string all;
        for (const auto& one : given().could_pull)
            all += fmt::format("{}={} ", one.area, one.facts);
        return all;
    };
    CHECK(given().areas.empty());
    CHECK(facts() == "BE=3 =0 ");
    REQUIRE(
        day.centre.sql
            ->script("insert into address_patch(partnership, tablet, area) values(1, 'tab-01', 'SX'); insert "
                     "into address_patch(partnership, tablet, area) values(1, 'tab-02', 'BE')")
            .ok());
    CHECK(given().areas == std::vector<std::string>{"SX"});
    CHECK(facts() == "SX=0 =0 ");
    REQUIRE(day.centre.sql
                ->script("insert into address_patch(partnership, tablet, area) values(1, 'tab-01', 'BE')")
                .ok());
    CHECK(given().areas == std::vector<std::string>{"BE", "SX"});
    CHECK(facts() == "BE=3 SX=0 =0 ");
}

TEST_CASE("an order is read back as it was written, and nothing else is", "[order]") {
    wire::Order order{Uuid{}, 12, wire::OrderMode::retire, std::string(64, 's')};
    const auto line = wire::order_line(order);
    const auto read = wire::read_order(line, Uuid{});
    REQUIRE(read);
    CHECK(read->counter == 12);
    CHECK(read->mode == wire::OrderMode::retire);
    for (const std::string& wrong : {std::string(), std::string(" "), std::string("1"), std::string("1 wipe"),
                                     "x " + line, "0" + line, line + " ", std::string("1  ") + line})
        CHECK_FALSE(wire::read_order(wrong, Uuid{}));
}

TEST_CASE("after an erasure nothing of a tablet is left, and its keys were written over", "[order]") {
    const TemporaryFolder outside;
    const std::string folder = outside / "data";
    fs::create_directories(folder + "/questionnaires");
    const std::string secret = outside / "data.device-secret";
    for (const std::string& file :
         {folder + "/vault", folder + "/vault-tries", folder + "/vault.lock", folder + "/identity",
          folder + "/identity.requests", folder + "/doorstep.sqlite", folder + "/doorstep.sqlite-unsent",
          folder + "/questionnaires/form.xml", secret})
        std::ofstream(file) << "Wicket Cottage";
    // Another name for the same bytes: what was overwritten is blank there too.
    fs::create_hard_link(secret, outside / "kept-secret");
    fs::create_hard_link(folder + "/vault", outside / "kept-vault");
    const bool cut_off = GENERATE(false, true);
    if (cut_off) {
        fs::remove(folder + "/vault");
        fs::remove(secret);
    }
    REQUIRE(erase_tablet(folder, secret).ok());
    CHECK(fs::is_empty(folder));
    CHECK_FALSE(fs::exists(secret));
    REQUIRE(erase_tablet(folder, secret).ok());
    for (const char* name : {"kept-secret", "kept-vault"}) {
        std::string text;
        std::ifstream kept(outside / name);
        std::getline(kept, text);
        CHECK((text.find("Wicket") == std::string::npos) == !cut_off);
    }
}
