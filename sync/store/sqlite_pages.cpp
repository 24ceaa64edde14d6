#include "sync/store/sqlite_pages.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <set>
#include <utility>

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

// The checksum that chains the frames of a log.
struct LogSum {
    bool big;
    std::uint32_t first = 0;
    std::uint32_t second = 0;

    void add(std::string_view bytes) {
        for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
            first += word(bytes, at) + second;
            second += word(bytes, at + 4) + first;
        }
    }
    std::uint32_t word(std::string_view bytes, std::size_t at) const {
        const auto number = static_cast<std::uint32_t>(big_endian(bytes, at, 4));
        return big ? number : __builtin_bswap32(number);
    }
};

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
    constexpr std::size_t log_header = 32;
    constexpr std::size_t frame_header = 24;
    if (log.size() < log_header || (big_endian(log, 0, 4) & ~1u) != 0x377f0682)
        return;
    if (const auto size = static_cast<std::uint32_t>(big_endian(log, 8, 4)); size != page_size_) {
        if (!std::has_single_bit(size) || size < 512)
            return;
        page_size_ = size;
        usable_ = size;
    }
    LogSum sum{(big_endian(log, 0, 4) & 1u) != 0};
    sum.add(log.substr(0, 24));
    if (sum.first != big_endian(log, 24, 4) || sum.second != big_endian(log, 28, 4))
        return;
    std::vector<std::pair<std::uint32_t, std::string_view>> waiting;
    const auto frame = frame_header + page_size_;
    for (std::size_t at = log_header; at + frame <= log.size(); at += frame) {
        if (log.substr(at + 8, 8) != log.substr(16, 8))
            return;
        sum.add(log.substr(at, 8));
        sum.add(log.substr(at + frame_header, page_size_));
        if (sum.first != big_endian(log, at + 16, 4) || sum.second != big_endian(log, at + 20, 4))
            return;
        const auto number = static_cast<std::uint32_t>(big_endian(log, at, 4));
        waiting.emplace_back(number, log.substr(at + frame_header, page_size_));
        const auto pages_after = big_endian(log, at + 4, 4);
        if (pages_after == 0)
            continue;
        // No transaction makes a file longer than by what it writes.
        if (pages_after > count() + waiting.size())
            return;
        // Whole: a transaction ends here, and says how many pages the file has then.
        bytes_.resize(pages_after * page_size_);
        for (const auto& [page, bytes] : waiting)
            if (page > 0 && page <= pages_after)
                bytes_.replace((page - 1) * std::size_t{page_size_}, page_size_, bytes);
        waiting.clear();
    }
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
