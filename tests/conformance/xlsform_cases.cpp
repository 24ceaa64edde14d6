#include "tests/conformance/xlsform_cases.h"

#include <fmt/format.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "forms/workbook/workbook.h"
#include "forms/xlsform/convert.h"
#include "tests/conformance/xml_text.h"

namespace doorstep::conformance {
namespace {

using nlohmann::json;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

std::string text_of(const json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

// Sheets as lists of rows by header.
Workbook workbook_of(const json& sheets) {
    Workbook workbook;
    workbook.file = "case";
    for (const auto& [name, rows] : sheets.items()) {
        Sheet sheet;
        sheet.name = name;
        sheet.header.number = 1;
        std::map<std::string, int> columns;
        int number = 1;
        for (const json& row : rows) {
            Row cells;
            cells.number = ++number;
            for (const auto& [header, value] : row.items()) {
                const auto [column, added] = columns.emplace(header, static_cast<int>(columns.size()) + 1);
                if (added)
                    sheet.header.cells.push_back({header, column->second});
                cells.cells.push_back({text_of(value), column->second});
            }
            std::sort(cells.cells.begin(), cells.cells.end(),
                      [](const Cell& a, const Cell& b) { return a.column < b.column; });
            sheet.rows.push_back(std::move(cells));
        }
        workbook.sheets.push_back(std::move(sheet));
    }
    return workbook;
}

struct Converted {
    std::string xml;
    Diagnostics found;

    std::string messages() const {
        std::string all;
        for (const Diagnostic& one : found)
            all += one.text() + "\n";
        return all;
    }
};

Converted converted(const json& line) {
    Converted result;
    Workbook workbook = line["md"].is_string()
                            ? read_markdown(line["md"].get<std::string>(), "case.md", result.found)
                            : workbook_of(line["ss_structure"]);
    ConvertOptions options;
    if (line["name"].is_string())
        options.default_name = line["name"].get<std::string>();
    result.xml = convert(workbook, options, result.found).xml;
    return result;
}

// The place that a recorded message begins with: "[row : 3] On the 'survey' sheet, the 'name' value".
struct RecordedPlace {
    int row = 0;
    std::string sheet, column;
};

std::optional<RecordedPlace> place_in(const std::string& message) {
    constexpr std::string_view begin = "[row : ", on = "] On the '", sheet = "' sheet, the '";
    if (!message.starts_with(begin) || message.find(on) == std::string::npos)
        return std::nullopt;
    RecordedPlace place;
    place.row = std::atoi(message.c_str() + begin.size());
    const std::size_t name = message.find(on) + on.size();
    const std::size_t next = message.find(sheet, name);
    if (place.row == 0 || next == std::string::npos)
        return std::nullopt;
    place.sheet = message.substr(name, next - name);
    const std::size_t column = next + sheet.size();
    place.column = message.substr(column, message.find('\'', column) - column);
    return place;
}

// Headers that stand for the column which the recorded message names.
bool same_column(const std::string& header, const std::string& column) {
    // "parameters (value)" is a word in the column parameters.
    if (lower(header) == lower(column) || lower(header) == lower(column.substr(0, column.find(" ("))))
        return true;
    if (column == "dataset")
        return same_column(header, "list_name");
    return column == "list_name" && lower(header) == "list name";
}

bool names_place(const Diagnostics& found, const RecordedPlace& place) {
    return std::any_of(found.begin(), found.end(), [&](const Diagnostic& one) {
        return one.place.row == place.row && lower(one.place.sheet) == lower(place.sheet) &&
               same_column(one.place.header, place.column);
    });
}

// Our XML for libxml2's evaluator, with the prefixes that assertions use.
class XForm {
public:
    explicit XForm(const std::string& xml)
        : document_(xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr,
                                  XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
                    xmlFreeDoc),
          context_(document_ ? xmlXPathNewContext(document_.get()) : nullptr, xmlXPathFreeContext) {
        if (!context_)
            return;
        context_->node = xmlDocGetRootElement(document_.get());
        add("x", "http://www.w3.org/2002/xforms");
        for (const auto& [prefix, uri] :
             {std::pair{"h", "http://www.w3.org/1999/xhtml"}, std::pair{"jr", "http://openrosa.org/javarosa"},
              std::pair{"odk", "http://www.opendatakit.org/xforms"},
              std::pair{"orx", "http://openrosa.org/xforms"},
              std::pair{"ev", "http://www.w3.org/2001/xml-events"},
              std::pair{"xsd", "http://www.w3.org/2001/XMLSchema"},
              std::pair{"entities", "http://www.opendatakit.org/xforms/entities"}})
            add(prefix, uri);
        for (const xmlNs* one = xmlDocGetRootElement(document_.get())->nsDef; one != nullptr; one = one->next)
            if (one->prefix != nullptr)
                xmlXPathRegisterNs(context_.get(), one->prefix, one->href);
    }

    bool parsed() const { return context_ != nullptr; }

    // The texts of the nodes, or nothing for an expression that cannot be evaluated.
    std::optional<std::vector<std::string>> select(const std::string& path) const {
        const std::unique_ptr<xmlXPathObject, decltype(&xmlXPathFreeObject)> result(
            xmlXPathEvalExpression(as_xml(path), context_.get()), xmlXPathFreeObject);
        if (!result || result->type != XPATH_NODESET)
            return std::nullopt;
        std::vector<std::string> texts;
        for (int i = 0; result->nodesetval != nullptr && i < result->nodesetval->nodeNr; ++i)
            texts.push_back(inner(result->nodesetval->nodeTab[i]));
        return texts;
    }

private:
    static const xmlChar* as_xml(const std::string& text) {
        return reinterpret_cast<const xmlChar*>(text.c_str());
    }
    void add(const std::string& prefix, const std::string& uri) {
        xmlXPathRegisterNs(context_.get(), as_xml(prefix), as_xml(uri));
    }
    // An attribute's value, or a node as it is written.
    std::string inner(xmlNodePtr node) const {
        if (node->type != XML_ELEMENT_NODE) {
            xmlChar* const content = xmlNodeGetContent(node);
            std::string text = content == nullptr ? "" : reinterpret_cast<const char*>(content);
            xmlFree(content);
            return text;
        }
        xmlBufferPtr const buffer = xmlBufferCreate();
        xmlNodeDump(buffer, document_.get(), node, 0, 0);
        std::string text = reinterpret_cast<const char*>(xmlBufferContent(buffer));
        xmlBufferFree(buffer);
        return text;
    }

    std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document_;
    std::unique_ptr<xmlXPathContext, decltype(&xmlXPathFreeContext)> context_;
};

std::vector<std::string> list_of(const json& line, const std::string& field) {
    const auto found = line.find(field);
    std::vector<std::string> texts;
    if (found == line.end())
        return texts;
    if (found->is_string())
        return {found->get<std::string>()};
    for (const json& one : *found)
        texts.push_back(text_of(one));
    return texts;
}

class Judge {
public:
    Judge(const json& line, const Converted& ours, bool strict_text)
        : line_(line), ours_(ours), form_(ours.xml), strict_text_(strict_text) {}

    Outcome judge() const {
        const bool refused = ours_.xml.empty();
        if (line_["errored"].get<bool>())
            return refused ? error() : Outcome::fail("a refusal", "an XForm", "not refused");
        if (refused)
            return Outcome::fail("an XForm", ours_.messages(), "refused");
        if (!form_.parsed())
            return Outcome::fail("XML", ours_.xml, "not well-formed");
        for (const auto check : {&Judge::paths, &Judge::texts, &Judge::warnings})
            if (Outcome outcome = (this->*check)(); outcome.verdict != Verdict::passed)
                return outcome;
        return Outcome::pass();
    }

private:
    Outcome error() const {
        const std::string seen = line_.contains("error_seen") ? text_of(line_["error_seen"]) : "";
        if (const auto place = place_in(seen); place && !names_place(ours_.found, *place))
            return Outcome::fail(seen, ours_.messages(), "refused at another place");
        if (strict_text_)
            for (const std::string& text : list_of(line_, "error__contains"))
                if (ours_.messages().find(text) == std::string::npos)
                    return Outcome::fail(text, ours_.messages(), "another text");
        return Outcome::pass();
    }

    Outcome paths() const {
        for (const std::string& path : list_of(line_, "xml__xpath_match")) {
            const auto nodes = form_.select(path);
            if (!nodes || nodes->size() != 1)
                return Outcome::fail(path, ours_.xml,
                                     fmt::format("xpath_match finds {}", nodes ? nodes->size() : 0));
        }
        if (line_.contains("xml__xpath_count"))
            for (const json& pair : line_["xml__xpath_count"]) {
                const auto nodes = form_.select(pair[0].get<std::string>());
                if (!nodes || nodes->size() != pair[1].get<std::size_t>())
                    return Outcome::fail(pair.dump(), ours_.xml,
                                         fmt::format("xpath_count finds {}", nodes ? nodes->size() : 0));
            }
        if (line_.contains("xml__xpath_exact"))
            for (const json& pair : line_["xml__xpath_exact"]) {
                auto nodes = form_.select(pair[0].get<std::string>());
                auto wanted = pair[1].get<std::vector<std::string>>();
                for (auto* texts : {nodes ? &*nodes : &wanted, &wanted}) {
                    for (std::string& one : *texts)
                        one = one.starts_with('<') ? without_namespaces(normal_xml(one)) : one;
                    std::sort(texts->begin(), texts->end());
                    texts->erase(std::unique(texts->begin(), texts->end()), texts->end());
                }
                if (!nodes || *nodes != wanted)
                    return Outcome::fail(pair.dump(),
                                         nodes ? fmt::format("{}", fmt::join(*nodes, " | ")) : "nothing",
                                         "xpath_exact differs");
            }
        return Outcome::pass();
    }

    static std::string without_namespaces(std::string text) {
        for (std::size_t at = text.find(" xmlns"); at != std::string::npos; at = text.find(" xmlns", at)) {
            const std::size_t open = text.find('"', at);
            text.erase(at, text.find('"', open + 1) + 1 - at);
        }
        return text;
    }

    // One element as a document of its own, so with the namespaces that it uses.
    std::string part(const std::string& element) const {
        if (element == "xml")
            return ours_.xml;
        const std::size_t open = ours_.xml.find("<" + element);
        const std::string end = "</" + element + ">";
        const std::size_t close = ours_.xml.find(end, std::min(open, ours_.xml.size()));
        if (open == std::string::npos || close == std::string::npos)
            return "";
        const std::size_t declared = ours_.xml.find(" xmlns");
        const std::string names = ours_.xml.substr(declared, ours_.xml.find('>', declared) - declared);
        std::string text = ours_.xml.substr(open, close + end.size() - open);
        return text.insert(element.size() + 1, names);
    }

    Outcome texts() const {
        for (const std::string element : {"xml", "model", "itext", "instance"}) {
            for (const std::string& text : list_of(line_, element + "__contains"))
                if (!contains_fragment(part(element), text))
                    return Outcome::fail(text, part(element), element + "__contains");
            for (const std::string& text : list_of(line_, element + "__excludes"))
                if (contains_fragment(part(element), text))
                    return Outcome::fail("not " + text, part(element), element + "__excludes");
        }
        return Outcome::pass();
    }

    Outcome warnings() const {
        for (const std::string& text : list_of(line_, "warnings__contains")) {
            if (const auto place = place_in(text); place && !names_place(ours_.found, *place))
                return Outcome::fail(text, ours_.messages(), "no warning at that place");
            if (strict_text_ && ours_.messages().find(text) == std::string::npos)
                return Outcome::fail(text, ours_.messages(), "another text");
        }
        if (strict_text_ && line_.contains("warnings_count") &&
            line_["warnings_count"].get<std::size_t>() != ours_.found.size())
            return Outcome::fail(line_["warnings_count"].dump(), ours_.messages(),
                                 "another number of warnings");
        return Outcome::pass();
    }

    const json& line_;
    const Converted& ours_;
    XForm form_;
    bool strict_text_;
};

bool asserts_something(const json& line) {
    if (line["errored"].get<bool>())
        return true;
    return std::any_of(line.items().begin(), line.items().end(), [](const auto& field) {
        return field.key().find("__") != std::string::npos || field.key() == "warnings_count";
    });
}

// The authors' expressions are judged here, not printed by libxml2.
void say_nothing(void*, const char*, ...) {}

bool is_case(const json& line) {
    return line.is_object() && line.contains("source") && line["source"].is_string() &&
           line.contains("errored") && line["errored"].is_boolean() && line.contains("passed") &&
           line["passed"].is_boolean() && line.contains("md") && line.contains("ss_structure") &&
           line.contains("name");
}

}  // namespace

int run_xlsform(const Options& options, bool strict_text) {
    std::ifstream file(options.path);
    if (!file) {
        fmt::print(stderr, "{}: cannot be read\n", options.path);
        return 2;
    }
    xmlInitParser();
    xmlSetGenericErrorFunc(nullptr, say_nothing);
    std::vector<Case> cases;
    std::map<std::string, int> seen;
    std::size_t number = 0;
    for (std::string text; std::getline(file, text);) {
        ++number;
        auto line = std::make_shared<json>(json::parse(text, nullptr, false));
        if (!is_case(*line)) {
            fmt::print(stderr, "{}, line {}: not a case\n", options.path, number);
            return 2;
        }
        Case one;
        one.key = (*line)["source"].get<std::string>();
        // One test may have recorded several conversions.
        if (const int again = ++seen[one.key]; again > 1)
            one.key += fmt::format("#{}", again);
        const bool passed = (*line)["passed"].get<bool>();
        one.gate = passed && asserts_something(*line);
        one.run = [line, passed, strict_text] {
            if (!passed)
                return Outcome::skip("failed where it was recorded");
            const Converted ours = converted(*line);
            return Judge(*line, ours, strict_text).judge();
        };
        cases.push_back(std::move(one));
    }
    return score("xlsform", cases, options);
}

}  // namespace doorstep::conformance
