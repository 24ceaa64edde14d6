// Lists beside the answers: choices, wards, prices.  A table keeps columns of
// string numbers and builds a hash index per column on first use; anything that
// is no table is a flat tree.  Never a DOM.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "forms/base/packing.h"
#include "forms/definition/definition.h"
#include "forms/xpath/tree.h"

namespace doorstep {

// Texts one behind the other, each once, and a table of their numbers.
class StringPool {
public:
    std::uint32_t add(std::string_view text);
    std::optional<std::uint32_t> find(std::string_view text) const;
    std::string_view operator[](std::uint32_t number) const {
        const std::size_t from = number == 0 ? 0 : ends_[number - 1];
        return std::string_view(texts_).substr(from, ends_[number] - from);
    }
    std::uint32_t size() const { return static_cast<std::uint32_t>(ends_.size()); }

private:
    static constexpr std::uint32_t free_slot = 0xffffffff;
    std::size_t slot_of(std::string_view text) const;

    std::string texts_;
    std::vector<std::size_t> ends_;
    std::vector<std::uint32_t> slots_;  // as many as a power of two
};

// Node numbers: 0 is the document, 1 the root element; the rest is each kind's own.
class SecondaryInstance {
public:
    virtual ~SecondaryInstance() = default;

    std::string source;  // the file it was read from; blank: it stands inside the form

    virtual void pack_into(Packer& archive) const = 0;
    static std::unique_ptr<SecondaryInstance> unpack(Unpacker& archive);  // or null

    virtual xpath::NodeKind kind(std::uint64_t node) const = 0;
    virtual xpath::Name name(std::uint64_t node) const = 0;
    virtual std::optional<std::uint64_t> parent(std::uint64_t node) const = 0;
    virtual std::optional<std::uint64_t> first_child(std::uint64_t node) const = 0;
    virtual std::optional<std::uint64_t> next_sibling(std::uint64_t node) const = 0;
    virtual std::optional<std::uint64_t> previous_sibling(std::uint64_t node) const = 0;
    virtual std::vector<std::uint64_t> attributes(std::uint64_t node) const = 0;
    virtual std::string text(std::uint64_t node) const = 0;
    // Child elements of that name, or false when every child must be looked at.
    virtual bool named_children(std::uint64_t parent, std::string_view name_space, std::string_view local,
                                const std::function<void(std::uint64_t)>& visit) const {
        (void)parent, (void)name_space, (void)local, (void)visit;
        return false;
    }
    virtual std::optional<std::vector<std::uint64_t>> look_up(std::uint64_t parent, std::string_view element,
                                                              std::string_view column,
                                                              std::string_view value) const {
        (void)parent, (void)element, (void)column, (void)value;
        return std::nullopt;
    }
    // Nothing for a column that holds dates: what number a date is depends on the zone.
    virtual std::optional<std::vector<std::uint64_t>> look_up_numbers(std::uint64_t parent,
                                                                      std::string_view element,
                                                                      std::string_view column,
                                                                      const xpath::NumberRange& range) const {
        (void)parent, (void)element, (void)column, (void)range;
        return std::nullopt;
    }
};

inline constexpr std::uint32_t absent_cell = 0xffffffff;

// root / item x rows / column x columns.
class TableInstance final : public SecondaryInstance {
public:
    TableInstance(std::string root, std::string item, std::vector<std::string> columns);
    // A cell that is not there (nullopt) is no node; `cells` is as long as the columns.
    void add_row(const std::vector<std::optional<std::string_view>>& cells);
    static std::unique_ptr<TableInstance> of(const AttachmentRows& rows);
    void pack_into(Packer& archive) const override;
    static std::unique_ptr<TableInstance> unpack(Unpacker& archive);

    xpath::NodeKind kind(std::uint64_t node) const override;
    xpath::Name name(std::uint64_t node) const override;
    std::optional<std::uint64_t> parent(std::uint64_t node) const override;
    std::optional<std::uint64_t> first_child(std::uint64_t node) const override;
    std::optional<std::uint64_t> next_sibling(std::uint64_t node) const override;
    std::optional<std::uint64_t> previous_sibling(std::uint64_t node) const override;
    std::vector<std::uint64_t> attributes(std::uint64_t node) const override;
    std::string text(std::uint64_t node) const override;
    bool named_children(std::uint64_t parent, std::string_view name_space, std::string_view local,
                        const std::function<void(std::uint64_t)>& visit) const override;
    std::optional<std::vector<std::uint64_t>> look_up(std::uint64_t parent, std::string_view element,
                                                      std::string_view column,
                                                      std::string_view value) const override;
    std::optional<std::vector<std::uint64_t>> look_up_numbers(std::uint64_t parent, std::string_view element,
                                                              std::string_view column,
                                                              const xpath::NumberRange& range) const override;

private:
    // The rows of one text stand together: rows[first[text]] to rows[first[text + 1]].
    struct TextIndex {
        std::vector<std::uint32_t> first, rows;
    };
    struct NumberIndex {
        bool holds_dates = false;
        std::vector<std::pair<double, std::uint32_t>> rows;  // what is no number is left out
    };

    std::uint64_t row_node(std::uint64_t row) const { return 2 + row * stride_; }
    std::optional<std::uint64_t> cell_from(std::uint64_t row, std::size_t column) const;
    std::optional<std::size_t> column_of(std::uint64_t parent, std::string_view element,
                                         std::string_view column) const;
    std::uint32_t cell(std::uint64_t row, std::size_t column) const {
        return cells_[row * columns_.size() + column];
    }
    const TextIndex& text_index(std::size_t column) const;
    const NumberIndex& number_index(std::size_t column) const;

    std::string root_, item_;
    std::vector<std::string> columns_;
    std::uint64_t stride_;
    StringPool pool_;
    std::vector<std::uint32_t> cells_;  // row by row; `absent` for none
    std::uint64_t rows_ = 0;
    // Sessions of several threads share a definition; whoever asks first builds.
    mutable std::mutex building_;
    mutable std::vector<std::unique_ptr<TextIndex>> text_indexes_;
    mutable std::vector<std::unique_ptr<NumberIndex>> number_indexes_;
};

// Any other shape, in document order.
class TreeInstance final : public SecondaryInstance {
public:
    struct Element {
        std::string name_space, name, prefix, text;
        bool attribute = false;
        std::uint32_t parent = 0, first_child = 0, next = 0, previous = 0;  // 0: none
    };
    TreeInstance();
    std::uint32_t add(std::uint32_t parent, Element element);
    void pack_into(Packer& archive) const override;
    static std::unique_ptr<TreeInstance> unpack(Unpacker& archive);

    xpath::NodeKind kind(std::uint64_t node) const override;
    xpath::Name name(std::uint64_t node) const override;
    std::optional<std::uint64_t> parent(std::uint64_t node) const override;
    std::optional<std::uint64_t> first_child(std::uint64_t node) const override;
    std::optional<std::uint64_t> next_sibling(std::uint64_t node) const override;
    std::optional<std::uint64_t> previous_sibling(std::uint64_t node) const override;
    std::vector<std::uint64_t> attributes(std::uint64_t node) const override;
    std::string text(std::uint64_t node) const override;

private:
    std::vector<Element> elements_;
    std::vector<std::uint32_t> last_child_;
    std::unordered_map<std::uint32_t, std::vector<std::uint64_t>> attributes_;
};

}  // namespace doorstep
