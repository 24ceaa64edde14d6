#include "tests/bench/typing.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "client/app/crew.h"
#include "client/app/tablet_places.h"
#include "tests/faults/slow_disk.h"
#include "tests/support/row_keys.h"

namespace doorstep::bench {
namespace {

using Clockwork = std::chrono::steady_clock;

constexpr int letters = 150;
constexpr auto between_letters = std::chrono::milliseconds(100);
constexpr int taps = 60;
constexpr auto between_taps = std::chrono::milliseconds(250);

class NoLine final : public HttpClient {
public:
    Result<HttpReply> exchange(const HttpRequest&) override {
        return Error{Fault::unreachable, "There is no network.", "Try again later."};
    }
};

Error stuck(const std::string& at) {
    return {Fault::broken, "The app did not come to " + at + ".", "Look at it with packaging/demo."};
}

// What lies on the disk, as the published views tell it.
class Watch {
public:
    void look(const View& view) {
        const auto* page = std::get_if<PageView>(&view.screen);
        const std::lock_guard lock(guard_);
        if (page) {
            answers_.clear();
            for (const QuestionItem& item : page->items)
                answers_.emplace_back(item.question.node, item.question.answer.text);
        }
        saved_ = page && page->saved.starts_with("Saved");
        // Whatever was said before it was said over by what is kept now.
        bool kept = false;
        for (auto one = waiting_.rbegin(); saved_ && one != waiting_.rend(); ++one) {
            kept = kept || (!one->kept && holds(*one));
            if (kept && !one->kept)
                one->kept = Clockwork::now();
        }
        news_.notify_all();
    }
    void expect(NodeRef node, std::string text) {
        const std::lock_guard lock(guard_);
        waiting_.push_back({node, std::move(text), Clockwork::now(), {}});
    }
    template<class Ready>
    bool until(const Ready& ready) {
        std::unique_lock lock(guard_);
        return news_.wait_for(lock, std::chrono::seconds(30), ready);
    }
    bool all_kept() const {
        for (const Waiting& one : waiting_)
            if (!one.kept)
                return false;
        return saved_ || waiting_.empty();
    }
    bool shows(NodeRef node) const {
        return std::any_of(answers_.begin(), answers_.end(),
                           [&](const auto& each) { return each.first == node; });
    }
    std::vector<double> take_ms() {
        const std::lock_guard lock(guard_);
        std::vector<double> all;
        for (const Waiting& one : waiting_)
            all.push_back(std::chrono::duration<double, std::milli>(*one.kept - one.posted).count());
        waiting_.clear();
        return all;
    }

private:
    struct Waiting {
        NodeRef node;
        std::string text;
        Clockwork::time_point posted;
        std::optional<Clockwork::time_point> kept;
    };
    // A text that goes on holds what was typed before.
    bool holds(const Waiting& one) const {
        for (const auto& [node, text] : answers_)
            if (node == one.node)
                return text.starts_with(one.text);
        return false;
    }
    std::mutex guard_;
    std::condition_variable news_;
    std::vector<std::pair<NodeRef, std::string>> answers_;
    std::vector<Waiting> waiting_;
    bool saved_ = false;
};

struct Questions {
    Uuid draft;
    NodeRef node;
    std::vector<std::string> values;
};

std::optional<NodeRef> first(const FormSession& session, QuestionType type) {
    for (const NodeRef node : session.nodes()) {
        const auto view = session.view(node);
        const auto choices = session.choices(node);
        if (view.ok() && view->type == type && view->relevant && !view->readonly &&
            view->sensitivity == Sensitivity::ordinary && view->name != "adult_respondent" &&
            (type == QuestionType::text || (choices.ok() && choices->size() > 1)))
            return node;
    }
    return std::nullopt;
}

// A draft that stands on that kind of question.
Result<Questions> a_draft(const std::string& folder, QuestionType type) {
    const SystemClock clock;
    SystemRandom random;
    TRY(const auto tablet,
        OpenedTablet::open(folder, row_keys_for_tests(), clock, random, {.ballast_bytes = 0}));
    const Library library = open_library(shipped_questionnaires());
    Casework casework(tablet->store(), library, clock, random, {"off-pol-01", "", "team-1"});
    const Door door =
        casework.door(Uuid::random(random), "BE", "BE-001", {"4", "", "Mill Lane", "ZZ1 1AA", {}});
    TRY(OpenQuestionnaire open, casework.open_questionnaire(door, "safer_streets_doorstep", "2013"));
    for (const auto& [name, text] : {std::pair("privacy_given", "OK"), std::pair("adult_respondent", "yes")})
        if (const auto node = open.session().find(name))
            TRY_DO(open.answer(*node, Answer::given(text)));
    const auto node =
        type == QuestionType::text ? first(open.session(), type) : open.session().find("tenure");
    if (!node)
        return stuck("a question of that kind");
    TRY_DO(open.stand_on(*node));
    Questions found{open.id(), *node, {}};
    if (const auto choices = open.session().choices(*node); choices.ok())
        for (const Choice& each : *choices)
            found.values.push_back(each.value);
    return found;
}

struct AtWork {
    AtWork(const std::string& folder, Watch& watch) {
        options.shift.folder = folder;
        options.shift.on_duty = {"off-pol-01", "", "team-1"};
        options.shift.keys = shared_row_keys_for_tests();
        options.shift.tablet.ballast_bytes = 0;
        options.line = [](const TabletIdentity&) -> Result<std::unique_ptr<HttpClient>> {
            return std::unique_ptr<HttpClient>(new NoLine);
        };
        options.published = [this, &watch] {
            if (crew)
                watch.look(*crew->view());
        };
    }
    Result<void> sit_down(const Wordings& wordings, const Questions& at, Watch& watch) {
        crew = std::make_unique<Crew>(options, clock, random, wordings);
        TRY_DO(crew->start());
        crew->post(intent::GoHome{});  // from the draft before
        crew->post(intent::ResumeDraft{at.draft});
        if (!watch.until([&] { return watch.shows(at.node); }))
            return stuck("its question");
        return {};
    }
    const SystemClock clock;
    SystemRandom random;
    CrewOptions options;
    std::unique_ptr<Crew> crew;
};

void add(Figures& figures, const std::string& what, const std::vector<double>& ms, std::uint64_t syncs) {
    figures.add(what + "_to_durable_p50_ms_fsync50", quantile(ms, 0.5), "ms");
    figures.add(what + "_to_durable_p99_ms_fsync50", quantile(ms, 0.99), "ms", "<= 300");
    figures.add(what + "_syncs_each", static_cast<double>(syncs) / static_cast<double>(ms.size()), "");
}

// On a beat, however long each takes: a finger waits for nobody.
template<class Each>
void on_the_beat(int many, std::chrono::milliseconds between, const Each& each) {
    const auto began = Clockwork::now();
    for (int i = 0; i < many; ++i) {
        std::this_thread::sleep_until(began + i * between);
        each(i);
    }
}

}  // namespace

Result<void> measure_typing(const std::string& folder, Figures& figures) {
    TRY(const Wordings wordings, Wordings::read_all());
    std::vector<double> both;
    for (const QuestionType type : {QuestionType::text, QuestionType::select_one}) {
        TRY(const Questions at, a_draft(folder, type));
        test::SlowDisk disk(std::chrono::milliseconds(50));
        Watch watch;
        AtWork work(folder, watch);
        TRY_DO(work.sit_down(wordings, at, watch));
        const bool types = type == QuestionType::text;
        const std::uint64_t before = disk.syncs();
        std::string text;
        on_the_beat(types ? letters : taps, types ? between_letters : between_taps, [&](int i) {
            text = types ? text + static_cast<char>('a' + i % 26)
                         : at.values[static_cast<std::size_t>(i) % at.values.size()];
            watch.expect(at.node, text);
            work.crew->post(intent::GiveAnswer{at.node, Answer::given(text), types});
        });
        if (!watch.until([&] { return watch.all_kept(); }))
            return stuck("the disk");
        const std::vector<double> ms = watch.take_ms();
        both.insert(both.end(), ms.begin(), ms.end());
        add(figures, types ? "letter" : "tap", ms, disk.syncs() - before);
        work.crew.reset();
    }
    figures.add("finger_to_durable_p50_ms_fsync50", quantile(both, 0.5), "ms");
    figures.add("finger_to_durable_p99_ms_fsync50", quantile(both, 0.99), "ms", "<= 300");
    return {};
}

}  // namespace doorstep::bench
