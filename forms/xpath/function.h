// The functions of ODK XPath: what each takes and gives, and how one is called.
#pragma once

#include <re2/re2.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "forms/xpath/evaluator.h"

namespace doorstep::xpath {

// One call being evaluated.  Arguments are evaluated when they are asked for, so
// that if() never touches the branch not taken.
class Call {
public:
    Call(Evaluator& evaluator, const SyntaxNode& syntax, const Focus& focus)
        : evaluator_(evaluator), syntax_(syntax), focus_(focus) {}

    std::size_t size() const { return syntax_.operands.size(); }
    // REQUIRES: index < size(), for all of these.
    Result<Value> value(std::size_t index) const {
        return evaluator_.evaluate(syntax_.operands[index], focus_);
    }
    Result<double> number(std::size_t index) const;
    Result<std::string> text(std::size_t index) const;
    Result<bool> boolean(std::size_t index) const;
    Result<NodeSet> nodes(std::size_t index) const;  // an error for anything else
    // The text of every node of a node-set; of anything else its one text.
    Result<std::vector<std::string>> texts(std::size_t from) const;

    Error wrong(std::string_view what) const;

    Evaluator& evaluator() const { return evaluator_; }
    const SyntaxNode& syntax() const { return syntax_; }
    const Focus& focus() const { return focus_; }
    const Evaluation& at() const { return evaluator_.at(); }
    const Coercions& coercions() const { return evaluator_.coercions(); }
    const Tree& tree() const { return at().tree; }

private:
    Evaluator& evaluator_;
    const SyntaxNode& syntax_;
    const Focus& focus_;
};

enum class Gives : std::uint8_t { number, text, boolean, nodes, any };

// What a call reads besides its arguments.
enum class Reads : std::uint8_t {
    arguments,         // nothing
    focus,             // the context node
    focus_if_bare,     // the context node, when it has no argument
    position_if_bare,  // position() and last(): the place in a list
    outside,           // the clock, chance or the form: never constant
};

struct Function {
    std::string_view name;
    std::uint16_t least;
    std::uint16_t most;
    Gives gives;
    Reads reads;
    Result<Value> (*run)(const Call& call);
};

inline constexpr std::uint16_t any_number = 0xFFFF;

// Null for a name that is no function.
const Function* find_function(std::string_view name);
bool takes(const Function& function, std::size_t arguments);

// The table, by theme.
std::span<const Function> logic_functions();
std::span<const Function> text_functions();
std::span<const Function> number_functions();
std::span<const Function> date_functions();
std::span<const Function> choice_functions();
std::span<const Function> node_functions();
std::span<const Function> repeat_functions();
std::span<const Function> geo_functions();
std::span<const Function> random_functions();

// The text is a valid UTF-8 sequence of these code points; a bad byte counts as one.
std::vector<std::string_view> characters(std::string_view text);
// Quiet about faults, and small: a pattern is as untrusted as its form.
std::shared_ptr<const RE2> compile_regex(const std::string& pattern);
// What is wrong with a pattern and how to write it otherwise, in words that quote
// nothing of it: it may be an answer.  REQUIRES: !pattern.ok()
std::pair<std::string, std::string> words_about(const RE2& pattern);
std::vector<std::string_view> split_blanks(std::string_view text);

}  // namespace doorstep::xpath
