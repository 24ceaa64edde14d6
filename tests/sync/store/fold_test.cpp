#include <algorithm>
#include <catch2/catch.hpp>

#include "sync/wire/codec.h"
#include "tests/sync/random_operations.h"
#include "tests/sync/store/rig.h"
#include "tests/sync/temporary_folder.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::vector<wire::OpenedOperation> opened(const std::vector<Operation>& operations) {
    std::vector<wire::OpenedOperation> out;
    for (const auto& operation : operations)
        out.push_back(wire::open_operation(wire::encode(operation)));
    return out;
}

template<class T>
void shuffle(std::vector<T>& values, Random& random) {
    for (std::size_t i = values.size(); i > 1; --i)
        std::swap(values[i - 1], values[random.below(i)]);
}

// Split at random into transactions.
void receive_in_pieces(Rig& rig, const std::vector<wire::OpenedOperation>& all, Random& random) {
    for (std::size_t at = 0; at < all.size();) {
        const auto size = std::min<std::size_t>(1 + random.below(10), all.size() - at);
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at);
        rig.receive({begin, begin + static_cast<std::ptrdiff_t>(size)}, Uuid{});
        at += size;
    }
}

}  // namespace

TEST_CASE("any order and any repetition of the same facts fold to the same read model", "[store][fold]") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        RandomOperations source(seed);
        const auto operations = source.several(1 + source.random().below(40));
        const auto facts = opened(operations);
        Rig straight(":memory:", StoreRole::endpoint);
        straight.receive(facts, Uuid{});

        auto mixed = facts;
        for (std::size_t n = source.random().below(facts.size() + 1); n > 0; --n)
            mixed.push_back(facts[source.random().below(facts.size())]);
        shuffle(mixed, source.random());
        const bool tablet = source.random().chance(0.5);
        Rig other(":memory:", tablet ? StoreRole::tablet : StoreRole::endpoint);
        receive_in_pieces(other, mixed, source.random());

        INFO("seed " << seed);
        REQUIRE(other.dump() == straight.dump());
        REQUIRE(other.store->log()->size() == operations.size());
        const auto before = other.dump();
        REQUIRE(other.store->rebuild().ok());
        REQUIRE(other.dump() == before);
    }
}
