// The lock screen: who, and with what.  It holds nothing of any resident.
#include <algorithm>

#include "client/screens/sign_in_pieces.h"
#include "client/ui/looks.h"

namespace doorstep::screens {

namespace {

constexpr const char* passphrase_id = "sign-in passphrase";
constexpr const char* pin_id = "sign-in pin";

const SignInPerson* chosen(const SignInView& sign_in) {
    const auto found = std::find_if(sign_in.people.begin(), sign_in.people.end(),
                                    [&](const SignInPerson& one) { return one.slot == sign_in.chosen; });
    return sign_in.chosen == Uuid{} || found == sign_in.people.end() ? nullptr : &*found;
}

void people(Ui& ui, const SignInView& sign_in, Intents& intents) {
    ui.words(ui.say("Who are you?"), Type::title, ui.colours().text, Align::start, Role::heading);
    ui.gap(2);
    said_in_red(ui, sign_in.trouble);
    for (const SignInPerson& person : sign_in.people)
        if (person_row(ui, person, !person.closed))
            intents.emplace_back(intent::ChoosePerson{person.slot});
}

void who(Ui& ui, const SignInPerson& person) {
    ui.words(person.name, Type::title, ui.colours().text, Align::start, Role::heading);
    if (person.lead)
        second(ui, ui.say("Team lead"));
}

// Not while one try is being checked: it is not clear who comes in then.
void other_ways(Ui& ui, const SignInView& sign_in, Intents& intents) {
    if (sign_in.checking)
        return;
    const auto way = [&](const std::string& words, Uuid slot) {
        ui.gap(2);
        if (button(ui, words, ButtonLook::quiet))
            intents.emplace_back(intent::ChoosePerson{slot});
    };
    ui.gap(2);
    if (sign_in.by_pin)  // the same person once more: without the PIN
        way(ui.say("Use the passphrase instead"), sign_in.chosen);
    if (sign_in.people.size() > 1)
        way(ui.say("Someone else"), {});
}

void by_passphrase(Ui& ui, const SignInView& sign_in, const SignInPerson& person, SignInLocal& local,
                   Intents& intents) {
    who(ui, person);
    ui.gap(4);
    said_in_red(ui, person.note.empty() ? sign_in.trouble : person.note);
    const bool open = !person.closed && !sign_in.checking;
    if (std::exchange(local.asked, person.slot) != person.slot && open)
        ui.focus() = {passphrase_id, Keyboard::letters};
    const std::string words = sign_in.checking ? ui.say("Checking") : ui.say("Sign in");
    SecretLook look;
    look.error = !sign_in.trouble.empty();
    look.enabled = open;
    // The button stays above the keys together with the field.
    look.below_px = ui.px(4) + button_height(ui, words, ButtonLook::primary, Icon::none, ui.column().w);
    const SecretTold told = secret_field(ui, passphrase_id, ui.say("Passphrase"), look);
    ui.gap(4);
    const bool ready = open && sign_in.can_try && !ui.hidden(passphrase_id).empty();
    const bool tapped = button(ui, words, ButtonLook::primary, Icon::none, ready);
    if (ready && (tapped || told.entered))
        intents.emplace_back(intent::SignIn{person.slot, taken(ui, passphrase_id)});
    other_ways(ui, sign_in, intents);
}

void pin_and_unlock(Ui& ui, const SignInView& sign_in, Intents& intents) {
    const bool open = !sign_in.checking && sign_in.can_try;
    const SecretTold told = pin_pad(ui, pin_id, ui.say("PIN"), open);
    ui.gap(4);
    const bool ready = open && is_pin_long_enough(ui.hidden(pin_id));
    const std::string words = sign_in.checking ? ui.say("Checking") : ui.say("Unlock");
    const bool tapped = pad_button(ui, words, ready);
    if (ready && (tapped || told.entered))
        intents.emplace_back(intent::UnlockByPin{taken(ui, pin_id)});
}

void by_pin(Ui& ui, const SignInView& sign_in, const SignInPerson& person, Intents& intents) {
    beside_a_pad(
        ui,
        [&] {
            who(ui, person);
            ui.gap(2);
            ui.words(ui.say("Type the PIN of this shift."), Type::body, ui.colours().text);
            ui.gap(2);
            said_in_red(ui, sign_in.trouble);
        },
        [&] { pin_and_unlock(ui, sign_in, intents); }, [&] { other_ways(ui, sign_in, intents); });
}

}  // namespace

void sign_in(Ui& ui, const View& view, const SignInView& sign_in, SignInLocal& local, Intents& intents) {
    PageHeader header = locked_header(view);
    header.foot = sign_in.tablet;
    if (!sign_in.sync_words.empty())
        header.foot += (header.foot.empty() ? "" : " · ") + sign_in.sync_words;
    const SignInPerson* person = chosen(sign_in);
    if (!person)
        local.asked = {};
    const std::string part = !person ? "" : sign_in.by_pin ? "/pin" : "/passphrase";
    const PageParts parts = page(
        ui, view.place + part, header, {}, [&] { notice(ui, view, intents); },
        [&] {
            if (!person)
                people(ui, sign_in, intents);
            else if (sign_in.by_pin)
                by_pin(ui, sign_in, *person, intents);
            else
                by_passphrase(ui, sign_in, *person, local, intents);
        });
    act_on_header(view, parts.header, intents);
}

}  // namespace doorstep::screens
