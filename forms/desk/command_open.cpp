#include <fmt/format.h>

#include <cstdio>

#include "forms/desk/commands.h"
#include "forms/desk/files.h"

namespace doorstep::commands {

Opened open(const Wishes& wishes) {
    Diagnostics in_directory;
    Opened opened;
    opened.directory = read_directory(wishes.questionnaires + "/directory", in_directory);
    opened.package = open_package(wishes.form, &opened.directory);
    Diagnostics& found = opened.package.found;
    found.insert(found.begin(), in_directory.begin(), in_directory.end());
    if (has_error(in_directory))
        opened.package.form = nullptr;
    return opened;
}

void print(const Diagnostics& found) {
    for (const Diagnostic& one : found)
        fmt::print(stderr, "{}\n", one.text());
}

int write(const Wishes& wishes, const std::string& text) {
    if (wishes.output.empty()) {
        fmt::print("{}", text);
        return done;
    }
    if (const auto written = write_file(wishes.output, text); !written) {
        fmt::print(stderr, "{}\n", written.error().text());
        return mistakes;
    }
    return done;
}

}  // namespace doorstep::commands
