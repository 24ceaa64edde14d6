// What is done to a tablet without a window: who signs in for it, and what it leaves.
#include "client/app/commands.h"

#include <catch2/catch.hpp>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "client/app/typed_passphrase.h"
#include "sync/store/identity_file.h"
#include "sync/wire/ticket.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

constexpr PasswordCost quick{1, 64};
const std::string head = "area,road_code,number_or_name,flat,road,postcode,uprn\n";

wire::Ticket some_ticket(const char* enrolment, const KeyPair& sealing) {
    return {*Uuid::parse(enrolment),
            "tab-01",
            std::string(64, 'a'),
            sealing.public_key.bytes,
            SigningPair::make().public_key.bytes,
            KeyPair::make().public_key.bytes,
            KeyPair::make().public_key.bytes,
            std::string(64, 'p')};
}

// Enrolled, with a first team lead, and nobody was at its window yet.
struct Enrolled {
    TemporaryFolder folder;
    ManualClock clock{1'795'255'200'000, 0};  // 2026-11-21
    SeededRandom random{5};
    TabletPlaces places = places_of(folder.file("data"));
    KeyPair sealing = KeyPair::make();
    WhoSignsIn lead{"", words_file("words", "marble otter dusk\n"), quick};
    VisitToLoad visit;

    Enrolled() {
        enrol_at("http://127.0.0.1:8080", "01234567-89ab-4def-8123-456789abcdef", sealing, "off-pol-01");
        visit.folder = places.folder;
        visit.file = folder.write("doors.csv", head + "BE,BE-001,1,,Mill Lane,,\n");
        visit.label = "SS-1";
        visit.area = "BE";
        visit.day = "2026-11-21";
    }
    std::string words_file(const std::string& name, const std::string& text) const {
        const auto file = folder.write(name, text);
        REQUIRE(::chmod(file.c_str(), 0600) == 0);
        return file;
    }
    void enrol_at(const char* endpoint, const char* enrolment, const KeyPair& key,
                  const std::string& first_lead) {
        EnrolmentGiven given;
        given.places = places;
        given.endpoint = endpoint;
        given.ticket = folder.write("ticket", wire::encode(some_ticket(enrolment, key)));
        given.lead = first_lead;
        given.passphrase = SecretText("marble otter dusk");
        given.cost = quick;
        REQUIRE(enrol(given, clock).ok());
    }
    Result<TabletInHand> in_hand() {
        TRY(const auto who, sign_in(places, lead, clock));
        return open_tablet(places, who, clock, random, {.ballast_bytes = 0});
    }
    std::string mistake(const VisitToLoad& wanted) const {
        const auto read = read_visit(wanted, clock);
        if (read.ok())
            return "";
        CHECK(read.error().fault == Fault::bad_input);
        CHECK_FALSE(read.error().mend.empty());
        return read.error().text();
    }
};

bool says(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("what a command records before the first sign-in at the window is sealed to the endpoint",
          "[commands]") {
    Enrolled tablet;
    const auto here = tablet.in_hand();
    REQUIRE(here.ok());
    CHECK(here->to_tell.empty());
    Store& store = here->tablet->store();
    CHECK((*store.identity())->sealing_key == tablet.sealing.public_key.bytes);
    const auto read = read_visit(tablet.visit, tablet.clock);
    REQUIRE(read.ok());
    CHECK(*load_visit(tablet.visit, *read, store, tablet.clock, tablet.random) ==
          "SS-1: 1 door in walking order on 2026-11-21.\n");
    const auto unsent = store.unsent(0, 1 << 20, 100);
    REQUIRE(unsent.ok());
    REQUIRE(unsent->size() == 1);
    CHECK(unsent->front().body.starts_with("DSB1"));
    CHECK(store.position()->only_unlocked == 0);
}

TEST_CASE("an enrolment at another centre that must wait for unsent facts is told by the command",
          "[commands]") {
    Enrolled tablet;
    {
        const auto here = tablet.in_hand();
        REQUIRE(here.ok());
        const auto read = read_visit(tablet.visit, tablet.clock);
        REQUIRE(load_visit(tablet.visit, *read, here->tablet->store(), tablet.clock, tablet.random).ok());
    }
    tablet.enrol_at("http://127.0.0.1:9090", "11234567-89ab-4def-8123-456789abcdef", KeyPair::make(), "");
    const auto again = tablet.in_hand();
    REQUIRE(again.ok());
    CHECK(says(again->to_tell, "not sent yet"));
    CHECK((*again->tablet->store().identity())->enrolment ==
          *Uuid::parse("01234567-89ab-4def-8123-456789abcdef"));
}

TEST_CASE("enrolled again at the same centre, a command takes along what was not sent, and says so",
          "[commands]") {
    Enrolled tablet;
    {
        const auto here = tablet.in_hand();
        REQUIRE(here.ok());
        const auto read = read_visit(tablet.visit, tablet.clock);
        REQUIRE(load_visit(tablet.visit, *read, here->tablet->store(), tablet.clock, tablet.random).ok());
    }
    tablet.enrol_at("http://127.0.0.1:8080", "11234567-89ab-4def-8123-456789abcdef", tablet.sealing, "");
    const auto again = tablet.in_hand();
    REQUIRE(again.ok());
    CHECK(says(again->to_tell, "1 fact that was not sent before goes out under the new enrolment"));
    CHECK((*again->tablet->store().identity())->enrolment ==
          *Uuid::parse("11234567-89ab-4def-8123-456789abcdef"));
    CHECK(again->tablet->store().unsent(0, 1 << 20, 100)->size() == 1);
}

TEST_CASE("a command's sign-in leaves the PIN of the window as it was", "[commands]") {
    Enrolled tablet;
    const SystemBootTime boot;
    VaultSurroundings around{tablet.clock, boot};
    around.floor = quick;
    auto window = *Vault::open(tablet.places.vault, *DeviceSecret::load(tablet.places.device_secret), around);
    REQUIRE(window.unlock(window.sign_ins()->front().slot, "marble otter dusk").ok());
    const int shift = *window.seal_shift("274916");
    window.lock();
    REQUIRE(sign_in(tablet.places, tablet.lead, tablet.clock).ok());
    CHECK(window.unlock_by_pin(shift, "274916").ok());
    ::close(shift);
}

TEST_CASE("a passphrase file that others may read, or with nothing in it, costs no try", "[commands]") {
    Enrolled tablet;
    const auto tries_left = [&] {
        const SystemBootTime boot;
        const auto vault = Vault::open(tablet.places.vault, *DeviceSecret::load(tablet.places.device_secret),
                                       {tablet.clock, boot});
        return vault->sign_ins()->front().tries_left;
    };
    for (const mode_t mode : {0640u, 0604u, 0644u}) {
        REQUIRE(::chmod(tablet.lead.passphrase_file.c_str(), mode) == 0);
        const auto refused = sign_in(tablet.places, tablet.lead, tablet.clock);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().fault == Fault::refused);
        CHECK(says(refused.error().mend, "chmod 600"));
    }
    REQUIRE(::chmod(tablet.lead.passphrase_file.c_str(), 0400) == 0);
    CHECK(sign_in(tablet.places, tablet.lead, tablet.clock).ok());
    for (const char* nothing : {"", "\n", "  \n"}) {
        tablet.lead.passphrase_file = tablet.words_file("nothing", nothing);
        CHECK(sign_in(tablet.places, tablet.lead, tablet.clock).error().fault == Fault::bad_input);
    }
    CHECK(tries_left() == 10);
    tablet.lead.passphrase_file = tablet.words_file("wrong", "not these words\n");
    CHECK(sign_in(tablet.places, tablet.lead, tablet.clock).error().fault == Fault::refused);
    CHECK(tries_left() == 9);
    tablet.lead.label = "nobody";
    CHECK(sign_in(tablet.places, tablet.lead, tablet.clock).error().fault == Fault::not_found);
}

TEST_CASE("a visit of an unknown programme, a far day or an unusable area is refused", "[commands]") {
    const Enrolled tablet;
    CHECK(tablet.mistake(tablet.visit).empty());
    VisitToLoad visit = tablet.visit;
    visit.programme = "safer_streats";
    CHECK(says(tablet.mistake(visit),
               "\"safer_streats\" is no programme of the directory. Known: safer_streets"));
    visit.programme = "safe_and_well";
    CHECK(tablet.mistake(visit).empty());
    visit = tablet.visit;
    for (const char* day : {"2062-11-21", "1926-11-21", "2027-11-23"}) {
        visit.day = day;
        CHECK(says(tablet.mistake(visit), "more than a year away from 2026-11-21"));
    }
    visit.day = "2026-02-30";
    CHECK(says(tablet.mistake(visit), "is not a date"));
    for (const std::string& wrong :
         {std::string(), std::string("  "), std::string("B\nE"), std::string("B\x1b[2JE"),
          std::string(65, 'B'), std::string("B\0E", 3)}) {
        visit = tablet.visit;
        visit.area = wrong;
        CHECK(says(tablet.mistake(visit), "--area "));
        visit = tablet.visit;
        visit.label = wrong;
        CHECK(says(tablet.mistake(visit), "--label "));
    }
}

namespace {

// Somebody at a terminal, who is asked for a passphrase.
class Terminal {
public:
    Terminal() {
        child_ = ::forkpty(&end_, nullptr, nullptr, nullptr);
        REQUIRE(child_ >= 0);
        if (child_ == 0) {
            const auto typed = typed_passphrase("off-pol-01", "Name a file.");
            if (typed.ok())
                ::_exit(typed->view() == "marble otter dusk" ? 0 : 4);
            ::_exit(typed.error().fault == Fault::bad_input ? 3 : 5);
        }
        wait_for_echo(false);
    }
    ~Terminal() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
        ::close(end_);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    bool echoes() const {
        termios now{};
        return ::tcgetattr(end_, &now) == 0 && (now.c_lflag & ECHO) != 0;
    }
    void wait_for_echo(bool on) const {
        for (int i = 0; i < 5'000 && echoes() != on; ++i)
            ::usleep(1'000);
        REQUIRE(echoes() == on);
    }
    void type(std::string_view text) const {
        REQUIRE(::write(end_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    void send(int signal) const { ::kill(child_, signal); }
    // What it wrote, until it ended; then status() says how.
    std::string until_its_end() {
        std::string all;
        for (;;) {
            pollfd readable{end_, POLLIN, 0};
            std::array<char, 256> some{};
            if (::poll(&readable, 1, 10'000) <= 0)
                break;
            const auto got = ::read(end_, some.data(), some.size());
            if (got <= 0)
                break;
            all.append(some.data(), static_cast<std::size_t>(got));
        }
        REQUIRE(::waitpid(child_, &status_, 0) == child_);
        return all;
    }
    int status() const { return status_; }

private:
    int end_ = -1;
    pid_t child_ = -1;
    int status_ = 0;
};

}  // namespace

TEST_CASE("a passphrase is typed without an echo, and nothing typed is no passphrase", "[commands]") {
    for (const auto& [line, status] : {std::pair{"marble otter dusk\n", 0}, std::pair{"\n", 3},
                                       std::pair{"   \n", 3}, std::pair{"\x04", 3}}) {
        Terminal terminal;
        terminal.type(line);
        const auto seen = terminal.until_its_end();
        CHECK(says(seen, "Passphrase of off-pol-01: "));
        CHECK_FALSE(says(seen, "otter"));
        REQUIRE(WIFEXITED(terminal.status()));
        CHECK(WEXITSTATUS(terminal.status()) == status);
    }
}

TEST_CASE("a terminal echoes again when Ctrl-C or a signal ends the asking", "[commands]") {
    for (const auto& [typed, signal] : {std::pair{"\x03", SIGINT}, std::pair{"half of it\x1c", SIGQUIT},
                                        std::pair{"", SIGTERM}, std::pair{"", SIGHUP}}) {
        Terminal terminal;
        // The terminal outlives the program only while somebody else has it open.
        if (*typed)
            terminal.type(typed);
        else
            terminal.send(signal);
        terminal.wait_for_echo(true);
        terminal.until_its_end();
        REQUIRE(WIFSIGNALED(terminal.status()));
        CHECK(WTERMSIG(terminal.status()) == signal);
    }
}

TEST_CASE("where nobody is at a terminal it is said how to go on", "[commands]") {
    const auto child = ::fork();
    if (child == 0) {
        ::close(STDIN_FILENO);
        const auto typed = typed_passphrase("off-pol-01", "Name a file.");
        ::_exit(!typed.ok() && typed.error().mend == "Name a file." ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
}
