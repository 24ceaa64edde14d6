// What the stage keeps between frames, and what one frame knows while it is drawn.
// Of this room only.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/draw/atlas.h"
#include "client/draw/paragraphs.h"
#include "client/draw/renderer.h"
#include "client/platform/redraw.h"
#include "client/platform/touch.h"
#include "client/ui/hidden_text.h"
#include "client/ui/keyboard.h"
#include "client/ui/stage.h"

struct ImGuiContext;
struct ImFontAtlas;

namespace doorstep {

// A list or page that a finger moves.  Offsets are double: 150,000 rows of 112 px are
// more than a float counts in whole pixels.
struct Region {
    std::string id;
    std::uint32_t number = 0;
    std::string parent;  // id of the region around it
    Rect area;           // in which its content is seen
    Rect touch;          // where a finger moves it; may be wider
    double offset = 0;   // whole pixels
    double content = 0;  // height, px
    FlingMotion fling;
    std::optional<double> share;  // of the way, when the size of things has changed
    std::optional<double> to;     // from the next frame on

    double end() const { return std::max(0.0, content - static_cast<double>(area.h)); }
};

// What a key can reach: every enabled target of the last pass, in the order drawn.
struct Target {
    std::uint32_t id = 0;
    Rect rect;
    Rect clip;
    Role role = Role::button;
    std::string region;
};

struct Column {
    float x = 0, y = 0, w = 0;
    float bottom = 0;
};

using Fed = std::variant<touch::Press, touch::Release, touch::Cancel, KeyPressed, Keystroke>;

struct FontsFree {
    void operator()(ImFontAtlas* fonts) const;
};

struct StageState {
    StageState(const StageOptions& wanted, const Wording& words, SDL_Renderer* sdl);
    ~StageState();

    StageOptions options;
    const Wording& wording;
    std::unique_ptr<ImFontAtlas, FontsFree> fonts;
    ImGuiContext* context = nullptr;
    Atlas atlas;
    Paragraphs paragraphs;
    std::unique_ptr<Renderer> renderer;
    RedrawPlan redraw;

    // --- input
    TouchArbiter arbiter;
    std::deque<Fed> queue;  // one button change a frame
    bool parked = true;     // the pointer is off the screen
    float pointer_x = 0, pointer_y = 0;
    bool button_down = false;
    OnScreenKeyboard keyboard;
    Rect keyboard_at;            // of the last pass; empty: hidden
    bool hardware_keys = false;  // since the last finger: no keyboard on the screen
    bool released = false;       // a finger was lifted in this frame ...
    bool field_tapped = false;   // ... from a field
    Focus focus;
    std::uint32_t field_seen = 0;  // pass in which the field in focus said typing_at
    Rect typing_rect;              // where it stands ...
    std::string typing_region;     // ... and in which region
    bool typing_moved = false;     // it must be brought into sight
    std::vector<Keystroke> typed;
    struct Capture {
        std::string id;
        Rect rect;
        std::vector<FingerSample> samples;
    };
    std::map<std::string, Capture, std::less<>> captures;
    struct HiddenField {
        HiddenText text;
        bool shown = false;  // in letters, for as long as somebody wants to read it
        std::int64_t touched_at_us = 0;
        std::uint32_t seen = 0;  // in which pass
    };
    std::map<std::string, HiddenField, std::less<>> hidden;  // by field
    std::vector<std::string> captures_in_sight;

    // --- keys
    std::vector<Target> targets;
    std::uint32_t key_at = 0;  // id of the target that keys have reached
    bool ring_visible = false;
    std::string key_region;       // in which keys were last, when its rows are out of sight
    std::uint32_t activated = 0;  // by Enter or Space, in this frame
    Rect ring_rect, ring_clip;

    // --- lists
    std::map<std::string, Region, std::less<>> regions;
    std::vector<std::string> in_sight;  // of the last pass; a region comes after the one around it
    std::uint32_t next_region = 1;

    // --- the pass being drawn
    std::uint32_t pass = 0;
    std::vector<Mark> marks;
    Column column;
    Rect clip;
    Colour drawn_on;
    bool mirrored = false;
    std::string inside;              // id of the region; empty: none
    float column_told = 0;           // where page()'s parts ended
    std::optional<Rect> wide_touch;  // drags beside a list move it as well
    std::map<std::uint32_t, int> seen_labels;
    struct Dialog {
        std::string heading, words, do_it, keep;
    };
    std::optional<Dialog> dialog;  // asked for in this pass
    int dialog_told = -1;          // which of its buttons was tapped
    bool dialog_now = false, dialog_before = false, in_dialog = false;
    bool again = false;  // the layout is not final: draw once more before anybody sees it

    struct Appearing {
        std::int64_t since_us = 0;
        std::uint32_t seen = 0;
        bool over = false;
    };
    std::map<std::string, Appearing, std::less<>> appearing;

    std::int64_t now_us = 0;
    std::int64_t before_us = 0;
    std::uint64_t frames = 0;
    std::optional<std::uint64_t> shown;  // hash of what is on the screen
    bool moving = false;                 // something is on its way
    // Between frames, so that what was drawn last can still be read back.
    bool rebuild = false;     // the atlas
    bool fonts_lost = false;  // the renderer was reset and has no fonts yet
    bool forget = false;      // every paragraph
    Picture picture;
    Stage::Place place;

    // stage.cpp
    void make_current() const;
    Rect whole() const;
    // input.cpp
    void event(const DeviceEvent& event);
    TouchGround ground_at(float x, float y);
    void take(const std::vector<TouchAct>& acts);
    void feed_frame();
    void forget_typed();  // what was typed in this frame is overwritten
    bool takes_touches() const { return !dialog_before || in_dialog; }
    // scroll.cpp
    Region& region_of(std::string_view id);
    Region* region_numbered(std::uint32_t number);
    void scroll_by(Region& region, double px);  // positive: further down the content
    void bring_into_sight(const std::string& region_id, const Rect& rect, double margin_px);
    void step_flings(double seconds);
    // walk.cpp
    void walk(Key key);
    // tap.cpp, the one file with Dear ImGui's internals
    void let_go();
};

}  // namespace doorstep
