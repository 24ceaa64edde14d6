#include "sync/vault/sealed_pair.h"

#include <catch2/catch.hpp>
#include <string>

using namespace doorstep;

TEST_CASE("each half of a pair opens with its own key and no other", "[vault]") {
    const auto lead = KeyPair::make(), endpoint = KeyPair::make();
    const auto pair = seal_pair({lead.public_key, "the page", 96}, {endpoint.public_key, "now", 4});
    REQUIRE(pair.size() == 32 + 16 + 96 + 16 + 4);
    CHECK(open_sealed(lead, first_of_pair(pair, 96))->view() == "the page");
    CHECK(open_sealed(endpoint, second_of_pair(pair, 96))->view() == "now");
    CHECK_FALSE(open_sealed(endpoint, first_of_pair(pair, 96)));
    CHECK_FALSE(open_sealed(lead, second_of_pair(pair, 96)));
    for (std::size_t at = 0; at < pair.size(); at += 7) {
        auto altered = pair;
        altered[at] = static_cast<char>(altered[at] ^ 1);
        const bool both = open_sealed(lead, first_of_pair(altered, 96)) &&
                          open_sealed(endpoint, second_of_pair(altered, 96));
        CHECK_FALSE(both);
    }
}

TEST_CASE("a pair is never sealed to one key twice, nor to what is no key", "[vault]") {
    const auto one = KeyPair::make();
    CHECK(seal_pair({one.public_key, "a", 8}, {one.public_key, "b", 8}).empty());
    const PublicKey none{std::string(32, '\0')}, cut{std::string(31, 'k')};
    CHECK(seal_pair({one.public_key, "a", 8}, {none, "b", 8}).empty());
    CHECK(seal_pair({cut, "a", 8}, {one.public_key, "b", 8}).empty());
}
