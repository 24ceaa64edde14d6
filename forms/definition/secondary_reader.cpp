// Secondary instances: inside the form, or files beside it.
#include <fmt/format.h>

#include <algorithm>

#include "forms/definition/loading.h"

namespace doorstep {
namespace {

bool plain(xml::Element element) {
    return xml::attributes(element).empty() && xml::prefix(element).empty();
}

// root / item* / column*, nothing deeper, no attributes, no column twice in a row.
std::unique_ptr<SecondaryInstance> as_table(xml::Element root) {
    const auto items = xml::children(root);
    if (items.empty() || !plain(root))
        return nullptr;
    std::vector<std::string> columns;
    std::unordered_map<std::string, std::size_t> numbers;
    for (const xml::Element item : items) {
        if (!plain(item) || xml::name(item) != xml::name(items.front()))
            return nullptr;
        std::size_t last = 0;
        for (const xml::Element cell : xml::children(item)) {
            const auto [at, fresh] = numbers.try_emplace(std::string(xml::name(cell)), columns.size());
            if (fresh)
                columns.emplace_back(xml::name(cell));
            // Columns stand in one order, so that document order is column order.
            if (at->second + 1 <= last || !plain(cell) || !xml::children(cell).empty())
                return nullptr;
            last = at->second + 1;
        }
    }
    // Few rows and very many columns would make a table of holes.
    if (columns.size() > 1000)
        return nullptr;
    auto table = std::make_unique<TableInstance>(std::string(xml::name(root)),
                                                 std::string(xml::name(items.front())), columns);
    for (const xml::Element item : items) {
        std::vector<std::string> texts(columns.size());
        std::vector<std::optional<std::string_view>> cells(columns.size());
        for (const xml::Element cell : xml::children(item)) {
            const std::size_t column = numbers.at(std::string(xml::name(cell)));
            texts[column] = xml::text(cell);
            cells[column] = texts[column];
        }
        table->add_row(cells);
    }
    return table;
}

void add_tree(TreeInstance& tree, std::uint32_t parent, xml::Element element) {
    const std::string_view prefix = xml::prefix(element);
    const bool leaf = xml::children(element).empty();
    const std::uint32_t node =
        tree.add(parent, {.name_space = std::string(prefix.empty() ? "" : xml::name_space(element)),
                          .name = std::string(xml::name(element)),
                          .prefix = std::string(prefix),
                          .text = leaf ? xml::text(element) : std::string()});
    for (const xml::Attribute& one : xml::attributes(element))
        tree.add(node, {.name_space = one.name_space,
                        .name = one.name,
                        .prefix = one.prefix,
                        .text = one.value,
                        .attribute = true});
    for (const xml::Element child : xml::children(element))
        add_tree(tree, node, child);
}

std::unique_ptr<SecondaryInstance> any_shape(xml::Element root) {
    if (auto table = as_table(root))
        return table;
    auto tree = std::make_unique<TreeInstance>();
    add_tree(*tree, 0, root);
    return tree;
}

std::unique_ptr<SecondaryInstance> read_one(Loading& loading, xml::Element element, const std::string& id) {
    const std::string source = xml::attribute(element, "src");
    const auto roots = xml::children(element);
    if (source == "jr://instance/last-saved") {
        // No earlier record is kept on a tablet: all of it reads as blank.
        auto tree = std::make_unique<TreeInstance>();
        tree->add(0, {.name = loading.content.templates.front().name});
        return tree;
    }
    if (!source.empty()) {
        auto rows = loading.attachments ? loading.attachments(source)
                                        : Result<AttachmentRows>(Error{Fault::not_found,
                                                                       "There are no files "
                                                                       "beside this form.",
                                                                       ""});
        if (!rows) {
            loading.error("instance:" + id, "src", "missing-attachment",
                          fmt::format("this reads a file {}. {}", source.substr(source.rfind('/') + 1),
                                      rows.error().what),
                          rows.error().mend);
            return nullptr;
        }
        auto list = outside_list(*rows);
        if (!list) {
            loading.error("instance:" + id, "src", "bad-attachment",
                          fmt::format("the list \"{}\" comes from {}: {}", id, source, list.error().what),
                          list.error().mend);
            return nullptr;
        }
        (*list)->source = source;
        return std::move(*list);
    }
    return roots.empty() ? TableInstance::of({}) : any_shape(roots.front());
}

}  // namespace

Result<std::unique_ptr<SecondaryInstance>> outside_list(const AttachmentRows& list) {
    if (list.xml.empty())
        return std::unique_ptr<SecondaryInstance>(TableInstance::of(list));
    TRY(const xml::Document document, xml::read(list.xml));
    return any_shape(xml::root(document));
}

void read_secondary(Loading& loading, xml::Element model) {
    const auto instances = xml::children(model, "instance");
    for (std::size_t i = 1; i < instances.size(); ++i) {
        const std::string id = xml::attribute(instances[i], "id");
        if (id.empty() || loading.content.secondary_by_id.contains(id)) {
            loading.error("instance:" + id, "id", "instance-id",
                          id.empty() ? "a secondary instance has no id."
                                     : fmt::format("two secondary instances have the id \"{}\".", id));
            continue;
        }
        if (auto made = read_one(loading, instances[i], id)) {
            loading.content.secondary_by_id.emplace(
                id, static_cast<std::uint32_t>(loading.content.secondary.size()));
            loading.content.secondary.push_back(std::move(made));
        }
    }
}

}  // namespace doorstep
