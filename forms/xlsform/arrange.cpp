#include "forms/xlsform/arrange.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "forms/xlsform/loops.h"
#include "forms/xlsform/parameters.h"

namespace doorstep::xlsform {
namespace {

Item generated(const Item& beside, std::string name, std::string_view type) {
    Item item;
    item.type = read_type(type)->type;
    item.name = std::move(name);
    item.parent = beside.parent;
    item.row.number = beside.row.number;
    item.row.place = beside.row.place;
    return item;
}

void set_cell(Item& item, const std::string& column, std::string text, const Place& place) {
    item.row.cells[column] = {std::move(text), place};
}

// "select_one list or_other": one more choice, and a text question for it.
std::unique_ptr<Item> other_question(const Item& select) {
    auto item = std::make_unique<Item>(generated(select, select.name + "_other", "text"));
    const Place& place = select.row.cell("type")->place;
    set_cell(*item, "type", "text", place);
    set_cell(*item, "relevant", fmt::format("selected(../{}, 'other')", select.name), place);
    item->row.wordings["label"].emplace_back("", Written{"Specify other.", place});
    return item;
}

void add_other_choice(ChoiceList& list) {
    if (std::any_of(list.choices.begin(), list.choices.end(),
                    [](const Choice& choice) { return choice.name == "other"; }))
        return;
    Wording label;
    for (const Choice& choice : list.choices)
        if (const Wording* said = choice.row.wording("label"))
            for (const auto& [language, written] : *said)
                if (std::none_of(label.begin(), label.end(),
                                 [&wanted = language](const auto& one) { return one.first == wanted; }))
                    label.emplace_back(language, Written{"Other", written.place});
    if (label.empty())
        label.emplace_back("", Written{"Other", Place{}});
    Choice other;
    other.name = "other";
    other.row.wordings["label"] = std::move(label);
    list.choices.push_back(std::move(other));
}

bool is_single_reference(const std::string& text) {
    return text.starts_with("${") && text.find('}') == text.size() - 1;
}

// A repeat_count that is more than one reference is computed by a node of its own.
std::unique_ptr<Item> count_question(Item& repeat) {
    const Written* count = repeat.row.cell("repeat_count");
    if (count == nullptr || is_single_reference(count->text))
        return nullptr;
    auto item = std::make_unique<Item>(generated(repeat, repeat.name + "_count", "calculate"));
    set_cell(*item, "calculation", count->text, count->place);
    set_cell(*item, "readonly", "yes", count->place);
    set_cell(*item, "type", "calculate", count->place);
    return item;
}

void add_generated(Item& group, Form& form) {
    std::vector<std::unique_ptr<Item>> all;
    for (auto& child : group.children) {
        if (child->is_group())
            add_generated(*child, form);
        if (auto count = child->kind == Kind::repeat ? count_question(*child) : nullptr)
            all.push_back(std::move(count));
        auto other = child->or_other ? other_question(*child) : nullptr;
        if (ChoiceList* list = child->or_other ? form.list(child->list) : nullptr)
            add_other_choice(*list);
        all.push_back(std::move(child));
        if (other)
            all.push_back(std::move(other));
    }
    group.children = std::move(all);
}

const Written& name_cell(const Item& item) {
    const Written* name = item.row.cell("name");
    return name != nullptr ? *name : *item.row.cell("type");
}

void check_siblings(const Item& group, Form& form) {
    std::map<std::string, const Item*> exact, folded;
    for (const auto& child : group.children) {
        const auto [first, added] = exact.emplace(child->name, child.get());
        if (!added) {
            form.error("duplicate-name", name_cell(*child),
                       fmt::format("the name \"{}\" is taken already by row {}.", child->name,
                                   first->second->row.number),
                       "Names must differ within one group.", "give one of the two another name.",
                       {name_cell(*first->second).place});
            continue;
        }
        const auto [near, alone] = folded.emplace(lower_case(child->name), child.get());
        if (!alone)
            form.warning("similar-name", name_cell(*child),
                         fmt::format("\"{}\" differs from \"{}\" (row {}) in capital letters only.",
                                     child->name, near->second->name, near->second->row.number),
                         "Some programs that read the answers cannot tell them apart.",
                         "give one of the two another name.", {name_cell(*near->second).place});
    }
}

void check_names(Form& form) {
    std::map<std::string, const Item*> repeats;
    check_siblings(form.root, form);
    each_item(form.root, [&](const Item& item) {
        if (item.is_group())
            check_siblings(item, form);
        if (item.kind != Kind::repeat)
            return;
        if (item.name == form.root.name)
            form.error("duplicate-name", name_cell(item),
                       fmt::format("the repeat \"{}\" has the name of the form itself.", item.name), "",
                       "give the repeat another name.");
        const auto [first, added] = repeats.emplace(item.name, &item);
        if (!added && first->second->parent != item.parent)
            form.error("duplicate-name", name_cell(item),
                       fmt::format("there is a repeat \"{}\" already in row {}.", item.name,
                                   first->second->row.number),
                       "The names of repeats must differ in the whole form.",
                       "give one of the two another name.", {name_cell(*first->second).place});
    });
}

bool says_something(const Item& item) {
    return std::any_of(item.row.wordings.begin(), item.row.wordings.end(), [](const auto& wording) {
        return wording.first == "label" || wording.first == "hint" || wording.first.starts_with("media::");
    });
}

bool wants_control(const Item& item) {
    switch (item.type.control) {
    case Control::input:
    case Control::select_one:
    case Control::select_multiple:
    case Control::rank:
    case Control::range:
    case Control::upload:
    case Control::trigger:
        return true;
    default:
        return false;
    }
}

void decide_visible(Item& item, Form& form) {
    if (item.is_group()) {
        item.visible = true;
        return;
    }
    if (!wants_control(item))
        return;
    const bool computed = item.row.cell("calculation") != nullptr || item.row.cell("trigger") != nullptr;
    item.visible = says_something(item) || !computed;
    if (!item.visible || says_something(item) || item.row.cell("media") != nullptr)
        return;
    form.error("missing-label", name_cell(item),
               fmt::format("the question \"{}\" has no label and no hint.", item.name), "",
               "write under label what is asked.");
}

void check_columns(const Item& item, Form& form) {
    const bool calculates = item.row.cell("calculation") != nullptr;
    if (item.type.name == "calculate" && !calculates && item.row.cell("trigger") == nullptr) {
        const Written* given = item.row.cell("default");
        if (given == nullptr || given->text.find_first_of("(${[") == std::string::npos)
            form.error("missing-calculation", name_cell(item),
                       fmt::format("\"{}\" calculates nothing: its calculation is empty.", item.name), "",
                       "write under calculation what it computes.");
    }
    if (item.type.control != Control::background_geopoint)
        return;
    if (calculates)
        form.error("extra-calculation", *item.row.cell("calculation"),
                   "a background-geopoint takes no calculation.", "", "empty the cell.");
    if (item.row.cell("trigger") == nullptr)
        form.error("missing-trigger", name_cell(item), "a background-geopoint needs a trigger.", "",
                   "write under trigger the question that sets it off, for example ${age}.");
}

void check_attributes(const Item& item, Form& form) {
    for (const Extra& extra : item.row.extras)
        if (!form.is_attribute_name(extra.name) && extra.name.find(':') == std::string::npos)
            form.error("bad-column-name", extra.value,
                       fmt::format("\"{}\" cannot be an attribute.", extra.name), "",
                       "write the header in letters without spaces, or remove the column.");
}

std::string stricter(const std::string& a, const std::string& b) {
    return a == "restricted" || b == "restricted" ? "restricted" : a.empty() ? b : a;
}

}  // namespace

void arrange(Form& form) {
    form.root.name = form.settings.name;
    form.root.path = "/" + form.settings.name;
    spell_out_loops(form);
    add_generated(form.root, form);
    each_item(form.root, [&](Item& item) {
        item.path = item.parent->path + (item.type.control == Control::audit ? "/meta/" : "/") + item.name;
        item.sensitive = stricter(item.sensitive, item.parent->sensitive);
        if (item.type.control != Control::external_instance)
            form.by_name.emplace(item.name, &item);
        decide_visible(item, form);
        check_columns(item, form);
        check_attributes(item, form);
        read_parameters(item, form);
    });
    check_names(form);
}

}  // namespace doorstep::xlsform
