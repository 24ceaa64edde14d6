#include "client/screens/offers.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "client/screens/pieces.h"
#include "client/ui/choice.h"

namespace doorstep::screens {

namespace {

std::int64_t number_of(const std::string& text) {
    std::int64_t value = 1;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc() ? std::max<std::int64_t>(1, value) : 1;
}

void how_many(Ui& ui, const OfferLine& offer, SummaryLocal& local, Intents& intents) {
    ui.gap(mm::gap_min);
    const auto told =
        number_field(ui, "offer/" + offer.code, with(ui.say("How many: %1"), {offer.words}),
                     std::to_string(offer.quantity), local.fields["offer/" + offer.code], 1, 99);
    if (told && !told->empty() && number_of(*told) != offer.quantity)
        intents.emplace_back(intent::SetOffer{offer.code, offer.status, number_of(*told)});
}

void offer(Ui& ui, const OfferLine& line, SummaryLocal& local, Intents& intents) {
    const Palette& colours = ui.colours();
    ui.words(line.words, Type::body_bold, colours.text);
    for (const std::string& reason : line.reasons)
        own_way(ui, reason, Type::small, colours.second);
    ui.gap(mm::gap_min);
    const auto said = [&](OfferStatus status) { return line.decided && line.status == status; };
    ui.beside({1, 1}, mm::gap_min, [&](int part) {
        const OfferStatus status = part == 0 ? OfferStatus::accepted : OfferStatus::declined;
        const std::string words = part == 0 ? ui.say("Accepted") : ui.say("Declined");
        if (radio(ui, words, said(status), true, fmt::format("{}: {}", words, line.words)) && !said(status))
            intents.emplace_back(intent::SetOffer{line.code, status, line.quantity});
    });
    if (line.counts_pieces && said(OfferStatus::accepted))
        how_many(ui, line, local, intents);
    ui.gap(5);
}

void choose_offer(Ui& ui, const SummaryView& summary, SummaryLocal& local, Intents& intents) {
    group(ui, ui.say("Which offer?"));
    for (const AgencyName& one : summary.addable_offers)
        if (row(ui, {one.name, "", RowWords::Tint::none, false, false, Icon::none})) {
            intents.emplace_back(intent::SetOffer{one.code, OfferStatus::accepted, 1});
            local.choosing_offer = false;
        }
    if (link(ui, {ui.say("Add no offer"), "", Icon::none, false}))
        local.choosing_offer = false;
}

}  // namespace

void offers(Ui& ui, const SummaryView& summary, SummaryLocal& local, Intents& intents) {
    if (!summary.offers.empty()) {
        group(ui, ui.say("Offers"));
        ui.gap(2);
        for (const OfferLine& line : summary.offers)
            offer(ui, line, local, intents);
    }
    ui.gap(mm::gap_min);
    if (local.choosing_offer)
        choose_offer(ui, summary, local, intents);
    else if (!summary.addable_offers.empty() && link(ui, {ui.say("Add an offer"), "", Icon::plus, false})) {
        local.choosing_offer = true;
        ui.scroll_to_here();
    }
}

}  // namespace doorstep::screens
