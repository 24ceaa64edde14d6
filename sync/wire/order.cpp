#include "sync/wire/order.h"

#include <fmt/format.h>

#include <charconv>

#include "forms/base/encoding.h"

namespace doorstep::wire {

std::string_view text(OrderMode mode) {
    return mode == OrderMode::wipe ? "wipe" : "retire";
}

std::string order_text(const Order& order) {
    return fmt::format("{}\n{}\n{}\n", order.enrolment.text(), order.counter, text(order.mode));
}

std::string order_line(const Order& order) {
    return fmt::format("{} {} {}", order.counter, text(order.mode), to_base64(order.signature));
}

std::optional<Order> read_order(std::string_view line, const Uuid& enrolment) {
    const auto first = line.find(' ');
    const auto second = line.find(' ', first == std::string_view::npos ? first : first + 1);
    if (second == std::string_view::npos)
        return std::nullopt;
    Order order;
    order.enrolment = enrolment;
    std::from_chars(line.data(), line.data() + first, order.counter);
    order.mode = line.substr(first + 1, second - first - 1) == "wipe" ? OrderMode::wipe : OrderMode::retire;
    order.signature = from_base64(line.substr(second + 1)).value_or(std::string{});
    return order_line(order) == line ? std::optional(order) : std::nullopt;
}

}  // namespace doorstep::wire
