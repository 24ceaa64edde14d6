// Opens, checks and loads a form package: a workbook or an XForm with its media.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "forms/base/diagnostic.h"
#include "forms/definition/definition.h"
#include "forms/desk/attachments.h"
#include "forms/desk/origins.h"
#include "forms/directory/directory.h"

namespace doorstep {

struct FormPackage {
    std::string file;                            // how messages name it: "safer.xlsx"
    std::string xml;                             // the form of record; empty after an error
    std::shared_ptr<const FormDefinition> form;  // null after an error
    Diagnostics found;                           // mistakes and warnings, each at its cell
    Origins origins;                             // cells by node, for what goes wrong at run time
    std::optional<Day> from;                     // published: for visits from that day on
};

// `path` is an .xlsx, a folder of CSV sheets, a .csv, an .md or an XForm .xml.  `directory`
// may be null for plain ODK forms.  `cache`: a folder for compiled forms (form_cache.h),
// or "".
FormPackage open_package(const std::string& path, const Directory* directory, const std::string& cache = {});

// An XForm that is already in memory (from the store, from the endpoint).
FormPackage open_xform(const std::string& xml, const std::string& file, const std::string& cache = {});
// The same with lists from anywhere; `directory` may be null.
FormPackage open_xform_with(const std::string& xml, const FormAttachments& attachments,
                            const std::string& file, const Directory* directory);

// Every form and the directory below `folder` (forms/questionnaires):
// <folder>/directory and <folder>/<form>/<version>/.
struct Library {
    Directory directory;
    std::vector<FormPackage> packages;
    Diagnostics found;
    std::shared_ptr<const FormDefinition> form(std::string_view id, std::string_view version) const;
    const FormPackage* package(const Sha256& hash) const;
    std::vector<std::shared_ptr<const FormDefinition>> forms() const;  // those without a mistake
};
Library open_library(const std::string& folder, const std::string& cache = {});

// Where the shipped questionnaires are: DOORSTEP_QUESTIONNAIRES, else
// ../share/doorstep/questionnaires beside the program, else the source tree it was
// built from.
std::string shipped_questionnaires();

}  // namespace doorstep
