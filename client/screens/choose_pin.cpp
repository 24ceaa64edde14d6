// After the passphrase: a PIN for the rest of the shift, typed twice.
#include "client/screens/sign_in_pieces.h"
#include "sync/vault/passphrase.h"

namespace doorstep::screens {

namespace {

constexpr const char* first_id = "first pin";
constexpr const char* second_id = "second pin";

void from_the_start(Ui& ui, ChoosePinLocal& local, std::string trouble) {
    ui.hidden(first_id).wipe();
    ui.hidden(second_id).wipe();
    ui.focus() = {};
    local.again = false;
    local.trouble = std::move(trouble);
}

void first_is_typed(Ui& ui, ChoosePinLocal& local) {
    const Result<void> rules = check_pin(ui.hidden(first_id).view());
    if (!rules.ok())
        return from_the_start(ui, local, rules.error().what + " " + rules.error().mend);
    local.again = true;
    local.trouble.clear();
    ui.focus() = {};
}

void second_is_typed(Ui& ui, ChoosePinLocal& local, Intents& intents) {
    if (ui.hidden(first_id).view() != ui.hidden(second_id).view())
        return from_the_start(ui, local, ui.say("The two PINs are not the same. Choose again."));
    TypedSecret pin = taken(ui, second_id);
    from_the_start(ui, local, "");
    intents.emplace_back(intent::ChoosePin{std::move(pin)});
}

void what_it_is_for(Ui& ui, const ChoosePinLocal& local) {
    ui.words(local.again ? ui.say("Type the PIN once more") : ui.say("Choose a PIN for this shift"),
             Type::title, ui.colours().text, Align::start, Role::heading);
    ui.gap(2);
    ui.words(ui.say("It unlocks this tablet for 12 hours, or until somebody else signs in. After that, "
                    "and after a restart, your passphrase is needed."),
             Type::body, ui.colours().text);
    ui.gap(2);
    second(ui, ui.say("6 to 12 digits. Not 123456 and not your date of birth."));
    ui.gap(2);
}

void typed(Ui& ui, const ChoosePinView& choose, ChoosePinLocal& local, Intents& intents) {
    const char* id = local.again ? second_id : first_id;
    const SecretTold told =
        pin_pad(ui, id, local.again ? ui.say("PIN once more") : ui.say("PIN"), !choose.working);
    ui.gap(4);
    const bool ready = !choose.working && is_pin_long_enough(ui.hidden(id));
    const std::string words = choose.working ? ui.say("One moment")
                              : local.again  ? ui.say("Use this PIN")
                                             : ui.say("Next");
    const bool tapped = pad_button(ui, words, ready);
    if (!ready || (!tapped && !told.entered))
        return;
    if (local.again)
        second_is_typed(ui, local, intents);
    else
        first_is_typed(ui, local);
}

}  // namespace

void choose_pin(Ui& ui, const View& view, const ChoosePinView& choose, ChoosePinLocal& local,
                Intents& intents) {
    // Both are asked for in each frame, so that the first is there when the second is typed.
    ui.hidden(first_id);
    ui.hidden(second_id);
    if (std::exchange(local.answered, choose.trouble) != choose.trouble && !choose.trouble.empty())
        from_the_start(ui, local, "");
    const auto words = [&] {
        what_it_is_for(ui, local);
        said_in_red(ui, local.trouble.empty() ? choose.trouble : local.trouble);
    };
    const auto other_ways = [&] {
        ui.gap(2);
        if (!choose.working && button(ui, ui.say("Without a PIN"), ButtonLook::quiet))
            intents.emplace_back(intent::WithoutPin{});
    };
    const PageParts parts = page(
        ui, view.place, locked_header(view), {}, [&] { notice(ui, view, intents); },
        [&] {
            beside_a_pad(
                ui, words, [&] { typed(ui, choose, local, intents); }, other_ways);
        });
    act_on_header(view, parts.header, intents);
}

}  // namespace doorstep::screens
