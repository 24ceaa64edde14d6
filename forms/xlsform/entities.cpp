#include "forms/xlsform/entities.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "forms/xlsform/expressions.h"
#include "forms/xlsform/headers.h"
#include "forms/xlsform/sheets.h"

namespace doorstep::xlsform {
namespace {

constexpr std::size_t most_entities = 200;
const std::string name_rule =
    "A name begins with a letter or _ and goes on with letters, digits, _, - and full stops.";

// What an entity is made of: a question, and where it was named.
struct Source {
    const Item* item;
    Written cell;
};

struct Plan {
    Entity* entity;
    std::vector<Source> saved;  // save_to
    std::vector<Source> shown;  // ${} on the sheet `entities`
    const Item* scope = nullptr;
};

std::size_t repeats_above(const Item* scope) {
    std::size_t count = 0;
    for (; scope != nullptr; scope = scope->parent)
        count += scope->kind == Kind::repeat ? 1 : 0;
    return count;
}

bool is_within(const Item* inner, const Item* outer) {
    while (inner != nullptr && inner != outer)
        inner = inner->parent;
    return inner == outer;
}

const Item* common(const Item* a, const Item* b) {
    while (!is_within(b, a))
        a = a->parent;
    return a;
}

std::size_t depth(const Item* item) {
    std::size_t count = 0;
    for (; item != nullptr; item = item->parent)
        ++count;
    return count;
}

class EntityReader {
public:
    EntityReader(const Sheet& sheet, Form& form) : sheet_(sheet), form_(form) {}

    void read() {
        columns_ = read_headers(sheet_, SheetKind::entities, form_);
        if (column_of(columns_, "list_name") == nullptr) {
            form_.error("missing-column", form_.workbook.place(sheet_, 1, 0),
                        "the column list_name is missing.", "",
                        "an entities sheet has the columns list_name and label.");
            return;
        }
        if (sheet_.rows.size() > most_entities) {
            form_.error("too-large", form_.workbook.place(sheet_, 1, 0),
                        fmt::format("there are more than {} entity lists.", most_entities), "",
                        "divide the form into several.");
            return;
        }
        for (const Row& row : sheet_.rows)
            read_entity(read_entry(sheet_, row, columns_, false, form_));
        std::vector<Plan> plans;
        for (Entity& entity : form_.entities)
            plans.push_back({&entity, {}, {}, nullptr});
        collect(plans);
        for (Plan& plan : plans)
            choose_scope(plan);
        place_all(plans);
    }

private:
    void read_entity(Entry row) {
        const Written* name = row.cell("list_name");
        if (name == nullptr) {
            form_.error("missing-name",
                        form_.workbook.place(sheet_, row.number, column_of(columns_, "list_name")->column),
                        "the entity list has no name.", "", "write its name under list_name.");
            return;
        }
        if (!is_xml_name(name->text) || name->text.find('.') != std::string::npos ||
            name->text.starts_with("__"))
            form_.error("bad-name", *name,
                        fmt::format("\"{}\" cannot be the name of an entity list.", name->text),
                        "It takes letters, digits, _ and -, and does not begin with two underscores.",
                        "write for example trees.");
        for (const Entity& other : form_.entities)
            if (other.name == name->text)
                form_.error("duplicate-name", *name,
                            fmt::format("the entity list \"{}\" stands in row {} already.", name->text,
                                        other.row.number),
                            "", "give one of the two another name, or remove it.");
        check_mode(row, *name);
        Entity entity;
        entity.name = name->text;
        entity.creates = row.cell("create_if") != nullptr || row.cell("entity_id") == nullptr;
        entity.updates = row.cell("entity_id") != nullptr || row.cell("update_if") != nullptr;
        entity.row = std::move(row);
        form_.entities.push_back(std::move(entity));
    }

    void check_mode(const Entry& row, const Written& name) {
        const bool id = row.cell("entity_id") != nullptr, create = row.cell("create_if") != nullptr,
                   update = row.cell("update_if") != nullptr;
        if (update && !id)
            form_.error("entity-id", name,
                        fmt::format("to update \"{}\" its entity_id is needed.", name.text), "",
                        "fill entity_id, or write create_if instead of update_if.");
        else if (create && id && !update)
            form_.error("entity-id", name,
                        fmt::format("\"{}\" has entity_id and create_if, but no update_if.", name.text), "",
                        "fill update_if, or take entity_id out.");
        else if (!id && !update && row.cell("entity_label") == nullptr)
            form_.error("missing-label", name, fmt::format("\"{}\" is created without a label.", name.text),
                        "", "fill the column label.");
    }

    void collect(std::vector<Plan>& plans) {
        each_item(form_.root, [&](Item& item) {
            if (const Written* cell = item.row.cell("save_to"))
                save(item, *cell, plans);
        });
        for (Plan& plan : plans)
            for (const char* column : {"entity_label", "entity_id", "create_if", "update_if"})
                if (const Written* cell = plan.entity->row.cell(column))
                    for (const Reference& reference : references_in(cell->text))
                        if (const auto found = form_.by_name.find(reference.name);
                            found != form_.by_name.end())
                            plan.shown.push_back({found->second, *cell});
    }

    void save(Item& item, const Written& cell, std::vector<Plan>& plans) {
        if (item.is_group()) {
            form_.error("saves-group", cell, "a group cannot be saved as a property.", "",
                        "move save_to to a question.");
            return;
        }
        const std::size_t mark = cell.text.find('#');
        if (mark != cell.text.rfind('#')) {
            form_.error("bad-save-to", cell, fmt::format("\"{}\" has more than one #.", cell.text), "",
                        "write list#property.");
            return;
        }
        if (mark == std::string::npos && plans.size() > 1) {
            form_.error("bad-save-to", cell,
                        fmt::format("\"{}\" does not say which entity list it belongs to.", cell.text), "",
                        fmt::format("write it as {}#{}.", plans.front().entity->name, cell.text));
            return;
        }
        const std::string list = mark == std::string::npos ? "" : cell.text.substr(0, mark);
        item.saved_as = mark == std::string::npos ? cell.text : cell.text.substr(mark + 1);
        if (!is_xml_name(item.saved_as) || item.saved_as.starts_with("__") ||
            lower_case(item.saved_as) == "name" || lower_case(item.saved_as) == "label") {
            form_.error("bad-save-to", cell,
                        fmt::format("\"{}\" cannot be the name of a property.", item.saved_as), name_rule,
                        "write a short name, for example height.");
            return;
        }
        const auto plan = std::find_if(plans.begin(), plans.end(), [&](const Plan& one) {
            return list.empty() || one.entity->name == list;
        });
        if (plan == plans.end())
            form_.error("bad-save-to", cell, fmt::format("\"{}\" is no entity list.", list), "",
                        "name a list_name of the sheet entities.");
        else
            plan->saved.push_back({&item, cell});
    }

    // The form or the repeat whose every instance makes one entity.
    const Item* scope_of(const Item& item) const {
        const Item* repeat = item.repeat();
        return repeat == nullptr ? &form_.root : repeat;
    }

    void choose_scope(Plan& plan) {
        plan.scope = &form_.root;
        const std::vector<Source>& first = plan.saved.empty() ? plan.shown : plan.saved;
        for (const Source& source : first)
            if (repeats_above(scope_of(*source.item)) > repeats_above(plan.scope))
                plan.scope = scope_of(*source.item);
        for (const Source& source : plan.saved)
            if (scope_of(*source.item) != plan.scope)
                form_.error("entity-scope", source.cell,
                            fmt::format("\"{}\" does not stand in the same repeat as the rest of \"{}\".",
                                        source.item->name, plan.entity->name),
                            "", "save a calculate in that repeat instead.");
        for (const Source& source : plan.shown)
            if (!is_within(plan.scope, scope_of(*source.item)))
                form_.error("entity-scope", source.cell,
                            fmt::format("${{{}}} stands in another repeat than the rest of \"{}\".",
                                        source.item->name, plan.entity->name),
                            "", "use a calculate in that repeat instead.");
    }

    const Item* wanted(const Plan& plan) const {
        if (form_.entities.size() == 1 && plan.scope == &form_.root)
            return &form_.root;
        const Item* container = nullptr;
        for (const Source& source : plan.saved)
            container = container == nullptr ? source.item->parent : common(container, source.item->parent);
        if (container == nullptr)
            for (const Source& source : plan.shown)
                if (scope_of(*source.item) == plan.scope &&
                    (container == nullptr || depth(source.item->parent) > depth(container)))
                    container = source.item->parent;
        return container != nullptr && is_within(container, plan.scope) ? container : plan.scope;
    }

    // What stands directly in a group and is saved elsewhere bars it.
    static bool holds_others(const Item* container, const Plan& plan, const std::vector<Plan>& plans) {
        return std::any_of(plans.begin(), plans.end(), [&](const Plan& other) {
            return other.entity != plan.entity &&
                   std::any_of(other.saved.begin(), other.saved.end(),
                               [&](const Source& source) { return source.item->parent == container; });
        });
    }

    void place_all(std::vector<Plan>& plans) {
        std::map<const Item*, const Entity*> taken;
        for (const bool saved : {true, false})
            for (Plan& plan : plans)
                if (plan.saved.empty() != saved)
                    place_one(plan, plans, taken);
    }

    void place_one(Plan& plan, const std::vector<Plan>& plans, std::map<const Item*, const Entity*>& taken) {
        const Item* container = wanted(plan);
        const bool alone = form_.entities.size() == 1;
        while (taken.contains(container) ||
               (!alone && container != plan.scope && holds_others(container, plan, plans))) {
            if (container == plan.scope) {
                form_.error(
                    "entity-place", *plan.entity->row.cell("list_name"),
                    fmt::format("there is no group left for \"{}\": row {} has the one it would need.",
                                plan.entity->name, taken.at(container)->row.number),
                    "Every group, repeat and the form itself make one entity at most.",
                    "put the questions that it saves into a group of their own.");
                return;
            }
            container = container->parent;
        }
        taken[container] = plan.entity;
        plan.entity->container = container;
    }

    const Sheet& sheet_;
    Form& form_;
    std::vector<Column> columns_;
};

// Nodes below <meta>, so that paths count their steps.
class EntityBinds {
public:
    EntityBinds(const Entity& entity, Form& form, Output& output, Xml& xml)
        : entity_(entity), form_(form), output_(output), xml_(xml) {
        meta_.name = "meta";
        meta_.kind = Kind::group;
        meta_.parent = entity.container;
        node_.name = "entity";
        node_.kind = Kind::group;
        node_.parent = &meta_;
        path_ = entity.container->path + "/meta/entity/";
    }

    void write() {
        for (const auto& [column, attribute] :
             {std::pair{"create_if", "@create"}, std::pair{"update_if", "@update"}})
            if (const Written* cell = entity_.row.cell(column))
                bind(attribute, *cell);
        const Written* id = entity_.row.cell("entity_id");
        if (id != nullptr)
            for (const std::string column : {"baseVersion", "trunkVersion", "branchId"})
                bind("@" + column, {fmt::format("instance('{}')/root/item[name={}]/__{}", entity_.name,
                                                id->text, column == "baseVersion" ? "version" : column),
                                    id->place});
        if (id != nullptr)
            bind("@id", *id);
        else
            make_id();
        if (const Written* label = entity_.row.cell("entity_label"))
            bind("label", *label);
    }

private:
    void bind(const std::string& name, const Written& cell) {
        Item leaf;
        leaf.name = name;
        leaf.parent = &node_;
        leaf.path = path_ + name;
        xml_.leaf("bind", {{"nodeset", leaf.path},
                           {"calculate", expression_at(leaf, "calculation", cell, {&leaf}, form_)},
                           {"readonly", "true()"},
                           {"type", "string"}});
    }

    void make_id() {
        xml_.leaf("bind", {{"nodeset", path_ + "@id"}, {"readonly", "true()"}, {"type", "string"}});
        xml_.leaf("setvalue",
                  {{"ref", path_ + "@id"}, {"event", "odk-instance-first-load"}, {"value", "uuid()"}});
        const Item* repeat =
            entity_.container->kind == Kind::repeat ? entity_.container : entity_.container->repeat();
        if (repeat != nullptr)
            output_.in_repeat[repeat].push_back(
                {"setvalue", {{"ref", path_ + "@id"}, {"event", "odk-new-repeat"}, {"value", "uuid()"}}});
    }

    const Entity& entity_;
    Form& form_;
    Output& output_;
    Xml& xml_;
    Item meta_, node_;
    std::string path_;
};

}  // namespace

void read_entities(Form& form) {
    if (const Sheet* sheet = form.workbook.sheet("entities")) {
        EntityReader(*sheet, form).read();
        return;
    }
    each_item(form.root, [&](const Item& item) {
        if (const Written* cell = item.row.cell("save_to"))
            form.error("bad-save-to", *cell, "save_to is used, but there is no sheet entities.", "",
                       "add a sheet entities with the columns list_name and label.");
    });
}

void write_entity(const Item& container, const Form& form, Xml& xml) {
    for (const Entity& entity : form.entities) {
        if (entity.container != &container)
            continue;
        Attributes attributes{{"dataset", entity.name}};
        if (entity.creates)
            attributes.emplace_back("create", "1");
        if (entity.updates)
            for (const auto& [name, value] : {std::pair{"update", "1"}, std::pair{"baseVersion", ""},
                                              std::pair{"trunkVersion", ""}, std::pair{"branchId", ""}})
                attributes.emplace_back(name, value);
        attributes.emplace_back("id", "");
        xml.open("entity", attributes);
        if (entity.row.cell("entity_label") != nullptr)
            xml.leaf("label");
        xml.close("entity");
    }
}

void write_entity_binds(Form& form, Output& output, Xml& xml) {
    for (const Entity& entity : form.entities)
        if (entity.container != nullptr)
            EntityBinds(entity, form, output, xml).write();
}

}  // namespace doorstep::xlsform
