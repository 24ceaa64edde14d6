// Small closed sets that views and intents share.
#pragma once

#include <cstdint>

namespace doorstep {

enum class Theme : std::uint8_t { light, dark, sunlight };
enum class DoorFilter : std::uint8_t { all, to_do, come_back, not_finished, done };
enum class PeriodKind : std::uint8_t { day, week, month, quarter, year, days };
enum class SendConcern : std::uint8_t { undecided, yes, no };
enum class ProxyWay : std::uint8_t { none, automatic, by_hand };

}  // namespace doorstep
