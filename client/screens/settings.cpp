#include <fmt/format.h>

#include "client/screens/pieces.h"
#include "client/screens/screens.h"
#include "client/ui/choice.h"

namespace doorstep::screens {

namespace {

constexpr float ruler_mm = 50;

void themes(Ui& ui, Intents& intents) {
    ui.words(ui.say("Colours"), Type::body_bold, ui.colours().text, Align::start, Role::heading);
    ui.gap(2);
    const std::pair<Theme, std::string> all[] = {{Theme::light, ui.say("Light")},
                                                 {Theme::dark, ui.say("Dark")},
                                                 {Theme::sunlight, ui.say("Bright sunlight")}};
    for (const auto& [theme, words] : all) {
        if (radio(ui, words, ui.theme() == theme) && ui.theme() != theme)
            intents.emplace_back(intent::ChooseTheme{theme});
    }
}

void text_sizes(Ui& ui, Intents& intents) {
    group(ui, ui.say("Size of words"));
    ui.gap(1);
    const std::pair<int, std::string> all[] = {
        {100, ui.say("Standard")}, {135, ui.say("Large")}, {200, ui.say("Very large")}};
    for (const auto& [percent, words] : all) {
        if (radio(ui, words, ui.text_percent() == percent) && ui.text_percent() != percent)
            intents.emplace_back(intent::ChooseTextSize{percent});
    }
}

// Screens lie about their size; a ruler does not.
void ruler(Ui& ui) {
    group(ui, ui.say("Size of the screen"));
    second(ui, ui.say("With a ruler this line is 50 mm long. If it is not, tell the team's administrator."));
    ui.gap(3);
    const Rect at = ui.take(ui.px(4));
    const float wide = ui.px(ruler_mm), thick = std::max(1.0f, ui.px(mm::line_strong));
    const Colour ink = ui.colours().text;
    const float middle = at.y + std::floor((at.h - thick) / 2);
    ui.fill(Rect{at.x, middle, wide, thick}.whole(), ink);
    ui.fill(Rect{at.x, at.y, thick, at.h}.whole(), ink);
    ui.fill(Rect{at.x + wide - thick, at.y, thick, at.h}.whole(), ink);
    Mark mark;
    mark.label = ui.say("Ruler of 50 mm");
    mark.role = Role::chart;
    mark.rect = mark.clip = Rect{at.x, at.y, wide, at.h}.whole();
    ui.mark(mark);
}

// Whoever goes away locks; whoever goes home hands over.
void signed_in(Ui& ui, const SettingsView& settings, Intents& intents) {
    if (settings.officer.empty())
        return;
    group(ui, ui.say("Signed in"));
    second(ui, settings.officer);
    ui.gap(2);
    if (button(ui, ui.say("Lock now"), ButtonLook::secondary, Icon::lock))
        intents.emplace_back(intent::LockNow{});
    ui.gap(4);
    if (button(ui, ui.say("Switch officer"), ButtonLook::secondary, Icon::person))
        intents.emplace_back(intent::SwitchOfficer{});
    ui.gap(2);
    RowWords words;
    words.label = ui.say("Who may sign in");
    if (row(ui, words))
        intents.emplace_back(intent::OpenOfficers{});
}

void about(Ui& ui, const SettingsView& settings) {
    group(ui, ui.say("This tablet"));
    const auto line = [&](const std::string& name, const std::string& value) {
        if (!value.empty())
            second(ui, fmt::format("{}: {}", name, value));
    };
    line(ui.say("Tablet"), settings.tablet);
    line(ui.say("Endpoint"), settings.endpoint);
    line("Doorstep", settings.version);
}

}  // namespace

void settings(Ui& ui, const View& view, const SettingsView& settings, Intents& intents) {
    const PageParts parts = page(
        ui, view.place, header_of(view), {}, [&] { notice(ui, view, intents); },
        [&] {
            themes(ui, intents);
            text_sizes(ui, intents);
            signed_in(ui, settings, intents);
            ruler(ui);
            about(ui, settings);
        });
    act_on_header(view, parts.header, intents);
}

}  // namespace doorstep::screens
