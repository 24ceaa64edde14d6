#include "forms/definition/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "forms/definition/xml.h"

namespace doorstep {
namespace {

Missing missing_in(xml::Element element) {
    constexpr std::array<std::pair<std::string_view, Missing>, 4> words{{{"dont_know", Missing::dont_know},
                                                                         {"prefer_not", Missing::prefer_not},
                                                                         {"not_asked", Missing::not_asked},
                                                                         {"sealed", Missing::sealed}}};
    const std::string said = xml::attribute(element, "missing", xml::doorstep_forms);
    for (const auto& [word, missing] : words)
        if (said == word)
            return missing;
    return Missing::none;
}

class RecordReader {
public:
    explicit RecordReader(const FormContent& content) : content_(content) {}

    Result<Seed> read(xml::Element element, const Seed& model) {
        Seed made{model.of, {}, {}};
        const auto inner = xml::children(element);
        if (inner.empty() && content_.at(model.of).leaf()) {
            made.text = xml::text(element);
            made.missing = missing_in(element);
        }
        read_attributes(element, model, made);
        std::map<TemplateId, std::vector<xml::Element>> given;
        for (const xml::Element one : inner) {
            const auto child = place_of(one, model.of);
            // What other tools add to meta (deprecatedID) is theirs.
            if (!child && content_.at(model.of).name == "meta")
                continue;
            if (!child)
                return Error{Fault::bad_input,
                             fmt::format("The record holds {}/{}, which this form does not ask.",
                                         content_.at(model.of).path, xml::name(one)),
                             "Open it with the form version that it was made with."};
            given[*child].push_back(one);
        }
        for (const TemplateId child : content_.at(model.of).children) {
            if (content_.at(child).attribute)
                continue;
            TRY_DO(read_child(child, given[child], model, made));
        }
        return made;
    }

private:
    std::optional<TemplateId> place_of(xml::Element element, TemplateId parent) const {
        const std::string_view space = xml::prefix(element).empty() ? "" : xml::name_space(element);
        if (const auto exact = content_.child(parent, space, xml::name(element), false))
            return exact;
        // A prefix may have been written as a default name space, or the other way.
        for (const TemplateId id : content_.named(parent, xml::name(element)))
            if (!content_.at(id).attribute)
                return id;
        return std::nullopt;
    }

    void read_attributes(xml::Element element, const Seed& model, Seed& made) const {
        for (const Seed& child : model.children) {
            const Template& form = content_.at(child.of);
            if (!form.attribute)
                continue;
            made.children.push_back(child);
            if (xml::has_attribute(element, form.name, form.name_space))
                made.children.back().text = xml::attribute(element, form.name, form.name_space);
        }
    }

    Result<void> read_child(TemplateId child, const std::vector<xml::Element>& given, const Seed& model,
                            Seed& made) {
        const auto known = std::find_if(model.children.begin(), model.children.end(),
                                        [&](const Seed& one) { return one.of == child; });
        const bool repeat = content_.at(child).repeat;
        const Seed blank{child, {}, {}};
        const Seed& like = repeat                          ? content_.new_instance.at(child)
                           : known != model.children.end() ? *known
                                                           : blank;
        for (const xml::Element one : given) {
            TRY(Seed below, read(one, like));
            made.children.push_back(std::move(below));
        }
        if (given.empty() && !repeat && known != model.children.end())
            made.children.push_back(*known);
        return {};
    }

    const FormContent& content_;
};

}  // namespace

Result<Seed> read_record(const FormContent& content, std::string_view xml) {
    TRY(const xml::Document document, xml::read(xml));
    const xml::Element root = xml::root(document);
    if (xml::name(root) != content.templates.front().name)
        return Error{Fault::bad_input,
                     fmt::format("The record is a <{}>, and this form makes a <{}>.", xml::name(root),
                                 content.templates.front().name),
                     ""};
    return RecordReader(content).read(root, content.beginning);
}

}  // namespace doorstep
