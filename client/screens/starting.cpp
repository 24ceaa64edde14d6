#include "client/screens/screens.h"

namespace doorstep::screens {

void starting(Ui& ui, const View&, Intents&) {
    const Rect screen = ui.screen();
    ui.fill(screen, ui.colours().background);
    ui.ground_is(ui.colours().background);
    ui.words_in(screen, "Doorstep", Type::title, ui.colours().text, Align::centre, Role::heading);
}

}  // namespace doorstep::screens
