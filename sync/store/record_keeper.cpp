#include "sync/store/record_keeper.h"

#include <fmt/format.h>

#include <algorithm>

#include "sync/store/schema.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr std::string_view header_table = "operation";

int newest_schema() {
    return schema_history().back().version;
}

}  // namespace

Result<void> RecordKeeper::prepare() {
    for (const KeptTable& table : kept_tables()) {
        std::vector<std::string> names;
        TRY_DO(sql_.query(fmt::format("pragma main.table_info({})", table.name), {}, [&](const SqlRow& row) {
            names.push_back(row.text(1));
            return true;
        }));
        by_name_.emplace(table.name, table.number);
        Columns& columns = columns_[table.number];
        columns.count = static_cast<int>(names.size());
        columns.select =
            fmt::format("select {} from main.{} where rowid = :rowid", fmt::join(names, ", "), table.name);
        if (!table.operation.empty())
            columns.operation =
                fmt::format("select {} from main.{} where rowid = :rowid", table.operation, table.name);
    }
    return {};
}

void RecordKeeper::loaded(std::int64_t number, std::int64_t revision, std::span<const RowPlace> rows) {
    map_.put(number, revision, rows);
    next_number_ = new_number_ = std::max(next_number_, number + 1);
}

void RecordKeeper::changed(std::string_view table, std::int64_t rowid) {
    if (const auto found = by_name_.find(table); found != by_name_.end())
        changes_.insert({found->second, rowid});
}

void RecordKeeper::committed() {
    for (const Written& one : written_)
        if (one.revision == 0)
            map_.remove(one.number);
        else
            map_.put(one.number, one.revision, one.rows);
    next_number_ = new_number_;
    rolled_back();
}

void RecordKeeper::rolled_back() {
    changes_.clear();
    homes_.clear();
    moved_.clear();
    new_records_.clear();
    written_.clear();
    new_number_ = next_number_;
}

// The record of the operation's header; a new one for what comes without.
Result<std::int64_t> RecordKeeper::home_of_operation(const RowPlace& row, const SqlValue& operation) {
    const auto* id = std::get_if<Blob>(&operation);
    const std::int64_t now = map_.record_of(row);
    const std::uint8_t header = by_name_.find(header_table)->second;
    if (!id || (row.table == header && now != 0))
        return now != 0 ? now : new_number_++;
    if (const auto found = new_records_.find(id->bytes); found != new_records_.end())
        return found->second;
    std::int64_t home = 0;
    if (row.table != header)
        TRY_DO(sql_.query("select rowid from main.operation where partnership = :partnership and "
                          "operation_id = :id",
                          {{"partnership", home_partnership}, {"id", operation}}, [&](const SqlRow& found) {
                              home = map_.record_of({header, found.integer(0)});
                              return false;
                          }));
    if (home == 0)
        home = new_records_[id->bytes] = now != 0 ? now : new_number_++;
    return home;
}

// 0: nothing is there and nothing was.
Result<std::int64_t> RecordKeeper::home_of(const RowPlace& row) {
    const Columns& columns = columns_[row.table];
    std::int64_t home = map_.record_of(row);
    if (columns.operation.empty())
        return home != 0 ? home : new_number_++;
    std::optional<SqlValue> operation;
    TRY_DO(sql_.query(columns.operation, {{"rowid", row.rowid}}, [&](const SqlRow& found) {
        operation = found.value(0);
        return false;
    }));
    return operation ? home_of_operation(row, *operation) : home;
}

// A rowid that was given to a row of another operation brings the record of its old one
// along, which is written too.
Result<void> RecordKeeper::find_homes() {
    for (const RowPlace& row : changes_) {
        const std::int64_t before = map_.record_of(row);
        TRY(const std::int64_t home, home_of(row));
        if (home == 0)
            continue;
        homes_[home].insert(row);
        if (before != 0 && before != home) {
            homes_[before];
            moved_.insert(row);
        }
    }
    return {};
}

Result<std::optional<RowText>> RecordKeeper::row_in_memory(const RowPlace& row) {
    const Columns& columns = columns_[row.table];
    std::optional<RowText> found;
    TRY_DO(sql_.query(columns.select, {{"rowid", row.rowid}}, [&](const SqlRow& one) {
        found = RowText{row.table, {}};
        for (int i = 0; i < columns.count; ++i)
            found->values.push_back(one.value(i));
        return false;
    }));
    return found;
}

Result<void> RecordKeeper::seal_record(std::int64_t number, const std::set<RowPlace>& added) {
    std::vector<RowPlace> places = map_.rows_of(number);
    std::erase_if(places, [&](const RowPlace& row) { return moved_.contains(row) || added.contains(row); });
    places.insert(places.end(), added.begin(), added.end());
    std::sort(places.begin(), places.end());
    Written written{number, 0, {}};
    std::vector<RowText> rows;
    for (const RowPlace& place : places) {
        TRY(auto row, row_in_memory(place));
        if (!row)
            continue;
        rows.push_back(std::move(*row));
        written.rows.push_back(place);
    }
    const std::int64_t before = map_.revision_of(number);
    if (!rows.empty()) {
        written.revision = before + 1;
        TRY_DO(write(number, written.revision, encode_record(rows)));
    } else if (before != 0) {
        TRY_DO(sql_.run("delete from disk.sealed_row where number = :number", {{"number", number}}));
    }
    if (before != 0 || written.revision != 0)
        written_.push_back(std::move(written));
    return {};
}

Result<void> RecordKeeper::write(std::int64_t number, std::int64_t revision, std::string_view text) {
    const auto sealed = keys_.seal(row_identity(number, revision, newest_schema()), text);
    TRY_DO(sql_.run("insert into disk.sealed_row(number, compartment, generation, revision, schema_version, "
                    "sealed) values(:number, 0, :generation, :revision, :schema, :sealed) "
                    "on conflict(number) do update set generation = excluded.generation, "
                    "revision = excluded.revision, schema_version = excluded.schema_version, "
                    "sealed = excluded.sealed",
                    {{"number", number},
                     {"generation", std::int64_t{keys_.newest()}},
                     {"revision", revision},
                     {"schema", std::int64_t{newest_schema()}},
                     {"sealed", Blob{sealed}}}));
    return {};
}

Result<void> RecordKeeper::seal_changes() {
    TRY_DO(find_homes());
    for (const auto& [number, added] : homes_)
        TRY_DO(seal_record(number, added));
    return {};
}

}  // namespace doorstep
