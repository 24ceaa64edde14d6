// A Pratt parser: values with the operators that bind them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "forms/base/diagnostic.h"
#include "forms/base/encoding.h"
#include "forms/xpath/function.h"
#include "forms/xpath/lexer.h"
#include "forms/xpath/syntax.h"

namespace doorstep::xpath {
namespace {

// Declared by every form that we have met, so a form need not.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> usual_prefixes{{
    {"h", "http://www.w3.org/1999/xhtml"},
    {"jr", "http://openrosa.org/javarosa"},
    {"orx", "http://openrosa.org/xforms"},
    {"odk", "http://www.opendatakit.org/xforms"},
    {"ev", "http://www.w3.org/2001/xml-events"},
    {"xsd", "http://www.w3.org/2001/XMLSchema"},
    {"entities", "http://www.opendatakit.org/xforms/entities"},
}};

// What people write for what XPath means.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> slips{{
    {"==", "="},
    {"&&", "and"},
    {"||", "or"},
    {"<>", "!="},
    {"!", "not(...)"},
    {"%", "mod"},
    {"\u201c", "\""},
    {"\u201d", "\""},
    {"\u2018", "'"},
    {"\u2019", "'"},
    {"\u2013", "-"},
    {"\u2264", "<="},
    {"\u2265", ">="},
}};

constexpr std::string_view operator_expected = "and, or, or an operator";
constexpr std::string_view value_expected = "a value, a path or a function";

bool is_node_type(std::string_view name) {
    return name == "node" || name == "text" || name == "comment" || name == "processing-instruction";
}

std::optional<Operator> operator_of(const Token& token) {
    const bool word = token.kind == Token::Kind::symbol || token.kind == Token::Kind::name;
    return word ? operator_named(token.text) : std::nullopt;
}

// "adn", "ro", "And", "orr": the operator with these letters, or nearly so.
std::string_view meant_operator(std::string_view word) {
    const auto letters = [](std::string_view text) {
        std::string sorted;
        for (const char c : text)
            sorted += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        std::sort(sorted.begin(), sorted.end());
        return sorted;
    };
    static const std::vector<std::string> words{"and", "or", "div", "mod"};
    for (const auto& one : words)
        if (letters(one) == letters(word))
            return one;
    return nearest(word, words);
}

// A failed parse() leaves its reason in error_ and gives nothing.
class Parser {
public:
    Parser(std::string_view text, const Namespaces& namespaces) : lexer_(text), namespaces_(namespaces) {}

    std::variant<Expression, SyntaxError> parse(std::string_view text);

private:
    using Id = std::optional<SyntaxId>;

    Id nested(std::string_view close);
    Id expression(int binding);
    Id minus(const Token& first);
    Id chain(SyntaxId first, int binding);
    Id value();
    Id primary(const Token& token);
    Id call(const Token& name);
    Id filtered(SyntaxId start);
    Id path(const Token& first);
    bool steps(SyntaxNode& path);
    std::optional<Step> step();
    bool test(Step& step, const Token& token);
    bool name_test(Step& step, const Token& token);
    bool predicates(std::vector<SyntaxId>& into);
    bool begins_step(const Token& token) const;

    SyntaxId add(SyntaxNode node) {
        nodes_.push_back(std::move(node));
        return static_cast<SyntaxId>(nodes_.size() - 1);
    }
    std::nullopt_t refuse(const Token& token, std::string_view expected);
    std::nullopt_t too_deep(const Token& token);
    std::nullopt_t refuse(const Token& token, std::string_view expected, std::string what, std::string mend);

    Lexer lexer_;
    const Namespaces& namespaces_;
    std::vector<SyntaxNode> nodes_;
    SyntaxError error_;
    int depth_ = 0;
};

std::nullopt_t Parser::refuse(const Token& token, std::string_view expected, std::string what,
                              std::string mend) {
    error_ = {token.character, std::string(token.text), std::string(expected), std::move(what),
              std::move(mend)};
    return std::nullopt;
}

std::nullopt_t Parser::refuse(const Token& token, std::string_view expected) {
    if (token.kind == Token::Kind::end)
        return refuse(token, expected, "The expression ends too early.", "");
    if (token.kind == Token::Kind::unclosed)
        return refuse(token, "a closing quote", "A text is opened here and never closed.",
                      fmt::format("put {} at its end", token.text.front()));
    std::string mend;
    for (const auto& [slip, meant] : slips)
        if (token.text == slip)
            mend = fmt::format("{} -> {}", slip, meant);
    if (mend.empty() && token.kind == Token::Kind::name && expected.starts_with(operator_expected))
        if (const auto word = meant_operator(token.text); !word.empty())
            mend = fmt::format("{} -> {}", token.text, word);
    if (token.text == "$")
        mend = "write the question as ${name} in the workbook";
    return refuse(token, expected, fmt::format("\"{}\" does not belong here.", token.text), std::move(mend));
}

std::nullopt_t Parser::too_deep(const Token& token) {
    return refuse(token,
                  fmt::format("no more brackets: at most {} may stand inside one another", depth_limit),
                  fmt::format("More than {} brackets stand inside one another.", depth_limit),
                  "let a calculate question of its own work out the inner part, and use that question here");
}

// An expression inside brackets, up to `close`.
Parser::Id Parser::nested(std::string_view close) {
    if (depth_ == depth_limit)
        return too_deep(lexer_.operand());
    ++depth_;
    const Id inner = expression(0);
    --depth_;
    if (!inner)
        return std::nullopt;
    const Token end = lexer_.after_operand();
    if (!end.is(close))
        return refuse(end, fmt::format("{}, or {}", operator_expected, close));
    lexer_.take(end);
    return inner;
}

Parser::Id Parser::expression(int binding) {
    const Token first = lexer_.operand();
    // Not after "|": each "|-" would cost another level of the stack.
    Id left = first.is("-") && binding < minus_precedence ? minus(first) : value();
    while (left) {
        const auto op = operator_of(lexer_.after_operand());
        if (!op || precedence(*op) <= binding)
            return left;
        left = chain(*left, precedence(*op));
    }
    return std::nullopt;
}

Parser::Id Parser::minus(const Token& first) {
    SyntaxNode node;
    node.kind = SyntaxNode::Kind::minus;
    node.character = first.character;
    for (Token sign = first; sign.is("-"); sign = lexer_.operand()) {
        lexer_.take(sign);
        ++node.minuses;
    }
    const Id operand = expression(minus_precedence);
    if (!operand)
        return std::nullopt;
    node.operands = {*operand};
    return add(std::move(node));
}

Parser::Id Parser::chain(SyntaxId first, int binding) {
    SyntaxNode node;
    node.kind = SyntaxNode::Kind::chain;
    node.character = nodes_[first].character;
    node.operands = {first};
    while (true) {
        const Token token = lexer_.after_operand();
        const auto op = operator_of(token);
        if (!op || precedence(*op) != binding)
            return add(std::move(node));
        lexer_.take(token);
        const Id next = expression(binding);
        if (!next)
            return std::nullopt;
        node.operators.push_back(*op);
        node.operands.push_back(*next);
    }
}

bool Parser::begins_step(const Token& token) const {
    return token.kind == Token::Kind::name || token.is("*") || token.is("@") || token.is(".") ||
           token.is("..");
}

Parser::Id Parser::value() {
    const Token token = lexer_.operand();
    const Id start = primary(token);
    if (start)
        return filtered(*start);
    if (error_.character != 0)
        return std::nullopt;
    if (token.is("/") || token.is("//") || begins_step(token))
        return path(token);
    return refuse(token, value_expected);
}

// A literal, brackets or a call; nothing and no error for a path.
Parser::Id Parser::primary(const Token& token) {
    SyntaxNode node;
    node.character = token.character;
    node.text = token.text;
    if (token.kind == Token::Kind::number || token.kind == Token::Kind::literal) {
        lexer_.take(token);
        const bool number = token.kind == Token::Kind::number;
        node.kind = number ? SyntaxNode::Kind::number : SyntaxNode::Kind::text;
        node.number = number ? text_number(token.text) : 0;
        return add(std::move(node));
    }
    if (token.is("(")) {
        lexer_.take(token);
        return nested(")");
    }
    if (token.kind != Token::Kind::name || is_node_type(token.text))
        return std::nullopt;
    Lexer ahead = lexer_;
    ahead.take(token);
    return ahead.follows("(") ? call(token) : std::nullopt;
}

Parser::Id Parser::call(const Token& name) {
    SyntaxNode node;
    node.kind = SyntaxNode::Kind::call;
    node.character = name.character;
    node.text = name.text;
    lexer_.take(name);
    lexer_.take(lexer_.operand());
    if (const Token close = lexer_.operand(); close.is(")")) {
        lexer_.take(close);
        return add(std::move(node));
    }
    if (depth_ == depth_limit)
        return too_deep(name);
    ++depth_;
    while (true) {
        const Id argument = expression(0);
        if (!argument)
            return std::nullopt;
        node.operands.push_back(*argument);
        const Token next = lexer_.after_operand();
        if (!next.is(",") && !next.is(")"))
            return refuse(next, fmt::format("{}, a comma, or )", operator_expected));
        lexer_.take(next);
        if (next.is(")"))
            break;
    }
    --depth_;
    return add(std::move(node));
}

// What may follow a primary: predicates, then steps.
Parser::Id Parser::filtered(SyntaxId start) {
    SyntaxNode node;
    node.kind = SyntaxNode::Kind::path;
    node.start = SyntaxNode::Start::expression;
    node.character = nodes_[start].character;
    node.operands = {start};
    if (!predicates(node.predicates))
        return std::nullopt;
    const Token next = lexer_.after_operand();
    if (next.is("/") || next.is("//")) {
        if (!steps(node))
            return std::nullopt;
    } else if (node.predicates.empty()) {
        return start;
    }
    return add(std::move(node));
}

Parser::Id Parser::path(const Token& first) {
    SyntaxNode node;
    node.kind = SyntaxNode::Kind::path;
    node.character = first.character;
    if (first.is("/") || first.is("//")) {
        node.start = SyntaxNode::Start::root;
        if (first.is("/")) {
            Lexer ahead = lexer_;
            ahead.take(first);
            if (!begins_step(ahead.operand())) {
                lexer_.take(first);
                return add(std::move(node));
            }
        }
        return steps(node) ? Id(add(std::move(node))) : std::nullopt;
    }
    auto only = step();
    if (!only)
        return std::nullopt;
    node.steps.push_back(std::move(*only));
    return steps(node) ? Id(add(std::move(node))) : std::nullopt;
}

// "/step" and "//step" for as long as they come.
bool Parser::steps(SyntaxNode& path) {
    for (Token slash = lexer_.after_operand(); slash.is("/") || slash.is("//");
         slash = lexer_.after_operand()) {
        lexer_.take(slash);
        if (slash.is("//"))
            path.steps.push_back({Axis::descendant_or_self, {}, {}});
        auto next = step();
        if (!next)
            return false;
        path.steps.push_back(std::move(*next));
    }
    return true;
}

std::optional<Step> Parser::step() {
    Step made;
    Token token = lexer_.operand();
    if (token.is(".") || token.is("..")) {
        lexer_.take(token);
        made.axis = token.is(".") ? Axis::self : Axis::parent;
        return predicates(made.predicates) ? std::optional(std::move(made)) : std::nullopt;
    }
    if (token.is("@")) {
        made.axis = Axis::attribute;
        lexer_.take(token);
        token = lexer_.operand();
    } else if (token.kind == Token::Kind::name) {
        Lexer ahead = lexer_;
        ahead.take(token);
        if (ahead.follows("::")) {
            const auto axis = axis_named(token.text);
            if (!axis)
                return refuse(token, "an axis", fmt::format("\"{}\" is no axis.", token.text), "");
            made.axis = *axis;
            lexer_.take(token);
            lexer_.take(lexer_.operand());
            token = lexer_.operand();
        }
    }
    if (!test(made, token) || !predicates(made.predicates))
        return std::nullopt;
    return made;
}

bool Parser::test(Step& step, const Token& token) {
    if (token.is("*")) {
        lexer_.take(token);
        step.test.kind = NodeTest::Kind::any_name;
        return true;
    }
    if (token.kind != Token::Kind::name)
        return refuse(token, "a name"), false;
    lexer_.take(token);
    if (!is_node_type(token.text) || !lexer_.follows("("))
        return name_test(step, token);
    lexer_.take(lexer_.operand());
    step.test.kind = token.text == "node"      ? NodeTest::Kind::node
                     : token.text == "text"    ? NodeTest::Kind::text
                     : token.text == "comment" ? NodeTest::Kind::comment
                                               : NodeTest::Kind::instruction;
    Token close = lexer_.operand();
    if (step.test.kind == NodeTest::Kind::instruction && close.kind == Token::Kind::literal) {
        step.test.name = close.text;
        lexer_.take(close);
        close = lexer_.operand();
    }
    if (!close.is(")"))
        return refuse(close, ")"), false;
    lexer_.take(close);
    return true;
}

bool Parser::name_test(Step& step, const Token& token) {
    const auto colon = token.text.find(':');
    step.test.kind = NodeTest::Kind::name;
    step.test.name = colon == std::string_view::npos ? token.text : token.text.substr(colon + 1);
    if (colon == std::string_view::npos) {
        const auto unprefixed = namespaces_.find("");
        if (unprefixed != namespaces_.end() && step.axis != Axis::attribute)
            step.test.name_space = unprefixed->second;
        return true;
    }
    step.test.prefix = token.text.substr(0, colon);
    if (step.test.name == "*") {
        step.test.kind = NodeTest::Kind::any_in_namespace;
        step.test.name.clear();
    }
    if (const auto declared = namespaces_.find(step.test.prefix); declared != namespaces_.end()) {
        step.test.name_space = declared->second;
        return true;
    }
    for (const auto& [prefix, name_space] : usual_prefixes)
        if (prefix == step.test.prefix) {
            step.test.name_space = name_space;
            return true;
        }
    return refuse(token, "a declared prefix",
                  fmt::format("The prefix \"{}\" is not declared in this form.", step.test.prefix), ""),
           false;
}

bool Parser::predicates(std::vector<SyntaxId>& into) {
    for (Token open = lexer_.after_operand(); open.is("["); open = lexer_.after_operand()) {
        lexer_.take(open);
        const Id inner = nested("]");
        if (!inner)
            return false;
        into.push_back(*inner);
    }
    return true;
}

std::variant<Expression, SyntaxError> Parser::parse(std::string_view text) {
    const Id top = expression(0);
    if (!top)
        return error_;
    if (const Token rest = lexer_.after_operand(); rest.kind != Token::Kind::end) {
        refuse(rest, operator_expected);
        return error_;
    }
    auto syntax = std::make_shared<Expression::Syntax>();
    syntax->text = text;
    syntax->nodes = std::move(nodes_);
    syntax->top = *top;
    analyse(*syntax);
    return Expression(std::move(syntax));
}

}  // namespace

std::variant<Expression, SyntaxError> Expression::parse(std::string_view text, const Namespaces& namespaces) {
    if (text.size() > text_limit)
        return SyntaxError{
            1, "", "a shorter expression",
            fmt::format("The expression has {} bytes; {} are the most.", text.size(), text_limit),
            "split it into several calculations"};
    if (!is_utf8(text))
        return SyntaxError{1, "", "UTF-8 text", "The expression is not well-formed UTF-8 text.", ""};
    return Parser(text, namespaces).parse(text);
}

}  // namespace doorstep::xpath
