// The page that is turned to the resident: paper, large words, two answers of the same
// weight.  No header, nobody's name, no counts.
#include <algorithm>

#include <fmt/format.h>

#include "client/screens/pieces.h"
#include "client/screens/screens.h"
#include "client/ui/looks.h"

namespace doorstep::screens {

namespace {

constexpr float em_least_mm = 7.2f, em_most_mm = 9.7f;
constexpr float em_tight_mm = 6.2f;  // rather than a page that scrolls for a line
constexpr int lines_most = 6;        // of one thought

// What is in sight at once: the whole where it is short, else one thought after another.
struct Card {
    std::string heading;
    std::vector<std::string> paragraphs;
};

struct LargeText {
    TextStyle heading, paragraph;
    float between = 0;
    float height = 0;
    int lines = 0;
};

LargeText set_in(Ui& ui, const Card& card, float wide, float em, float air = 0.9f) {
    LargeText text;
    text.paragraph.em_px = ui.px(em) * static_cast<float>(ui.text_percent()) / 100.0f;
    text.paragraph.width_px = wide;
    text.heading = text.paragraph;
    text.heading.bold = true;
    text.between = std::round(text.paragraph.em_px * air);
    const auto add = [&](const std::string& words, const TextStyle& style) {
        const TextExtent extent = ui.paragraphs().measure(words, style);
        text.height += extent.height_px + text.between;
        text.lines += extent.lines;
    };
    if (!card.heading.empty())
        add(card.heading, text.heading);
    for (const std::string& one : card.paragraphs)
        add(one, text.paragraph);
    text.height -= text.between;
    return text;
}

bool is_calm(const LargeText& text, float room) {
    return text.height <= room && text.lines <= lines_most;
}

// The largest words that stand there calmly, else the least ones; those may scroll.
LargeText largest(Ui& ui, const Card& card, float wide, float room) {
    for (float em = em_most_mm; em > em_least_mm; em -= 0.5f)
        if (const LargeText text = set_in(ui, card, wide, em); is_calm(text, room))
            return text;
    const LargeText least = set_in(ui, card, wide, em_least_mm);
    if (least.height <= room)
        return least;
    const LargeText close = set_in(ui, card, wide, em_least_mm, 0.3f);  // air goes first
    for (float em = em_least_mm; em >= em_tight_mm; em -= 0.2f)
        if (const LargeText text = set_in(ui, card, wide, em, 0.3f); text.height <= room)
            return text;
    return close;
}

std::vector<Card> cards_of(Ui& ui, const ResidentView& resident, float wide, float room) {
    const Card whole{resident.heading, resident.paragraphs};
    if (resident.paragraphs.size() < 2 || is_calm(set_in(ui, whole, wide, em_least_mm), room))
        return {whole};
    std::vector<Card> cards;
    for (const std::string& one : resident.paragraphs)
        cards.push_back({cards.empty() ? resident.heading : std::string(), {one}});
    return cards;
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

void thought(Ui& ui, const std::string& scroll, const Card& card, const Rect& area, float wide) {
    const float x = ui.mirrored() ? area.right() - wide : area.x;
    const LargeText text = largest(ui, card, wide, area.h);
    const std::string id = text.height > area.h ? scroll : std::string();
    const auto flow = [&] {
        const float top = ui.column().y;
        ui.within({x, top, wide, text.height}, [&] {
            if (!card.heading.empty()) {
                large_words(ui, card.heading, text.heading, Role::heading, area, id);
                ui.take(text.between);
            }
            for (const std::string& one : card.paragraphs) {
                large_words(ui, one, text.paragraph, Role::text, area, id);
                ui.take(text.between);
            }
        });
        ui.take(text.height);
    };
    if (!id.empty()) {
        // Letters reach over the edge of their line: the clip leaves them the margin.
        ui.scroll(id, area.inset(-ui.margin(), 0), flow);
        return;
    }
    // The optical middle of the page lies a little above the arithmetical one.
    const float above = std::round((area.h - text.height) * 0.42f);
    ui.within({area.x, area.y + above, area.w, area.h - above}, flow);
}

// The thoughts that are leafed through, and the one in sight.
std::vector<Card> thoughts(Ui& ui, const ResidentView& resident, ResidentLocal& local, const Rect& area,
                           float wide) {
    std::vector<Card> cards = cards_of(ui, resident, wide, area.h);
    if (cards.size() > 1 && area.h < ui.px(4 * em_least_mm))  // too low to leaf through: it scrolls
        cards = {{resident.heading, resident.paragraphs}};
    local.thought = std::min(local.thought, cards.size() - 1);
    return cards;
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

// A chevron against the direction of reading; the same box as an answer.
bool leaf_back(Ui& ui, const Rect& at) {
    const Palette& colours = ui.colours();
    const Tap tap = ui.tap(ui.say("Previous"), Role::button, at);
    ui.fill(at, tap.pressed ? colours.pressed : colours.background, true);
    ui.frame(at, colours.border, line_mm(ui), true);
    const bool mirrored = ui.mirrored();
    ui.mirror(!mirrored);
    ui.icon(at, Icon::on, tap.pressed ? colours.on_pressed : colours.text, 0.8f);
    ui.mirror(mirrored);
    return tap.tapped;
}

// One wide button, and before it the small one that leafs back.
bool go_on(Ui& ui, const Rect& at, const std::string& words, std::size_t& thought) {
    Rect wide = at;
    const std::size_t now = thought;
    if (now > 0) {
        const float gap = ui.px(4), side = std::min(at.h, at.w / 3);
        const bool right = ui.mirrored();
        wide = Rect{right ? at.x : at.x + side + gap, at.y, at.w - side - gap, at.h}.whole();
        if (leaf_back(ui, Rect{right ? at.right() - side : at.x, at.y, side, at.h}.whole()))
            --thought;
    }
    return answer(ui, wide, words);
}

void answer_buttons(Ui& ui, const ResidentView& resident, bool last, std::size_t& thought, const Rect& at,
                    Intents& intents) {
    if (!last) {
        const std::size_t now = thought;
        if (go_on(ui, at, resident.next_words.empty() ? ui.say("Next") : resident.next_words, thought))
            thought = now + 1;
        return;
    }
    if (resident.yes_words.empty()) {
        if (go_on(ui, at, resident.go_on_words.empty() ? ui.say("Continue") : resident.go_on_words, thought))
            intents.emplace_back(intent::LeaveResidentPage{});
        return;
    }
    if (resident.no_words.empty()) {
        if (go_on(ui, at, resident.yes_words, thought))
            intents.emplace_back(intent::GiveAnswer{resident.node, resident.yes});
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

// That answering is free choice, and at the far end how far one has read.
void foot_line(Ui& ui, const Rect& foot, const std::string& free_choice, const std::string& count) {
    const bool right = ui.mirrored();
    Rect words = foot;
    if (!count.empty()) {
        const TextExtent extent = ui.measure(count, Type::small);
        const float wide = std::ceil(extent.width_px) + ui.px(1);
        ui.words_in(Rect{right ? foot.x : foot.right() - wide, foot.y, wide, extent.height_px}.whole(), count,
                    Type::small, ui.colours().paper_second, Align::end);
        words.w -= wide + ui.px(4);
        if (right)
            words.x = foot.right() - words.w;
    }
    words.h = ui.measure(free_choice, Type::small, words.w).height_px;
    ui.words_in(words.whole(), free_choice, Type::small, ui.colours().paper_second);
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

void resident(Ui& ui, const View& view, const ResidentView& resident, ResidentLocal& local,
              Intents& intents) {
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
    // The buttons stand where they stood, whichever language is chosen: the foot is as high
    // as the tallest script needs.
    const float lines = line_px(ui, Type::small) * (ui.portrait() ? 3.2f : 1.6f);
    const float wide_foot = page.w - ui.px(30);  // the count stands beside it
    const float small = std::max(lines, ui.measure(free_choice, Type::small, wide_foot).height_px);
    const float high = std::max(ui.px(18), line_px(ui, Type::heading) + ui.px(6));
    const Rect foot{page.x, page.bottom() - small, page.w, small};
    const Rect buttons{page.x, foot.y - ui.px(4) - high, page.w, high};
    const Rect area = Rect{page.x, top, page.w, std::max(0.0f, buttons.y - ui.px(6) - top)}.whole();
    const float wide = std::min(area.w, ui.px(180));
    const std::vector<Card> cards = thoughts(ui, resident, local, area, wide);
    const std::size_t now = local.thought;
    thought(ui, fmt::format("{}/{}", view.place, now), cards[now], area, wide);
    answer_buttons(ui, resident, now + 1 == cards.size(), local.thought, buttons.whole(), intents);
    std::string count;
    if (cards.size() > 1)
        count = with(resident.count_words.empty() ? "%1 / %2" : resident.count_words,
                     {std::to_string(now + 1), std::to_string(cards.size())});
    foot_line(ui, foot.whole(), free_choice, count);
    ui.mirror(false);
    ui.ground_is(before);
}

}  // namespace doorstep::screens
