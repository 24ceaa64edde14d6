#include "sync/wire/odds.h"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace doorstep::wire {

namespace {

constexpr std::uint32_t top = 1u << 24;
constexpr std::uint32_t bottom = 1u << 16;
constexpr std::uint32_t total_max = 1u << 14;
constexpr std::size_t beyond_max = 8;
constexpr std::uint64_t scatter = 0x9e37'79b9'7f4a'7c15;  // 2^64 divided by the golden ratio

// Out of settled bytes, or out of room.
bool is_due(std::uint32_t low, std::uint32_t& range) {
    if ((low ^ (low + range)) < top)
        return true;
    if (range >= bottom)
        return false;
    range = (0u - low) & (bottom - 1);
    return true;
}

// Where the share of that one ends.
std::uint32_t end_of(const Odds::Table& table, const Odds::Share* one) {
    return one == &table.seen.back() ? table.none_from : std::next(one)->from;
}

constexpr std::size_t few = 8;

// Which of them the place falls in: the last that does not begin behind it.
const Odds::Share* at_place(const Odds::Table& table, std::uint32_t place) {
    const auto begins_behind = [&](const Odds::Share& one) { return one.from > place; };
    const auto behind =
        table.seen.size() <= few
            ? std::find_if(table.seen.begin(), table.seen.end(), begins_behind)
            : std::partition_point(table.seen.begin(), table.seen.end(),
                                   [&](const Odds::Share& one) { return !begins_behind(one); });
    return &*std::prev(behind);
}

}  // namespace

// Where it stands, or would.
std::size_t Odds::slot_of(Context context) const {
    const auto last = slots_.size() - 1;
    auto at = static_cast<std::size_t>((context * scatter) >> 32) & last;
    while (slots_[at].place != 0 && slots_[at].context != context)
        at = (at + 1) & last;
    return at;
}

void Odds::make_room() {
    if (2 * (learning_.size() + 1) <= slots_.size())
        return;
    std::vector<Slot> before(std::max<std::size_t>(2 * slots_.size(), 1024));
    before.swap(slots_);
    for (const auto& slot : before)
        if (slot.place != 0)
            slots_[slot_of(slot.context)] = slot;
}

void Odds::learn(Context context, Symbol symbol) {
    assert(shares_.empty());
    make_room();
    auto& slot = slots_[slot_of(context)];
    if (slot.place == 0) {
        learning_.emplace_back();
        slot.context = context;
        slot.place = static_cast<std::uint32_t>(learning_.size());
    }
    auto& counts = learning_[slot.place - 1];
    if (counts.total >= total_max)
        return;
    ++counts.total;
    const auto found = std::find_if(counts.seen.begin(), counts.seen.end(),
                                    [&](const Counted& one) { return one.symbol == symbol; });
    if (found == counts.seen.end())
        counts.seen.push_back({symbol, 1});
    else
        ++found->count;
}

void Odds::settle() {
    for (auto& slot : slots_) {
        if (slot.place == 0)
            continue;
        const auto& counts = learning_[slot.place - 1];
        slot.first = static_cast<std::uint32_t>(shares_.size());
        slot.shares = static_cast<std::uint16_t>(counts.seen.size());
        slot.total = static_cast<std::uint16_t>(counts.total);
        for (const auto& one : counts.seen) {
            shares_.push_back({one.symbol, slot.none_from});
            slot.none_from += 2 * one.count - 1;
        }
    }
    shares_.shrink_to_fit();
    learning_ = {};
}

Odds::Table Odds::under(Context context) const {
    assert(learning_.empty());
    if (slots_.empty())
        return {};
    const auto& slot = slots_[slot_of(context)];
    return {std::span(shares_).subspan(slot.first, slot.shares), slot.none_from, 2u * slot.total};
}

// --- writing -----------------------------------------------------------------

void OddsWriter::narrow(std::uint32_t from, std::uint32_t size, std::uint32_t of) {
    range_ /= of;
    low_ += from * range_;
    range_ *= size;
    while (is_due(low_, range_)) {
        out_ += static_cast<char>(low_ >> 24);
        low_ <<= 8;
        range_ <<= 8;
    }
}

void OddsWriter::put(const Odds& odds, std::span<const Told> ways, Odds::Symbol symbol, std::uint32_t bound) {
    for (const auto& way : ways) {
        const auto table = odds.under(way.context);
        if (table.of == 0)
            continue;
        const auto found = std::find_if(table.seen.begin(), table.seen.end(),
                                        [&](const Odds::Share& one) { return one.symbol == way.symbol; });
        if (found != table.seen.end())
            return narrow(found->from, end_of(table, &*found) - found->from, table.of);
        narrow(table.none_from, table.of - table.none_from, table.of);
    }
    narrow(symbol, 1, bound);
}

std::string OddsWriter::finish() {
    // The range never reaches beyond 2^32.
    const auto last = low_ + (range_ - 1);
    for (unsigned bits = 32; bits > 0; bits -= 8) {
        const auto mask = bits == 32 ? 0u : ~((1u << bits) - 1);
        const auto value = last & mask;
        if (value < low_)
            continue;
        for (std::uint32_t rest = value; rest != 0; rest <<= 8)
            out_ += static_cast<char>(rest >> 24);
        break;
    }
    while (!out_.empty() && out_.back() == '\0')
        out_.pop_back();
    return std::move(out_);
}

// --- reading -----------------------------------------------------------------

OddsReader::OddsReader(std::string_view bytes) : rest_(bytes) {
    for (int i = 0; i < 4; ++i)
        next_byte();
}

void OddsReader::next_byte() {
    code_ <<= 8;
    if (rest_.empty()) {
        failed_ = failed_ || ++beyond_ > beyond_max;
        return;
    }
    code_ |= static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
}

// The range is cut into so many; which of them it is.
std::uint32_t OddsReader::at(std::uint32_t of) {
    range_ /= of;
    const auto place = (code_ - low_) / range_;
    failed_ = failed_ || place >= of;
    return std::min(place, of - 1);
}

void OddsReader::narrow(std::uint32_t from, std::uint32_t size) {
    low_ += from * range_;
    range_ *= size;
    while (!failed_ && is_due(low_, range_)) {
        next_byte();
        low_ <<= 8;
        range_ <<= 8;
    }
}

Odds::Symbol OddsReader::take(const Odds& odds, std::span<const Odds::Context> contexts,
                              std::uint32_t bound) {
    for (const auto context : contexts) {
        const auto table = odds.under(context);
        if (table.of == 0 || failed_)
            continue;
        const auto place = at(table.of);
        if (place < table.none_from) {
            const auto* const one = at_place(table, place);
            narrow(one->from, end_of(table, one) - one->from);
            return failed_ ? bound : one->symbol;
        }
        narrow(table.none_from, table.of - table.none_from);
    }
    if (failed_)
        return bound;
    const auto symbol = at(bound);
    narrow(symbol, 1);
    return failed_ ? bound : symbol;
}

}  // namespace doorstep::wire
