#include "tests/client/screens/glass.h"

#include <algorithm>
#include <catch2/catch.hpp>

namespace doorstep {

namespace {

constexpr std::int64_t frame_us = 16'667;
using Phase = FingerSample::Phase;

}  // namespace

Glass::Glass(const Shape& shape, SDL_Renderer* renderer) : shape_(shape) {
    StageOptions options;
    options.width = shape.width;
    options.height = shape.height;
    options.px_per_mm = shape.px_per_mm;
    options.raster = renderer != nullptr;
    options.still = true;
    auto stage = Stage::open(renderer, options, wording_);
    if (!stage.ok())
        FAIL(stage.error().text());
    stage_ = *std::move(stage);
}

void Glass::show(View view) {
    locals_ = {};
    stage_->focus() = {};
    becomes(std::move(view));
}

void Glass::becomes(View view) {
    view.theme = stage_->options().theme;
    view.text_percent = stage_->options().text_percent;
    view_ = std::move(view);
    stage_->redraw().because(Redraw::view_changed);
    settle();
    said_.clear();
}

void Glass::look(Theme theme, int text_percent) {
    stage_->look(theme, text_percent);
}

void Glass::frame() {
    now_us_ += frame_us;
    stage_->frame(now_us_, [&](Ui& ui) { screens::draw(ui, view_, locals_, said_); });
}

void Glass::settle() {
    frame();
    frame();
    for (int i = 0; i < 400 && !stage_->settled(); ++i)
        frame();
}

void Glass::pass_ms(int ms) {
    for (const std::int64_t end = now_us_ + std::int64_t{ms} * 1000; now_us_ < end;)
        frame();
}

void Glass::finger(Phase phase, float x, float y) {
    now_us_ += frame_us;
    stage_->event(FingerSample{phase, 1, x, y, now_us_, 1});
    stage_->frame(now_us_, [&](Ui& ui) { screens::draw(ui, view_, locals_, said_); });
}

const Mark* Glass::target(std::string_view label) const {
    const auto found = std::find_if(marks().begin(), marks().end(), [&](const Mark& mark) {
        return can_be_tapped(mark.role) && mark.label == label;
    });
    return found == marks().end() ? nullptr : &*found;
}

bool Glass::sees(std::string_view label) const {
    return std::any_of(marks().begin(), marks().end(), [&](const Mark& mark) {
        return mark.label == label && !mark.rect.cut(mark.clip).cut(whole()).empty();
    });
}

bool Glass::into_sight(std::string_view label) {
    for (int i = 0; i < 80; ++i) {
        const Mark* mark = target(label);
        if (!mark)
            return false;
        const Rect seen = mark->rect.cut(mark->clip).cut(whole());
        if (seen.h >= std::min(mark->rect.h, 20.0f))
            return true;
        const Stage::Place* place = stage_->place(mark->scroll);
        if (!place)
            return false;
        const float middle = place->area.y + place->area.h / 2;
        const float far = std::clamp(mark->rect.y + mark->rect.h / 2 - middle, -place->area.h * 0.45f,
                                     place->area.h * 0.45f);
        const float x = place->area.x + place->area.w / 2, from = middle + far / 2;
        const float slop = far > 0 ? 20.0f : -20.0f;  // what the arbiter swallows before a drag begins
        finger(Phase::down, x, from);
        finger(Phase::move, x, from - slop);
        finger(Phase::move, x, from - slop - far / 2);
        finger(Phase::move, x, from - slop - far);
        for (int rest = 0; rest < 8; ++rest)
            frame();
        finger(Phase::up, x, from - slop - far);
        settle();
    }
    return false;
}

bool Glass::tap(std::string_view label) {
    if (!into_sight(label))
        return false;
    const Mark* mark = target(label);
    const Rect seen = mark->rect.cut(mark->clip).cut(whole());
    const float x = seen.x + seen.w / 2, y = seen.y + seen.h / 2;
    finger(Phase::down, x, y);
    finger(Phase::up, x, y);
    settle();
    return true;
}

bool Glass::type(std::string_view text) {
    for (const char c : text) {
        const std::string key = c == ' ' ? "Space" : std::string(1, c);
        if (!tap(key))
            return false;
    }
    return true;
}

void Glass::to_the_end() {
    const float x = whole().w / 2, y = whole().h / 2;
    for (int i = 0; i < 40; ++i)
        stage_->event(WheelTurned{x, y, -10});
    settle();
}

Intents Glass::take_said() {
    return std::exchange(said_, {});
}

Rect Glass::whole() const {
    return {0, 0, static_cast<float>(shape_.width), static_cast<float>(shape_.height)};
}

std::string Glass::in_sight() const {
    std::string all;
    for (const Mark& mark : marks())
        if (can_be_tapped(mark.role))
            all += mark.label + " | ";
    return all;
}

}  // namespace doorstep
