// A form of record, loaded: immutable, shared between sessions and threads.
//
// load() reads any XForm 1.0 XML of the field, or says why not.  Static things
// live here (questions, expressions, choice lists, the dependency graph with its
// ranks); what changes while one answers lives in forms/session.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/diagnostic.h"
#include "forms/base/result.h"
#include "forms/base/sha256.h"

namespace doorstep {

enum class Sensitivity { ordinary, sensitive, restricted };
enum class Consent { yes, safeguarding };
enum class Urgency { routine, soon, today };

// An external list: rows of which the first names the columns (CSV, GeoJSON), or the
// text of an XML document, which may have any shape.
struct AttachmentRows {
    std::vector<std::vector<std::string>> rows;
    std::string xml = {};
};
// Fetches the file that a secondary instance names ("jr://file-csv/wards.csv").
using FormAttachments = std::function<Result<AttachmentRows>(std::string_view uri)>;

// Where the engine says an error stands when it has no workbook: forms/desk
// joins `node` and `property` to the cell they came from.
struct FormFault {
    std::string node;      // xpath of the bind or rule, as in ConvertedForm::origins
    std::string property;  // "relevant", "calculation", "when" ...
    Diagnostic diagnostic;
    std::vector<std::pair<std::string, std::string>> related;  // node, property (cycles)
};

struct FormGraph;    // forms/definition/graph.h
struct FormContent;  // forms/definition/content.h

class FormDefinition {
public:
    // Null when `faults` holds an error.  At most 8 MiB of XML.
    static std::shared_ptr<const FormDefinition>
    load(std::string_view xml, const FormAttachments& attachments, std::vector<FormFault>& faults);

    // The same as bytes, for a cache beside the XML; and back, without a word when the
    // bytes are damaged, of another form or of another version: null, and one loads the
    // XML.  What load() warned of is warned of again.
    std::string compiled() const;
    static std::shared_ptr<const FormDefinition> load_compiled(std::string_view bytes, const Sha256& hash,
                                                               const FormAttachments& attachments,
                                                               std::vector<FormFault>& faults);

    const std::string& id() const;
    const std::string& version() const;
    const std::string& title() const;
    const Sha256& hash() const;  // of the XML; a draft keeps its form by this
    const std::string& privacy_version() const;
    const std::vector<std::string>& languages() const;  // as written: "English (en)"; empty for one without
    const std::string& default_language() const;

    const FormContent& content() const;
    const FormGraph& graph() const;

    ~FormDefinition();

private:
    FormDefinition();
    struct Parts;
    std::unique_ptr<const Parts> parts_;
};

}  // namespace doorstep
