#include "tests/journeys/monkey.h"

#include <fmt/format.h>

namespace doorstep::journey {
namespace {

float between(Random& random, float from, float to) {
    return from + (to - from) * static_cast<float>(random.below(1'000)) / 1'000.0f;
}

}  // namespace

std::vector<const Mark*> Monkey::targets() const {
    std::vector<const Mark*> found;
    for (const Mark& mark : app_.stage().marks())
        if (can_be_tapped(mark.role) && mark.enabled && !mark.rect.cut(mark.clip).empty())
            found.push_back(&mark);
    return found;
}

void Monkey::complain(std::string what) {
    complaints_.push_back(fmt::format("{} (at {})", what, app_.view()->place));
}

void Monkey::tap_something() {
    const auto all = targets();
    if (all.empty())
        return complain("a screen without anything to tap");
    const Mark& mark = *all[random_.below(all.size())];
    const Rect seen = mark.rect.cut(mark.clip);
    if (seen.empty())
        return;
    const float x = between(random_, seen.x, seen.right() - 1);
    const float y = between(random_, seen.y, seen.bottom() - 1);
    person_.finger(FingerSample::Phase::down, x, y);
    person_.finger(FingerSample::Phase::up, x, y);
    app_.settle();
}

void Monkey::drag_somewhere() {
    const StageOptions& glass = app_.stage().options();
    const std::size_t said = app_.said().size();
    const float x = between(random_, 0, static_cast<float>(glass.width));
    const float y = between(random_, 0, static_cast<float>(glass.height));
    // Keys are a zone: there a finger that slides types, as on any keyboard.
    for (const Mark& mark : app_.stage().marks())
        if (mark.role == Role::key && mark.rect.contains(x, y))
            return;
    const bool upright = random_.chance(0.7);
    const float far =
        between(random_, 4 * glass.px_per_mm, 60 * glass.px_per_mm) * (random_.chance(0.5) ? 1.0f : -1.0f);
    person_.drag(x, y, upright ? 0 : far, upright ? far : 0);
    if (app_.said().size() != said)
        complain("a drag was taken for an act");
}

void Monkey::press_something() {
    static constexpr Key keys[] = {Key::tab,  Key::back_tab, Key::enter, Key::space,    Key::escape,
                                   Key::down, Key::up,       Key::left,  Key::right,    Key::backspace,
                                   Key::del,  Key::home,     Key::end,   Key::page_down};
    static constexpr const char* texts[] = {"a", "Zofia", "ਪੰਜਾਬ", "مرحبا", "😀", "7", "\xE2\x80\x8F"};
    if (random_.chance(0.5))
        app_.event(KeyPressed{keys[random_.below(std::size(keys))], true});
    else
        app_.event(TextTyped{texts[random_.below(std::size(texts))]});
    app_.settle();
}

void Monkey::play(int acts) {
    for (int i = 0; i < acts; ++i) {
        const auto dice = random_.below(10);
        if (dice < 7)
            tap_something();
        else if (dice < 9)
            drag_somewhere();
        else
            press_something();
        if (targets().empty())
            complain("a screen without a way on");
    }
}

bool Monkey::finds_home() {
    for (int i = 0; i < 30; ++i) {
        if (std::holds_alternative<HomeView>(app_.view()->screen))
            return true;
        for (const std::string_view way :
             {"Back", "Done", "Back to the officer", "Keep it", "Close", "Go on"})
            if (person_.target(way, false)) {
                if (!person_.tap(way).ok())
                    return false;
                break;
            }
    }
    return false;
}

std::vector<std::string> answers_in_sight(const View& view) {
    std::vector<std::string> found;
    const auto take = [&](const QuestionItem& item) {
        found.push_back(fmt::format("{} {} {}", item.question.path,
                                    static_cast<int>(item.question.answer.kind), item.question.answer.text));
    };
    if (const auto* page = std::get_if<PageView>(&view.screen))
        for (const QuestionItem& item : page->items)
            if (!page->officers_page)
                take(item);
    if (const auto* summary = std::get_if<SummaryView>(&view.screen)) {
        for (const QuestionItem& item : summary->officer_items)
            take(item);
        for (const ReadBackLine& line : summary->read_back)
            found.push_back(line.label + " = " + line.value);
        for (const ReferralCard& card : summary->referrals)
            found.push_back(fmt::format("{} {}", card.agency, static_cast<int>(card.decision)));
    }
    return found;
}

}  // namespace doorstep::journey
