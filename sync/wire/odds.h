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

    // A symbol's share of 2T begins here, and ends where the next one's begins.
    struct Share {
        Symbol symbol = 0;
        std::uint32_t from = 0;
    };
    // In the order in which they were learnt; behind the last one stands where "none of these" begins.
    struct Table {
        std::span<const Share> seen;
        std::uint32_t none_from = 0;
        std::uint32_t of = 0;  // 2T; 0: nothing was seen under it
    };

    void learn(Context context, Symbol symbol);
    // Once, when all is learnt: it is asked afterwards only.
    void settle();
    Table under(Context context) const;

private:
    struct Counted {
        Symbol symbol = 0;
        std::uint32_t count = 0;
    };
    struct Counts {
        std::vector<Counted> seen;
        std::uint32_t total = 0;
    };
    // A large table of places, since a record asks it a thousand times; all that an answer needs stands in
    // the place itself.
    struct Slot {
        Context context = 0;
        std::uint32_t place = 0;  // among those learnt, counted from 1; 0: free
        std::uint32_t first = 0;  // in shares_
        std::uint32_t none_from = 0;
        std::uint16_t shares = 0;
        std::uint16_t total = 0;
    };
    std::size_t slot_of(Context context) const;
    void make_room();

    std::vector<Counts> learning_;  // until it is settled
    std::vector<Slot> slots_;       // as many as a power of two, half of them free
    std::vector<Share> shares_;     // of one context after the other
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
