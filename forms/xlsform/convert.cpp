#include "forms/xlsform/convert.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "forms/xlsform/arrange.h"
#include "forms/xlsform/entities.h"
#include "forms/xlsform/form.h"
#include "forms/xlsform/model.h"
#include "forms/xlsform/sheets.h"

namespace doorstep {
namespace xlsform {
namespace {

void add_language(Form& form, const std::string& language) {
    if (!language.empty() &&
        std::find(form.languages.begin(), form.languages.end(), language) == form.languages.end())
        form.languages.push_back(language);
}

// In the order of the columns of survey, then of choices.
void collect_languages(Form& form) {
    std::vector<std::pair<int, std::string>> labels;
    for (const auto& [language, column] : form.label_columns)
        labels.emplace_back(column, language);
    std::sort(labels.begin(), labels.end());
    for (const auto& [column, language] : labels)
        add_language(form, language);
    const auto all_of = [&](const Entry& row) {
        for (const auto& [kind, wording] : row.wordings)
            for (const auto& [language, said] : wording)
                add_language(form, language);
    };
    each_item(form.root, [&](const Item& item) { all_of(item.row); });
    for (const ChoiceList& list : form.lists)
        for (const Choice& choice : list.choices)
            all_of(choice.row);
}

void add_meta_names(Form& form, Item& meta, std::vector<std::unique_ptr<Item>>& owned) {
    const auto add = [&](const std::string& name) {
        if (form.by_name.contains(name))
            return;
        auto item = std::make_unique<Item>();
        item->name = name;
        item->path = meta.path + "/" + name;
        item->parent = &meta;
        form.by_name.emplace(name, item.get());
        owned.push_back(std::move(item));
    };
    if (!yes_or_no(form.settings.row.text("omit_instanceid")).value_or(false))
        add("instanceID");
    if (form.settings.row.cell("instance_name") != nullptr)
        add("instanceName");
}

void write_submission(const Form& form, Xml& xml) {
    const Entry& settings = form.settings.row;
    Attributes attributes;
    if (const Written* url = settings.cell("submission_url"))
        attributes = {{"action", url->text}, {"method", "post"}};
    if (const Written* send = settings.cell("auto_send"))
        attributes.emplace_back("orx:auto-send", send->text);
    if (const Written* remove = settings.cell("auto_delete"))
        attributes.emplace_back("orx:auto-delete", remove->text);
    if (!attributes.empty())
        xml.leaf("submission", attributes);
}

Attributes namespaces(const Form& form, const Output& output) {
    Attributes attributes{
        {"xmlns", "http://www.w3.org/2002/xforms"},        {"xmlns:h", "http://www.w3.org/1999/xhtml"},
        {"xmlns:ev", "http://www.w3.org/2001/xml-events"}, {"xmlns:xsd", "http://www.w3.org/2001/XMLSchema"},
        {"xmlns:jr", "http://openrosa.org/javarosa"},      {"xmlns:orx", "http://openrosa.org/xforms"},
        {"xmlns:odk", "http://www.opendatakit.org/xforms"}};
    for (const auto& [prefix, uri] : form.settings.namespaces)
        attributes.emplace_back("xmlns:" + prefix, uri);
    if (!form.entities.empty())
        attributes.emplace_back("xmlns:entities", "http://www.opendatakit.org/xforms/entities");
    if (output.uses_our_namespace)
        attributes.emplace_back("xmlns:d", our_namespace);
    return attributes;
}

std::string write(Form& form) {
    Output output(form.settings.default_language, form.languages);
    Xml binds(3), rules(3), secondary(3), primary(3), body(1);
    write_primary_instance(form, output, primary);
    write_binds(form, output, binds);
    write_body(form, output, body);
    write_rules(form, output, rules);
    write_secondary_instances(form, output, secondary);
    Xml xml;
    xml.open("h:html", namespaces(form, output));
    xml.open("h:head");
    xml.leaf_with("h:title", {}, escape(form.settings.title));
    Attributes model{{"odk:xforms-version", "1.0.0"}};
    if (!form.entities.empty()) {
        // One entity of the whole form is what older readers know.
        const bool plain = form.entities.size() == 1 && form.entities[0].container == &form.root;
        model.emplace_back("entities:entities-version", plain ? "2024.1.0" : "2025.1.0");
    }
    xml.open("model", model);
    output.translations.write(xml);
    write_submission(form, xml);
    for (const Xml* part : {&primary, &secondary, &binds, &rules})
        xml.add(*part);
    xml.close("model");
    xml.close("h:head");
    xml.add(body);
    xml.close("h:html");
    return "<?xml version=\"1.0\"?>\n" + xml.text();
}

// In the order in which an author goes through the workbook.
void sort_by_place(const Workbook& workbook, Diagnostics& found, std::size_t from) {
    const auto sheet = [&](const Diagnostic& one) {
        const auto at = std::find_if(workbook.sheets.begin(), workbook.sheets.end(),
                                     [&](const Sheet& each) { return each.name == one.place.sheet; });
        return one.place.sheet.empty() ? std::ptrdiff_t{-1} : at - workbook.sheets.begin();
    };
    std::stable_sort(found.begin() + static_cast<std::ptrdiff_t>(from), found.end(),
                     [&](const Diagnostic& a, const Diagnostic& b) {
                         return std::tuple(sheet(a), a.place.row, a.place.column) <
                                std::tuple(sheet(b), b.place.row, b.place.column);
                     });
}

}  // namespace
}  // namespace xlsform

ConvertedForm convert(const Workbook& workbook, const ConvertOptions& options, Diagnostics& found) {
    using namespace xlsform;
    const std::size_t before = found.size();
    Form form(workbook, options, found);
    if (!sheets_fit(form))
        return {};
    Item meta;
    std::vector<std::unique_ptr<Item>> meta_items;
    read_settings(form);
    read_choices(form);
    read_survey(form);
    arrange(form);
    meta.path = form.root.path + "/meta";
    meta.parent = &form.root;
    add_meta_names(form, meta, meta_items);
    collect_externals(form);
    read_entities(form);
    collect_languages(form);
    ConvertedForm converted;
    std::string xml = write(form);
    check_wording(form);
    check_wording_sheet(form);
    check_sheets(form);
    check_appearances(form);
    check_default_language(form);
    sort_by_place(workbook, found, before);
    const bool refused = std::any_of(found.begin() + static_cast<std::ptrdiff_t>(before), found.end(),
                                     [](const Diagnostic& one) { return one.severity == Severity::error; });
    (refused ? converted.draft : converted.xml) = std::move(xml);
    converted.origins = std::move(form.origins);
    return converted;
}

}  // namespace doorstep
