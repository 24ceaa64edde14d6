// Numbers found by the hash of what they stand for: four bytes and a third an entry,
// where a map of the library takes forty.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace doorstep {

// Open addressing with linear probing; an entry that goes leaves no gap behind.  The
// things themselves are the owner's, who gives their hashes.
class IndexTable {
public:
    static constexpr std::uint32_t none = 0xFFFFFFFF;

    void clear() {
        slots_.clear();
        used_ = 0;
    }
    std::size_t bytes() const { return slots_.capacity() * sizeof(std::uint32_t); }

    // `same(number)`: whether that entry is the one.
    template<class Same>
    std::uint32_t find(std::uint64_t hash, const Same& same) const {
        if (slots_.empty())
            return none;
        for (std::size_t at = hash & mask();; at = (at + 1) & mask())
            if (slots_[at] == none || same(slots_[at]))
                return slots_[at];
    }
    // REQUIRES: it is not there yet.  `hash_of(number)` of any entry.
    template<class HashOf>
    void insert(std::uint64_t hash, std::uint32_t number, const HashOf& hash_of) {
        if ((used_ + 1) * 4 > slots_.size() * 3)
            grow(hash_of);
        place(hash, number);
        ++used_;
    }
    // REQUIRES: it is there.
    template<class HashOf>
    void erase(std::uint64_t hash, std::uint32_t number, const HashOf& hash_of) {
        std::size_t hole = hash & mask();
        while (slots_[hole] != number)
            hole = (hole + 1) & mask();
        // What was pushed on by it moves back, so that no search ends too early.
        for (std::size_t at = (hole + 1) & mask(); slots_[at] != none; at = (at + 1) & mask()) {
            const std::size_t home = hash_of(slots_[at]) & mask();
            if (((at - home) & mask()) >= ((at - hole) & mask())) {
                slots_[hole] = slots_[at];
                hole = at;
            }
        }
        slots_[hole] = none;
        --used_;
    }

private:
    std::size_t mask() const { return slots_.size() - 1; }
    void place(std::uint64_t hash, std::uint32_t number) {
        std::size_t at = hash & mask();
        while (slots_[at] != none)
            at = (at + 1) & mask();
        slots_[at] = number;
    }
    template<class HashOf>
    void grow(const HashOf& hash_of) {
        std::vector<std::uint32_t> before(slots_.empty() ? 64 : slots_.size() * 2, none);
        before.swap(slots_);
        for (const std::uint32_t number : before)
            if (number != none)
                place(hash_of(number), number);
    }

    std::vector<std::uint32_t> slots_;
    std::size_t used_ = 0;
};

}  // namespace doorstep
