#include "tests/bench/taps.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/child.h"
#include "tests/bench/measured_app.h"

namespace doorstep::bench {
namespace {

constexpr int taps = 200;

Error stuck(const std::string& where) {
    return {Fault::broken, "The app did not come to " + where + ".", "Look at it with packaging/demo."};
}

std::vector<Mark> radios(MeasuredApp& app) {
    std::vector<Mark> all;
    for (const Mark& mark : app.app().stage().marks())
        if (mark.role == Role::radio && mark.enabled && mark.rect.cut(mark.clip) == mark.rect)
            all.push_back(mark);
    return all;
}

// The first page with a question of two choices in sight.
Result<void> to_a_question(MeasuredApp& app) {
    if (!app.step_until([&] { return app.screen<HomeView>() && !app.screen<HomeView>()->visits.empty(); }))
        return stuck("its home");
    app.app().act(intent::OpenVisit{app.screen<HomeView>()->visits.front().visit});
    if (!app.step_until([&] { return app.screen<DoorsView>() && app.screen<DoorsView>()->rows; }))
        return stuck("the doors");
    const Uuid door = app.screen<DoorsView>()->rows->front().household;
    app.app().act(intent::OpenDoor{door});
    if (!app.step_until([&] { return app.screen<DoorView>() != nullptr; }))
        return stuck("a door");
    app.app().act(intent::StartQuestionnaire{door, {}});
    if (!app.step_until([&] { return app.screen<PageView>() != nullptr; }))
        return stuck("a question");
    for (int page = 0; page < 30; ++page) {
        if (app.step_until([&] { return radios(app).size() >= 2; }, 300))
            return {};
        app.app().act(intent::NextPage{});
    }
    return stuck("a question with choices");
}

std::vector<Answer> answers_of(const PageView& page) {
    std::vector<Answer> all;
    for (const QuestionItem& item : page.items)
        all.push_back(item.question.answer);
    return all;
}

struct Tapped {
    double chosen_ms = 0;  // the tick is on the screen
    double saved_ms = 0;   // and so is that it is on disk
};

FingerSample sample(FingerSample::Phase phase, const Mark& mark) {
    FingerSample touch;
    touch.phase = phase;
    touch.finger = 1;
    touch.x = mark.rect.x + mark.rect.w / 2;
    touch.y = mark.rect.y + mark.rect.h / 2;
    touch.at_us = Window::now_us();
    return touch;
}

Result<Tapped> tap(MeasuredApp& app, std::size_t which) {
    const std::vector<Mark> seen = radios(app);
    if (seen.size() <= which)
        return stuck("its choices");
    const auto before = answers_of(*app.screen<PageView>());
    app.app().event(sample(FingerSample::Phase::down, seen[which]));
    app.step_until([] { return false; }, 40);  // a finger rests so long at least
    const std::int64_t lifted_ns = now_ns();
    app.app().event(sample(FingerSample::Phase::up, seen[which]));
    std::optional<double> chosen_ms;
    const std::int64_t until_ns = lifted_ns + 5'000'000'000;
    while (now_ns() < until_ns) {
        if (!app.step(50))
            continue;
        const double ms = static_cast<double>(now_ns() - lifted_ns) / 1e6;
        const std::vector<Mark> now = radios(app);
        if (now.size() <= which || !now[which].checked)
            continue;
        if (!chosen_ms)
            chosen_ms = ms;
        const auto* page = app.screen<PageView>();
        if (page && answers_of(*page) != before && page->saved.starts_with("Saved"))
            return Tapped{*chosen_ms, ms};
    }
    return stuck("saying that the answer is saved");
}

}  // namespace

Result<void> measure_taps(const std::string& folder, Figures& figures) {
    TRY(MeasuredApp app, MeasuredApp::open(folder, "dummy"));
    TRY_DO(to_a_question(app));
    std::vector<double> chosen, saved;
    for (std::size_t i = 0; i < taps + 2; ++i) {
        TRY(const Tapped one, tap(app, i % 2));
        app.step_until([] { return false; }, 60);  // what is shown settles
        if (i < 2)
            continue;
        chosen.push_back(one.chosen_ms);
        saved.push_back(one.saved_ms);
    }
    figures.add("tap_to_chosen_p50", quantile(chosen, 0.5), "ms");
    figures.add("tap_to_chosen_p99", quantile(chosen, 0.99), "ms", "< 33");
    figures.add("tap_to_saved_p50", quantile(saved, 0.5), "ms");
    figures.add("tap_to_saved_p99", quantile(saved, 0.99), "ms", "< 33, the durable write included");
    return {};
}

}  // namespace doorstep::bench
