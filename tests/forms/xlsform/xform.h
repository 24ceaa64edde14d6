// A workbook as an md table, converted, and looked at with XPath.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "forms/directory/directory.h"
#include "forms/xlsform/convert.h"

namespace doorstep::tests {

class XForm {
public:
    // `file` names the workbook in messages.
    explicit XForm(const std::string& md, const Directory* directory = nullptr,
                   const std::string& file = "form.md");
    ~XForm();
    XForm(const XForm&) = delete;
    XForm& operator=(const XForm&) = delete;

    bool refused() const { return converted_.xml.empty(); }
    const std::string& xml() const { return converted_.xml; }
    const ConvertedForm& converted() const { return converted_; }
    const Diagnostics& found() const { return found_; }
    // Every message, in the order told.
    std::vector<std::string> messages() const;
    std::string message(const std::string& code) const;  // of the first with that code

    // x: is the XForms namespace, h:, jr:, odk:, orx: and d: as usual.
    int count(const std::string& xpath) const;
    std::string text(const std::string& xpath) const;  // of the first node
    // The attribute of the bind of a node: bind("age", "relevant").
    std::string bind(const std::string& path, const std::string& attribute) const;

private:
    struct Document;
    Diagnostics found_;
    ConvertedForm converted_;
    std::unique_ptr<Document> document_;
};

}  // namespace doorstep::tests
