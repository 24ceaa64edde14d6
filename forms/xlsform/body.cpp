#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "forms/xlsform/expressions.h"
#include "forms/xlsform/itemsets.h"
#include "forms/xlsform/model.h"

namespace doorstep::xlsform {
namespace {

// As many as a session keeps (forms/session/state.h).
constexpr int repeat_instances_max = 5'000;

std::string_view element_of(const Item& item) {
    switch (item.type.control) {
    case Control::select_one:
        return "select1";
    case Control::select_multiple:
        return "select";
    case Control::rank:
        return "odk:rank";
    case Control::range:
        return "range";
    case Control::upload:
        return "upload";
    case Control::trigger:
        return "trigger";
    default:
        return "input";
    }
}

class BodyWriter {
public:
    BodyWriter(Form& form, Output& output, Xml& xml) : form_(form), output_(output), xml_(xml) {}

    void write_children(const Item& group) {
        for (const auto& child : group.children) {
            if (child->kind == Kind::repeat)
                write_repeat(*child);
            else if (child->kind == Kind::group)
                write_group(*child);
            else if (child->visible)
                write_question(*child);
        }
    }

private:
    void write_question(const Item& item) {
        const std::string_view element = element_of(item);
        Attributes attributes{{"ref", item.path}};
        add_attributes(item, attributes);
        xml_.open(element, attributes);
        write_label(item, true);
        write_hint(item);
        write_itemset(item, form_, xml_);
        write_tags(item);
        if (const auto actions = output_.on_change.find(&item); actions != output_.on_change.end()) {
            for (const Action& action : actions->second)
                if (action.element == "setvalue")
                    xml_.leaf(action.element, action.attributes);
            for (const Action& action : actions->second)
                if (action.element != "setvalue")
                    xml_.leaf(action.element, action.attributes);
        }
        xml_.close(element);
    }

    void write_group(const Item& item) {
        Attributes attributes{{"ref", item.path}};
        add_look(item, attributes);
        xml_.open("group", attributes);
        write_label(item, false);
        write_children(item);
        xml_.close("group");
    }

    void write_repeat(const Item& item) {
        xml_.open("group", {{"ref", item.path}});
        write_label(item, true);
        if (item.row.wording("label") == nullptr)
            form_.warning("missing-label",
                          item.row.cell("name") != nullptr ? *item.row.cell("name") : *item.row.cell("type"),
                          fmt::format("the repeat \"{}\" has no label.", item.name), "",
                          "write under label what one of them is called, for example Person.");
        Attributes attributes{{"nodeset", item.path}};
        if (const Written* count = item.row.cell("repeat_count")) {
            check_count(*count);
            attributes.emplace_back("jr:count", count_path(item, *count));
        }
        add_look(item, attributes);
        xml_.open("repeat", attributes);
        write_children(item);
        if (const auto actions = output_.in_repeat.find(&item); actions != output_.in_repeat.end())
            for (const Action& action : actions->second)
                xml_.leaf(action.element, action.attributes);
        xml_.close("repeat");
        xml_.close("group");
    }

    // A number that no session would follow; what is computed is told when it is.
    void check_count(const Written& count) {
        double asked = 0;
        const auto [end, error] =
            std::from_chars(count.text.data(), count.text.data() + count.text.size(), asked);
        const bool number = error == std::errc{} && end == count.text.data() + count.text.size();
        if (number && asked > repeat_instances_max)
            form_.error("repeat-count", count,
                        fmt::format("{} times is more than a repeat can hold; {} are the most.", count.text,
                                    repeat_instances_max),
                        "",
                        "write how many there are, or leave the cell empty and let the officer add them.");
    }

    // A count that is more than one reference stands in a node "<repeat>_count".
    std::string count_path(const Item& item, const Written& count) {
        if (count.text.starts_with("${") && count.text.find('}') == count.text.size() - 1)
            return expression_at(item, "repeat_count", count, {&item}, form_);
        form_.origins[item.path + "#repeat_count"] = count.place;
        Reference reference;
        Item node;
        node.name = item.name + "_count";
        node.path = item.parent->path + "/" + node.name;
        node.parent = item.parent;
        return " " + path_to(node, reference, {&item}, form_) + " ";
    }

    void add_look(const Item& item, Attributes& attributes) {
        for (const std::string name : {"appearance", "intent"})
            if (const Written* cell = item.row.cell(name))
                attributes.emplace_back(name, rewrite(*cell, {&item}, form_).text);
        for (const Extra& extra : item.row.extras)
            if (extra.kind == "body" && form_.is_attribute_name(extra.name) && !has(attributes, extra.name))
                attributes.emplace_back(extra.name, rewrite(extra.value, {&item}, form_).text);
    }

    static bool has(const Attributes& attributes, const std::string& name) {
        return std::any_of(attributes.begin(), attributes.end(),
                           [&](const auto& one) { return one.first == name; });
    }

    void add_attributes(const Item& item, Attributes& attributes) {
        if (!item.type.media.empty())
            attributes.emplace_back("mediatype", item.type.media);
        if (item.type.control == Control::range)
            add_range(item, attributes);
        if (item.type.choices == ChoiceSource::external)
            attributes.emplace_back("query", external_query(item, form_));
        const std::pair<const char*, const char*> named[] = {
            {"rows", "rows"},
            {"capture-accuracy", "accuracyThreshold"},
            {"warning-accuracy", "unacceptableAccuracyThreshold"},
            {"incremental", "incremental"}};
        for (const auto& [parameter, attribute] : named)
            if (const auto found = item.parameters.find(parameter); found != item.parameters.end())
                attributes.emplace_back(attribute, found->second);
        const std::string look = lower_case(item.row.text("appearance"));
        if (const auto app = item.parameters.find("app");
            app != item.parameters.end() && (look.empty() || look == "annotate"))
            attributes.emplace_back("intent", app->second);
        for (const std::string name : {"autoplay", "rows", "query"})
            if (const Written* cell = item.row.cell(name); cell != nullptr && !has(attributes, name))
                attributes.emplace_back(name, rewrite(*cell, {&item}, form_).text);
        add_look(item, attributes);
    }

    void add_range(const Item& item, Attributes& attributes) {
        const auto value = [&](const std::string& name, const std::string& otherwise) {
            const auto found = item.parameters.find(name);
            return found == item.parameters.end() ? otherwise : found->second;
        };
        attributes.emplace_back("start", value("start", "1"));
        attributes.emplace_back("end", value("end", "10"));
        attributes.emplace_back("step", value("step", "1"));
        for (const std::string name : {"tick_interval", "placeholder"})
            if (const std::string given = value(name, ""); !given.empty())
                attributes.emplace_back(name == "placeholder" ? "odk:placeholder" : "odk:tick-interval",
                                        given);
    }

    void write_label(const Item& item, bool always) {
        const Wording* label = item.row.wording("label");
        const std::string id = item.path + ":label";
        bool in_itext = label != nullptr && has_language(*label);
        if (label != nullptr)
            form_.origins[item.path + "#label"] = label->front().second.place;
        for (const auto& [kind, wording] : item.row.wordings)
            in_itext = in_itext || kind.starts_with("media::");
        if (!in_itext) {
            if (label != nullptr)
                xml_.leaf_with("label", {}, said_as_xml(label->front().second, &item, form_));
            else if (always)
                xml_.leaf("label");
            return;
        }
        if (label != nullptr)
            output_.translations.add(id, "", *label, &item, form_);
        for (const auto& [kind, wording] : item.row.wordings)
            if (kind.starts_with("media::"))
                output_.translations.add(id, kind.substr(7), wording, &item, form_);
        xml_.leaf("label", {{"ref", fmt::format("jr:itext('{}')", id)}});
    }

    void write_hint(const Item& item) {
        const Wording* hint = item.row.wording("hint");
        const Wording* guidance = item.row.wording("guidance_hint");
        if (hint == nullptr && guidance == nullptr)
            return;
        form_.origins[item.path + "#hint"] = (hint != nullptr ? hint : guidance)->front().second.place;
        if (guidance == nullptr && !has_language(*hint)) {
            xml_.leaf_with("hint", {}, said_as_xml(hint->front().second, &item, form_));
            return;
        }
        const std::string id = item.path + ":hint";
        if (hint != nullptr)
            output_.translations.add(id, "", *hint, &item, form_);
        if (guidance != nullptr)
            output_.translations.add(id, "guidance", *guidance, &item, form_);
        xml_.leaf("hint", {{"ref", fmt::format("jr:itext('{}')", id)}});
    }

    // osm: the tags that a building may be given, from the sheet `osm`.
    void write_tags(const Item& item) {
        const Sheet* sheet =
            item.type.name == "osm" && !item.list.empty() ? form_.workbook.sheet("osm") : nullptr;
        if (sheet == nullptr)
            return;
        const auto column = [&](std::string_view name) {
            for (const Cell& cell : sheet->header.cells)
                if (lower_case(cell.text) == name)
                    return cell.column;
            return 0;
        };
        const auto text = [](const Row& row, int at) {
            return row.at(at) == nullptr ? std::string() : row.at(at)->text;
        };
        for (const Row& row : sheet->rows) {
            if (text(row, column("list_name")) != item.list)
                continue;
            xml_.open("tag", {{"key", text(row, column("name"))}});
            xml_.leaf_with("label", {}, escape(text(row, column("label"))));
            xml_.close("tag");
        }
    }

    Form& form_;
    Output& output_;
    Xml& xml_;
};

}  // namespace

void write_body(Form& form, Output& output, Xml& xml) {
    Attributes attributes;
    if (const Written* style = form.settings.row.cell("style"))
        attributes.emplace_back("class", style->text);
    xml.open("h:body", attributes);
    BodyWriter(form, output, xml).write_children(form.root);
    xml.close("h:body");
}

}  // namespace doorstep::xlsform
