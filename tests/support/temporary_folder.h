// A folder of its own for one test, gone afterwards.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace doorstep::testing {

class TemporaryFolder {
public:
    TemporaryFolder() : TemporaryFolder(std::filesystem::temp_directory_path()) {}
    explicit TemporaryFolder(const std::filesystem::path& parent) {
        path_ = (parent / "doorstep-test-XXXXXX").string();
        if (!::mkdtemp(path_.data()))
            throw std::runtime_error("no temporary folder");
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ + "/" + name; }
    std::string operator/(const std::string& name) const { return file(name); }
    // Writes a file, with its folders, and returns its path.
    std::string write(const std::string& name, const std::string& text) const {
        const std::filesystem::path at = file(name);
        std::filesystem::create_directories(at.parent_path());
        std::ofstream(at, std::ios::binary) << text;
        return at.string();
    }

private:
    std::string path_;
};

}  // namespace doorstep::testing

namespace doorstep {
using testing::TemporaryFolder;  // tests of rooms that have no testing namespace of their own
}  // namespace doorstep
