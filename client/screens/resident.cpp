// The page that is turned to the resident: paper, large words, two answers of the same
// weight.  No header, nobody's name, no counts.
#include <algorithm>

#include "client/screens/pieces.h"
#include "client/screens/screens.h"
#include "client/ui/looks.h"

namespace doorstep::screens {

namespace {

constexpr float em_least_mm = 7.2f, em_most_mm = 9.7f;

struct LargeText {
    TextStyle heading, paragraph;
    float between = 0;
    float height = 0;
};

LargeText set_in(Ui& ui, const ResidentView& resident, float wide, float em) {
    LargeText text;
    text.paragraph.em_px = ui.px(em) * static_cast<float>(ui.text_percent()) / 100.0f;
    text.paragraph.width_px = wide;
    text.heading = text.paragraph;
    text.heading.bold = true;
    text.between = std::round(text.paragraph.em_px * 0.9f);
    if (!resident.heading.empty())
        text.height += ui.paragraphs().measure(resident.heading, text.heading).height_px + text.between;
    for (const std::string& one : resident.paragraphs)
        text.height += ui.paragraphs().measure(one, text.paragraph).height_px + text.between;
    text.height -= text.between;
    return text;
}

// The largest words that fit; the least ones scroll.
LargeText largest(Ui& ui, const ResidentView& resident, const Rect& area) {
    for (float em = em_most_mm; em > em_least_mm; em -= 0.5f)
        if (const LargeText text = set_in(ui, resident, area.w, em); text.height <= area.h)
            return text;
    return set_in(ui, resident, area.w, em_least_mm);
}

void large_words(Ui& ui, const std::string& words, TextStyle style, Role role, const Rect& clip,
                 const std::string& scroll) {
    // The edge is the page's, whichever way the words run.
    style.align_end = ui.mirrored() != ui.paragraphs().measure(words, style).right_to_left;
    const TextExtent extent = ui.paragraphs().measure(words, style);
    const Rect at = ui.take(extent.height_px);
    ui.paragraphs().draw(ui.list(), at.x, at.y, words, style, ui.colours().paper_text);
    Mark mark;
    mark.label = words;
    mark.role = role;
    mark.rect = mark.ink = at;
    mark.clip = clip;
    mark.scroll = scroll;
    mark.baseline = at.y + extent.baseline_px;
    mark.text_ink = ui.colours().paper_text;
    mark.ground = ui.colours().paper;
    mark.unknown_glyphs = extent.unknown_glyphs;
    ui.mark(mark);
}

void thoughts(Ui& ui, const View& view, const ResidentView& resident, const Rect& area) {
    const float wide = std::min(area.w - ui.px(3), ui.px(180));  // beside it stands how far one has read
    const float x = resident.right_to_left ? area.right() - wide : area.x;
    const LargeText text = largest(ui, resident, {x, area.y, wide, area.h});
    const std::string id = text.height > area.h ? view.place : std::string();
    const auto flow = [&] {
        const float top = ui.column().y;
        ui.within({x, top, wide, text.height}, [&] {
            if (!resident.heading.empty()) {
                large_words(ui, resident.heading, text.heading, Role::heading, area, id);
                ui.take(text.between);
            }
            for (const std::string& one : resident.paragraphs) {
                large_words(ui, one, text.paragraph, Role::text, area, id);
                ui.take(text.between);
            }
        });
        ui.take(text.height);
    };
    if (!id.empty()) {
        ui.scroll(id, area, flow);
        return;
    }
    // The optical middle of the page lies a little above the arithmetical one.
    const float above = std::round((area.h - text.height) * 0.42f);
    ui.within({area.x, area.y + above, area.w, area.h - above}, flow);
}

// Large enough to be read from where the resident stands; both look the same.
bool answer(Ui& ui, const Rect& at, const std::string& words) {
    const Palette& colours = ui.colours();
    const Tap tap = ui.tap(words, Role::button, at);
    const Colour ground = tap.pressed ? colours.pressed : colours.background;
    const Colour before = ui.ground();
    ui.fill(at, ground, true);
    ui.frame(at, colours.border, line_mm(ui), true);
    ui.ground_is(ground);
    ui.words_unmarked(at.inset(ui.px(3), 0), words, Type::heading,
                      tap.pressed ? colours.on_pressed : colours.text, Align::centre);
    ui.ground_is(before);
    return tap.tapped;
}

void answer_buttons(Ui& ui, const ResidentView& resident, const Rect& at, Intents& intents) {
    if (resident.yes_words.empty()) {
        if (answer(ui, at, ui.say("Continue")))
            intents.emplace_back(intent::LeaveResidentPage{});
        return;
    }
    const float gap = ui.px(4), half = std::floor((at.w - gap) / 2);
    const Rect first{at.x, at.y, half, at.h}, other{at.right() - half, at.y, half, at.h};
    const bool right = resident.right_to_left;
    // The same weight and size: "No" is as easy as "Yes".
    if (answer(ui, right ? other : first, resident.no_words))
        intents.emplace_back(intent::GiveAnswer{resident.node, resident.no});
    if (answer(ui, right ? first : other, resident.yes_words))
        intents.emplace_back(intent::GiveAnswer{resident.node, resident.yes});
}

// Returns where it ends.
float top_line(Ui& ui, const ResidentView& resident, const Rect& page, Intents& intents) {
    const float side = ui.px(mm::button);
    const bool right = resident.right_to_left;
    const Rect lock{right ? page.x : page.right() - side, page.y, side, side};
    const Tap tap = ui.tap(ui.say("Back to the officer"), Role::button, lock);
    if (tap.pressed)
        ui.fill(lock, ui.colours().pressed);
    ui.icon(lock, Icon::lock, tap.pressed ? ui.colours().on_pressed : ui.colours().paper_second, 0.8f);
    if (tap.tapped)
        intents.emplace_back(intent::LeaveResidentPage{});
    float bottom = lock.bottom();
    const float wide = page.w - side - ui.px(4);
    if (resident.languages.size() > 1)
        ui.within({right ? page.right() - wide : page.x, page.y + ui.px(1), wide, page.h}, [&] {
            languages(ui, resident.languages, resident.language, intents);
            bottom = std::max(bottom, ui.column().y);
        });
    return bottom;
}

}  // namespace

void resident(Ui& ui, const View& view, const ResidentView& resident, Intents& intents) {
    const Palette& colours = ui.colours();
    const Rect screen = ui.screen();
    ui.fill(screen, colours.paper);
    const Colour before = ui.ground();
    ui.ground_is(colours.paper);
    ui.mirror(resident.right_to_left);
    const float margin = ui.margin();
    const Rect page = screen.inset(margin).whole();
    const float top = top_line(ui, resident, page, intents) + ui.px(4);

    const std::string free_choice =
        resident.free_choice.empty() ? ui.say("You do not have to answer.") : resident.free_choice;
    const float small = ui.measure(free_choice, Type::small, page.w).height_px;
    const float high = std::max(ui.px(18), line_px(ui, Type::heading) + ui.px(6));
    const Rect foot{page.x, page.bottom() - small, page.w, small};
    const Rect buttons{page.x, foot.y - ui.px(4) - high, page.w, high};
    thoughts(ui, view, resident,
             Rect{page.x, top, page.w, std::max(0.0f, buttons.y - ui.px(6) - top)}.whole());
    answer_buttons(ui, resident, buttons.whole(), intents);
    ui.words_in(foot.whole(), free_choice, Type::small, colours.paper_second);
    ui.mirror(false);
    ui.ground_is(before);
}

}  // namespace doorstep::screens
