#include "sync/store/log_frames.h"

#include <bit>

namespace doorstep {

namespace {

constexpr std::size_t header_bytes = 32;
constexpr std::size_t frame_header = 24;
constexpr std::size_t salt_at = 16;
constexpr std::size_t salt_bytes = 8;

std::uint32_t number(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

// The checksum that chains the frames.
struct Sum {
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
        return big ? number(bytes, at) : __builtin_bswap32(number(bytes, at));
    }
    bool stands_at(std::string_view bytes, std::size_t at) const {
        return first == number(bytes, at) && second == number(bytes, at + 4);
    }
};

bool is_whole_header(std::string_view header, bool big) {
    Sum sum{big};
    sum.add(header.substr(0, 24));
    return sum.stands_at(header, 24);
}

}  // namespace

LogFrames::LogFrames(std::string_view log) {
    if (log.size() < header_bytes)
        return;
    const auto mark = number(log, 0);
    const bool known = (mark & ~1u) == 0x377f0682;
    big_ = known && (mark & 1u) != 0;
    // A header that was hit says anything; ours say 4096.
    if (const auto size = number(log, 8); std::has_single_bit(size) && size >= 512 && size <= 65536)
        page_size_ = size;
    read(log);
}

// Of the frames that belong to this header, also where the header was hit: the log before has
// another salt, and its frames are in the file already.
std::string_view LogFrames::salt_of(std::string_view log, bool header_is_whole) const {
    const auto salt = log.substr(salt_at, salt_bytes);
    if (header_is_whole || log.size() < header_bytes + frame_header)
        return salt;
    const auto first = log.substr(header_bytes + 8, salt_bytes);
    std::string mended(log.substr(0, header_bytes));
    mended.replace(salt_at, salt_bytes, first);
    return is_whole_header(mended, big_) ? first : salt;
}

void LogFrames::read(std::string_view log) {
    const bool header_is_whole = (number(log, 0) & ~1u) == 0x377f0682 && is_whole_header(log, big_);
    const auto salt = salt_of(log, header_is_whole);
    const auto size = frame_header + page_size_;
    Sum before{big_, number(log, 24), number(log, 28)};
    bool unbroken = header_is_whole;
    for (std::size_t at = header_bytes; at + size <= log.size(); at += size) {
        LogFrame frame;
        frame.page = number(log, at);
        frame.pages_after = number(log, at + 4);
        frame.bytes = log.substr(at + frame_header, page_size_);
        frame.of_this_log = log.substr(at + 8, salt_bytes) == salt;
        before.add(log.substr(at, 8));
        before.add(frame.bytes);
        frame.follows = frame.of_this_log && before.stands_at(log, at + 16);
        before = {big_, number(log, at + 16), number(log, at + 20)};
        frames_.push_back(frame);
        unbroken = unbroken && frame.follows;
        whole_ += unbroken ? 1u : 0u;
    }
}

bool LogFrames::lost_transactions() const {
    for (std::size_t i = whole_; i + 1 < frames_.size(); ++i) {
        const auto& end = frames_[i];
        const auto& next = frames_[i + 1];
        // SQLite may write the last frame once more, to fill up a sector.
        const bool repeated = next.page == end.page && next.bytes == end.bytes;
        if (end.of_this_log && end.pages_after != 0 && next.follows && !repeated)
            return true;
    }
    return false;
}

}  // namespace doorstep
