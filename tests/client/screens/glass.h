// A screen under a finger, without the app behind it: a view goes in, intents come out.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/screens/screens.h"
#include "client/ui/stage.h"

struct SDL_Renderer;

namespace doorstep {

struct Shape {
    int width;
    int height;
    float px_per_mm;
};
inline constexpr Shape landscape{1280, 800, 5.88f};
inline constexpr Shape portrait{800, 1280, 5.88f};
inline constexpr Shape eight_inch_portrait{800, 1280, 7.43f};

class Glass {
public:
    explicit Glass(const Shape& shape, SDL_Renderer* renderer = nullptr);

    void show(View view);     // with empty locals, as if one had just come here
    void becomes(View view);  // the same place, changed: locals stay
    void look(Theme theme, int text_percent);
    void settle();
    void pass_ms(int ms);  // time goes by, with frames where they are due

    // Taps the target; scrolls it into sight first.  False when there is none.
    bool tap(std::string_view label);
    bool type(std::string_view text);  // on the on-screen keyboard
    const Mark* target(std::string_view label) const;
    bool sees(std::string_view label) const;
    void to_the_end();  // of the tallest scroll region
    Intents take_said();
    Stage& stage() { return *stage_; }
    const std::vector<Mark>& marks() const { return stage_->marks(); }
    Rect whole() const;
    std::string in_sight() const;  // labels, for messages

    template<class One>
    std::optional<One> said(std::string_view label) {
        take_said();
        if (!tap(label))
            return std::nullopt;
        return last<One>();
    }
    template<class One>
    std::optional<One> last() {
        std::optional<One> found;
        for (const Intent& one : said_)
            if (const One* of = std::get_if<One>(&one))
                found = *of;
        return found;
    }

private:
    void frame();
    void finger(FingerSample::Phase phase, float x, float y);
    bool into_sight(std::string_view label);

    Wording wording_;
    Shape shape_;
    std::unique_ptr<Stage> stage_;
    View view_;
    screens::Locals locals_;
    Intents said_;
    std::int64_t now_us_ = 1'000'000;
};

}  // namespace doorstep
