#include "client/ui/ui.h"

#include <numeric>

#include <imgui.h>

#include "client/ui/stage_state.h"

namespace doorstep {

namespace {

ImVec2 top_left(const Rect& rect) {
    return {rect.x, rect.y};
}

ImVec2 bottom_right(const Rect& rect) {
    return {rect.right(), rect.bottom()};
}

}  // namespace

// --- measures

float Ui::px(float mm) const {
    const float whole = std::round(mm * stage_.options.px_per_mm);
    return mm > 0 ? std::max(1.0f, whole) : whole;
}

Rect Ui::screen() const {
    Rect all = stage_.whole();
    all.h = std::max(1.0f, all.h - stage_.keyboard_at.h);
    return all;
}

bool Ui::portrait() const {
    return stage_.options.height > stage_.options.width;
}

float Ui::margin() const {
    const bool narrow = static_cast<float>(stage_.options.width) < 130 * stage_.options.px_per_mm;
    return px(narrow ? mm::margin_narrow : mm::margin);
}

const Palette& Ui::colours() const {
    return palette(stage_.options.theme);
}

Theme Ui::theme() const {
    return stage_.options.theme;
}

int Ui::text_percent() const {
    return stage_.options.text_percent;
}

bool Ui::quick() const {
    return stage_.options.software;
}

std::int64_t Ui::now_us() const {
    return stage_.now_us;
}

std::string Ui::say(std::string_view english) const {
    return stage_.wording.say(english);
}

std::string Ui::say_n(std::string_view one, std::string_view many, long n) const {
    return stage_.wording.say_n(one, many, n);
}

// --- the column

Rect Ui::column() const {
    const Column& c = stage_.column;
    return {c.x, c.y, c.w, std::max(0.0f, c.bottom - c.y)};
}

Rect Ui::take(float height_px) {
    Column& c = stage_.column;
    const Rect piece{std::round(c.x), std::round(c.y), std::round(c.w), std::ceil(std::max(0.0f, height_px))};
    c.y = piece.bottom();
    return piece;
}

// Large print costs air first, but never the gap between two targets.
void Ui::gap(float mm) {
    float air = mm;
    if (mm > mm::gap_min && stage_.options.text_percent >= 200)
        air = std::max(mm::gap_min, mm / 2);
    stage_.column.y += px(air);
}

void Ui::within(const Rect& area, const std::function<void()>& draw) {
    const Column before = stage_.column;
    const Rect whole = area.whole();
    stage_.column = {whole.x, whole.y, std::max(1.0f, whole.w), whole.bottom()};
    draw();
    stage_.column = before;
}

void Ui::beside(std::vector<float> shares, float gap_mm, const std::function<void(int)>& draw) {
    if (shares.empty())
        return;
    const Column before = stage_.column;
    const float between = px(gap_mm) * static_cast<float>(shares.size() - 1);
    const float all = std::max(0.001f, std::accumulate(shares.begin(), shares.end(), 0.0f));
    const float room = std::max(1.0f, before.w - between);
    float lowest = before.y, used = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const float from = std::round(room * used / all);
        used += shares[i];
        const float width = std::max(1.0f, std::round(room * used / all) - from);
        const float start = from + px(gap_mm) * static_cast<float>(i);
        const float x = stage_.mirrored ? before.x + before.w - start - width : before.x + start;
        stage_.column = {x, before.y, width, before.bottom};
        draw(static_cast<int>(i));
        lowest = std::max(lowest, stage_.column.y);
    }
    stage_.column = before;
    stage_.column.y = lowest;
}

void Ui::mirror(bool right_to_left) {
    stage_.mirrored = right_to_left;
}

bool Ui::mirrored() const {
    return stage_.mirrored;
}

// --- marks

void Ui::ground_is(Colour colour) {
    stage_.drawn_on = colour;
}

Colour Ui::ground() const {
    return stage_.drawn_on;
}

void Ui::mark(Mark mark) {
    if (mark.clip == Rect{})
        mark.clip = stage_.clip;
    if (mark.scroll.empty())
        mark.scroll = stage_.inside;
    stage_.marks.push_back(std::move(mark));
}

// --- drawing

ImDrawList& Ui::list() {
    return *ImGui::GetWindowDrawList();
}

void Ui::fill(const Rect& rect, Colour colour, bool soft) {
    const Rect whole = rect.whole();
    if (whole.empty())
        return;
    const bool round = soft && !quick() && theme() != Theme::sunlight;
    list().AddRectFilled(top_left(whole), bottom_right(whole), packed(colour), round ? px(1) : 0);
}

void Ui::frame(const Rect& rect, Colour colour, float width_mm, bool soft) {
    const Rect r = rect.whole();
    const float w = std::min(px(width_mm), std::min(r.w, r.h) / 2);
    if (r.empty())
        return;
    if (soft && !quick() && theme() != Theme::sunlight) {
        const Rect middle = r.inset(w / 2 - 0.5f);  // AddRect adds the half pixel itself
        list().AddRect(top_left(middle), bottom_right(middle), packed(colour), px(1) - w / 2, 0, w);
        return;
    }
    // Four rectangles: a stroked one comes out uneven.
    fill({r.x, r.y, r.w, w}, colour);
    fill({r.x, r.bottom() - w, r.w, w}, colour);
    fill({r.x, r.y + w, w, r.h - 2 * w}, colour);
    fill({r.right() - w, r.y + w, w, r.h - 2 * w}, colour);
}

void Ui::line(float x1, float y1, float x2, float y2, Colour colour, float width_mm) {
    const float w = px(width_mm);
    if (y1 == y2)
        fill({std::min(x1, x2), y1, std::abs(x2 - x1), w}, colour);
    else if (x1 == x2)
        fill({x1, std::min(y1, y2), w, std::abs(y2 - y1)}, colour);
    else
        list().AddLine({x1, y1}, {x2, y2}, packed(colour), w);
}

void Ui::focus_ring(const Rect& rect) {
    const float inner = px(mm::ring_air) + px(mm::ring_inner);
    frame(rect.inset(-inner), colours().ring_inner, mm::ring_inner);
    frame(rect.inset(-inner - px(mm::ring_outer)), colours().ring, mm::ring_outer);
}

// --- typing

Focus& Ui::focus() {
    return stage_.focus;
}

const std::vector<Keystroke>& Ui::typed() const {
    return stage_.typed;
}

HiddenText& Ui::hidden(std::string_view id) {
    StageState::HiddenField& one = stage_.hidden[std::string(id)];
    one.seen = stage_.pass;
    return one.text;
}

void Ui::typing_at(const Rect& rect) {
    StageState& s = stage_;
    const bool first = s.field_seen == 0 || s.typing_region != s.inside;
    if (first || rect.h != s.typing_rect.h || !s.typed.empty())
        s.typing_moved = true;
    s.field_seen = s.pass;
    s.typing_rect = rect;
    s.typing_region = s.inside;
}

std::vector<FingerSample> Ui::captured(std::string_view id, const Rect& rect) {
    StageState::Capture& capture = stage_.captures[std::string(id)];
    capture.id = id;
    capture.rect = rect.cut(stage_.clip);
    stage_.captures_in_sight.emplace_back(id);
    return std::exchange(capture.samples, {});
}

Paragraphs& Ui::paragraphs() {
    return stage_.paragraphs;
}

const Atlas& Ui::atlas() const {
    return stage_.atlas;
}

// --- motion

float Ui::appeared(std::string_view key, int duration_ms) {
    StageState::Appearing& one = stage_.appearing[std::string(key)];
    const std::uint32_t seen = std::exchange(one.seen, stage_.pass);
    if (seen == 0) {
        one.since_us = stage_.now_us;
        one.over = false;
    }
    const std::int64_t duration = std::int64_t{duration_ms} * 1000;
    const std::int64_t age = stage_.now_us - one.since_us;
    if (one.over || quick() || stage_.options.still || age >= duration) {
        one.over = true;
        return 1;
    }
    stage_.moving = true;
    stage_.redraw.animate_until(one.since_us + duration + 1);
    const float left = 1 - static_cast<float>(age) / static_cast<float>(duration);
    return 1 - left * left * left;
}

bool Ui::waited(std::string_view key, int ms) {
    StageState::Appearing& one = stage_.appearing[std::string(key)];
    if (std::exchange(one.seen, stage_.pass) == 0)
        one.since_us = stage_.now_us;
    const std::int64_t due = one.since_us + std::int64_t{ms} * 1000;
    if (stage_.options.still || stage_.now_us >= due)
        return true;
    wake_at(due);
    return false;
}

void Ui::wake_at(std::int64_t at_us) {
    stage_.redraw.wake_at(at_us);
}

}  // namespace doorstep
