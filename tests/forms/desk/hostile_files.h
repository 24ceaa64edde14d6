// Files that are made to hurt, each with what must be said of it.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace doorstep {

struct HostileFile {
    std::string name;  // its ending tells what it claims to be
    std::function<std::string()> content;
    std::string says;  // a part of the message
    int status = 1;    // 0: it is large, not wrong, and must be done in time
    // Lists beside the form; of `submission` the first is the file of answers.
    std::vector<std::pair<std::string, std::function<std::string()>>> beside = {};
    std::string command = "check";
};

std::vector<HostileFile> hostile_files();

}  // namespace doorstep
