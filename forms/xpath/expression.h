// An ODK XPath expression: parsed once, analysed once, evaluated often.
//
//   parse     text -> Expression, or a SyntaxError with its character
//   references what it reads, for the graph of a form
//   evaluate  over a Tree from a context node -> Value, or an error
//
// Immutable after parse(); several threads may evaluate the same one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "forms/xpath/tree.h"
#include "forms/xpath/value.h"

namespace doorstep::xpath {

// Prefix to namespace URI.  The empty prefix stands for unprefixed steps.
using Namespaces = std::map<std::string, std::string, std::less<>>;

struct SyntaxError {
    std::size_t character = 0;  // counted from 1, in code points of the text
    std::string found;          // the token there, or nothing at the end
    std::string expected;       // "and, or, or an operator"
    std::string what;           // one sentence, without the place
    std::string mend;           // "adn -> and", or nothing
};

// One step of a reference; predicates have been resolved into references of
// their own and only leave a mark.
struct ReferenceStep {
    enum class To { child, parent, attribute, any_child, subtree } to = To::child;
    std::string name_space;
    std::string name;  // for child and attribute
    bool predicate = false;
    bool position_only = false;  // the predicate only picks by position ([3], [position() = ..])
};

// Something that an expression reads.  Steps inside a predicate are joined to
// the path they filter, so every reference starts at one of four places.
struct Reference {
    enum class From { context, root, current, instance } from = From::context;
    std::string instance;  // for instance('id')
    std::vector<ReferenceStep> steps;
    bool structure_only = false;  // count(repeat), position(..): how many, not what
};

struct FunctionUse {
    std::string name;
    std::size_t arguments = 0;
    std::size_t character = 0;
    bool known = false;
    bool arity_ok = true;
    std::size_t least = 0, most = 0;  // arguments that it takes, when it is known
    // regex('..') with a pattern that cannot work: what is wrong with it, and the way
    // out; nothing for any other call.
    std::string pattern_fault, pattern_mend;
};

struct Evaluation;

class Expression {
public:
    // Text of at most 64 KiB, nesting of at most 200.
    static std::variant<Expression, SyntaxError> parse(std::string_view text,
                                                       const Namespaces& namespaces = {});

    const std::string& text() const;  // as it was parsed
    std::string print() const;        // canonical; parse(print()) is the same expression
    const std::vector<Reference>& references() const;
    const std::vector<FunctionUse>& functions() const;
    bool is_constant() const;  // no reference, no clock, no chance
    // "name" for an expression that is the child of that name and nothing else; or "".
    std::string_view child_name() const;

    // Run-time errors: an unknown function that is reached, a bad argument, a
    // node-set where a number of nodes is impossible, a nesting too deep.
    Result<Value> evaluate(const Evaluation& at) const;

    // Implementation: the syntax tree, shared and immutable.
    struct Syntax;
    explicit Expression(std::shared_ptr<const Syntax> syntax) : syntax_(std::move(syntax)) {}
    const Syntax& syntax() const { return *syntax_; }

private:
    std::shared_ptr<const Syntax> syntax_;
};

// Where and with what an expression is evaluated.  Everything referenced must
// outlive the call.
struct Evaluation {
    const Tree& tree;
    Node context;
    // The event's instant: taken once per event, so that settling sees one now().
    std::int64_t now_ms = 0;
    int utc_offset_minutes = 0;
    Random* random = nullptr;      // for random(), uuid(), randomize(); an error without
    const Clock* clock = nullptr;  // offsets of other instants; without it utc_offset_minutes is used
    bool pure_xpath_1 = false;     // no ODK functions, no date coercion (tests)
    std::string language;
    // jr:itext(id), jr:choice-name(value, path), pulldata, property(): what only the
    // form knows.  Null answers blank.
    std::function<std::string(std::string_view id)> itext;
    std::function<std::string(std::string_view value, std::string_view path)> choice_name;
    std::function<std::string(std::string_view name)> property;
    // Public to tests: nodes visited and index probes made.
    struct Cost {
        std::uint64_t nodes = 0;
        std::uint64_t probes = 0;
    };
    Cost* cost = nullptr;
};

}  // namespace doorstep::xpath
