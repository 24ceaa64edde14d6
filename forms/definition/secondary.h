// Lists beside the answers: choices, wards, prices.  A table keeps columns of
// string numbers and builds a hash index per column on first use; anything that
// is no table is a flat tree.  Never a DOM.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "forms/definition/definition.h"
#include "forms/xpath/tree.h"

namespace doorstep {

class StringPool {
public:
    std::uint32_t add(std::string_view text);
    std::optional<std::uint32_t> find(std::string_view text) const;
    const std::string& operator[](std::uint32_t number) const { return *texts_[number]; }

private:
    std::unordered_map<std::string, std::uint32_t> numbers_;
    std::vector<const std::string*> texts_;
};

// Node numbers: 0 is the document, 1 the root element; the rest is each kind's own.
class SecondaryInstance {
public:
    virtual ~SecondaryInstance() = default;

    virtual xpath::NodeKind kind(std::uint64_t node) const = 0;
    virtual xpath::Name name(std::uint64_t node) const = 0;
    virtual std::optional<std::uint64_t> parent(std::uint64_t node) const = 0;
    virtual std::optional<std::uint64_t> first_child(std::uint64_t node) const = 0;
    virtual std::optional<std::uint64_t> next_sibling(std::uint64_t node) const = 0;
    virtual std::optional<std::uint64_t> previous_sibling(std::uint64_t node) const = 0;
    virtual std::vector<std::uint64_t> attributes(std::uint64_t node) const = 0;
    virtual std::string text(std::uint64_t node) const = 0;
    virtual std::optional<std::vector<std::uint64_t>> look_up(std::uint64_t parent, std::string_view element,
                                                              std::string_view column,
                                                              std::string_view value) const {
        (void)parent, (void)element, (void)column, (void)value;
        return std::nullopt;
    }
};

// root / item x rows / column x columns.
class TableInstance final : public SecondaryInstance {
public:
    TableInstance(std::string root, std::string item, std::vector<std::string> columns);
    // A cell that is not there (nullopt) is no node; `cells` is as long as the columns.
    void add_row(const std::vector<std::optional<std::string_view>>& cells);
    static std::unique_ptr<TableInstance> of(const AttachmentRows& rows);

    xpath::NodeKind kind(std::uint64_t node) const override;
    xpath::Name name(std::uint64_t node) const override;
    std::optional<std::uint64_t> parent(std::uint64_t node) const override;
    std::optional<std::uint64_t> first_child(std::uint64_t node) const override;
    std::optional<std::uint64_t> next_sibling(std::uint64_t node) const override;
    std::optional<std::uint64_t> previous_sibling(std::uint64_t node) const override;
    std::vector<std::uint64_t> attributes(std::uint64_t node) const override;
    std::string text(std::uint64_t node) const override;
    std::optional<std::vector<std::uint64_t>> look_up(std::uint64_t parent, std::string_view element,
                                                      std::string_view column,
                                                      std::string_view value) const override;

private:
    using Index = std::unordered_map<std::uint32_t, std::vector<std::uint32_t>>;  // text -> rows

    std::uint64_t row_node(std::uint64_t row) const { return 2 + row * stride_; }
    std::optional<std::uint64_t> cell_from(std::uint64_t row, std::size_t column) const;
    const Index& index(std::size_t column) const;

    std::string root_, item_;
    std::vector<std::string> columns_;
    std::uint64_t stride_;
    StringPool pool_;
    std::vector<std::uint32_t> cells_;  // row by row; `absent` for none
    std::uint64_t rows_ = 0;
    // Sessions of several threads share a definition; whoever asks first builds.
    mutable std::mutex building_;
    mutable std::vector<std::unique_ptr<Index>> indexes_;
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
