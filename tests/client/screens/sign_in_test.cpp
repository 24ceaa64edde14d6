// The lock screen and what is around it, under a finger.
#include <catch2/catch.hpp>

#include <cstring>

#include "tests/client/screens/glass.h"
#include "tests/client/screens/sample_views.h"

namespace doorstep {

using namespace intent;

namespace {

View named(const std::string& name) {
    return samples::named(samples::of_sign_in(), name);
}

bool any_mark_holds(const Glass& glass, std::string_view secret) {
    return std::any_of(glass.marks().begin(), glass.marks().end(), [&](const Mark& mark) {
        return mark.label.find(secret) != std::string::npos || mark.value.find(secret) != std::string::npos;
    });
}

// What a pad or a field shows: dots.
std::string dots_of(const Glass& glass, std::string_view label) {
    for (const Mark& mark : glass.marks())
        if (mark.label == label && !mark.value.empty())
            return mark.value;
    return {};
}

std::size_t count_of(const std::string& dots) {
    return dots.size() / std::strlen("\u2022");
}

}  // namespace

TEST_CASE("an officer chooses their code and signs in on the keyboard of the screen", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("sign-in"));
    CHECK_FALSE(glass.target("off-pol-02"));  // closed: it is told, and cannot be chosen
    CHECK(glass.sees("off-pol-02"));
    const auto person = glass.said<ChoosePerson>("off-pol-01");
    REQUIRE(person);
    CHECK(person->slot == samples::id(72));

    glass.becomes(named("sign-in-passphrase"));
    CHECK_FALSE(glass.target("Sign in")->enabled);
    REQUIRE(glass.type("three warm hats"));  // the keyboard is open at once
    CHECK(count_of(dots_of(glass, "Passphrase")) == 15);
    CHECK_FALSE(any_mark_holds(glass, "thr"));
    const auto said = glass.said<SignIn>("Sign in");
    REQUIRE(said);
    CHECK(said->slot == samples::id(72));
    CHECK(said->passphrase->view() == "three warm hats");
    CHECK(dots_of(glass, "Passphrase").empty());
    CHECK_FALSE(glass.target("Sign in")->enabled);  // nothing is sent twice
}

TEST_CASE("in very large words the passphrase and its button stand above the keys", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.look(Theme::light, 200);
    glass.show(named("sign-in-passphrase"));
    REQUIRE(glass.target("Space"));  // of the keyboard on the screen
    REQUIRE(glass.type("three warm hats"));
    glass.settle();
    const float keys = glass.target("q") ? glass.target("q")->rect.y : 0;
    REQUIRE(keys > 0);
    for (const char* label : {"Passphrase", "Sign in"}) {
        INFO(label);
        const Mark* mark = glass.target(label);
        REQUIRE(mark);
        CHECK(mark->rect.bottom() <= keys);
        CHECK(mark->rect.cut(mark->clip).h >= mark->rect.h - 1);
    }
}

TEST_CASE("whoever is inside can lock from every page, and nobody where nothing is open",
          "[screens][sign-in]") {
    for (const char* name : {"choose-pin", "opening", "trouble-damaged", "officers-licence-ended"}) {
        INFO(name);
        Glass glass(landscape);
        glass.show(named(name));
        glass.pass_ms(600);
        CHECK(glass.said<LockNow>("Lock"));
    }
    for (const char* name : {"set-up", "sign-in", "sign-in-passphrase", "sign-in-pin"}) {
        INFO(name);
        Glass glass(landscape);
        glass.show(named(name));
        CHECK_FALSE(glass.target("Lock"));
    }
}

TEST_CASE("while a passphrase is being checked nothing can be sent", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("sign-in-passphrase"));
    REQUIRE(glass.type("three warm hats"));
    glass.becomes(named("sign-in-checking"));
    REQUIRE(glass.target("Checking"));
    CHECK_FALSE(glass.target("Checking")->enabled);
    glass.take_said();
    REQUIRE(glass.tap("Enter"));
    REQUIRE(glass.tap("Checking"));
    CHECK(glass.take_said().empty());
}

TEST_CASE("after a wrong passphrase the words say so and the next is typed at once", "[screens][sign-in]") {
    Glass glass(portrait);
    glass.show(named("sign-in-passphrase"));
    REQUIRE(glass.type("wrong one here"));
    REQUIRE(glass.said<SignIn>("Enter"));
    glass.becomes(named("sign-in-checking"));
    glass.becomes(named("sign-in-wrong"));
    CHECK(glass.sees("That is not the passphrase. 6 tries are left."));
    REQUIRE(glass.type("right one here"));
    const auto said = glass.said<SignIn>("Enter");
    REQUIRE(said);
    CHECK(said->passphrase->view() == "right one here");
    const auto others = glass.said<ChoosePerson>("Someone else");
    REQUIRE(others);
    CHECK(others->slot == Uuid{});
}

TEST_CASE("where one alone may sign in there is nobody else to choose", "[screens][sign-in]") {
    View view = named("sign-in-passphrase");
    auto& screen = std::get<SignInView>(view.screen);
    screen.people = {screen.people[1]};
    Glass glass(landscape);
    glass.show(view);
    CHECK_FALSE(glass.target("Someone else"));
    CHECK(glass.target("Passphrase"));
}

TEST_CASE("a PIN unlocks from six digits on, and shows dots", "[screens][sign-in]") {
    for (const Shape& shape : {landscape, portrait, eight_inch_portrait}) {
        Glass glass(shape);
        glass.show(named("sign-in-pin"));
        for (const char* key : {"0", "5", "9"}) {
            CHECK(glass.target(key)->rect.w >= 12 * shape.px_per_mm);
            CHECK(glass.target(key)->rect.h >= 12 * shape.px_per_mm);
        }
        CHECK_FALSE(glass.target("Backspace")->enabled);
        REQUIRE(glass.type("48203"));
        CHECK_FALSE(glass.target("Unlock")->enabled);
        REQUIRE(glass.tap("Backspace"));
        REQUIRE(glass.type("71"));
        CHECK(count_of(dots_of(glass, "PIN")) == 6);
        CHECK_FALSE(any_mark_holds(glass, "4820"));
        const auto said = glass.said<UnlockByPin>("Unlock");
        REQUIRE(said);
        CHECK(said->pin->view() == "482071");
        CHECK(dots_of(glass, "PIN").empty());
    }
}

TEST_CASE("a PIN has twelve digits at most, and a keyboard types them too", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("sign-in-pin"));
    for (int i = 0; i < 15; ++i)
        REQUIRE(glass.tap("7"));
    CHECK(count_of(dots_of(glass, "PIN")) == 12);

    glass.show(named("sign-in-pin-wait"));
    glass.show(named("choose-pin"));
    glass.show(named("sign-in-pin"));
    glass.stage().event(TextTyped{"4820x71"});
    glass.stage().event(KeyPressed{Key::enter, true});
    glass.settle();
    const auto said = glass.last<UnlockByPin>();
    REQUIRE(said);
    CHECK(said->pin->view() == "482071");
}

TEST_CASE("after a wrong PIN one waits, or uses the passphrase", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("sign-in-pin-wait"));
    CHECK_FALSE(glass.target("5")->enabled);
    CHECK(glass.sees("That is not the PIN. 3 tries are left. The next one is in 5 s."));
    const auto same = glass.said<ChoosePerson>("Use the passphrase instead");
    REQUIRE(same);
    CHECK(same->slot == samples::id(72));
    CHECK(glass.said<ChoosePerson>("Someone else")->slot == Uuid{});
}

TEST_CASE("the lock screen shows nothing but who may sign in", "[screens][sign-in]") {
    Glass glass(landscape);
    for (const char* name : {"sign-in", "sign-in-passphrase", "sign-in-pin"}) {
        View view = named(name);
        view.open = false;
        glass.show(view);
        CHECK_FALSE(glass.target("Back"));
        CHECK_FALSE(glass.target("Lock"));
        if (!glass.target("q"))
            CHECK(glass.sees("tab-01 · 3 to send"));
    }
}

TEST_CASE("a PIN is chosen twice, and the two must agree", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("choose-pin"));
    REQUIRE(glass.type("123456"));
    REQUIRE(glass.tap("Next"));
    CHECK(glass.sees("Choose a PIN for this shift"));  // among the first that anybody would try
    REQUIRE(glass.type("482071"));
    REQUIRE(glass.tap("Next"));
    CHECK(glass.sees("Type the PIN once more"));
    REQUIRE(glass.type("482072"));
    glass.take_said();
    REQUIRE(glass.tap("Use this PIN"));
    CHECK(glass.take_said().empty());
    CHECK(glass.sees("The two PINs are not the same. Choose again."));
    CHECK(dots_of(glass, "PIN").empty());
    REQUIRE(glass.type("482071"));
    REQUIRE(glass.tap("Next"));
    REQUIRE(glass.type("482071"));
    const auto said = glass.said<ChoosePin>("Use this PIN");
    REQUIRE(said);
    CHECK(said->pin->view() == "482071");
    CHECK(glass.said<WithoutPin>("Without a PIN"));
}

TEST_CASE("a PIN that the vault refused is chosen anew", "[screens][sign-in]") {
    Glass glass(portrait);
    View view = named("choose-pin");
    glass.show(view);
    REQUIRE(glass.type("482071"));
    REQUIRE(glass.tap("Next"));
    std::get<ChoosePinView>(view.screen).trouble = "There is no room for the PIN.";
    glass.becomes(view);
    CHECK(glass.sees("There is no room for the PIN."));
    CHECK(glass.sees("Choose a PIN for this shift"));
}

TEST_CASE("the first team lead types the passphrase twice", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("set-up"));
    CHECK_FALSE(glass.target("Make the sign-in")->enabled);
    REQUIRE(glass.tap("Your code, as the team writes it"));
    REQUIRE(glass.type("lead"));
    REQUIRE(glass.tap("Enter"));  // to the passphrase
    REQUIRE(glass.type("three warm hats"));
    REQUIRE(glass.tap("Enter"));  // to the same once more
    REQUIRE(glass.type("three warm hat"));
    glass.take_said();
    REQUIRE(glass.tap("Enter"));
    CHECK(glass.take_said().empty());
    CHECK(glass.sees("The two passphrases are not the same. Type both again."));
    REQUIRE(glass.type("three warm hats"));
    REQUIRE(glass.tap("Enter"));
    REQUIRE(glass.type("three warm hats"));
    REQUIRE(glass.tap("Done"));
    const auto said = glass.said<SetUp>("Make the sign-in");
    REQUIRE(said);
    CHECK(said->label == "lead");
    CHECK(said->passphrase->view() == "three warm hats");
    CHECK_FALSE(any_mark_holds(glass, "hats"));
}

TEST_CASE("a passphrase that is too short is told before anything is sent", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("set-up"));
    REQUIRE(glass.tap("Your code, as the team writes it"));
    REQUIRE(glass.type("lead"));
    for (int twice = 0; twice < 2; ++twice) {
        REQUIRE(glass.tap("Enter"));
        REQUIRE(glass.type("short"));
    }
    glass.take_said();
    REQUIRE(glass.tap("Enter"));
    CHECK(glass.take_said().empty());
    CHECK_FALSE(glass.target("off-lead-01"));
    CHECK(glass.in_sight().find("Passphrase") != std::string::npos);
}

TEST_CASE("a tablet that is not enrolled asks for the centre's address and code", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("set-up-not-enrolled"));
    CHECK_FALSE(glass.target("Passphrase"));
    CHECK(glass.said<TryAgain>("Look again"));
    REQUIRE(glass.tap("Address of the centre"));
    REQUIRE(glass.type("centre"));
    REQUIRE(glass.tap("Enter"));
    REQUIRE(glass.tap("Code"));
    REQUIRE(glass.type("abcd"));
    const auto said = glass.said<JoinByCode>("Enter");
    REQUIRE(said);
    CHECK(said->endpoint == "centre");
    CHECK(said->code == "abcd");
}

TEST_CASE("the four words are compared with two buttons, and the wait can be stopped", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("join-comparing"));
    for (const char* word : {"amber", "canoe", "ladder", "picnic"})
        CHECK(glass.sees(word));
    const auto same = glass.said<CentreWords>("They are the same");
    REQUIRE(same);
    CHECK(same->same);
    const auto differ = glass.said<CentreWords>("They differ");
    REQUIRE(differ);
    CHECK_FALSE(differ->same);
    glass.show(named("join-waiting"));
    CHECK(glass.sees("thimble"));
    CHECK(glass.said<StopJoining>("Stop"));
    glass.show(named("join-refused"));
    CHECK(glass.sees("This code does not hold. Ask the centre for a new one."));
}

TEST_CASE("a lead adds an officer, whose passphrase is typed twice", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("officers-lead"));
    REQUIRE(glass.tap("Add an officer"));
    REQUIRE(glass.tap("Code, as the team writes it"));
    REQUIRE(glass.type("new"));
    REQUIRE(glass.tap("Enter"));
    REQUIRE(glass.type("three warm hats"));
    REQUIRE(glass.tap("Enter"));
    REQUIRE(glass.type("three warm hats"));
    REQUIRE(glass.tap("Done"));
    REQUIRE(glass.tap("Team lead"));
    const auto said = glass.said<AddOfficer>("Add the officer");
    REQUIRE(said);
    CHECK(said->label == "new");
    CHECK(said->lead);
    CHECK(said->passphrase->view() == "three warm hats");
    CHECK(glass.sees("Who may sign in"));
}

TEST_CASE("a form that is left keeps nothing that was typed", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("officers-lead"));
    REQUIRE(glass.tap("Add an officer"));
    REQUIRE(glass.tap("Passphrase"));
    REQUIRE(glass.type("three warm hats"));
    REQUIRE(glass.tap("Back"));
    glass.take_said();
    REQUIRE(glass.tap("Add an officer"));
    CHECK(dots_of(glass, "Passphrase").empty());
}

TEST_CASE("to remove an officer takes two taps, and a third place keeps them", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("officers-lead"));
    glass.take_said();
    REQUIRE(glass.tap("off-pol-01"));
    REQUIRE(glass.tap("Remove"));
    CHECK(glass.take_said().empty());
    REQUIRE(glass.tap("Keep off-pol-01"));
    REQUIRE(glass.tap("Remove"));
    const auto said = glass.said<RemoveOfficer>("Remove off-pol-01");
    REQUIRE(said);
    CHECK(said->slot == samples::id(72));
    // Nobody removes themselves.
    REQUIRE(glass.tap("off-lead-01"));
    CHECK_FALSE(glass.target("Remove"));
    REQUIRE(glass.tap("New passphrase"));
    REQUIRE(glass.tap("Passphrase"));
    REQUIRE(glass.type("four cold red hats"));
    REQUIRE(glass.tap("Enter"));
    REQUIRE(glass.type("four cold red hats"));
    const auto anew = glass.said<NewPassphrase>("Enter");
    REQUIRE(anew);
    CHECK(anew->slot == samples::id(71));
    CHECK(anew->passphrase->view() == "four cold red hats");
}

TEST_CASE("an officer changes their own passphrase and nothing else", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("officers-own"));
    CHECK(glass.sees("Only a team lead changes who may sign in."));
    for (const char* other : {"off-lead-01", "Add an officer", "Renew the licence"})
        CHECK_FALSE(glass.target(other));
    REQUIRE(glass.tap("off-pol-01"));
    CHECK(glass.target("New passphrase"));
    CHECK_FALSE(glass.target("Remove"));
}

TEST_CASE("when the licence has ended it is all that can be renewed", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("officers-licence-ended"));
    CHECK_FALSE(glass.target("off-pol-01"));
    CHECK_FALSE(glass.target("Add an officer"));
    CHECK(glass.said<RenewLicence>("Renew the licence"));
    CHECK(glass.said<SwitchOfficer>("Switch officer"));
    glass.show(named("officers-lead"));
    CHECK(glass.said<RenewLicence>("Renew the licence"));
}

TEST_CASE("an opened tablet can be locked from every page", "[screens][sign-in]") {
    for (const Shape& shape : {landscape, portrait, eight_inch_portrait})
        for (const int percent : {100, 200}) {
            Glass glass(shape);
            glass.look(Theme::light, percent);
            for (const char* name : {"officers-lead", "settings-signed-in", "sync-sticks"}) {
                glass.show(named(name));
                INFO(name << ", " << percent << " %, " << shape.width);
                CHECK(glass.said<LockNow>("Lock"));
                CHECK(glass.target("Back"));
            }
        }
}

TEST_CASE("settings lock, switch and lead to who may sign in", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("settings-signed-in"));
    CHECK(glass.said<LockNow>("Lock now"));
    CHECK(glass.said<SwitchOfficer>("Switch officer"));
    CHECK(glass.said<OpenOfficers>("Who may sign in"));
    glass.show(samples::named(samples::of_home(), "settings"));
    CHECK_FALSE(glass.target("Lock now"));
}

TEST_CASE("what was not sent is written to the stick that was tapped", "[screens][sign-in]") {
    Glass glass(landscape);
    glass.show(named("sync-sticks"));
    CHECK(glass.said<WriteRescue>("Write to KINGSTON")->folder == "/media/kingston");
    View sent = named("sync-sticks");
    std::get<SyncView>(sent.screen).unsent = 0;
    glass.show(sent);
    CHECK_FALSE(glass.target("Write to KINGSTON"));

    glass.show(named("trouble-damaged"));
    CHECK(glass.said<WriteRescue>("Write what was not sent to Blue stick")->folder == "/media/blue");
    CHECK(glass.said<MendRecords>("Save what is whole"));
    CHECK(glass.said<ViewRecords>("Only look"));
    CHECK(glass.said<TryAgain>("Try again"));
}

}  // namespace doorstep
