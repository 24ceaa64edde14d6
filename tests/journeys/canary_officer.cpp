// An officer who types one word into every field there is, for the test that then looks
// for it everywhere (canary_test.cpp).  Once locked, the same program stands again in the
// place of the first, as the app does.
//
// The word comes by standard input: what stands in arguments or in the environment would
// be handed on to the process after the lock.
#include <signal.h>

#include <cstdlib>
#include <fmt/format.h>
#include <iostream>

#include "client/app/app.h"
#include "client/app/commands.h"
#include "client/app/process.h"
#include "tests/journeys/person.h"

using namespace doorstep;
using namespace doorstep::journey;

namespace {

constexpr PasswordCost quick{1, 64};

struct Arguments {
    std::string folder;
    std::string doors;  // of a visit for today, loaded first; empty: none
    int shift = -1;
};

class CanaryOfficer {
public:
    static Result<std::unique_ptr<CanaryOfficer>> begin(const Arguments& arguments, std::string word) {
        std::unique_ptr<CanaryOfficer> officer(new CanaryOfficer(std::move(word)));
        AppOptions options;
        options.shift = {arguments.folder, {}, {"", "off-fire-02", "team-1"}, "Sam"};
        options.shift.shift = arguments.shift;
        options.shift.cost = quick;
        options.shift.tablet.ballast_bytes = 1 << 20;
        options.window.driver = "dummy";
        options.window.ppi = 149;
        TRY(officer->app_, App::open(options, officer->clock_, officer->random_));
        officer->person_ = std::make_unique<Person>(*officer->app_);
        officer->person_->settle();
        return officer;
    }

    Result<void> come_in() {
        const auto view = app_->view();
        const auto* door = std::get_if<SignInView>(&view->screen);
        if (!door)
            return Error{Fault::broken, "There is no page to sign in; at " + view->place, ""};
        say(intent::SignIn{door->people.front().slot,
                           std::make_shared<const SecretText>("marble otter dusk")});
        say(intent::ChoosePin{std::make_shared<const SecretText>("481502")});
        return came_in();
    }
    Result<void> unlock() {
        say(intent::UnlockByPin{std::make_shared<const SecretText>("481502")});
        return came_in();
    }
    // One questionnaire finished with a referral of one's own reason, one left as a draft.
    Result<void> work() {
        TRY_DO(person_->tap_beginning("Start at the doors"));
        TRY_DO(person_->tap("Find"));
        TRY_DO(person_->type(word_));
        TRY_DO(person_->press_key("Done"));
        say(intent::FindDoors{""});
        TRY_DO(questionnaire("1 ", true));
        TRY_DO(questionnaire("2 ", false));
        return {};
    }
    Result<void> lock() {
        say(intent::LockNow{});
        return {};
    }
    std::optional<int> begin_anew() const { return app_->begin_anew(); }
    int texts_typed() const { return typed_; }

private:
    explicit CanaryOfficer(std::string word) : word_(std::move(word)) {}

    void say(const Intent& intent) {
        app_->act(intent);
        person_->settle();
    }
    Result<void> came_in() const {
        if (app_->view()->open)
            return {};
        return Error{Fault::broken, "The officer did not come in; at " + app_->view()->place, ""};
    }

    Result<void> questionnaire(const std::string& number, bool to_the_end) {
        const auto doors = app_->view();
        const auto* view = std::get_if<DoorsView>(&doors->screen);
        if (!view)
            return Error{Fault::broken, "Not at the doors.", ""};
        for (const DoorRow& row : *view->rows)
            if (row.place.starts_with(number)) {
                say(intent::OpenDoor{row.household});
                say(intent::StartQuestionnaire{row.household, {}});
                break;
            }
        int pages = 0;
        while (std::holds_alternative<PageView>(app_->view()->screen) && ++pages < 60) {
            TRY_DO(fill_page());
            if (!to_the_end && pages == 8)
                return back_to_the_doors();
            say(intent::NextPage{});
        }
        TRY_DO(officers_page());
        say(intent::AddReferral{"police", word_ + " reason"});
        say(intent::Finish{ContactOutcome::partial, true});
        return back_to_the_doors();
    }

    Result<void> back_to_the_doors() {
        for (int i = 0; i < 6 && !std::holds_alternative<DoorsView>(app_->view()->screen); ++i)
            say(intent::Back{});
        return {};
    }

    // Texts key by key on the glass; the rest is said.
    Result<void> fill_page() {
        const auto page = app_->view();
        for (const QuestionItem& item : std::get<PageView>(page->screen).items) {
            const QuestionView& question = item.question;
            if (question.readonly)
                continue;
            if (question.type == QuestionType::text) {
                TRY_DO(type_into(question.label));
            } else if (question.type == QuestionType::acknowledge) {
                say(intent::GiveAnswer{question.node, Answer::given("OK")});
            } else if (!item.choices.empty()) {
                say(intent::GiveAnswer{question.node, Answer::given(choice_for(question, item))});
            } else if (question.required) {
                say(intent::GiveAnswer{question.node, {AnswerKind::prefer_not, {}}});
            }
        }
        return {};
    }
    // "Other" brings a text with it; else the first.
    static std::string choice_for(const QuestionView& question, const QuestionItem& item) {
        if (question.name == "adult_respondent")
            return "yes";
        for (const Choice& choice : item.choices)
            if (choice.value == "other")
                return choice.value;
        return item.choices.front().value;
    }
    Result<void> type_into(const std::string& label) {
        TRY_DO(person_->tap(label));
        TRY_DO(person_->type(fmt::format("{} {}", word_, ++typed_)));
        return person_->press_key("Done");
    }
    Result<void> officers_page() {
        say(intent::OpenOfficersPage{});
        const auto* page = std::get_if<PageView>(&app_->view()->screen);
        if (!page || !page->officers_page)
            return {};
        TRY_DO(fill_page());
        say(intent::LeaveOfficersPage{});
        return {};
    }

    const std::string word_;
    const SystemClock clock_;
    SystemRandom random_;
    std::unique_ptr<App> app_;
    std::unique_ptr<Person> person_;
    int typed_ = 0;
};

Result<void> load_doors(const Arguments& arguments) {
    const SystemClock clock;
    SystemRandom random;
    const SystemBootTime boot;
    const TabletPlaces places = places_of(arguments.folder);
    TRY(auto device, DeviceSecret::load(places.device_secret));
    TRY(auto vault, Vault::open(places.vault, std::move(device), {clock, boot, quick}));
    TRY(const auto people, vault.sign_ins());
    TRY_DO(vault.unlock(people.front().slot, "marble otter dusk"));
    VisitToLoad visit;
    visit.folder = places.folder;
    visit.file = arguments.doors;
    visit.label = "SS-TODAY-BE";
    visit.area = "BE";
    const std::int64_t now = clock.now_ms();
    visit.day = Day::at(now, clock.utc_offset_minutes(now)).text();
    TRY(auto keys, vault.row_keys());
    TRY_DO(load_visit(visit, std::move(keys), clock, random));
    return {};
}

Arguments read(int argc, char** argv) {
    Arguments arguments;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        if (name == "--shift")
            arguments.shift = std::atoi(argv[i + 1]);
        else
            (name == "--doors" ? arguments.doors : arguments.folder) = argv[i + 1];
    }
    return arguments;
}

int fail(const Error& error) {
    fmt::print(stderr, "{}\n", error.text());
    return 1;
}

void tell(const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

// Until the other end says what comes next; "end" when it has gone.
std::string next_order() {
    std::string order;
    return std::getline(std::cin, order) ? order : "end";
}

}  // namespace

int main(int argc, char** argv) {
    harden_process();
    std::cin.tie(nullptr);
    setvbuf(stdin, nullptr, _IONBF, 0);
    const Arguments arguments = read(argc, argv);
    if (!arguments.doors.empty())
        if (const auto loaded = load_doors(arguments); !loaded.ok())
            return fail(loaded.error());
    std::optional<int> shift;
    {
        const bool locked = arguments.shift >= 0;
        auto officer = CanaryOfficer::begin(arguments, locked ? std::string{} : next_order());
        if (!officer.ok())
            return fail(officer.error());
        if (locked)
            tell("locked");
        for (std::string order = next_order(); order != "end"; order = next_order()) {
            Result<void> done;
            if (order == "in")
                done = (*officer)->come_in();
            else if (order == "work")
                done = (*officer)->work();
            else if (order == "lock")
                done = (*officer)->lock();
            else if (order == "unlock")
                done = (*officer)->unlock();
            else if (order == "crash")
                ::raise(SIGSEGV);
            if (!done.ok())
                return fail(done.error());
            shift = (*officer)->begin_anew();
            if (shift)
                break;
            tell(fmt::format("{} done, {} texts", order, (*officer)->texts_typed()));
        }
    }
    if (shift)
        begin_anew({argv[0], "--data", arguments.folder, "--shift", std::to_string(*shift)}, {*shift});
    return 0;
}
