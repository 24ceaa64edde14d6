#include <fmt/format.h>

#include <algorithm>

#include "forms/xlsform/entities.h"
#include "forms/xlsform/expressions.h"
#include "forms/xlsform/model.h"

namespace doorstep::xlsform {
namespace {

enum class Copy { single, template_of_repeat, plain };

// The value that stands in the instance from the start.
std::string static_default(const Item& item) {
    const Written* cell = item.row.cell("default");
    if (cell == nullptr || is_dynamic_default(cell->text, item.type.bind))
        return {};
    if (item.type.name == "image" && cell->text.find("://") == std::string::npos)
        return "jr://images/" + cell->text;
    return cell->text;
}

Attributes instance_attributes(const Item& item, bool is_template, const Form& form) {
    Attributes attributes;
    if (is_template)
        attributes.emplace_back("jr:template", "");
    for (const Extra& extra : item.row.extras)
        if (extra.kind == "instance" && form.is_attribute_name(extra.name))
            attributes.emplace_back(extra.name, extra.value.text);
    return attributes;
}

// A repeat stands twice, once as its template; one inside another only once in each.
void write_item(const Item& item, Copy copy, const Form& form, Xml& xml) {
    if (item.type.control == Control::external_instance || item.type.control == Control::audit)
        return;
    if (!item.is_group()) {
        xml.leaf_with(item.name, instance_attributes(item, false, form), escape(static_default(item)));
        return;
    }
    const auto write_as = [&](Copy inside, bool is_template) {
        xml.open(item.name, instance_attributes(item, is_template, form));
        for (const auto& child : item.children)
            write_item(*child, inside, form, xml);
        const bool entity = std::any_of(form.entities.begin(), form.entities.end(),
                                        [&](const Entity& one) { return one.container == &item; });
        if (entity) {
            xml.open("meta");
            write_entity(item, form, xml);
            xml.close("meta");
        }
        xml.close(item.name);
    };
    if (item.kind == Kind::repeat && copy == Copy::single) {
        write_as(Copy::template_of_repeat, true);
        write_as(Copy::plain, false);
    } else {
        const bool repeat = item.kind == Kind::repeat;
        // Behind a group a template holds both again, as pyxform writes it.
        write_as(!repeat && copy == Copy::template_of_repeat ? Copy::single : copy,
                 repeat && copy == Copy::template_of_repeat);
    }
}

Attributes root_attributes(const Form& form) {
    const Entry& settings = form.settings.row;
    Attributes attributes{{"id", form.settings.id}};
    if (const std::string version = settings.text("version"); !version.empty())
        attributes.emplace_back("version", version);
    for (const std::string name : {"prefix", "delimiter"})
        if (const Written* cell = settings.cell(name))
            attributes.emplace_back("odk:" + name, cell->text);
    for (const Extra& extra : settings.extras)
        if (extra.kind == "attribute" && extra.name != "id" && extra.name != "version")
            attributes.emplace_back(extra.name, extra.value.text);
    return attributes;
}

void write_meta(const Form& form, Output& output, Xml& xml) {
    const Entry& settings = form.settings.row;
    const bool with_id = !yes_or_no(settings.text("omit_instanceid")).value_or(false);
    std::vector<std::string> names;
    each_item(form.root, [&](const Item& item) {
        if (item.type.control == Control::audit)
            names.push_back("audit");
    });
    if (with_id)
        names.push_back("instanceID");
    if (settings.cell("instance_name") != nullptr)
        names.push_back("instanceName");
    const std::string& privacy = form.settings.privacy_version;
    const bool entity = std::any_of(form.entities.begin(), form.entities.end(),
                                    [&](const Entity& one) { return one.container == &form.root; });
    if (names.empty() && privacy.empty() && !entity)
        return;
    xml.open("meta");
    write_entity(form.root, form, xml);
    for (const std::string& name : names)
        xml.leaf(name);
    if (!privacy.empty()) {
        output.uses_our_namespace = true;
        xml.leaf_with("d:privacy_version", {}, escape(privacy));
    }
    xml.close("meta");
}

void write_choice(const ChoiceList& list, std::size_t at, Form& form, Output& output, Xml& xml) {
    const Choice& choice = list.choices[at];
    xml.open("item");
    const Wording* label = choice.row.wording("label");
    if (list.in_itext) {
        const std::string id = fmt::format("{}-{}", list.name, at);
        if (label != nullptr)
            output.translations.add(id, "", *label, nullptr, form);
        for (const auto& [kind, wording] : choice.row.wordings)
            if (kind.starts_with("media::"))
                output.translations.add(id, kind.substr(7), wording, nullptr, form);
        xml.leaf_with("itextId", {}, escape(id));
    }
    xml.leaf_with("name", {}, escape(choice.name));
    if (!list.in_itext && label != nullptr)
        xml.leaf_with("label", {}, escape(label->front().second.text));
    for (const Extra& extra : choice.row.extras)
        xml.leaf_with(extra.name, {}, escape(extra.value.text));
    xml.close("item");
}

}  // namespace

void collect_externals(Form& form) {
    each_item(form.root, [&](const Item& item) {
        const Written* type = item.row.cell("type");
        if (item.type.name == "csv-external")
            add_external(item.name, "jr://file-csv/" + item.name + ".csv", *type, form);
        else if (item.type.name == "xml-external")
            add_external(item.name, "jr://file/" + item.name + ".xml", *type, form);
        else if (!item.file.empty())
            add_external(item.list,
                         (lower_case(item.file).ends_with(".csv") ? "jr://file-csv/" : "jr://file/") +
                             item.file,
                         *type, form);
    });
}

void write_primary_instance(Form& form, Output& output, Xml& xml) {
    xml.open("instance");
    xml.open(form.root.name, root_attributes(form));
    for (const auto& child : form.root.children)
        write_item(*child, Copy::single, form, xml);
    write_meta(form, output, xml);
    xml.close(form.root.name);
    xml.close("instance");
}

void write_secondary_instances(Form& form, Output& output, Xml& xml) {
    for (const ExternalInstance& external : form.externals)
        xml.leaf("instance", {{"id", external.id}, {"src", external.source}});
    for (const ChoiceList& list : form.lists) {
        xml.open("instance", {{"id", list.name}});
        xml.open("root");
        for (std::size_t i = 0; i < list.choices.size(); ++i)
            write_choice(list, i, form, output, xml);
        xml.close("root");
        xml.close("instance");
    }
    if (form.uses_last_saved)
        xml.leaf("instance", {{"id", "__last-saved"}, {"src", "jr://instance/last-saved"}});
}

}  // namespace doorstep::xlsform
