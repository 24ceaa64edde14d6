// Between the passphrase and the first page: the records are being opened.
#include "client/screens/sign_in_pieces.h"

namespace doorstep::screens {

namespace {

constexpr int quiet_ms = 400;  // shorter than this is no wait

}  // namespace

void opening(Ui& ui, const View& view, const OpeningView& opening, Intents& intents) {
    if (!ui.waited("opening", quiet_ms))
        return starting(ui, view, intents);
    const PageParts parts = page(
        ui, view.place, locked_header(view), {}, [&] { notice(ui, view, intents); },
        [&] {
            ui.words(ui.say("Opening the records"), Type::title, ui.colours().text, Align::start,
                     Role::heading);
            ui.gap(4);
            progress(ui, opening.share);
            if (opening.words.empty())
                return;
            ui.gap(2);
            second(ui, opening.words);
        });
    act_on_header(view, parts.header, intents);
}

}  // namespace doorstep::screens
