// The texts that the source of the app says.
#pragma once

#include <string>
#include <vector>

namespace doorstep::test {

struct Said {
    std::vector<std::string> texts;  // of one call; two for say_n
    std::size_t line = 0;
    bool plural = false;  // of say_n
};

// What stands in quotes within say(...), say_in(...) and say_n(...).
std::vector<Said> said_in(const std::string& source);
// Every text in quotes, neighbours joined.
std::vector<std::string> quoted_in(const std::string& source);

std::string source_of(const std::string& path);
// Below `folder`, with that ending, in order.
std::vector<std::string> files_below(const std::string& folder, const std::string& ending);

}  // namespace doorstep::test
