// Who may sign in on this tablet, and its licence.
#include <algorithm>

#include "client/screens/sign_in_pieces.h"
#include "client/ui/choice.h"

namespace doorstep::screens {

namespace {

constexpr const char* add_form = "add officer";
constexpr const char* new_form = "new";
constexpr const char* officer_code_id = "officer code";
using Form = OfficersLocal::Form;

const SignInPerson* person_of(const OfficersView& officers, Uuid slot) {
    const auto found = std::find_if(officers.people.begin(), officers.people.end(),
                                    [&](const SignInPerson& one) { return one.slot == slot; });
    return found == officers.people.end() ? nullptr : &*found;
}

void begin(OfficersLocal& local, Form form, Uuid slot = {}) {
    local = {};
    local.form = form;
    local.open = slot;
}

void remove_twice(Ui& ui, const OfficersView& officers, const SignInPerson& person, OfficersLocal& local,
                  Intents& intents) {
    ui.gap(2);
    if (!local.removing) {
        if (button(ui, ui.say("Remove"), ButtonLook::secondary, Icon::none, !officers.working))
            local.removing = true;
        return;
    }
    ui.words(with(ui.say("%1 can then not sign in on this tablet any more. What they wrote down stays. This "
                         "cannot be undone."),
                  {person.name}),
             Type::body, ui.colours().text);
    ui.gap(4);
    if (button(ui, with(ui.say("Remove %1"), {person.name}), ButtonLook::warning, Icon::none,
               !officers.working)) {
        intents.emplace_back(intent::RemoveOfficer{person.slot});
        local = {};
        return;
    }
    ui.gap(4);
    if (button(ui, with(ui.say("Keep %1"), {person.name})))
        local.removing = false;
}

void unfolded(Ui& ui, const OfficersView& officers, const SignInPerson& person, OfficersLocal& local,
              Intents& intents) {
    ui.gap(2);
    if (!local.removing &&
        button(ui, ui.say("New passphrase"), ButtonLook::secondary, Icon::none, !officers.working))
        return begin(local, Form::passphrase, person.slot);
    if (officers.may_change && person.slot != officers.own)
        remove_twice(ui, officers, person, local, intents);
    ui.gap(4);
}

void rows(Ui& ui, const OfficersView& officers, OfficersLocal& local, Intents& intents) {
    for (const SignInPerson& person : officers.people) {
        const bool own = person.slot == officers.own;
        if (!own && !officers.may_change) {
            person_row(ui, person, false);
            continue;
        }
        if (person_row(ui, person, true)) {
            const bool was_open = local.open == person.slot;
            local = {};
            local.open = was_open ? Uuid{} : person.slot;
        }
        if (local.open == person.slot)
            unfolded(ui, officers, person, local, intents);
        if (local.form != Form::none)
            return;
    }
}

void licence(Ui& ui, const OfficersView& officers, Intents& intents) {
    if (officers.licence.empty() && !officers.licence_ended)
        return;
    group(ui, ui.say("Licence of this tablet"));
    ui.words(officers.licence, Type::body, officers.licence_ended ? ui.colours().error : ui.colours().text);
    if (!officers.may_change)
        return;
    ui.gap(4);
    if (button(ui, ui.say("Renew the licence"),
               officers.licence_ended ? ButtonLook::primary : ButtonLook::secondary, Icon::none,
               !officers.working))
        intents.emplace_back(intent::RenewLicence{});
}

void list(Ui& ui, const OfficersView& officers, OfficersLocal& local, Intents& intents) {
    ui.words(ui.say("Who may sign in"), Type::title, ui.colours().text, Align::start, Role::heading);
    ui.gap(2);
    said_in_red(ui, officers.trouble);
    if (officers.working)
        second(ui, ui.say("Making the keys. This takes a few seconds."));
    if (!officers.may_change && !officers.why_not.empty())
        ui.words(officers.why_not, Type::body, ui.colours().text);
    if (!officers.licence_ended) {
        rows(ui, officers, local, intents);
        if (officers.may_change && local.form == Form::none) {
            ui.gap(4);
            if (button(ui, ui.say("Add an officer"), ButtonLook::secondary, Icon::plus, !officers.working))
                begin(local, Form::add);
        }
    }
    licence(ui, officers, intents);
    if (!officers.licence_ended)
        return;
    ui.gap(4);
    // Where it is not this one who can renew it.
    if (button(ui, ui.say("Switch officer")))
        intents.emplace_back(intent::SwitchOfficer{});
}

bool add_fields(Ui& ui, OfficersLocal& local) {
    ui.words(ui.say("Add an officer"), Type::title, ui.colours().text, Align::start, Role::heading);
    ui.gap(4);
    const FieldTold code = text_field(ui, officer_code_id, ui.say("Code, as the team writes it"), local.code,
                                      {1, Keyboard::letters, ui.say("For example off-pol-01"), false});
    ui.gap(4);
    ui.words(ui.say("Role"), Type::body_bold, ui.colours().text);
    ui.gap(2);
    if (radio(ui, ui.say("Officer"), !local.lead))
        local.lead = false;
    if (radio(ui, ui.say("Team lead"), local.lead))
        local.lead = true;
    ui.gap(2);
    ui.words(ui.say("Hand the tablet over: the officer types the passphrase, and nobody else knows it."),
             Type::body, ui.colours().text);
    ui.gap(4);
    const bool done = passphrase_twice(ui, add_form, local.passphrase, true);
    if (code.entered)
        first_passphrase(ui, add_form);
    return done;
}

bool new_fields(Ui& ui, const OfficersView& officers, OfficersLocal& local) {
    const SignInPerson* person = person_of(officers, local.open);
    const std::string name = person ? person->name : "";
    ui.words(with(ui.say("New passphrase for %1"), {name}), Type::title, ui.colours().text, Align::start,
             Role::heading);
    ui.gap(2);
    if (local.open != officers.own)
        ui.words(with(ui.say("Hand the tablet over: %1 types it, and nobody else knows it."), {name}),
                 Type::body, ui.colours().text);
    ui.gap(4);
    return passphrase_twice(ui, new_form, local.passphrase, true);
}

void send(Ui& ui, OfficersLocal& local, Intents& intents) {
    const bool adding = local.form == Form::add;
    TypedSecret passphrase = agreed(ui, adding ? add_form : new_form, local.passphrase);
    if (!passphrase)
        return;
    if (adding)
        intents.emplace_back(intent::AddOfficer{local.code.text, local.lead, std::move(passphrase)});
    else
        intents.emplace_back(intent::NewPassphrase{local.open, std::move(passphrase)});
    ui.focus() = {};
    local = {};
}

void form(Ui& ui, const View& view, const OfficersView& officers, OfficersLocal& local, Intents& intents) {
    const bool adding = local.form == Form::add;
    const bool ready = (!adding || !local.code.text.empty()) && both_typed(ui, adding ? add_form : new_form);
    const std::vector<PageAction> actions{
        {ui.say("Cancel"), ButtonLook::secondary, true},
        {adding ? ui.say("Add the officer") : ui.say("Use this passphrase"), ButtonLook::primary, ready}};
    bool entered = false;
    const PageParts parts = page(
        ui, view.place + (adding ? "/add" : "/new"), header_of(view), actions,
        [&] { notice(ui, view, intents); },
        [&] { entered = adding ? add_fields(ui, local) : new_fields(ui, officers, local); });
    if (parts.action == 0 || parts.header == HeaderTap::back) {
        local = {};
        return;
    }
    act_on_header(view, parts.header, intents);
    if (ready && (parts.action == 1 || entered))
        send(ui, local, intents);
}

}  // namespace

void officers(Ui& ui, const View& view, const OfficersView& officers, OfficersLocal& local,
              Intents& intents) {
    const bool form_stands =
        local.form == Form::add ? officers.may_change : person_of(officers, local.open) != nullptr;
    if (local.form != Form::none && form_stands && !officers.licence_ended)
        return form(ui, view, officers, local, intents);
    local.form = Form::none;
    const PageParts parts = page(
        ui, view.place, header_of(view), {}, [&] { notice(ui, view, intents); },
        [&] { list(ui, officers, local, intents); });
    act_on_header(view, parts.header, intents);
}

}  // namespace doorstep::screens
