// doorstep rescue and doorstep carry, on tablets that nobody unlocks.
#include "client/app/rescue_commands.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "client/app/commands.h"
#include "sync/endpoint/endpoint.h"
#include "sync/store/identity_file.h"
#include "sync/store/locked_connection.h"
#include "sync/store/rescue.h"
#include "sync/wire/ticket.h"
#include "tests/support/only_to_read.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

constexpr PasswordCost quick{1, 64};

struct CentreInMemory {
    ManualClock clock{1'773'500'000'000, 0};
    SeededRandom random{3};
    Directory directory;
    std::unique_ptr<SqlConnection> sql = std::move(*open_sqlite(":memory:"));
    Endpoint endpoint = std::move(*Endpoint::open(*sql, directory, clock, random));

    CentreInMemory() {
        EndpointKeys made = EndpointKeys::make();
        REQUIRE(endpoint
                    .use_keys({std::move(made.sealing), std::move(made.signing), made.safeguarding.public_key,
                               made.recovery.public_key})
                    .ok());
    }
    std::int64_t visits() {
        std::int64_t count = -1;
        REQUIRE(sql->query("select count(*) from fact_visit", {},
                           [&](const SqlRow& row) {
                               count = row.integer(0);
                               return false;
                           })
                    .ok());
        return count;
    }
};

// Set up by hand and worked on once, then left locked.
struct LeftTablet {
    CentreInMemory& centre;
    testing::TemporaryFolder folder;
    TabletPlaces places = places_of(folder / "data");

    LeftTablet(CentreInMemory& where, const std::string& name, int visits) : centre(where) {
        const auto made = centre.endpoint.enrol(name);
        REQUIRE(made.ok());
        const wire::Ticket ticket{made->enrolment,    name,
                                  made->seed,         made->sealing_key,
                                  made->signing_key,  made->safeguarding_key,
                                  made->recovery_key, std::string(64, 'p')};
        std::ofstream(folder / "ticket") << wire::encode(ticket) << "\n";
        EnrolmentGiven given;
        given.places = places;
        given.endpoint = "http://127.0.0.1:9";
        given.ticket = folder / "ticket";
        given.lead = "off-pol-01";
        given.passphrase = SecretText("marble otter dusk");
        given.cost = quick;
        REQUIRE(doorstep::enrol(given, centre.clock).ok());
        work(visits);
    }
    RowKeys row_keys() const {
        auto device = DeviceSecret::load(places.device_secret);
        REQUIRE(device.ok());
        const SystemBootTime boot;
        auto vault = Vault::open(places.vault, std::move(*device), {centre.clock, boot, quick});
        REQUIRE(vault.ok());
        REQUIRE(vault->unlock(vault->sign_ins()->front().slot, "marble otter dusk").ok());
        return std::move(*vault->row_keys());
    }
    void work(int visits) const {
        auto device = DeviceSecret::load(places.device_secret);
        auto tablet = OpenedTablet::open(places.folder, row_keys(), centre.clock, centre.random, {0, false});
        REQUIRE(tablet.ok());
        Store& store = (*tablet)->store();
        REQUIRE(store.enrol(*read_identity(places.identity, *device)).ok());
        for (int i = 0; i < visits; ++i) {
            VisitPlanned visit;
            visit.visit = Uuid::random(centre.random);
            visit.label = "SS-CANARY-Quartzmeadow";
            visit.programme = "safer_streets";
            visit.area = "BE";
            visit.day = Day::of(2026, 3, 14);
            Operation fact;
            fact.subject = visit.visit;
            fact.payload = visit;
            auto transaction = store.begin();
            REQUIRE(transaction->append({fact}).ok());
            REQUIRE(transaction->commit().ok());
        }
    }
    Result<std::string> rescue_to(const std::string& out) const {
        return rescue(places, out, centre.clock, centre.random);
    }
};

std::string bytes_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void take_in(CentreInMemory& centre, const std::string& file) {
    const auto frames = rescue_frames(bytes_of(file));
    REQUIRE(frames.ok());
    for (const auto& frame : *frames)
        REQUIRE(centre.endpoint.take_in(frame).ok());
}

}  // namespace

TEST_CASE("doorstep rescue needs no passphrase, and nobody but the endpoint reads its file", "[rescue]") {
    CentreInMemory centre;
    const LeftTablet tablet(centre, "tab-01", 3);
    const auto out = tablet.folder / "rescue";
    const auto said = tablet.rescue_to(out);
    INFO((said.ok() ? *said : said.error().text()));
    REQUIRE(said.ok());
    CHECK(said->find("3 facts of tab-01") != std::string::npos);
    const auto file = bytes_of(out);
    CHECK(file.find("Quartzmeadow") == std::string::npos);
    CHECK((std::filesystem::status(out).permissions() & std::filesystem::perms(0077)) ==
          std::filesystem::perms::none);
    const auto frames = rescue_frames(file);
    REQUIRE(frames.ok());
    for (int times = 0; times < 2; ++times)
        for (const auto& frame : *frames)
            REQUIRE(centre.endpoint.take_in(frame).ok());
    CHECK(centre.visits() == 3);
    const auto nowhere = tablet.rescue_to(tablet.folder / "none/rescue");
    REQUIRE_FALSE(nowhere.ok());
    CHECK(nowhere.error().fault == Fault::not_writable);
}

TEST_CASE("doorstep rescue works on the store of a newer Doorstep and changes nothing in it", "[rescue]") {
    CentreInMemory centre;
    const LeftTablet tablet(centre, "tab-01", 2);
    const auto store = tablet.places.folder + "/doorstep.sqlite";
    {
        auto sql = open_sqlite(store);
        REQUIRE(sql.ok());
        REQUIRE((*sql)->script("pragma user_version = 4711").ok());
    }
    const auto before = bytes_of(store);
    REQUIRE(tablet.rescue_to(tablet.folder / "rescue").ok());
    CHECK(bytes_of(store) == before);
    CHECK(rescue_frames(bytes_of(tablet.folder / "rescue")).ok());
}

TEST_CASE("on a disk that can only be read a rescue works", "[rescue]") {
    CentreInMemory centre;
    const LeftTablet tablet(centre, "tab-01", 3);
    const auto out = tablet.folder / "rescue";
    {
        const doorstep::test::OnlyToRead mount(tablet.places.folder);
        if (!mount.works()) {
            WARN("SKIPPED: a mount that can only be read needs root");
            return;
        }
        const auto said = tablet.rescue_to(out);
        INFO((said.ok() ? *said : said.error().text()));
        REQUIRE(said.ok());
        CHECK(said->find("second copy") == std::string::npos);
        const auto opened = open_sqlite(tablet.places.folder + "/doorstep.sqlite");
        CHECK(opened.error().fault == Fault::not_writable);
    }
    take_in(centre, out);
    CHECK(centre.visits() == 3);
}

TEST_CASE("a store that cannot be read any more gives what was not sent from its second copy", "[rescue]") {
    CentreInMemory centre;
    const LeftTablet tablet(centre, "tab-01", 3);
    const auto store = tablet.places.folder + "/doorstep.sqlite";
    SECTION("every page of it but the first is rubbish") {
        auto bytes = bytes_of(store);
        for (std::size_t at = 100; at < bytes.size(); ++at)
            bytes[at] = static_cast<char>(bytes[at] ^ 0x5a);
        std::ofstream(store, std::ios::binary) << bytes;
    }
    SECTION("it is no database at all") {
        std::ofstream(store, std::ios::binary) << std::string(8192, 'x');
    }
    SECTION("it is gone") {
        std::filesystem::remove(store);
    }
    std::filesystem::remove(store + "-wal");
    const auto before = std::filesystem::exists(store) ? bytes_of(store) : std::string("none");
    const auto out = tablet.folder / "rescue";
    const auto said = tablet.rescue_to(out);
    INFO((said.ok() ? *said : said.error().text()));
    REQUIRE(said.ok());
    CHECK(said->find("3 facts of tab-01") != std::string::npos);
    CHECK(said->find("second copy") != std::string::npos);
    CHECK((std::filesystem::exists(store) ? bytes_of(store) : std::string("none")) == before);
    CHECK(bytes_of(out).find("Quartzmeadow") == std::string::npos);
    const auto frames = rescue_frames(bytes_of(out));
    REQUIRE(frames.ok());
    for (int times = 0; times < 2; ++times)
        for (const auto& frame : *frames)
            REQUIRE(centre.endpoint.take_in(frame).ok());
    CHECK(centre.visits() == 3);
}

TEST_CASE("what was sent meanwhile stands before what the second copy has, and does no harm", "[rescue]") {
    CentreInMemory centre;
    const LeftTablet tablet(centre, "tab-01", 2);
    REQUIRE(tablet.rescue_to(tablet.folder / "first").ok());
    take_in(centre, tablet.folder / "first");
    tablet.work(3);
    std::ofstream(tablet.places.folder + "/doorstep.sqlite", std::ios::binary) << std::string(8192, 'x');
    std::filesystem::remove(tablet.places.folder + "/doorstep.sqlite-wal");
    REQUIRE(tablet.rescue_to(tablet.folder / "second").ok());
    take_in(centre, tablet.folder / "second");
    CHECK(centre.visits() == 5);
}

TEST_CASE("a rescue file takes the place of no other file, and lies outside the records", "[rescue]") {
    CentreInMemory centre;
    const LeftTablet tablet(centre, "tab-01", 1);
    const auto other = tablet.folder / "letter";
    std::ofstream(other) << "Dear resident";
    const auto inside = tablet.places.folder + "/rescue";
    std::filesystem::create_directory(tablet.folder / "elsewhere");
    std::filesystem::create_directory_symlink(tablet.places.folder, tablet.folder / "elsewhere/way-in");
    std::filesystem::create_symlink(tablet.folder / "nowhere", tablet.folder / "hanging");
    for (const std::string& out :
         {other, tablet.places.vault.file, tablet.places.device_secret, inside, tablet.folder / "hanging",
          tablet.folder / "elsewhere/way-in/rescue", tablet.places.folder + "/../data/rescue"}) {
        const auto before = bytes_of(out);
        const auto said = tablet.rescue_to(out);
        INFO(out);
        REQUIRE_FALSE(said.ok());
        CHECK(said.error().fault == Fault::refused);
        CHECK(bytes_of(out) == before);
    }
    CHECK_FALSE(std::filesystem::exists(inside));
    // The one before, too: it may be the only one that somebody has.
    REQUIRE(tablet.rescue_to(tablet.folder / "rescue").ok());
    CHECK(tablet.rescue_to(tablet.folder / "rescue").error().what.find("already") != std::string::npos);
}

TEST_CASE("until a new enrolment is taken over, a rescue goes under the one that the facts are of",
          "[rescue]") {
    CentreInMemory centre;
    const LeftTablet tablet(centre, "tab-01", 2);
    const auto enrol_again = [&] {
        const auto made = centre.endpoint.enrol("tab-01");
        REQUIRE(made.ok());
        const wire::Ticket ticket{made->enrolment,    "tab-01",
                                  made->seed,         made->sealing_key,
                                  made->signing_key,  made->safeguarding_key,
                                  made->recovery_key, std::string(64, 'p')};
        std::ofstream(tablet.folder / "ticket") << wire::encode(ticket) << "\n";
        EnrolmentGiven given;
        given.places = tablet.places;
        given.endpoint = "http://127.0.0.1:9";
        given.ticket = tablet.folder / "ticket";
        REQUIRE(doorstep::enrol(given, centre.clock).ok());
    };
    enrol_again();
    enrol_again();
    REQUIRE(tablet.rescue_to(tablet.folder / "rescue").ok());
    const auto frames = rescue_frames(bytes_of(tablet.folder / "rescue"));
    REQUIRE(frames.ok());
    for (const auto& frame : *frames)
        REQUIRE(centre.endpoint.take_in(frame).ok());
    CHECK(centre.visits() == 2);
}

TEST_CASE("doorstep carry keeps another tablet's file once, and refuses what is none", "[rescue]") {
    CentreInMemory centre;
    const LeftTablet lost(centre, "tab-01", 2);
    const LeftTablet other(centre, "tab-02", 0);
    const auto file = lost.folder / "rescue";
    REQUIRE(lost.rescue_to(file).ok());
    const auto first = carry(other.places, file, centre.clock, centre.random);
    INFO((first.ok() ? *first : first.error().text()));
    REQUIRE(first.ok());
    CHECK(first->find("next sync") != std::string::npos);
    CHECK(carry(other.places, file, centre.clock, centre.random)->find("already") != std::string::npos);
    std::ofstream(other.folder / "photo") << "not a rescue file";
    const auto photo = carry(other.places, other.folder / "photo", centre.clock, centre.random);
    CHECK(photo.error().fault == Fault::bad_input);
    const auto none = other.rescue_to(other.folder / "rescue");
    REQUIRE(none.ok());
    CHECK(none->find("1 sending of other tablets") != std::string::npos);
    CHECK(none->find("not finished are in no rescue file") != std::string::npos);
}

TEST_CASE("what is carried for other tablets goes into a rescue file too", "[rescue]") {
    CentreInMemory centre;
    const LeftTablet lost(centre, "tab-01", 2);
    const int own = GENERATE(0, 3);
    const LeftTablet other(centre, "tab-02", own);
    REQUIRE(lost.rescue_to(lost.folder / "rescue").ok());
    REQUIRE(carry(other.places, lost.folder / "rescue", centre.clock, centre.random).ok());
    REQUIRE(other.rescue_to(other.folder / "both").ok());
    take_in(centre, other.folder / "both");
    CHECK(centre.visits() == 2 + own);
}

TEST_CASE("a tablet that has nothing to send is told so, and one without records gets none", "[rescue]") {
    CentreInMemory centre;
    const LeftTablet idle(centre, "tab-01", 0);
    const auto none = idle.rescue_to(idle.folder / "rescue");
    CHECK(none.error().fault == Fault::not_found);
    CHECK(none.error().what.find("nothing to rescue") != std::string::npos);
    const auto store = idle.places.folder + "/doorstep.sqlite";
    std::filesystem::remove(store);
    std::filesystem::remove(store + "-wal");
    CHECK_FALSE(idle.rescue_to(idle.folder / "rescue").ok());
    CHECK_FALSE(std::filesystem::exists(store));
    CHECK_FALSE(carry(idle.places, idle.folder / "nothing", centre.clock, centre.random).ok());
    CHECK_FALSE(std::filesystem::exists(store));
}

TEST_CASE("a store that was set back gives what only its second copy knows", "[rescue]") {
    CentreInMemory centre;
    const LeftTablet tablet(centre, "tab-01", 1);
    const auto store = tablet.places.folder + "/doorstep.sqlite";
    const auto image = bytes_of(store);
    tablet.work(2);
    std::ofstream(store, std::ios::binary | std::ios::trunc) << image;
    std::filesystem::remove(store + "-wal");
    REQUIRE(tablet.rescue_to(tablet.folder / "rescue").ok());
    take_in(centre, tablet.folder / "rescue");
    CHECK(centre.visits() == 3);
}
