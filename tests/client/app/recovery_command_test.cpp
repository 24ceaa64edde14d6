// Nobody knows a passphrase any more, or the device secret is lost: the custody sheet opens
// the tablet, and nothing that was recorded is gone.
#include "client/app/recovery_command.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "client/app/commands.h"
#include "sync/vault/custody_sheet.h"
#include "sync/wire/ticket.h"
#include "tests/client/app/tablet_at_the_door.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

constexpr const char* new_words = "violet anchor bridge";

struct ForgottenTablet : TabletAtTheDoor {
    ForgottenTablet() {
        const wire::Ticket ticket{*Uuid::parse("01234567-89ab-4def-8123-456789abcdef"),
                                  "tab-01",
                                  std::string(64, 'a'),
                                  keys.sealing.public_key.bytes,
                                  keys.signing.public_key.bytes,
                                  keys.safeguarding.public_key.bytes,
                                  keys.recovery.public_key.bytes,
                                  std::string(64, 'p')};
        EnrolmentGiven enrolment;
        enrolment.places = places;
        enrolment.endpoint = "http://127.0.0.1:9";
        enrolment.ticket = folder.write("ticket", wire::encode(ticket));
        REQUIRE(doorstep::enrol(enrolment, clock).ok());
        begin();
        act(intent::SetUp{"off-pol-01", typed(lead_words)});
        act(intent::ChoosePin{typed(shift_pin)});
        act(intent::OpenOfficers{});
        act(intent::AddOfficer{"off-fire-02", false, typed("copper lantern field")});
        give_street();
        begin();
        come_in();
        act(intent::GoHome{});
        to_the_questionnaire();
        name = screen<PageView>().items.at(0).question.name;
        act(intent::GiveAnswer{question(name).question.node, {AnswerKind::prefer_not, {}}});
        page = view().place;
        shift.reset();
        given.places = places;
        given.lead = "off-pol-01";
        given.sheet = secret_file("sheet", custody_sheet(keys, "Hertsmere", "21 November 2026").view());
        given.passphrase_file = secret_file("new", new_words);
        given.cost = quick;
    }
    std::string secret_file(const std::string& file, std::string_view text) {
        const std::string path = folder.write(file, std::string(text));
        REQUIRE(::chmod(path.c_str(), 0600) == 0);
        return path;
    }
    Result<std::string> recover() { return doorstep::recover(given, clock, random); }
    std::string recovered() {
        const auto said = recover();
        INFO((said.ok() ? std::string{} : said.error().text()));
        REQUIRE(said.ok());
        return *said;
    }
    void flip_a_byte(const std::string& file) const {
        std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
        // Among the wraps of sign-ins, which the recovery key needs none of.
        bytes.seekg(-1, std::ios::end);
        const int last = bytes.get();
        bytes.seekp(-1, std::ios::end);
        bytes.put(static_cast<char>(last ^ 1));
    }
    // A new start, and that lead goes on with the questionnaire where it was left.
    void draft_is_there(const std::string& lead = "off-pol-01") {
        begin();
        act(intent::SignIn{slot_of(lead), typed(new_words)});
        act(intent::WithoutPin{});
        CHECK(view().place == page);
        CHECK(question(name).question.answer == Answer{AnswerKind::prefer_not, {}});
        act(intent::OpenSettings{});
        CHECK(screen<SettingsView>().tablet == "tab-01");
        CHECK(screen<SettingsView>().endpoint == "http://127.0.0.1:9");
        act(intent::SyncNow{});
        CHECK_FALSE(shift->take_requests().empty());
        act(intent::Back{});
    }
    std::vector<std::string> who_may_sign_in() {
        begin();
        std::vector<std::string> names;
        for (const auto& person : screen<SignInView>().people)
            names.push_back(person.name);
        shift.reset();
        return names;
    }

    const TabletPlaces places = places_of(folder.file("data"));
    EndpointKeys keys = EndpointKeys::make();
    RecoveryGiven given;
    std::string name;
    std::string page;
};

}  // namespace

TEST_CASE("when all leads forgot, the custody sheet lets one in, and the draft is there", "[recover]") {
    ForgottenTablet tablet;
    SECTION("one of before") {
        CHECK(tablet.recovered() == "off-pol-01 may sign in as a team lead with the new passphrase.\n");
        CHECK(tablet.who_may_sign_in() == std::vector<std::string>{"off-pol-01", "off-fire-02"});
        tablet.draft_is_there();
    }
    SECTION("a new one, by the line of the sheet alone") {
        tablet.given.lead = "off-hbc-09";
        tablet.given.sheet =
            tablet.secret_file("line", custody_line(CustodyKey::recovery, tablet.keys.recovery).view());
        tablet.recovered();
        CHECK(tablet.who_may_sign_in().size() == 3);
        tablet.draft_is_there("off-hbc-09");
    }
    SECTION("whose sign-in was closed, and the licence is over") {
        tablet.begin();
        for (int i = 0; i < 10; ++i) {
            tablet.act(intent::SignIn{tablet.slot_of("off-pol-01"), typed("something else here")});
            tablet.boot.advance_ms(600'000);
        }
        tablet.shift.reset();
        tablet.clock.set_ms(tablet.clock.now_ms() + std::int64_t{50} * 24 * 3'600'000);
        tablet.recovered();
        tablet.draft_is_there();
    }
    SECTION("and the count of tries is gone") {
        std::filesystem::remove(tablet.places.vault.tries);
        tablet.recovered();
        tablet.draft_is_there();
    }
}

TEST_CASE("a tablet without its device secret, or with a damaged vault, is opened by the sheet",
          "[recover]") {
    ForgottenTablet tablet;
    SECTION("the secret is gone") {
        std::filesystem::remove(tablet.places.device_secret);
    }
    SECTION("and the tries with it") {
        std::filesystem::remove(tablet.places.device_secret);
        std::filesystem::remove(tablet.places.vault.tries);
    }
    SECTION("the secret is cut off") {
        std::filesystem::resize_file(tablet.places.device_secret, 7);
    }
    SECTION("the vault has a wrong byte") {
        tablet.flip_a_byte(tablet.places.vault.file);
    }
    SECTION("who the tablet is, is gone too") {
        std::filesystem::remove(tablet.places.device_secret);
        std::filesystem::remove(tablet.places.identity);
    }
    tablet.begin();
    CHECK(tablet.screen<TroubleView>().mend.find("doorstep recover") != std::string::npos);
    tablet.shift.reset();
    CHECK(tablet.recovered().find("nobody else may sign in") != std::string::npos);
    CHECK(tablet.who_may_sign_in() == std::vector<std::string>{"off-pol-01"});
    tablet.draft_is_there();
    // Done again it is as after any other day.
    tablet.shift.reset();
    CHECK(tablet.recovered().find("nobody else") == std::string::npos);
    tablet.draft_is_there();
}

TEST_CASE("what is wrong with a recovery is said, and changes nothing", "[recover]") {
    ForgottenTablet tablet;
    const auto bytes = [&](const std::string& file) {
        std::ifstream in(file, std::ios::binary);
        return std::string{std::istreambuf_iterator<char>(in), {}};
    };
    const std::string before = bytes(tablet.places.vault.file);
    const std::string secret = bytes(tablet.places.device_secret);
    Fault expected = Fault::refused;
    std::string words;
    SECTION("the sheet of another partnership") {
        const EndpointKeys others = EndpointKeys::make();
        tablet.given.sheet = tablet.secret_file("sheet", custody_sheet(others, "Elsewhere", "today").view());
        words = "not the recovery key";
    }
    SECTION("a mistyped group") {
        std::string line(custody_line(CustodyKey::recovery, tablet.keys.recovery).view());
        std::swap(line[10], line[11]);
        if (line[10] == line[11])
            line[10] = line[10] == '7' ? '8' : '7';
        tablet.given.sheet = tablet.secret_file("sheet", line);
        expected = Fault::bad_input;
        words = "Group 3 is mistyped";
    }
    SECTION("a sheet that others may read") {
        REQUIRE(::chmod(tablet.given.sheet.c_str(), 0644) == 0);
        words = "chmod 600";
    }
    SECTION("a passphrase that is too short") {
        tablet.given.passphrase_file = tablet.secret_file("new", "short");
        expected = Fault::bad_input;
    }
    SECTION("an officer's code") {
        tablet.given.lead = "off-fire-02";
        expected = Fault::conflict;
        words = "officer";
    }
    SECTION("a window that is at work") {
        tablet.begin();
        tablet.come_in();
        expected = Fault::conflict;
    }
    const auto said = tablet.recover();
    REQUIRE_FALSE(said.ok());
    CHECK(said.error().fault == expected);
    CHECK(said.error().text().find(words) != std::string::npos);
    if (!tablet.shift)
        CHECK(bytes(tablet.places.vault.file) == before);
    CHECK(bytes(tablet.places.device_secret) == secret);
}

TEST_CASE("a vault that is gone opens for nobody, which is said", "[recover]") {
    ForgottenTablet tablet;
    std::filesystem::remove(tablet.places.vault.file);
    CHECK(tablet.recover().error().fault == Fault::not_found);
}

TEST_CASE("another tablet's vault in its place is noticed by records that do not open", "[recover]") {
    ForgottenTablet tablet;
    const auto device = DeviceSecret::load(tablet.places.device_secret);
    std::filesystem::remove(tablet.places.vault.file);
    std::filesystem::remove(tablet.places.vault.tries);
    REQUIRE(Vault::create(tablet.places.vault, DeviceSecret(device->key().duplicate()),
                          {tablet.clock, tablet.boot, quick},
                          {"off-pol-01", lead_words, quick, tablet.keys.recovery.public_key, {}})
                .ok());
    CHECK(tablet.recovered().find("may not be their vault") != std::string::npos);
}
