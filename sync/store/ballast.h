// Room kept for the day on which the disk is full: a file of no content beside the
// store, given up so that the answers in hand can still be saved.
//
// A connection that has it (SqliteOptions::ballast) gives it up by itself, before a
// commit would fail where that can be seen, else at the first one that does, and from
// then on keeps its write-ahead log short.  Made again when there is room.
#pragma once

#include <cstdint>
#include <string>

#include "forms/base/result.h"

namespace doorstep {

// What a person is told about the disk.
struct DiskRoom {
    bool full = false;          // the ballast is given up: others have filled the disk
    std::uint64_t answers = 0;  // about so many more can be saved

    // One or two sentences; empty while there is nothing to say.
    std::string text() const;
};

class Ballast {
public:
    static constexpr std::uint64_t usual_bytes = std::uint64_t{16} << 20;

    explicit Ballast(const std::string& store_file, std::uint64_t bytes = usual_bytes);

    // Makes it whole where it is missing or was cut short, when there is room for it and
    // as much again; else leaves it given up.  At opening and when idle: it writes.
    Result<void> stand_by();
    // Gives it up.  Any number of times.
    void give_up() noexcept;
    // Gives it up when the disk has less room than a commit may take.  Cheap.
    void look() noexcept;

    bool given_up() const { return given_up_; }
    DiskRoom room() const;
    // Whether so much can be written beside the answers that the room is kept for: once into
    // the log and once into the file.
    bool has_room_for(std::uint64_t bytes) const;
    const std::string& path() const { return path_; }

private:
    bool is_whole() const;
    Result<void> write_out() const;
    std::uint64_t free_bytes() const;

    std::string path_;
    std::string folder_;
    std::uint64_t bytes_;
    bool given_up_ = true;
};

}  // namespace doorstep
