// Letters as they are typed.
#include "sync/search/folding.h"

#include <catch2/catch.hpp>

using namespace doorstep;

TEST_CASE("letters are folded to what is typed for them", "[search][folding]") {
    CHECK(folded("Łukasz") == "lukasz");
    CHECK(folded("ŁUKASZ") == "lukasz");
    CHECK(folded("Søren Đorđe Straße Ægir Þóra ẞ") == "soren dorde strasse aegir thora ss");
    CHECK(folded("Zoë Siân Noël Leïla") == "zoe sian noel leila");
    CHECK(folded("Nguyễn Quyên Ṭhākur Ǻsa Ǽ Ɛwa Ŋ Ə") == "nguyen quyen thakur asa ae ewa n e");
    CHECK(folded("Ştefan Țepeș Ğ İstanbul ı") == "stefan tepes g istanbul i");
}

TEST_CASE("marks of their own are left out", "[search][folding]") {
    CHECK(folded("Zoe\xCC\x88 n\xCC\x83") == "zoe n");
    CHECK(folded("soft\xC2\xADhyphen \xE2\x80\x8Bzero") == "softhyphen zero");
}

TEST_CASE("other scripts keep their letters, as small ones", "[search][folding]") {
    CHECK(folded("Иван Ёлкин") == folded("иван елкин"));
    CHECK(folded("ΆΝΝΑΣ") == folded("αννας"));
    CHECK(folded("ਪੰਜਾਬੀ") == "ਪੰਜਾਬੀ");
}

TEST_CASE("what parts words becomes one space, apostrophes and dots nothing", "[search][folding]") {
    CHECK(folded("Łukasz-St. John's") == "lukasz st johns");
    CHECK(folded("  14A,  Mill\tLane ") == "14a mill lane");
    CHECK(folded("O’Brien – Flat\u00A02") == "obrien flat 2");
    CHECK(folded("") == "");
    CHECK(folded("-'-") == "");
}

TEST_CASE("joints are kept between letters only", "[search][folding]") {
    CHECK(folded_with_joints("Smith-Jones O'Brien St. John’s") == "smith-jones o'brien st john's");
    CHECK(folded_with_joints("'Mill' - Lane-") == "mill lane");
}

TEST_CASE("what is no UTF-8 is left as it is", "[search][folding]") {
    CHECK(folded("a\xFFz") == "a\xFFz");
    CHECK(folded("a\xC5") == "a\xC5");
    CHECK(folded("\xF0\x9F") == "\xF0\x9F");
}
