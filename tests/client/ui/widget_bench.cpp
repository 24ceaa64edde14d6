#include "tests/client/ui/widget_bench.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace doorstep {

StageOptions WidgetBench::quick() {
    StageOptions options;
    options.raster = false;
    options.still = true;
    return options;
}

WidgetBench::WidgetBench(Draw draw, const StageOptions& options, SDL_Renderer* renderer)
    : draw_(std::move(draw)) {
    auto opened = Stage::open(renderer, options, wording_);
    REQUIRE(opened.ok());
    stage_ = std::move(*opened);
    settle();
}

void WidgetBench::settle(std::int64_t after_us) {
    now_us_ += after_us;
    int frames = 0;
    do {
        stage_->frame(now_us_, draw_);
        now_us_ += 16'000;
    } while ((!stage_->settled() || frames < 2) && ++frames < 200);
    REQUIRE(frames < 200);
}

void WidgetBench::finger(FingerSample::Phase phase, float x, float y, std::int64_t id) {
    stage_->event(FingerSample{phase, id, x, y, now_us_, 1});
    stage_->frame(now_us_, draw_);
    now_us_ += 16'000;
}

void WidgetBench::tap_at(float x, float y) {
    finger(FingerSample::Phase::down, x, y);
    finger(FingerSample::Phase::up, x, y);
    settle();
}

void WidgetBench::tap(std::string_view label, Role role) {
    const Mark& found = mark(label, role);
    const Rect seen = found.rect.cut(found.clip);
    INFO("\"" << std::string(label) << "\" is in sight");
    REQUIRE_FALSE(seen.empty());
    tap_at(seen.x + seen.w / 2, seen.y + seen.h / 2);
}

void WidgetBench::hardware(Key key) {
    stage_->event(KeyPressed{key, true});
    settle();
}

void WidgetBench::hardware(std::string_view text) {
    stage_->event(TextTyped{std::string(text)});
    settle();
}

const Mark* WidgetBench::find(std::string_view label, Role role) const {
    for (const Mark& mark : stage_->marks())
        if (mark.label == label && mark.role == role)
            return &mark;
    return nullptr;
}

const Mark& WidgetBench::mark(std::string_view label, Role role) const {
    const Mark* found = find(label, role);
    INFO("there is a mark \"" << std::string(label) << "\"");
    REQUIRE(found);
    return *found;
}

std::string WidgetBench::faults_now() const {
    const StageOptions& options = stage_->options();
    const Rect screen{0, 0, static_cast<float>(options.width), static_cast<float>(options.height)};
    std::string text;
    for (const MarkFault& fault : faults(stage_->marks(), screen, options.px_per_mm))
        text += fmt::format("{}: \"{}\"\n", fault.what, fault.label);
    return text;
}

WidgetBench::Draw in_column(std::function<void(Ui&)> draw) {
    return [draw = std::move(draw)](Ui& ui) {
        const Rect screen = ui.screen();
        const float margin = ui.margin();
        const float width = std::min(screen.w - 2 * margin, ui.px(mm::column_max));
        ui.scroll("body", screen, [&] {
            const Rect column{screen.x + margin, ui.column().y + margin, width, 0};
            float end = 0;
            ui.within(column, [&] {
                draw(ui);
                end = ui.column().y;
            });
            ui.take(end - ui.column().y + margin);
        });
    };
}

}  // namespace doorstep
