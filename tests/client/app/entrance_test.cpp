// Coming in and going out with a real vault: the first team lead, passphrases, the PIN of
// a shift, the licence, and what is left when the tablet is locked.
#include <unistd.h>

#include "client/app/commands.h"
#include "tests/client/app/tablet_at_the_door.h"
#include "tests/support/row_keys.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

constexpr const char* officer_words = "copper lantern field";
constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;

}  // namespace

TEST_CASE("a tablet that nobody enrolled says who does it", "[entrance]") {
    TabletAtTheDoor tablet;
    tablet.begin();
    CHECK_FALSE(tablet.screen<SetUpView>().enrolled);
    CHECK(tablet.screen<SetUpView>().words.find("Whoever looks after Doorstep") != std::string::npos);
    tablet.act(intent::SetUp{"off-pol-01", typed(lead_words)});
    tablet.act(intent::GoHome{});
    static_cast<void>(tablet.screen<SetUpView>());
    CHECK_FALSE(tablet.view().open);
}

TEST_CASE("the first team lead is made at the tablet, and comes in with a PIN", "[entrance]") {
    TabletAtTheDoor tablet;
    tablet.enrol();
    tablet.begin();
    tablet.act(intent::SetUp{"off-pol-01", typed("short")});
    CHECK(tablet.screen<SetUpView>().trouble.find("10") != std::string::npos);
    tablet.act(intent::SetUp{"off-pol-01", typed(lead_words)});
    tablet.act(intent::ChoosePin{typed("123456")});
    CHECK_FALSE(tablet.screen<ChoosePinView>().trouble.empty());
    tablet.act(intent::ChoosePin{typed("481502")});
    static_cast<void>(tablet.screen<HomeView>());
    CHECK(tablet.view().open);
    // The screen said that it was working before each half second.
    bool worked = false;
    for (const auto& view : tablet.seen)
        if (const auto* set_up = std::get_if<SetUpView>(&view->screen))
            worked = worked || set_up->working;
    CHECK(worked);

    tablet.act(intent::OpenSettings{});
    CHECK(tablet.screen<SettingsView>().officer == "off-pol-01");
}

TEST_CASE("a lock hands on nothing but the memory that the PIN opens", "[entrance]") {
    TabletAtTheDoor tablet;
    tablet.set_up();
    tablet.act(intent::OpenSettings{});
    tablet.lock();
    CHECK_FALSE(tablet.view().open);
    const auto& locked = tablet.screen<SignInView>();
    CHECK(locked.by_pin);
    CHECK(locked.people.size() == 1);
    CHECK(locked.tablet == "tab-01");
    // What is said to the records meanwhile is heard by nobody.
    tablet.act(intent::OpenCounts{});
    tablet.act(intent::GoHome{});
    static_cast<void>(tablet.screen<SignInView>());

    tablet.act(intent::UnlockByPin{typed("481503")});
    CHECK_FALSE(tablet.screen<SignInView>().trouble.empty());
    tablet.act(intent::UnlockByPin{typed("481502")});
    // Where one was.
    static_cast<void>(tablet.screen<SettingsView>());
}

TEST_CASE("after five wrong PINs, and for whoever asks, it is the passphrase", "[entrance]") {
    TabletAtTheDoor tablet;
    tablet.set_up();
    tablet.lock();
    for (int i = 0; i < 5; ++i) {
        tablet.act(intent::UnlockByPin{typed("000777")});
        tablet.boot.advance_ms(60'000);
    }
    CHECK_FALSE(tablet.screen<SignInView>().by_pin);
    tablet.act(intent::SignIn{tablet.slot_of("off-pol-01"), typed(lead_words)});
    tablet.act(intent::WithoutPin{});
    static_cast<void>(tablet.screen<HomeView>());

    tablet.lock(intent::SwitchOfficer{});
    CHECK(tablet.number == -1);
    CHECK_FALSE(tablet.screen<SignInView>().by_pin);
    tablet.act(intent::SignIn{tablet.slot_of("off-pol-01"), typed("something else here")});
    CHECK(tablet.screen<SignInView>().trouble.find("left") != std::string::npos);
}

TEST_CASE("wrong passphrases make one wait, and the screen comes back by itself", "[entrance]") {
    TabletAtTheDoor tablet;
    tablet.set_up();
    tablet.lock(intent::SwitchOfficer{});
    const Uuid slot = tablet.slot_of("off-pol-01");
    tablet.act(intent::ChoosePerson{slot});
    for (int i = 0; i < 4; ++i)
        tablet.act(intent::SignIn{slot, typed("something else here")});
    CHECK_FALSE(tablet.screen<SignInView>().can_try);
    const auto wake = tablet.shift->wake_at_ms();
    REQUIRE(wake);
    tablet.clock.set_ms(*wake);
    tablet.boot.advance_ms(10'000);
    tablet.shift->woken();
    CHECK(tablet.screen<SignInView>().can_try);
    tablet.act(intent::SignIn{slot, typed(lead_words)});
    static_cast<void>(tablet.screen<ChoosePinView>());
}

TEST_CASE("a clock that is set back makes nobody wait longer after wrong passphrases", "[entrance]") {
    TabletAtTheDoor tablet;
    tablet.set_up();
    tablet.lock(intent::SwitchOfficer{});
    const Uuid slot = tablet.slot_of("off-pol-01");
    tablet.act(intent::ChoosePerson{slot});
    for (int i = 0; i < 4; ++i)
        tablet.act(intent::SignIn{slot, typed("something else here")});
    REQUIRE_FALSE(tablet.screen<SignInView>().can_try);
    for (const std::int64_t hours : {-1, 1}) {
        tablet.clock.set_ms(tablet.clock.now_ms() + hours * 3'600'000);
        const auto wake = tablet.shift->wake_at_ms();
        REQUIRE(wake);
        CHECK(*wake - tablet.clock.now_ms() > 0);
        CHECK(*wake - tablet.clock.now_ms() <= 60'000);
        tablet.shift->woken();
        CHECK_FALSE(tablet.screen<SignInView>().can_try);
    }
    tablet.clock.set_ms(tablet.clock.now_ms() - 3'600'000);
    tablet.boot.advance_ms(6 * 60'000);
    CHECK(tablet.shift->wake_at_ms() == tablet.clock.now_ms());
    tablet.shift->woken();
    CHECK(tablet.screen<SignInView>().can_try);
    CHECK(tablet.shift->wake_at_ms() == std::nullopt);
}

TEST_CASE("a lead adds an officer without a network, who works and adds nobody", "[entrance]") {
    TabletAtTheDoor tablet;
    tablet.set_up();
    tablet.act(intent::OpenOfficers{});
    REQUIRE(tablet.screen<OfficersView>().may_change);
    tablet.act(intent::AddOfficer{"off-fire-02", false, typed(officer_words)});
    CHECK(tablet.screen<OfficersView>().trouble.empty());
    CHECK(tablet.screen<OfficersView>().people.size() == 2);
    tablet.act(intent::AddOfficer{"off-fire-02", false, typed(officer_words)});
    CHECK_FALSE(tablet.screen<OfficersView>().trouble.empty());

    tablet.lock(intent::SwitchOfficer{});
    tablet.act(intent::SignIn{tablet.slot_of("off-fire-02"), typed(officer_words)});
    tablet.act(intent::ChoosePin{typed("902713")});
    static_cast<void>(tablet.screen<HomeView>());
    tablet.act(intent::OpenOfficers{});
    CHECK_FALSE(tablet.screen<OfficersView>().may_change);
    tablet.act(intent::AddOfficer{"off-hbc-09", true, typed(officer_words)});
    CHECK(tablet.screen<OfficersView>().people.size() == 2);
    CHECK_FALSE(tablet.screen<OfficersView>().trouble.empty());
}

TEST_CASE("an officer who leaves takes no key along: the rows are sealed anew", "[entrance]") {
    TabletAtTheDoor tablet;
    tablet.set_up();
    tablet.act(intent::OpenOfficers{});
    tablet.act(intent::AddOfficer{"off-fire-02", false, typed(officer_words)});
    Uuid leaver;
    for (const SignInPerson& person : tablet.screen<OfficersView>().people)
        if (person.name == "off-fire-02")
            leaver = person.slot;
    tablet.act(intent::RemoveOfficer{leaver});
    // The keys behind the PIN were not the newest any more.
    static_cast<void>(tablet.screen<ChoosePinView>());
    tablet.act(intent::ChoosePin{typed("550291")});
    for (int rounds = 0; rounds < 100 && tablet.shift->wake_at_ms(); ++rounds)
        tablet.shift->woken();
    tablet.lock();
    tablet.act(intent::UnlockByPin{typed("550291")});
    CHECK(tablet.view().open);
    CHECK(tablet.shift->wake_at_ms() == std::nullopt);
    tablet.act(intent::OpenOfficers{});
    CHECK(tablet.screen<OfficersView>().people.size() == 1);
}

TEST_CASE("after 35 days officers are refused, and a lead renews the licence", "[entrance]") {
    TabletAtTheDoor tablet;
    tablet.set_up();
    tablet.act(intent::OpenOfficers{});
    tablet.act(intent::AddOfficer{"off-fire-02", false, typed(officer_words)});
    tablet.lock(intent::SwitchOfficer{});
    tablet.clock.set_ms(tablet.clock.now_ms() + 36 * day_ms);
    tablet.act(intent::SignIn{tablet.slot_of("off-fire-02"), typed(officer_words)});
    CHECK(tablet.screen<SignInView>().trouble.find("35 days") != std::string::npos);
    tablet.act(intent::SignIn{tablet.slot_of("off-pol-01"), typed(lead_words)});
    CHECK(tablet.screen<OfficersView>().licence_ended);
    CHECK(tablet.view().open);  // there is something to lock, though no record can be read
    tablet.act(intent::GoHome{});
    CHECK(tablet.screen<OfficersView>().licence_ended);
    tablet.act(intent::RenewLicence{});
    tablet.act(intent::WithoutPin{});
    static_cast<void>(tablet.screen<HomeView>());
    tablet.lock(intent::SwitchOfficer{});
    tablet.act(intent::SignIn{tablet.slot_of("off-fire-02"), typed(officer_words)});
    static_cast<void>(tablet.screen<ChoosePinView>());
}

TEST_CASE("a vault that was altered, or whose device secret is gone, is said and left alone", "[entrance]") {
    TabletAtTheDoor tablet;
    tablet.set_up();
    tablet.lock(intent::SwitchOfficer{});
    const TabletPlaces places = places_of(tablet.folder.file("data"));
    std::filesystem::rename(places.device_secret, places.device_secret + ".away");
    tablet.begin();
    CHECK(tablet.screen<TroubleView>().what.find("missing") != std::string::npos);
    std::filesystem::rename(places.device_secret + ".away", places.device_secret);
    tablet.act(intent::TryAgain{});
    static_cast<void>(tablet.screen<SignInView>());
}
