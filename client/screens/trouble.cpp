#include "client/screens/pieces.h"
#include "client/screens/screens.h"

namespace doorstep::screens {

namespace {

// What else can be done with records that do not open: each with what it does.
void ways_out(Ui& ui, const TroubleView& trouble, Intents& intents) {
    if (trouble.can_mend) {
        ui.gap(4);
        ui.words(ui.say("What can still be read is saved, and you go on with that."), Type::body,
                 ui.colours().text);
        ui.gap(2);
        if (button(ui, ui.say("Save what is whole")))
            intents.emplace_back(intent::MendRecords{});
    }
    if (trouble.can_view) {
        ui.gap(4);
        ui.words(ui.say("You can look at what can be read. Nothing can be written."), Type::body,
                 ui.colours().text);
        ui.gap(2);
        if (button(ui, ui.say("Only look")))
            intents.emplace_back(intent::ViewRecords{});
    }
}

}  // namespace

void trouble(Ui& ui, const View& view, const TroubleView& trouble, Intents& intents) {
    std::vector<PageAction> actions;
    if (trouble.can_go_on)
        actions.push_back({ui.say("Go on without it"), ButtonLook::secondary, true});
    actions.push_back({ui.say("Try again"), ButtonLook::primary, true});
    const auto body = [&] {
        ui.words(trouble.title, Type::title, ui.colours().text, Align::start, Role::heading);
        ui.gap(4);
        ui.words(trouble.what, Type::body, ui.colours().text);
        if (!trouble.mend.empty()) {
            group(ui, ui.say("What to do"));
            ui.words(trouble.mend, Type::body, ui.colours().text);
        }
        ways_out(ui, trouble, intents);
        if (!trouble.kept.empty()) {
            group(ui, ui.say("What is kept"));
            ui.words(trouble.kept, Type::body, ui.colours().text);
        }
        rescue(ui, trouble.sticks, true, intents);
    };
    PageHeader header = header_of(view);
    header.back = false;  // there is nothing behind it
    const PageParts parts = page(
        ui, view.place, header, actions, [&] { notice(ui, view, intents); }, body);
    act_on_header(view, parts.header, intents);
    if (parts.action < 0)
        return;
    if (parts.action + 1 == static_cast<int>(actions.size()))
        intents.emplace_back(intent::TryAgain{});
    else
        intents.emplace_back(intent::GoHome{});
}

}  // namespace doorstep::screens
