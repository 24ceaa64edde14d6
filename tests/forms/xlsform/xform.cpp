#include "tests/forms/xlsform/xform.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <catch2/catch.hpp>
#include <utility>

#include "forms/workbook/workbook.h"

namespace doorstep::tests {
namespace {

const xmlChar* as_xml(const char* text) {
    return reinterpret_cast<const xmlChar*>(text);
}

}  // namespace

struct XForm::Document {
    explicit Document(const std::string& xml)
        : document(
              xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr, XML_PARSE_NONET)),
          context(xmlXPathNewContext(document)) {
        for (const auto& [prefix, uri] :
             {std::pair{"x", "http://www.w3.org/2002/xforms"}, std::pair{"h", "http://www.w3.org/1999/xhtml"},
              std::pair{"jr", "http://openrosa.org/javarosa"}, std::pair{"orx", "http://openrosa.org/xforms"},
              std::pair{"odk", "http://www.opendatakit.org/xforms"}, std::pair{"d", "urn:doorstep:forms:1"}})
            xmlXPathRegisterNs(context, as_xml(prefix), as_xml(uri));
    }
    ~Document() {
        xmlXPathFreeContext(context);
        xmlFreeDoc(document);
    }
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    std::vector<std::string> select(const std::string& xpath) const {
        xmlXPathObjectPtr const result = xmlXPathEvalExpression(as_xml(xpath.c_str()), context);
        INFO(xpath);
        REQUIRE(result != nullptr);
        std::vector<std::string> texts;
        for (int i = 0; result->nodesetval != nullptr && i < result->nodesetval->nodeNr; ++i) {
            xmlChar* const content = xmlNodeGetContent(result->nodesetval->nodeTab[i]);
            texts.emplace_back(reinterpret_cast<const char*>(content));
            xmlFree(content);
        }
        xmlXPathFreeObject(result);
        return texts;
    }

    xmlDocPtr document;
    xmlXPathContextPtr context;
};

XForm::XForm(const std::string& md, const Directory* directory, const std::string& file) {
    const Workbook workbook = read_markdown(md, file, found_);
    ConvertOptions options;
    options.directory = directory;
    converted_ = convert(workbook, options, found_);
    if (converted_.xml.empty())
        return;
    document_ = std::make_unique<Document>(converted_.xml);
    INFO(converted_.xml);
    REQUIRE(document_->document != nullptr);
}

XForm::~XForm() = default;

std::vector<std::string> XForm::messages() const {
    std::vector<std::string> texts;
    for (const Diagnostic& one : found_)
        texts.push_back(one.text());
    return texts;
}

std::string XForm::message(const std::string& code) const {
    for (const Diagnostic& one : found_)
        if (one.code == code)
            return one.text();
    return "(none)";
}

int XForm::count(const std::string& xpath) const {
    INFO(Catch::StringMaker<std::vector<std::string>>::convert(messages()));
    REQUIRE(document_ != nullptr);
    return static_cast<int>(document_->select(xpath).size());
}

std::string XForm::text(const std::string& xpath) const {
    INFO(Catch::StringMaker<std::vector<std::string>>::convert(messages()));
    REQUIRE(document_ != nullptr);
    const std::vector<std::string> texts = document_->select(xpath);
    return texts.empty() ? "(none)" : texts.front();
}

std::string XForm::bind(const std::string& path, const std::string& attribute) const {
    return text("//x:bind[@nodeset='" + path + "']/@" + attribute);
}

}  // namespace doorstep::tests
