// The syntax tree of an expression: nodes in one vector, named by number.
//
// Operators of one precedence stand in one node with all their operands, so
// that "a or b or c ..." costs no depth however long it is, and depth is only
// what the author nests: brackets, arguments, predicates.
#pragma once

#include <re2/re2.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/xpath/expression.h"

namespace doorstep::xpath {

inline constexpr std::size_t text_limit = 64 * 1024;
inline constexpr int depth_limit = 200;
// Of all texts that one call puts together: doubled sixty times, a letter would fill
// every memory.
inline constexpr std::size_t joined_limit = 256 * 1024;

enum class Axis : std::uint8_t {
    child,
    descendant,
    descendant_or_self,
    parent,
    ancestor,
    ancestor_or_self,
    following,
    following_sibling,
    preceding,
    preceding_sibling,
    attribute,
    self,
    name_space,
};

std::string_view axis_name(Axis axis);
std::optional<Axis> axis_named(std::string_view name);

struct NodeTest {
    enum class Kind : std::uint8_t { name, any_name, any_in_namespace, node, text, comment, instruction };
    Kind kind = Kind::node;
    std::string prefix;  // as written
    std::string name_space;
    std::string name;  // or the target of a processing instruction
    bool operator==(const NodeTest&) const = default;
};

using SyntaxId = std::uint32_t;

struct Step {
    Axis axis = Axis::child;
    NodeTest test;
    std::vector<SyntaxId> predicates;
};

enum class Operator : std::uint8_t {
    disjunction,
    conjunction,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    add,
    subtract,
    multiply,
    divide,
    modulo,
    unite,
};

std::string_view operator_text(Operator op);
std::optional<Operator> operator_named(std::string_view text);
// How tightly it binds, from 1 (or) to 8 (|); 7 is the minus before a value.
int precedence(Operator op);
inline constexpr int minus_precedence = 7;

struct Function;

struct SyntaxNode {
    enum class Kind : std::uint8_t { number, text, chain, minus, path, call };
    enum class Start : std::uint8_t { context, root, expression };

    Kind kind = Kind::number;
    std::uint32_t character = 0;  // where it begins, from 1
    double number = 0;
    std::string text;                 // a literal, a number as written, a function's name
    std::vector<SyntaxId> operands;   // of a chain, a minus or a call; a path's starting expression
    std::vector<Operator> operators;  // chain: between its operands
    std::uint32_t minuses = 0;        // minus: how many

    Start start = Start::context;
    std::vector<SyntaxId> predicates;  // path: on its starting expression
    std::vector<Step> steps;

    const Function* function = nullptr;  // call: null when unknown
    std::shared_ptr<const RE2> pattern;  // regex() with a literal: compiled once

    // Found after parsing: whether the value depends on the context node, and on
    // position() or last().
    bool reads_focus = false;
    bool reads_position = false;
};

struct Expression::Syntax {
    std::string text;
    std::vector<SyntaxNode> nodes;
    SyntaxId top = 0;
    std::vector<Reference> references;
    std::vector<FunctionUse> functions;
    bool constant = false;
};

// The same tree, wherever it was written and with whatever spaces.
bool same_syntax(const Expression::Syntax& left, const Expression::Syntax& right);

std::string print(const Expression::Syntax& syntax);

// Fills in what can be known without a document: functions, flags, references.
void analyse(Expression::Syntax& syntax);
// The same without the references, which are known already.
void annotate(Expression::Syntax& syntax);
std::vector<Reference> find_references(const Expression::Syntax& syntax);

}  // namespace doorstep::xpath
