// Both real programs over TLS: a tablet is let in by a code, or is not.
#include <catch2/catch.hpp>

#include "client/app/tablet_places.h"
#include "sync/store/identity_file.h"
#include "sync/wire/invitation.h"
#include "tests/journeys/centre_at_work.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

// The real `doorstep`, with a folder of its own.
struct TabletProgram {
    TemporaryFolder temporary;
    std::string folder = temporary / "tablet";
    pid_t child = -1;

    TabletProgram() = default;
    TabletProgram(const TabletProgram&) = delete;
    TabletProgram& operator=(const TabletProgram&) = delete;
    ~TabletProgram() { kill_now(); }
    std::vector<std::string> words(const std::vector<std::string>& rest) const {
        std::vector<std::string> all{DOORSTEP_PROGRAM, "--data", folder};
        all.insert(all.end(), rest.begin(), rest.end());
        return all;
    }
    // Nobody sits at its terminal.
    static void without_terminal() { ::dup2(::open("/dev/null", O_RDONLY), 0); }
    Ended run(const std::vector<std::string>& rest) const {
        const auto status =
            wait_for(start_process(words(rest), folder + ".out", folder + ".err", without_terminal));
        return {status, out(), file_text(folder + ".err")};
    }
    void start(const std::vector<std::string>& rest) {
        child = start_process(words(rest), folder + ".out", folder + ".err", without_terminal);
    }
    int end() { return wait_for(std::exchange(child, -1)); }
    void kill_now() {
        if (child > 0) {
            ::kill(child, SIGKILL);
            wait_for(std::exchange(child, -1));
        }
    }
    std::string out() const { return file_text(folder + ".out"); }
    // The four words that it shows while it waits.
    std::string words_shown() const {
        for (int i = 0; i < 3'000; ++i) {
            if (const auto text = out(); has(text, "Waiting for its word"))
                return word_after(text, "    ");
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        FAIL("it shows no words: " << out() << file_text(folder + ".err"));
        return {};
    }
};

// One fact of that tablet, by whatever its enrolment wrote down.
void syncs_a_record(const std::string& folder) {
    const auto places = places_of(folder);
    const auto device = DeviceSecret::load(places.device_secret);
    REQUIRE(device.ok());
    const auto identity = read_identity(places.identity, *device);
    REQUIRE(identity.ok());
    RealTablet tablet(*identity);
    tablet.keep_visits(1);
    const auto outcome = tablet.sync_at(identity->endpoint, 10);
    INFO(outcome.state.words);
    CHECK(outcome.up_to_date);
    CHECK(tablet.store.position()->acked_through == 1);
}

}  // namespace

TEST_CASE("a tablet with the picture's text waits, shows the words that the centre shows, is approved, and "
          "syncs a record; the code lets nobody else in",
          "[enrolment]") {
    CentreAtWork centre;
    const auto picture = centre.temporary / "invitation.svg";
    const auto made = centre.program.run({"enrol", "tab-01", "--code", "--qr", picture});
    REQUIRE(made.status == 0);
    const auto text = word_after(made.out, "\ninvitation ");
    CHECK(has(made.out, "▀"));
    CHECK(file_text(picture).starts_with("<svg "));
    CHECK((std::filesystem::status(picture).permissions() & std::filesystem::perms(077)) ==
          std::filesystem::perms::none);
    CHECK(has(centre.waiting(), "not used yet"));

    TabletProgram tablet;
    tablet.start({"enrol", "--qr", text});
    const auto words = tablet.words_shown();
    CHECK(has(centre.waiting(), "its screen shows: " + words));
    // Nobody is at a terminal to compare them, so that they must be given.
    CHECK(centre.program.run({"tablets", "approve", "tab-01"}, TabletProgram::without_terminal).status == 2);
    CHECK(
        centre.program.run({"tablets", "approve", "tab-01", "--words", "amber canoe ladder picnic"}).status ==
        1);
    const auto approved = centre.program.run({"tablets", "approve", "tab-01", "--words", words});
    INFO(approved.err);
    CHECK(approved.status == 0);
    CHECK(tablet.end() == 0);
    CHECK(has(tablet.out(), "tab-01 is enrolled at " + centre.program.address()));
    const auto record = tablet.run({"enrolments"});
    CHECK(has(record.out, "tab-01  " + centre.program.address()));
    syncs_a_record(tablet.folder);

    TabletProgram other;
    const auto again = other.run({"enrol", "--qr", text});
    CHECK(again.status == 1);
    CHECK(has(again.err, "does not hold"));
    const auto audit = centre.program.run({"audit"});
    for (const char* what : {"enrol-code", "enrol-asked", "enrol "})
        CHECK(has(audit.out, what));
    CHECK(centre.program.end() == 0);
    CHECK(rows_in(centre.program, "operation") == 1);
    CHECK(rows_in(centre.program, "tablet") == 1);
}

TEST_CASE("with a code typed by hand the centre's words are compared before anything is sent",
          "[enrolment]") {
    CentreAtWork centre;
    centre.invited();
    TabletProgram tablet;
    const std::vector<std::string> typed{"enrol", "--endpoint", centre.program.address(), "--code",
                                         centre.code};
    const auto nobody = tablet.run(typed);
    CHECK(nobody.status == 1);
    CHECK(has(nobody.out, centre.words));
    CHECK(has(nobody.err, "Nothing was sent"));
    auto with_words = typed;
    with_words.insert(with_words.end(), {"--check-words", "amber canoe ladder picnic"});
    const auto others = tablet.run(with_words);
    CHECK(others.status == 1);
    CHECK(has(others.err, "Nothing was sent"));
    CHECK(has(centre.waiting(), "not used yet"));

    with_words.back() = centre.words;
    tablet.start(with_words);
    const auto words = tablet.words_shown();
    CHECK(centre.program.run({"tablets", "approve", centre.code, "--words", words}).status == 0);
    CHECK(tablet.end() == 0);
    syncs_a_record(tablet.folder);
}

TEST_CASE("another centre at that address is known by its authority, and the code stays here",
          "[enrolment]") {
    CentreAtWork centre;
    CentreAtWork other;
    auto invitation = wire::decode_invitation(centre.invited());
    REQUIRE(invitation.ok());
    invitation->url = other.program.address();
    TabletProgram tablet;
    const auto ended = tablet.run({"enrol", "--wait", "1", "--qr", wire::encode(*invitation)});
    INFO(ended.out << ended.err);
    CHECK(ended.status != 0);
    CHECK(has(centre.waiting(), "not used yet"));
    CHECK(has(other.waiting(), "No tablet waits"));
    CHECK(other.program.end() == 0);
    CHECK(rows_in(other.program, "enrolment_try") == 0);
}

TEST_CASE("five wrong codes spend it, and the right one comes too late", "[enrolment]") {
    CentreAtWork centre;
    const auto text = centre.invited();
    TabletProgram tablet;
    auto wrong = *wire::decode_invitation(text);
    for (const char last : {'0', '1', '2', '3', '4', '5'}) {
        if (wrong.code.back() == last)
            continue;
        auto guess = wrong;
        guess.code.back() = last;
        const auto ended = tablet.run({"enrol", "--qr", wire::encode(guess)});
        CHECK(ended.status == 1);
        CHECK(has(ended.err, "does not hold"));
    }
    CHECK(has(centre.waiting(), "too often"));
    CHECK(tablet.run({"enrol", "--qr", text}).status == 1);
    CHECK(has(centre.program.run({"audit"}).out, "enrol-code-spent"));
}

TEST_CASE("a tablet that is declined says so", "[enrolment]") {
    CentreAtWork centre;
    const auto text = centre.invited();
    TabletProgram tablet;
    tablet.start({"enrol", "--qr", text});
    tablet.words_shown();
    CHECK(centre.program.run({"tablets", "decline", "tab-01"}).status == 0);
    CHECK(tablet.end() == 1);
    CHECK(has(file_text(tablet.folder + ".err"), "declined"));
    CHECK(centre.program.end() == 0);
    CHECK(rows_in(centre.program, "tablet") == 0);
}

TEST_CASE("a tablet that is killed while it waits goes on with the same keys, and so does a centre",
          "[enrolment]") {
    CentreAtWork centre;
    const auto text = centre.invited();
    TabletProgram tablet;
    tablet.start({"enrol", "--qr", text});
    const auto words = tablet.words_shown();
    tablet.kill_now();
    centre.program.kill_now();
    REQUIRE(centre.program.serve());
    CHECK(centre.program.run({"tablets", "approve", "tab-01", "--words", words}).status == 0);
    const auto again = tablet.run({"enrol", "--qr", text});
    INFO(again.err);
    CHECK(again.status == 0);
    syncs_a_record(tablet.folder);
}
