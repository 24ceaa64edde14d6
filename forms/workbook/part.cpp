#include "forms/workbook/part.h"

#include <fmt/format.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

#include <algorithm>
#include <array>
#include <memory>

#include "forms/workbook/cells.h"
#include "forms/workbook/tag_guard.h"

namespace doorstep {
namespace {

// Each in its transitional and its strict form.  Parts without any namespace are
// read as well: some programs write none.
constexpr std::array<std::string_view, 4> workbook_namespaces{
    "", "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/package/2006/relationships"};

// Open at once; libxml2 walks through them for every tag.
constexpr int declarations_max = 64;

std::string_view view(const xmlChar* text) {
    return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view();
}

struct Reading {
    Archive::Part& bytes;
    PartReader& reader;
    std::size_t& tags;
    xmlParserCtxt* context = nullptr;
    TagGuard guard;
    std::vector<int> declarations;  // of each open element
    int declared = 0;
    bool begun = false;
    bool failed = false;  // a fault has been reported already
    // The first thing that is wrong beyond the grammar of XML.
    std::string refused;

    void stop() { xmlStopParser(context); }
    void refuse(std::string what) {
        if (refused.empty())
            refused = std::move(what);
        stop();
    }
    // From the callback that reads: there libxml2 must not be stopped, it would go on
    // with an input that is gone.
    int refuse_bytes(std::string what) {
        if (refused.empty())
            refused = std::move(what);
        return -1;
    }
};

std::string_view local_name(const xmlChar* name, const xmlChar* uri) {
    const bool ours = std::find(workbook_namespaces.begin(), workbook_namespaces.end(), view(uri)) !=
                      workbook_namespaces.end();
    return ours ? view(name) : std::string_view();
}

void on_open(void* user, const xmlChar* name, const xmlChar*, const xmlChar* uri, int declared,
             const xmlChar**, int count, int, const xmlChar** attributes) {
    auto& reading = *static_cast<Reading*>(user);
    reading.declarations.push_back(declared);
    reading.declared += declared;
    if (reading.declared > declarations_max)
        return reading.refuse("it declares too many namespaces");
    if (reading.tags == 0)
        return reading.refuse("it holds too many cells");
    --reading.tags;
    reading.reader.opened(local_name(name, uri), Tag(attributes, count));
    if (reading.reader.stopped())
        reading.stop();
}

void on_close(void* user, const xmlChar* name, const xmlChar*, const xmlChar* uri) {
    auto& reading = *static_cast<Reading*>(user);
    if (!reading.declarations.empty()) {
        reading.declared -= reading.declarations.back();
        reading.declarations.pop_back();
    }
    reading.reader.closed(local_name(name, uri));
    if (reading.reader.stopped())
        reading.stop();
}

void on_text(void* user, const xmlChar* text, int length) {
    auto& reading = *static_cast<Reading*>(user);
    reading.reader.text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)});
    if (reading.reader.stopped())
        reading.stop();
}

// No program writes one; it is the door of entity bombs and of files that are not ours.
void on_doctype(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
    static_cast<Reading*>(user)->refuse("it has a document type, which could hide entities");
}

int on_read(void* user, char* to, int room) {
    auto& reading = *static_cast<Reading*>(user);
    const int got = reading.bytes.read(to, static_cast<std::size_t>(room));
    if (got < 0) {
        reading.failed = true;
        return -1;
    }
    const std::string_view piece(to, static_cast<std::size_t>(got));
    // Else libxml2 would guess at UTF-16 or EBCDIC, and the guard would look at other characters.
    if (!reading.begun && !piece.empty() &&
        std::string_view("<\xEF \t\r\n").find(piece[0]) == std::string_view::npos)
        return reading.refuse_bytes("it is no XML in UTF-8");
    reading.begun = true;
    if (piece.find('\0') != std::string_view::npos)
        return reading.refuse_bytes("it holds a NUL byte, so it is no text in UTF-8");
    if (!reading.guard.passes(piece))
        return reading.refuse_bytes("one of its tags has too many attributes");
    return got;
}

xmlSAXHandler handlers() {
    xmlSAXHandler sax{};
    sax.initialized = XML_SAX2_MAGIC;
    sax.startElementNs = on_open;
    sax.endElementNs = on_close;
    sax.characters = on_text;
    sax.ignorableWhitespace = on_text;
    sax.cdataBlock = on_text;
    sax.internalSubset = on_doctype;
    return sax;
}

// libxml2 leaves "&" in attributes as the reference "&#38;".
std::string plain(std::string_view value) {
    constexpr std::string_view ampersand = "&#38;";
    std::string out;
    for (std::size_t at = value.find(ampersand); at != std::string_view::npos; at = value.find(ampersand)) {
        out += value.substr(0, at);
        out += '&';
        value.remove_prefix(at + ampersand.size());
    }
    out += value;
    return out;
}

// Why libxml2 gave up: "line 3: Opening and ending tag mismatch".
std::string complaint(xmlParserCtxt* context) {
    const xmlError* error = xmlCtxtGetLastError(context);
    if (!error || !error->message)
        return "it is no XML";
    if (error->code == XML_ERR_INVALID_CHAR || error->code == XML_ERR_INVALID_ENCODING)
        return fmt::format("line {} is not in UTF-8", error->line);
    std::string_view message = error->message;
    message = message.substr(0, message.find('\n'));
    return fmt::format("it is no XML (line {}: {})", error->line, message);
}

}  // namespace

std::string Tag::attribute(std::string_view name, bool qualified) const {
    for (int i = 0; i < count_; ++i) {
        const unsigned char** one = attributes_ + std::ptrdiff_t{5} * i;
        if (view(one[0]) == name && (one[1] != nullptr) == qualified)
            return plain({reinterpret_cast<const char*>(one[3]), static_cast<std::size_t>(one[4] - one[3])});
    }
    return {};
}

bool read_part(Archive& archive, const std::string& part, const Place& place, std::size_t& tags,
               PartReader& reader, Diagnostics& found) {
    const auto bytes = archive.open_part(part, place, found);
    if (!bytes)
        return false;
    xmlInitParser();
    xmlSAXHandler sax = handlers();
    Reading reading{.bytes = *bytes, .reader = reader, .tags = tags};
    const std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxt*)> context(
        xmlCreateIOParserCtxt(&sax, &reading, on_read, nullptr, &reading, XML_CHAR_ENCODING_UTF8),
        &xmlFreeParserCtxt);
    if (!context || reading.failed) {
        if (!reading.failed)
            report(place, "damaged-workbook", fmt::format("the part {} cannot be read.", part), "", found);
        return false;
    }
    reading.context = context.get();
    xmlCtxtUseOptions(context.get(),
                      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC);
    xmlParseDocument(context.get());
    if (reading.failed)
        return false;
    if (reader.stopped() || (reading.refused.empty() && context->wellFormed))
        return true;
    report(place, "damaged-workbook",
           fmt::format("the part {} of the workbook cannot be read: {}.", part,
                       reading.refused.empty() ? complaint(context.get()) : reading.refused),
           "open the file in your spreadsheet program and save it as .xlsx again.", found);
    return false;
}

}  // namespace doorstep
