#include "tests/client/app/shift_in_hand.h"

#include "client/app/address_commands.h"
#include "client/app/commands.h"
#include "tests/support/row_keys.h"

namespace doorstep::test {
namespace {

constexpr const char* ten_doors = "area,road_code,number_or_name,flat,road,postcode,uprn\n"
                                  "BE,BE-001,1,,Mill Lane,WD6 9OV,\n"
                                  "BE,BE-001,2,,Mill Lane,WD6 9OV,\n"
                                  "BE,BE-001,3,,Mill Lane,WD6 9OV,990000000003\n"
                                  "BE,BE-001,14,,Mill Lane,WD6 9OV,\n"
                                  "BE,BE-001,14A,,Mill Lane,WD6 9OV,\n"
                                  "BE,BE-001,16,Flat 2,Mill Lane,WD6 9OV,\n"
                                  "BE,BE-002,Wicket Cottage,,Łąka St. John's,WD6 4CK,\n"
                                  "BE,BE-002,2,,Łąka St. John's,WD6 4CK,\n"
                                  "BE,BE-002,3,,Łąka St. John's,WD6 4CK,\n"
                                  "BE,BE-002,4,,Łąka St. John's,WD6 4CK,\n";

Wordings english() {
    auto all = Wordings::read_all();
    REQUIRE(all.ok());
    return std::move(all).value();
}

}  // namespace

ShiftOptions with_keys(ShiftOptions options) {
    options.keys = shared_row_keys_for_tests();
    options.tablet.ballast_bytes = 0;
    return options;
}

StreetOnDisk::StreetOnDisk(const std::string& programme) {
    VisitToLoad wanted;
    wanted.folder = folder.path();
    wanted.file = folder.write("doors.csv", ten_doors);
    wanted.label = "SS-2026-11-21-BE";
    wanted.area = "BE";
    wanted.day = "2026-11-21";
    const auto read = read_visit(wanted, clock);
    if (!read.ok())
        FAIL(read.error().text());
    // One that the directory of this tablet does not know comes by a sync, never by the command.
    wanted.programme = programme;
    auto tablet =
        OpenedTablet::open(folder.path(), row_keys_for_tests(), clock, random, {.ballast_bytes = 0});
    REQUIRE(tablet.ok());
    const auto loaded = load_visit(wanted, *read, (*tablet)->store(), clock, random);
    if (!loaded.ok())
        FAIL(loaded.error().text());
}

void StreetOnDisk::enrol(const TabletIdentity& identity) {
    auto tablet =
        OpenedTablet::open(folder.path(), row_keys_for_tests(), clock, random, {.ballast_bytes = 0});
    REQUIRE(tablet.ok());
    TabletIdentity whole = identity;
    if (whole.safeguarding_key.empty())
        whole.safeguarding_key = KeyPair::make().public_key.bytes;
    REQUIRE((*tablet)->store().enrol(whole).ok());
}

void StreetOnDisk::tried_before(int contacts) {
    auto tablet =
        OpenedTablet::open(folder.path(), row_keys_for_tests(), clock, random, {.ballast_bytes = 0});
    REQUIRE(tablet.ok());
    const Uuid visit = Uuid::random(random);
    std::vector<Operation> all;
    for (int i = 0; i < contacts; ++i) {
        ContactRecorded tried;
        tried.contact = Uuid::random(random);
        tried.visit = visit;
        tried.household = Uuid::random(random);
        tried.area = "BE";
        tried.road_code = "BE-009";
        tried.team = "team-1";
        tried.officer = "off-pol-01";
        tried.outcome = ContactOutcome::no_answer;
        tried.day = *Day::parse("2026-11-14");
        tried.address = {std::to_string(i + 1), "", "Rookery Way", "WD6 3ZZ", {}};
        Operation operation;
        operation.subject = tried.household;
        operation.payload = tried;
        all.push_back(std::move(operation));
    }
    // What one envelope holds at a time.
    for (std::size_t from = 0; from < all.size(); from += 100) {
        auto transaction = (*tablet)->store().begin();
        REQUIRE(transaction.ok());
        const std::size_t end = std::min(all.size(), from + 100);
        const auto at = [&](std::size_t i) { return all.begin() + static_cast<std::ptrdiff_t>(i); };
        const auto kept = transaction->append({at(from), at(end)});
        if (!kept.ok())
            FAIL(kept.error().text());
        REQUIRE(transaction->commit().ok());
    }
}

void StreetOnDisk::addresses(const std::string& csv) {
    auto tablet =
        OpenedTablet::open(folder.path(), row_keys_for_tests(), clock, random, {.ballast_bytes = 0});
    REQUIRE(tablet.ok());
    const auto said = load_addresses({folder.write("borough.csv", csv), ""}, (*tablet)->store());
    if (!said.ok())
        FAIL(said.error().text());
}

ShiftInHand::ShiftInHand(const std::string& programme) : StreetOnDisk(programme), wordings(english()) {
    TabletIdentity identity;
    identity.enrolment = *Uuid::parse("00000000-0000-4000-8000-000000000001");
    identity.tablet = "tab-01";
    identity.endpoint = "http://127.0.0.1:9";
    identity.seed = std::string(64, 'a');
    enrol(identity);
}

ShiftOptions ShiftInHand::options() const {
    return with_keys({folder.path(), questionnaires, {"off-pol-01", "off-fire-02", "team-1"}, "Sam"});
}

void ShiftInHand::open() {
    shift =
        std::make_unique<Shift>(options(), clock, random, wordings, [this](std::shared_ptr<const View> one) {
            published.push_back(std::move(one));
        });
    shift->open();
}

void ShiftInHand::reopen() {
    shift.reset();
    open();
}

void ShiftInHand::answer(const Answering::Reply& reply) {
    for (int rounds = 0; rounds < 100; ++rounds) {
        const auto requests = shift->take_requests();
        if (requests.empty())
            return;
        for (const SendRequest& each : requests)
            shift->replied({each.lane, each.attempt, reply(each.request), clock.now_ms()});
    }
    FAIL("the sync does not come to an end");
}

const DoorRow& ShiftInHand::row(const std::string& place) const {
    INFO(place);
    const auto& rows = *screen<DoorsView>().rows;
    for (const DoorRow& each : rows)
        if (each.place == place)
            return each;
    FAIL("no such door");
    return rows.front();
}

void ShiftInHand::to_the_doors() {
    if (std::holds_alternative<DoorsView>(view().screen))
        return;
    act(intent::GoHome{});
    act(intent::OpenVisit{screen<HomeView>().visits.at(0).visit});
}

void ShiftInHand::to_door(const std::string& place) {
    to_the_doors();
    act(intent::OpenDoor{row(place).household});
    REQUIRE(screen<DoorView>().place == place);
}

void ShiftInHand::record(const std::string& place, ContactOutcome outcome) {
    to_door(place);
    act(intent::RecordOutcome{screen<DoorView>().household, outcome});
    static_cast<void>(screen<DoorsView>());
}

void ShiftInHand::start(const std::string& place) {
    to_door(place);
    act(intent::StartQuestionnaire{screen<DoorView>().household, {}});
    static_cast<void>(screen<PageView>());
}

void ShiftInHand::turn_to(const std::string& name) {
    for (int pages = 0; pages < 60; ++pages) {
        if (!std::holds_alternative<PageView>(view().screen))
            break;
        for (const QuestionItem& item : screen<PageView>().items) {
            if (item.question.name == name)
                return;
            if (item.question.type == QuestionType::acknowledge &&
                item.question.answer.kind == AnswerKind::blank)
                act(intent::GiveAnswer{item.question.node, Answer::given("OK")});
            else if (item.question.name == "adult_respondent" &&
                     item.question.answer.kind == AnswerKind::blank)
                act(intent::GiveAnswer{item.question.node, Answer::given("yes")});
            else if (item.question.required && item.question.answer.kind == AnswerKind::blank)
                act(intent::GiveAnswer{item.question.node, {AnswerKind::prefer_not, {}}});
        }
        act(intent::NextPage{});
    }
    FAIL("there is no question " + name + "; now at " + view().place + ": " + notice());
}

void ShiftInHand::give(const std::string& name, const std::string& text) {
    turn_to(name);
    for (const QuestionItem& item : screen<PageView>().items)
        if (item.question.name == name)
            return act(intent::GiveAnswer{item.question.node, Answer::given(text)});
}

Answer ShiftInHand::answer_to(const std::string& name) {
    for (const QuestionItem& item : screen<PageView>().items)
        if (item.question.name == name)
            return item.question.answer;
    FAIL("not in sight: " + name);
    return {};
}

void ShiftInHand::finish_one(const std::string& place) {
    start(place);
    give("household_size", "1");
    give("age_bands", "75_84");
    give("smoke_alarms", "none");
    give("smoke_alarm_accept", "supply_and_fit");
    act(intent::OpenSummary{});
    for (const ReferralCard& card : SummaryView(screen<SummaryView>()).referrals) {
        if (card.agency == "fire")
            act(intent::AgreeReferral{card.agency});
        else
            act(intent::RefuseReferral{card.agency});
    }
    clock.advance_ms(60'000);
    act(intent::Finish{});
    if (!std::holds_alternative<DoorsView>(view().screen))
        act(intent::Finish{});
    static_cast<void>(screen<DoorsView>());
}

}  // namespace doorstep::test
