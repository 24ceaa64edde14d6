#include "forms/definition/loading.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace doorstep {
namespace {

void add(std::vector<FormFault>& faults, Severity severity, std::string_view node, std::string_view property,
         std::string_view code, std::string what, std::string mend) {
    FormFault fault;
    fault.node = node;
    fault.property = property;
    fault.diagnostic.code = code;
    fault.diagnostic.severity = severity;
    fault.diagnostic.what = std::move(what);
    fault.diagnostic.mend = std::move(mend);
    faults.push_back(std::move(fault));
}

bool by_clock_or_chance(const xpath::Expression& expression) {
    constexpr std::array<std::string_view, 4> outside{"now", "today", "random", "uuid"};
    return std::any_of(expression.functions().begin(), expression.functions().end(), [&](const auto& use) {
        return std::find(outside.begin(), outside.end(), use.name) != outside.end() ||
               (use.name == "randomize" && use.arguments == 1);
    });
}

std::string shortened(std::string_view text) {
    constexpr std::size_t most = 120;
    std::string out(text.substr(0, most));
    // Not in the middle of a character.
    if (text.size() > most)
        while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0x80u) != 0)
            out.pop_back();
    return text.size() > most ? out + "..." : out;
}

// The id in jr:itext('id') or jr:itext("id").
std::optional<std::string> literal_itext(std::string_view text) {
    text = xml::trimmed(text);
    if (!text.starts_with("jr:itext(") || !text.ends_with(")"))
        return std::nullopt;
    text = xml::trimmed(text.substr(9, text.size() - 10));
    if (text.size() < 2 || (text.front() != '\'' && text.front() != '"') || text.back() != text.front())
        return std::nullopt;
    text = text.substr(1, text.size() - 2);
    return text.find_first_of("'\"") == std::string_view::npos ? std::optional(std::string(text))
                                                               : std::nullopt;
}

// Predicates may hold slashes of their own.
std::size_t end_of_step(std::string_view path, std::size_t at) {
    int open = 0;
    for (; at < path.size(); ++at) {
        open += path[at] == '[' ? 1 : path[at] == ']' ? -1 : 0;
        if (open <= 0 && path[at] == '/')
            break;
    }
    return at;
}

Pieces parsed(Loading& loading, const RawPieces& raw, std::string_view node, std::string_view property) {
    Pieces pieces;
    for (const RawPiece& piece : raw) {
        if (!piece.is_output)
            pieces.push_back({piece.text, std::nullopt});
        else if (auto formula = loading.formula(piece.text, node, property))
            pieces.push_back({{}, std::move(formula)});
    }
    return pieces;
}

}  // namespace

void Loading::error(std::string_view node, std::string_view property, std::string_view code, std::string what,
                    std::string mend) {
    add(faults, Severity::error, node, property, code, std::move(what), std::move(mend));
}

void Loading::warning(std::string_view node, std::string_view property, std::string_view code,
                      std::string what, std::string mend) {
    add(faults, Severity::warning, node, property, code, std::move(what), std::move(mend));
}

bool Loading::failed() const {
    return std::any_of(faults.begin(), faults.end(),
                       [](const auto& fault) { return fault.diagnostic.severity == Severity::error; });
}

std::optional<Formula> Loading::formula(std::string_view text, std::string_view node,
                                        std::string_view property) {
    if (xml::trimmed(text).empty())
        return std::nullopt;
    const auto known = expressions.find(std::string(text));
    if (known == expressions.end()) {
        auto made = xpath::Expression::parse(text, name_spaces);
        if (const auto* syntax = std::get_if<xpath::SyntaxError>(&made)) {
            refuse(*syntax, text, node, property);
            return std::nullopt;
        }
        return checked(expressions.emplace(text, std::get<xpath::Expression>(std::move(made))).first->second,
                       text, node, property);
    }
    return checked(known->second, text, node, property);
}

void Loading::refuse(const xpath::SyntaxError& syntax, std::string_view text, std::string_view node,
                     std::string_view property) {
    const std::string expected = syntax.expected.empty() ? "" : "; expected " + syntax.expected;
    error(node, property, "syntax",
          fmt::format("the expression stops at character {}: \"{}\"{}. {}", syntax.character, shortened(text),
                      expected, syntax.what),
          syntax.mend);
}

// Functions are told of at every place that calls them.
Formula Loading::checked(const xpath::Expression& expression, std::string_view text, std::string_view node,
                         std::string_view property) {
    for (const auto& use : expression.functions()) {
        if (!use.known)
            error(node, property, "unknown-function",
                  fmt::format("there is no function {}() (character {}).", use.name, use.character));
        else if (!use.arity_ok)
            error(node, property, "arguments",
                  fmt::format("{}() does not take {} arguments (character {}).", use.name, use.arguments,
                              use.character));
        else if (!use.pattern_fault.empty())
            error(node, property, "bad-pattern",
                  fmt::format("regex() (character {}): {}.", use.character, use.pattern_fault),
                  use.pattern_mend + ".");
    }
    const bool outside = by_clock_or_chance(expression);
    return Formula{expression, std::string(text), outside};
}

FormWording Loading::itext_wording(std::string_view id, std::string_view node, std::string_view property) {
    FormWording wording;
    const auto at = itext.find(id);
    if (at == itext.end()) {
        warning(node, property, "unknown-itext", fmt::format("there is no text \"{}\" in the itext.", id));
        wording.by_language.push_back({{std::string(id), std::nullopt}});
        return wording;
    }
    for (const RawPieces& raw : at->second)
        wording.by_language.push_back(parsed(*this, raw, node, property));
    return wording;
}

FormWording Loading::wording(std::string_view attribute, std::string_view node, std::string_view property) {
    if (attribute.empty())
        return {};
    if (const auto id = literal_itext(attribute))
        return itext_wording(*id, node, property);
    FormWording wording;
    wording.by_language.push_back({{std::string(attribute), std::nullopt}});
    return wording;
}

FormWording Loading::wording(xml::Element element, std::string_view node, std::string_view property) {
    if (!element)
        return {};
    const std::string ref = xml::attribute(element, "ref");
    if (const auto id = literal_itext(ref))
        return itext_wording(*id, node, property);
    FormWording wording;
    if (!ref.empty()) {
        wording.formula = formula(ref, node, property);
        return wording;
    }
    wording.by_language.push_back(parsed(*this, raw_pieces(element), node, property));
    return wording;
}

TemplateId Loading::place(std::string_view path, TemplateId context) const {
    path = xml::trimmed(path);
    if (path.empty())
        return nowhere;
    TemplateId at = context;
    bool from_document = path.front() == '/';
    std::size_t from = from_document ? 1 : 0;
    while (from <= path.size()) {
        const std::size_t end = end_of_step(path, from);
        std::string_view step = path.substr(from, end - from);
        step = xml::trimmed(step.substr(0, step.find('[')));
        from = end + 1;
        if (step == "." || step == "current()")
            continue;
        if (step == "..") {
            at = at == nowhere ? nowhere : content.at(at).parent;
            if (at == nowhere)
                return nowhere;
            continue;
        }
        const bool attribute = step.starts_with("@");
        step.remove_prefix(attribute ? 1 : 0);
        const std::size_t colon = step.find(':');
        const auto declared =
            colon == std::string_view::npos ? name_spaces.end() : name_spaces.find(step.substr(0, colon));
        const std::string_view space =
            declared == name_spaces.end() ? "" : std::string_view(declared->second);
        const std::string_view name = colon == std::string_view::npos ? step : step.substr(colon + 1);
        if (from_document) {
            at = content.templates.front().name == name ? 0 : nowhere;
            from_document = false;
        } else if (at != nowhere) {
            at = content.child(at, space, name, attribute).value_or(nowhere);
        }
        if (at == nowhere)
            return nowhere;
    }
    return at;
}

}  // namespace doorstep
