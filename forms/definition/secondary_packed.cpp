// Lists that stand inside the form, as bytes: columns as they are kept.
#include "forms/definition/secondary.h"

namespace doorstep {
namespace {

enum class Shape : std::uint8_t { table, tree };

}  // namespace

std::unique_ptr<SecondaryInstance> SecondaryInstance::unpack(Unpacker& archive) {
    Shape shape = Shape::table;
    archive(shape);
    std::unique_ptr<SecondaryInstance> list;
    if (shape == Shape::table)
        list = TableInstance::unpack(archive);
    else if (shape == Shape::tree)
        list = TreeInstance::unpack(archive);
    return archive.ok() && archive.at_end() ? std::move(list) : nullptr;
}

void TableInstance::pack_into(Packer& archive) const {
    archive(Shape::table, root_, item_, columns_);
    archive.number(pool_.size());
    for (std::uint32_t text = 0; text < pool_.size(); ++text)
        pack(archive, pool_[text]);
    archive(rows_, cells_);
}

std::unique_ptr<TableInstance> TableInstance::unpack(Unpacker& archive) {
    std::string root;
    std::string item;
    std::vector<std::string> columns;
    archive(root, item, columns);
    auto list = std::make_unique<TableInstance>(std::move(root), std::move(item), std::move(columns));
    const std::size_t texts = archive.count();
    for (std::size_t i = 0; i < texts && archive.ok(); ++i) {
        const std::string_view text = archive.raw(archive.count());
        if (list->pool_.add(text) != i)
            archive.fail();
    }
    archive(list->rows_, list->cells_);
    const std::uint64_t columns_wide = list->columns_.size();
    const bool whole = columns_wide == 0 ? list->cells_.empty()
                                         : list->cells_.size() % columns_wide == 0 &&
                                               list->cells_.size() / columns_wide == list->rows_;
    for (const std::uint32_t cell : list->cells_)
        if (cell >= list->pool_.size() && cell != absent_cell)
            archive.fail();
    return whole && archive.ok() ? std::move(list) : nullptr;
}

template<class Archive, Is<TreeInstance::Element> T>
void pack(Archive& archive, T& element) {
    // How they hang together follows from their parents and their order.
    auto& [name_space, name, prefix, text, attribute, parent, first_child, next, previous] = element;
    (void)first_child, (void)next, (void)previous;
    archive(name_space, name, prefix, text, attribute, parent);
}

void TreeInstance::pack_into(Packer& archive) const {
    archive(Shape::tree);
    archive(std::vector<Element>(elements_.begin() + 1, elements_.end()));
}

std::unique_ptr<TreeInstance> TreeInstance::unpack(Unpacker& archive) {
    std::vector<Element> elements;
    archive(elements);
    auto list = std::make_unique<TreeInstance>();
    constexpr std::uint32_t deepest = 200;
    std::vector<std::uint32_t> depth{0};
    for (Element& one : elements) {
        const std::uint32_t parent = one.parent;
        if (parent >= depth.size() || depth[parent] >= deepest || list->elements_[parent].attribute) {
            archive.fail();
            return nullptr;
        }
        depth.push_back(depth[parent] + 1);
        list->add(parent, std::move(one));
    }
    return list;
}

}  // namespace doorstep
