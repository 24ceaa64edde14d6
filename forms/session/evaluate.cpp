// Expressions at nodes, with what only the form knows.
#include <algorithm>

#include "forms/session/state.h"
#include "forms/session/tree.h"

namespace doorstep {
namespace {

// Splitmix64: a few bytes of state, since every vertex throws its own.
class Dice final : public Random {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() override {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t state_;
};

std::string property_of(const SessionState& state, std::string_view name) {
    if (name == "deviceid")
        return state.circumstances.device;
    if (name == "username")
        return state.circumstances.officer;
    return name == "version" ? state.content->version : std::string();
}

std::string pieces_text(const SessionState& state, const Pieces& pieces, xpath::Node at,
                        const std::string& language) {
    std::string text;
    for (const Piece& piece : pieces) {
        text += piece.text;
        if (!piece.formula)
            continue;
        if (const auto shown = evaluate_text(state, *piece.formula, at, state.begun.random_seed, language))
            text += *shown;
    }
    // Converters pad a text around its outputs with one space, which is no part of
    // what is said; more than one was meant.
    const auto blank = [&](std::size_t place) { return text[place] == ' ' || text[place] == '\n'; };
    if (text.size() > 1 && text.front() == ' ' && !blank(1))
        text.erase(0, 1);
    if (text.size() > 1 && text.back() == ' ' && !blank(text.size() - 2))
        text.pop_back();
    return text;
}

// The language asked for, or the form's own where that one is silent.
std::string wording_text(const SessionState& state, const FormWording& wording, xpath::Node at,
                         const std::string& language) {
    if (wording.formula) {
        const auto text = evaluate_text(state, *wording.formula, at, state.begun.random_seed, language);
        return text ? *text : std::string();
    }
    if (wording.by_language.empty())
        return {};
    if (wording.by_language.size() == 1 || state.content->languages.empty())
        return pieces_text(state, wording.by_language.front(), at, language);
    const auto& wanted = wording.by_language[state.content->language_index(language)];
    if (!wanted.empty())
        return pieces_text(state, wanted, at, language);
    const auto own = state.content->language_index(state.content->default_language);
    return pieces_text(state, wording.by_language[own], at, language);
}

std::string choice_name(const SessionState& state, NodeId at, std::string_view value, std::string_view path,
                        const std::string& language) {
    const FormContent& content = *state.content;
    TemplateId of = nowhere;
    path.remove_prefix(std::min(path.find_first_not_of(' '), path.size()));
    path = path.substr(0, path.find_last_not_of(' ') + 1);
    if (const auto absolute = content.by_path(path)) {
        of = *absolute;
    } else {
        // "../status", from where the expression stands.
        of = state.instance[at].of;
        while (path.starts_with("../") && of != nowhere) {
            of = content.at(of).parent;
            path.remove_prefix(3);
        }
        const auto child = of == nowhere ? std::nullopt : content.child(of, "", path, false);
        of = child.value_or(nowhere);
    }
    const auto node = of == nowhere ? std::nullopt : state.instance.nearest(of, at);
    const auto choices = node ? choices_of(state, *node, language, true) : std::vector<Choice>{};
    if (!choices)
        return {};
    for (const Choice& choice : *choices)
        if (choice.value == value)
            return choice.label;
    return {};
}

}  // namespace

Result<xpath::Value> evaluate(const SessionState& state, const Formula& formula, xpath::Node at,
                              std::uint64_t dice, const std::string& language) {
    const SessionTree tree(state);
    Dice thrown(dice);
    xpath::Evaluation evaluation{.tree = tree, .context = at};
    evaluation.now_ms = state.now.at_ms;
    evaluation.utc_offset_minutes = state.now.utc_offset_minutes;
    evaluation.random = &thrown;
    evaluation.clock = state.clock;
    evaluation.language = language;
    evaluation.cost = &state.walked;
    const NodeId node =
        at.document == 0 && at.index != 0 ? static_cast<NodeId>(at.index - 1) : state.instance.root();
    // One reference each, so that std::function holds them without the heap: this runs for
    // every expression.
    const struct {
        const SessionState& state;
        NodeId node;
        const std::string& language;
    } here{state, node, language};
    evaluation.itext = [&here](std::string_view id) {
        const auto known = here.state.content->itext.find(std::string(id));
        return known == here.state.content->itext.end()
                   ? std::string(id)
                   : wording_text(here.state, known->second, tree_node(here.node), here.language);
    };
    evaluation.choice_name = [&here](std::string_view value, std::string_view path) {
        return choice_name(here.state, here.node, value, path, here.language);
    };
    evaluation.property = [&state](std::string_view name) { return property_of(state, name); };
    return formula.expression.evaluate(evaluation);
}

Result<bool> evaluate_boolean(const SessionState& state, const Formula& formula, NodeId at,
                              std::uint64_t dice) {
    TRY(const xpath::Value value, evaluate(state, formula, tree_node(at), dice, state.language));
    return xpath::to_boolean(value, SessionTree(state));
}

Result<std::string> evaluate_text(const SessionState& state, const Formula& formula, xpath::Node at,
                                  std::uint64_t dice, const std::string& language) {
    TRY(const xpath::Value value, evaluate(state, formula, at, dice, language));
    return xpath::to_text(value, SessionTree(state), state.now.utc_offset_minutes);
}

std::string spoken(const SessionState& state, const FormWording& wording, NodeId at,
                   const std::string& language) {
    return wording_text(state, wording, tree_node(at), language);
}

}  // namespace doorstep
