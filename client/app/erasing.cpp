// The end of this tablet's data, by an order of its centre that the sync brought.
#include "client/app/shift_state.h"
#include "sync/vault/erase_tablet.h"

namespace doorstep {

// Locked or open; of a tablet that retires only when everything it had to send is at the centre, and
// nobody is at work on it: what is begun would be lost.
void Shift::State::erase_when_due() {
    if (!engine || !engine->state().order_is_due || !entrance || options.tablet.view_only)
        return;
    const auto begun = store ? static_cast<std::int64_t>(drafts.size()) : notes.begun;
    if (engine->state().order == wire::OrderMode::retire && (sitting || begun > 0)) {
        say_until_read(
            Notice::Kind::trouble,
            words.say("The centre takes this tablet out of use. Finish or give up what is begun on "
                      "it and sync once more; then it erases itself."));
        return;
    }
    const auto places = places_of(options.folder, options.device_secret);
    sitting.reset();
    close_store();
    entrance->forget_shift();
    entrance->lock();
    entrance.reset();
    const auto erased = erase_tablet(places.folder, places.device_secret);
    route = Route{Stop{}};
    notice = nullptr;
    TroubleView view;
    view.title = words.say("This tablet was erased");
    view.what =
        words.say("The centre ended its use. Everything on it was erased, and it belongs to no centre "
                  "any more.");
    view.mend = erased.ok() ? words.say("Give it back to the centre.") : erased.error().text();
    trouble = view;
}

}  // namespace doorstep
