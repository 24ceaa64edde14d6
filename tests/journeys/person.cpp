#include "tests/journeys/person.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/ui/checks.h"
#include "forms/base/encoding.h"

namespace doorstep::journey {
namespace {

bool in_sight_of(const Mark& mark) {
    const Rect seen = mark.rect.cut(mark.clip);
    return !mark.rect.empty() && seen.w >= mark.rect.w - 1 && seen.h >= mark.rect.h - 1;
}

bool partly_in_sight(const Mark& mark) {
    return !mark.rect.cut(mark.clip).empty();
}

bool is_target(const Mark& mark) {
    return can_be_tapped(mark.role) && mark.enabled;
}

}  // namespace

void Person::finger(FingerSample::Phase phase, float x, float y, std::int64_t id) {
    at_us_ += 16'000;
    app_.event(FingerSample{phase, id, x, y, at_us_, 1});
    app_.frame();
}

void Person::settle() {
    app_.settle();
    check();
}

void Person::drag(float x, float y, float dx_px, float dy_px) {
    constexpr int steps = 12;
    finger(FingerSample::Phase::down, x, y);
    for (int i = 1; i <= steps; ++i)
        finger(FingerSample::Phase::move, x + dx_px * static_cast<float>(i) / steps,
               y + dy_px * static_cast<float>(i) / steps);
    at_us_ += 200'000;  // held still, so that nothing is flung
    finger(FingerSample::Phase::up, x + dx_px, y + dy_px);
    settle();
}

void Person::check() {
    const Stage& stage = app_.stage();
    const Rect screen{0, 0, static_cast<float>(stage.options().width),
                      static_cast<float>(stage.options().height)};
    for (const MarkFault& fault : faults(stage.marks(), screen, stage.options().px_per_mm)) {
        const std::string text =
            fmt::format("{} at {}: \"{}\"", fault.what, app_.view()->place.substr(0, 12), fault.label);
        if (std::find(wrong_.begin(), wrong_.end(), text) == wrong_.end())
            wrong_.push_back(text);
    }
}

const Mark* Person::target(std::string_view label, bool only_in_sight) const {
    for (const Mark& mark : app_.stage().marks())
        if (is_target(mark) && mark.label == label && (!only_in_sight || in_sight_of(mark)))
            return &mark;
    return nullptr;
}

bool Person::into_sight(const Mark& mark) {
    const Stage::Place* place = mark.scroll.empty() ? nullptr : app_.stage().place(mark.scroll);
    if (!place)
        return false;
    const Rect area = place->area;
    const float middle = mark.rect.y + mark.rect.h / 2 - (area.y + area.h / 2);
    const float most = area.h * 0.8f;
    const float by = std::clamp(-middle, -most, most);
    const float from = by < 0 ? area.bottom() - area.h * 0.08f : area.y + area.h * 0.08f;
    const float before = place->at;
    drag(area.x + area.w / 2, from, 0, by);
    const Stage::Place* after = app_.stage().place(mark.scroll);
    return after && after->at != before;
}

bool Person::look_further(const std::string& region, int direction) {
    const Stage::Place* place = app_.stage().place(region);
    if (!place || place->area.h < 1)
        return false;
    const Rect area = place->area;
    const float before = place->at;
    const float from = direction > 0 ? area.bottom() - area.h * 0.1f : area.y + area.h * 0.1f;
    drag(area.x + area.w / 2, from, 0, static_cast<float>(-direction) * area.h * 0.7f);
    const Stage::Place* after = app_.stage().place(region);
    return after && after->at != before;
}

Result<void> Person::tap_on(const std::function<bool(const Mark&)>& wanted, const std::string& name) {
    const auto find = [&](bool sighted) -> const Mark* {
        for (const Mark& mark : app_.stage().marks())
            if (is_target(mark) && wanted(mark) && (!sighted || in_sight_of(mark)))
                return &mark;
        return nullptr;
    };
    for (int tries = 0; tries < 60 && !find(true); ++tries)
        if (const Mark* hidden = find(false); !hidden || !into_sight(*hidden))
            break;
    // A list draws only the rows in sight: look through it, down and then up.
    for (const int direction : {1, -1})
        for (int pages = 0; pages < 400 && !find(true) && !find(false); ++pages) {
            std::string region;
            for (const Mark& mark : app_.stage().marks())
                if (!mark.scroll.empty())
                    region = mark.scroll;
            if (region.empty() || !look_further(region, direction))
                break;
        }
    for (int tries = 0; tries < 60 && !find(true); ++tries)
        if (const Mark* hidden = find(false); !hidden || !into_sight(*hidden))
            break;
    const Mark* mark = find(true);
    if (!mark)
        mark = find(false);
    if (!mark || !partly_in_sight(*mark))
        return Error{Fault::not_found,
                     fmt::format("\"{}\" cannot be seen. In sight: {}.", name, fmt::join(in_sight(), " | ")),
                     ""};
    const Rect seen = mark->rect.cut(mark->clip);
    const float x = seen.x + seen.w / 2;
    const float y = seen.y + seen.h / 2;
    finger(FingerSample::Phase::down, x, y);
    finger(FingerSample::Phase::up, x, y);
    at_us_ += 120'000;
    ++taps_;
    settle();
    return {};
}

Result<void> Person::tap(std::string_view label) {
    return tap_on([&](const Mark& mark) { return mark.label == label && mark.role != Role::key; },
                  std::string(label));
}

Result<void> Person::tap_beginning(std::string_view beginning) {
    return tap_on(
        [&](const Mark& mark) { return mark.label.starts_with(beginning) && mark.role != Role::key; },
        std::string(beginning));
}

Result<void> Person::tap_if_there(std::string_view label) {
    return target(label) ? tap(label) : Result<void>{};
}

Result<void> Person::press_key(std::string_view label) {
    return tap_on([&](const Mark& mark) { return mark.role == Role::key && mark.label == label; },
                  std::string(label));
}

Result<void> Person::type(std::string_view text) {
    const auto there = [&](std::string_view label) {
        for (const Mark& mark : app_.stage().marks())
            if (mark.role == Role::key && mark.label == label)
                return true;
        return false;
    };
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
            ++end;
        const std::string letter(text.substr(at, end - at));
        at = end;
        const std::string label = letter == " " ? "Space" : letter == "\n" ? "Enter" : letter;
        const std::vector<std::string_view> ways =
            letter.size() == 1
                ? std::vector<std::string_view>{"", "Letters", "Shift", "Numbers and signs"}
                : std::vector<std::string_view>{"", "Letters", "Accents", "Shift", "More accents", "Shift"};
        for (const std::string_view way : ways) {
            if (there(label))
                break;
            if (!way.empty() && there(way))
                TRY_DO(press_key(way));
        }
        TRY_DO(press_key(label));
    }
    return {};
}

bool Person::sees(std::string_view label) const {
    for (const Mark& mark : app_.stage().marks())
        if (mark.label == label && partly_in_sight(mark))
            return true;
    return false;
}

bool Person::sees_part(std::string_view part) const {
    for (const Mark& mark : app_.stage().marks())
        if (mark.label.find(part) != std::string::npos && partly_in_sight(mark))
            return true;
    return false;
}

bool Person::is_chosen(std::string_view label) const {
    for (const Mark& mark : app_.stage().marks())
        if (mark.label == label && mark.checked)
            return true;
    return false;
}

std::string Person::value_of(std::string_view field) const {
    for (const Mark& mark : app_.stage().marks())
        if (mark.label == field && mark.role == Role::field)
            return mark.value;
    return {};
}

std::vector<std::string> Person::in_sight() const {
    std::vector<std::string> labels;
    for (const Mark& mark : app_.stage().marks())
        if (mark.role != Role::key && partly_in_sight(mark))
            labels.push_back(mark.label);
    return labels;
}

int Person::take_taps() {
    return std::exchange(taps_, 0);
}

Result<void> Person::picture(std::string_view name) {
    if (look_)
        return look_(name);
    if (pictures_.empty())
        return {};
    return write_png(app_.stage().picture(), fmt::format("{}/{:02}-{}.png", pictures_, ++taken_, name));
}

}  // namespace doorstep::journey
