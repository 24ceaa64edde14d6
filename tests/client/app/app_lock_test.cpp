// When the app locks by itself: nobody touches it, the power key, the machine sleeps.
#include <filesystem>

#include "client/app/app.h"
#include "client/view/intent_name.h"
#include "sync/store/identity_file.h"
#include "sync/vault/vault.h"
#include "tests/client/app/shift_in_hand.h"
#include "tests/support/row_keys.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

constexpr PasswordCost quick{1, 64};
constexpr std::int64_t second_us = 1'000'000;

decltype(intent::SignIn::passphrase) typed(std::string_view text) {
    return std::make_shared<const SecretText>(text);
}

// A street behind a vault, its team lead inside.
struct OpenedApp {
    OpenedApp() {
        const TabletPlaces places = places_of(street.folder.path());
        auto device = DeviceSecret::make(places.device_secret);
        REQUIRE(device.ok());
        TabletIdentity identity;
        identity.enrolment = *Uuid::parse("00000000-0000-4000-8000-000000000001");
        identity.tablet = "tab-01";
        identity.recovery_key = KeyPair::make().public_key.bytes;
        identity.signing_key = SigningPair::make().public_key.bytes;
        REQUIRE(keep_identity(places.identity, identity, *device).ok());
        options.shift = {street.folder.path(), {}, {"", "off-fire-02", "team-1"}, "Sam"};
        options.shift.cost = quick;
        options.shift.tablet.ballast_bytes = 0;
        options.window.driver = "dummy";
        options.inline_threads = true;
        options.raster = false;
        options.idle = {4, 2};
    }
    void open() {
        // The doors were given under the keys of tests: they are given anew behind this vault.
        for (const char* part : {"", "-wal", "-shm", "-unsent"})
            std::filesystem::remove(street.folder.file(std::string("doorstep.sqlite") + part));
        auto opened = App::open(options, street.clock, street.random);
        if (!opened.ok())
            FAIL(opened.error().text());
        app = std::move(opened).value();
        app->settle();
        app->act(intent::SetUp{"off-pol-01", typed("marble otter dusk")});
        app->act(intent::ChoosePin{typed("481502")});
        app->frame();
        REQUIRE(app->view()->open);
    }
    // Frames as they come, without a touch.
    void pass(std::int64_t us) {
        for (std::int64_t passed = 0; passed < us && !app->begin_anew(); passed += 16'667)
            app->frame();
    }
    void touch(std::int64_t at_us) {
        app->event(FingerSample{FingerSample::Phase::down, 1, 2, 2, at_us, 1});
        app->event(FingerSample{FingerSample::Phase::up, 1, 2, 2, at_us, 1});
    }

    StreetOnDisk street;
    AppOptions options;
    std::unique_ptr<App> app;
};

}  // namespace

TEST_CASE("a tablet that nobody touches locks by itself", "[app][lock]") {
    OpenedApp tablet;
    tablet.open();
    tablet.pass(second_us);
    CHECK_FALSE(tablet.app->begin_anew());
    tablet.pass(2 * second_us);
    CHECK(tablet.app->begin_anew());
}

TEST_CASE("a touch begins the time anew", "[app][lock]") {
    OpenedApp tablet;
    tablet.open();
    for (int i = 0; i < 4; ++i) {
        tablet.pass(second_us);
        tablet.touch(0);
    }
    CHECK_FALSE(tablet.app->begin_anew());
    tablet.pass(3 * second_us);
    CHECK(tablet.app->begin_anew());
}

TEST_CASE("the power key locks at once, and there is nothing to lock on the lock screen", "[app][lock]") {
    OpenedApp tablet;
    tablet.open();
    tablet.app->event(LockRequested{});
    tablet.app->frame();
    REQUIRE(tablet.app->begin_anew());
    tablet.options.shift.shift = *tablet.app->begin_anew();
    tablet.app.reset();
    auto again = App::open(tablet.options, tablet.street.clock, tablet.street.random);
    REQUIRE(again.ok());
    tablet.app = std::move(again).value();
    tablet.app->settle();
    tablet.app->event(LockRequested{});
    tablet.pass(5 * second_us);
    CHECK_FALSE(tablet.app->begin_anew());
    CHECK(std::holds_alternative<SignInView>(tablet.app->view()->screen));
}

TEST_CASE("no passphrase and no PIN is among what the app remembers of what was said", "[app][lock]") {
    OpenedApp tablet;
    tablet.open();
    for (const Intent& each : tablet.app->said())
        CHECK_FALSE(holds_secret(each));
}

TEST_CASE("an opened vault is locked wherever one stands: at the choice of a PIN too", "[app][lock]") {
    OpenedApp tablet;
    tablet.open();
    tablet.app->event(LockRequested{});
    tablet.app->frame();
    REQUIRE(tablet.app->begin_anew());
    tablet.app.reset();
    auto again = App::open(tablet.options, tablet.street.clock, tablet.street.random);
    REQUIRE(again.ok());
    tablet.app = std::move(again).value();
    tablet.app->settle();
    const auto view = tablet.app->view();
    tablet.app->act(
        intent::SignIn{std::get<SignInView>(view->screen).people.front().slot, typed("marble otter dusk")});
    tablet.app->frame();
    REQUIRE(std::holds_alternative<ChoosePinView>(tablet.app->view()->screen));
    tablet.pass(3 * second_us);
    CHECK(tablet.app->begin_anew());
}

TEST_CASE("a lock that is asked for while a passphrase is being checked locks whoever is let in",
          "[app][lock]") {
    OpenedApp tablet;
    tablet.open();
    tablet.app.reset();
    tablet.options.inline_threads = false;
    tablet.options.idle = {3600, 3600};
    auto opened = App::open(tablet.options, tablet.street.clock, tablet.street.random);
    REQUIRE(opened.ok());
    tablet.app = std::move(opened).value();
    tablet.app->settle();
    const auto& people = std::get<SignInView>(tablet.app->view()->screen).people;
    REQUIRE(people.size() == 1);
    const Uuid slot = people[0].slot;
    SECTION("and not for ever: what is typed afterwards is let in") {
        tablet.app->act(intent::SignIn{slot, typed("something else here")});
        tablet.app->event(LockRequested{});
        tablet.app->settle();
        CHECK_FALSE(tablet.app->begin_anew());
        tablet.app->act(intent::SignIn{slot, typed("marble otter dusk")});
        tablet.app->settle();
        CHECK(tablet.app->view()->open);
    }
    SECTION("that one") {
        tablet.app->act(intent::SignIn{slot, typed("marble otter dusk")});
        tablet.app->event(LockRequested{});
        tablet.app->settle();
        CHECK(tablet.app->begin_anew());
    }
}
