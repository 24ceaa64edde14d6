#include "client/app/address_commands.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

#include "forms/base/counted.h"
#include "forms/base/secret.h"
#include "forms/desk/files.h"
#include "sync/search/address_list.h"
#include "sync/store/address_base.h"

namespace doorstep {

namespace {

namespace fs = std::filesystem;

// Larger than read_file() takes: half a million homes with a gazetteer's columns are 100 MB.
constexpr std::uintmax_t file_bytes_max = std::uintmax_t{1} << 30;

Result<std::string> read_table_file(const std::string& path) {
    std::error_code problem;
    if (!fs::is_regular_file(path, problem))
        return Error{Fault::not_found, path + " is not a file.", "Check the name."};
    const auto size = fs::file_size(path, problem);
    if (problem || size > file_bytes_max)
        return Error{Fault::bad_input, path + " is larger than 1 GiB.",
                     "Leave out the columns that are not needed, or load it in parts."};
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    std::string text(static_cast<std::size_t>(size), '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!in || in.gcount() != static_cast<std::streamsize>(text.size()))
        return Error{Fault::not_writable, fmt::format("{} cannot be read ({}).", path, std::strerror(errno)),
                     "Check the permissions."};
    return text;
}

std::string kept_words(const AddressesKept& kept) {
    return fmt::format("{} new, {} changed, {} as they were; {} on this tablet.\n", kept.added, kept.replaced,
                       kept.unchanged, counted(kept.total, "address", "addresses"));
}

}  // namespace

Result<std::string> load_addresses(const AddressesToLoad& wanted, Store& store) {
    TRY(std::string text, read_table_file(wanted.file));
    TRY(AddressList list, read_address_list(text, fs::path(wanted.file).filename().string()));
    wipe_text(text);
    std::string words = in_words(list);
    if (!wanted.report.empty())
        TRY_DO(write_file(wanted.report, refused_as_csv(list.refused)));
    if (list.homes.empty())
        return Error{Fault::bad_input, words, "Nothing was loaded."};
    TRY(const AddressesKept kept, AddressBase(store).keep(std::move(list.homes)));
    words += kept_words(kept);
    if (!list.refused.empty())
        words += wanted.report.empty()
                     ? "Each row that was left out, with what to do: --report FILE.\n"
                     : fmt::format("Each row that was left out, with what to do: {}\n", wanted.report);
    return words;
}

}  // namespace doorstep
