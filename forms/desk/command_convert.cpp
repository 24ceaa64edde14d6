#include "forms/desk/commands.h"

namespace doorstep::commands {

int convert(const Wishes& wishes) {
    const FormPackage package = open(wishes).package;
    print(package.found);
    return package.form ? write(wishes, package.xml) : mistakes;
}

}  // namespace doorstep::commands
