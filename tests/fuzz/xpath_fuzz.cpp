// An expression: refused with its character, or printed, parsed again and evaluated.
#include "forms/xpath/expression.h"
#include "tests/forms/xpath/planted_tree.h"
#include "tests/fuzz/fuzz.h"

using namespace doorstep;
using namespace doorstep::xpath;

namespace {

const Branch household{"data",
                       "",
                       {{"age", "42"},
                        {"born", "1971-06-08"},
                        {"kind", "a b"},
                        {"person", "", {{"age", "7"}, {"name", "p"}}, {}, true},
                        {"person", "", {{"age", "70"}, {"name", "q"}}, {}, true}}};

// The child after `skip` others.
Node child_of(const PlantedTree& tree, Node parent, int skip) {
    std::optional<Node> child = tree.first_child(parent);
    for (; child && skip > 0; --skip)
        child = tree.next_sibling(*child);
    return child.value_or(parent);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    const auto result = Expression::parse(text);
    if (const auto* error = std::get_if<SyntaxError>(&result)) {
        fuzz::promise(error->character >= 1 && error->character <= size + 1, "the character is in the text");
        fuzz::promise(!error->what.empty(), "a mistake says what is wrong");
        return 0;
    }
    const auto& expression = std::get<Expression>(result);
    const auto again = Expression::parse(expression.print());
    fuzz::promise(std::holds_alternative<Expression>(again), "what is printed can be parsed");
    fuzz::promise(std::get<Expression>(again).print() == expression.print(), "parse(print(e)) is e");
    (void)expression.references();
    (void)expression.is_constant();
    PlantedTree tree(household);
    tree.add_instance("wards", {"root", "", {{"item", "", {{"name", "a"}, {"label", "A"}}}}});
    SeededRandom random(7);
    Evaluation at{.tree = tree, .context = tree.root({})};
    at.now_ms = 1'370'696'700'000;
    at.random = &random;
    (void)expression.evaluate(at).ok();
    // The age of the second person.
    for (const auto down : {0, 4, 0})
        at.context = child_of(tree, at.context, down);
    (void)expression.evaluate(at).ok();
    return 0;
}
