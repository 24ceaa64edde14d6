#include "forms/base/result.h"

#include <catch2/catch.hpp>

#include <memory>

using namespace doorstep;

namespace {

Result<int> half(int number) {
    if (number % 2 != 0)
        return Error{Fault::bad_input, "odd.", "Give an even number."};
    return number / 2;
}

Result<std::string> quarter(int number) {
    TRY(const int once, half(number));
    TRY(const int twice, half(once));
    return std::to_string(twice);
}

Result<void> must_be_even(int number) {
    TRY_DO(half(number));
    return {};
}

Result<std::unique_ptr<int>> boxed(int number) {
    TRY(const int value, half(number));
    return std::make_unique<int>(value);
}

}  // namespace

TEST_CASE("TRY hands on the value, or the error unchanged", "[base]") {
    CHECK(*quarter(8) == "2");
    CHECK(quarter(6).error().text() == "odd. Give an even number.");
    CHECK(quarter(6).error().fault == Fault::bad_input);
    CHECK(must_be_even(4).ok());
    CHECK_FALSE(must_be_even(5).ok());
}

TEST_CASE("a result may hold what can only be moved", "[base]") {
    auto result = boxed(6);
    const std::unique_ptr<int> box = std::move(result).value();
    CHECK(*box == 3);
}
