#include "sync/wire/odds.h"

#include <catch2/catch.hpp>
#include <map>
#include <utility>

#include "forms/base/random.h"

using namespace doorstep;
using namespace doorstep::wire;

namespace {

constexpr std::uint32_t bound = 700;

struct Said {
    std::vector<Odds::Context> contexts;
    Odds::Symbol symbol = 0;
};

// The coder as odds.h words it: counted anew for every symbol, and reckoned in 64 bits.
class SlowWriter {
public:
    void learn(Odds::Context context, Odds::Symbol symbol) {
        auto& seen = seen_[context];
        std::uint64_t total = 0;
        for (const auto& one : seen)
            total += one.second;
        if (total >= 1u << 14)
            return;
        for (auto& one : seen)
            if (one.first == symbol) {
                ++one.second;
                return;
            }
        seen.emplace_back(symbol, 1);
    }
    void put(const Said& said) {
        for (const auto context : said.contexts) {
            const auto found = seen_.find(context);
            if (found == seen_.end())
                continue;
            std::uint64_t of = 0;
            for (const auto& one : found->second)
                of += 2 * one.second;
            std::uint64_t from = 0;
            for (const auto& one : found->second) {
                if (one.first == said.symbol)
                    return narrow(from, 2 * one.second - 1, of);
                from += 2 * one.second - 1;
            }
            narrow(from, of - from, of);
        }
        narrow(said.symbol, 1, bound);
    }
    std::string finish() {
        // The fewest bytes of a number in the range, zeros behind them: of those the last.
        for (unsigned bytes = 0; bytes <= 4; ++bytes) {
            const auto step = std::uint64_t{1} << (32 - 8 * bytes);
            const auto number = (low_ + range_ - 1) / step * step;
            if (number < low_)
                continue;
            for (unsigned i = 0; i < bytes; ++i)
                out_ += static_cast<char>(number >> (24 - 8 * i));
            break;
        }
        while (!out_.empty() && out_.back() == '\0')
            out_.pop_back();
        return out_;
    }

private:
    void narrow(std::uint64_t from, std::uint64_t size, std::uint64_t of) {
        low_ += range_ / of * from;
        range_ = range_ / of * size;
        for (;;) {
            const bool settled = low_ >> 24 == (low_ + range_) >> 24;
            if (!settled && range_ >= 1u << 16)
                return;
            if (!settled)
                range_ = (std::uint64_t{1} << 16) - (low_ & 0xffff);
            out_ += static_cast<char>(low_ >> 24);
            low_ = (low_ << 8) & 0xffff'ffff;
            range_ <<= 8;
        }
    }

    std::map<Odds::Context, std::vector<std::pair<Odds::Symbol, std::uint64_t>>> seen_;
    std::uint64_t low_ = 0;
    std::uint64_t range_ = 0xffff'ffff;
    std::string out_;
};

// Few symbols often, many seldom; under some contexts more than are looked through one by one.
Odds::Symbol any_symbol(SeededRandom& random) {
    return static_cast<Odds::Symbol>(random.below(3) == 0 ? random.below(bound) : random.below(6));
}
std::vector<Odds::Context> any_contexts(SeededRandom& random) {
    return {context_of(1, random.below(40), random.below(3)), context_of(2, random.below(5)), context_of(3)};
}

}  // namespace

TEST_CASE("What is likely is written as odds.h says, and read again, whatever was learnt", "[odds]") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        SeededRandom random(seed);
        Odds odds;
        SlowWriter slow;
        for (auto left = random.below(seed % 10 == 0 ? 20'000 : 2'000); left > 0; --left) {
            const auto symbol = any_symbol(random);
            for (const auto context : any_contexts(random)) {
                odds.learn(context, symbol);
                slow.learn(context, symbol);
            }
        }
        odds.settle();
        std::vector<Said> all;
        OddsWriter writer;
        for (auto left = random.below(300); left > 0; --left) {
            const auto& said = all.emplace_back(Said{any_contexts(random), any_symbol(random)});
            std::vector<OddsWriter::Told> ways;
            for (const auto context : said.contexts)
                ways.push_back({context, said.symbol});
            writer.put(odds, ways, said.symbol, bound);
            slow.put(said);
        }
        const auto written = writer.finish();
        REQUIRE(written == slow.finish());
        OddsReader reader(written);
        for (const auto& said : all)
            REQUIRE(reader.take(odds, said.contexts, bound) == said.symbol);
        CHECK_FALSE(reader.failed());
    }
}

TEST_CASE("Where nothing was learnt all are as likely", "[odds]") {
    Odds odds;
    odds.settle();
    OddsWriter writer;
    const std::vector<OddsWriter::Told> ways{{context_of(1), 3}};
    writer.put(odds, ways, 3, bound);
    const auto written = writer.finish();
    const std::vector<Odds::Context> contexts{context_of(1)};
    CHECK(OddsReader(written).take(odds, contexts, bound) == 3);
}
