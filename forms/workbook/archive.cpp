#include "forms/workbook/archive.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <string>
#include <utility>

#include "forms/workbook/cells.h"

namespace doorstep {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;

// What stands in front of old workbooks, and of new ones behind a password.
constexpr std::string_view compound_file = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
// "EncryptedPackage" as its directory spells it.
constexpr std::string_view encrypted_package{"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", 32};

void locked(const Place& place, Diagnostics& found) {
    report(place, "password", "the workbook is protected with a password.",
           "save it without a password (File, Info, Protect Workbook) and try again.", found);
}

void damaged(const Place& place, std::string what, Diagnostics& found) {
    report(place, "damaged-workbook", std::move(what),
           "open the file in your spreadsheet program and save it as .xlsx again.", found);
}

bool is_zip(std::string_view bytes, const Place& place, Diagnostics& found) {
    if (bytes.starts_with("PK"))
        return true;
    if (bytes.starts_with(compound_file)) {
        if (bytes.find(encrypted_package) != std::string_view::npos)
            locked(place, found);
        else
            report(place, "old-workbook", "this is the old .xls format under a new name.",
                   "open it and save it as .xlsx.", found);
        return false;
    }
    damaged(place,
            bytes.empty() ? "the file is empty." : "this is no .xlsx workbook, whatever its name says.",
            found);
    return false;
}

}  // namespace

struct Archive::Zip {
    zip_t* handle = nullptr;
    ~Zip() {
        if (handle)
            zip_discard(handle);
    }
};

Archive::Archive(std::unique_ptr<Zip> zip) : zip_(std::move(zip)) {}
Archive::~Archive() = default;

std::unique_ptr<Archive> Archive::open(std::string_view bytes, const Place& place, Diagnostics& found) {
    if (bytes.size() > max_xlsx_bytes) {
        report(place, "too-large", fmt::format("the file is larger than {} MiB.", max_xlsx_bytes >> 20),
               "take pictures and long lists out of the workbook.", found);
        return nullptr;
    }
    if (!is_zip(bytes, place, found))
        return nullptr;
    zip_error_t error;
    zip_error_init(&error);
    auto zip = std::make_unique<Zip>();
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    if (source) {
        zip->handle = zip_open_from_source(source, ZIP_RDONLY, &error);
        if (!zip->handle)
            zip_source_free(source);
    }
    zip_error_fini(&error);
    if (!zip->handle) {
        damaged(place, "the workbook is damaged: its list of parts cannot be read.", found);
        return nullptr;
    }
    if (zip_get_num_entries(zip->handle, 0) > static_cast<zip_int64_t>(max_parts)) {
        report(place, "too-large", fmt::format("the workbook has more than {} parts.", max_parts),
               "copy the sheets of the form into a new workbook.", found);
        return nullptr;
    }
    return std::unique_ptr<Archive>(new Archive(std::move(zip)));
}

bool Archive::has(const std::string& part) const {
    return zip_name_locate(zip_->handle, part.c_str(), ZIP_FL_NOCASE) >= 0;
}

struct Archive::Part::State {
    std::string name;
    const Place& place;
    Diagnostics& found;
    std::size_t& left_of_all;
    std::size_t left = max_part_bytes;
    std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file;
};

Archive::Part::Part(std::unique_ptr<State> state) : state_(std::move(state)) {}
Archive::Part::~Part() = default;

std::unique_ptr<Archive::Part> Archive::open_part(const std::string& name, const Place& place,
                                                  Diagnostics& found) {
    const zip_int64_t at = zip_name_locate(zip_->handle, name.c_str(), ZIP_FL_NOCASE);
    const auto index = static_cast<zip_uint64_t>(at);
    zip_stat_t facts;
    if (at < 0 || zip_stat_index(zip_->handle, index, 0, &facts) != 0) {
        damaged(place, fmt::format("the workbook is damaged: its part {} is missing.", name), found);
        return nullptr;
    }
    if ((facts.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && facts.encryption_method != ZIP_EM_NONE) {
        locked(place, found);
        return nullptr;
    }
    zip_file_t* const file = zip_fopen_index(zip_->handle, index, 0);
    if (!file) {
        damaged(place, fmt::format("the workbook is damaged: its part {} cannot be unpacked.", name), found);
        return nullptr;
    }
    return std::unique_ptr<Part>(new Part(std::unique_ptr<Part::State>(
        new Part::State{name, place, found, left_, max_part_bytes, {file, &zip_fclose}})));
}

int Archive::Part::read(char* to, std::size_t room) {
    const zip_int64_t got = zip_fread(state_->file.get(), to, std::min(room, piece_bytes));
    if (got < 0) {
        damaged(state_->place,
                fmt::format("the workbook is damaged: its part {} cannot be unpacked.", state_->name),
                state_->found);
        return -1;
    }
    // What the archive says about sizes may be a lie: only what comes out counts.
    const auto bytes = static_cast<std::size_t>(got);
    if (bytes > state_->left || bytes > state_->left_of_all) {
        const bool one = bytes > state_->left;
        report(state_->place, "too-large",
               fmt::format("the workbook unpacks to more than {} MiB{}.",
                           (one ? max_part_bytes : max_parts_bytes) >> 20, one ? " in one part" : ""),
               "keep long lists in a file of their own and use select_one_from_file.", state_->found);
        return -1;
    }
    state_->left -= bytes;
    state_->left_of_all -= bytes;
    return static_cast<int>(bytes);
}

}  // namespace doorstep
