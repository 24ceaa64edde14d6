// Reference data on the wire: the list, and frames beside a version that is known.
#include "sync/wire/parcels.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "forms/base/random.h"
#include "sync/wire/codec.h"
#include "sync/wire/limits.h"

using namespace doorstep;

namespace {

wire::Parcel a_parcel(std::size_t number) {
    const auto word = fmt::format("parcel {}", number);
    wire::Parcel parcel{wire::ParcelKind::form,
                        fmt::format("safer_streets/2026.{}", number),
                        Sha256::of(word),
                        1'000 + number,
                        number,
                        Day::of(2026, 12, 1),
                        std::string(64, 's'),
                        200 + number,
                        {}};
    if (number % 2 == 0)
        parcel.delta = {Sha256::of("before " + word), 40 + number};
    if (number % 3 == 0)
        parcel.from.reset();
    return parcel;
}

wire::ParcelList a_list(std::size_t count) {
    wire::ParcelList list;
    for (std::size_t i = 1; i <= count; ++i)
        list.parcels.push_back(a_parcel(i));
    return list;
}

std::string list_as(const std::function<void(wire::Parcel&)>& alter) {
    auto list = a_list(2);
    alter(list.parcels.back());
    return wire::encode(list);
}

// Text that compresses as addresses do.
std::string many_lines(std::size_t lines, std::uint64_t seed) {
    SeededRandom random(seed);
    std::string text;
    for (std::size_t i = 0; i < lines; ++i)
        text += fmt::format("{} Mill Lane {:x}\n", i, random.below(1'000'000));
    return text;
}

}  // namespace

TEST_CASE("a list of parcels comes back as it went", "[wire][parcels]") {
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{40}}) {
        const auto back = wire::decode_parcel_list(wire::encode(a_list(count)));
        REQUIRE(back.ok());
        CHECK(*back == a_list(count));
        CHECK(wire::list_hash(*back) == wire::list_hash(a_list(count)));
    }
    CHECK(wire::list_hash(a_list(2)) != wire::list_hash(a_list(3)));
}

TEST_CASE("what is signed of a parcel is every word of it that a tablet acts on", "[wire][parcels]") {
    const auto text = wire::parcel_text(a_parcel(1));
    auto other = a_parcel(1);
    other.name = "safer_streets/2027.1";
    CHECK(wire::parcel_text(other) != text);
    other = a_parcel(1);
    other.version = Sha256::of("other");
    CHECK(wire::parcel_text(other) != text);
    other = a_parcel(1);
    other.kind = wire::ParcelKind::addresses;
    CHECK(wire::parcel_text(other) != text);
    other = a_parcel(1);
    other.from = Day::of(2026, 12, 2);
    CHECK(wire::parcel_text(other) != text);
    other = a_parcel(1);
    other.size += 1;
    CHECK(wire::parcel_text(other) != text);
}

TEST_CASE("a list that is not what it must be is refused", "[wire][parcels]") {
    CHECK_FALSE(wire::decode_parcel_list("").ok());
    CHECK_FALSE(wire::decode_parcel_list(wire::compress("{}")).ok());
    CHECK_FALSE(wire::decode_parcel_list(wire::compress("[]")).ok());
    CHECK_FALSE(wire::decode_parcel_list(list_as([](auto& one) { one.name = "safer_streets/2026.1"; })).ok());
    CHECK_FALSE(wire::decode_parcel_list(list_as([](auto& one) { one.name = "a\nb"; })).ok());
    CHECK_FALSE(wire::decode_parcel_list(list_as([](auto& one) { one.name = ""; })).ok());
    CHECK_FALSE(wire::decode_parcel_list(list_as([](auto& one) { one.signature = "short"; })).ok());
    CHECK_FALSE(wire::decode_parcel_list(list_as([](auto& one) { one.size = 0; })).ok());
    CHECK_FALSE(
        wire::decode_parcel_list(list_as([](auto& one) { one.size = limits::parcel_content_max + 1; })).ok());
    CHECK_FALSE(
        wire::decode_parcel_list(list_as([](auto& one) { one.bytes = limits::parcel_bytes_max + 1; })).ok());
    CHECK_FALSE(wire::decode_parcel_list(wire::encode(a_list(limits::parcels_max + 1))).ok());
}

TEST_CASE("a list that was cut or altered anywhere is refused", "[wire][parcels]") {
    const auto frame = wire::encode(a_list(5));
    for (std::size_t cut = 0; cut < frame.size(); cut += 3)
        CHECK_FALSE(wire::decode_parcel_list(frame.substr(0, cut)).ok());
    SeededRandom random(7);
    for (int i = 0; i < 300; ++i) {
        auto altered = frame;
        auto& byte = altered[random.below(altered.size())];
        byte = static_cast<char>(byte ^ (1 << random.below(8)));
        const auto back = wire::decode_parcel_list(altered);
        // A bit of the frame's head may say the same in another way.
        CHECK((!back.ok() || *back == a_list(5)));
    }
}

TEST_CASE("what is new beside a known version expands beside that one alone", "[wire][parcels]") {
    const auto before = many_lines(4'000, 1);
    auto now = before;
    now.replace(now.size() / 2, 20, "a line that is new here");
    const auto whole = wire::compress_once(now);
    const auto delta = wire::compress_once(now, before);
    INFO(whole.size() << " bytes, " << delta.size() << " beside the one before");
    CHECK(delta.size() * 20 < whole.size());
    CHECK(*wire::expand(whole, now.size()) == now);
    CHECK(*wire::expand_beside(delta, before, now.size()) == now);
    CHECK_FALSE(wire::expand_beside(delta, many_lines(4'000, 2), now.size()).ok());
    CHECK_FALSE(wire::expand_beside(delta, {}, now.size()).ok());
    CHECK_FALSE(wire::expand_beside(delta, before, now.size() - 1).ok());
    CHECK_FALSE(wire::expand_beside(delta.substr(0, delta.size() - 1), before, now.size()).ok());
}
