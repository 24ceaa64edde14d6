// The frames of a write-ahead log as they lie there.  SQLite reads them up to the first that is not
// what was written and drops the rest without a word: right after a power cut, and a loss of
// what was durable where a disk altered a frame amid others.
// (https://www.sqlite.org/fileformat2.html#the_write_ahead_log)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace doorstep {

struct LogFrame {
    std::uint32_t page = 0;         // counted from 1
    std::uint32_t pages_after = 0;  // of the file; not 0: a transaction ends here
    std::string_view bytes;         // of the page
    bool of_this_log = false;       // not left over from the log before
    bool follows = false;           // it is what was written after the one before it
};

class LogFrames {
public:
    // `log` must outlive it.
    explicit LogFrames(std::string_view log);

    // Frames that SQLite reads: whole, and one after the other.
    std::size_t whole() const { return whole_; }
    const std::vector<LogFrame>& all() const { return frames_; }
    std::uint32_t page_size() const { return page_size_; }
    // Whether a transaction that was on the disk stands behind a frame that is not what was
    // written: another was written after it, and that is done only when it is durable.
    bool lost_transactions() const;

private:
    void read(std::string_view log);
    std::string_view salt_of(std::string_view log, bool header_is_whole) const;

    std::uint32_t page_size_ = 4096;
    bool big_ = false;
    std::size_t whole_ = 0;
    std::vector<LogFrame> frames_;
};

}  // namespace doorstep
