#include "client/app/day_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <fmt/format.h>

#include "client/app/sitting_words.h"

namespace doorstep {

namespace {

namespace chrono = std::chrono;

constexpr std::array<const char*, 7> weekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                              "Thursday", "Friday", "Saturday"};
constexpr std::array<const char*, 7> short_weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> months{"January",   "February", "March",    "April",
                                             "May",       "June",     "July",     "August",
                                             "September", "October",  "November", "December"};
constexpr std::array<const char*, 12> short_months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Years far outside of any life would overflow the calendar.
constexpr int furthest_days = 365 * 400;

chrono::sys_days days_of(Day day) {
    return chrono::sys_days{chrono::days{std::clamp(day.since_1970, -furthest_days, furthest_days)}};
}
chrono::year_month_day date_of(Day day) {
    return chrono::year_month_day{days_of(day)};
}
Day day_of(chrono::sys_days days) {
    return Day{static_cast<std::int32_t>(days.time_since_epoch().count())};
}
unsigned weekday_of(Day day) {
    return chrono::weekday{days_of(day)}.c_encoding();
}
unsigned month_of(Day day) {
    return static_cast<unsigned>(date_of(day).month());
}
unsigned date_in_month(Day day) {
    return static_cast<unsigned>(date_of(day).day());
}
int year_of(Day day) {
    return static_cast<int>(date_of(day).year());
}

Period months_from(chrono::year_month first, int count) {
    const auto next = first + chrono::months{count};
    return {day_of(chrono::sys_days{first / 1}), day_of(chrono::sys_days{next / 1} - chrono::days{1})};
}

int months_in(PeriodKind kind) {
    return kind == PeriodKind::month ? 1 : kind == PeriodKind::quarter ? 3 : 12;
}

std::string month_name(Day day, const Wording& words) {
    return words.say(months[month_of(day) - 1]);
}

std::string days_from_to(const Period& period, const Wording& words) {
    const auto one = [&](Day day, bool year) {
        std::string text = fmt::format("{} {}", date_in_month(day), month_name(day, words));
        return year ? fmt::format("{} {}", text, year_of(day)) : text;
    };
    if (period.from == period.to)
        return one(period.from, true);
    return with_parts(words.say("%1 to %2"),
                      {one(period.from, year_of(period.from) != year_of(period.to)), one(period.to, true)});
}

}  // namespace

std::string with_parts(std::string_view text, std::initializer_list<std::string_view> parts) {
    std::string filled;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool gap = text[i] == '%' && i + 1 < text.size() && text[i + 1] >= '1' && text[i + 1] <= '9';
        const auto number = gap ? static_cast<std::size_t>(text[i + 1] - '1') : parts.size();
        if (number < parts.size()) {
            filled += parts.begin()[number];
            ++i;
        } else {
            filled += text[i];
        }
    }
    return filled;
}

Day day_at(const Clock& clock, std::int64_t at_ms) {
    return Day::at(at_ms, clock.utc_offset_minutes(at_ms));
}

Day today(const Clock& clock) {
    return day_at(clock, clock.now_ms());
}

std::string weekday(Day day, const Wording& words) {
    return words.say(weekdays[weekday_of(day)]);
}

std::string day_in_full(Day day, const Wording& words) {
    return fmt::format("{} {} {}", weekday(day, words), date_in_month(day), month_name(day, words));
}

std::string day_in_short(Day day, const Wording& words) {
    return fmt::format("{} {} {}", words.say(short_weekdays[weekday_of(day)]), date_in_month(day),
                       words.say(short_months[month_of(day) - 1]));
}

std::string moment(const Clock& clock, std::int64_t at_ms, const Wording& words) {
    const Day day = day_at(clock, at_ms);
    const std::string time = time_of_day(clock, at_ms);
    if (day == today(clock))
        return time;
    if (day.plus(1) == today(clock))
        return with_parts(words.say("yesterday %1"), {time});
    return fmt::format("{} {}", day_in_short(day, words), time);
}

std::string moment_with_day(const Clock& clock, std::int64_t at_ms, const Wording& words) {
    const std::string text = moment(clock, at_ms, words);
    return day_at(clock, at_ms) == today(clock) ? with_parts(words.say("today %1"), {text}) : text;
}

std::string place_of(const DoorAddress& address) {
    const bool number = !address.number_or_name.empty() &&
                        std::isdigit(static_cast<unsigned char>(address.number_or_name.front())) != 0;
    std::string place = address.number_or_name;
    if (!place.empty() && !address.road.empty())
        place += number ? " " : ", ";
    place += address.road;
    return address.flat.empty() ? place : place.empty() ? address.flat : address.flat + ", " + place;
}

std::string place_known(const DoorAddress& address, const Wording& words) {
    auto place = place_of(address);
    return place.empty() ? words.say("An older record: its address is at the centre") : place;
}

Period period_around(PeriodKind kind, Day day) {
    const chrono::year_month month{date_of(day).year(), date_of(day).month()};
    switch (kind) {
    case PeriodKind::day:
    case PeriodKind::days:
        break;
    case PeriodKind::week: {
        const int since_monday = static_cast<int>((weekday_of(day) + 6) % 7);
        return {day.plus(-since_monday), day.plus(6 - since_monday)};
    }
    case PeriodKind::month:
        return months_from(month, 1);
    case PeriodKind::quarter:
        return months_from(month - chrono::months{(month_of(day) - 1) % 3}, 3);
    case PeriodKind::year:
        return months_from(month - chrono::months{(month_of(day) + 8) % 12}, 12);
    }
    return {day, day};
}

Period period_beside(PeriodKind kind, const Period& period, int steps) {
    steps = std::clamp(steps, -1200, 1200);
    const int length = period.to.since_1970 - period.from.since_1970 + 1;
    switch (kind) {
    case PeriodKind::day:
    case PeriodKind::week:
    case PeriodKind::days:
        return {period.from.plus(length * steps), period.to.plus(length * steps)};
    case PeriodKind::month:
    case PeriodKind::quarter:
    case PeriodKind::year:
        break;
    }
    const chrono::year_month first{date_of(period.from).year(), date_of(period.from).month()};
    return months_from(first + chrono::months{months_in(kind) * steps}, months_in(kind));
}

std::string period_in_words(PeriodKind kind, const Period& period, const Wording& words) {
    switch (kind) {
    case PeriodKind::day:
        return fmt::format("{} {}", day_in_full(period.from, words), year_of(period.from));
    case PeriodKind::month:
        return fmt::format("{} {}", month_name(period.from, words), year_of(period.from));
    case PeriodKind::quarter:
        return with_parts(words.say("%1 to %2 %3"),
                          {month_name(period.from, words), month_name(period.to, words),
                           std::to_string(year_of(period.to))});
    case PeriodKind::year:
        return with_parts(words.say("Year %1"),
                          {fmt::format("{}/{:02}", year_of(period.from), year_of(period.to) % 100)});
    case PeriodKind::week:
    case PeriodKind::days:
        break;
    }
    return days_from_to(period, words);
}

}  // namespace doorstep
