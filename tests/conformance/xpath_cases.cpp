#include "tests/conformance/xpath_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <regex>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/xpath/expression.h"
#include "tests/conformance/xml_document.h"

namespace doorstep::conformance {
namespace {

using nlohmann::json;
using xpath::Evaluation;
using xpath::Expression;
using xpath::Node;
using xpath::NodeSet;
using xpath::Value;

// 2026-11-20T18:15:00-07:00: some cases hold the day on which they were recorded.
constexpr std::int64_t recorded_at_ms = 1'795'223'700'000;
constexpr int phoenix_minutes = -7 * 60;
constexpr std::uint64_t seed = 20'261'120;

constexpr const char* xforms_namespace = "http://www.w3.org/2002/xforms";

std::string text_of(const json& line, const char* field) {
    const auto found = line.find(field);
    return found != line.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

bool flag_of(const json& line, const char* field, bool otherwise) {
    const auto found = line.find(field);
    return found != line.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

// One case with all that its evaluation needs.
struct Question {
    std::string expression;
    std::string xml;
    std::string context;       // a positional path
    std::string context_path;  // or an expression that finds it
    std::string root;
    bool pure = false;
    int offset_minutes = 0;
};

struct Answer {
    std::string problem;  // why there is none
    bool broken = false;  // the case itself cannot be used
    Value value;
};

// A document and everything that points into it.
class Bench {
public:
    Answer evaluate(const Question& question) {
        document = XmlDocument::parse(question.xml);
        if (!document)
            return {"the instance cannot be parsed", true, {}};
        auto names = document->declared();
        for (const auto& [prefix, uri] : {std::pair{"xhtml", "http://www.w3.org/1999/xhtml"}})
            names.emplace(prefix, uri);
        if (question.root.size() > 1) {
            const auto root = document->at(question.root);
            if (!root)
                return {"the root node is not in the instance", true, {}};
            document->set_root(*root);
            names[""] = xforms_namespace;
        }
        std::optional<Node> context = document->at(question.context.empty() ? "/" : question.context);
        if (!question.context_path.empty())
            context = find(question.context_path, names, question);
        if (!context)
            return {"the context node is not in the instance", true, {}};
        return run(question.expression, *context, names, question);
    }

    std::unique_ptr<XmlDocument> document;

private:
    Answer run(const std::string& text, Node context, const xpath::Namespaces& names,
               const Question& question) {
        auto parsed = Expression::parse(text, names);
        if (const auto* error = std::get_if<xpath::SyntaxError>(&parsed))
            return {fmt::format("syntax at character {}: {}", error->character, error->what), false, {}};
        const ManualClock clock(recorded_at_ms, question.offset_minutes);
        SeededRandom random(seed);
        Evaluation at{*document, context};
        at.now_ms = recorded_at_ms;
        at.utc_offset_minutes = question.offset_minutes;
        at.clock = &clock;
        at.random = &random;
        at.pure_xpath_1 = question.pure;
        auto result = std::get<Expression>(parsed).evaluate(at);
        if (!result)
            return {result.error().text(), false, {}};
        return {"", false, std::move(result).value()};
    }

    std::optional<Node> find(const std::string& path, const xpath::Namespaces& names,
                             const Question& question) {
        const Answer answer = run(path, document->root({}), names, question);
        const auto* set = std::get_if<NodeSet>(&answer.value);
        return set && !set->nodes.empty() ? std::optional(set->nodes.front()) : std::nullopt;
    }
};

double number_in(const json& expected) {
    if (expected.is_number())
        return expected.get<double>();
    const std::string text = expected.is_string() ? expected.get<std::string>() : "";
    if (text == "Infinity")
        return std::numeric_limits<double>::infinity();
    if (text == "-Infinity")
        return -std::numeric_limits<double>::infinity();
    return xpath::text_number(text);
}

bool same_number(double expected, double got) {
    if (std::isnan(expected) || std::isnan(got))
        return std::isnan(expected) && std::isnan(got);
    if (expected == got)
        return true;
    return std::fabs(expected - got) <= 1e-12 * std::max(std::fabs(expected), std::fabs(got));
}

// Compares one answer with what its case expects.
class Judge {
public:
    Judge(const json& line, const Question& question, const Bench& bench, const Value& value)
        : line_(line), expected_(line.contains("expected_value") ? line["expected_value"] : none_),
          document_(*bench.document),
          value_(value), coercions_{*bench.document, {question.offset_minutes, nullptr}, !question.pure} {}

    Outcome judge(const std::string& type) const {
        if (type == "boolean")
            return judged(type, coercions_.boolean(value_) == expected_.get<bool>(),
                          coercions_.boolean(value_) ? "true" : "false");
        if (type == "number" || type == "number-rounded")
            return number(type);
        if (type == "nodeset" || type == "first-node")
            return nodes(type);
        const std::string text = coercions_.text(value_);
        if (type == "string")
            return judged(type, expected_.is_string() && text == expected_.get<std::string>(), text);
        if (type == "string-length")
            return judged(type, same_number(number_in(expected_), length_of(text)), text);
        if (type == "string-matches" && expected_.is_string()) {
            const auto pattern = expected_.get<std::string>();
            return judged(type, std::regex_search(text, std::regex(pattern.substr(1, pattern.size() - 2))),
                          text);
        }
        return Outcome::skip("unknown expected_type " + type);
    }

private:
    Outcome judged(const std::string& type, bool fits, std::string got) const {
        return fits ? Outcome::pass() : Outcome::fail(expected_.dump(), std::move(got), "another " + type);
    }

    static double length_of(const std::string& text) {
        return static_cast<double>(
            std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
    }

    Outcome number(const std::string& type) const {
        double got = coercions_.number(value_);
        if (type == "number-rounded") {
            const double factor = line_.value("factor", 1.0);
            got = std::round(got * factor) / factor;
        }
        const bool sign_counts = expected_.is_string() && expected_.get<std::string>() == "-0";
        const bool sign_fits = !sign_counts || std::signbit(got);
        return judged(type, same_number(number_in(expected_), got) && sign_fits, fmt::format("{}", got));
    }

    Outcome nodes(const std::string& type) const {
        const auto* set = std::get_if<NodeSet>(&value_);
        if (!set)
            return Outcome::fail(expected_.dump(), "no node-set", "another " + type);
        std::vector<std::string> got;
        for (const Node node : set->nodes)
            got.push_back(document_.positional(node));
        if (type == "first-node")
            return judged(type, !got.empty() && expected_ == json(got.front()), json(got).dump());
        auto wanted =
            expected_.is_array() ? expected_.get<std::vector<std::string>>() : std::vector<std::string>{};
        const std::string shown = json(got).dump();
        if (!flag_of(line_, "ordered", true)) {
            std::sort(got.begin(), got.end());
            std::sort(wanted.begin(), wanted.end());
        }
        return judged(type, got == wanted, shown);
    }

    const json& line_;
    const json none_;
    const json& expected_;
    const XmlDocument& document_;
    const Value& value_;
    xpath::Coercions coercions_;
};

Outcome judge(const json& line, const Question& question) {
    Bench bench;
    const Answer answer = bench.evaluate(question);
    if (answer.broken)
        return Outcome::skip(answer.problem);
    const std::string type = text_of(line, "expected_type");
    if (type == "error")
        return answer.problem.empty() ? Outcome::fail("an error", "a value", "no error") : Outcome::pass();
    if (!answer.problem.empty())
        return Outcome::fail(line.contains("expected_value") ? line["expected_value"].dump() : "",
                             answer.problem, "an error");
    return Judge(line, question, bench, answer.value).judge(type);
}

// Recorded by engines for the web: positional paths, a zone, marks of quality.
Case web_case(const json& line) {
    Question question;
    question.expression = text_of(line, "expression");
    question.xml = text_of(line, "instance_xml");
    question.context = text_of(line, "context_node");
    question.root = text_of(line, "root_node");
    question.pure = text_of(line, "mode") == "xpath1";
    question.offset_minutes = phoenix_minutes;
    const bool error_page = question.xml.find("parsererror") != std::string::npos;
    Case made;
    made.key = line["id"].dump();
    made.gate = text_of(line, "how") == "asserted" && flag_of(line, "verified", true) &&
                flag_of(line, "deterministic", true);
    made.run = [line, question, skip = error_page && !made.gate] {
        return skip ? Outcome::skip("the instance is an error page") : judge(line, question);
    };
    return made;
}

// Recorded from JavaRosa: an instance or none, and dates in UTC.
Case javarosa_case(const json& line, std::size_t number) {
    Question question;
    question.expression = text_of(line, "expression");
    question.xml = line["instance"].is_null() ? "<root/>" : text_of(line, "instance");
    question.context_path = text_of(line, "eval_context");
    const auto first = question.xml.find_first_not_of(" \t\r\n");
    const bool usable = first != std::string::npos && question.xml[first] == '<';
    Case made;
    made.key = std::to_string(number);
    made.run = [line, question, usable] {
        return usable ? judge(line, question) : Outcome::skip("the instance is not in the case");
    };
    return made;
}

}  // namespace

int run_xpath(const Options& options) {
    std::ifstream file(options.path);
    if (!file) {
        fmt::print(stderr, "{}: cannot be read\n", options.path);
        return 2;
    }
    std::vector<Case> cases;
    std::size_t number = 0;
    for (std::string text; std::getline(file, text);) {
        ++number;
        if (text.find_first_not_of(" \t\r") == std::string::npos)
            continue;
        const json line = json::parse(text, nullptr, false);
        const bool web = line.is_object() && line.contains("id") && line.contains("instance_xml");
        const bool javarosa = line.is_object() && !web && line.contains("instance");
        if (!web && !javarosa) {
            fmt::print(stderr, "{}, line {}: not a case\n", options.path, number);
            return 2;
        }
        cases.push_back(web ? web_case(line) : javarosa_case(line, number));
    }
    return score(std::filesystem::path(options.path).stem().string(), cases, options);
}

}  // namespace doorstep::conformance
