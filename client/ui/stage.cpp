#include "client/ui/stage.h"

#include <imgui.h>

#include "client/ui/panel.h"
#include "client/ui/stage_state.h"

namespace doorstep {

namespace {

constexpr int most_passes = 4;  // of one frame, until its layout is final
constexpr float least_px = 16;

StageOptions usable(StageOptions options) {
    options.width = std::max(static_cast<int>(least_px), options.width);
    options.height = std::max(static_cast<int>(least_px), options.height);
    options.px_per_mm = std::clamp(options.px_per_mm, 1.0f, 40.0f);
    options.text_percent = std::clamp(options.text_percent, 50, 400);
    return options;
}

TouchMeasures measures_of(const StageOptions& options) {
    TouchMeasures measures;
    measures.px_per_mm = options.px_per_mm;
    measures.width_px = static_cast<float>(options.width);
    measures.height_px = static_cast<float>(options.height);
    return measures;
}

void plain_style() {
    ImGuiStyle& style = ImGui::GetStyle();
    style.WindowPadding = style.FramePadding = style.ItemSpacing = style.ItemInnerSpacing = {0, 0};
    style.WindowRounding = style.FrameRounding = style.WindowBorderSize = style.FrameBorderSize = 0;
    style.WindowMinSize = {1, 1};
    style.DisplaySafeAreaPadding = {0, 0};
}

void set_up_io(const StageState& s) {
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.LogFilename = nullptr;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    io.ConfigFlags |= ImGuiConfigFlags_NoMouseCursorChange;
    io.MouseDrawCursor = false;
    io.MousePos = {-FLT_MAX, -FLT_MAX};
    // Our arbiter knows what a tap is; nothing else may turn one into two.
    io.MouseDoubleClickTime = 0;
    io.DisplaySize = {s.whole().w, s.whole().h};
    plain_style();
}

// A new atlas beside the old one: when a font has gone, the old one stays.
Result<void> build_atlas(StageState& s) {
    std::unique_ptr<ImFontAtlas, FontsFree> fonts(IM_NEW(ImFontAtlas)());
    Atlas atlas;
    TRY_DO(atlas.build(*fonts, s.options.px_per_mm, s.options.text_percent));
    if (s.renderer)
        TRY_DO(s.renderer->upload(*fonts));
    ImGui::GetIO().Fonts = fonts.get();
    s.fonts = std::move(fonts);
    s.atlas = atlas;
    s.shown.reset();
    return {};
}

void keep_shares(StageState& s) {
    for (auto& [id, region] : s.regions) {
        if (region.end() > 0 && !region.share)
            region.share = region.offset / region.end();
        region.fling.stop();
    }
}

Rect keyboard_place(const StageState& s) {
    if (s.focus.field.empty() || s.focus.keyboard == Keyboard::none || s.hardware_keys)
        return {};
    return keyboard_rect(s.whole(), s.options.px_per_mm, s.focus.keyboard);
}

void feed_io(const StageState& s, double seconds) {
    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = {s.whole().w, s.whole().h};
    io.DeltaTime = static_cast<float>(seconds);
    io.MousePos = s.parked ? ImVec2{-FLT_MAX, -FLT_MAX} : ImVec2{s.pointer_x, s.pointer_y};
    io.MouseDown[0] = s.button_down;
}

void begin_pass(StageState& s) {
    ++s.pass;
    s.marks.clear();
    s.targets.clear();
    s.in_sight.clear();
    s.captures_in_sight.clear();
    s.seen_labels.clear();
    s.dialog_before = std::exchange(s.dialog_now, false);
    s.in_dialog = s.again = s.mirrored = false;
    s.inside.clear();
    s.ring_rect = {};
    s.dialog.reset();
    s.wide_touch.reset();
    s.drawn_on = palette(s.options.theme).background;
    s.keyboard_at = keyboard_place(s);
}

void begin_window(const StageState& s) {
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize({s.whole().w, s.whole().h});
    ImGui::Begin("stage", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav |
                     ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoScrollWithMouse);
}

void draw_ring(Ui& ui, const StageState& s) {
    if (s.ring_rect.empty())
        return;
    const float out = ui.px(mm::ring_outer) + ui.px(mm::ring_inner) + ui.px(mm::ring_air);
    const Rect seen = s.ring_clip.inset(-out);
    ImGui::PushClipRect({seen.x, seen.y}, {seen.right(), seen.bottom()}, false);
    ui.focus_ring(s.ring_rect);
    ImGui::PopClipRect();
}

void draw_pass(StageState& s, double seconds, const std::function<void(Ui&)>& draw) {
    begin_pass(s);
    feed_io(s, seconds);
    ImGui::NewFrame();
    begin_window(s);
    Ui ui(s);
    const Rect free = ui.screen();
    s.clip = free;
    s.column = {free.x, free.y, free.w, free.bottom()};
    ImGui::PushClipRect({free.x, free.y}, {free.right(), free.bottom()}, true);
    draw(ui);
    draw_dialog(ui);
    draw_ring(ui, s);
    ImGui::PopClipRect();
    if (!s.keyboard_at.empty()) {
        s.clip = s.whole();
        s.inside.clear();
        s.drawn_on = palette(s.options.theme).surface;
        s.keyboard.draw(ui, s.keyboard_at, s.focus.keyboard);
        // "Backspace" held down types by itself.
        for (Keystroke& typed : s.keyboard.take_typed())
            s.queue.emplace_back(std::move(typed));
    }
    ImGui::End();
    ImGui::Render();
}

// Who types, after a pass: a tap beside the field ends it, so does Done, so does a
// field that is gone.
void settle_focus(StageState& s, const Focus& before) {
    const bool same = s.focus.field == before.field;
    const bool done = std::any_of(s.typed.begin(), s.typed.end(),
                                  [](const Keystroke& typed) { return typed.key == Key::escape; });
    const bool gone = s.field_seen != 0 && s.field_seen != s.pass;
    if (!s.focus.field.empty() && same && ((s.released && !s.field_tapped) || done || gone))
        s.focus = {};
    if (s.released)
        s.hardware_keys = false;
    if (s.focus.field != before.field) {
        s.field_seen = 0;
        if (!s.focus.field.empty())
            s.typing_moved = true;
        s.redraw.because(Redraw::input);
    }
    const Rect place = keyboard_place(s);
    if (place != s.keyboard_at) {
        s.typing_moved = !s.focus.field.empty();
        s.again = true;
    } else if (s.typing_moved) {
        s.typing_moved = false;
        if (!s.typing_rect.empty())
            s.bring_into_sight(s.typing_region, s.typing_rect, 3 * s.options.px_per_mm);
    }
    s.released = s.field_tapped = false;
    s.forget_typed();
    s.activated = 0;
}

void forget_unseen(StageState& s, std::uint32_t first_pass) {
    std::erase_if(s.appearing, [&](const auto& one) { return one.second.seen < first_pass; });
    std::erase_if(s.hidden, [&](const auto& one) { return one.second.seen < first_pass; });
    std::erase_if(s.captures, [&](const auto& one) {
        return std::find(s.captures_in_sight.begin(), s.captures_in_sight.end(), one.first) ==
               s.captures_in_sight.end();
    });
}

bool present(StageState& s) {
    const ImDrawData& data = *ImGui::GetDrawData();
    const Colour ground = palette(s.options.theme).background;
    const std::uint64_t hash = Renderer::hash(data, ground);
    const bool changed = s.shown != hash;
    if (changed && s.renderer) {
        s.renderer->draw(data, ground);
        s.renderer->present();
    }
    s.shown = hash;
    return changed;
}

// What was asked for since the last frame; what fails stays owed and is tried again.
void renew(StageState& s) {
    if (s.forget) {
        s.paragraphs.forget();
        s.forget = false;
        s.shown.reset();
    }
    if (s.rebuild && build_atlas(s).ok())
        s.rebuild = s.fonts_lost = false;
    if (s.fonts_lost && s.renderer && s.renderer->upload(*s.fonts).ok()) {
        s.fonts_lost = false;
        s.shown.reset();
    }
}

double seconds_since(const StageState& s) {
    constexpr double frame = 1.0 / 60;
    if (s.options.still || s.before_us == 0)
        return frame;
    return std::clamp(static_cast<double>(s.now_us - s.before_us) / 1e6, 0.0005, 0.1);
}

}  // namespace

void FontsFree::operator()(ImFontAtlas* fonts) const {
    IM_DELETE(fonts);
}

StageState::StageState(const StageOptions& wanted, const Wording& words, SDL_Renderer* sdl)
    : options(usable(wanted)), wording(words), fonts(IM_NEW(ImFontAtlas)()), paragraphs(sdl),
      arbiter(measures_of(options), [this](float x, float y) { return ground_at(x, y); }) {
    if (sdl)
        renderer = std::make_unique<Renderer>(sdl);
    context = ImGui::CreateContext(fonts.get());
    make_current();
    set_up_io(*this);
}

StageState::~StageState() {
    make_current();
    ImGui::DestroyContext(context);
}

void StageState::make_current() const {
    ImGui::SetCurrentContext(context);
}

Rect StageState::whole() const {
    return {0, 0, static_cast<float>(options.width), static_cast<float>(options.height)};
}

Stage::Stage() = default;
Stage::~Stage() = default;

Result<std::unique_ptr<Stage>> Stage::open(SDL_Renderer* renderer, const StageOptions& options,
                                           const Wording& wording) {
    assert(renderer || !options.raster);
    TRY_DO(use_our_fonts());
    std::unique_ptr<Stage> stage(new Stage);
    stage->state_ = std::make_unique<StageState>(options, wording, options.raster ? renderer : nullptr);
    TRY_DO(build_atlas(*stage->state_));
    return stage;
}

void Stage::event(const DeviceEvent& event) {
    StageState& s = *state_;
    s.make_current();
    s.event(event);
    if (const auto* size = std::get_if<Resized>(&event))
        resize(size->width, size->height, s.options.px_per_mm);
    if (std::holds_alternative<TexturesLost>(event) && s.renderer) {
        s.forget = s.fonts_lost = true;
    }
}

bool Stage::frame(std::int64_t now_us, const std::function<void(Ui&)>& draw) {
    StageState& s = *state_;
    s.make_current();
    s.now_us = now_us;
    s.redraw.drawn(now_us);
    renew(s);
    s.moving = false;
    ++s.frames;
    const double seconds = seconds_since(s);
    std::optional<std::int64_t> next;
    s.take(s.arbiter.tick(now_us, next));
    s.step_flings(seconds);
    s.feed_frame();
    const std::uint32_t first_pass = s.pass + 1;
    for (int pass = 0; pass < most_passes; ++pass) {
        const Focus before = s.focus;
        draw_pass(s, pass == 0 ? seconds : 1e-4, draw);
        settle_focus(s, before);
        if (!s.again)
            break;
    }
    forget_unseen(s, first_pass);
    const bool changed = present(s);
    s.paragraphs.end_of_frame();
    s.before_us = now_us;
    if (next)
        s.redraw.wake_at(*next);
    if (!s.queue.empty() || !s.parked || s.again)
        s.redraw.because(Redraw::input);
    if (s.moving)
        s.redraw.animate_until(now_us + 100'000);
    return changed;
}

RedrawPlan& Stage::redraw() {
    return state_->redraw;
}

bool Stage::settled() const {
    const StageState& s = *state_;
    const bool flung = std::any_of(s.regions.begin(), s.regions.end(),
                                   [](const auto& region) { return region.second.fling.moving(); });
    return s.queue.empty() && !s.moving && !flung && !s.again && (s.parked || s.button_down);
}

void Stage::look(Theme theme, int text_percent) {
    StageState& s = *state_;
    s.make_current();
    if (theme == s.options.theme && text_percent == s.options.text_percent)
        return;
    keep_shares(s);
    s.redraw.because(Redraw::view_changed);
    s.options.theme = theme;
    const int before = std::exchange(s.options.text_percent, text_percent);
    s.options = usable(s.options);
    s.rebuild = s.rebuild || s.options.text_percent != before;
}

void Stage::resize(int width, int height, float px_per_mm) {
    StageState& s = *state_;
    s.make_current();
    if (width == s.options.width && height == s.options.height && px_per_mm == s.options.px_per_mm)
        return;
    keep_shares(s);
    s.redraw.because(Redraw::exposed);
    const float before = s.options.px_per_mm;
    s.options.width = width;
    s.options.height = height;
    s.options.px_per_mm = px_per_mm;
    s.options = usable(s.options);
    s.rebuild = s.rebuild || s.options.px_per_mm != before;
    s.arbiter.measure(measures_of(s.options));
    s.shown.reset();
}

const StageOptions& Stage::options() const {
    return state_->options;
}

const std::vector<Mark>& Stage::marks() const {
    return state_->marks;
}

const Picture& Stage::picture() {
    StageState& s = *state_;
    assert(s.renderer);
    s.make_current();
    s.renderer->draw(*ImGui::GetDrawData(), palette(s.options.theme).background);
    s.picture = s.renderer->read_back();
    return s.picture;
}

const Stage::Place* Stage::place(std::string_view scroll_id) const {
    StageState& s = *state_;
    const auto found = s.regions.find(scroll_id);
    if (found == s.regions.end())
        return nullptr;
    const Region& region = found->second;
    s.place = {static_cast<float>(region.offset), static_cast<float>(region.end()), region.area};
    return &s.place;
}

Focus& Stage::focus() {
    return state_->focus;
}

void Stage::forget_texts() {
    state_->forget = true;
    state_->hidden.clear();
    state_->redraw.because(Redraw::view_changed);
}

std::uint64_t Stage::frames() const {
    return state_->frames;
}

}  // namespace doorstep
