// random uuid randomize
#include <array>
#include <cmath>
#include <cstdint>

#include "forms/base/sha256.h"
#include "forms/base/uuid.h"
#include "forms/xpath/function.h"

namespace doorstep::xpath {
namespace {

constexpr double longest_uuid = 10'000;

Result<Random*> chance(const Call& call) {
    if (!call.at().random)
        return call.wrong("there is no source of chance here.");
    return call.at().random;
}

Result<Value> random_number(const Call& call) {
    TRY(Random * random, chance(call));
    return Value(random->unit());
}

// Without an argument a UUID; with one that many hexadecimal digits.
Result<Value> uuid(const Call& call) {
    TRY(Random * random, chance(call));
    if (call.size() == 0)
        return Value(Uuid::random(*random).text());
    TRY(const double length, call.number(0));
    if (!(length >= 0 && length <= longest_uuid))
        return call.wrong("the length is not between 0 and 10000.");
    std::string text;
    while (static_cast<double>(text.size()) + 1 <= length)
        text += "0123456789abcdef"[random->below(16)];
    return Value(std::move(text));
}

// Park and Miller's generator, which the other engines use too, so that one seed
// gives one order everywhere.
class SeededOrder {
public:
    explicit SeededOrder(std::int64_t seed) : state_(seed % modulus) {
        if (state_ <= 0)
            state_ += modulus - 1;
    }
    std::size_t below(std::size_t bound) {
        state_ = state_ * 16'807 % modulus;
        const double unit = static_cast<double>(state_ - 1) / static_cast<double>(modulus - 1);
        return static_cast<std::size_t>(unit * static_cast<double>(bound));
    }

private:
    static constexpr std::int64_t modulus = 2'147'483'647;
    std::int64_t state_;
};

// Numbers are cut to whole ones; other texts stand for the first 8 bytes of their hash.
std::int64_t seed_of(const Value& value, const Coercions& coercions) {
    const double number = coercions.number(value);
    if (std::fabs(number) < 9e18)
        return static_cast<std::int64_t>(number);
    const std::string text = std::holds_alternative<double>(value) ? std::string{} : coercions.text(value);
    if (text.empty())
        return 0;
    const Sha256 hash = Sha256::of(text);
    std::uint64_t seed = 0;
    for (std::size_t i = 0; i < 8; ++i)
        seed = seed << 8 | hash.bytes[i];
    return static_cast<std::int64_t>(seed);
}

template<class Below>
std::vector<Node> shuffled(const std::vector<Node>& nodes, Below below) {
    std::vector<Node> out;
    out.reserve(nodes.size());
    for (const Node node : nodes) {
        const std::size_t at = below(out.size() + 1);
        out.push_back(node);
        std::swap(out[at], out.back());
    }
    return out;
}

Result<Value> randomize(const Call& call) {
    TRY(const NodeSet set, call.nodes(0));
    if (call.size() == 2) {
        TRY(const Value seed, call.value(1));
        SeededOrder order(seed_of(seed, call.coercions()));
        return Value(
            NodeSet{shuffled(set.nodes, [&](std::size_t bound) { return order.below(bound); }), false});
    }
    TRY(Random * random, chance(call));
    return Value(
        NodeSet{shuffled(set.nodes, [&](std::size_t bound) { return random->below(bound); }), false});
}

constexpr std::array functions{
    Function{"random", 0, 0, Gives::number, Reads::outside, random_number},
    Function{"uuid", 0, 1, Gives::text, Reads::outside, uuid},
    Function{"randomize", 1, 2, Gives::nodes, Reads::outside, randomize},
};

}  // namespace

std::span<const Function> random_functions() {
    return functions;
}

}  // namespace doorstep::xpath
