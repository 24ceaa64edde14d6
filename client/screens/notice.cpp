#include "client/screens/pieces.h"

namespace doorstep::screens {

void notice(Ui& ui, const View& view, Intents& intents) {
    if (!view.notice)
        return;
    const Notice& one = *view.notice;
    std::vector<std::string> buttons;
    if (one.undo != 0)
        buttons.push_back(ui.say("Undo"));
    buttons.push_back(ui.say("Close"));
    ui.gap(2);
    const BannerLook look = one.kind == Notice::Kind::trouble ? BannerLook::error : BannerLook::good;
    const int tapped = banner(ui, one.words, look, buttons);
    ui.gap(2);
    if (tapped < 0)
        return;
    if (one.undo != 0 && tapped == 0)
        intents.emplace_back(intent::Undo{one.undo});
    else
        intents.emplace_back(intent::DismissNotice{});
}

}  // namespace doorstep::screens
