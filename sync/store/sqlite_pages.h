// The pages of a SQLite file as they lie there, for when SQLite itself gives up: each
// sound row of each sound page, whatever became of the pages above it.
// (https://www.sqlite.org/fileformat2.html)
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync/store/sql_connection.h"

namespace doorstep {

struct LogFrame;

struct StoredRow {
    std::int64_t rowid = 0;
    std::vector<SqlValue> values;
    std::vector<std::uint32_t> pages;  // the leaf, then where it runs over
};

struct Leaf {
    std::vector<StoredRow> rows;
    std::int64_t broken = 0;  // rows that cannot be read
};

class SqlitePages {
public:
    // The file's bytes, and over them the pages of its write-ahead log up to the last
    // whole transaction; beyond a frame that is not what was written too, where
    // that is known to have been durable (log_frames.h).
    SqlitePages(std::string file, std::string_view log);

    std::uint32_t count() const { return static_cast<std::uint32_t>(bytes_.size() / page_size_); }
    std::uint32_t page_size() const { return page_size_; }
    // Pages are counted from 1.  Nothing: it is no page of that kind.
    std::optional<Leaf> leaf(std::uint32_t page) const;
    std::optional<std::vector<std::uint32_t>> children(std::uint32_t page) const;
    // Its first byte is of no page that SQLite writes: neither of a tree, nor where a row
    // runs over, nor free.
    bool is_lost(std::uint32_t page) const;

private:
    std::string_view page(std::uint32_t number) const;
    void lay_over(std::string_view log);
    void lay_over(std::span<const LogFrame> frames, std::uint32_t pages_after, bool lost);
    std::optional<StoredRow> row_at(std::uint32_t number, std::size_t at) const;
    std::optional<std::string> payload_at(std::string_view page, std::size_t at, std::size_t size,
                                          std::vector<std::uint32_t>& pages) const;

    std::string bytes_;
    std::uint32_t page_size_ = 4096;
    std::size_t usable_ = 4096;
};

}  // namespace doorstep
