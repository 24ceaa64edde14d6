#include "forms/definition/definition.h"

#include <algorithm>
#include <array>

#include "forms/definition/compiled.h"
#include "forms/definition/loading.h"

namespace doorstep {

bool Formula::calls(std::string_view function) const {
    const auto& used = expression.functions();
    return std::any_of(used.begin(), used.end(), [&](const auto& use) { return use.name == function; });
}

bool FormContent::is_within(TemplateId inner, TemplateId outer) const {
    // Parents are numbered before their children.
    while (inner != nowhere && inner > outer)
        inner = templates[inner].parent;
    return inner == outer;
}

TemplateId FormContent::add(Template fresh) {
    const auto made = static_cast<TemplateId>(templates.size());
    fresh.path = (fresh.parent == nowhere ? "" : at(fresh.parent).path) + (fresh.attribute ? "/@" : "/") +
                 (fresh.prefix.empty() ? "" : fresh.prefix + ":") + fresh.name;
    if (fresh.parent != nowhere) {
        Template& above = templates[fresh.parent];
        fresh.slot = static_cast<std::uint32_t>(above.children.size());
        above.children.push_back(made);
        above.elements += fresh.attribute ? 0 : 1;
        by_parent_and_name[{fresh.parent, fresh.name}].push_back(made);
    }
    paths.emplace(fresh.path, made);
    templates.push_back(std::move(fresh));
    return made;
}

std::optional<TemplateId> FormContent::by_path(std::string_view path) const {
    const auto at = paths.find(path);
    return at == paths.end() ? std::nullopt : std::optional(at->second);
}

std::optional<TemplateId> FormContent::child(TemplateId parent, std::string_view name_space,
                                             std::string_view name, bool attribute) const {
    for (const TemplateId below : named(parent, name)) {
        const Template& one = templates[below];
        if (one.name_space == name_space && one.attribute == attribute)
            return below;
    }
    return std::nullopt;
}

const std::vector<TemplateId>& FormContent::named(TemplateId parent, std::string_view name) const {
    static const std::vector<TemplateId> none;
    const auto at = by_parent_and_name.find(std::pair(parent, name));
    return at == by_parent_and_name.end() ? none : at->second;
}

std::size_t FormContent::language_index(std::string_view language) const {
    const auto at = std::find(languages.begin(), languages.end(), language);
    const auto fallback = std::find(languages.begin(), languages.end(), default_language);
    return static_cast<std::size_t>((at != languages.end() ? at : fallback) - languages.begin());
}

struct FormDefinition::Parts : LoadedForm {};

namespace {

// Prefixes that forms use without declaring them.
xpath::Namespaces usual_prefixes() {
    return {{"jr", std::string(xml::javarosa)},
            {"orx", "http://openrosa.org/xforms"},
            {"odk", std::string(xml::odk)},
            {"h", "http://www.w3.org/1999/xhtml"},
            {"entities", "http://www.opendatakit.org/xforms/entities"},
            {"d", std::string(xml::doorstep_forms)}};
}

void declare(Loading& loading, xml::Element element) {
    for (const auto& [prefix, uri] : xml::declarations(element)) {
        if (prefix.empty())
            continue;
        loading.name_spaces[prefix] = uri;
        if (std::none_of(loading.content.name_spaces.begin(), loading.content.name_spaces.end(),
                         [&prefix = prefix](const auto& known) { return known.first == prefix; }))
            loading.content.name_spaces.emplace_back(prefix, uri);
    }
    for (const xml::Element child : xml::children(element))
        declare(loading, child);
}

void read_form(Loading& loading, xml::Element root) {
    const xml::Element head = xml::child(root, "head");
    const xml::Element model = head ? xml::child(head, "model") : nullptr;
    if (!model) {
        loading.error("/", "model", "no-model", "this XML is no form (XForm): it has no head with a model.",
                      "name the form itself, or the workbook that it came from.");
        return;
    }
    if (const xml::Element title = xml::child(head, "title"))
        loading.content.title = xml::trimmed(xml::text(title));
    declare(loading, root);
    read_itext(loading, model);
    read_primary(loading, model);
    if (loading.failed())
        return;
    read_secondary(loading, model);
    read_binds(loading, model);
    read_body(loading, xml::child(root, "body"));
    read_actions(loading, model, nowhere, false);
    read_rules(loading, model);
    for (const auto& [id, by_language] : loading.itext)
        if (by_language.size() == loading.content.languages.size())
            loading.content.itext.emplace(id, loading.itext_wording(id, "itext:" + id, "label"));
}

// Whether every place of the form was read, so that cycles can be looked for although
// something else is wrong.
bool is_whole(const std::vector<FormFault>& faults, std::size_t from) {
    constexpr std::array<std::string_view, 12> local{
        "missing-attachment", "syntax",       "unknown-function", "arguments",   "bad-pattern", "no-rule",
        "unknown-word",       "unknown-node", "itemset",          "instance-id", "no-name",     "same-id"};
    return std::all_of(faults.begin() + static_cast<std::ptrdiff_t>(from), faults.end(),
                       [&](const FormFault& fault) {
                           return fault.diagnostic.severity == Severity::warning ||
                                  std::find(local.begin(), local.end(), fault.diagnostic.code) != local.end();
                       });
}

}  // namespace

std::shared_ptr<const FormDefinition> FormDefinition::load(std::string_view xml,
                                                           const FormAttachments& attachments,
                                                           std::vector<FormFault>& faults) {
    auto parts = std::make_unique<Parts>();
    Loading loading{parts->content, faults, attachments, usual_prefixes(), {}, {}, {}};
    const auto document = xml::read(xml);
    if (!document) {
        loading.error("/", "xml", "xml", document.error().what,
                      document.error().mend.empty() ? "export or download the form again."
                                                    : document.error().mend);
        return nullptr;
    }
    const std::size_t before = faults.size();
    read_form(loading, xml::root(*document));
    const auto failed = [&] {
        return std::any_of(faults.begin() + static_cast<std::ptrdiff_t>(before), faults.end(),
                           [](const auto& one) { return one.diagnostic.severity == Severity::error; });
    };
    if (failed() && !is_whole(faults, before))
        return nullptr;
    parts->graph = build_graph(parts->content, faults);
    if (failed())
        return nullptr;
    parts->hash = Sha256::of(xml);
    parts->warnings.assign(faults.begin() + static_cast<std::ptrdiff_t>(before), faults.end());
    std::shared_ptr<FormDefinition> made(new FormDefinition());
    made->parts_ = std::move(parts);
    return made;
}

std::string FormDefinition::compiled() const {
    return pack_form(*parts_);
}

std::shared_ptr<const FormDefinition> FormDefinition::load_compiled(std::string_view bytes,
                                                                    const Sha256& hash,
                                                                    const FormAttachments& attachments,
                                                                    std::vector<FormFault>& faults) {
    auto parts = std::make_unique<Parts>();
    if (!unpack_form(bytes, hash, attachments, *parts))
        return nullptr;
    faults.insert(faults.end(), parts->warnings.begin(), parts->warnings.end());
    std::shared_ptr<FormDefinition> made(new FormDefinition());
    made->parts_ = std::move(parts);
    return made;
}

FormDefinition::FormDefinition() = default;
FormDefinition::~FormDefinition() = default;

const std::string& FormDefinition::id() const {
    return parts_->content.id;
}
const std::string& FormDefinition::version() const {
    return parts_->content.version;
}
const std::string& FormDefinition::title() const {
    return parts_->content.title;
}
const Sha256& FormDefinition::hash() const {
    return parts_->hash;
}
const std::string& FormDefinition::privacy_version() const {
    return parts_->content.privacy_version;
}
const std::vector<std::string>& FormDefinition::languages() const {
    return parts_->content.languages;
}
const std::string& FormDefinition::default_language() const {
    return parts_->content.default_language;
}
const FormContent& FormDefinition::content() const {
    return parts_->content;
}
const FormGraph& FormDefinition::graph() const {
    return parts_->graph;
}

}  // namespace doorstep
