// The app's first page and the real endpoint: a tablet is let in by a code without a command line.
#include <condition_variable>
#include <mutex>

#include "client/app/shift.h"
#include "client/app/tablet_places.h"
#include "tests/journeys/centre_at_work.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

// The shift as its writer thread runs it: acts, and looks when there is news.
struct FirstPage {
    std::mutex guard;
    std::condition_variable came;
    bool news = false;
    TemporaryFolder temporary;
    SystemClock clock;
    SystemRandom random;
    Wordings wordings = std::move(*Wordings::read_all());
    std::unique_ptr<Shift> shift;

    FirstPage() { start(); }
    ~FirstPage() { shift.reset(); }
    FirstPage(const FirstPage&) = delete;
    FirstPage& operator=(const FirstPage&) = delete;
    // A new process on the same folder.
    void start() {
        shift.reset();
        ShiftOptions options{temporary / "tablet", {}, {"", "", "team-1"}, "Sam"};
        options.cost = PasswordCost{1, 64};
        options.tablet.ballast_bytes = 0;
        options.news = [this] {
            {
                const std::lock_guard lock(guard);
                news = true;
            }
            came.notify_all();
        };
        shift = std::make_unique<Shift>(options, clock, random, wordings, [](std::shared_ptr<const View>) {});
        shift->open();
    }
    SetUpView page() const {
        const auto view = shift->view();
        REQUIRE(std::holds_alternative<SetUpView>(view->screen));
        return std::get<SetUpView>(view->screen);
    }
    // Looks whenever there is news, until the page is as wanted.
    template<class Wanted>
    SetUpView until(const Wanted& wanted) {
        for (int i = 0; i < 600 && !wanted(page()); ++i) {
            std::unique_lock lock(guard);
            came.wait_for(lock, std::chrono::milliseconds(100), [this] { return news; });
            if (!std::exchange(news, false))
                continue;
            lock.unlock();
            shift->woken();
        }
        const auto now = page();
        INFO("step " << static_cast<int>(now.joining) << ": " << now.trouble);
        REQUIRE(wanted(now));
        return now;
    }
    SetUpView until_at(JoiningStep step) {
        return until([step](const SetUpView& now) { return now.joining == step; });
    }
};

}  // namespace

TEST_CASE("a tablet joins from its first page, and its first team lead is made there", "[enrolment]") {
    CentreAtWork centre;
    centre.invited();
    FirstPage tablet;
    CHECK_FALSE(tablet.page().enrolled);
    // As a person writes an address, and a code.
    auto address = centre.program.address();
    address.erase(0, std::string("https://").size());
    tablet.shift->act(intent::JoinByCode{address, centre.code});
    CHECK(tablet.until_at(JoiningStep::comparing).check_words == centre.words);
    CHECK(has(centre.waiting(), "not used yet"));
    tablet.shift->act(intent::CentreWords{true});
    const auto words = tablet.until_at(JoiningStep::waiting).check_words;
    CHECK(has(centre.waiting(), "its screen shows: " + words));
    CHECK(centre.program.run({"tablets", "approve", "tab-01", "--words", words}).status == 0);
    CHECK(tablet.until([](const SetUpView& now) { return now.enrolled; }).trouble.empty());
    const auto passphrase = std::make_shared<const SecretText>("marble otter dusk");
    tablet.shift->act(intent::SetUp{"off-lead-01", passphrase});
    CHECK(std::holds_alternative<ChoosePinView>(tablet.shift->view()->screen));
}

TEST_CASE("words that differ end it before anything is sent, and the code is still good", "[enrolment]") {
    CentreAtWork centre;
    centre.invited();
    FirstPage tablet;
    tablet.shift->act(intent::JoinByCode{centre.program.address(), centre.code});
    tablet.until_at(JoiningStep::comparing);
    tablet.shift->act(intent::CentreWords{false});
    CHECK(has(tablet.until_at(JoiningStep::none).trouble, "Nothing was sent"));
    CHECK(has(centre.waiting(), "not used yet"));
    tablet.shift->act(intent::JoinByCode{centre.program.address(), centre.code});
    tablet.until_at(JoiningStep::comparing);
}

TEST_CASE("a tablet that waits goes on after it was switched off, until somebody stops it", "[enrolment]") {
    CentreAtWork centre;
    centre.invited();
    FirstPage tablet;
    tablet.shift->act(intent::JoinByCode{centre.program.address(), centre.code});
    tablet.until_at(JoiningStep::comparing);
    tablet.shift->act(intent::CentreWords{true});
    const auto words = tablet.until_at(JoiningStep::waiting).check_words;
    tablet.start();
    CHECK(tablet.until_at(JoiningStep::waiting).check_words == words);
    tablet.shift->act(intent::StopJoining{});
    CHECK(tablet.page().joining == JoiningStep::none);
    tablet.start();
    CHECK(tablet.page().joining == JoiningStep::none);
}

TEST_CASE("a code that is none, a wrong one and an address where nobody is are told on the page",
          "[enrolment]") {
    CentreAtWork centre;
    centre.invited();
    FirstPage tablet;
    const auto told = [&](const std::string& address, const std::string& code) {
        tablet.shift->act(intent::JoinByCode{address, code});
        return tablet.until([](const SetUpView& now) {
            return now.joining == JoiningStep::comparing ||
                   (now.joining == JoiningStep::none && !now.trouble.empty());
        });
    };
    CHECK(has(told(centre.program.address(), "123").trouble, "eight letters and digits"));
    CHECK_FALSE(told("127.0.0.1:9", centre.code).trouble.empty());
    CHECK_FALSE(told("", centre.code).trouble.empty());
    auto wrong = centre.code;
    wrong.back() = wrong.back() == '0' ? '1' : '0';
    told(centre.program.address(), wrong);
    tablet.shift->act(intent::CentreWords{true});
    CHECK(has(tablet.until_at(JoiningStep::none).trouble, "does not hold"));
}
