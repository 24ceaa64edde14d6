#include "sync/wire/likely_text.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "sync/wire/shorthand.h"
#include "sync/wire/shorthand_streams.h"

namespace doorstep::wire {

namespace {

using Symbol = Odds::Symbol;

constexpr Symbol derived_first = 0x100;  // of_root r
constexpr Symbol known_first = 0x400;    // known_id r
constexpr Symbol the_end = 0x600;
constexpr Symbol run_ends = 0x601;
constexpr Symbol run_again = 0x602;
constexpr Symbol letters_bound = 0x700;
constexpr Symbol phrase_first = 0x1000;
constexpr Symbol way_first = 0x20000;
constexpr Symbol way_middle = 0x30000;
constexpr std::size_t runs_max = 200;
constexpr std::size_t run_again_min = 2;

bool is_letter(Symbol symbol) {
    return symbol >= 0x20 && symbol < derived_first;
}

struct Contexts {
    std::array<Odds::Context, 4> all{};
    std::size_t count = 0;
    std::span<const Odds::Context> span() const { return {all.data(), count}; }
};

// What stands before the next symbol.
struct Before {
    enum class Kind : std::uint8_t { phrase, mark, run, letters };
    Kind kind = Kind::phrase;
    Symbol place = 0;  // of the last phrase
    Symbol mark = 0;
    Symbol letters = 0;   // the last two
    Symbol question = 0;  // the place of the last phrase that names one

    Contexts contexts() const {
        switch (kind) {
        case Kind::phrase:
            return {{context_of(1, place), context_of(17, question, steps_from_question()), context_of(2)},
                    3};
        case Kind::mark:
            return {{context_of(3, place, mark), context_of(4, mark)}, 2};
        case Kind::run:
            return {{context_of(9, place), context_of(10)}, 2};
        case Kind::letters:
            break;
        }
        return {{context_of(5, place, letters), context_of(6, letters), context_of(7, letters & 0xff),
                 context_of(8)},
                4};
    }
    Contexts of_runs() const { return {{context_of(11, place), context_of(12)}, 2}; }
    // Whether an answer was just begun, or goes on or is over.
    Symbol steps_from_question() const { return place == question ? 0 : 1; }
    void read(Symbol symbol, const PhraseBook& book) {
        if (symbol >= phrase_first) {
            kind = Kind::phrase;
            place = symbol - phrase_first;
            if (place < book.size() && book.names_question(place))
                question = place;
            mark = letters = 0;
        } else if (symbol == run_ends || symbol == run_again) {
            kind = Kind::run;
            mark = letters = 0;
        } else if (is_letter(symbol)) {
            letters = kind == Kind::letters ? (letters << 8 | symbol) & 0xffff : symbol;
            kind = Kind::letters;
            mark = 0;
        } else {
            kind = Kind::mark;
            mark = symbol;
            letters = 0;
        }
    }
    std::uint32_t bound(const PhraseBook& book) const {
        return kind == Kind::letters ? letters_bound : phrase_first + static_cast<Symbol>(book.size());
    }
};

// Under the last context a phrase is told by its way from the last one.
Symbol told_under(bool is_last, const Before& before, Symbol symbol) {
    return !is_last || symbol < phrase_first ? symbol : way_middle + (symbol - phrase_first) - before.place;
}
Symbol meant(const Before& before, Symbol told) {
    return told < way_first ? told : told - way_middle + before.place + phrase_first;
}

// --- symbols and bytes ---------------------------------------------------------

struct Item {
    Symbol symbol = 0;
    std::size_t bytes = 0;  // of the text; 0: it ends within
};

Item item_at(std::string_view text, std::size_t at, Symbol last) {
    const auto byte = [&](std::size_t i) { return static_cast<Symbol>(static_cast<unsigned char>(text[i])); };
    const auto left = text.size() - at;
    const auto c = byte(at);
    if (c == shorthand::absolute)
        return left < 3 ? Item{} : Item{phrase_first + (byte(at + 1) << 8 | byte(at + 2)), 3};
    if (c <= shorthand::step_last)
        return {phrase_first + last + c, 1};
    if (c == shorthand::jump)
        return left < 2
                   ? Item{}
                   : Item{phrase_first + last + static_cast<Symbol>(shorthand::step_last) + 1 + byte(at + 1),
                          2};
    if (c == shorthand::of_root || c == shorthand::known_id)
        return left < 2 ? Item{}
                        : Item{(c == shorthand::of_root ? derived_first : known_first) + byte(at + 1), 2};
    return {c, 1};
}

void put_item(std::string& text, Symbol symbol, Symbol last) {
    if (symbol >= phrase_first)
        shorthand::put_step(text, last, symbol - phrase_first);
    else if (symbol >= known_first)
        text += {shorthand::known_id, static_cast<char>(symbol - known_first)};
    else if (symbol >= derived_first)
        text += {shorthand::of_root, static_cast<char>(symbol - derived_first)};
    else
        text += static_cast<char>(symbol);
}

// The letters from `at` on.
std::string_view run_at(std::string_view text, std::size_t at) {
    auto end = at;
    while (end < text.size() && static_cast<unsigned char>(text[end]) >= 0x20)
        ++end;
    return text.substr(at, end - at);
}

// Runs that stood here before, by their number.
class Runs {
public:
    std::optional<Symbol> which(std::string_view run) const {
        const auto found = std::find(runs_.begin(), runs_.end(), run);
        return found == runs_.end() || run.size() < run_again_min
                   ? std::nullopt
                   : std::optional(static_cast<Symbol>(found - runs_.begin()));
    }
    void keep(std::string_view run) {
        if (run.size() >= run_again_min && runs_.size() < runs_max && !which(run))
            runs_.emplace_back(run);
    }
    const std::string& at(Symbol which) const { return runs_[which]; }
    std::uint32_t count() const { return static_cast<std::uint32_t>(runs_.size()); }

private:
    std::vector<std::string> runs_;
};

// Under which a number's byte is told: the n-th of the i-th number behind a phrase.
Contexts of_number(Symbol place, std::size_t i, std::size_t n) {
    if (n == 0)
        return {{context_of(13, place, i), context_of(14)}, 2};
    return {{context_of(15, place, i << 8 | n), context_of(16, 0, n)}, 2};
}
constexpr Symbol bytes_bound = 256;

// Behind a symbol, in `before` as it stands after it.
std::size_t numbers_behind(const Before& before, const PhraseBook& book) {
    if (before.kind == Before::Kind::mark)
        return before.mark == shorthand::a_number ? 1 : 0;
    if (before.kind != Before::Kind::phrase)
        return 0;
    return book.numbers_in(before.place);
}

// Whether another byte follows the n-th, which was this one.
bool goes_on(Symbol byte, std::size_t n) {
    return n == 0 ? (byte & 15) == 15 : byte >= 0x80;
}
constexpr std::size_t number_bytes_max = 11;

// --- one way through a text, whether it is learnt or written ----------------------

class Teller {
public:
    virtual ~Teller() = default;
    virtual void tell(std::span<const OddsWriter::Told> ways, Symbol symbol, std::uint32_t bound) = 0;
};

class Walk {
public:
    Walk(const PhraseBook& book, Teller& teller) : book_(book), teller_(teller) {}

    // False when the text is none, or its numbers are not as many.
    bool go(const Phrased& phrased) {
        const std::string_view text = phrased.text;
        numbers_ = phrased.numbers;
        for (std::size_t at = 0; at < text.size();) {
            if (const auto run = run_at(text, at); !run.empty()) {
                tell_run(run);
                at += run.size();
                continue;
            }
            const auto item = item_at(text, at, before_.place);
            if (item.bytes == 0 || item.symbol >= before_.bound(book_))
                return false;
            tell(item.symbol);
            at += item.bytes;
            for (std::size_t i = 0; i < numbers_behind(before_, book_); ++i)
                if (!tell_number(i))
                    return false;
        }
        tell(the_end);
        return numbers_.empty();
    }

private:
    void tell_run(std::string_view run) {
        if (const auto again = runs_.which(run)) {
            const auto contexts = before_.of_runs();
            tell(run_again);
            tell_under(contexts, *again, runs_.count());
            return;
        }
        for (const char c : run)
            tell(static_cast<Symbol>(static_cast<unsigned char>(c)));
        tell(run_ends);
        runs_.keep(run);
    }
    bool tell_number(std::size_t i) {
        for (std::size_t n = 0; n < number_bytes_max; ++n) {
            if (numbers_.empty())
                return false;
            const auto byte = static_cast<Symbol>(static_cast<unsigned char>(numbers_.front()));
            numbers_.remove_prefix(1);
            tell_under(of_number(before_.place, i, n), byte, bytes_bound);
            if (!goes_on(byte, n))
                return true;
        }
        return false;
    }
    void tell(Symbol symbol) {
        tell_under(before_.contexts(), symbol, before_.bound(book_));
        before_.read(symbol, book_);
    }
    void tell_under(const Contexts& contexts, Symbol symbol, std::uint32_t bound) {
        std::array<OddsWriter::Told, 4> ways;
        for (std::size_t i = 0; i < contexts.count; ++i)
            ways[i] = {contexts.all[i], told_under(i + 1 == contexts.count, before_, symbol)};
        teller_.tell({ways.data(), contexts.count}, symbol, bound);
    }

    const PhraseBook& book_;
    Teller& teller_;
    Before before_;
    Runs runs_;
    std::string_view numbers_;
};

bool read_number(OddsReader& in, const Odds& odds, Symbol place, std::size_t i, std::string& numbers) {
    for (std::size_t n = 0; n < number_bytes_max && !in.failed(); ++n) {
        const auto byte = in.take(odds, of_number(place, i, n).span(), bytes_bound);
        numbers += static_cast<char>(byte);
        if (!goes_on(byte, n))
            return !in.failed();
    }
    return false;
}

class Learner final : public Teller {
public:
    explicit Learner(Odds& odds) : odds_(odds) {}
    void tell(std::span<const OddsWriter::Told> ways, Symbol, std::uint32_t) override {
        for (const auto& way : ways)
            odds_.learn(way.context, way.symbol);
    }

private:
    Odds& odds_;
};

class Writer final : public Teller {
public:
    explicit Writer(const Odds& odds) : odds_(odds) {}
    void tell(std::span<const OddsWriter::Told> ways, Symbol symbol, std::uint32_t bound) override {
        out_.put(odds_, ways, symbol, bound);
    }
    std::string finish() { return out_.finish(); }

private:
    const Odds& odds_;
    OddsWriter out_;
};

}  // namespace

void learn_likely(Odds& odds, const Phrased& phrased, const PhraseBook& book) {
    Learner learner(odds);
    Walk(book, learner).go(phrased);
}

void learn_letters(Odds& odds, std::string_view words) {
    Symbol letters = 0;
    for (const char c : words) {
        const auto letter = static_cast<Symbol>(static_cast<unsigned char>(c));
        const auto told = letter == '\n' ? run_ends : letter;
        if (letters != 0) {
            odds.learn(context_of(6, letters), told);
            odds.learn(context_of(7, letters & 0xff), told);
            odds.learn(context_of(8), told);
        }
        letters = letter == '\n' ? 0 : (letters << 8 | letter) & 0xffff;
    }
}

std::string write_likely(const Odds& odds, const Phrased& phrased, const PhraseBook& book) {
    Writer writer(odds);
    return Walk(book, writer).go(phrased) ? writer.finish() : std::string{};
}

std::optional<Phrased> read_likely(const Odds& odds, std::string_view bytes, const PhraseBook& book,
                                   std::size_t bytes_max) {
    OddsReader in(bytes);
    Phrased read;
    auto& text = read.text;
    Before before;
    Runs runs;
    std::size_t run_from = 0;
    while (text.size() + read.numbers.size() <= bytes_max) {
        const auto symbol = meant(before, in.take(odds, before.contexts().span(), before.bound(book)));
        const bool is_none = symbol > run_again && symbol < phrase_first;
        if (in.failed() || is_none || symbol >= phrase_first + book.size())
            return std::nullopt;
        if (symbol == the_end)
            return read;
        if (symbol == run_again) {
            const auto which = runs.count() == 0 ? 0 : in.take(odds, before.of_runs().span(), runs.count());
            if (in.failed() || which >= runs.count())
                return std::nullopt;
            text += runs.at(which);
        } else if (symbol == run_ends) {
            runs.keep(std::string_view(text).substr(run_from));
        } else {
            if (is_letter(symbol) && before.kind != Before::Kind::letters)
                run_from = text.size();
            put_item(text, symbol, before.place);
        }
        before.read(symbol, book);
        for (std::size_t i = 0; i < numbers_behind(before, book); ++i)
            if (!read_number(in, odds, before.place, i, read.numbers))
                return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace doorstep::wire
