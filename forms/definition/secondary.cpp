#include "forms/definition/secondary.h"

#include <algorithm>

namespace doorstep {
std::size_t StringPool::slot_of(std::string_view text) const {
    std::size_t slot = std::hash<std::string_view>{}(text) & (slots_.size() - 1);
    while (slots_[slot] != free_slot && (*this)[slots_[slot]] != text)
        slot = (slot + 1) & (slots_.size() - 1);
    return slot;
}

std::uint32_t StringPool::add(std::string_view text) {
    // At most half full.
    if (slots_.size() < 2 * (ends_.size() + 1)) {
        slots_.assign(std::max<std::size_t>(16, 2 * slots_.size()), free_slot);
        for (std::uint32_t number = 0; number < ends_.size(); ++number)
            slots_[slot_of((*this)[number])] = number;
    }
    const std::size_t slot = slot_of(text);
    if (slots_[slot] == free_slot) {
        slots_[slot] = size();
        texts_ += text;
        ends_.push_back(texts_.size());
    }
    return slots_[slot];
}

std::optional<std::uint32_t> StringPool::find(std::string_view text) const {
    if (slots_.empty() || slots_[slot_of(text)] == free_slot)
        return std::nullopt;
    return slots_[slot_of(text)];
}

TableInstance::TableInstance(std::string root, std::string item, std::vector<std::string> columns)
    : root_(std::move(root)), item_(std::move(item)), columns_(std::move(columns)),
      stride_(columns_.size() + 1), text_indexes_(columns_.size()), number_indexes_(columns_.size()) {}

void TableInstance::add_row(const std::vector<std::optional<std::string_view>>& cells) {
    for (const auto& cell : cells)
        cells_.push_back(cell ? pool_.add(*cell) : absent_cell);
    ++rows_;
}

std::unique_ptr<TableInstance> TableInstance::of(const AttachmentRows& rows) {
    auto table = std::make_unique<TableInstance>(
        "root", "item", rows.rows.empty() ? std::vector<std::string>{} : rows.rows.front());
    std::vector<std::optional<std::string_view>> cells;
    for (std::size_t row = 1; row < rows.rows.size(); ++row) {
        cells.assign(table->columns_.size(), std::string_view());
        for (std::size_t column = 0; column < std::min(cells.size(), rows.rows[row].size()); ++column)
            cells[column] = rows.rows[row][column];
        table->add_row(cells);
    }
    return table;
}

xpath::NodeKind TableInstance::kind(std::uint64_t node) const {
    return node == 0 ? xpath::NodeKind::document : xpath::NodeKind::element;
}

xpath::Name TableInstance::name(std::uint64_t node) const {
    if (node == 0)
        return {};
    if (node == 1)
        return {.local = root_};
    const std::uint64_t part = (node - 2) % stride_;
    return {.local = part == 0 ? std::string_view(item_) : std::string_view(columns_[part - 1])};
}

std::optional<std::uint64_t> TableInstance::parent(std::uint64_t node) const {
    if (node == 0)
        return std::nullopt;
    if (node == 1)
        return 0;
    const std::uint64_t part = (node - 2) % stride_;
    return part == 0 ? 1 : node - part;
}

std::optional<std::uint64_t> TableInstance::cell_from(std::uint64_t row, std::size_t column) const {
    for (; column < columns_.size(); ++column)
        if (cells_[row * columns_.size() + column] != absent_cell)
            return row_node(row) + 1 + column;
    return std::nullopt;
}

std::optional<std::uint64_t> TableInstance::first_child(std::uint64_t node) const {
    if (node == 0)
        return 1;
    if (node == 1)
        return rows_ == 0 ? std::nullopt : std::optional<std::uint64_t>(row_node(0));
    if ((node - 2) % stride_ == 0)
        return cell_from((node - 2) / stride_, 0);
    return std::nullopt;
}

std::optional<std::uint64_t> TableInstance::next_sibling(std::uint64_t node) const {
    if (node < 2)
        return std::nullopt;
    const std::uint64_t row = (node - 2) / stride_;
    const std::uint64_t part = (node - 2) % stride_;
    if (part != 0)
        return cell_from(row, part);
    return row + 1 < rows_ ? std::optional<std::uint64_t>(row_node(row + 1)) : std::nullopt;
}

std::optional<std::uint64_t> TableInstance::previous_sibling(std::uint64_t node) const {
    if (node < 2)
        return std::nullopt;
    const std::uint64_t row = (node - 2) / stride_;
    std::uint64_t part = (node - 2) % stride_;
    if (part == 0)
        return row > 0 ? std::optional<std::uint64_t>(row_node(row - 1)) : std::nullopt;
    while (--part > 0)
        if (cells_[row * columns_.size() + part - 1] != absent_cell)
            return row_node(row) + part;
    return std::nullopt;
}

std::vector<std::uint64_t> TableInstance::attributes(std::uint64_t) const {
    return {};
}

std::string TableInstance::text(std::uint64_t node) const {
    if (node >= 2 && (node - 2) % stride_ != 0) {
        const std::uint64_t row = (node - 2) / stride_;
        const std::uint32_t cell = cells_[row * columns_.size() + (node - 2) % stride_ - 1];
        return std::string(cell == absent_cell ? std::string_view() : pool_[cell]);
    }
    std::string all;
    for (auto child = first_child(node); child; child = next_sibling(*child))
        all += text(*child);
    return all;
}

bool TableInstance::named_children(std::uint64_t parent, std::string_view name_space, std::string_view local,
                                   const std::function<void(std::uint64_t)>& visit) const {
    if (!name_space.empty())
        return true;
    if (parent == 0 && local == root_)
        visit(1);
    if (parent == 1 && local == item_)
        for (std::uint64_t row = 0; row < rows_; ++row)
            visit(row_node(row));
    if (parent < 2 || (parent - 2) % stride_ != 0)
        return true;
    const std::uint64_t row = (parent - 2) / stride_;
    for (std::size_t column = 0; column < columns_.size(); ++column)
        if (columns_[column] == local && cells_[row * columns_.size() + column] != absent_cell)
            visit(row_node(row) + 1 + column);
    return true;
}

TreeInstance::TreeInstance() : elements_(1), last_child_(1) {}

std::uint32_t TreeInstance::add(std::uint32_t parent, Element element) {
    const auto node = static_cast<std::uint32_t>(elements_.size());
    element.parent = parent;
    if (element.attribute) {
        attributes_[parent].push_back(node);
    } else {
        element.previous = last_child_[parent];
        (element.previous == 0 ? elements_[parent].first_child : elements_[element.previous].next) = node;
        last_child_[parent] = node;
    }
    elements_.push_back(std::move(element));
    last_child_.push_back(0);
    return node;
}

xpath::NodeKind TreeInstance::kind(std::uint64_t node) const {
    if (node == 0)
        return xpath::NodeKind::document;
    return elements_[node].attribute ? xpath::NodeKind::attribute : xpath::NodeKind::element;
}

xpath::Name TreeInstance::name(std::uint64_t node) const {
    const Element& element = elements_[node];
    return {element.name_space, element.name, element.prefix};
}

std::optional<std::uint64_t> TreeInstance::parent(std::uint64_t node) const {
    return node == 0 ? std::nullopt : std::optional<std::uint64_t>(elements_[node].parent);
}

namespace {

std::optional<std::uint64_t> unless_zero(std::uint32_t node) {
    return node == 0 ? std::nullopt : std::optional<std::uint64_t>(node);
}

}  // namespace

std::optional<std::uint64_t> TreeInstance::first_child(std::uint64_t node) const {
    return unless_zero(elements_[node].first_child);
}

std::optional<std::uint64_t> TreeInstance::next_sibling(std::uint64_t node) const {
    return unless_zero(elements_[node].next);
}

std::optional<std::uint64_t> TreeInstance::previous_sibling(std::uint64_t node) const {
    return unless_zero(elements_[node].previous);
}

std::vector<std::uint64_t> TreeInstance::attributes(std::uint64_t node) const {
    const auto at = attributes_.find(static_cast<std::uint32_t>(node));
    return at == attributes_.end() ? std::vector<std::uint64_t>{} : at->second;
}

std::string TreeInstance::text(std::uint64_t node) const {
    // The depth was limited when the XML was read.
    std::string all = elements_[node].text;
    for (auto child = first_child(node); child; child = next_sibling(*child))
        all += text(*child);
    return all;
}

}  // namespace doorstep
