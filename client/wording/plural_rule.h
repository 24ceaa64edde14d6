// Which of a language's plural forms a number takes: the Plural-Forms line of a
// catalogue, "nplurals=3; plural=(n==1 ? 0 : ...)".
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "forms/base/result.h"

namespace doorstep {

class PluralRule {
public:
    PluralRule();  // English: one, many
    // `bad_input` saying what cannot be read.
    static Result<PluralRule> parse(std::string_view line);

    std::size_t forms() const { return forms_; }
    // Below forms(), whatever the expression says.
    std::size_t form_of(std::uint64_t n) const;

private:
    friend class PluralParser;
    enum class Kind : std::uint8_t {
        n,
        number,
        negate,
        choose,
        either,
        both,
        equal,
        unequal,
        less,
        greater,
        less_or_equal,
        greater_or_equal,
        plus,
        minus,
        times,
        divide,
        remainder
    };
    // Operands are places in `parts_`, always before their own.
    struct Part {
        Kind kind = Kind::n;
        std::uint64_t number = 0;
        std::size_t first = 0, second = 0, third = 0;
    };
    std::uint64_t value(const Part& part, const std::vector<std::uint64_t>& known, std::uint64_t n) const;

    std::size_t forms_ = 2;
    std::vector<Part> parts_;
};

}  // namespace doorstep
