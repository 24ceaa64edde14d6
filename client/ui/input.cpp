// From what the device tells to what a frame is fed: every finger through the arbiter,
// then one button change a frame, so that no tap is lost or merged.
#include <imgui.h>

#include "client/ui/stage_state.h"

namespace doorstep {

namespace {

constexpr std::uint32_t keyboard_zone = 0xFFFF'FFFF;
constexpr float wheel_notch_mm = 15;

template<class... Cases>
struct Either : Cases... {
    using Cases::operator()...;
};
template<class... Cases>
Either(Cases...) -> Either<Cases...>;

bool walks_from_field(Key key) {
    return key == Key::tab || key == Key::back_tab || key == Key::page_up || key == Key::page_down;
}

void park(StageState& s) {
    s.button_down = false;
    s.parked = true;
    s.pointer_x = s.pointer_y = -1;
}

void press(StageState& s, const touch::Press& at) {
    s.pointer_x = at.x;
    s.pointer_y = at.y;
    s.button_down = true;
    s.parked = false;
    s.ring_visible = false;
}

void key(StageState& s, Key pressed) {
    if (walks_from_field(pressed) && (pressed == Key::tab || pressed == Key::back_tab))
        s.focus = {};
    s.walk(pressed);
}

// Whether the front of the queue is for the field in focus; then it has been taken.
bool typed_into_field(StageState& s) {
    Fed& front = s.queue.front();
    if (auto* typed = std::get_if<Keystroke>(&front)) {
        if (!s.focus.field.empty())
            s.typed.push_back(*typed);
        sodium_memzero(typed->text.data(), typed->text.size());
        s.queue.pop_front();
        return true;
    }
    const auto* pressed = std::get_if<KeyPressed>(&front);
    if (!pressed || s.focus.field.empty() || walks_from_field(pressed->key))
        return false;
    // A space comes as text as well.
    if (pressed->key != Key::space || !pressed->from_hardware)
        s.typed.push_back({.text = {}, .key = pressed->key});
    s.queue.pop_front();
    return true;
}

}  // namespace

// A key of a passphrase must not rest where the vector stood.
void StageState::forget_typed() {
    for (Keystroke& stroke : typed)
        sodium_memzero(stroke.text.data(), stroke.text.size());
    typed.clear();
}

void StageState::feed_frame() {
    forget_typed();
    activated = 0;
    released = field_tapped = false;
    if (!button_down && !parked && queue.empty()) {
        park(*this);
        return;
    }
    bool any_typed = false;
    while (!queue.empty()) {
        if (typed_into_field(*this)) {
            any_typed = true;
            continue;
        }
        if (any_typed)  // first the field answers, then the next thing happens
            return;
        const Fed next = std::move(queue.front());
        queue.pop_front();
        std::visit(Either{[&](const touch::Press& at) { press(*this, at); },
                          [&](const touch::Release& at) {
                              pointer_x = at.x;
                              pointer_y = at.y;
                              button_down = false;
                              released = true;
                          },
                          [&](const touch::Cancel&) {
                              let_go();
                              park(*this);
                          },
                          [&](const KeyPressed& pressed) { key(*this, pressed.key); },
                          [](const Keystroke&) {}},
                   next);
        return;
    }
}

TouchGround StageState::ground_at(float x, float y) {
    if (keyboard_at.contains(x, y))
        return {TouchGround::Kind::zone, keyboard_zone, false};
    for (std::size_t i = 0; i < captures_in_sight.size(); ++i)
        if (captures[captures_in_sight[i]].rect.contains(x, y))
            return {TouchGround::Kind::capture, static_cast<std::uint32_t>(i), false};
    for (auto id = in_sight.rbegin(); id != in_sight.rend(); ++id) {
        const Region& region = region_of(*id);
        if (region.end() > 0 && region.touch.contains(x, y))
            return {TouchGround::Kind::scroll, region.number, region.fling.moving()};
    }
    return {};
}

void StageState::take(const std::vector<TouchAct>& acts) {
    for (const TouchAct& act : acts) {
        redraw.because(Redraw::input);
        std::visit(Either{[&](const touch::Press& at) { queue.emplace_back(at); },
                          [&](const touch::Release& at) { queue.emplace_back(at); },
                          [&](const touch::Cancel& cancel) { queue.emplace_back(cancel); },
                          [&](const touch::StopFling& stop) {
                              if (Region* of = region_numbered(stop.region))
                                  of->fling.stop();
                          },
                          [&](const touch::DragBy& drag) {
                              if (Region* of = region_numbered(drag.region))
                                  scroll_by(*of, -static_cast<double>(drag.dy_px));
                          },
                          [&](const touch::Fling& fling) {
                              if (Region* of = region_numbered(fling.region))
                                  of->fling.start(fling.speed_px_per_s);
                          },
                          [&](const touch::InZone& zone) {
                              keyboard.finger(zone.sample);
                              for (Keystroke& typed_now : keyboard.take_typed())
                                  queue.emplace_back(std::move(typed_now));
                              if (keyboard.take_done())
                                  queue.emplace_back(Keystroke{.text = {}, .key = Key::escape});
                          },
                          [&](const touch::Captured& captured) {
                              if (captured.region < captures_in_sight.size())
                                  captures[captures_in_sight[captured.region]].samples.push_back(
                                      captured.sample);
                          },
                          [](const touch::Curtain&) {}},
                   act);
    }
}

void StageState::event(const DeviceEvent& event) {
    std::visit(
        Either{[&](const FingerSample& sample) { take(arbiter.feed(sample)); },
               [&](const WheelTurned& wheel) {
                   const TouchGround ground = ground_at(wheel.x, wheel.y);
                   Region* of =
                       ground.kind == TouchGround::Kind::scroll ? region_numbered(ground.region) : nullptr;
                   if (!of)
                       return;
                   of->fling.stop();
                   scroll_by(*of, -static_cast<double>(wheel.notches * wheel_notch_mm * options.px_per_mm));
                   redraw.because(Redraw::input);
               },
               [&](const KeyPressed& pressed) {
                   hardware_keys = hardware_keys || pressed.from_hardware;
                   queue.emplace_back(pressed);
                   redraw.because(Redraw::input);
               },
               [&](const TextTyped& text) {
                   hardware_keys = true;
                   queue.emplace_back(Keystroke{.text = text.utf8});
                   redraw.because(Redraw::input);
               },
               [&](const FocusLost&) { take(arbiter.focus_lost()); },
               [&](const Exposed&) {
                   shown.reset();
                   redraw.hide(false);
                   redraw.because(Redraw::exposed);
               },
               [&](const TexturesLost&) { redraw.because(Redraw::exposed); },
               [&](const Hidden&) {
                   take(arbiter.focus_lost());
                   redraw.hide(true);
               },
               [&](const Published&) { redraw.because(Redraw::view_changed); }, [](const Resized&) {},
               [](const CloseRequested&) {}, [](const LockRequested&) {}},
        event);
}

}  // namespace doorstep
