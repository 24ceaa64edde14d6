#include "sync/store/sqlite_pages.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <set>
#include <utility>

#include "sync/store/log_frames.h"

namespace doorstep {

namespace {

constexpr unsigned char interior_of_table = 0x05;
constexpr unsigned char leaf_of_table = 0x0d;
constexpr std::size_t file_header = 100;  // on page 1, before the page's own

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i)
        number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
    return number;
}

// Seven bits to a byte, greatest first; the ninth byte gives all of its eight.
std::optional<std::uint64_t> varint(std::string_view bytes, std::size_t& at) {
    std::uint64_t value = 0;
    for (int i = 0; i < 9; ++i) {
        if (at >= bytes.size())
            return std::nullopt;
        const auto byte = static_cast<unsigned char>(bytes[at++]);
        if (i == 8)
            return value << 8 | byte;
        value = value << 7 | (byte & 0x7f);
        if (byte < 0x80)
            return value;
    }
    return std::nullopt;
}

std::optional<std::size_t> size_of(std::uint64_t serial) {
    constexpr std::size_t fixed[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
    if (serial < std::size(fixed))
        return fixed[serial];
    if (serial < 12)
        return std::nullopt;
    return (serial - 12) / 2;
}

SqlValue value_of(std::uint64_t serial, std::string_view bytes) {
    if (serial == 0)
        return Null{};
    if (serial >= 12)
        return serial % 2 == 0 ? SqlValue(Blob{std::string(bytes)}) : SqlValue(std::string(bytes));
    if (serial >= 8)
        return static_cast<std::int64_t>(serial - 8);
    const auto raw = big_endian(bytes, 0, bytes.size());
    if (serial == 7)
        return std::bit_cast<double>(raw);
    const auto unused = 64 - 8 * static_cast<int>(bytes.size());
    return static_cast<std::int64_t>(raw << unused) >> unused;
}

// A record must come out to the byte: rubbish hardly ever does.
std::optional<std::vector<SqlValue>> values_of(std::string_view record) {
    std::size_t at = 0;
    const auto header = varint(record, at);
    if (!header || *header > record.size() || *header < at)
        return std::nullopt;
    std::vector<SqlValue> values;
    std::size_t body = *header;
    while (at < *header) {
        const auto serial = varint(record, at);
        const auto size = serial ? size_of(*serial) : std::nullopt;
        if (!size || at > *header || *size > record.size() - body)
            return std::nullopt;
        values.push_back(value_of(*serial, record.substr(body, *size)));
        body += *size;
    }
    return body == record.size() ? std::optional(std::move(values)) : std::nullopt;
}

}  // namespace

SqlitePages::SqlitePages(std::string file, std::string_view log) : bytes_(std::move(file)) {
    if (bytes_.size() >= file_header) {
        const auto size = static_cast<std::uint32_t>(big_endian(bytes_, 16, 2));
        const auto reserved = static_cast<unsigned char>(bytes_[20]);
        // A header that was hit says anything; ours say 4096.
        if (std::has_single_bit(size) && size >= 512 && bytes_.starts_with("SQLite format 3")) {
            page_size_ = size;
            usable_ = size - reserved;
        }
    }
    if (usable_ < 480)
        usable_ = page_size_;
    lay_over(log);
}

void SqlitePages::lay_over(std::string_view log) {
    const LogFrames frames(log);
    // As SQLite reads it; where that would drop what was durable, every frame that can be told to be of
    // this log: who takes rows from the pages asks each row for its proof.
    const bool lost = frames.lost_transactions();
    const auto& all = frames.all();
    const auto end = lost ? all.size() : frames.whole();
    if (end == 0)
        return;
    if (page_size_ != frames.page_size())
        page_size_ = static_cast<std::uint32_t>(usable_ = frames.page_size());
    std::size_t begun = 0;
    for (std::size_t i = 0; i < end; ++i) {
        const auto pages_after = all[i].pages_after;
        if (pages_after == 0 || !all[i].of_this_log)
            continue;
        // No transaction makes a file longer than by what it writes.
        if (pages_after > count() + (i + 1 - begun)) {
            if (!lost)
                return;
            continue;
        }
        lay_over({all.begin() + static_cast<std::ptrdiff_t>(begun), i + 1 - begun}, pages_after, lost);
        begun = i + 1;
    }
}

// One transaction.  Where frames were lost it may be shorter than the file was made meanwhile.
void SqlitePages::lay_over(std::span<const LogFrame> frames, std::uint32_t pages_after, bool lost) {
    bytes_.resize((lost ? std::max(pages_after, count()) : pages_after) * std::size_t{page_size_});
    for (const auto& frame : frames)
        if (frame.of_this_log && frame.page > 0 && frame.page <= pages_after)
            bytes_.replace((frame.page - 1) * std::size_t{page_size_}, page_size_, frame.bytes);
}

std::string_view SqlitePages::page(std::uint32_t number) const {
    if (number == 0 || number > count())
        return {};
    return std::string_view(bytes_).substr((number - 1) * std::size_t{page_size_}, usable_);
}

std::optional<std::vector<std::uint32_t>> SqlitePages::children(std::uint32_t number) const {
    const auto bytes = page(number);
    const std::size_t start = number == 1 ? file_header : 0;
    if (bytes.size() < start + 12 || static_cast<unsigned char>(bytes[start]) != interior_of_table)
        return std::nullopt;
    const auto cells = big_endian(bytes, start + 3, 2);
    if (start + 12 + 2 * cells > bytes.size())
        return std::nullopt;
    std::vector<std::uint32_t> found;
    for (std::size_t i = 0; i < cells; ++i) {
        const auto at = big_endian(bytes, start + 12 + 2 * i, 2);
        if (at + 4 <= bytes.size())
            found.push_back(static_cast<std::uint32_t>(big_endian(bytes, at, 4)));
    }
    found.push_back(static_cast<std::uint32_t>(big_endian(bytes, start + 8, 4)));
    return found;
}

bool SqlitePages::is_lost(std::uint32_t number) const {
    const auto bytes = page(number);
    if (number == 1)
        return !bytes.starts_with("SQLite format 3");
    if (bytes.size() < 8)
        return true;
    const auto kind = static_cast<unsigned char>(bytes[0]);
    if (kind == 2 || kind == interior_of_table || kind == 10 || kind == leaf_of_table)
        return false;
    return big_endian(bytes, 0, 4) > count();
}

std::optional<Leaf> SqlitePages::leaf(std::uint32_t number) const {
    const auto bytes = page(number);
    const std::size_t start = number == 1 ? file_header : 0;
    if (bytes.size() < start + 8 || static_cast<unsigned char>(bytes[start]) != leaf_of_table)
        return std::nullopt;
    const auto cells = big_endian(bytes, start + 3, 2);
    if (start + 8 + 2 * cells > bytes.size())
        return std::nullopt;
    Leaf leaf;
    std::set<std::int64_t> seen;
    for (std::size_t i = 0; i < cells; ++i) {
        const auto at = big_endian(bytes, start + 8 + 2 * i, 2);
        auto row = at >= start + 8 + 2 * cells ? row_at(number, at) : std::nullopt;
        if (row && seen.insert(row->rowid).second)
            leaf.rows.push_back(std::move(*row));
        else
            ++leaf.broken;
    }
    return leaf;
}

std::optional<StoredRow> SqlitePages::row_at(std::uint32_t number, std::size_t at) const {
    const auto bytes = page(number);
    const auto size = varint(bytes, at);
    const auto rowid = size ? varint(bytes, at) : std::nullopt;
    if (!rowid || *size > bytes_.size())
        return std::nullopt;
    StoredRow row{static_cast<std::int64_t>(*rowid), {}, {number}};
    const auto payload = payload_at(bytes, at, *size, row.pages);
    auto values = payload ? values_of(*payload) : std::nullopt;
    if (!values)
        return std::nullopt;
    row.values = std::move(*values);
    return row;
}

std::optional<std::string> SqlitePages::payload_at(std::string_view bytes, std::size_t at, std::size_t size,
                                                   std::vector<std::uint32_t>& pages) const {
    const auto most = usable_ - 35;
    if (size <= most)
        return at + size <= bytes.size() ? std::optional(std::string(bytes.substr(at, size))) : std::nullopt;
    const auto least = (usable_ - 12) * 32 / 255 - 23;
    const auto wished = least + (size - least) % (usable_ - 4);
    const auto local = wished <= most ? wished : least;
    if (at + local + 4 > bytes.size())
        return std::nullopt;
    std::string payload(bytes.substr(at, local));
    auto next = static_cast<std::uint32_t>(big_endian(bytes, at + local, 4));
    while (payload.size() < size) {
        const auto more = page(next);
        if (more.empty() || std::find(pages.begin(), pages.end(), next) != pages.end())
            return std::nullopt;
        pages.push_back(next);
        payload += more.substr(4, std::min(size - payload.size(), more.size() - 4));
        next = static_cast<std::uint32_t>(big_endian(more, 0, 4));
    }
    return next == 0 ? std::optional(std::move(payload)) : std::nullopt;
}

}  // namespace doorstep
