#include "sync/store/unused_bytes.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace doorstep {

namespace {

constexpr std::size_t file_header_size = 100;
constexpr std::int64_t read_bytes = std::int64_t{1024} * 1024;

unsigned byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

std::size_t number_at(std::string_view bytes, std::size_t at) {
    return byte_at(bytes, at) << 8U | byte_at(bytes, at + 1);
}

struct Gap {
    std::size_t from = 0;
    std::size_t to = 0;
};

// Where a bit of the head has flipped the rows can still be read, and are left alone.
bool cells_are_behind(std::string_view page, std::size_t list, const Gap& gap) {
    for (auto at = list; at < gap.from; at += 2)
        if (const auto cell = number_at(page, at); cell < gap.to || cell >= page.size())
            return false;
    return true;
}

// Of a page of a tree; no other page of a file of this century begins with these numbers.
std::optional<Gap> gap_of(std::string_view page, bool is_first) {
    const std::size_t head = is_first ? file_header_size : 0;
    const auto kind = byte_at(page, head);
    const bool is_leaf = kind == 0x0a || kind == 0x0d;
    if (!is_leaf && kind != 0x02 && kind != 0x05)
        return std::nullopt;
    const Gap gap{head + (is_leaf ? 8 : 12) + 2 * number_at(page, head + 3),
                  number_at(page, head + 5) == 0 ? 65'536 : number_at(page, head + 5)};
    if (gap.from >= gap.to || gap.to > page.size() || !cells_are_behind(page, head + (is_leaf ? 8 : 12), gap))
        return std::nullopt;
    const auto bytes = page.substr(gap.from, gap.to - gap.from);
    return bytes.find_first_not_of('\0') == std::string_view::npos ? std::nullopt : std::optional(gap);
}

class File {
public:
    static std::optional<File> of(sqlite3* database, const char* schema) {
        sqlite3_file* file = nullptr;
        const int code = sqlite3_file_control(database, schema, SQLITE_FCNTL_FILE_POINTER, &file);
        return code == SQLITE_OK && file && file->pMethods ? std::optional(File(file)) : std::nullopt;
    }
    int size(std::int64_t& bytes) const {
        sqlite3_int64 told = 0;
        const int code = file_->pMethods->xFileSize(file_, &told);
        bytes = told;
        return code;
    }
    int read(std::string& bytes, std::int64_t at) const {
        return file_->pMethods->xRead(file_, bytes.data(), static_cast<int>(bytes.size()), at);
    }
    int wipe(std::int64_t at, std::size_t size) const {
        const std::string zeros(size, '\0');
        return file_->pMethods->xWrite(file_, zeros.data(), static_cast<int>(size), at);
    }
    int sync() const { return file_->pMethods->xSync(file_, SQLITE_SYNC_NORMAL); }

private:
    explicit File(sqlite3_file* file) : file_(file) {}
    sqlite3_file* file_;
};

int page_size_of(const File& file, std::int64_t& size) {
    std::string head(file_header_size, '\0');
    const int code = file.read(head, 0);
    const auto told = number_at(head, 16);
    size = told == 1 ? 65'536 : static_cast<std::int64_t>(told);
    return code;
}

// What cannot be read may be needed by nobody: who needs it says so.  Zeros stand for it, in which there is
// nothing to wipe.
void read_what_can_be(const File& file, std::string& bytes, std::int64_t at, std::size_t page_size) {
    if (file.read(bytes, at) == SQLITE_OK)
        return;
    for (std::size_t page = 0; page < bytes.size(); page += page_size) {
        std::string one(std::min(page_size, bytes.size() - page), '\0');
        if (file.read(one, at + static_cast<std::int64_t>(page)) != SQLITE_OK)
            one.assign(one.size(), '\0');
        bytes.replace(page, one.size(), one);
    }
}

// The pages of what was read.
int wipe_gaps(const File& file, std::string_view bytes, std::int64_t at, std::size_t page_size, bool& wiped) {
    for (std::size_t page = 0; page + page_size <= bytes.size(); page += page_size) {
        const auto place = at + static_cast<std::int64_t>(page);
        if (const auto gap = gap_of(bytes.substr(page, page_size), place == 0)) {
            wiped = true;
            if (const int code = file.wipe(place + static_cast<std::int64_t>(gap->from), gap->to - gap->from))
                return code;
        }
    }
    return SQLITE_OK;
}

UnusedBytes& bytes_of(sqlite3_context* context) {
    return *static_cast<UnusedBytes*>(sqlite3_user_data(context));
}

// A tablet's file is small, and much in it is replaced: all of it each time.
void wipe(sqlite3_context* context, int, sqlite3_value**) {
    auto& bytes = bytes_of(context);
    auto* database = sqlite3_context_db_handle(context);
    const bool is_tablets = sqlite3_db_filename(database, "disk") != nullptr;
    if (is_tablets && bytes.is_done())
        bytes.begin_anew();
    if (const int code = bytes.wipe_some(database, is_tablets ? "disk" : "main"))
        sqlite3_result_error_code(context, code);
}

void are_left(sqlite3_context* context, int, sqlite3_value**) {
    sqlite3_result_int(context, bytes_of(context).is_done() ? 0 : 1);
}

void again(sqlite3_context* context, int, sqlite3_value**) {
    bytes_of(context).begin_anew();
}

}  // namespace

int UnusedBytes::wipe_some(sqlite3* database, const char* schema) {
    const auto file = is_done() ? std::nullopt : File::of(database, schema);
    if (!file) {
        next_ = 0;
        return SQLITE_OK;
    }
    // A page in memory has them too, and would bring them back when it is next written.
    sqlite3_db_release_memory(database);
    std::int64_t size = 0;
    std::int64_t page_size = 0;
    if (const int code = file->size(size))
        return code;
    if (size > 0)
        if (const int code = page_size_of(*file, page_size))
            return code;
    if (page_size < 512) {
        next_ = 0;
        return SQLITE_OK;
    }
    const auto end = std::min(size, (next_ - 1) * page_size + step_bytes);
    bool wiped = false;
    for (auto at = (next_ - 1) * page_size; at < end; at = (next_ - 1) * page_size) {
        std::string bytes(static_cast<std::size_t>(std::min(std::max(read_bytes, page_size), size - at)),
                          '\0');
        read_what_can_be(*file, bytes, at, static_cast<std::size_t>(page_size));
        if (const int code = wipe_gaps(*file, bytes, at, static_cast<std::size_t>(page_size), wiped))
            return code;
        next_ += std::max<std::int64_t>(static_cast<std::int64_t>(bytes.size()) / page_size, 1);
    }
    const int code = wiped ? file->sync() : SQLITE_OK;
    if (code == SQLITE_OK && end == size)
        next_ = 0;
    return code;
}

int declare_unused_bytes(sqlite3* database, UnusedBytes& bytes) {
    constexpr int flags = SQLITE_UTF8 | SQLITE_DIRECTONLY;
    const auto declare = [&](const char* name, void (*function)(sqlite3_context*, int, sqlite3_value**)) {
        return sqlite3_create_function_v2(database, name, 0, flags, &bytes, function, nullptr, nullptr,
                                          nullptr);
    };
    if (const int code = declare("wipe_unused_bytes", wipe))
        return code;
    if (const int code = declare("unused_bytes_left", are_left))
        return code;
    return declare("unused_bytes_again", again);
}

}  // namespace doorstep
