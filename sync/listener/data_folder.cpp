#include "sync/listener/data_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "forms/base/encoding.h"
#include "sync/store/sqlite_connection.h"

namespace doorstep {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view key_header = "doorstep safeguarding key 1\n";

Error cannot_write(const std::string& file) {
    const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    return {full ? Fault::disk_full : Fault::not_writable,
            fmt::format("{} could not be written: {}.", file, ::strerror(errno)),
            full ? "Free some space and repeat." : "Check that this user may write to its folder."};
}

// Closes at the end of its scope.
struct Descriptor {
    int number;
    ~Descriptor() {
        if (number >= 0)
            ::close(number);
    }
};

bool write_all(int file, std::string_view content) {
    while (!content.empty()) {
        const auto written = ::write(file, content.data(), content.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

Result<PublicKey> read_key(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string header;
    std::string public_half;
    std::getline(in, header);
    std::getline(in, public_half);
    const auto bytes = public_half.starts_with("public ") ? from_hex(public_half.substr(7)) : std::nullopt;
    if (header + "\n" != key_header || !bytes || bytes->size() != 32)
        return Error{Fault::damaged, fmt::format("{} is not a safeguarding key, or it is damaged.", file),
                     "Put back the copy that was made of it; it is never overwritten."};
    return PublicKey{*bytes};
}

// What tablets seal can be opened with the file only: to go on handing out the public
// half without it would lose every concern from now on.
Result<void> secret_half_is_there(const std::string& file, const PublicKey& handed_out) {
    std::error_code failed;
    if (!fs::exists(file, failed))
        return Error{Fault::damaged, fmt::format("{} is gone: concerns could never be opened again.", file),
                     "Put back the copy that was made of it."};
    TRY(const auto kept, read_key(file));
    if (kept != handed_out)
        return Error{Fault::damaged, fmt::format("{} is the key of another endpoint.", file),
                     "Put back the file that was made with this endpoint."};
    return {};
}

Error wrong_directory(const std::string& folder, const Diagnostics& found) {
    std::string what = fmt::format("The directory of agencies in {} has mistakes.", folder);
    for (const auto& one : found)
        if (one.severity == Severity::error)
            what += "\n  " + one.text();
    return {Fault::bad_input, what, "Mend them, or name another folder with --questionnaires."};
}

}  // namespace

Result<void> write_durably(const std::string& file, std::string_view content, unsigned mode) {
    const std::string draft = file + ".new";
    ::unlink(draft.c_str());
    const Descriptor out{::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)};
    if (out.number < 0 || !write_all(out.number, content) || ::fsync(out.number) != 0 ||
        ::rename(draft.c_str(), file.c_str()) != 0) {
        const auto error = cannot_write(file);
        ::unlink(draft.c_str());
        return error;
    }
    const auto parent = fs::path(file).parent_path();
    const Descriptor folder{
        ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.number < 0 || ::fsync(folder.number) != 0)
        return cannot_write(file);
    return {};
}

Result<PublicKey> safeguarding_key(const std::string& file) {
    std::error_code failed;
    if (fs::exists(file, failed))
        return read_key(file);
    const auto pair = KeyPair::make();
    std::string secret = to_hex(pair.secret_key.view());
    std::string content =
        fmt::format("{}public {}\nsecret {}\n", key_header, to_hex(pair.public_key.bytes), secret);
    const auto written = write_durably(file, content, 0600);
    ::explicit_bzero(secret.data(), secret.size());
    ::explicit_bzero(content.data(), content.size());
    if (!written.ok())
        return written.error();
    return pair.public_key;
}

Result<DataFolder> DataFolder::open(const std::string& folder, const std::string& questionnaires) {
    DataFolder data;
    const std::string agencies = (fs::path(questionnaires) / "directory").string();
    Diagnostics found;
    *data.directory_ = read_directory(agencies, found);
    if (has_error(found))
        return wrong_directory(agencies, found);
    TRY(const auto file, store_file(folder));
    TRY(data.sql_, open_sqlite(file));
    const std::string key_file = (fs::path(folder) / "safeguarding.key").string();
    TRY(auto endpoint, Endpoint::open(*data.sql_, *data.directory_, *data.clock_, *data.random_,
                                      [&] { return safeguarding_key(key_file); }));
    data.endpoint_ = std::make_unique<Endpoint>(std::move(endpoint));
    TRY_DO(secret_half_is_there(key_file, data.endpoint_->safeguarding_key()));
    return data;
}

Result<void> DataFolder::checkpoint() {
    return doorstep::checkpoint(*sql_);
}

}  // namespace doorstep
