#include <fmt/format.h>

#include <algorithm>

#include "forms/desk/commands.h"
#include "forms/desk/found_json.h"

namespace doorstep::commands {

int check(const Wishes& wishes) {
    const FormPackage package = open(wishes).package;
    const auto errors = std::count_if(package.found.begin(), package.found.end(),
                                      [](const Diagnostic& one) { return one.severity == Severity::error; });
    if (wishes.json) {
        fmt::print("{}\n", found_json(package.found));
        return package.form ? done : mistakes;
    }
    print(package.found);
    const auto warnings = std::ssize(package.found) - errors;
    if (package.form)
        fmt::print("{}{}: ready to use, {} warning{}.\n", package.form->id(),
                   package.form->version().empty() ? "" : " version " + package.form->version(), warnings,
                   warnings == 1 ? "" : "s");
    else
        fmt::print("{} mistake{} and {} warning{}: mend them and check again.\n", errors,
                   errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
    return package.form ? done : mistakes;
}

}  // namespace doorstep::commands
