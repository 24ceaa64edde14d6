#include "forms/base/calendar.h"

#include <fmt/format.h>

#include <cassert>
#include <charconv>
#include <chrono>
#include <cstdlib>

namespace doorstep {
namespace {

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
    return value / by - (value % by < 0 ? 1 : 0);
}

// All of `text` as a number of digits only.
std::optional<int> digits(std::string_view text) {
    int value = 0;
    for (const char c : text)
        if (c < '0' || c > '9')
            return std::nullopt;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    return problem == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

}  // namespace

Day Day::of(int year, unsigned month, unsigned day) {
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{day}};
    assert(date.ok());
    return {static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count())};
}

std::optional<Day> Day::parse(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-')
        return std::nullopt;
    const auto year = digits(text.substr(0, 4));
    const auto month = digits(text.substr(5, 2));
    const auto day = digits(text.substr(8, 2));
    if (!year || !month || !day)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok())
        return std::nullopt;
    return Day{static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count())};
}

Day Day::at(std::int64_t at_ms, int offset_minutes) {
    return {static_cast<std::int32_t>(floor_divide(at_ms + offset_minutes * 60'000LL, 86'400'000))};
}

std::string Day::text() const {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{since_1970}}};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string instant_text(std::int64_t at_ms, int offset_minutes) {
    const std::int64_t local_ms = at_ms + offset_minutes * 60'000LL;
    const std::int64_t of_day = local_ms - Day::at(local_ms, 0).start_ms();
    const int away = std::abs(offset_minutes);
    return fmt::format("{}T{:02}:{:02}:{:02}.{:03}{}{:02}:{:02}", Day::at(local_ms, 0).text(),
                       of_day / 3'600'000, of_day / 60'000 % 60, of_day / 1000 % 60, of_day % 1000,
                       offset_minutes < 0 ? '-' : '+', away / 60, away % 60);
}

}  // namespace doorstep
