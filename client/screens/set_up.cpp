// A tablet without any sign-in: its first team lead.
#include "client/screens/sign_in_pieces.h"

namespace doorstep::screens {

namespace {

constexpr const char* form = "set-up";
constexpr const char* set_up_code_id = "set-up code";

bool fields(Ui& ui, SetUpLocal& local, bool enabled) {
    ui.gap(6);
    const FieldTold code =
        text_field(ui, set_up_code_id, ui.say("Your code, as the team writes it"), local.code,
                   {1, Keyboard::letters, ui.say("For example off-lead-01"), false});
    ui.gap(4);
    const bool done = passphrase_twice(ui, form, local.passphrase, enabled);
    if (code.entered)
        first_passphrase(ui, form);
    return done;
}

}  // namespace

void set_up(Ui& ui, const View& view, const SetUpView& set_up, SetUpLocal& local, Intents& intents) {
    if (!set_up.enrolled)
        return join(ui, view, set_up, local, intents);
    const bool open = !set_up.working;
    const std::vector<PageAction> actions{
        {set_up.working ? ui.say("Making the keys") : ui.say("Make the sign-in"), ButtonLook::primary,
         open && !local.code.text.empty() && both_typed(ui, form)}};
    bool entered = false;
    const PageParts parts = page(
        ui, view.place, locked_header(view), actions, [&] { notice(ui, view, intents); },
        [&] {
            ui.words(ui.say("The first team lead of this tablet"), Type::title, ui.colours().text,
                     Align::start, Role::heading);
            ui.gap(2);
            ui.words(set_up.words, Type::body, ui.colours().text);
            if (!set_up.trouble.empty()) {
                ui.gap(2);
                ui.words(set_up.trouble, Type::body, ui.colours().error, Align::start, Role::status);
            }
            entered = fields(ui, local, open);
        });
    act_on_header(view, parts.header, intents);
    if (!open || (parts.action != 0 && !entered) || local.code.text.empty() || !both_typed(ui, form))
        return;
    if (TypedSecret passphrase = agreed(ui, form, local.passphrase))
        intents.emplace_back(intent::SetUp{local.code.text, std::move(passphrase)});
}

}  // namespace doorstep::screens
