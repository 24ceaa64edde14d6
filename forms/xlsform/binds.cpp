#include <fmt/format.h>

#include <algorithm>

#include "forms/xlsform/entities.h"
#include "forms/xlsform/expressions.h"
#include "forms/xlsform/model.h"
#include "forms/xlsform/parameters.h"

namespace doorstep::xlsform {
namespace {

struct Message {
    std::string_view column, attribute;
};
constexpr Message messages[] = {{"constraint_message", "jr:constraintMsg"},
                                {"required_message", "jr:requiredMsg"},
                                {"no_app_error", "jr:noAppErrorString"}};

struct Property {
    std::string_view column, attribute;
};
constexpr Property properties[] = {{"readonly", "readonly"},
                                   {"required", "required"},
                                   {"relevant", "relevant"},
                                   {"constraint", "constraint"},
                                   {"calculation", "calculate"}};

class BindWriter {
public:
    BindWriter(Form& form, Output& output, Xml& xml) : form_(form), output_(output), xml_(xml) {}

    void write(const Item& item) {
        if (item.type.control == Control::external_instance)
            return;
        Attributes attributes{{"nodeset", item.path}};
        add_type(item, attributes);
        add_properties(item, attributes);
        add_messages(item, attributes);
        add_parameters(item, attributes);
        for (const Extra& extra : item.row.extras)
            if (extra.kind == "bind" &&
                std::none_of(attributes.begin(), attributes.end(),
                             [&](const auto& one) { return one.first == extra.name; }))
                add_extra(item, extra, attributes);
        if (!item.saved_as.empty())
            attributes.emplace_back("entities:saveto", item.saved_as);
        if (!item.is_group() && !item.sensitive.empty()) {
            attributes.emplace_back("d:sensitive", item.sensitive);
            output_.uses_our_namespace = true;
        }
        if (attributes.size() > 1)
            xml_.leaf("bind", attributes);
        write_actions(item);
    }

private:
    void add_type(const Item& item, Attributes& attributes) {
        if (const Written* type = item.row.cell("type"))
            form_.origins[item.path + "#type"] = type->place;
        if (item.type.name == "note")
            attributes.emplace_back("readonly", "true()");
        if (!item.type.preload.empty())
            attributes.emplace_back("jr:preload", item.type.preload);
        if (item.type.control == Control::range)
            attributes.emplace_back("type", whole_numbers(item) ? "int" : "decimal");
        else if (!item.type.bind.empty())
            attributes.emplace_back("type", item.type.bind);
        if (!item.type.preload_parameter.empty())
            attributes.emplace_back("jr:preloadParams", item.type.preload_parameter);
    }

    void add_properties(const Item& item, Attributes& attributes) {
        for (const auto& [column, attribute] : properties) {
            const Written* cell = item.row.cell(column);
            const bool triggered = column == "calculation" && item.row.cell("trigger") != nullptr;
            if (cell == nullptr || triggered || (column == "readonly" && item.type.name == "note"))
                continue;
            attributes.emplace_back(attribute, value_of(item, column, *cell));
        }
    }

    std::string value_of(const Item& item, std::string_view column, const Written& cell) {
        if (const auto yes = yes_or_no(cell.text)) {
            form_.origins[fmt::format("{}#{}", item.path, column)] = cell.place;
            return *yes ? "true()" : "false()";
        }
        return expression_at(item, column, cell, {&item}, form_);
    }

    void add_messages(const Item& item, Attributes& attributes) {
        for (const auto& [column, attribute] : messages) {
            const Wording* wording = item.row.wording(column);
            if (wording == nullptr)
                continue;
            form_.origins[fmt::format("{}#{}", item.path, column)] = wording->front().second.place;
            if (!has_language(*wording) && !shows_answer(*wording)) {
                attributes.emplace_back(attribute, wording->front().second.text);
                continue;
            }
            const std::string id = fmt::format("{}:{}", item.path, attribute);
            output_.translations.add(id, "", *wording, &item, form_);
            attributes.emplace_back(attribute, fmt::format("jr:itext('{}')", id));
        }
    }

    void add_parameters(const Item& item, Attributes& attributes) {
        const bool background_audio = item.type.control == Control::background_audio;
        for (const std::string name :
             {"allow-mock-accuracy", "quality", "track-changes", "track-changes-reasons", "identify-user",
              "location-max-age", "location-min-interval", "location-priority"})
            if (const auto found = item.parameters.find(name);
                found != item.parameters.end() && !background_audio)
                attributes.emplace_back("odk:" + name, found->second);
        if (const auto pixels = item.parameters.find("max-pixels"); pixels != item.parameters.end())
            attributes.emplace_back("orx:max-pixels", pixels->second);
    }

    void add_extra(const Item& item, const Extra& extra, Attributes& attributes) {
        if (form_.is_attribute_name(extra.name))
            attributes.emplace_back(extra.name, rewrite(extra.value, {&item}, form_).text);
    }

    void write_actions(const Item& item) {
        if (item.type.control == Control::start_geopoint)
            xml_.leaf("odk:setgeopoint", {{"ref", item.path}, {"event", "odk-instance-first-load"}});
        if (item.type.control == Control::background_audio) {
            Attributes attributes{{"ref", item.path}, {"event", "odk-instance-load"}};
            if (const auto quality = item.parameters.find("quality"); quality != item.parameters.end())
                attributes.emplace_back("odk:quality", quality->second);
            xml_.leaf("odk:recordaudio", attributes);
        }
        write_default(item);
        if (const Written* trigger = item.row.cell("trigger"))
            add_triggers(item, *trigger);
    }

    void write_default(const Item& item) {
        const Written* cell = item.row.cell("default");
        if (cell == nullptr || !is_dynamic_default(cell->text, item.type.bind))
            return;
        const std::string value = expression_at(item, "default", *cell, {&item}, form_);
        xml_.leaf("setvalue", {{"ref", item.path}, {"event", "odk-instance-first-load"}, {"value", value}});
        if (const Item* repeat = item.repeat())
            output_.in_repeat[repeat].push_back(
                {"setvalue", {{"ref", item.path}, {"event", "odk-new-repeat"}, {"value", value}}});
    }

    void add_triggers(const Item& item, const Written& trigger) {
        Action action{"setvalue", {{"ref", item.path}, {"event", "xforms-value-changed"}}};
        if (item.type.control == Control::background_geopoint)
            action.element = "odk:setgeopoint";
        else if (const Written* calculation = item.row.cell("calculation"))
            action.attributes.emplace_back("value",
                                           expression_at(item, "calculation", *calculation, {&item}, form_));
        const std::vector<Reference> references = references_in(trigger.text);
        if (!only_references(trigger.text, references)) {
            form_.error("bad-trigger", trigger,
                        fmt::format("\"{}\" is not a list of questions.", trigger.text), "",
                        "write the questions as ${name}, separated by commas.");
            return;
        }
        for (const Reference& reference : references) {
            const Item* source = resolve(reference, trigger, form_);
            if (source == nullptr)
                continue;
            if (source->is_group() || !source->visible)
                form_.error("hidden-trigger", trigger,
                            fmt::format("${{{}}} is not shown to anybody, so it never sets off {}.",
                                        source->name, item.name),
                            "", "name a question that is asked.", {source->row.place});
            else
                output_.on_change[source].push_back(action);
        }
    }

    static bool only_references(const std::string& text, const std::vector<Reference>& references) {
        std::size_t at = 0;
        bool comma = true;
        for (const Reference& reference : references) {
            for (; at < reference.begin; ++at) {
                if (text[at] != ',' && text[at] != ' ')
                    return false;
                comma = comma || text[at] == ',';
            }
            if (!comma)
                return false;
            comma = false;
            at = reference.end;
        }
        return !references.empty() && text.find_first_not_of(", ", at) == std::string::npos;
    }

    Form& form_;
    Output& output_;
    Xml& xml_;
};

void write_meta_binds(Form& form, Xml& xml) {
    const Entry& settings = form.settings.row;
    const std::string meta = form.root.path + "/meta/";
    if (!yes_or_no(settings.text("omit_instanceid")).value_or(false)) {
        const std::string preload = settings.text("instance_id");
        xml.leaf("bind", {{"nodeset", meta + "instanceID"},
                          {"type", "string"},
                          {"readonly", "true()"},
                          {"jr:preload", preload.empty() ? "uid" : preload}});
    }
    if (const Written* name = settings.cell("instance_name")) {
        form.origins[meta + "instanceName#calculation"] = name->place;
        xml.leaf("bind", {{"nodeset", meta + "instanceName"},
                          {"type", "string"},
                          {"calculate", express(*name, {}, form).text}});
    }
}

}  // namespace

void write_binds(Form& form, Output& output, Xml& xml) {
    BindWriter writer(form, output, xml);
    each_item(form.root, [&](const Item& item) { writer.write(item); });
    write_entity_binds(form, output, xml);
    write_meta_binds(form, xml);
}

}  // namespace doorstep::xlsform
