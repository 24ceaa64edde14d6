// Finding doors by what is typed: case and accents of Latin letters are folded, each
// word typed must begin a word of the door.  100,000 doors in a few milliseconds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace doorstep {

// Small letters and digits, words parted by one space: "Łukasz-St. John's" -> "lukasz st johns".
std::string folded(std::string_view utf8);

class DoorSearch {
public:
    void clear() { keys_.clear(), ends_.clear(); }
    void add(std::string_view text);  // the next door
    // Indexes of the doors that match; all of them when nothing is typed.
    std::vector<std::uint32_t> find(std::string_view typed) const;

private:
    std::string keys_;  // each door's words, each after a space
    std::vector<std::size_t> ends_;
};

}  // namespace doorstep
