// What a lock does to the questionnaire in hand.
#include <sys/stat.h>

#include <unistd.h>

#include "client/app/commands.h"
#include "sync/wire/ticket.h"
#include "tests/client/app/shift_in_hand.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

constexpr const char* words = "marble otter dusk";

decltype(intent::SignIn::passphrase) typed(std::string_view text) {
    return std::make_shared<const SecretText>(text);
}

template<class Screen>
const Screen& screen(const Shift& shift) {
    INFO(shift.view()->place);
    REQUIRE(std::holds_alternative<Screen>(shift.view()->screen));
    return std::get<Screen>(shift.view()->screen);
}

// Enrolled, with a lead who signed in and a street to walk; each begin() is a new process.
struct Locking {
    Locking() : wordings(*Wordings::read_all()) {
        const wire::Ticket ticket{*Uuid::parse("01234567-89ab-4def-8123-456789abcdef"),
                                  "tab-01",
                                  std::string(64, 'a'),
                                  KeyPair::make().public_key.bytes,
                                  SigningPair::make().public_key.bytes,
                                  KeyPair::make().public_key.bytes,
                                  KeyPair::make().public_key.bytes};
        EnrolmentGiven given;
        given.places = places_of(folder.file("data"));
        given.endpoint = "http://127.0.0.1:9";
        given.ticket = folder.write("ticket", wire::encode(ticket));
        REQUIRE(enrol(given, clock).ok());
        begin();
        shift->act(intent::SetUp{"off-pol-01", typed(words)});
        shift->act(intent::ChoosePin{typed("481502")});
        shift.reset();
        const std::string written = folder.write("words", words);
        REQUIRE(::chmod(written.c_str(), 0600) == 0);
        const auto who = sign_in(given.places, {"off-pol-01", written, PasswordCost{1, 64}}, clock);
        REQUIRE(who.ok());
        VisitToLoad walk;
        walk.folder = given.places.folder;
        walk.file = folder.write("doors.csv", "area,road_code,number_or_name,flat,road,postcode,uprn\n"
                                              "BE,BE-001,14,,Mill Lane,WD6 9OV,\n");
        walk.label = "SS-2026-11-21-BE";
        walk.area = "BE";
        walk.day = "2026-11-21";
        REQUIRE(load_visit(walk, *who->vault.row_keys(), clock, random).ok());
    }
    ~Locking() {
        shift.reset();
        if (handed_on >= 0)
            ::close(handed_on);
    }
    Locking(const Locking&) = delete;
    Locking& operator=(const Locking&) = delete;

    void begin() {
        shift.reset();
        ShiftOptions options;
        options.folder = folder.file("data");
        options.on_duty = {"", "off-fire-02", "team-1"};
        options.shift = handed_on;
        options.cost = PasswordCost{1, 64};
        options.boot = &boot;
        options.tablet.ballast_bytes = 0;
        shift = std::make_unique<Shift>(options, clock, random, wordings, [](const auto&) {});
        shift->open();
    }
    void act(const Intent& intent) { shift->act(intent); }

    TemporaryFolder folder;
    ManualClock clock{saturday_at_ten, 0};
    ManualBootTime boot;
    SeededRandom random{5};
    Wordings wordings;
    int handed_on = -1;
    std::unique_ptr<Shift> shift;
};

const QuestionItem& question(const Shift& shift, const std::string& name) {
    for (const QuestionItem& item : screen<PageView>(shift).items)
        if (item.question.name == name)
            return item;
    FAIL("not in sight: " + name);
    return screen<PageView>(shift).items.front();
}

}  // namespace

TEST_CASE("a lock seals the officer's page, and one comes back to the same question", "[lock][restricted]") {
    Locking tablet;
    tablet.begin();
    tablet.act(intent::SignIn{screen<SignInView>(*tablet.shift).people.at(0).slot, typed(words)});
    if (std::holds_alternative<ChoosePinView>(tablet.shift->view()->screen))
        tablet.act(intent::ChoosePin{typed("481502")});
    tablet.act(intent::OpenVisit{screen<HomeView>(*tablet.shift).visits.at(0).visit});
    const Uuid home = screen<DoorsView>(*tablet.shift).rows->at(0).household;
    tablet.act(intent::OpenDoor{home});
    tablet.act(intent::StartQuestionnaire{home, {}});
    const std::string page = tablet.shift->view()->place;
    tablet.act(intent::OpenOfficersPage{});
    const QuestionItem concern = question(*tablet.shift, "officer_concern");
    tablet.act(intent::GiveAnswer{concern.question.node, Answer::given(concern.choices.at(0).value), true});
    const auto told = tablet.shift->view()->notice;
    INFO((told ? told->words : "nothing was said"));
    REQUIRE(question(*tablet.shift, "officer_concern").question.answer.kind == AnswerKind::given);
    tablet.act(intent::LockNow{});
    REQUIRE(tablet.shift->view()->begin_anew.has_value());
    tablet.handed_on = *tablet.shift->view()->begin_anew;
    tablet.begin();
    tablet.act(intent::UnlockByPin{typed("481502")});
    CHECK(tablet.shift->view()->place == page);
    tablet.act(intent::OpenOfficersPage{});
    CHECK(question(*tablet.shift, "officer_concern").question.answer.kind == AnswerKind::sealed);
}
