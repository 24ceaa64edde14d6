#include "tests/client/app/tablet_at_the_door.h"

#include <sys/stat.h>

#include <unistd.h>

#include "client/app/commands.h"
#include "sync/vault/signing.h"
#include "sync/wire/ticket.h"

namespace doorstep::test {

decltype(intent::SignIn::passphrase) typed(std::string_view text) {
    return std::make_shared<const SecretText>(text);
}

TabletAtTheDoor::TabletAtTheDoor() {
    auto all = Wordings::read_all();
    REQUIRE(all.ok());
    wordings = std::move(all).value();
}

TabletAtTheDoor::~TabletAtTheDoor() {
    shift.reset();
    for (const int memory : {number, unsaved})
        if (memory >= 0)
            ::close(memory);
}

void TabletAtTheDoor::enrol() {
    const wire::Ticket ticket{*Uuid::parse("01234567-89ab-4def-8123-456789abcdef"),
                              "tab-01",
                              std::string(64, 'a'),
                              KeyPair::make().public_key.bytes,
                              SigningPair::make().public_key.bytes,
                              KeyPair::make().public_key.bytes,
                              KeyPair::make().public_key.bytes,
                              std::string(64, 'p')};
    EnrolmentGiven given;
    given.places = places_of(folder.file("data"));
    given.endpoint = "http://127.0.0.1:9";
    given.ticket = folder.write("ticket", wire::encode(ticket));
    REQUIRE(doorstep::enrol(given, clock).ok());
}

void TabletAtTheDoor::begin() {
    shift.reset();
    ShiftOptions options{folder.file("data"), {}, {"", "off-fire-02", "team-1"}, "Sam"};
    options.shift = number;
    options.unsaved = std::exchange(unsaved, -1);  // who reads it closes it
    options.cost = quick;
    options.boot = &boot;
    options.tablet.ballast_bytes = 0;
    options.news = news;
    shift = std::make_unique<Shift>(options, clock, random, *wordings,
                                    [this](std::shared_ptr<const View> view) { seen.push_back(view); });
    shift->open();
}

void TabletAtTheDoor::set_up() {
    enrol();
    begin();
    REQUIRE(screen<SetUpView>().enrolled);
    act(intent::SetUp{"off-pol-01", typed(lead_words)});
    act(intent::ChoosePin{typed(shift_pin)});
}

void TabletAtTheDoor::give_street() {
    shift.reset();
    const TabletPlaces places = places_of(folder.file("data"));
    const std::string words = folder.write("words", lead_words);
    REQUIRE(::chmod(words.c_str(), 0600) == 0);
    const auto who = sign_in(places, {"off-pol-01", words, quick}, clock);
    REQUIRE(who.ok());
    VisitToLoad walk;
    walk.folder = places.folder;
    walk.file = folder.write("doors.csv", "area,road_code,number_or_name,flat,road,postcode,uprn\n"
                                          "BE,BE-001,14,,Mill Lane,WD6 9OV,\n");
    walk.label = "SS-2026-11-21-BE";
    walk.area = "BE";
    walk.day = "2026-11-21";
    REQUIRE(load_visit(walk, *who->vault.row_keys(), clock, random).ok());
}

void TabletAtTheDoor::lock(const Intent& how) {
    act(how);
    INFO(notice());
    REQUIRE(view().begin_anew.has_value());
    number = *view().begin_anew;
    unsaved = view().unsaved;
    begin();
}

void TabletAtTheDoor::come_in() {
    act(intent::SignIn{slot_of("off-pol-01"), typed(lead_words)});
    if (std::holds_alternative<ChoosePinView>(view().screen))
        act(intent::ChoosePin{typed(shift_pin)});
}

void TabletAtTheDoor::to_the_questionnaire() {
    act(intent::OpenVisit{screen<HomeView>().visits.at(0).visit});
    const Uuid home = screen<DoorsView>().rows->at(0).household;
    act(intent::OpenDoor{home});
    act(intent::StartQuestionnaire{home, {}});
    static_cast<void>(screen<PageView>());
}

const QuestionItem& TabletAtTheDoor::question(const std::string& name) const {
    for (const QuestionItem& item : screen<PageView>().items)
        if (item.question.name == name)
            return item;
    FAIL("not in sight: " + name);
    return screen<PageView>().items.front();
}

Uuid TabletAtTheDoor::slot_of(const std::string& name) const {
    for (const SignInPerson& person : screen<SignInView>().people)
        if (person.name == name)
            return person.slot;
    FAIL("nobody of that code: " + name);
    return {};
}

}  // namespace doorstep::test
