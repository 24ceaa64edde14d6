#include "tests/bench/doors.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/platform/window.h"
#include "client/screens/screens.h"
#include "client/ui/stage.h"
#include "client/view/view.h"
#include "client/wording/wording.h"
#include "forms/base/random.h"
#include "tests/bench/child.h"
#include "tests/bench/measured_app.h"

namespace doorstep::bench {
namespace {

View street_of(int doors) {
    SeededRandom random(42'700);
    auto rows = std::make_shared<std::vector<DoorRow>>();
    DoorsView street;
    for (int i = 0; i < doors; ++i) {
        DoorRow row;
        row.household = Uuid::random(random);
        row.place = fmt::format("{} Road {}", 1 + i % 40, 1 + i / 40);
        if (random.chance(0.4)) {
            row.words = random.chance(0.3) ? "Come back 16:00" : "No answer, twice";
            row.state = row.words[0] == 'C' ? DoorState::come_back : DoorState::over;
        }
        rows->push_back(std::move(row));
        street.shown.push_back(static_cast<std::uint32_t>(i));
    }
    street.total = street.left = doors;
    street.next_door = rows->front().household;
    street.next_place = rows->front().place;
    street.rows = std::move(rows);
    View view;
    view.header = {"Oakmere", "3 to send", false, true};
    view.place = "doors";
    view.screen = std::move(street);
    return view;
}

// A finger that flings the list to its end, in the time of the events: sixty frames a
// second whatever each one costs.
class Flinger {
public:
    Flinger(Stage& stage, const View& view) : stage_(stage), view_(view) {}

    // `flings` at most; stops at the end of the list.  Each frame's cost in ms.
    std::vector<double> fling(int flings) {
        std::vector<double> cost;
        frame();
        const Stage::Place* list = stage_.place(view_.place);
        const float from_y = list ? list->area.bottom() - 30 : 0;
        for (int i = 0; i < flings && !at_end(); ++i) {
            finger(FingerSample::Phase::down, from_y);
            for (int step = 1; step <= 6; ++step) {  // 900 mm/s
                cost.push_back(frame());
                finger(FingerSample::Phase::move, from_y - static_cast<float>(step) * 90);
            }
            finger(FingerSample::Phase::up, from_y - 6 * 90);
            for (int glide = 0; glide < 10; ++glide)
                cost.push_back(frame());
        }
        return cost;
    }
    void come_to_rest() {
        for (int i = 0; i < 300; ++i)
            frame();
    }
    bool at_end() const {
        const Stage::Place* place = stage_.place(view_.place);
        return place && place->end > 0 && place->at >= place->end - 0.5f;
    }
    // Whether all of that row can be seen.
    bool sees(const std::string& label) const {
        for (const Mark& mark : stage_.marks())
            if (mark.label.starts_with(label) && can_be_tapped(mark.role))
                return mark.rect.cut(mark.clip) == mark.rect;
        return false;
    }

private:
    void finger(FingerSample::Phase phase, float y) {
        FingerSample sample;
        sample.phase = phase;
        sample.finger = 1;
        sample.x = 400;
        sample.y = y;
        sample.at_us = now_us_;
        stage_.event(sample);
    }
    double frame() {
        now_us_ += 16'667;
        Intents said;
        const std::int64_t before = now_ns();
        stage_.frame(now_us_, [&](Ui& ui) { screens::draw(ui, view_, locals_, said); });
        return static_cast<double>(now_ns() - before) / 1e6;
    }

    Stage& stage_;
    const View& view_;
    screens::Locals locals_;
    std::int64_t now_us_ = 1'000'000;
};

void add_costs(Figures& figures, const std::string& name, const std::vector<double>& cost,
               const std::string& aim) {
    figures.add(name + "_p50", quantile(cost, 0.5), "ms");
    figures.add(name + "_p99", quantile(cost, 0.99), "ms", aim);
    figures.add(name + "_worst", quantile(cost, 1), "ms");
}

}  // namespace

Result<void> measure_doors(Figures& figures) {
    const Wording wording;
    const View view = street_of(many_doors);
    StageOptions options;
    options.raster = false;
    {
        TRY(const auto stage, Stage::open(nullptr, options, wording));
        Flinger flinger(*stage, view);
        const std::vector<double> cost = flinger.fling(10'000);
        flinger.come_to_rest();
        add_costs(figures, "doors_own_code", cost, "<= 16, from the first of 42,700 doors to the last");
        figures.add("doors_frames_to_the_end", static_cast<double>(cost.size()), "frames");
        const bool last = flinger.at_end() && flinger.sees("20 Road 1068");
        figures.add("doors_last_row_reached", last ? 1 : 0, "yes is 1", "1");
    }
    WindowOptions on;
    on.driver = "dummy";
    TRY(const Window window, Window::open(on));
    options.raster = true;
    options.px_per_mm = window.px_per_mm();
    TRY(const auto stage, Stage::open(window.renderer(), options, wording));
    Flinger flinger(*stage, view);
    flinger.fling(2);  // textures
    add_costs(figures, "doors_frame", flinger.fling(60), "<= 16.6, drawn in software at 1280x800");
    return {};
}

}  // namespace doorstep::bench
