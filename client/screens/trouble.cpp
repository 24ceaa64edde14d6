#include "client/screens/pieces.h"
#include "client/screens/screens.h"

namespace doorstep::screens {

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
        if (!trouble.kept.empty()) {
            group(ui, ui.say("What is kept"));
            ui.words(trouble.kept, Type::body, ui.colours().text);
        }
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
