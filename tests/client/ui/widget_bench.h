// A stage with one widget or a few on it, and a finger: no screens, no app.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "client/ui/checks.h"
#include "client/ui/stage.h"

namespace doorstep {

class WidgetBench {
public:
    using Draw = std::function<void(Ui&)>;

    static StageOptions quick();  // no raster, still, 10 inches
    // `renderer` for pictures: then `options.raster` must be set.
    explicit WidgetBench(Draw draw, const StageOptions& options = quick(), SDL_Renderer* renderer = nullptr);

    // Frames until nothing moves; `after_us` passes first.
    void settle(std::int64_t after_us = 16'000);
    void finger(FingerSample::Phase phase, float x, float y, std::int64_t id = 1);
    void tap_at(float x, float y);
    // In the middle of the mark; fails the test when it cannot be seen.
    void tap(std::string_view label, Role role);
    void key(std::string_view label) { tap(label, Role::key); }
    void hardware(Key key);
    void hardware(std::string_view text);

    const Mark* find(std::string_view label, Role role) const;
    const Mark& mark(std::string_view label, Role role) const;  // fails the test when it is not there
    std::string value(std::string_view field) const { return mark(field, Role::field).value; }
    // What the free checks say of the last frame, as one text.
    std::string faults_now() const;

    Stage& stage() { return *stage_; }
    std::int64_t now_us() const { return now_us_; }

private:
    Wording wording_;
    Draw draw_;
    std::unique_ptr<Stage> stage_;
    std::int64_t now_us_ = 1'000'000;
};

// Draws in a column with the page's margins.
WidgetBench::Draw in_column(std::function<void(Ui&)> draw);

}  // namespace doorstep
