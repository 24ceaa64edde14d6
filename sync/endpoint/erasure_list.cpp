// The erasure list: one order per line, ids and numbers only, and a hash at its end.
//
//   order subject cause hybrid_clock at_ms operation,operation,... hash
#include <fmt/format.h>

#include <charconv>

#include "forms/base/sha256.h"
#include "sync/endpoint/erasure.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

constexpr std::size_t file_bytes_max = std::size_t{1} << 30;
constexpr std::size_t hash_digits = 16;

std::string hash_of(std::string_view line) {
    return Sha256::of(line).hex().substr(0, hash_digits);
}

std::string line_of(const ErasureOrder& order) {
    auto line = fmt::format("{} {} {} {} {} ", order.order.text(), order.subject.text(), order.cause,
                            order.hybrid_clock, order.at_ms);
    for (std::size_t i = 0; i < order.operations.size(); ++i)
        line += (i == 0 ? "" : ",") + order.operations[i].text();
    return fmt::format("{} {}\n", line, hash_of(line));
}

std::vector<std::string_view> words_of(std::string_view line, char between) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0; at <= line.size();) {
        const auto end = std::min(line.find(between, at), line.size());
        words.push_back(line.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

template<class Number>
bool read_number(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

std::optional<ErasureOrder> order_in(std::string_view line) {
    const auto at = line.rfind(' ');
    if (at == std::string_view::npos || line.substr(at + 1) != hash_of(line.substr(0, at)))
        return std::nullopt;
    const auto words = words_of(line.substr(0, at), ' ');
    ErasureOrder order;
    const auto id = words.size() == 6 ? Uuid::parse(words[0]) : std::nullopt;
    const auto subject = words.size() == 6 ? Uuid::parse(words[1]) : std::nullopt;
    if (!id || !subject || !read_number(words[3], order.hybrid_clock) || !read_number(words[4], order.at_ms))
        return std::nullopt;
    order.order = *id;
    order.subject = *subject;
    order.cause = words[2];
    for (const auto word : words_of(words[5], ','))
        if (const auto operation = Uuid::parse(word))
            order.operations.push_back(*operation);
    return order;
}

}  // namespace

Result<void> ErasureList::add(const std::vector<ErasureOrder>& orders) const {
    std::string lines;
    for (const auto& order : orders)
        lines += line_of(order);
    return append_durably(file_, lines, 0600);
}

Result<std::vector<ErasureOrder>> ErasureList::orders() const {
    std::vector<ErasureOrder> found;
    const auto text = read_small_file(file_, file_bytes_max);
    if (!text.ok() && text.error().fault == Fault::not_found)
        return found;
    if (!text.ok())
        return text.error();
    const auto lines = words_of(*text, '\n');
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].empty())
            continue;
        auto order = order_in(lines[i]);
        // The last one without its end was cut off before anything was done about it.
        if (!order && i + 1 == lines.size())
            break;
        if (!order)
            return Error{
                Fault::damaged,
                fmt::format("Line {} of the erasure list {} is damaged: what it names could come back.",
                            i + 1, file_),
                "Put back a copy of it."};
        found.push_back(std::move(*order));
    }
    return found;
}

}  // namespace doorstep
