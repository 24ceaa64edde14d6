// What is likely to come next, as learnt beforehand from samples: counts under contexts, and an
// arithmetic coder over them.  Nothing is learnt from what is written, and all is reckoned in
// whole numbers, so that two programs with the same samples write and read alike.
//
// Under a context the symbol seen n times among T, of which D are different, has 2n - 1 of 2T, and
// "none of these" D of 2T: then the next context is asked, and at the end all symbols below a bound
// are equally likely.  A context that was never seen is passed over.
//
// The coder is Subbotin's: 32 bits, bytes go out once the highest is settled, or when fewer than
// 2^16 are left (then the range ends at the next multiple of 2^16).  The last bytes are the fewest
// that stand for a number in the range when zeros are read behind them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace doorstep::wire {

class Odds {
public:
    using Symbol = std::uint32_t;
    using Context = std::uint64_t;

    struct Seen {
        Symbol symbol = 0;
        std::uint32_t count = 0;
    };
    struct Table {
        std::vector<Seen> seen;  // as they came
        std::uint32_t total = 0;
    };

    void learn(Context context, Symbol symbol);
    // Null when nothing was seen under it.
    const Table* under(Context context) const;

private:
    // A large table of places, since a record asks it a thousand times.
    struct Slot {
        Context context = 0;
        std::uint32_t place = 0;  // in tables_, counted from 1; 0: free
    };
    std::size_t slot_of(Context context) const;
    void make_room();

    std::vector<Table> tables_;
    std::vector<Slot> slots_;  // as many as a power of two, half of them free
};

// Of a kind and what makes it one.
constexpr Odds::Context context_of(std::uint64_t kind, std::uint64_t first = 0, std::uint64_t second = 0) {
    return kind << 56 | first << 24 | second;
}

class OddsWriter {
public:
    // Under each context it may be told in another way.
    struct Told {
        Odds::Context context = 0;
        Odds::Symbol symbol = 0;
    };
    // REQUIRES: symbol < bound <= 65536.
    void put(const Odds& odds, std::span<const Told> ways, Odds::Symbol symbol, std::uint32_t bound);
    // Once, at the end.
    std::string finish();

private:
    void narrow(std::uint32_t from, std::uint32_t size, std::uint32_t of);

    std::uint32_t low_ = 0;
    std::uint32_t range_ = 0xffffffff;
    std::string out_;
};

class OddsReader {
public:
    explicit OddsReader(std::string_view bytes);
    // `bound` once it failed: what came is none of ours.
    Odds::Symbol take(const Odds& odds, std::span<const Odds::Context> contexts, std::uint32_t bound);
    bool failed() const { return failed_; }

private:
    std::uint32_t at(std::uint32_t of);
    void narrow(std::uint32_t from, std::uint32_t size);
    void next_byte();

    std::string_view rest_;
    std::uint32_t low_ = 0;
    std::uint32_t range_ = 0xffffffff;
    std::uint32_t code_ = 0;
    std::size_t beyond_ = 0;  // zeros that were read behind the end
    bool failed_ = false;
};

}  // namespace doorstep::wire
