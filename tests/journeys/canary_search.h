// Looking for a word where it must not be: in every file of a folder, and in the memory
// of a process; written plainly, in capitals, as UTF-16, in hex and in base64.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace doorstep::journey {

class CanarySearch {
public:
    // REQUIRES: at least ten letters, a to z, that stand nowhere by chance.
    explicit CanarySearch(const std::string& word);

    // What is found, once for each place and form: "data/doorstep.sqlite: hex".
    std::vector<std::string> in_text(const std::string& place, const std::string& text) const;
    // Names of files and folders included.
    std::vector<std::string> in_folder(const std::string& folder) const;
    // Every page of it that is there; nothing without the right to read it.
    std::optional<std::vector<std::string>> in_memory_of(pid_t process) const;
    std::uint64_t bytes_read() const { return bytes_read_; }  // of the last memory

private:
    struct Form {
        std::string name;
        std::string bytes;
    };
    std::vector<Form> forms_;
    mutable std::uint64_t bytes_read_ = 0;
};

}  // namespace doorstep::journey
