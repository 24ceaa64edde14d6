// What was recorded is kept, whichever file of a tablet is lost or bad: seen from the app.
#include <filesystem>
#include <fstream>

#include "client/app/commands.h"
#include "sync/store/identity_file.h"
#include "sync/store/mend_store.h"
#include "tests/client/app/tablet_at_the_door.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

namespace fs = std::filesystem;

// Signed in on, with a visit recorded that nobody was sent; then nobody has it open.
struct LeftAtNight : TabletAtTheDoor {
    LeftAtNight() {
        set_up();
        give_street();
        REQUIRE(fs::file_size(store() + "-unsent") > 0);
    }
    std::string data() const { return folder.file("data"); }
    std::string store() const { return data() + "/doorstep.sqlite"; }
    void lose_records() {
        fs::remove(store());
        fs::remove(store() + "-wal");
        for (const char* route : {"/route.json", "/route.sealed"})
            fs::remove(data() + route);
    }
    void sign_in_again() {
        number = -1;
        begin();
        act(intent::SignIn{slot_of("off-pol-01"), typed(lead_words)});
        if (std::holds_alternative<ChoosePinView>(view().screen))
            act(intent::ChoosePin{typed(shift_pin)});
    }
};

}  // namespace

TEST_CASE("records that are gone are mended from the second copy of what was not sent", "[kept]") {
    LeftAtNight tablet;
    tablet.lose_records();
    if (GENERATE(false, true))
        std::ofstream(tablet.store()).close();
    const auto copied = fs::file_size(tablet.store() + "-unsent");
    tablet.sign_in_again();
    CHECK(tablet.screen<TroubleView>().can_mend);
    CHECK(tablet.screen<TroubleView>().what.find("second copy") != std::string::npos);
    CHECK(fs::file_size(tablet.store() + "-unsent") == copied);
    tablet.act(intent::MendRecords{});
    static_cast<void>(tablet.screen<HomeView>());  // its list of doors is what does not come back
    CHECK(tablet.notice().starts_with("The records were gone."));
    CHECK(tablet.notice().find("not sent yet is complete: 1") != std::string::npos);
    CHECK(tablet.notice().find("does not come back by itself") != std::string::npos);
    tablet.act(intent::OpenSync{});
    CHECK(fs::file_size(tablet.store() + "-unsent") > 0);
}

TEST_CASE("where nothing is left the tablet goes on only under a new enrolment", "[kept]") {
    LeftAtNight tablet;
    tablet.lose_records();
    std::ofstream(tablet.store() + "-unsent").close();
    tablet.number = -1;
    tablet.begin();
    CHECK(tablet.screen<TroubleView>().can_go_on);
    CHECK(fs::exists(tablet.data() + "/identity"));
    tablet.act(intent::GoHome{});
    CHECK_FALSE(fs::exists(tablet.data() + "/identity"));
    tablet.act(intent::SignIn{tablet.slot_of("off-pol-01"), typed(lead_words)});
    tablet.act(intent::ChoosePin{typed(shift_pin)});
    CHECK(tablet.screen<HomeView>().visits.empty());
}

TEST_CASE("a bad second copy bars nobody from sound records, and is kept", "[kept]") {
    LeftAtNight tablet;
    const auto copy = tablet.store() + "-unsent";
    fs::remove(copy);
    fs::create_directory(copy);
    tablet.sign_in_again();
    CHECK(tablet.screen<HomeView>().visits.size() == 1);
    CHECK(tablet.notice().find("second copy of what was not sent could not be read") != std::string::npos);
    CHECK(tablet.notice().find("doorstep.sqlite-unsent.bad-1") != std::string::npos);
    CHECK(fs::is_directory(copy + ".bad-1"));
    CHECK(fs::file_size(copy) > 0);
}

TEST_CASE("records without their vault are said, and no new vault is made beside them", "[kept]") {
    LeftAtNight tablet;
    const auto vault = tablet.data() + "/vault";
    fs::rename(vault, tablet.folder.file("vault-put-by"));
    tablet.number = -1;
    tablet.begin();
    const auto& page = tablet.screen<TroubleView>();
    CHECK(page.what.find("vault of this tablet is missing") != std::string::npos);
    CHECK(page.mend.find("Put the file back from a copy") != std::string::npos);
    CHECK_FALSE(page.can_mend);
    CHECK_FALSE(page.can_go_on);
    tablet.act(intent::SetUp{"off-pol-02", typed(lead_words)});
    CHECK_FALSE(fs::exists(vault));
    EnrolmentGiven given;
    given.places = places_of(tablet.data());
    given.endpoint = "http://127.0.0.1:9";
    given.ticket = tablet.folder.file("ticket");
    given.lead = "off-pol-02";
    given.passphrase = SecretText(lead_words);
    given.cost = quick;
    const auto refused = doorstep::enrol(given, tablet.clock);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().what.find("vault of this tablet is missing") != std::string::npos);
    CHECK_FALSE(fs::exists(vault));
    fs::rename(tablet.folder.file("vault-put-by"), vault);
    tablet.sign_in_again();
    CHECK(tablet.screen<HomeView>().visits.size() == 1);
}

TEST_CASE("a command takes no folder whose records are gone for a new one", "[kept]") {
    LeftAtNight tablet;
    tablet.lose_records();
    const auto who =
        sign_in(places_of(tablet.data()), {"off-pol-01", tablet.folder.file("words"), quick}, tablet.clock);
    REQUIRE(who.ok());
    const auto opened = open_tablet(places_of(tablet.data()), *who, tablet.clock, tablet.random, {0, false});
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().fault == Fault::damaged);
    CHECK_FALSE(fs::exists(tablet.store()));
}
