#include "client/screens/sign_in_pieces.h"

#include <fmt/format.h>

#include "client/ui/looks.h"
#include "sync/vault/passphrase.h"

namespace doorstep::screens {

namespace {

std::string first_of(std::string_view name) {
    return fmt::format("{} passphrase", name);
}
std::string second_of(std::string_view name) {
    return fmt::format("{} passphrase again", name);
}

// What cannot be tapped is told: code, role, and why.
void person_told(Ui& ui, const SignInPerson& person) {
    ui.gap(2);
    ui.words(person.lead ? with(ui.say("%1, team lead"), {person.name}) : person.name, Type::body,
             ui.colours().text);
    if (!person.note.empty())
        ui.words(person.note, Type::small, person.closed ? ui.colours().error : ui.colours().second);
    ui.gap(2);
    const Rect line = ui.take(ui.px(line_mm(ui)));
    ui.fill(line, divider(ui));
}

}  // namespace

PageHeader locked_header(const View& view) {
    PageHeader header;
    header.title = view.header.title;
    header.back = false;
    header.lock = view.open;  // whoever is inside can be locked out
    return header;
}

void said_in_red(Ui& ui, std::string_view words) {
    if (words.empty())
        return;
    ui.words(words, Type::body, ui.colours().error, Align::start, Role::status);
    ui.gap(4);
}

TypedSecret taken(Ui& ui, std::string_view field) {
    return std::make_shared<const SecretText>(ui.hidden(field).take());
}

bool person_row(Ui& ui, const SignInPerson& person, bool can_tap) {
    if (!can_tap) {
        person_told(ui, person);
        return false;
    }
    RowWords words;
    words.label = person.name;
    words.words = !person.note.empty() ? person.note : person.lead ? ui.say("Team lead") : "";
    words.tint = person.closed ? RowWords::Tint::trouble : RowWords::Tint::none;
    words.below = !person.note.empty();
    return row(ui, words);
}

void beside_a_pad(Ui& ui, const std::function<void()>& words, const std::function<void()>& pad,
                  const std::function<void()>& other_ways) {
    const Rect wide = wide_column(ui);
    const float pad_width = pin_pad_width(ui), gap = ui.px(8);
    const float rest = wide.w - pad_width - gap;
    if (ui.portrait() || rest < ui.px(60)) {
        words();
        ui.gap(2);
        pad();
        return other_ways();
    }
    const float top = ui.column().y;
    float end = top;
    const auto half = [&](const Rect& at, const std::function<void()>& draw) {
        ui.within(at, [&] {
            draw();
            end = std::max(end, ui.column().y);
        });
    };
    const bool right = ui.mirrored();
    half({right ? wide.right() - rest : wide.x, top, rest, wide.h}, [&] {
        words();
        other_ways();
    });
    half({right ? wide.x : wide.right() - pad_width, top, pad_width, wide.h}, pad);
    ui.take(end - top);
}

bool pad_button(Ui& ui, std::string_view label, bool enabled) {
    const float width = pin_pad_width(ui);
    const Rect line = ui.take(button_height(ui, label, ButtonLook::primary, Icon::none, width));
    return button_in(ui, Rect{line.x + (line.w - width) / 2, line.y, width, line.h}.whole(), label,
                     ButtonLook::primary, Icon::none, enabled);
}

bool passphrase_twice(Ui& ui, std::string_view name, const PassphraseTwice& local, bool enabled) {
    said_in_red(ui, local.trouble);
    const std::string first = first_of(name), again = second_of(name);
    SecretLook look;
    look.enabled = enabled;
    look.error = !local.trouble.empty();
    look.hint = ui.say("10 characters or more, or three words that do not belong together.");
    const bool on = secret_field(ui, first, ui.say("Passphrase"), look).entered;
    ui.gap(4);
    look.hint.clear();
    const bool done = secret_field(ui, again, ui.say("The same once more"), look).entered;
    // After both were drawn: the second must not take the first one's Enter for its own.
    if (on)
        ui.focus() = {again, Keyboard::letters};
    return done;
}

void first_passphrase(Ui& ui, std::string_view name) {
    ui.focus() = {first_of(name), Keyboard::letters};
}

bool both_typed(Ui& ui, std::string_view name) {
    return !ui.hidden(first_of(name)).empty() && !ui.hidden(second_of(name)).empty();
}

TypedSecret agreed(Ui& ui, std::string_view name, PassphraseTwice& local) {
    const TypedSecret typed = taken(ui, first_of(name)), again = taken(ui, second_of(name));
    local.trouble.clear();
    if (typed->view() != again->view())
        local.trouble = ui.say("The two passphrases are not the same. Type both again.");
    else if (const Result<void> rules = check_passphrase(typed->view()); !rules.ok())
        local.trouble = rules.error().what + " " + rules.error().mend;
    if (local.trouble.empty())
        return typed;
    if (!ui.focus().field.empty())
        first_passphrase(ui, name);
    return nullptr;
}

}  // namespace doorstep::screens
