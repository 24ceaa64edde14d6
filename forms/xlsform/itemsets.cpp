#include "forms/xlsform/itemsets.h"

#include <fmt/format.h>

#include <algorithm>

#include "forms/xlsform/expressions.h"

namespace doorstep::xlsform {
namespace {

struct Itemset {
    std::string nodeset, value, label;
};

// A list's name as a text literal of XPath.
std::string literal(const std::string& name) {
    return name.find('\'') == std::string::npos ? "'" + name + "'" : "\"" + name + "\"";
}

std::string parameter(const Item& item, const std::string& name) {
    const auto found = item.parameters.find(name);
    return found == item.parameters.end() ? std::string() : found->second;
}

std::string filter(const Item& item, const Item* over, Form& form) {
    const Written* cell = item.row.cell("choice_filter");
    if (cell == nullptr)
        return {};
    return "[" + expression_at(item, "choice_filter", *cell, {&item, true, over}, form) + "]";
}

Itemset of_instance(const Item& item, const std::string& id, Form& form) {
    const ChoiceList* list = form.list(id);
    return {fmt::format("instance({})/root/item{}", literal(id), filter(item, nullptr, form)), "name",
            list != nullptr && list->in_itext ? "jr:itext(itextId)" : "label"};
}

// The answers of a repeat as choices: select_one ${name}.
Itemset of_repeat(const Item& item, const Item& repeat, const std::string& shown, Form& form) {
    std::string kept = filter(item, &repeat, form);
    if (kept.empty())
        kept = fmt::format("[./{} != '']", shown);
    return {path_to(repeat, {}, {&item}, form) + kept, shown, shown};
}

std::optional<Itemset> of_question(const Item& item, Form& form) {
    const Written& cell = *item.row.cell("type");
    Reference reference;
    reference.name = item.from_item;
    const Item* target = resolve(reference, cell, form);
    if (target == nullptr)
        return std::nullopt;
    const Item* repeat = target->repeat();
    if (repeat == nullptr) {
        form.error(
            "not-repeated", cell,
            fmt::format("${{{}}} is not inside a repeat, so its answers make no list.", item.from_item), "",
            "name a question of a repeat, or a list of the choices sheet.", {target->row.place});
        return std::nullopt;
    }
    check_restricted(cell, {target}, nullptr, form);
    return of_repeat(item, *repeat, target->path.substr(repeat->path.size() + 1), form);
}

std::optional<Itemset> of_geometry(const Item& item, const std::string& name, Form& form) {
    const bool is_file =
        std::any_of(form.externals.begin(), form.externals.end(),
                    [&](const ExternalInstance& one) { return one.id == name && one.attached; });
    if (is_file || form.list(name) != nullptr)
        return of_instance(item, name, form);
    const Written& cell = *item.row.cell("parameters");
    if (name.starts_with("${") && name.ends_with('}')) {
        Reference reference;
        reference.name = name.substr(2, name.size() - 3);
        const Item* repeat = resolve(reference, cell, form);
        if (repeat != nullptr && repeat->kind == Kind::repeat)
            return of_repeat(item, *repeat, "geometry", form);
        if (repeat == nullptr)
            return std::nullopt;
    }
    form.error(
        "unknown-list", cell, fmt::format("reference-geometry \"{}\" is not known.", name), "",
        "name a list of the choices sheet, an attached file without its ending, or a repeat as ${repeat}.");
    return std::nullopt;
}

std::optional<Itemset> of_select(const Item& item, Form& form) {
    if (!item.from_item.empty())
        return of_question(item, form);
    Itemset set = of_instance(item, item.list, form);
    if (item.type.choices != ChoiceSource::file)
        return set;
    const bool shapes = lower_case(item.file).ends_with(".geojson");
    set.value = parameter(item, "value").empty() ? (shapes ? "id" : "name") : parameter(item, "value");
    set.label = parameter(item, "label").empty() ? (shapes ? "title" : "label") : parameter(item, "label");
    return set;
}

std::string shuffled(const Item& item, const std::string& nodeset, Form& form) {
    if (!yes_or_no(parameter(item, "randomize")).value_or(false))
        return nodeset;
    std::string seed = parameter(item, "seed");
    if (seed.starts_with("${")) {
        const Written cell{seed, item.row.cell("parameters")->place};
        seed = rewrite(cell, {&item}, form).text;
        seed = seed.substr(1, seed.size() - 2);
    }
    return fmt::format("randomize({}{}{})", nodeset, seed.empty() ? "" : ", ", seed);
}

}  // namespace

void write_itemset(const Item& item, Form& form, Xml& xml) {
    std::optional<Itemset> set;
    const std::string ticks = parameter(item, "tick_labelset"),
                      shapes = parameter(item, "reference-geometry");
    if (item.type.choices == ChoiceSource::list || item.type.choices == ChoiceSource::file)
        set = of_select(item, form);
    else if (!ticks.empty())
        set = of_instance(item, ticks, form);
    else if (!shapes.empty())
        set = of_geometry(item, shapes, form);
    if (!set)
        return;
    xml.open("itemset", {{"nodeset", shuffled(item, set->nodeset, form)}});
    xml.leaf("value", {{"ref", set->value}});
    xml.leaf("label", {{"ref", set->label}});
    xml.close("itemset");
}

std::string external_query(const Item& item, Form& form) {
    return fmt::format("instance({})/root/item{}", literal(item.list), filter(item, nullptr, form));
}

}  // namespace doorstep::xlsform
