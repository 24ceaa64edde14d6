// Team review: the counts of a period.
#include <fmt/format.h>

#include "client/app/day_words.h"
#include "client/app/shift_state.h"

namespace doorstep {

const ColumnSet* Shift::State::column_set() const {
    return library.directory.column_set(counting.column_set);
}

// The set of columns in force at the end of the period, unless the officer chose one.
void Shift::State::follow_period() {
    if (counting.chosen && column_set())
        return;
    for (const ColumnSet& set : library.directory.column_sets)
        if (counting.column_set.empty() || set.valid.covers(counting.period.to))
            counting.column_set = set.code;
}

void Shift::State::operator()(const intent::OpenCounts&) {
    counting = {};
    counting.period = period_around(counting.kind, today(clock));
    follow_period();
    go_to({Stop::At::counts, {}, {}});
}

void Shift::State::operator()(const intent::ShowPeriod& said) {
    const Day now = today(clock);
    const bool holds_today = counting.period.from <= now && now <= counting.period.to;
    if (said.kind != counting.kind)
        counting.period = period_around(said.kind, holds_today ? now : counting.period.to);
    counting.kind = said.kind;
    counting.period = period_beside(said.kind, counting.period, said.steps);
    counting.trouble.clear();
    follow_period();
}

void Shift::State::operator()(const intent::ShowDays& said) {
    counting.kind = PeriodKind::days;
    counting.trouble.clear();
    if (said.to < said.from) {
        counting.trouble = words.say("The last day must be the first day or later. The counts of the period "
                                     "before are shown.");
        return;
    }
    counting.period = {said.from, said.to};
    follow_period();
}

void Shift::State::operator()(const intent::ShowColumnSet& said) {
    for (const ColumnSet& set : library.directory.column_sets)
        if (set.code == said.name || set.label == said.name) {
            counting.column_set = set.code;
            counting.chosen = true;
        }
}

CountsView Shift::State::counts_view() {
    CountsView view;
    view.kind = counting.kind;
    view.from = counting.period.from;
    view.to = counting.period.to;
    view.period = period_in_words(counting.kind, counting.period, words);
    view.today = today(clock).text();
    view.trouble = counting.trouble;
    if (const auto held = held_patches(*sql); held.ok())
        view.areas = fmt::format("{}", fmt::join(scope_of(*held), ", "));
    for (const ColumnSet& set : library.directory.column_sets)
        view.column_sets.push_back(set.label);
    const ColumnSet* set = column_set();
    view.column_set = set ? set->label : std::string{};
    const auto counts = count(*sql, library.directory, counting.period, counting.column_set);
    if (!counts.ok()) {
        view.trouble = counts.error().text();
        return view;
    }
    view.visits = counts->visits;
    view.contacts = counts->contacts;
    view.questionnaires = counts->questionnaires;
    view.partial = counts->partial;
    view.already_open = counts->already_open;
    view.other_agencies = counts->other_agencies;
    for (std::size_t i = 0; i < counts->columns.size(); ++i) {
        const CountsColumn& column = counts->columns[i];
        const bool known = set && i < set->columns.size() && set->columns[i].agency;
        view.bars.push_back({known ? *set->columns[i].agency : "", column.label, column.referrals});
    }
    return view;
}

}  // namespace doorstep
