#include "sync/endpoint/clock_skew.h"

#include <algorithm>
#include <cstdlib>

#include "sync/operation/whose.h"
#include "sync/store/in_doubt.h"
#include "sync/store/log.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

// A clock that lost its time stands at 1970 or at the day it was made: there was no Doorstep then.
const std::int64_t earliest_ms = Day::of(2010, 1, 1).start_ms();
// Nothing waits longer on a tablet that is in use: its licence ends before.
constexpr std::int64_t oldest_ms = std::int64_t{60} * 86'400'000;
constexpr std::int64_t far_off_ms = 86'400'000;
// What a hostile clock says is no number to reckon with.
constexpr std::int64_t furthest_ms = std::int64_t{1} << 46;
constexpr int counter_bits = 16;
constexpr std::uint64_t counter_mask = (std::uint64_t{1} << counter_bits) - 1;

bool is_suspect(const ClockReading& clock) {
    return std::abs(clock.off_ms()) > limits::clock_skew_ms_max;
}

// Of a clock that is far off only what cannot have waited longer: one that is minutes off dates nothing
// wrongly by months, however old it is.
std::int64_t earliest_of(const ClockReading& clock) {
    return std::abs(clock.off_ms()) > far_off_ms ? clock.here_ms - oldest_ms : earliest_ms;
}

// As it was told.
bool is_believable(std::int64_t at_ms, const ClockReading& clock) {
    return at_ms >= earliest_of(clock) && at_ms <= clock.here_ms + limits::clock_skew_ms_max;
}

// The day for which it counts; only of kinds that have one.
struct DayOf {
    std::optional<Day> operator()(const VisitPlanned& visit) const { return visit.day; }
    std::optional<Day> operator()(const ContactRecorded& contact) const { return contact.day; }
    std::optional<Day> operator()(const QuestionnaireFinished& finished) const { return finished.day; }
    std::optional<Day> operator()(const OfferMade& offer) const { return offer.day; }
    std::optional<Day> operator()(const ReferralRaised& referral) const { return referral.day; }
    template<class Other>
    std::optional<Day> operator()(const Other&) const {
        return std::nullopt;
    }
};

// A day that a person chose stays: only the one that the clock gave is wrong with it.
Day corrected_day(const Operation& operation, std::int64_t at_ms, const Clock& clock) {
    const auto said = std::visit(DayOf{}, operation.payload);
    const auto by_its_clock =
        Day::at(std::clamp(operation.at_ms, -furthest_ms, furthest_ms), operation.utc_offset_minutes);
    return said && *said != by_its_clock ? *said : Day::at(at_ms, clock.utc_offset_minutes(at_ms));
}

// By the clock that the tablet still has, unless that leads to a day when nobody was about.
std::optional<std::int64_t> moved_ms(std::int64_t at_ms, const ClockReading& clock) {
    const auto here = clock.here_ms;
    const auto moved = std::clamp(at_ms, -furthest_ms, furthest_ms) - clock.off_ms();
    return moved >= earliest_of(clock) && moved <= here + limits::clock_skew_ms_max
               ? std::optional(std::min(moved, here))
               : std::nullopt;
}

// Nothing: its own.
std::optional<std::int64_t> time_for(const Operation& operation, const ClockReading& clock) {
    const auto at_ms = corrected_ms(operation.at_ms, clock);
    // Set right since: its time is, its place in the order is not.
    const auto latest = static_cast<std::uint64_t>(clock.here_ms + limits::clock_skew_ms_max);
    return !at_ms && (operation.hybrid_clock >> counter_bits) > latest ? std::optional(operation.at_ms)
                                                                       : at_ms;
}

std::uint64_t place_at(const Operation& operation, std::int64_t at_ms) {
    return (static_cast<std::uint64_t>(at_ms) << counter_bits) | (operation.hybrid_clock & counter_mask);
}

// What was begun long before it was kept counts in the order from when it was kept: the hybrid clock was
// read then, and is off by as much.
std::uint64_t place_for(const Operation& operation, std::int64_t at_ms, const ClockReading& clock) {
    const auto kept_ms =
        is_suspect(clock) ? moved_ms(static_cast<std::int64_t>(operation.hybrid_clock >> counter_bits), clock)
                          : std::nullopt;
    return place_at(operation, std::max(at_ms, kept_ms.value_or(at_ms)));
}

ClockReading reading(std::int64_t tablet_ms, const Clock& clock) {
    return {std::clamp(tablet_ms, -furthest_ms, furthest_ms), clock.now_ms()};
}

// It counts as of its receipt for want of anything better.
bool is_lost(const Operation& operation, const ClockReading& clock) {
    return !is_believable(operation.at_ms, clock) && !(is_suspect(clock) && moved_ms(operation.at_ms, clock));
}

// If the tablet still had the clock that it had when it was last heard itself.  Nothing: a right one then.
std::optional<std::uint64_t> by_last_heard(const Call& call, const Operation& operation,
                                           const ClockReading& clock) {
    const auto off = call.tablet.clock_off_ms;
    const ClockReading heard{clock.here_ms + off, clock.here_ms};
    const auto at_ms = off == 0 ? std::nullopt : moved_ms(operation.at_ms, heard);
    return at_ms ? std::optional(place_for(operation, *at_ms, heard)) : std::nullopt;
}

std::uint64_t end_of(std::int64_t at_ms) {
    return (static_cast<std::uint64_t>(at_ms) << counter_bits) | counter_mask;
}

// The clock may have been right then and gone wrong since, wrong and been set since, or wrong all along: all
// that it may have been.  Nothing: each way it is the same.
std::optional<RecordedBetween> left_open(const Call& call, const Operation& operation,
                                         const ClockReading& clock) {
    const auto latest_ms = clock.here_ms + limits::clock_skew_ms_max;
    if (is_lost(operation, clock))
        return RecordedBetween{0, end_of(latest_ms)};
    const auto at_ms = time_for(operation, clock);
    const auto counts = at_ms ? place_for(operation, *at_ms, clock) : operation.hybrid_clock;
    RecordedBetween between{counts, counts};
    const auto may_be = [&](std::uint64_t place) {
        between = {std::min(between.earliest, place), std::max(between.latest, place)};
    };
    const auto told_ms = static_cast<std::int64_t>(operation.hybrid_clock >> counter_bits);
    if (told_ms >= earliest_ms && told_ms <= latest_ms)
        may_be(operation.hybrid_clock);
    if (const auto other = by_last_heard(call, operation, clock))
        may_be(*other);
    return between.earliest < between.latest ? std::optional(between) : std::nullopt;
}

// Whatever else it would be set aside for comes first: nobody decides that a forged word is let in.
bool can_be_kept(const wire::OpenedOperation& one) {
    return one.operation && why_quarantined(one).empty() && why_not_an_officers(*one.operation).empty();
}

Result<void> tell_in_feed(Call& call, ClockCorrected told) {
    if (told.facts.empty())
        return {};
    Operation telling;
    telling.subject = told.enrolment;
    telling.payload = std::move(told);
    TRY_DO(call.transaction.append({std::move(telling)}));
    return {};
}

Result<bool> stands(SqlConnection& sql, const Uuid& id, bool counted) {
    bool found = false;
    TRY_DO(sql.query(
        "select status, reason from operation where partnership = :partnership and operation_id = :id",
        {{"partnership", home_partnership}, {"id", sql_value(id)}}, [&](const SqlRow& row) {
            found = !counted || row.integer(0) == 0 || row.text(1) == in_doubt_reason;
            return false;
        }));
    return found;
}

}  // namespace

std::optional<std::int64_t> corrected_ms(std::int64_t at_ms, const ClockReading& clock) {
    const auto here = clock.here_ms;
    if (is_suspect(clock))
        if (const auto moved = moved_ms(at_ms, clock))
            return moved;
    return is_believable(at_ms, clock) ? std::nullopt : std::optional(here);
}

Result<void> note_clock(Call& call, std::optional<std::int64_t> tablet_ms) {
    // Nobody heard its clock: what cannot have been is set to when it came.
    if (call.rescued && !call.clock_reading)
        call.clock_reading = ClockReading{call.clock.now_ms(), call.clock.now_ms()};
    if (!tablet_ms || call.rescued)
        return {};
    call.clock_reading = reading(*tablet_ms, call.clock);
    const auto off = call.clock_reading->off_ms();
    const bool suspect = is_suspect(*call.clock_reading);
    // Small ones are not worth a write with every answer.
    if (!suspect && call.tablet.clock_off_ms == 0)
        return {};
    TRY_DO(call.transaction.sql().run(
        "update tablet set clock_off_ms = :off, clock_suspect_ms = case when :suspect = 1 then :now else "
        "clock_suspect_ms end where partnership = :partnership and enrolment = :enrolment",
        {{"off", suspect ? off : 0},
         {"suspect", std::int64_t{suspect ? 1 : 0}},
         {"now", call.clock_reading->here_ms},
         {"partnership", home_partnership},
         {"enrolment", sql_value(call.tablet.enrolment)}}));
    return {};
}

bool tells_right_time(const Call& call, std::optional<std::int64_t> tablet_ms,
                      std::span<const wire::OpenedOperation> opened) {
    if (!tablet_ms)
        return true;
    const auto clock = reading(*tablet_ms, call.clock);
    return call.tablet.clock_off_ms == 0 && !is_suspect(clock) &&
           std::none_of(opened.begin(), opened.end(), [&](const wire::OpenedOperation& one) {
               return one.operation && time_for(*one.operation, clock);
           });
}

Result<std::vector<CorrectedTime>> wrongly_timed(const Call& call,
                                                 std::span<const wire::OpenedOperation> opened) {
    std::vector<CorrectedTime> found;
    if (!call.clock_reading)
        return found;
    for (const auto& one : opened) {
        if (!one.operation)
            continue;
        const auto& operation = *one.operation;
        const auto at_ms = time_for(operation, *call.clock_reading);
        if (!at_ms)
            continue;
        TRY(const bool known, stands(call.transaction.sql(), operation.id, false));
        if (!known)
            found.push_back({operation.id, *at_ms, corrected_day(operation, *at_ms, call.clock),
                             place_for(operation, *at_ms, *call.clock_reading)});
    }
    return found;
}

Result<void> tell_of_forgotten_homes(Call& call, std::span<const wire::OpenedOperation> opened,
                                     std::vector<CorrectedTime>& corrected) {
    ClockCorrected told{call.tablet.enrolment, {}};
    for (const auto& one : opened) {
        const auto found =
            can_be_kept(one)
                ? std::find_if(corrected.begin(), corrected.end(),
                               [&](const CorrectedTime& time) { return time.operation == one.operation->id; })
                : corrected.end();
        if (found == corrected.end())
            continue;
        TRY(const bool forgotten, was_forgotten(call.transaction.sql(), one.operation->subject));
        if (!forgotten)
            continue;
        told.facts.push_back(*found);
        corrected.erase(found);
    }
    return tell_in_feed(call, std::move(told));
}

Result<std::vector<wire::OpenedOperation>>
with_doubtful_set_aside(const Call& call, std::span<const wire::OpenedOperation> opened) {
    std::vector<wire::OpenedOperation> judged;
    if (!call.clock_reading && !call.rescued)
        return judged;
    const auto now = call.clock.now_ms();
    const auto clock = call.clock_reading.value_or(ClockReading{now, now});
    for (std::size_t i = 0; i < opened.size(); ++i) {
        const auto& one = opened[i];
        const auto between = can_be_kept(one) ? left_open(call, *one.operation, clock) : std::nullopt;
        if (!between)
            continue;
        TRY(const bool in_doubt, is_in_doubt(call.transaction.sql(), *one.operation, *between));
        if (!in_doubt)
            continue;
        if (judged.empty())
            judged.assign(opened.begin(), opened.end());
        judged[i].problem = in_doubt_reason;
    }
    return judged;
}

Result<void> tell_corrected(Call& call, std::vector<CorrectedTime> corrected) {
    ClockCorrected told{call.tablet.enrolment, {}};
    for (auto& one : corrected) {
        TRY(const bool counts, stands(call.transaction.sql(), one.operation, true));
        if (counts)
            told.facts.push_back(std::move(one));
    }
    return tell_in_feed(call, std::move(told));
}

}  // namespace doorstep
