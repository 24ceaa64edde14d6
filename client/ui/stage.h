// The stage on which screens are drawn: Dear ImGui's context, fonts, touch, scroll
// regions, focus, the on-screen keyboard.  One for a window; UI thread only.
//
// Input is queued and fed to Dear ImGui one button change a frame, so that no tap is
// lost or merged; the pointer is parked one frame after a release.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "client/draw/renderer.h"
#include "client/platform/device_event.h"
#include "client/platform/redraw.h"
#include "client/ui/mark.h"
#include "client/ui/ui.h"
#include "forms/base/result.h"

namespace doorstep {

struct StageOptions {
    int width = 1280;
    int height = 800;
    float px_per_mm = 5.88f;
    Theme theme = Theme::light;
    int text_percent = 100;
    bool software = true;
    bool raster = true;  // false: marks and layout only, for fast tests
    bool still = false;  // no motion, no caret blink, 1/60 s a frame: pictures and tests
};

struct StageState;

class Stage {
public:
    // `renderer` may be null when `raster` is false.
    static Result<std::unique_ptr<Stage>> open(SDL_Renderer* renderer, const StageOptions& options,
                                               const Wording& wording);
    ~Stage();

    void event(const DeviceEvent& event);
    // One frame: input, `draw`, the keyboard above it.  Presents when something changed;
    // returns whether it did.
    bool frame(std::int64_t now_us, const std::function<void(Ui&)>& draw);
    RedrawPlan& redraw();
    bool settled() const;  // nothing queued, no list moving, no motion

    void look(Theme theme, int text_percent);  // from the next frame on; scroll places are kept
    void resize(int width, int height, float px_per_mm);
    const StageOptions& options() const;

    const std::vector<Mark>& marks() const;  // of the last frame
    const Picture& picture();                // of the last frame; raster only
    // Where a scroll region stands, px; and how far it could go.
    struct Place {
        float at = 0;
        float end = 0;
        Rect area;
    };
    const Place* place(std::string_view scroll_id) const;
    Focus& focus();
    void forget_texts();  // a resident's page was closed; what hidden fields hold is wiped too
    std::uint64_t frames() const;

private:
    Stage();
    std::unique_ptr<StageState> state_;
};

}  // namespace doorstep
