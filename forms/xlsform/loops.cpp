#include "forms/xlsform/loops.h"

#include <fmt/format.h>

namespace doorstep::xlsform {
namespace {

// A short sheet must not become an endless form.
constexpr std::size_t most_looped_items = 50'000;

void replace_all(std::string& text, std::string_view what, const std::string& by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

// What "%(label)s" stands for in a language.
std::string said_in(const Choice& choice, const std::string& language) {
    const Wording* label = choice.row.wording("label");
    if (label == nullptr)
        return choice.name;
    for (const auto& [spoken, written] : *label)
        if (spoken == language)
            return written.text;
    return label->front().second.text;
}

void fill_in(Item& item, const Choice& choice) {
    for (auto& [kind, wording] : item.row.wordings)
        for (auto& [language, written] : wording) {
            replace_all(written.text, "%(label)s", said_in(choice, language));
            replace_all(written.text, "%(name)s", choice.name);
        }
    for (auto& [column, written] : item.row.cells) {
        replace_all(written.text, "%(label)s", said_in(choice, ""));
        replace_all(written.text, "%(name)s", choice.name);
    }
}

std::unique_ptr<Item> copy(const Item& item, const Choice& choice, Item* parent) {
    auto made = std::make_unique<Item>();
    made->kind = item.kind;
    made->type = item.type;
    made->row = item.row;
    made->name = item.name;
    made->parent = parent;
    made->list = item.list;
    made->file = item.file;
    made->from_item = item.from_item;
    made->or_other = item.or_other;
    made->sensitive = item.sensitive;
    fill_in(*made, choice);
    for (const auto& child : item.children)
        made->children.push_back(copy(*child, choice, made.get()));
    return made;
}

std::unique_ptr<Item> group_for(const Item& loop, const Choice& choice, Item* parent) {
    auto group = std::make_unique<Item>();
    group->kind = Kind::group;
    group->type = read_type("begin group")->type;
    group->name = choice.name;
    group->parent = parent;
    group->row.number = loop.row.number;
    group->row.place = loop.row.place;
    group->row.cells["type"] = *loop.row.cell("type");
    if (const Wording* label = choice.row.wording("label"))
        group->row.wordings["label"] = *label;
    for (const auto& child : loop.children)
        group->children.push_back(copy(*child, choice, group.get()));
    return group;
}

std::size_t count_items(const Item& item) {
    std::size_t count = 0;
    each_item(item, [&](const Item&) { ++count; });
    return count;
}

void spell_out(Item& loop, Form& form) {
    const ChoiceList* list = form.list(loop.list);
    if (list == nullptr)
        return;
    if (count_items(loop) * list->choices.size() > most_looped_items) {
        form.error("too-large", *loop.row.cell("type"),
                   fmt::format("the loop would make more than {} questions.", most_looped_items), "",
                   "use a repeat instead.");
        return;
    }
    std::vector<std::unique_ptr<Item>> groups;
    for (const Choice& choice : list->choices) {
        if (!is_xml_name(choice.name)) {
            form.error(
                "bad-name", *choice.row.cell("name"),
                fmt::format("\"{}\" cannot be the name of a group, and the loop in row {} makes one of it.",
                            choice.name, loop.row.number),
                "", "give the choice a name of letters, digits and _.");
            continue;
        }
        groups.push_back(group_for(loop, choice, &loop));
    }
    loop.children = std::move(groups);
}

void spell_out_below(Item& group, Form& form) {
    for (const auto& child : group.children)
        if (child->is_group())
            spell_out_below(*child, form);
    if (group.type.control == Control::loop)
        spell_out(group, form);
}

}  // namespace

void spell_out_loops(Form& form) {
    spell_out_below(form.root, form);
}

}  // namespace doorstep::xlsform
