#include "client/screens/referral_cards.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "client/screens/pieces.h"
#include "client/ui/choice.h"

namespace doorstep::screens {

namespace {

using Decision = ReferralCard::Decision;

std::string marked(const std::string& words, const ReferralCard& card) {
    return fmt::format("{}: {}", words, card.name);
}

std::string given_by(const SummaryLocal& local, const ReferralCard& card) {
    const auto found = local.given_by.find(card.agency);
    return found == local.given_by.end() ? "resident" : found->second;
}

void what_they_get(Ui& ui, const ReferralCard& card) {
    ui.words(ui.say("Name, address and phone number"), Type::body, ui.colours().text);
    for (const SharedLine& line : card.shares) {
        ui.gap(1);
        own_way(ui, line.words, Type::small, ui.colours().second);
        own_way(ui, line.value, Type::body, ui.colours().text);
    }
    if (!card.wording_version.empty()) {
        ui.gap(1);
        second(ui, with(ui.say("Privacy wording %1 was read out."), {card.wording_version}));
    }
}

void who_agrees(Ui& ui, const ReferralCard& card, SummaryLocal& local) {
    const std::array<std::pair<const char*, std::string>, 3> all{
        {{"resident", ui.say("The resident agrees in person")},
         {"interpreter", ui.say("The resident agrees through an interpreter")},
         {"carer_with_authority", ui.say("A carer with the legal right agrees")}}};
    for (const auto& [word, words] : all) {
        if (radio(ui, words, given_by(local, card) == word, true, marked(words, card)))
            local.given_by[card.agency] = word;
    }
}

void send_by_law(Ui& ui, const ReferralCard& card, SummaryLocal& local, Intents& intents) {
    if (!card.lawful_reason_allowed)
        return;
    FieldLocal& reason = local.fields["law/" + card.agency];
    ui.words(ui.say("Send without agreement, for a reason in law"), Type::body, ui.colours().text);
    ui.gap(mm::gap_min);
    text_field(ui, "law/" + card.agency, marked(ui.say("The reason in law"), card), reason,
               {2, Keyboard::letters, ui.say("The reason in law"), false}, false);
    ui.gap(mm::gap_min);
    const std::string send = ui.say("Send for this reason");
    if (!reason.text.empty() && verb(ui, send, marked(send, card), ButtonLook::secondary))
        intents.emplace_back(intent::AgreeReferral{card.agency, "", reason.text});
}

void unfolded(Ui& ui, const ReferralCard& card, SummaryLocal& local, Intents& intents) {
    bool& shares = local.unfolded["shares/" + card.agency];
    bool& more = local.unfolded["more/" + card.agency];
    const std::string get = ui.say("What they will get"), other = ui.say("Other ways"),
                      drop = ui.say("Drop it");
    const int tapped = links(ui, {{get, marked(get, card), Icon::none, false},
                                  {other, marked(other, card), Icon::none, false},
                                  {drop, marked(drop, card), Icon::none, false}});
    if (tapped == 0)
        shares = !shares;
    if (tapped == 1)
        more = !more;
    if ((tapped == 0 && shares) || (tapped == 1 && more))
        ui.scroll_to_here();
    if (tapped == 2)
        intents.emplace_back(intent::DropReferral{card.agency});
    if (shares) {
        ui.gap(1);
        what_they_get(ui, card);
    }
    if (more) {
        ui.gap(2);
        who_agrees(ui, card, local);
        send_by_law(ui, card, local, intents);
    }
}

std::string urgency_words(const Ui& ui, const ReferralCard& card) {
    if (card.urgency == "today")
        return ui.say("They should come today");
    return card.urgency == "soon" ? ui.say("They should come soon") : std::string();
}

void open_card(Ui& ui, const ReferralCard& card, SummaryLocal& local, Intents& intents) {
    const Palette& colours = ui.colours();
    ui.words(card.name, Type::heading, colours.text, Align::start, Role::heading);
    ui.gap(1);
    for (const std::string& reason : card.reasons)
        own_way(ui, reason, Type::body, colours.text);
    if (const std::string urgency = urgency_words(ui, card); !urgency.empty())
        second(ui, urgency);
    if (card.added_by_officer)
        second(ui, ui.say("Added by you"));
    if (card.no_longer_suggested)
        second(ui, ui.say("The answers no longer suggest this"));
    ui.gap(3);
    const std::string by = given_by(local, card);
    const std::string agrees = ui.say("The resident agrees");
    const std::string words = by == "interpreter"            ? ui.say("Agreed through the interpreter")
                              : by == "carer_with_authority" ? ui.say("The carer agrees")
                                                             : agrees;
    const std::string no = ui.say("No");
    // Nobody is led to agree: both answers have the same weight and the same size.
    const float half = (ui.column().w - ui.px(mm::gap_min)) / 2;
    const float high = std::max(verb_height(ui, words, ButtonLook::secondary, half),
                                verb_height(ui, no, ButtonLook::secondary, half));
    ui.beside({1, 1}, mm::gap_min, [&](int part) {
        if (part == 0) {
            if (verb(ui, words, marked(words, card), ButtonLook::secondary, high))
                intents.emplace_back(intent::AgreeReferral{card.agency, by, ""});
        } else if (verb(ui, no, marked(no, card), ButtonLook::secondary, high)) {
            intents.emplace_back(intent::RefuseReferral{card.agency});
        }
    });
    ui.gap(mm::gap_min);
    unfolded(ui, card, local, intents);
    ui.gap(8);
}

void decided_line(Ui& ui, const ReferralCard& card, Intents& intents) {
    const Palette& colours = ui.colours();
    const Link undo{ui.say("Undo"), marked(ui.say("Undo"), card), Icon::none, false};
    const float wide = link_width(ui, undo);
    const float text = ui.column().w - wide - ui.px(2);
    const float name = ui.measure(card.name, Type::body_bold, text).height_px;
    const float words = ui.measure(card.decided_words, Type::small, text).height_px;
    const Rect line = ui.take(std::max(ui.px(mm::target_min), name + words));
    ui.words_in({line.x, line.y, text, name}, card.name, Type::body_bold, colours.text);
    ui.words_in({line.x, line.y + name, text, words}, card.decided_words, Type::small, colours.second);
    const Rect at{line.right() - wide + ui.px(1.5f), line.y, wide, std::max(ui.px(mm::target_min), name)};
    if (link_in(ui, at.whole(), undo))
        intents.emplace_back(intent::ReopenReferral{card.agency});
    ui.gap(3);
}

void choose_agency(Ui& ui, const SummaryView& summary, SummaryLocal& local) {
    group(ui, ui.say("Which agency?"));
    for (const AgencyName& agency : summary.addable)
        if (row(ui, {agency.name, "", RowWords::Tint::none, false, false, Icon::none})) {
            local.adding_agency = agency.code;
            local.choosing_agency = false;
        }
    if (link(ui, {ui.say("Add no referral"), "", Icon::none, false}))
        local.choosing_agency = false;
}

void write_reason(Ui& ui, const SummaryView& summary, SummaryLocal& local, Intents& intents) {
    std::string name = local.adding_agency;
    for (const AgencyName& agency : summary.addable)
        if (agency.code == local.adding_agency)
            name = agency.name;
    for (const ReferralCard& card : summary.referrals)
        if (card.agency == local.adding_agency)
            name = card.name;
    group(ui, with(ui.say("Why does %1 hear of this home?"), {name}));
    FieldLocal& reason = local.fields["add"];
    const FieldTold told =
        text_field(ui, "add-referral", ui.say("The reason"), reason,
                   {2, Keyboard::letters, ui.say("In the resident's words"), false}, false);
    // Letter by letter, as everywhere: what was typed survives whatever happens next.
    if (told.changed && !reason.text.empty())
        intents.emplace_back(intent::AddReferral{local.adding_agency, reason.text});
    const bool added = std::any_of(summary.referrals.begin(), summary.referrals.end(),
                                   [&](const auto& card) { return card.agency == local.adding_agency; });
    bool nothing = told.left && reason.text.empty() && added;
    ui.gap(mm::gap_min);
    const std::string back = added ? ui.say("Drop it") : ui.say("Add no referral");
    nothing = link(ui, {back, "", Icon::none, false}) || nothing;
    if (nothing && added)
        intents.emplace_back(intent::DropReferral{local.adding_agency});
    if (nothing || (told.left && !reason.text.empty())) {
        local.adding_agency.clear();
        reason = {};
    }
}

}  // namespace

void referral_cards(Ui& ui, const SummaryView& summary, SummaryLocal& local, Intents& intents) {
    for (const ReferralCard& card : summary.referrals)
        // What is being written on is decided when it is written.
        if (card.decision == Decision::open && card.agency != local.adding_agency) {
            if (std::exchange(local.show_undecided, false))
                ui.scroll_to_here();
            open_card(ui, card, local, intents);
        }
    for (const ReferralCard& card : summary.referrals)
        if (card.decision != Decision::open)
            decided_line(ui, card, intents);
}

void add_referral(Ui& ui, const SummaryView& summary, SummaryLocal& local, Intents& intents) {
    ui.gap(mm::gap_min);
    if (!local.adding_agency.empty())
        write_reason(ui, summary, local, intents);
    else if (local.choosing_agency)
        choose_agency(ui, summary, local);
    else if (!summary.addable.empty() && link(ui, {ui.say("Add a referral"), "", Icon::plus, false})) {
        local.choosing_agency = true;
        ui.scroll_to_here();
    }
}

}  // namespace doorstep::screens
