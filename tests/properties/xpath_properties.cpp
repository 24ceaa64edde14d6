// Pure XPath 1.0 means what libxml2 takes it for; expressions survive being printed and
// being packed.
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <cmath>
#include <memory>

#include "forms/xpath/packed.h"
#include "forms/xpath/syntax.h"
#include "forms/xpath/value.h"
#include "tests/conformance/xml_document.h"
#include "tests/properties/holds.h"
#include "tests/properties/random_xpath.h"

using namespace doorstep;
using namespace doorstep::test;
using conformance::XmlDocument;

namespace {

// Two readings that differ in a corner need many to be told apart.
constexpr int expressions_per_document = 40;

struct FreeObject {
    void operator()(xmlXPathObject* object) const { xmlXPathFreeObject(object); }
};
struct FreeContext {
    void operator()(xmlXPathContext* context) const { xmlXPathFreeContext(context); }
};
struct FreeDocument {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using Object = std::unique_ptr<xmlXPathObject, FreeObject>;

// The other reading of the same document.
class Oracle {
public:
    explicit Oracle(const std::string& xml)
        : document_(
              xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr, XML_PARSE_NONET)),
          context_(xmlXPathNewContext(document_.get())) {}

    Object evaluate(const std::string& expression, xmlNode* at) const {
        context_->node = at;
        context_->contextSize = context_->proximityPosition = 1;
        return Object(xmlXPathEval(reinterpret_cast<const xmlChar*>(expression.c_str()), context_.get()));
    }
    xmlNode* node(const std::string& positional) const {
        const Object found = evaluate(positional, reinterpret_cast<xmlNode*>(document_.get()));
        RC_ASSERT(found && found->type == XPATH_NODESET && found->nodesetval &&
                  found->nodesetval->nodeNr == 1);
        return found->nodesetval->nodeTab[0];
    }

private:
    std::unique_ptr<xmlDoc, FreeDocument> document_;
    std::unique_ptr<xmlXPathContext, FreeContext> context_;
};

void same_nodes(const XmlDocument& ours, const Oracle& oracle, const xpath::NodeSet& found,
                xmlXPathObject& expected) {
    RC_ASSERT(expected.type == XPATH_NODESET);
    const std::size_t many = expected.nodesetval ? static_cast<std::size_t>(expected.nodesetval->nodeNr) : 0u;
    RC_ASSERT(found.nodes.size() == many);
    if (many > 0)
        xmlXPathNodeSetSort(expected.nodesetval);
    for (std::size_t i = 0; i < many; ++i)
        RC_ASSERT(oracle.node(ours.positional(found.nodes[i])) == expected.nodesetval->nodeTab[i]);
}

void same_value(const XmlDocument& ours, const Oracle& oracle, const xpath::Value& found,
                xmlXPathObject& expected) {
    if (const auto* set = std::get_if<xpath::NodeSet>(&found)) {
        same_nodes(ours, oracle, *set, expected);
    } else if (const auto* number = std::get_if<double>(&found)) {
        RC_ASSERT(expected.type == XPATH_NUMBER);
        RC_ASSERT(*number == expected.floatval || (std::isnan(*number) && std::isnan(expected.floatval)));
    } else if (const auto* truth = std::get_if<bool>(&found)) {
        RC_ASSERT(expected.type == XPATH_BOOLEAN);
        RC_ASSERT(*truth == (expected.boolval != 0));
    } else {
        RC_ASSERT(expected.type == XPATH_STRING);
        RC_ASSERT(std::get<std::string>(found) == reinterpret_cast<const char*>(expected.stringval));
    }
}

xpath::Expression parsed(const std::string& text) {
    auto made = xpath::Expression::parse(text);
    if (const auto* wrong = std::get_if<xpath::SyntaxError>(&made))
        RC_FAIL(text + ": " + wrong->what);
    return std::get<xpath::Expression>(std::move(made));
}

void packed_and_unpacked(const xpath::Expression& expression, Random& random) {
    Packer bytes;
    bytes(expression);
    Unpacker archive(bytes.bytes());
    const auto unpacked = xpath::unpack_expression(archive);
    RC_ASSERT(unpacked.has_value());
    RC_ASSERT(archive.ok() && archive.at_end());
    RC_ASSERT(xpath::same_syntax(expression.syntax(), unpacked->syntax()));
    RC_ASSERT(unpacked->is_constant() == expression.is_constant());
    RC_ASSERT(unpacked->references().size() == expression.references().size());
    Packer again;
    again(*unpacked);
    RC_ASSERT(again.bytes() == bytes.bytes());
    // Bytes that are no expression are refused; nothing is read beyond them.
    std::string damaged = bytes.bytes();
    damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    Unpacker broken(damaged);
    if (const auto other = xpath::unpack_expression(broken))
        (void)other->print();
}

}  // namespace

TEST_CASE("pure XPath 1.0 is what libxml2 makes of it", "[properties][xpath]") {
    holds("as libxml2", [] {
        SeededRandom of_document(*any_seed());
        const std::string xml = random_document(of_document);
        const auto ours = XmlDocument::parse(xml);
        RC_ASSERT(static_cast<bool>(ours));
        const Oracle oracle(xml);
        const auto contexts = std::get<xpath::NodeSet>(
            *parsed("//*").evaluate({.tree = *ours, .context = ours->root({}), .pure_xpath_1 = true}));
        for (const std::uint64_t seed : *any_seeds(expressions_per_document)) {
            SeededRandom random(seed);
            const xpath::Node at = contexts.nodes[random.below(contexts.nodes.size())];
            const std::string text = random_xpath(random);
            RC_LOG() << xml << "\n" << ours->positional(at) << ": " << text << "\n";
            const auto found = parsed(text).evaluate({.tree = *ours, .context = at, .pure_xpath_1 = true});
            RC_ASSERT(found.ok());
            const Object expected = oracle.evaluate(text, oracle.node(ours->positional(at)));
            RC_ASSERT(static_cast<bool>(expected));
            same_value(*ours, oracle, *found, *expected);
        }
    });
}

TEST_CASE("an expression that is printed is the same expression", "[properties][xpath]") {
    holds("parse(print(e)) is e", [] {
        for (const std::uint64_t seed : *any_seeds(sequences_per_try)) {
            SeededRandom random(seed);
            const std::string text = random_xpath(random);
            RC_LOG() << text << "\n";
            const xpath::Expression expression = parsed(text);
            const std::string printed = expression.print();
            RC_LOG() << printed << "\n";
            RC_ASSERT(xpath::same_syntax(expression.syntax(), parsed(printed).syntax()));
            RC_ASSERT(parsed(printed).print() == printed);
        }
    });
}

TEST_CASE("an expression that is packed is the same expression", "[properties][xpath]") {
    holds("unpack(pack(e)) is e", [] {
        for (const std::uint64_t seed : *any_seeds(sequences_per_try)) {
            SeededRandom random(seed);
            const std::string text = random_xpath(random);
            RC_LOG() << text << "\n";
            packed_and_unpacked(parsed(text), random);
        }
    });
}
