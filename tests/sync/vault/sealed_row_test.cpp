#include "sync/vault/sealed_row.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <set>
#include <string>

#include "forms/base/random.h"

using namespace doorstep;

namespace {

RowKeys keys_of(std::initializer_list<KeyGeneration> generations) {
    RowKeys keys;
    for (const KeyGeneration generation : generations)
        keys.add(generation, SecretBytes::random());
    return keys;
}

RowIdentity row(std::uint64_t seed = 1) {
    SeededRandom random(seed);
    return {Uuid::random(random), "operation", 7, 0, 3};
}

bool refused(const RowKeys& keys, const RowIdentity& identity, KeyGeneration generation,
             std::string_view sealed) {
    const auto opened = keys.open(identity, generation, sealed);
    return !opened && opened.error().fault == Fault::damaged &&
           opened.error().text().find("Quartz") == std::string::npos;
}

}  // namespace

TEST_CASE("a sealed row opens under its own identity, whatever its text", "[vault]") {
    CHECK(rows_are_sealed());
    const auto keys = keys_of({1});
    RowBuffer buffer;
    for (const std::size_t size : {0u, 1u, 254u, 255u, 256u, 257u, 1000u, 70'000u})
        for (const char filling : {'x', '\0', '\x80'}) {
            const std::string text(size, filling);
            const auto sealed = keys.seal(row(), text);
            CHECK(sealed.size() == RowKeys::sealed_size(size));
            CHECK(keys.open(row(), 1, sealed)->view() == text);
            CHECK(*keys.open(row(), 1, sealed, buffer) == text);
        }
}

TEST_CASE("the length of a sealed row tells its text to 256 bytes only", "[vault]") {
    const auto keys = keys_of({1});
    std::set<std::size_t> sizes;
    for (std::size_t size = 0; size < 256; ++size)
        sizes.insert(keys.seal(row(), std::string(size, 'x')).size());
    CHECK(sizes == std::set<std::size_t>{24 + 256 + 16});
}

TEST_CASE("the same row sealed twice is not the same bytes, and shows none of its text", "[vault]") {
    const auto keys = keys_of({1});
    const auto sealed = keys.seal(row(), "Quartzmeadow");
    CHECK(sealed != keys.seal(row(), "Quartzmeadow"));
    CHECK(sealed.find("Quartz") == std::string::npos);
}

TEST_CASE("a row with any bit altered or any byte missing is told as damaged", "[vault]") {
    const auto keys = keys_of({1});
    const auto sealed = keys.seal(row(), "Quartzmeadow");
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        auto altered = sealed;
        altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
        REQUIRE(refused(keys, row(), 1, altered));
    }
    for (std::size_t size = 0; size < sealed.size(); ++size)
        REQUIRE(refused(keys, row(), 1, std::string_view(sealed).substr(0, size)));
    CHECK(refused(keys, row(), 1, sealed + '\0'));
}

TEST_CASE("a row does not open as another one", "[vault]") {
    const auto keys = keys_of({1, 2});
    const auto sealed = keys.seal(row(), "Quartzmeadow");
    REQUIRE(keys.open(row(), 2, sealed).ok());
    CHECK(refused(keys, row(2), 2, sealed));  // swapped
    auto other = row();
    other.revision = 8;  // its own past
    CHECK(refused(keys, other, 2, sealed));
    other = row();
    other.table = "envelope";
    CHECK(refused(keys, other, 2, sealed));
    other = row();
    other.compartment = 1;
    CHECK(refused(keys, other, 2, sealed));
    other = row();
    other.schema_version = 4;
    CHECK(refused(keys, other, 2, sealed));
    CHECK(refused(keys, row(), 1, sealed));
    CHECK(refused(keys, row(), 3, sealed));
    CHECK(refused(keys_of({2}), row(), 2, sealed));
    other.table = sealed;  // longer than any table's name
    CHECK(refused(keys, other, 2, sealed));
}

TEST_CASE("new rows are sealed under the newest generation, old ones open until theirs is dropped",
          "[vault]") {
    RowKeys keys;
    CHECK(keys.newest() == 0);
    keys.add(1, SecretBytes::random());
    const auto old = keys.seal(row(), "old");
    keys.add(3, SecretBytes::random());
    keys.add(2, SecretBytes::random());
    CHECK(keys.newest() == 3);
    CHECK(keys.generations() == std::vector<KeyGeneration>{1, 2, 3});
    const auto fresh = keys.seal(row(), "new");
    CHECK(keys.open(row(), 1, old)->view() == "old");
    CHECK(keys.open(row(), 3, fresh)->view() == "new");
    auto copy = keys.duplicate();
    keys.drop(1);
    keys.drop(9);
    CHECK(refused(keys, row(), 1, old));
    CHECK(copy.open(row(), 1, old)->view() == "old");
    const RowKeys moved = std::move(copy);
    CHECK(moved.open(row(), 3, fresh)->view() == "new");
}

// Measured in a release build: `test-sync-vault "[.speed]"`.
TEST_CASE("50,000 rows of 300 bytes are opened in 60 ms", "[.speed]") {
    const auto keys = keys_of({1});
    std::vector<std::string> sealed;
    for (int i = 0; i < 50'000; ++i)
        sealed.push_back(keys.seal(row(), std::string(300, 'x')));
    RowBuffer buffer;
    const auto identity = row();
    for (int round = 0; round < 5; ++round) {
        const auto start = std::chrono::steady_clock::now();
        std::size_t opened = 0;
        for (const auto& one : sealed)
            opened += keys.open(identity, 1, one, buffer)->size();
        const auto taken = std::chrono::steady_clock::now() - start;
        CHECK(opened == 50'000 * 300);
        WARN(std::chrono::duration_cast<std::chrono::microseconds>(taken).count() << " us");
    }
}
