#include <algorithm>
#include <array>
#include <numeric>

#include "client/screens/pieces.h"
#include "client/screens/screens.h"
#include "client/screens/ways.h"
#include "client/ui/chart.h"
#include "client/ui/choice.h"

namespace doorstep::screens {

namespace {

constexpr std::array<PeriodKind, 5> kinds{PeriodKind::day, PeriodKind::week, PeriodKind::month,
                                          PeriodKind::quarter, PeriodKind::year};

void kind_tabs(Ui& ui, const CountsView& counts, Intents& intents) {
    const std::vector<std::string> labels{ui.say("Day"), ui.say("Week"), ui.say("Month"), ui.say("Quarter"),
                                          ui.say("Year")};
    const auto found = std::find(kinds.begin(), kinds.end(), counts.kind);
    const int chosen = found == kinds.end() ? -1 : static_cast<int>(found - kinds.begin());
    const int tapped = tabs(ui, labels, chosen);
    if (tapped >= 0)
        intents.emplace_back(intent::ShowPeriod{kinds[static_cast<std::size_t>(tapped)], 0});
}

void period_line(Ui& ui, const CountsView& counts, Intents& intents) {
    const bool moves = counts.kind != PeriodKind::days;
    std::vector<Link> ways{{ui.say("Earlier")}};
    // After the period that holds today nothing was counted yet.
    const bool later = counts.to.text() < counts.today;
    if (later)
        ways.push_back({ui.say("Later")});
    ways.push_back({ui.say("Choose dates")});
    const float at_end = width_at_end(ui, ways) + ui.px(4);
    const float title = ui.measure(counts.period, Type::title).width_px;
    int tapped = -1;
    if (moves && title + at_end <= ui.column().w) {
        const Rect line = ui.take(std::max(ui.px(mm::target_min), line_px(ui, Type::title)));
        ui.words_in({line.x, line.y, line.w - at_end, line.h}, counts.period, Type::title, ui.colours().text,
                    Align::start, Role::heading);
        tapped = links_at_end(ui, line, ways);
    } else {
        ui.words(counts.period, Type::title, ui.colours().text, Align::start, Role::heading);
        if (moves)
            tapped = links(ui, ways);
    }
    if (tapped >= 0 && tapped + 1 == static_cast<int>(ways.size()))
        intents.emplace_back(intent::ShowDays{counts.from, counts.to});
    else if (tapped >= 0)
        intents.emplace_back(intent::ShowPeriod{counts.kind, tapped == 0 ? -1 : 1});
}

void any_days(Ui& ui, const CountsView& counts, CountsLocal& local, Intents& intents) {
    if (counts.kind != PeriodKind::days)
        return;
    const std::string period = counts.from.text() + counts.to.text();
    if (local.period != period) {
        local.period = period;
        local.from_value = counts.from.text();
        local.to_value = counts.to.text();
        local.from = local.to = {};
    }
    const auto one = [&](std::string_view id, const std::string& label, std::string& value,
                         DateLocal& typed) {
        ui.gap(3);
        if (const auto told = date_field(ui, id, label, value, typed, counts.today))
            value = *told;
    };
    one("days-from", ui.say("First day"), local.from_value, local.from);
    one("days-to", ui.say("Last day"), local.to_value, local.to);
    ui.gap(3);
    const auto from = Day::parse(local.from_value), to = Day::parse(local.to_value);
    if (button(ui, ui.say("Show these days"), ButtonLook::secondary, Icon::none, from && to) && from && to)
        intents.emplace_back(intent::ShowDays{*from, *to});
}

void what_was_done(Ui& ui, const CountsView& counts) {
    ui.gap(4);
    const auto counted = [&](std::int64_t n, const char* one, const char* many) {
        return Figure{n, ui.say_n(one, many, static_cast<long>(n))};
    };
    figures(ui, {counted(counts.questionnaires, "questionnaire", "questionnaires"),
                 counted(counts.contacts, "door", "doors"), counted(counts.visits, "visit", "visits")});
    ui.gap(2);
    if (counts.partial > 0)
        second(ui, ui.say_n("%d more is partly answered", "%d more are partly answered",
                            static_cast<long>(counts.partial)));
}

bool nothing_happened(const CountsView& counts) {
    return counts.visits == 0 && counts.contacts == 0 && counts.questionnaires == 0 &&
           counts.other_agencies == 0 && counts.already_open == 0 &&
           std::all_of(counts.bars.begin(), counts.bars.end(),
                       [](const CountBar& bar) { return bar.referrals.value_or(0) == 0; });
}

void by_agency(Ui& ui, const CountsView& counts, CountsLocal& local, Intents& intents) {
    group(ui, ui.say("Referrals by agency"));
    ui.gap(1);
    std::vector<Bar> bars;
    for (const CountBar& bar : counts.bars)
        bars.push_back({bar.label, bar.referrals, !bar.agency.empty() && bar.referrals.value_or(0) > 0});
    const std::string label = with(ui.say("Referrals by agency, %1"), {counts.period});
    const int tapped = local.as_table ? figure_table(ui, label, bars) : bar_chart(ui, label, bars);
    if (tapped >= 0)
        intents.emplace_back(intent::OpenReferralList{counts.bars[static_cast<std::size_t>(tapped)].agency});
    ui.gap(2);
    if (link(ui,
             {local.as_table ? ui.say("Show as a chart") : ui.say("Show as a table"), "", Icon::none, false}))
        local.as_table = !local.as_table;
    ui.gap(2);
    const std::int64_t all = std::accumulate(
        counts.bars.begin(), counts.bars.end(), std::int64_t{0},
        [](std::int64_t sum, const CountBar& bar) { return sum + bar.referrals.value_or(0); });
    RowWords every;
    every.label = ui.say("All referrals");
    every.words = grouped(all + counts.other_agencies);
    if (row(ui, every))
        intents.emplace_back(intent::OpenReferralList{});
    if (counts.other_agencies > 0) {
        ui.gap(mm::gap_min);
        second(ui, ui.say_n("%d went to an agency that is not among these",
                            "%d went to agencies that are not among these",
                            static_cast<long>(counts.other_agencies)));
    }
    if (counts.already_open > 0)
        second(ui, ui.say_n("%d was already open with its agency and is not counted again",
                            "%d were already open with their agency and are not counted again",
                            static_cast<long>(counts.already_open)));
}

void columns(Ui& ui, const CountsView& counts, CountsLocal& local, Intents& intents) {
    if (counts.column_sets.size() < 2)
        return;
    ui.gap(4);
    if (!local.choosing_columns) {
        local.choosing_columns =
            link(ui, {with(ui.say("Columns: %1"), {counts.column_set}), "", Icon::none, false});
        return;
    }
    group(ui, ui.say("Which columns?"));
    ui.gap(1);
    for (const std::string& set : counts.column_sets) {
        if (radio(ui, set, set == counts.column_set)) {
            local.choosing_columns = false;
            intents.emplace_back(intent::ShowColumnSet{set});
        }
    }
}

}  // namespace

void counts(Ui& ui, const View& view, const CountsView& counts, CountsLocal& local, Intents& intents) {
    const PageParts parts = page(
        ui, view.place, header_of(view), {},
        [&] {
            notice(ui, view, intents);
            ui.gap(2);
            kind_tabs(ui, counts, intents);
        },
        [&] {
            period_line(ui, counts, intents);
            any_days(ui, counts, local, intents);
            // What others count in other areas comes to the centre alone.
            if (!counts.areas.empty())
                second(ui, with(ui.say("Only of the areas of this tablet: %1"), {counts.areas}));
            if (!counts.trouble.empty()) {
                ui.gap(4);
                banner(ui, counts.trouble, BannerLook::error);
                return;
            }
            if (nothing_happened(counts)) {
                nothing_here(ui, ui.say("No visits in this period."));
                return;
            }
            what_was_done(ui, counts);
            by_agency(ui, counts, local, intents);
            columns(ui, counts, local, intents);
        });
    act_on_header(view, parts.header, intents);
}

}  // namespace doorstep::screens
