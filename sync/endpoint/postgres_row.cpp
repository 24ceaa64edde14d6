#include "sync/endpoint/postgres_row.h"

#include <bit>
#include <charconv>

namespace doorstep {

namespace {

// Numbers of types in PostgreSQL's own catalogue, which never change.
enum class Type : Oid {
    boolean = 16,
    bytes = 17,
    int8 = 20,
    int2 = 21,
    int4 = 23,
    oid = 26,
    float8 = 701,
    numeric = 1700
};

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char c : bytes)
        number = (number << 8U) | static_cast<unsigned char>(c);
    return number;
}

std::int64_t signed_number(std::string_view bytes) {
    const auto number = big_endian(bytes);
    switch (bytes.size()) {
    case 2:
        return static_cast<std::int16_t>(number);
    case 4:
        return static_cast<std::int32_t>(number);
    default:
        return static_cast<std::int64_t>(number);
    }
}

// What sum() gives: digits of base 10,000, of which those before the point count.
std::int64_t whole_numeric(std::string_view bytes) {
    if (bytes.size() < 8)
        return 0;
    const auto digits = signed_number(bytes.substr(0, 2));
    const auto weight = signed_number(bytes.substr(2, 2));
    const bool negative = big_endian(bytes.substr(4, 2)) == 0x4000;
    std::int64_t number = 0;
    for (std::int64_t i = 0; i <= weight; ++i) {
        const auto at = static_cast<std::size_t>(8 + 2 * i);
        const std::int64_t digit = i < digits ? signed_number(bytes.substr(at, 2)) : 0;
        number = number * 10'000 + digit;
    }
    return negative ? -number : number;
}

bool is_number(Oid type) {
    switch (static_cast<Type>(type)) {
    case Type::boolean:
    case Type::int8:
    case Type::int2:
    case Type::int4:
    case Type::oid:
    case Type::numeric:
        return true;
    default:
        return false;
    }
}

}  // namespace

std::string_view PostgresRow::raw(int column) const {
    return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

bool PostgresRow::is_null(int column) const {
    return PQgetisnull(result_, row_, column) == 1;
}

std::int64_t PostgresRow::integer(int column) const {
    const auto bytes = raw(column);
    const auto type = PQftype(result_, column);
    if (is_null(column))
        return 0;
    if (static_cast<Type>(type) == Type::numeric)
        return whole_numeric(bytes);
    if (static_cast<Type>(type) == Type::oid || static_cast<Type>(type) == Type::boolean)
        return static_cast<std::int64_t>(big_endian(bytes));
    if (is_number(type))
        return signed_number(bytes);
    std::int64_t number = 0;
    std::from_chars(bytes.data(), bytes.data() + bytes.size(), number);
    return number;
}

std::string_view PostgresRow::bytes(int column) const {
    if (is_null(column) || !is_number(PQftype(result_, column)))
        return raw(column);
    digits_ = std::to_string(integer(column));
    return digits_;
}

std::string PostgresRow::text(int column) const {
    return std::string(bytes(column));
}

SqlValue PostgresRow::value(int column) const {
    if (is_null(column))
        return Null{};
    const auto type = PQftype(result_, column);
    if (is_number(type))
        return integer(column);
    if (static_cast<Type>(type) == Type::float8)
        return std::bit_cast<double>(big_endian(raw(column)));
    if (static_cast<Type>(type) == Type::bytes)
        return Blob{blob(column)};
    return text(column);
}

}  // namespace doorstep
