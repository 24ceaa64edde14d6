#include "forms/base/secret.h"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

using namespace doorstep;

TEST_CASE("a secret that has moved away leaves nothing behind", "[base]") {
    for (const std::string& text : {std::string("short"), std::string(200, 'x')}) {
        SecretText first(text);
        SecretText second(std::move(first));
        CHECK(first.empty());
        CHECK(second.view() == text);
        SecretText third;
        third = std::move(second);
        CHECK(second.empty());
        CHECK(third.view() == text);
        third.wipe();
        CHECK(third.empty());
    }
}

TEST_CASE("the bytes of a short secret are gone from the object once wiped", "[base]") {
    SecretText secret("canary!");
    secret.wipe();
    const std::string_view object(reinterpret_cast<const char*>(&secret), sizeof secret);
    CHECK(object.find("canary") == std::string_view::npos);
}
