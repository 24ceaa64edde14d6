#include "sync/store/home_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <tuple>

#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

Day day_of(const SqlRow& row, int column) {
    return Day{static_cast<std::int32_t>(row.integer(column))};
}

StandingNote note_of(const SqlRow& row, HomeNoteKind kind) {
    StandingNote one;
    one.fact = row.uuid(0);
    one.hybrid_clock = unsigned_column(row, 1);
    one.noted.household = row.uuid(2);
    one.noted.kind = kind;
    one.noted.holds = row.integer(4) != 0;
    one.noted.text = row.blob(5);
    one.noted.officer = row.blob(6);
    one.noted.day = day_of(row, 7);
    one.noted.review = day_of(row, 8);
    one.noted.until = day_of(row, 9);
    return one;
}

Result<void> read_notes(SqlConnection& read_model, const Uuid* household, Day today,
                        const std::function<void(StandingNote)>& take) {
    const SqlParameter parameters[] = {{"partnership", home_partnership},
                                       {"today", std::int64_t{today.since_1970}},
                                       {"household", household ? sql_value(*household) : SqlValue{}}};
    return read_model.query(
        fmt::format("select operation_id, hybrid_clock, household, kind, holds, said, officer, day, review, "
                    "until_day from home_note where partnership = :partnership and until_day >= :today{}",
                    household ? " and household = :household" : ""),
        std::span(parameters, household ? 3U : 2U), [&](const SqlRow& row) {
            // What a newer program calls otherwise is for that program.
            if (const auto kind = home_note_kind(row.text(3)))
                take(note_of(row, *kind));
            return true;
        });
}

void put_in_order(std::vector<StandingNote>& notes) {
    std::sort(notes.begin(), notes.end(), [](const StandingNote& a, const StandingNote& b) {
        return a.noted.kind != b.noted.kind ? a.noted.kind < b.noted.kind : counts_before(a, b);
    });
}

}  // namespace

bool protects(HomeNoteKind kind) {
    return kind == HomeNoteKind::do_not_return || kind == HomeNoteKind::hazard ||
           kind == HomeNoteKind::safety;
}

bool counts_before(const StandingNote& a, const StandingNote& b) {
    if (protects(a.noted.kind) && a.noted.holds != b.noted.holds)
        return a.noted.holds;
    return std::tie(a.hybrid_clock, a.fact) > std::tie(b.hybrid_clock, b.fact);
}

Result<std::vector<StandingNote>> notes_of(SqlConnection& read_model, const Uuid& household, Day today) {
    std::vector<StandingNote> notes;
    TRY_DO(read_notes(read_model, &household, today,
                      [&](StandingNote one) { notes.push_back(std::move(one)); }));
    put_in_order(notes);
    return notes;
}

Result<NotesByHome> notes_by_home(SqlConnection& read_model, Day today) {
    NotesByHome homes;
    TRY_DO(read_notes(read_model, nullptr, today,
                      [&](StandingNote one) { homes[one.noted.household].push_back(std::move(one)); }));
    for (auto& [household, notes] : homes)
        put_in_order(notes);
    return homes;
}

}  // namespace doorstep
