#include "forms/desk/files.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace doorstep {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t bytes_max = 64u * 1024 * 1024;  // no form comes near; a slip of the hand does

Error cannot(const char* verb, const std::string& path) {
    const int cause = errno;
    return {cause == ENOSPC ? Fault::disk_full : Fault::not_writable,
            fmt::format("{} cannot be {} ({}).", path, verb, std::strerror(cause)),
            cause == ENOSPC ? "Free some space and try again." : "Check the name and the permissions."};
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
    std::error_code problem;
    if (!fs::is_regular_file(path, problem))
        return Error{Fault::not_found, path + " is not a file.", "Check the name."};
    if (fs::file_size(path, problem) > bytes_max)
        return Error{Fault::bad_input, path + " is larger than 64 MiB.", "Check that it is the right file."};
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in)
        return cannot("read", path);
    return text;
}

Result<void> write_file(const std::string& path, const std::string& text) {
    const std::string fresh = path + ".new";
    errno = 0;
    {
        std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
        out << text;
        out.close();
        if (!out)
            return cannot("written", path);
    }
    if (std::rename(fresh.c_str(), path.c_str()) != 0)
        return cannot("written", path);
    return {};
}

}  // namespace doorstep
