#include "sync/store/record_map.h"

#include <cassert>
#include <limits>

namespace doorstep {

namespace {

constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();

// Of a row in its table's list: 0 is no row.
std::size_t place_of(const RowPlace& row) {
    return static_cast<std::size_t>(row.rowid) + 1;
}
RowPlace row_in(std::uint8_t table, std::uint32_t place) {
    return {table, std::int64_t{place} - 1};
}

}  // namespace

RecordMap::Row& RecordMap::row_at(const RowPlace& row) {
    assert(row.table <= kept_number_max && row.rowid >= 0 && row.rowid < most - 1);
    auto& table = rows_[row.table];
    const auto at = place_of(row);
    if (at >= table.size())
        table.resize(at + 1);
    return table[at];
}

std::int64_t RecordMap::record_of(const RowPlace& row) const {
    const auto& table = rows_[row.table];
    return row.rowid >= 0 && place_of(row) < table.size() ? table[place_of(row)].record : 0;
}

std::int64_t RecordMap::revision_of(std::int64_t record) const {
    const auto at = static_cast<std::size_t>(record);
    return record > 0 && at < records_.size() ? records_[at].revision : 0;
}

std::vector<RowPlace> RecordMap::rows_of(std::int64_t record) const {
    std::vector<RowPlace> rows;
    if (revision_of(record) == 0)
        return rows;
    for (Link link = records_[static_cast<std::size_t>(record)].first; link.at != 0;
         link = rows_[link.table][link.at].next)
        rows.push_back(row_in(link.table, link.at));
    return rows;
}

void RecordMap::unlink(const RowPlace& row) {
    Row& found = row_at(row);
    if (found.record == 0)
        return;
    Link* way = &records_[found.record].first;
    while (way->at != place_of(row) || way->table != row.table)
        way = &rows_[way->table][way->at].next;
    *way = found.next;
    found = {};
}

void RecordMap::remove(std::int64_t record) {
    for (const RowPlace& row : rows_of(record))
        unlink(row);
    if (revision_of(record) != 0)
        records_[static_cast<std::size_t>(record)] = {};
}

void RecordMap::put(std::int64_t record, std::int64_t revision, std::span<const RowPlace> rows) {
    assert(record > 0 && record < most && revision > 0 && revision < most);
    remove(record);
    const auto at = static_cast<std::size_t>(record);
    if (at >= records_.size())
        records_.resize(at + 1);
    records_[at].revision = static_cast<std::uint32_t>(revision);
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
        unlink(*row);
        Row& place = row_at(*row);
        place = {static_cast<std::uint32_t>(record), records_[at].first};
        records_[at].first = {static_cast<std::uint32_t>(place_of(*row)), row->table};
    }
}

}  // namespace doorstep
