// The streams that stand beside the text of a short form (shorthand.h): numbers as differences,
// ids by their numbers, phrases by their way from the last one.  For shorthand.cpp and likely_text.cpp alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/derived_id.h"
#include "forms/base/uuid.h"

namespace doorstep::wire::shorthand {

// The marks in the text: what each stands for says shorthand.h.
inline constexpr char absolute = 0x00;
inline constexpr char due_sequence = 0x18;
inline constexpr char a_blob = 0x19;
inline constexpr char of_root = 0x1a;  // and one byte
inline constexpr char of_envelope = 0x1b;
inline constexpr char new_id = 0x1c;
inline constexpr char known_id = 0x1d;  // and one byte
inline constexpr char a_number = 0x1e;
inline constexpr char jump = 0x1f;
inline constexpr std::size_t known_max = 0x5f;  // ids that can be named
inline constexpr std::size_t roots_back = 12;   // of which others may be derived
inline constexpr std::size_t numbers_back = 4;
inline constexpr std::int64_t shiftable = std::int64_t{1} << 46;
inline constexpr std::int64_t number_max = std::int64_t{1} << 62;

// --- phrases ---------------------------------------------------------------

inline void put_step(std::string& out, std::size_t last, std::size_t place) {
    const auto step = place > last ? place - last : 0;
    if (step > 0 && step <= step_last)
        out += static_cast<char>(step);
    else if (step > 0 && step <= jump_max)
        out += {jump, static_cast<char>(step - step_last - 1)};
    else
        out += {absolute, static_cast<char>(place >> 8), static_cast<char>(place & 0xff)};
}

// --- numbers ---------------------------------------------------------------

inline void put(std::string& out, std::uint64_t number) {
    while (number > 0x7f) {
        out += static_cast<char>((number & 0x7f) | 0x80);
        number >>= 7;
    }
    out += static_cast<char>(number);
}

// Hands out bytes from the front, and remembers that there were none.
class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    std::string_view take(std::size_t count) {
        if (count > rest_.size()) {
            failed_ = true;
            return {};
        }
        const auto taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }
    std::size_t byte() {
        const auto one = take(1);
        return one.empty() ? 0 : static_cast<unsigned char>(one[0]);
    }
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 63; shift += 7) {
            const auto next = byte();
            value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
        failed_ = true;
        return 0;
    }
    std::string_view rest() { return take(rest_.size()); }
    std::string_view left() const { return rest_; }
    bool empty() const { return rest_.empty(); }
    bool failed() const { return failed_; }

private:
    std::string_view rest_;
    bool failed_ = false;
};

inline std::uint64_t zigzag(std::int64_t value) {
    return value >= 0 ? static_cast<std::uint64_t>(value) << 1
                      : (static_cast<std::uint64_t>(-(value + 1)) << 1) + 1;
}
inline std::int64_t back(std::uint64_t zigzagged) {
    const auto half = static_cast<std::int64_t>(zigzagged >> 1);
    return (zigzagged & 1) == 0 ? half : -half - 1;
}

// The numbers seen so far, and what a next one is near to.
class Nearby {
public:
    static constexpr std::size_t names = 1 + numbers_back * 3;

    // Nothing when that name stands for nothing yet.
    std::optional<std::int64_t> named(std::size_t name) const {
        if (name == 0)
            return 0;
        const auto ago = (name - 1) / 3 + 1;
        if (name >= names || ago > seen_.size())
            return std::nullopt;
        const auto one = seen_[seen_.size() - ago];
        switch ((name - 1) % 3) {
        case 0:
            return one;
        case 1:
            return one < shiftable ? std::optional(one << 16) : std::nullopt;
        default:
            return one >> 16;
        }
    }
    void see(std::int64_t number) { seen_.push_back(number); }

private:
    std::vector<std::int64_t> seen_;
};

inline void put_number(std::string& out, std::int64_t number, Nearby& nearby) {
    std::size_t best = 0;
    auto least = zigzag(number);
    for (std::size_t name = 1; name < Nearby::names; ++name)
        if (const auto base = nearby.named(name); base && zigzag(number - *base) < least) {
            best = name;
            least = zigzag(number - *base);
        }
    out += static_cast<char>((best << 4) | std::min<std::uint64_t>(least, 15));
    if (least >= 15)
        put(out, least);
    nearby.see(number);
}

inline std::optional<std::int64_t> take_number(Reader& numbers, Nearby& nearby) {
    const auto first = numbers.byte();
    const auto base = nearby.named(first >> 4);
    const auto difference = back((first & 15) < 15 ? first & 15 : numbers.number());
    if (numbers.failed() || !base || difference > number_max || difference < -number_max)
        return std::nullopt;
    const auto number = *base + difference;  // both are below 2^62
    if (number < 0 || number >= number_max)
        return std::nullopt;
    nearby.see(number);
    return number;
}

// --- ids -------------------------------------------------------------------

// Ids by their numbers, and how many were derived of each.
class Ids {
public:
    explicit Ids(const Uuid& envelope) { learn(envelope); }

    void learn(const Uuid& id) {
        if (known_.size() < known_max)
            known_.push_back({id, 0});
    }
    std::size_t size() const { return known_.size(); }
    const Uuid& at(std::size_t which) const { return known_[which].id; }
    std::optional<std::size_t> which(const Uuid& id) const {
        for (std::size_t i = 0; i < known_.size(); ++i)
            if (known_[i].id == id)
                return i;
        return std::nullopt;
    }
    Uuid next_of_envelope() const { return derived_id(known_.front().id, known_.front().derived); }
    Uuid next_of(std::size_t root) const { return derived_id(known_[root].id, known_[root].derived + 1); }
    void count(std::size_t root) { ++known_[root].derived; }
    std::optional<std::size_t> root_of(const Uuid& id) const {
        for (std::size_t back = 0; back < roots_back && back + 1 < known_.size(); ++back)
            if (const auto root = known_.size() - 1 - back; next_of(root) == id)
                return root;
        return std::nullopt;
    }

private:
    struct Known {
        Uuid id;
        std::uint32_t derived;
    };
    std::vector<Known> known_;
};

}  // namespace doorstep::wire::shorthand
