// The work of loading one form: what is read so far, and what was found wrong.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "forms/definition/content.h"
#include "forms/definition/xml.h"

namespace doorstep {

// A wording before its expressions are parsed: the same itext may stand in
// several places, and each place reads from where it is.
struct RawPiece {
    std::string text;
    bool is_output = false;  // `text` is an expression
};
using RawPieces = std::vector<RawPiece>;

struct Loading {
    FormContent& content;
    std::vector<FormFault>& faults;
    const FormAttachments& attachments;
    xpath::Namespaces name_spaces;
    std::map<std::string, std::vector<RawPieces>, std::less<>> itext;  // id -> by language
    std::map<std::string, TemplateId> bind_ids;
    std::vector<TemplateId> prototypes;  // templates whose model was marked jr:template

    // The same words are often written in many places.
    std::unordered_map<std::string, xpath::Expression> expressions = {};

    void error(std::string_view node, std::string_view property, std::string_view code, std::string what,
               std::string mend = {});
    void warning(std::string_view node, std::string_view property, std::string_view code, std::string what,
                 std::string mend = {});
    bool failed() const;

    // Nothing for blank text, or after a fault.
    std::optional<Formula> formula(std::string_view text, std::string_view node, std::string_view property);
    Formula checked(const xpath::Expression& expression, std::string_view text, std::string_view node,
                    std::string_view property);
    void refuse(const xpath::SyntaxError& syntax, std::string_view text, std::string_view node,
                std::string_view property);
    // A label, hint or the like; `element` may be null.
    FormWording wording(xml::Element element, std::string_view node, std::string_view property);
    // "jr:itext('id')", or the text itself.
    FormWording wording(std::string_view attribute, std::string_view node, std::string_view property);
    FormWording itext_wording(std::string_view id, std::string_view node, std::string_view property);

    // A plain path ("/data/people/age", "../age") from `context`; nowhere when it
    // leads to none.
    TemplateId place(std::string_view path, TemplateId context) const;
};

// A list from a file beside the form.
Result<std::unique_ptr<SecondaryInstance>> outside_list(const AttachmentRows& list);

RawPieces raw_pieces(xml::Element element);

// In this order.
void read_itext(Loading& loading, xml::Element model);
void read_primary(Loading& loading, xml::Element model);
void read_secondary(Loading& loading, xml::Element model);
void read_body(Loading& loading, xml::Element body);
void read_binds(Loading& loading, xml::Element model);
void read_actions(Loading& loading, xml::Element within, TemplateId around, bool in_repeat);
void read_rules(Loading& loading, xml::Element model);

}  // namespace doorstep
