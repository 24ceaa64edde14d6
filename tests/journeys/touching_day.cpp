#include "tests/journeys/touching_day.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <thread>

#include "client/app/commands.h"
#include "forms/desk/package.h"
#include "sync/http/endpoint_address.h"
#include "sync/report/counts.h"
#include "sync/vault/durable_file.h"
#include "sync/wire/ticket.h"

namespace doorstep::journey {
namespace {

constexpr std::string_view ten_doors = "area,road_code,number_or_name,flat,road,postcode,uprn\n"
                                       "BE,BE-001,1,,Mill Lane,ZZ1 1AA,900000000001\n"
                                       "BE,BE-001,2,,Mill Lane,ZZ1 1AA,900000000002\n"
                                       "BE,BE-001,3,,Mill Lane,ZZ1 1AA,900000000003\n"
                                       "BE,BE-001,4,,Mill Lane,ZZ1 1AA,900000000004\n"
                                       "BE,BE-001,5,,Mill Lane,ZZ1 1AA,900000000005\n"
                                       "BE,BE-001,6,,Mill Lane,ZZ1 1AA,900000000006\n"
                                       "BE,BE-002,Wicket Cottage,,Quay Street,ZZ1 1AB,900000000007\n"
                                       "BE,BE-002,12,Flat A,Quay Street,ZZ1 1AB,900000000008\n"
                                       "BE,BE-002,12,Flat B,Quay Street,ZZ1 1AB,900000000009\n"
                                       "BE,BE-002,14,,Quay Street,ZZ1 1AB,900000000010\n";

// Someone of 78, alone, without a working alarm.
const Answers first_answers{{"adult_respondent", "yes"},
                            {"household_size", "1"},
                            {"age_bands", "75_84"},
                            {"tenure", "owner"},
                            {"feel_safe_dark", "unsafe"},
                            {"concerns", "burglary scams"},
                            {"concern_detail", "Two men, Monday"},
                            {"crime_advice", "yes"},
                            {"vehicles", "0"},
                            {"smoke_alarms", "none"},
                            {"smoke_alarm_accept", "supply_and_fit"},
                            {"smoker_home", "no"},
                            {"lifestyle_help", "falls"},
                            {"home_safety", "yes"},
                            {"watch", "wants_to_join"},
                            {"first_aid_places", "1"},
                            {"volunteering", "no"},
                            {"help_topics", "company equipment_rails"}};

const Answers second_answers{{"adult_respondent", "yes"},
                             {"household_size", "3"},
                             {"age_bands", "0_4 18_59"},
                             {"tenure", "private_rent"},
                             {"feel_safe_dark", "safe"},
                             {"concerns", "none"},
                             {"vehicles", "1"},
                             {"plate_screws", "screws"},
                             {"smoke_alarms", "some_floors"},
                             {"smoke_alarm_accept", "supply_only"},
                             {"smoker_home", "yes"},
                             {"quit_help", "yes"},
                             {"lifestyle_help", "none"},
                             {"watch", "wants_info"},
                             {"first_aid_places", "2"},
                             {"volunteering", "yes"},
                             {"help_topics", "none"}};

constexpr const char* lead = "off-pol-01";
constexpr const char* passphrase = "three warm hats";
constexpr const char* pin = "482071";

Error unlike(std::string what, const Person& person) {
    std::string seen;
    for (const std::string& label : person.in_sight())
        seen += label + " | ";
    return {Fault::broken, std::move(what), "In sight: " + seen};
}

const PageView* page_in(const App& app) {
    return std::get_if<PageView>(&app.view()->screen);
}
const SummaryView* summary_in(const App& app) {
    return std::get_if<SummaryView>(&app.view()->screen);
}

}  // namespace

Result<std::unique_ptr<TouchingDay>> TouchingDay::begin(const TouchingOptions& options) {
    std::unique_ptr<TouchingDay> day(new TouchingDay(options));
    TRY_DO(day->set_up());
    TRY_DO(day->open_app());
    return day;
}

// With the commands that anybody would use.
Result<void> TouchingDay::set_up() {
    const std::string centre = options_.folder + "/endpoint";
    const std::string tablet = options_.folder + "/tablet";
    const std::string doors = options_.folder + "/ten-doors.csv";
    TRY_DO(store_file(centre));
    std::ofstream(doors) << ten_doors;
    TRY(EndpointProcess endpoint, EndpointProcess::start(program_folder() + "/doorstep-endpoint", centre));
    endpoint_ = std::make_unique<EndpointProcess>(std::move(endpoint));
    TRY(const TabletIdentity identity, endpoint_->enrol("tab-01"));
    TRY(const EndpointAddress address, parse_endpoint_address(identity.endpoint));
    const std::string ticket = options_.folder + "/ticket";
    const std::string words = options_.folder + "/passphrase";
    TRY_DO(write_durably(words, std::string(passphrase) + "\n", 0600));
    std::ofstream(ticket) << wire::encode(
        wire::Ticket{identity.enrolment, identity.tablet, identity.seed, identity.sealing_key,
                     identity.signing_key, identity.safeguarding_key, identity.recovery_key, address.pins});
    const std::string today = Day::at(clock_.now_ms(), clock_.utc_offset_minutes(clock_.now_ms())).text();
    const std::string doorstep = program_folder() + "/doorstep";
    for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
             {doorstep, "enrol", "--data", tablet, "--endpoint", endpoint_->url(), "--ticket", ticket,
              "--lead", lead, "--passphrase-file", words},
             {doorstep, "load-visit", doors, "--data", tablet, "--label", "SS-TODAY-BE", "--area", "BE",
              "--day", today, "--passphrase-file", words}}) {
        TRY(const Ran ran, run(command));
        if (ran.status != 0)
            return Error{Fault::broken, fmt::format("{} {}: {}", command[0], command[1], ran.messages), ""};
    }
    return {};
}

Result<void> TouchingDay::open_app() {
    AppOptions app;
    app.shift = {options_.folder + "/tablet", {}, {"", "off-fire-01", "team-1"}, "Sam"};
    app.window.driver = "dummy";
    app.window.width = options_.width;
    app.window.height = options_.height;
    app.window.ppi = options_.ppi;
    TRY(app_, App::open(app, clock_, random_));
    person_ = std::make_unique<Person>(*app_, options_.pictures);
    person_->settle();
    TRY_DO(come_in());
    return person_->picture("home");
}

// As the officer does every morning: a passphrase, and a PIN for the shift.
Result<void> TouchingDay::come_in() {
    TRY_DO(person_->picture("sign-in"));
    TRY_DO(person_->type(passphrase));
    TRY_DO(person_->press_key("Enter"));
    for (int waits = 0; waits < 500 && std::holds_alternative<SignInView>(app_->view()->screen); ++waits)
        person_->settle();
    TRY_DO(person_->picture("choose-pin"));
    for (const char* step : {"Next", "Use this PIN"}) {
        for (const char digit : std::string_view(pin))
            TRY_DO(person_->tap(std::string(1, digit)));
        TRY_DO(person_->tap(step));
    }
    for (int waits = 0; waits < 500 && !std::holds_alternative<HomeView>(app_->view()->screen); ++waits)
        person_->settle();
    if (std::holds_alternative<HomeView>(app_->view()->screen))
        return {};
    return unlike("The officer did not come in.", *person_);
}

Result<void> TouchingDay::home() {
    for (int i = 0; i < 6 && !std::holds_alternative<HomeView>(app_->view()->screen); ++i)
        TRY_DO(person_->tap("Back"));
    return {};
}

Result<void> TouchingDay::outcome(const std::string& door, const std::string& words) {
    TRY_DO(person_->tap_beginning(door));
    TRY_DO(person_->tap(words));
    if (!std::holds_alternative<DoorsView>(app_->view()->screen))
        return unlike("An outcome did not lead back to the doors.", *person_);
    return {};
}

Result<void> TouchingDay::outcomes() {
    TRY_DO(person_->tap_beginning("Start at the doors"));
    TRY_DO(person_->picture("doors"));
    person_->take_taps();
    TRY_DO(outcome("1 Mill Lane", "No answer"));
    if (person_->take_taps() > 2)
        return unlike("No answer took more than two taps.", *person_);
    TRY_DO(person_->picture("doors-with-undo"));
    TRY_DO(outcome("2 Mill Lane", "Empty"));
    TRY_DO(person_->tap("Undo"));
    if (std::get<DoorsView>(app_->view()->screen).left != 9)
        return unlike("An outcome that was undone is still there.", *person_);
    TRY_DO(outcome("2 Mill Lane", "Declined"));
    TRY_DO(outcome("3 Mill Lane", "Come back"));
    TRY_DO(outcome("5 Mill Lane", "No way in"));
    TRY_DO(outcome("6 Mill Lane", "With interpreter"));
    TRY_DO(person_->tap_beginning("Wicket Cottage"));
    TRY_DO(person_->picture("door"));
    TRY_DO(person_->tap("Not a home"));
    TRY_DO(person_->tap_beginning("Come back"));
    TRY_DO(person_->picture("doors-come-back"));
    TRY_DO(person_->tap_beginning("All 10"));
    TRY_DO(person_->tap("Find"));
    TRY_DO(person_->type("quay 14"));
    TRY_DO(person_->picture("doors-find"));
    return person_->press_key("Done");
}

Result<void> TouchingDay::note() {
    TRY_DO(person_->tap_if_there("Clear the search"));
    TRY_DO(person_->tap_beginning("4 Mill Lane"));
    TRY_DO(person_->tap_beginning("Write or change a note"));
    TRY_DO(person_->tap("What they have to know"));
    TRY_DO(person_->type("Loose dog"));
    TRY_DO(person_->picture("note-on-the-keyboard"));
    TRY_DO(person_->press_key("Done"));
    TRY_DO(person_->picture("note"));
    TRY_DO(person_->tap("Keep the note"));
    TRY_DO(person_->picture("door-with-note"));
    const auto view = app_->view();
    const auto* door = std::get_if<DoorView>(&view->screen);
    if (!door || door->notes_saved != 1 || !person_->sees_part("Hazard: Loose dog ("))
        return unlike("A note is not on its door.", *person_);
    TRY_DO(person_->tap_beginning("Write or change a note"));
    TRY_DO(person_->tap("It is so no longer"));
    TRY_DO(person_->picture("note-no-longer"));
    TRY_DO(person_->tap("Leave it"));
    TRY_DO(person_->picture("note-again"));
    TRY_DO(person_->tap("Leave it"));
    TRY_DO(person_->tap("Back"));
    return person_->picture("doors-with-note");
}

Result<void> TouchingDay::choose(const PageView& page, const QuestionItem& item, const std::string& value) {
    for (const Choice& choice : item.choices) {
        if (choice.value != value)
            continue;
        const std::string with_question = fmt::format("{} ({})", choice.label, item.question.label);
        if (person_->target(with_question, false))
            return person_->tap(with_question);
        return person_->tap(choice.label);
    }
    return unlike(fmt::format("{} has no choice {} on page {}.", item.question.name, value, page.progress),
                  *person_);
}

Result<void> TouchingDay::answer(const QuestionItem& item, const std::string& answer) {
    const PageView& page = *page_in(*app_);
    switch (item.question.type) {
    case QuestionType::select_one:
    case QuestionType::select_multiple: {
        std::string_view rest = answer;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find(' '), rest.size());
            const std::string value(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
            const auto view = app_->view();  // keeps the page while it is tapped
            const PageView& now = std::get<PageView>(view->screen);
            for (const QuestionItem& each : now.items)
                if (each.question.node == item.question.node)
                    TRY_DO(choose(now, each, value));
        }
        return {};
    }
    case QuestionType::integer: {
        for (int i = 0, n = std::atoi(answer.c_str()); i < std::max(n, 1); ++i)
            TRY_DO(person_->tap("More: " + item.question.label));
        if (answer == "0")
            TRY_DO(person_->tap("Fewer: " + item.question.label));
        return {};
    }
    case QuestionType::text:
        TRY_DO(person_->tap(item.question.label));
        TRY_DO(person_->type(answer));
        TRY_DO(person_->picture("keyboard"));
        return person_->press_key("Done");
    case QuestionType::acknowledge:
        return person_->tap(item.question.label);
    default:
        return unlike(fmt::format("{} on page {} is of a type that this officer does not answer.",
                                  item.question.name, page.progress),
                      *person_);
    }
}

// In the form's order, again from the top after each: an answer may bring new questions.
Result<void> TouchingDay::answer_page(const Answers& answers) {
    std::vector<std::string> done;
    for (bool more = true; more;) {
        more = false;
        const auto view = app_->view();
        const PageView* page = std::get_if<PageView>(&view->screen);
        if (!page)
            return {};
        for (const QuestionItem& item : page->items) {
            const auto given =
                item.question.type == QuestionType::acknowledge
                    ? std::string("OK")
                    : (answers.contains(item.question.name) ? answers.find(item.question.name)->second
                                                            : std::string());
            if (given.empty() || item.question.readonly ||
                std::find(done.begin(), done.end(), item.question.path) != done.end())
                continue;
            done.push_back(item.question.path);
            TRY_DO(answer(item, given));
            more = true;
            break;
        }
    }
    return {};
}

Result<void> TouchingDay::answer_pages(const Answers& answers, const std::string& picture,
                                       int stop_before_page) {
    for (int number = 1; number < 60 && page_in(*app_); ++number) {
        if (number == stop_before_page)
            return {};
        TRY_DO(answer_page(answers));
        TRY_DO(person_->picture(fmt::format("{}-page-{}", picture, number)));
        const auto view = app_->view();
        if (!page_in(*app_))
            return {};
        TRY_DO(person_->tap(std::get<PageView>(view->screen).last_page ? "To the summary" : "Continue"));
    }
    if (!summary_in(*app_))
        return unlike("The pages did not end at the summary.", *person_);
    return {};
}

Result<int> TouchingDay::agree_to_everything() {
    int agreed = 0;
    for (int i = 0; i < 40; ++i) {
        const auto view = app_->view();
        const SummaryView* summary = std::get_if<SummaryView>(&view->screen);
        if (!summary)
            return unlike("The summary went away.", *person_);
        const auto open =
            std::find_if(summary->referrals.begin(), summary->referrals.end(), [](const ReferralCard& card) {
                return card.decision == ReferralCard::Decision::open;
            });
        if (open == summary->referrals.end())
            break;
        TRY_DO(person_->tap("The resident agrees: " + open->name));
        ++agreed;
    }
    for (int i = 0; i < 40; ++i) {
        const auto view = app_->view();
        const auto& offers = std::get<SummaryView>(view->screen).offers;
        const auto open =
            std::find_if(offers.begin(), offers.end(), [](const OfferLine& each) { return !each.decided; });
        if (open == offers.end())
            break;
        TRY_DO(person_->tap("Accepted: " + open->words));
    }
    return agreed;
}

Result<void> TouchingDay::finish() {
    TRY_DO(person_->tap_beginning("Finish"));
    if (summary_in(*app_) || page_in(*app_))
        return unlike("The questionnaire did not finish.", *person_);
    return {};
}

Result<void> TouchingDay::first_home() {
    TRY_DO(home());
    TRY_DO(person_->tap_beginning("Go on at the doors"));
    TRY_DO(person_->tap_if_there("Clear the search"));
    person_->take_taps();
    TRY_DO(person_->tap_beginning("4 Mill Lane"));
    TRY_DO(person_->tap_beginning("Start"));
    if (person_->take_taps() > 2 || !page_in(*app_))
        return unlike("The first question is more than two taps from the door.", *person_);
    TRY_DO(answer_pages(first_answers, "first-home"));
    TRY_DO(person_->picture("summary"));
    TRY(const int agreed, agree_to_everything());
    agreed_ += agreed;
    TRY_DO(person_->picture("summary-agreed"));
    TRY_DO(person_->tap("Your name"));
    TRY_DO(person_->type("Zofia Łoś"));
    TRY_DO(person_->picture("name-on-the-keyboard"));
    TRY_DO(person_->press_key("Done"));
    if (person_->value_of("Your name") != "Zofia Łoś")
        return unlike("The name does not stand there as it was typed.", *person_);
    TRY_DO(finish());
    return person_->picture("after-finish");
}

// From here on the endpoint is gone, so that something waits.
Result<void> TouchingDay::called_back() {
    TRY_DO(home());
    endpoint_->kill_now();
    TRY_DO(person_->tap_beginning("Go on at the doors"));
    TRY_DO(person_->tap_beginning("14 Quay Street"));
    TRY_DO(person_->tap_beginning("Start"));
    TRY_DO(answer_pages(second_answers, "second-home", 4));
    const auto stood = app_->view()->place;
    TRY_DO(home());
    TRY_DO(person_->picture("home-not-finished"));
    TRY_DO(person_->tap_beginning("14 Quay Street"));
    if (app_->view()->place != stood)
        return unlike("The questionnaire was not gone on with where it was left.", *person_);
    TRY_DO(answer_pages(second_answers, "second-home-again"));
    TRY(const int agreed, agree_to_everything());
    agreed_ += agreed;
    if (agreed_ < 4)
        return unlike(fmt::format("Only {} referrals were agreed.", agreed_), *person_);
    return finish();
}

Result<void> TouchingDay::officers_page() {
    TRY_DO(home());
    TRY_DO(person_->tap_beginning("Go on at the doors"));
    TRY_DO(person_->tap_beginning("Flat A, 12 Quay Street"));
    TRY_DO(person_->tap_beginning("Start"));
    TRY_DO(person_->tap("Continue"));
    TRY_DO(person_->tap("Show to the resident"));
    TRY_DO(person_->picture("resident"));
    app_->act(intent::LeaveResidentPage{});
    person_->settle();
    app_->act(intent::OpenOfficersPage{});
    person_->settle();
    TRY_DO(person_->picture("officers-page"));
    TRY_DO(person_->tap("Done"));
    return home();
}

Result<void> TouchingDay::sync_without_and_with_endpoint() {
    TRY_DO(home());
    TRY_DO(person_->tap_beginning("Sync"));
    TRY_DO(person_->tap("Sync now"));
    const auto wait_for = [&](auto&& state) {
        for (int i = 0; i < 1200 && !state(std::get<SyncView>(app_->view()->screen)); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            person_->settle();
        }
        return state(std::get<SyncView>(app_->view()->screen));
    };
    if (!wait_for([](const SyncView& sync) { return sync.what == SyncView::What::offline; }))
        return unlike("With the endpoint gone the sync page does not say so.", *person_);
    TRY_DO(person_->picture("sync-offline"));
    TRY_DO(endpoint_->start_again());
    TRY_DO(person_->tap("Sync now"));
    if (!wait_for(
            [](const SyncView& sync) { return sync.what == SyncView::What::up_to_date && sync.unsent == 0; }))
        return unlike("With the endpoint back not everything was sent.", *person_);
    return person_->picture("sync-sent");
}

Result<void> TouchingDay::review() {
    TRY_DO(home());
    TRY_DO(person_->tap_beginning("Team review"));
    TRY_DO(person_->picture("counts"));
    TRY_DO(person_->tap("Show as a table"));
    TRY_DO(person_->picture("counts-table"));
    TRY_DO(person_->tap_if_there("Show as a chart"));
    const auto view = app_->view();
    for (const CountBar& bar : std::get<CountsView>(view->screen).bars) {
        if (bar.referrals.value_or(0) == 0)
            continue;
        TRY_DO(person_->tap(fmt::format("{}: {}", bar.label, *bar.referrals)));
        const auto behind = app_->view();
        const auto* list = std::get_if<ReferralListView>(&behind->screen);
        if (!list || list->count != *bar.referrals)
            return unlike("The list behind a number does not hold as many.", *person_);
        TRY_DO(person_->picture("referrals"));
        break;
    }
    TRY_DO(home());
    TRY_DO(person_->tap("Settings"));
    return person_->picture("settings");
}

Result<bool> TouchingDay::compare(std::string& printed) {
    person_.reset();
    app_.reset();  // the store is free again
    const std::int64_t now = clock_.now_ms();
    const Day today = Day::at(now, clock_.utc_offset_minutes(now));
    const SystemClock real;
    SystemRandom random;
    const std::string folder = options_.folder + "/tablet";
    TRY(const auto who, sign_in(places_of(folder), {lead, options_.folder + "/passphrase"}, real));
    TRY(auto keys, who.vault.row_keys());
    TRY(const auto opened, OpenedTablet::open(folder, std::move(keys), real, random));
    SqlConnection* const sql = &opened->sql();
    const Library library = open_library(shipped_questionnaires());
    TRY(const Counts counts, count(*sql, library.directory, {today, today}, "current"));
    TRY(const std::string endpoint, endpoint_->report(today.text(), today.text(), "current"));
    const std::string tablet = as_table(counts);
    printed = fmt::format("On the tablet:\n{}\nAt the endpoint:\n{}", tablet, endpoint);
    return tablet == endpoint;
}

}  // namespace doorstep::journey
