#include "sync/vault/sealed_box.h"

#include <catch2/catch.hpp>
#include <string>

using namespace doorstep;

TEST_CASE("what is sealed opens with its own key and no other", "[vault]") {
    const auto key = KeyPair::make();
    const auto other = KeyPair::make();
    REQUIRE(key.public_key.bytes.size() == 32);
    CHECK_FALSE(key.public_key == other.public_key);
    for (const std::string& text :
         {std::string{}, std::string("a"), std::string("ends in zeros\0\0\0", 16), std::string("\x80\x80"),
          std::string(255, 'x'), std::string(256, 'y'), std::string(100'000, '\0')}) {
        const auto sealed = seal(key.public_key, text);
        const auto opened = open_sealed(key, sealed);
        REQUIRE(opened);
        CHECK(opened->view() == text);
        CHECK_FALSE(open_sealed(other, sealed));
    }
}

TEST_CASE("texts of up to a block less one byte are sealed to the same length", "[vault]") {
    const auto key = KeyPair::make();
    const auto size = seal(key.public_key, "").size();
    for (std::size_t length = 0; length < 256; ++length)
        REQUIRE(seal(key.public_key, std::string(length, 'x')).size() == size);
    CHECK(seal(key.public_key, std::string(256, 'x')).size() == size + 256);
    CHECK(seal(key.public_key, "abc", 1).size() == 4 + 48);
    CHECK(seal(key.public_key, "abc", 65536).size() == 65536 + 48);
    CHECK(open_sealed(key, seal(key.public_key, "abc", 1))->view() == "abc");
}

TEST_CASE("the same text sealed twice is not the same bytes", "[vault]") {
    const auto key = KeyPair::make();
    CHECK(seal(key.public_key, "concern") != seal(key.public_key, "concern"));
}

TEST_CASE("any altered bit and any missing byte keep a sealed text shut", "[vault]") {
    const auto key = KeyPair::make();
    const auto sealed = seal(key.public_key, "she is not safe", 32);
    CHECK(sealed.find("not safe") == std::string::npos);
    for (std::size_t i = 0; i < sealed.size() * 8; ++i) {
        auto altered = sealed;
        altered[i / 8] = static_cast<char>(altered[i / 8] ^ (1 << (i % 8)));
        // The highest bit of a curve point is not read.
        const auto opened = open_sealed(key, altered);
        REQUIRE((!opened || (i == 255 && opened->view() == "she is not safe")));
    }
    for (std::size_t size = 0; size < sealed.size(); ++size)
        REQUIRE_FALSE(open_sealed(key, sealed.substr(0, size)));
    CHECK_FALSE(open_sealed(key, sealed + '\0'));
    KeyPair empty;
    CHECK_FALSE(open_sealed(empty, sealed));
}

TEST_CASE("a key that nothing can be sealed to is known before anything is entrusted to it", "[vault]") {
    CHECK(usable(KeyPair::make().public_key));
    CHECK_FALSE(usable(PublicKey{}));
    CHECK_FALSE(usable(PublicKey{std::string(31, 'k')}));
    CHECK_FALSE(usable(PublicKey{std::string(33, 'k')}));
    CHECK_FALSE(usable(PublicKey{std::string(32, '\0')}));
}
