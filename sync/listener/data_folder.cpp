#include "sync/listener/data_folder.h"

#include <fmt/format.h>
#include <string.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "forms/base/encoding.h"
#include "sync/store/sqlite_connection.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view key_header = "doorstep safeguarding key 1\n";

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
