#include "client/ui/keyboard.h"

#include <imgui.h>

#include "client/ui/stage_state.h"

namespace doorstep {

namespace {

constexpr std::int64_t repeat_after_us = 500'000;
constexpr std::int64_t repeat_every_us = 80'000;
constexpr float cap_inset_mm = 0.5f;
constexpr float face_of_key = 0.62f;  // em of a key's face, of its height

std::string spoken(const Ui& ui, const KeyCap& key) {
    return key.does == KeyCap::Does::types && key.label == key.text ? key.label : ui.say(key.label);
}

std::string face_of(const Ui& ui, const KeyCap& key) {
    return key.shown.empty() ? spoken(ui, key) : key.shown;
}

// The largest type, from body downwards, in which the face fits; keys do not grow with
// large print, so a face is scaled down where even small type is too wide.
void draw_face(Ui& ui, const Rect& cap, const std::string& face, bool strong, Colour ink) {
    const float most_em = cap.h * face_of_key;
    if (!Atlas::holds(face)) {
        TextStyle style{
            .em_px = std::min(ui.atlas().em_px(Type::body), most_em), .bold = strong, .wrap = false};
        TextExtent extent = ui.paragraphs().measure(face, style);
        if (extent.width_px > cap.w) {
            style.em_px *= cap.w / extent.width_px * 0.95f;
            extent = ui.paragraphs().measure(face, style);
        }
        ui.paragraphs().draw(ui.list(), std::round(cap.x + (cap.w - extent.width_px) / 2),
                             std::round(cap.y + (cap.h - extent.height_px) / 2), face, style, ink);
        return;
    }
    const Type type = strong ? Type::body_bold : Type::body;
    ImFont* font = ui.atlas().font(type);
    const float em = ui.atlas().em_px(type), size = ui.atlas().size_px(type);
    float drawn = std::min(size, most_em * size / em);
    float width = font->CalcTextSizeA(drawn, FLT_MAX, 0, face.data(), face.data() + face.size()).x;
    if (width > cap.w * 0.86f) {
        drawn *= cap.w * 0.86f / width;
        width = cap.w * 0.86f;
    }
    // Centred by x-height and cap height together, not by the box of the font.
    const float baseline = cap.y + cap.h / 2 + 0.31f * drawn * em / size;
    const float top = baseline - font->Ascent * drawn / font->FontSize;
    ui.list().AddText(font, drawn, {std::round(cap.x + (cap.w - width) / 2), std::round(top)}, packed(ink),
                      face.data(), face.data() + face.size());
}

}  // namespace

void OnScreenKeyboard::show(KeyLayer layer) {
    layer_ = layer;
    rows_ = key_rows(layer, kind_);
    rects_ = key_rects(rows_, at_, px_per_mm_);
}

std::optional<OnScreenKeyboard::Place> OnScreenKeyboard::under(float x, float y) const {
    for (std::size_t row = 0; row < rects_.size(); ++row)
        for (std::size_t key = 0; key < rects_[row].size(); ++key)
            if (rects_[row][key].contains(x, y))
                return Place{row, key};
    return std::nullopt;
}

void OnScreenKeyboard::act(const KeyCap& key) {
    switch (key.does) {
    case KeyCap::Does::types:
        typed_.push_back({.text = key.text});
        if (shift_ == Shift::once && with_capitals(layer_, false) != layer_) {
            shift_ = Shift::off;
            show(with_capitals(layer_, false));
        }
        break;
    case KeyCap::Does::key:
        typed_.push_back({.key = key.key});
        break;
    case KeyCap::Does::shift:
        shift_ = shift_ == Shift::off ? Shift::once : shift_ == Shift::once ? Shift::locked : Shift::off;
        show(with_capitals(layer_, shift_ != Shift::off));
        break;
    case KeyCap::Does::layer:
        show(with_capitals(key.to, shift_ != Shift::off));
        break;
    case KeyCap::Does::done:
        done_ = true;
        break;
    }
}

void OnScreenKeyboard::finger(const FingerSample& sample) {
    const auto same = [&](const Down& down) { return down.finger == sample.finger; };
    const auto found = std::find_if(down_.begin(), down_.end(), same);
    if (sample.phase == FingerSample::Phase::down) {
        if (found != down_.end())
            down_.erase(found);
        // A hand that rests beside the keys and slides onto them types nothing.
        if (under(sample.x, sample.y))
            down_.push_back({sample.finger, sample.x, sample.y, 0, 0});
        return;
    }
    if (found == down_.end())
        return;
    if (sample.phase == FingerSample::Phase::move) {
        if (under(found->x, found->y) != under(sample.x, sample.y))
            found->held_since_us = 0;
        found->x = sample.x;
        found->y = sample.y;
        return;
    }
    const bool repeated = found->repeats > 0;
    down_.erase(found);
    if (sample.phase != FingerSample::Phase::up || repeated)
        return;
    if (const std::optional<Place> place = under(sample.x, sample.y)) {
        const KeyCap key = rows_[place->row][place->key];  // act() may change the rows
        act(key);
    }
}

std::vector<Keystroke> OnScreenKeyboard::take_typed() {
    return std::exchange(typed_, {});
}

bool OnScreenKeyboard::take_done() {
    return std::exchange(done_, false);
}

void OnScreenKeyboard::repeat_backspace(Ui& ui) {
    for (Down& down : down_) {
        const std::optional<Place> place = under(down.x, down.y);
        if (!place || rows_[place->row][place->key].key != Key::backspace)
            continue;
        if (down.held_since_us == 0)
            down.held_since_us = ui.now_us();
        const std::int64_t next = down.held_since_us + repeat_after_us + down.repeats * repeat_every_us;
        if (ui.now_us() >= next) {
            typed_.push_back({.key = Key::backspace});
            ++down.repeats;
        }
        ui.wake_at(std::max(next, ui.now_us() + repeat_every_us));
    }
}

void OnScreenKeyboard::draw_key(Ui& ui, const KeyCap& key, const Rect& at, bool pressed) {
    const Palette& colours = ui.colours();
    const bool shifted = key.does == KeyCap::Does::shift && shift_ != Shift::off;
    const bool dark = ui.theme() == Theme::dark, sunlight = ui.theme() == Theme::sunlight;
    const Colour key_ground = dark ? colours.surface : colours.background;  // lighter than what lies under it
    const Colour ground = pressed ? colours.pressed : shifted ? colours.chosen_ground : key_ground;
    const Colour ink = pressed ? colours.on_pressed : shifted ? colours.selected : colours.text;
    const Rect cap = at.inset(ui.px(cap_inset_mm));
    ui.fill(cap, ground);
    if (sunlight)
        ui.frame(cap, colours.border, mm::line_strong);
    if (key.icon != Icon::none) {
        const float side = std::round(std::min({cap.w, cap.h, ui.px(mm::tick)}));
        const float fits = std::min(1.0f, cap.h * face_of_key / std::max(1.0f, ui.atlas().icon_px()));
        ui.icon(Rect{cap.x + (cap.w - side) / 2, cap.y + (cap.h - side) / 2, side, side}.whole(), key.icon,
                ink, fits);
    } else {
        draw_face(ui, cap, face_of(ui, key), sunlight || key.does == KeyCap::Does::done, ink);
    }
    if (shifted && shift_ == Shift::locked)  // a lock is a line under the arrow, as on paper
        ui.fill(
            Rect{cap.x + cap.w / 3, cap.bottom() - ui.px(1.2f), cap.w / 3, ui.px(mm::line_strong)}.whole(),
            ink);
    ui.mark({.label = spoken(ui, key),
             .role = Role::key,
             .rect = at,
             .clip = at_,
             .checked = shifted,
             .text_ink = ink,
             .ground = ground});
}

void OnScreenKeyboard::draw(Ui& ui, const Rect& at, Keyboard kind) {
    const float px_per_mm = ui.stage().options.px_per_mm;
    if (kind != kind_) {
        kind_ = kind;
        down_.clear();
        shift_ = Shift::off;
        layer_ = kind == Keyboard::numbers ? KeyLayer::numbers : KeyLayer::letters;
        rows_.clear();
    }
    if (kind == Keyboard::none) {
        rects_.clear();
        return;
    }
    if (rows_.empty() || at != at_ || px_per_mm != px_per_mm_) {
        at_ = at;
        px_per_mm_ = px_per_mm;
        show(layer_);
    }
    repeat_backspace(ui);
    ui.fill(at, ui.theme() == Theme::dark ? ui.colours().background : ui.colours().surface);
    ui.fill(
        {at.x, at.y, at.w, std::max(1.0f, ui.px(ui.theme() == Theme::sunlight ? mm::line_strong : mm::line))},
        ui.colours().border);
    for (std::size_t row = 0; row < rows_.size(); ++row) {
        for (std::size_t key = 0; key < rows_[row].size(); ++key) {
            const Place here{row, key};
            const bool pressed = std::any_of(down_.begin(), down_.end(),
                                             [&](const Down& down) { return under(down.x, down.y) == here; });
            draw_key(ui, rows_[row][key], rects_[row][key], pressed);
        }
    }
}

}  // namespace doorstep
