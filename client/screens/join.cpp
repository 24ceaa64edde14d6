// A tablet that belongs to no partnership yet: an address and a code, four words that both sides compare,
// and the wait until the centre has let it in.
#include "client/screens/sign_in_pieces.h"

namespace doorstep::screens {

namespace {

constexpr const char* join_address_id = "join address";
constexpr const char* join_code_id = "join code";

struct Offered {
    std::vector<PageAction> actions;  // the last is the main one
    std::vector<Intent> said;         // by each of them
};

Intent typed(const SetUpLocal& local) {
    return intent::JoinByCode{local.address.text, local.join_code.text};
}

bool address_and_code_typed(const SetUpLocal& local) {
    return !local.address.text.empty() && !local.join_code.text.empty();
}

Offered offered(const Ui& ui, const SetUpView& set_up, const SetUpLocal& local) {
    const PageAction stop{ui.say("Stop"), ButtonLook::secondary, true};
    switch (set_up.joining) {
    case JoiningStep::none:
        return {{{ui.say("Look again"), ButtonLook::secondary, true},
                 {ui.say("Ask the centre"), ButtonLook::primary, address_and_code_typed(local)}},
                {intent::TryAgain{}, typed(local)}};
    case JoiningStep::asking:
    case JoiningStep::waiting:
        return {{stop}, {intent::StopJoining{}}};
    case JoiningStep::comparing:
        return {{{ui.say("They differ"), ButtonLook::secondary, true},
                 {ui.say("They are the same"), ButtonLook::primary, true}},
                {intent::CentreWords{false}, intent::CentreWords{true}}};
    }
    return {};
}

std::string title(const Ui& ui, JoiningStep step) {
    switch (step) {
    case JoiningStep::none:
        return ui.say("This tablet is not enrolled");
    case JoiningStep::asking:
        return ui.say("Asking the centre");
    case JoiningStep::comparing:
        return ui.say("Does the centre read out these four words?");
    case JoiningStep::waiting:
        return ui.say("Read these four words to the centre");
    }
    return {};
}

std::string explained(const Ui& ui, const SetUpView& set_up) {
    switch (set_up.joining) {
    case JoiningStep::none:
        return set_up.words;
    case JoiningStep::asking:
        return ui.say("This takes some seconds.");
    case JoiningStep::comparing:
        return ui.say("If they differ, this is not your centre, or somebody stands between. Nothing of this "
                      "tablet was sent yet.");
    case JoiningStep::waiting:
        return ui.say("The centre sees the same words and lets this tablet in. This page goes on by itself.");
    }
    return {};
}

// Each on a line of its own, so that nobody loses the place while reading them out.
void four_words(Ui& ui, std::string_view words) {
    ui.gap(4);
    while (!words.empty()) {
        const auto end = words.find(' ');
        ui.words(words.substr(0, end), Type::title, ui.colours().text);
        ui.gap(1);
        words = end == std::string_view::npos ? std::string_view{} : words.substr(end + 1);
    }
}

// True on Enter in the last one.
bool fields(Ui& ui, SetUpLocal& local) {
    ui.gap(6);
    text_field(ui, join_address_id, ui.say("Address of the centre"), local.address,
               {1, Keyboard::letters, ui.say("For example endpoint.example:8443"), false});
    ui.gap(4);
    return text_field(ui, join_code_id, ui.say("Code"), local.join_code,
                      {1, Keyboard::letters, ui.say("For example 7K3M-Q2ZT"), false})
        .entered;
}

}  // namespace

void join(Ui& ui, const View& view, const SetUpView& set_up, SetUpLocal& local, Intents& intents) {
    const Offered offer = offered(ui, set_up, local);
    bool entered = false;
    const PageParts parts = page(
        ui, view.place, locked_header(view), offer.actions, [&] { notice(ui, view, intents); },
        [&] {
            ui.words(title(ui, set_up.joining), Type::title, ui.colours().text, Align::start, Role::heading);
            ui.gap(2);
            ui.words(explained(ui, set_up), Type::body, ui.colours().text);
            if (!set_up.check_words.empty())
                four_words(ui, set_up.check_words);
            if (!set_up.trouble.empty()) {
                ui.gap(4);
                ui.words(set_up.trouble, Type::body, ui.colours().error, Align::start, Role::status);
            }
            if (set_up.joining == JoiningStep::none)
                entered = fields(ui, local);
        });
    act_on_header(view, parts.header, intents);
    if (parts.action >= 0)
        intents.push_back(offer.said[static_cast<std::size_t>(parts.action)]);
    else if (entered && address_and_code_typed(local))
        intents.push_back(typed(local));
}

}  // namespace doorstep::screens
