// What a centre orders one of its tablets to do when that tablet is no longer to hold anything:
// signed by the endpoint, carried in the header of its replies, carried out by the tablet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "forms/base/uuid.h"

namespace doorstep::wire {

inline constexpr std::string_view order_purpose = "doorstep order 1";
inline constexpr const char* order_header = "Doorstep-Order";  // "COUNTER MODE SIGNATURE"

enum class OrderMode : std::uint8_t {
    retire,  // send what is unsent, then erase everything
    wipe,    // erase everything at once
};

struct Order {
    Uuid enrolment;             // to whom; not in the header, since only its tablet reads it
    std::uint64_t counter = 0;  // of that tablet's orders, from 1
    OrderMode mode = OrderMode::retire;
    std::string signature{};  // 64 bytes
};

// What is signed under order_purpose: enrolment, counter and mode, each on its line.
std::string order_text(const Order& order);
std::string order_line(const Order& order);
// Nothing unless it is written as order_line() writes it; the signature is for the caller to check.
std::optional<Order> read_order(std::string_view line, const Uuid& enrolment);

std::string_view text(OrderMode mode);

}  // namespace doorstep::wire
