#include "forms/desk/commands.h"
#include "forms/desk/sharing.h"

namespace doorstep::commands {

int sharing(const Wishes& wishes) {
    const Opened opened = open(wishes);
    if (!opened.package.form) {
        print(opened.package.found);
        return mistakes;
    }
    const auto rules = sharing_of(*opened.package.form, opened.directory);
    return write(wishes, wishes.csv ? sharing_csv(rules) : sharing_table(*opened.package.form, rules));
}

}  // namespace doorstep::commands
