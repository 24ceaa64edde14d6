#include "sync/store/rows_at_once.h"

#include <cassert>

#include "sync/store/run_later.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

using Kind = RowShape::Kind;

// An array as PostgreSQL takes it in binary: a head, then each element behind its length.
class BinaryArray {
public:
    BinaryArray(std::size_t count, Kind kind) {
        constexpr std::uint32_t dimensions = 1;
        constexpr std::uint32_t may_hold_null = 1;
        constexpr std::uint32_t first_place = 1;
        for (const auto one :
             {dimensions, may_hold_null, type_of(kind), static_cast<std::uint32_t>(count), first_place})
            put(one, sizeof one);
    }
    void add(const SqlValue& value) { std::visit(*this, value); }
    void operator()(const Null&) { put(0xffff'ffffU, 4); }
    void operator()(std::int64_t number) {
        put(sizeof number, 4);
        put(static_cast<std::uint64_t>(number), sizeof number);
    }
    void operator()(double) { assert(false); }  // no column of ours
    void operator()(const std::string& text) { bytes(text); }
    void operator()(const Blob& blob) { bytes(blob.bytes); }
    Blob taken() { return Blob{std::move(bytes_)}; }

private:
    // Numbers of types in PostgreSQL's own catalogue, which never change.
    static std::uint32_t type_of(Kind kind) {
        return kind == Kind::number ? 20U : kind == Kind::text ? 25U : 17U;
    }
    void bytes(std::string_view one) {
        put(one.size(), 4);
        bytes_ += one;
    }
    void put(std::uint64_t number, std::size_t size) {
        for (auto shift = 8 * size; shift > 0; shift -= 8)
            bytes_ += static_cast<char>((number >> (shift - 8)) & 0xffU);
    }

    std::string bytes_;
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

void RowsAtOnce::begin_row() {
    ++rows_;
    cells_.push_back({"partnership", home_partnership});
}

void RowsAtOnce::put(std::size_t column, SqlValue value) {
    assert(column < shape_->columns_.size());
    cells_.push_back({shape_->columns_[column].name, std::move(value)});
}

Result<std::int64_t> RowsAtOnce::insert_one_by_one(SqlConnection& sql, const std::string& statement) const {
    const auto width = shape_->columns_.size() + 1;
    assert(cells_.size() == rows_ * width);
    std::int64_t added = 0;
    for (std::size_t row = 0; row < rows_; ++row) {
        TRY(const auto one, sql.run(statement, std::span(cells_).subspan(row * width, width)));
        added += one;
    }
    return added;
}

std::vector<SqlParameter> RowsAtOnce::as_arrays() const {
    const auto width = shape_->columns_.size() + 1;
    assert(cells_.size() == rows_ * width);
    std::vector<SqlParameter> parameters{{"partnership", home_partnership}};
    for (std::size_t column = 1; column < width; ++column) {
        BinaryArray array(rows_, shape_->columns_[column - 1].kind);
        for (std::size_t row = 0; row < rows_; ++row)
            array.add(cells_[row * width + column].value);
        auto& parameter = parameters.emplace_back();
        parameter.name = shape_->columns_[column - 1].name;
        parameter.value = array.taken();
    }
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
    BinaryArray array(ids.size(), Kind::blob);
    for (const auto& id : ids)
        array.add(sql_value(id));
    // For each by itself (`offset 0`), so by its key: joined, or with `= any(...)`, it is asked of whatever
    // index a server without statistics thinks small.
    std::string text(question);
    assert(text.find(one_id) != std::string::npos);
    for (auto at = text.find(one_id); at != std::string::npos; at = text.find(one_id, at + each_id.size()))
        text.replace(at, one_id.size(), each_id);
    text = "select found.* from unnest(:id::bytea[]) as wanted(id) cross join lateral (" + text +
           " offset 0) as found";
    all.push_back({std::move(text), {{"partnership", home_partnership}, {"id", array.taken()}}, take});
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
