#include "sync/store/rows_at_once.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "sync/store/run_later.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

using Kind = RowShape::Kind;

// --- an array as PostgreSQL takes it in binary: a head, then each element behind its length ---

constexpr std::size_t number_bytes = sizeof(std::int64_t);
constexpr std::size_t count_at = 12;
constexpr std::size_t head_bytes = 20;
constexpr std::uint32_t null_length = 0xffff'ffffU;

template<std::size_t size>
std::array<char, size> big_endian(std::uint64_t number) {
    std::array<char, size> made{};
    for (auto at = size; at > 0; --at, number >>= 8)
        made[at - 1] = static_cast<char>(number & 0xffU);
    return made;
}

void put_length(std::string& array, std::size_t length) {
    array.append(big_endian<4>(length).data(), 4);
}

void put_element(std::string& array, std::string_view bytes) {
    put_length(array, bytes.size());
    array += bytes;
}

// Of none yet.
std::string begun_array(Kind kind) {
    // Numbers of types in PostgreSQL's own catalogue, which never change.
    const std::uint32_t type = kind == Kind::number ? 20U : kind == Kind::text ? 25U : 17U;
    constexpr std::uint32_t dimensions = 1;
    constexpr std::uint32_t may_hold_null = 1;
    constexpr std::uint32_t elements = 0;
    constexpr std::uint32_t first_place = 1;
    std::string array;
    for (const auto one : {dimensions, may_hold_null, type, elements, first_place})
        put_length(array, one);
    return array;
}

std::string with_count(std::string array, std::size_t count) {
    const auto bytes = big_endian<4>(count);
    std::copy(bytes.begin(), bytes.end(), array.begin() + count_at);
    return array;
}

// Reads one array from its first element to its last.
class Elements {
public:
    Elements(const std::string& array, Kind kind)
        : rest_(std::string_view(array).substr(head_bytes)), kind_(kind) {}

    // Into the room of the one before.
    void next(SqlValue& value) {
        const auto length = static_cast<std::uint32_t>(number(4));
        if (length == null_length) {
            value = Null{};
        } else if (kind_ == Kind::number) {
            value = static_cast<std::int64_t>(number(number_bytes));
        } else if (kind_ == Kind::text) {
            room<std::string>(value) = taken(length);
        } else {
            room<Blob>(value).bytes = taken(length);
        }
    }

private:
    template<class T>
    static T& room(SqlValue& value) {
        auto* const there = std::get_if<T>(&value);
        return there ? *there : value.emplace<T>();
    }
    std::string_view taken(std::size_t size) {
        const auto bytes = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return bytes;
    }
    std::uint64_t number(std::size_t size) {
        std::uint64_t made = 0;
        for (const char byte : taken(size))
            made = made << 8 | static_cast<unsigned char>(byte);
        return made;
    }

    std::string_view rest_;
    Kind kind_;
};

std::string_view array_of(Kind kind) {
    return kind == Kind::number ? "::bigint[]" : kind == Kind::text ? "::text[]" : "::bytea[]";
}

bool is_server(const SqlConnection& sql) {
    return sql.engine() == SqlConnection::Engine::postgresql;
}

constexpr std::string_view one_id = "= :id";
constexpr std::string_view each_id = "= wanted.id";

}  // namespace

RowShape::RowShape(const std::string& table, std::initializer_list<Column> columns) : columns_(columns) {
    std::string names = "partnership";
    std::string values = ":partnership";
    std::string arrays;
    for (const auto& column : columns_) {
        names += ", " + column.name;
        values += ", :" + column.name;
        arrays += ", unnest(:" + column.name + std::string(array_of(column.kind)) + ")";
    }
    const auto head = "insert into " + table + "(" + names + ") ";
    one_new_ = head + "values(" + values + ")";
    // All arrays are as long, so they go in step.  As a table of their own the server would write them down
    // first.
    many_new_ = head + "select :partnership::bigint" + arrays;
    one_ = one_new_ + " on conflict do nothing";
    many_ = many_new_ + " on conflict do nothing";
}

RowsAtOnce::RowsAtOnce(const RowShape& shape) : shape_(&shape) {
    columns_.reserve(shape.columns_.size());
    for (const auto& column : shape.columns_)
        columns_.push_back(begun_array(column.kind));
}

void RowsAtOnce::end_row([[maybe_unused]] std::size_t columns) {
    assert(columns == columns_.size());
    ++rows_;
}

void RowsAtOnce::put_bytes(std::size_t column, std::string_view bytes) {
    put_element(columns_[column], bytes);
}

void RowsAtOnce::put(std::size_t column, Null) {
    put_length(columns_[column], null_length);
}

void RowsAtOnce::put(std::size_t column, std::int64_t number) {
    assert(shape_->columns_[column].kind == Kind::number);
    put_bytes(column, std::string_view(big_endian<number_bytes>(static_cast<std::uint64_t>(number)).data(),
                                       number_bytes));
}

void RowsAtOnce::put(std::size_t column, const std::string& text) {
    assert(shape_->columns_[column].kind == Kind::text);
    put_bytes(column, text);
}

void RowsAtOnce::put(std::size_t column, const Blob& blob) {
    assert(shape_->columns_[column].kind == Kind::blob);
    put_bytes(column, blob.bytes);
}

void RowsAtOnce::put(std::size_t column, const Uuid& id) {
    assert(shape_->columns_[column].kind == Kind::blob);
    put_bytes(column, id.raw());
}

void RowsAtOnce::put(std::size_t column, const std::optional<Uuid>& id) {
    id ? put(column, *id) : put(column, Null{});
}

void RowsAtOnce::put(std::size_t column, const SqlValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value))
        put(column, *number);
    else if (const auto* text = std::get_if<std::string>(&value))
        put(column, *text);
    else if (const auto* blob = std::get_if<Blob>(&value))
        put(column, *blob);
    else {
        assert(std::holds_alternative<Null>(value));  // no column of ours is a double
        put(column, Null{});
    }
}

Result<std::int64_t> RowsAtOnce::insert_one_by_one(SqlConnection& sql, const std::string& statement) const {
    std::vector<SqlParameter> parameters{{"partnership", home_partnership}};
    std::vector<Elements> elements;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        parameters.push_back({shape_->columns_[i].name, Null{}});
        elements.emplace_back(columns_[i], shape_->columns_[i].kind);
    }
    std::int64_t added = 0;
    for (std::size_t row = 0; row < rows_; ++row) {
        for (std::size_t i = 0; i < elements.size(); ++i)
            elements[i].next(parameters[i + 1].value);
        TRY(const auto one, sql.run(statement, parameters));
        added += one;
    }
    return added;
}

std::vector<SqlParameter> RowsAtOnce::as_arrays() const {
    std::vector<SqlParameter> parameters{{"partnership", home_partnership}};
    for (std::size_t i = 0; i < columns_.size(); ++i)
        parameters.push_back({shape_->columns_[i].name, Blob{with_count(columns_[i], rows_)}});
    return parameters;
}

Result<std::int64_t> RowsAtOnce::insert(SqlConnection& sql) const {
    if (rows_ == 0)
        return std::int64_t{0};
    return is_server(sql) ? sql.run(shape_->many_, as_arrays()) : insert_one_by_one(sql, shape_->one_);
}

Result<void> RowsAtOnce::insert_later(SqlConnection& sql, const std::string& one,
                                      const std::string& many) const {
    if (rows_ == 0)
        return {};
    if (is_server(sql))
        return run_later(sql, many, as_arrays());
    TRY_DO(insert_one_by_one(sql, one));
    return {};
}

Result<void> RowsAtOnce::insert_later(SqlConnection& sql) const {
    return insert_later(sql, shape_->one_, shape_->many_);
}

Result<void> RowsAtOnce::insert_new_later(SqlConnection& sql) const {
    return insert_later(sql, shape_->one_new_, shape_->many_new_);
}

std::vector<Question> questions_about(const SqlConnection& sql, std::string_view question,
                                      std::span<const Uuid> ids,
                                      const std::function<void(const SqlRow&)>& each) {
    std::vector<Question> all;
    const auto take = [each](const SqlRow& row) {
        each(row);
        return true;
    };
    if (!is_server(sql)) {
        for (const auto& id : ids)
            all.push_back(
                {std::string(question), {{"partnership", home_partnership}, {"id", sql_value(id)}}, take});
        return all;
    }
    if (ids.empty())
        return all;
    auto array = begun_array(Kind::blob);
    for (const auto& id : ids)
        put_element(array, id.raw());
    // For each by itself (`offset 0`), so by its key: joined, or with `= any(...)`, it is asked of whatever
    // index a server without statistics thinks small.
    std::string text(question);
    assert(text.find(one_id) != std::string::npos);
    for (auto at = text.find(one_id); at != std::string::npos; at = text.find(one_id, at + each_id.size()))
        text.replace(at, one_id.size(), each_id);
    text = "select found.* from unnest(:id::bytea[]) as wanted(id) cross join lateral (" + text +
           " offset 0) as found";
    all.push_back(
        {std::move(text),
         {{"partnership", home_partnership}, {"id", Blob{with_count(std::move(array), ids.size())}}},
         take});
    return all;
}

Result<void> query_about(SqlConnection& sql, std::string_view question, std::span<const Uuid> ids,
                         const std::function<void(const SqlRow&)>& each) {
    const auto take = [&](const SqlRow& row) {
        each(row);
        return true;
    };
    if (!is_server(sql)) {
        for (const auto& id : ids)
            TRY_DO(sql.query(question, {{"partnership", home_partnership}, {"id", sql_value(id)}}, take));
        return {};
    }
    for (const auto& one : questions_about(sql, question, ids, each))
        TRY_DO(sql.query(one.sql, one.parameters, one.each));
    return {};
}

}  // namespace doorstep
