// The primary instance: templates, what a session begins with, and the model of
// each repeat.
#include <fmt/format.h>

#include <algorithm>

#include "forms/definition/loading.h"

namespace doorstep {
namespace {

constexpr std::size_t template_limit = 200'000;

class PrimaryReader {
public:
    explicit PrimaryReader(Loading& loading) : loading_(loading), content_(loading.content) {}

    void read(xml::Element root) {
        const TemplateId top = add(nowhere, "", xml::name(root), xml::prefix(root), false);
        content_.beginning = seed(root, top);
        complete_meta();
    }

private:
    TemplateId add(TemplateId parent, std::string_view space, std::string_view name, std::string_view prefix,
                   bool attribute) {
        Template fresh;
        fresh.parent = parent;
        fresh.name_space = space;
        fresh.name = name;
        fresh.prefix = prefix;
        fresh.attribute = attribute;
        return content_.add(std::move(fresh));
    }

    TemplateId find_or_add(TemplateId parent, std::string_view space, std::string_view name,
                           std::string_view prefix, bool attribute) {
        const auto known = content_.child(parent, space, name, attribute);
        return known ? *known : add(parent, space, name, prefix, attribute);
    }

    // OpenRosa asks for meta/instanceID; a form that forgot it gets one.
    void complete_meta() {
        constexpr std::string_view openrosa = "http://openrosa.org/xforms";
        std::string prefix;
        for (const auto& [declared, uri] : content_.name_spaces)
            if (uri == openrosa && prefix.empty())
                prefix = declared;
        Seed* meta = nullptr;
        for (Seed& child : content_.beginning.children)
            if (content_.at(child.of).name == "meta")
                meta = &child;
        if (!meta) {
            const TemplateId id = find_or_add(0, prefix.empty() ? "" : openrosa, "meta", prefix, false);
            content_.beginning.children.push_back({id, {}, {}});
            meta = &content_.beginning.children.back();
        }
        const std::string own_prefix = content_.at(meta->of).prefix;
        const std::string own_space = content_.at(meta->of).name_space;
        const bool named = std::any_of(meta->children.begin(), meta->children.end(), [&](const Seed& child) {
            return content_.at(child.of).name == "instanceID";
        });
        if (!named)
            meta->children.push_back(
                {find_or_add(meta->of, own_space, "instanceID", own_prefix, false), {}, {}});
        // A record that replaces another names it, behind its own; no questionnaire begins
        // with one.
        find_or_add(meta->of, own_space, "deprecatedID", own_prefix, false);
    }

    void read_attributes(xml::Element element, Seed& into) {
        for (const xml::Attribute& one : xml::attributes(element)) {
            if (one.name == "template" && one.name_space == xml::javarosa)
                continue;
            const TemplateId id = find_or_add(into.of, one.name_space, one.name, one.prefix, true);
            into.children.push_back({id, one.value, {}});
        }
    }

    Seed seed(xml::Element element, TemplateId id) {
        Seed made{id, {}, {}};
        read_attributes(element, made);
        const auto inner = xml::children(element);
        if (inner.empty()) {
            const std::string text = xml::text(element);
            made.text = xml::trimmed(text).empty() ? std::string() : text;
        }
        for (const xml::Element one : inner) {
            if (content_.templates.size() > template_limit) {
                loading_.error("/", "instance", "too-large",
                               fmt::format("the form has more than {} places for answers.", template_limit));
                return made;
            }
            // A default namespace says nothing about which question is meant.
            const std::string_view prefix = xml::prefix(one);
            const TemplateId child =
                find_or_add(id, prefix.empty() ? "" : xml::name_space(one), xml::name(one), prefix, false);
            Seed below = seed(one, child);
            if (xml::has_attribute(one, "template", xml::javarosa)) {
                content_.new_instance.insert_or_assign(child, std::move(below));
                loading_.prototypes.push_back(child);
                continue;
            }
            made.children.push_back(std::move(below));
        }
        return made;
    }

    Loading& loading_;
    FormContent& content_;
};

std::string meta_text(xml::Element root, std::string_view named) {
    const xml::Element meta = xml::child(root, "meta");
    const xml::Element found = meta ? xml::child(meta, named) : nullptr;
    return found ? std::string(xml::trimmed(xml::text(found))) : std::string();
}

}  // namespace

void read_primary(Loading& loading, xml::Element model) {
    const xml::Element instance = xml::child(model, "instance");
    const auto roots = instance ? xml::children(instance) : std::vector<xml::Element>{};
    if (roots.empty()) {
        loading.error("/", "instance", "no-instance",
                      "the form has no primary instance, so there is nowhere to keep answers.");
        return;
    }
    FormContent& content = loading.content;
    const xml::Element root = roots.front();
    PrimaryReader(loading).read(root);
    content.id = xml::attribute(root, "id");
    if (content.id.empty())
        content.id = xml::attribute(root, "xmlns");
    if (content.id.empty())
        content.id = xml::name_space(root) == xml::xforms ? std::string(xml::name(root))
                                                          : std::string(xml::name_space(root));
    content.version = xml::attribute(root, "version");
    content.privacy_version = meta_text(root, "privacy_version");
    if (xml::prefix(root).empty() && xml::name_space(root) != xml::xforms)
        content.root_name_space = xml::name_space(root);
}

}  // namespace doorstep
