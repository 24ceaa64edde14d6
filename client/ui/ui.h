// What a screen draws with, for one frame.
//
// Widgets stand in a column: each takes the height it needs at the full width of
// the column (at most 130 mm) and moves down.  Everything that can be touched goes
// through tap(), which leaves a mark.  Lengths in tokens are millimetres; px() makes
// whole pixels of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/draw/atlas.h"
#include "client/draw/paragraphs.h"
#include "client/platform/device_event.h"
#include "client/ui/geometry.h"
#include "client/ui/mark.h"
#include "client/ui/tokens.h"
#include "client/wording/wording.h"

struct ImDrawList;

namespace doorstep {

struct StageState;  // client/ui/stage_state.h, of this room only
class HiddenText;

enum class Align : std::uint8_t { start, centre, end };

struct Tap {
    bool tapped = false;   // released where it was pressed
    bool pressed = false;  // a finger is on it
    bool ring = false;     // reached by a key; the stage draws the ring
    bool by_key = false;   // tapped by Enter or Space: x and y mean nothing
    float x = 0, y = 0;    // where it was pressed, px of the screen
};
struct TapLook {
    bool enabled = true;
    bool checked = false;
    std::string value = {};
};

// One thing that was typed since the last frame, by either keyboard.
struct Keystroke {
    std::string text = {};  // or
    Key key = Key::none;    // backspace, del, left, right, enter ...
};

// What the on-screen keyboard should offer for the field in focus.
enum class Keyboard : std::uint8_t { none, letters, numbers };

// Which field is typed into; lives in the stage.
struct Focus {
    std::string field = {};  // id; empty: none
    Keyboard keyboard = Keyboard::none;
};

class Ui {
public:
    explicit Ui(StageState& stage) : stage_(stage) {}

    // --- measures
    float px(float mm) const;  // whole pixels
    Rect screen() const;       // what the keyboard leaves free
    bool portrait() const;
    float margin() const;  // of the page, px
    const Palette& colours() const;
    Theme theme() const;
    int text_percent() const;
    bool quick() const;  // software renderer: no round corners, no long motion
    std::int64_t now_us() const;
    std::string say(std::string_view english) const;
    std::string say_n(std::string_view one, std::string_view many, long n) const;

    // --- the column
    Rect column() const;         // what is left of it, px
    Rect take(float height_px);  // the next full-width piece, whole pixels
    void gap(float mm);
    void within(const Rect& area, const std::function<void()>& draw);  // a column of its own
    // Pieces side by side with `gap_mm` between; `shares` are relative widths.
    void beside(std::vector<float> shares, float gap_mm, const std::function<void(int)>& draw);
    void mirror(bool right_to_left);  // start is at the right from here on, until switched back
    bool mirrored() const;

    // --- scrolling: a kinetic region; the place is kept by id as long as the stage lives
    void scroll(std::string_view id, const Rect& area, const std::function<void()>& draw);
    // Only the rows in sight are drawn; all are `row_px` high.
    void rows(std::string_view id, const Rect& area, std::size_t count, float row_px,
              const std::function<void(std::size_t row, const Rect& at)>& draw);
    void scroll_to(std::string_view id, float y_px);  // of the content
    void scroll_to_here();                            // brings the next piece of the column into sight

    // --- text: Latin from the atlas, everything else shaped
    // Flows and wraps in the column; returns its box and leaves a mark.
    Rect words(std::string_view text, Type type, Colour ink, Align align = Align::start,
               Role role = Role::text);
    // One or more lines in a box, centred in height by cap height; wraps at its width.
    Rect words_in(const Rect& box, std::string_view text, Type type, Colour ink, Align align = Align::start,
                  Role role = Role::text);
    TextExtent measure(std::string_view text, Type type, float width_px = 0) const;  // 0: one line
    // Text whose label belongs to a target that has left its mark already.
    void words_unmarked(const Rect& box, std::string_view text, Type type, Colour ink,
                        Align align = Align::start);
    // One line, cut with an ellipsis where it does not fit.  Without a role it belongs to
    // the target that has left its mark already.
    void one_line(const Rect& box, std::string_view text, Type type, Colour ink, Align align = Align::start,
                  std::optional<Role> role = {});
    // In one line, of a target; on the baseline that `neighbour` has in the same box.
    void on_baseline(const Rect& box, std::string_view text, Type type, Type neighbour, Colour ink,
                     Align align = Align::start);
    void icon(const Rect& box, Icon icon, Colour ink, float scale = 1);
    void ground_is(Colour colour);  // what texts are drawn on from here (for the 7:1 check)
    Colour ground() const;

    // --- the one primitive
    Tap tap(std::string_view label, Role role, const Rect& rect, const TapLook& look = {});
    void mark(Mark mark);

    // --- drawing, snapped to whole pixels
    // `soft`: corners of 1 mm where the theme and the renderer allow them.
    void fill(const Rect& rect, Colour colour, bool soft = false);
    void frame(const Rect& rect, Colour colour, float width_mm, bool soft = false);
    void line(float x1, float y1, float x2, float y2, Colour colour, float width_mm);
    void focus_ring(const Rect& rect);  // tap() sees to it by itself
    ImDrawList& list();

    // --- typing
    Focus& focus();
    const std::vector<Keystroke>& typed() const;  // for the field in focus
    // What a field that shows dots holds.  Wiped when a frame passes without this call.
    HiddenText& hidden(std::string_view id);
    // Said by the field in focus, in each frame: where its caret's line stands.  It is
    // brought into sight when it moves or when the keyboard opens.
    void typing_at(const Rect& rect);
    // Every sample of the fingers that came down in `rect` (a signature); nothing else
    // gets them.
    std::vector<FingerSample> captured(std::string_view id, const Rect& rect);
    Paragraphs& paragraphs();
    const Atlas& atlas() const;

    // --- motion: 0..1 since `key` was first seen in this place; 1 at once when quick or still
    float appeared(std::string_view key, int duration_ms = 140);
    void wake_at(std::int64_t at_us);  // draw again then
    // Whether `key` has been in sight that long; at once when still.  Wakes the stage then.
    bool waited(std::string_view key, int ms);

    StageState& stage() const { return stage_; }

private:
    StageState& stage_;
};

}  // namespace doorstep
