// Binds, actions, and the rules for referrals and offers.
#include <fmt/format.h>

#include <algorithm>

#include "forms/definition/loading.h"

namespace doorstep {
namespace {

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> all;
    std::size_t at = 0;
    while ((at = text.find_first_not_of(" \t\r\n", at)) != std::string_view::npos) {
        const std::size_t end = std::min(text.find_first_of(" \t\r\n", at), text.size());
        all.emplace_back(text.substr(at, end - at));
        at = end;
    }
    return all;
}

std::string without_prefix(const std::string& type) {
    return type.substr(type.find(':') == std::string::npos ? 0 : type.find(':') + 1);
}

Sensitivity sensitivity_of(Loading& loading, xml::Element bind, const std::string& path) {
    const std::string word = xml::attribute(bind, "sensitive", xml::doorstep_forms);
    if (word == "restricted")
        return Sensitivity::restricted;
    if (word == "yes")
        return Sensitivity::sensitive;
    if (!word.empty())
        loading.error(path, "sensitive", "unknown-word", fmt::format("\"{}\" is not allowed here.", word),
                      "Write yes or restricted, or leave it out.");
    return Sensitivity::ordinary;
}

// Where two binds speak of one place, each says what the other leaves out.
void read_bind(Loading& loading, xml::Element element, TemplateId of) {
    const std::string path = loading.content.at(of).path;
    Bind& bind = loading.content.templates[of].bind;
    const auto text = [&](const char* attribute, std::string_view space, std::string& into) {
        if (xml::has_attribute(element, attribute, space))
            into = xml::attribute(element, attribute, space);
    };
    const auto formula = [&](const char* attribute, const char* property, std::optional<Formula>& into) {
        if (xml::has_attribute(element, attribute))
            into = loading.formula(xml::attribute(element, attribute), path, property);
    };
    const auto message = [&](const char* attribute, const char* property, FormWording& into) {
        const std::string words_or_id = xml::attribute(element, attribute, xml::javarosa);
        if (!words_or_id.empty())
            into = loading.wording(std::string_view(words_or_id), path, property);
    };
    text("type", {}, bind.type);
    bind.type = without_prefix(bind.type);
    formula("relevant", "relevant", bind.relevant);
    formula("readonly", "readonly", bind.readonly);
    formula("required", "required", bind.required);
    formula("calculate", "calculation", bind.calculate);
    formula("constraint", "constraint", bind.constraint);
    message("constraintMsg", "constraint_message", bind.constraint_message);
    message("requiredMsg", "required_message", bind.required_message);
    text("preload", xml::javarosa, bind.preload);
    text("preloadParams", xml::javarosa, bind.preload_parameter);
    if (xml::has_attribute(element, "sensitive", xml::doorstep_forms))
        bind.sensitivity = sensitivity_of(loading, element, path);
}

}  // namespace

void read_binds(Loading& loading, xml::Element model) {
    std::vector<bool> bound(loading.content.templates.size());
    for (const xml::Element element : xml::children(model, "bind")) {
        const std::string nodeset = xml::attribute(element, "nodeset");
        const TemplateId of = loading.place(nodeset, 0);
        if (of == nowhere) {
            loading.warning(nodeset, "type", "unknown-node",
                            fmt::format("a bind names {}, which is no place of the primary instance (line {} "
                                        "of the XML); it does nothing.",
                                        nodeset.empty() ? "nothing" : nodeset, xml::line(element)));
            continue;
        }
        if (bound[of])
            loading.warning(loading.content.at(of).path, "type", "bound-twice",
                            fmt::format("{} has two binds; where both speak, the later one counts.",
                                        loading.content.at(of).path),
                            "Put both into one.");
        bound[of] = true;
        read_bind(loading, element, of);
        if (const std::string id = xml::attribute(element, "id"); !id.empty())
            loading.bind_ids.emplace(id, of);
    }
}

void read_actions(Loading& loading, xml::Element within, TemplateId around, bool in_repeat) {
    for (const xml::Element element : xml::children(within, "setvalue")) {
        std::string event = xml::attribute(element, "event");
        if (event.empty())
            event = xml::attribute(element, "event", "http://www.w3.org/2001/xml-events");
        Action action;
        for (const std::string& word : words(event)) {
            action.on_first_load |= word == "odk-instance-first-load" || word == "xforms-ready";
            action.on_load |= word == "odk-instance-load";
            action.on_new_repeat |= around != nowhere && (word == "odk-new-repeat" || word == "jr-insert");
            action.on_value_changed |= !in_repeat && around != nowhere && word == "xforms-value-changed";
        }
        std::string ref = xml::attribute(element, "ref");
        if (ref.empty())
            ref = xml::attribute(element, "bind");
        const TemplateId context = around == nowhere ? 0 : around;
        const auto bound = loading.bind_ids.find(ref);
        action.around = around;
        action.target = bound != loading.bind_ids.end() ? bound->second : loading.place(ref, context);
        if (action.target == nowhere) {
            loading.error(
                ref, "default", "unknown-node",
                fmt::format("a setvalue names {}, which is no place of the primary instance (line {} "
                            "of the XML).",
                            ref.empty() ? "nothing" : ref, xml::line(element)));
            continue;
        }
        const std::string path = loading.content.at(action.target).path;
        auto target = loading.formula(bound != loading.bind_ids.end() ? path : ref, path, "default");
        if (!target)
            continue;
        action.target_nodes = std::move(*target);
        action.value = loading.formula(xml::attribute(element, "value"), path, "default");
        action.literal = xml::text(element);
        loading.content.actions.push_back(std::move(action));
    }
}

namespace {

// Questions are named by path in the XML; who shares thinks of names.
std::vector<std::string> shared_names(Loading& loading, const std::string& paths, const std::string& rule) {
    std::vector<std::string> names;
    for (const std::string& path : words(paths)) {
        const TemplateId of = loading.place(path, 0);
        if (of == nowhere)
            loading.error(rule, "shares", "unknown-node", fmt::format("\"{}\" is no question.", path));
        else
            names.push_back(loading.content.at(of).name);
    }
    return names;
}

template<class Word>
Word word_of(Loading& loading, xml::Element element, const std::string& rule, const char* attribute,
             std::initializer_list<std::pair<std::string_view, Word>> known, Word otherwise) {
    const std::string text = xml::attribute(element, attribute);
    std::string all;
    for (const auto& [word, value] : known) {
        if (text == word)
            return value;
        all += (all.empty() ? "" : ", ") + std::string(word);
    }
    if (!text.empty())
        loading.error(rule, attribute, "unknown-word", fmt::format("\"{}\" is not known here.", text),
                      fmt::format("Write one of: {}.", all));
    return otherwise;
}

void read_rule(Loading& loading, xml::Element element, bool referral) {
    const std::string id = xml::attribute(element, "id");
    const std::string place = (referral ? "referral:" : "offer:") + id;
    auto when = loading.formula(xml::attribute(element, "when"), place, "when");
    if (!when) {
        if (xml::trimmed(xml::attribute(element, "when")).empty())
            loading.error(place, "when", "no-rule", "it does not say when this is suggested.",
                          "To suggest it always, write true().");
        return;
    }
    Rule rule{.id = id,
              .referral = referral,
              .code = xml::attribute(element, referral ? "agency" : "offer"),
              .when = std::move(*when)};
    if (const std::string reason = xml::attribute(element, "reason"); !reason.empty())
        rule.reason = loading.itext.contains(reason)
                          ? loading.itext_wording(reason, place, "reason")
                          : loading.wording(std::string_view(reason), place, "reason");
    rule.quantity = loading.formula(xml::attribute(element, "quantity"), place, "quantity");
    rule.shares = shared_names(loading, xml::attribute(element, "shares"), place);
    rule.consent =
        word_of<Consent>(loading, element, place, "consent",
                         {{"yes", Consent::yes}, {"safeguarding", Consent::safeguarding}}, Consent::yes);
    rule.urgency =
        word_of<Urgency>(loading, element, place, "urgency",
                         {{"routine", Urgency::routine}, {"soon", Urgency::soon}, {"today", Urgency::today}},
                         Urgency::routine);
    rule.service = xml::attribute(element, "service");
    const auto& rules = loading.content.rules;
    if (id.empty() || rule.code.empty())
        loading.error(place, "id", "no-name", "a rule needs an id and an agency or offer.");
    else if (std::any_of(rules.begin(), rules.end(),
                         [&](const Rule& one) { return one.id == id && one.referral == referral; }))
        loading.error(place, "id", "same-id", fmt::format("two rules have the id \"{}\".", id));
    else
        loading.content.rules.push_back(std::move(rule));
}

}  // namespace

void read_rules(Loading& loading, xml::Element model) {
    for (const xml::Element element : xml::children(model)) {
        if (xml::name_space(element) != xml::doorstep_forms)
            continue;
        if (xml::name(element) == "referral" || xml::name(element) == "offer")
            read_rule(loading, element, xml::name(element) == "referral");
    }
}

}  // namespace doorstep
