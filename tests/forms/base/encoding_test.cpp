#include "forms/base/encoding.h"

#include <catch2/catch.hpp>

#include "forms/base/random.h"
#include "forms/base/sha256.h"
#include "forms/base/uuid.h"

using namespace doorstep;
using namespace std::string_literals;

TEST_CASE("hex and base64 give back any bytes", "[base]") {
    SeededRandom random(7);
    for (std::size_t length = 0; length < 200; ++length) {
        std::string bytes(length, '\0');
        for (char& byte : bytes)
            byte = static_cast<char>(random.below(256));
        CHECK(from_hex(to_hex(bytes)).value() == bytes);
        CHECK(from_base64(to_base64(bytes)).value() == bytes);
    }
    CHECK(to_base64("hello") == "aGVsbG8=");
}

TEST_CASE("what is no hex or base64 is refused", "[base]") {
    for (const char* text : {"0", "0g", "zz", "0x00", "00 0"})
        CHECK_FALSE(from_hex(text).has_value());
    for (const char* text : {"aGVsbG8", "aGVs bG8=", "!!!!", "aGVsbG8==", "====", "a"})
        CHECK_FALSE(from_base64(text).has_value());
}

TEST_CASE("UTF-8 is checked to the letter", "[base]") {
    for (const std::string& good : {""s, "plain"s, "Łukasz"s, "张晓岚"s, "😀"s, "\0"s, "ليلى"s, "ਜਸਲੀਨ"s})
        CHECK(is_utf8(good));
    for (const std::string& bad : {"\x80"s, "\xc3"s, "\xc0\xaf"s, "\xe0\x80\x80"s, "\xed\xa0\x80"s,
                                   "\xf4\x90\x80\x80"s, "\xff"s, "a\xc3("s, "\xf0\x9f\x98"s})
        CHECK_FALSE(is_utf8(bad));
}

TEST_CASE("a letter and its accent are written as one letter", "[base]") {
    CHECK(composed("Jose\u0301") == "Jos\u00e9");
    CHECK(composed("Jos\u00e9") == "Jos\u00e9");
    CHECK(composed("\u1112\u1161\u11ab") == "\ud55c");
    // A ligature stays one: nothing is lost that could not be put back.
    CHECK(composed("\ufb01 <&> plain") == "\ufb01 <&> plain");
    CHECK(composed("").empty());
    CHECK(composed("a\xc3(") == "a\xc3(");
}

TEST_CASE("an id reads back as it was written, and only an id does", "[base]") {
    SeededRandom random(1);
    const Uuid id = Uuid::random(random);
    CHECK(Uuid::parse(id.text()) == id);
    CHECK(Uuid::from_bytes(id.raw()) == id);
    CHECK(id.text()[14] == '4');
    CHECK(Uuid::parse("01234567-89AB-4DEF-8123-456789abcdef").has_value());
    for (const char* text : {"", "0123456789ab4def8123456789abcdef", "01234567-89ab-4def-8123-456789abcdeg",
                             "01234567-89ab-4def-8123-456789abcdef0", "01234567089ab-4def-8123-456789abcde"})
        CHECK_FALSE(Uuid::parse(text).has_value());
    CHECK(Uuid{}.is_nil());
}

TEST_CASE("SHA-256 is what sha256sum says", "[base]") {
    CHECK(Sha256::of("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(Sha256::of("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
