// Controls: what is asked, of which place, with which choices.
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "forms/definition/loading.h"

namespace doorstep {
namespace {

constexpr std::array<std::pair<std::string_view, ControlKind>, 10> kinds{{
    {"input", ControlKind::input},
    {"secret", ControlKind::input},
    {"select1", ControlKind::select_one},
    {"select", ControlKind::select_multiple},
    {"rank", ControlKind::rank},
    {"range", ControlKind::range},
    {"trigger", ControlKind::trigger},
    {"upload", ControlKind::upload},
    {"group", ControlKind::group},
    {"repeat", ControlKind::repeat},
}};

std::optional<ControlKind> kind_of(xml::Element element) {
    for (const auto& [name, kind] : kinds)
        if (xml::name(element) == name)
            return kind;
    return std::nullopt;
}

std::optional<double> number(const std::string& text) {
    double value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

class BodyReader {
public:
    explicit BodyReader(Loading& loading) : loading_(loading), content_(loading.content) {}

    void read(xml::Element within, TemplateId context) {
        for (const xml::Element element : xml::children(within))
            if (const auto kind = kind_of(element))
                control(element, *kind, context);
    }

private:
    TemplateId place(xml::Element element, TemplateId context) {
        if (const std::string bind = xml::attribute(element, "bind"); !bind.empty()) {
            const auto at = loading_.bind_ids.find(bind);
            return at == loading_.bind_ids.end() ? missing(element, bind) : at->second;
        }
        std::string path = xml::attribute(element, "ref");
        if (path.empty())
            path = xml::attribute(element, "nodeset");
        if (path.empty())
            return nowhere;
        const TemplateId found = loading_.place(path, context);
        return found == nowhere ? missing(element, path) : found;
    }

    TemplateId missing(xml::Element element, const std::string& path) {
        loading_.error(path, "type", "unknown-node",
                       fmt::format("<{}> in the body asks for {}, which is no place of the primary instance "
                                   "(line {} of the XML).",
                                   xml::name(element), path, xml::line(element)));
        return nowhere;
    }

    void control(xml::Element element, ControlKind kind, TemplateId context) {
        const TemplateId of = place(element, context);
        const bool container = kind == ControlKind::group || kind == ControlKind::repeat;
        if (of == nowhere) {
            if (container)
                read(element, context);
            return;
        }
        Template& at = content_.templates[of];
        if (kind == ControlKind::repeat) {
            at.repeat = true;
            if (of == 0)
                loading_.error(at.path, "type", "root-repeat", "the root of the form cannot repeat.");
        }
        // The <group> around a <repeat> of the same place names it; the repeat itself counts.
        if (at.control == nowhere || kind == ControlKind::repeat)
            keep(element, kind, of);
        if (container)
            read(element, of);
        read_actions(loading_, element, of, kind == ControlKind::repeat);
    }

    void keep(xml::Element element, ControlKind kind, TemplateId of) {
        const std::string path = content_.at(of).path;
        Control made;
        made.kind = kind;
        made.of = of;
        made.label = loading_.wording(xml::child(element, "label"), path, "label");
        // The group around a repeat of the same place speaks for it.
        if (content_.at(of).control != nowhere)
            if (const FormWording& around = content_.controls[content_.at(of).control].label; !around.empty())
                made.label = around;
        made.hint = loading_.wording(xml::child(element, "hint"), path, "hint");
        made.appearance = xml::attribute(element, "appearance");
        made.media_type = xml::attribute(element, "mediatype");
        if (kind == ControlKind::range) {
            made.start = number(xml::attribute(element, "start"));
            made.end = number(xml::attribute(element, "end"));
        }
        if (kind == ControlKind::repeat) {
            made.count =
                loading_.formula(xml::attribute(element, "count", xml::javarosa), path, "repeat_count");
            const std::string fixed = xml::attribute(element, "noAddRemove", xml::javarosa);
            made.no_add_remove = fixed == "true()" || fixed == "true" || fixed == "1";
        }
        read_choices(element, path, made);
        content_.templates[of].control = static_cast<std::uint32_t>(content_.controls.size());
        content_.controls.push_back(std::move(made));
    }

    void read_choices(xml::Element element, const std::string& path, Control& made) {
        for (const xml::Element item : xml::children(element, "item")) {
            const xml::Element value = xml::child(item, "value");
            made.items.push_back({value ? std::string(xml::trimmed(xml::text(value))) : std::string(),
                                  loading_.wording(xml::child(item, "label"), path, "label")});
        }
        const xml::Element itemset = xml::child(element, "itemset");
        if (!itemset)
            return;
        auto nodes = loading_.formula(xml::attribute(itemset, "nodeset"), path, "choice_filter");
        const xml::Element value = xml::child(itemset, "value");
        auto value_ref = loading_.formula(value ? xml::attribute(value, "ref") : "", path, "choice_filter");
        if (!nodes || !value_ref) {
            loading_.error(path, "choice_filter", "itemset",
                           "an itemset needs a nodeset and a value with a ref.");
            return;
        }
        const xml::Element label = xml::child(itemset, "label");
        made.itemset =
            Itemset{std::move(*nodes), std::move(*value_ref),
                    loading_.formula(label ? xml::attribute(label, "ref") : "", path, "choice_filter")};
    }

    Loading& loading_;
    FormContent& content_;
};

// A repeat without jr:template is modelled on its first instance.
void model_on_first(FormContent& content, const Seed& seed) {
    for (const Seed& child : seed.children) {
        if (content.at(child.of).repeat)
            content.new_instance.try_emplace(child.of, child);
        model_on_first(content, child);
    }
}

}  // namespace

void read_body(Loading& loading, xml::Element body) {
    if (!body) {
        loading.error("/", "body", "no-body", "the form has no body, so it asks nothing.");
        return;
    }
    BodyReader(loading).read(body, 0);
    FormContent& content = loading.content;
    model_on_first(content, content.beginning);
    const auto marked = content.new_instance;  // models hold repeats of their own
    for (const auto& [id, model] : marked)
        model_on_first(content, model);
    for (const TemplateId id : loading.prototypes) {
        // Marked as a model, and nothing in the body repeats it.
        if (!content.at(id).repeat) {
            loading.warning(
                content.at(id).path, "type", "lone-template",
                fmt::format("{} is marked jr:template, but no repeat asks for it.", content.at(id).path));
            content.templates[id].repeat = true;
        }
    }
    for (TemplateId id = 0; id < content.templates.size(); ++id)
        if (content.at(id).repeat && !content.new_instance.contains(id))
            content.new_instance.emplace(id, Seed{id, {}, {}});
}

}  // namespace doorstep
