// Indexes over the columns of a table, each built by whoever first asks for it.
#include <algorithm>
#include <cmath>

#include "forms/definition/secondary.h"
#include "forms/xpath/dates.h"
#include "forms/xpath/value.h"

namespace doorstep {

std::optional<std::size_t> TableInstance::column_of(std::uint64_t parent, std::string_view element,
                                                    std::string_view column) const {
    const auto named = std::find(columns_.begin(), columns_.end(), column);
    if (parent != 1 || element != item_ || named == columns_.end())
        return std::nullopt;
    return static_cast<std::size_t>(named - columns_.begin());
}

// Counting sort by text, so that a million rows are two passes and two vectors.
const TableInstance::TextIndex& TableInstance::text_index(std::size_t column) const {
    const std::lock_guard lock(building_);
    auto& index = text_indexes_[column];
    if (index)
        return *index;
    index = std::make_unique<TextIndex>();
    index->first.assign(pool_.size() + 2, 0);
    std::uint32_t known = 0;
    for (std::uint64_t row = 0; row < rows_; ++row)
        if (const std::uint32_t text = cell(row, column); text != absent_cell) {
            ++index->first[text + 2];
            ++known;
        }
    for (std::size_t text = 1; text < index->first.size(); ++text)
        index->first[text] += index->first[text - 1];
    index->rows.resize(known);
    for (std::uint64_t row = 0; row < rows_; ++row)
        if (const std::uint32_t text = cell(row, column); text != absent_cell)
            index->rows[index->first[text + 1]++] = static_cast<std::uint32_t>(row);
    index->first.pop_back();
    return *index;
}

const TableInstance::NumberIndex& TableInstance::number_index(std::size_t column) const {
    const std::lock_guard lock(building_);
    auto& index = number_indexes_[column];
    if (index)
        return *index;
    index = std::make_unique<NumberIndex>();
    for (std::uint64_t row = 0; row < rows_ && !index->holds_dates; ++row) {
        const std::uint32_t text = cell(row, column);
        if (text == absent_cell)
            continue;
        const double number = xpath::text_number(pool_[text]);
        if (!std::isnan(number))
            index->rows.emplace_back(number, static_cast<std::uint32_t>(row));
        else
            index->holds_dates = xpath::parse_date(pool_[text], {}).has_value();
    }
    if (index->holds_dates)
        index->rows.clear();
    std::sort(index->rows.begin(), index->rows.end());
    return *index;
}

std::optional<std::vector<std::uint64_t>> TableInstance::look_up(std::uint64_t parent,
                                                                 std::string_view element,
                                                                 std::string_view column,
                                                                 std::string_view value) const {
    const auto at = column_of(parent, element, column);
    if (!at)
        return std::nullopt;
    std::vector<std::uint64_t> found;
    const auto text = pool_.find(value);
    if (!text)
        return found;
    const TextIndex& index = text_index(*at);
    for (std::uint32_t i = index.first[*text]; i < index.first[*text + 1]; ++i)
        found.push_back(row_node(index.rows[i]));
    return found;
}

std::optional<std::vector<std::uint64_t>>
TableInstance::look_up_numbers(std::uint64_t parent, std::string_view element, std::string_view column,
                               const xpath::NumberRange& range) const {
    const auto at = column_of(parent, element, column);
    if (!at)
        return std::nullopt;
    const NumberIndex& index = number_index(*at);
    if (index.holds_dates)
        return std::nullopt;
    const auto below = [&](const auto& row) {
        return row.first < range.least || (row.first == range.least && !range.least_closed);
    };
    const auto within = [&](const auto& row) {
        return row.first < range.most || (row.first == range.most && range.most_closed);
    };
    const auto from = std::partition_point(index.rows.begin(), index.rows.end(), below);
    const auto to = std::partition_point(from, index.rows.end(), within);
    std::vector<std::uint64_t> found;
    found.reserve(static_cast<std::size_t>(to - from));
    for (auto row = from; row != to; ++row)
        found.push_back(row_node(row->second));
    std::sort(found.begin(), found.end());  // in the order of the list
    return found;
}

}  // namespace doorstep
