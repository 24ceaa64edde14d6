#include "client/wording/plural_rule.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace doorstep {

namespace {

constexpr std::size_t forms_max = 8;          // no language has more than six
constexpr std::size_t expression_max = 1024;  // the longest in use has some 100 characters
constexpr int depth_max = 64;

Error unreadable(std::string_view why) {
    return {Fault::bad_input, fmt::format("Plural-Forms cannot be read: {}.", why),
            "Take the line that gettext documents for this language."};
}

}  // namespace

// Recursive descent over the operators of C that gettext allows.
class PluralParser {
public:
    using Kind = PluralRule::Kind;

    PluralParser(std::string_view text, PluralRule& rule) : rest_(text), rule_(rule) {}

    Result<void> whole() {
        TRY_DO(choice(0));
        skip();
        if (!rest_.empty() && rest_.front() == ';')
            rest_.remove_prefix(1);
        skip();
        return rest_.empty() ? Result<void>{} : unreadable(fmt::format("\"{}\" stands after its end", rest_));
    }

private:
    struct Operator {
        std::string_view sign;
        Kind kind;
    };
    // Weakest first; within one strength the longer sign first.
    static constexpr std::array<std::array<Operator, 4>, 6> strengths = {
        {{{{"||", Kind::either}, {}, {}, {}}},
         {{{"&&", Kind::both}, {}, {}, {}}},
         {{{"==", Kind::equal}, {"!=", Kind::unequal}, {}, {}}},
         {{{"<=", Kind::less_or_equal},
           {">=", Kind::greater_or_equal},
           {"<", Kind::less},
           {">", Kind::greater}}},
         {{{"+", Kind::plus}, {"-", Kind::minus}, {}, {}}},
         {{{"*", Kind::times}, {"/", Kind::divide}, {"%", Kind::remainder}, {}}}}};

    void skip() {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == '\n'))
            rest_.remove_prefix(1);
    }
    bool take(std::string_view sign) {
        skip();
        if (sign.empty() || !rest_.starts_with(sign))
            return false;
        rest_.remove_prefix(sign.size());
        return true;
    }
    std::size_t add(Kind kind, std::size_t first = 0, std::size_t second = 0, std::size_t third = 0,
                    std::uint64_t number = 0) {
        rule_.parts_.push_back({kind, number, first, second, third});
        return rule_.parts_.size() - 1;
    }

    Result<std::size_t> choice(int depth) {
        if (depth > depth_max)
            return unreadable("its brackets go too deep");
        TRY(const std::size_t condition, binary(0, depth));
        if (!take("?"))
            return condition;
        TRY(const std::size_t yes, choice(depth + 1));
        if (!take(":"))
            return unreadable("a \"?\" has no \":\"");
        TRY(const std::size_t no, choice(depth + 1));
        return add(Kind::choose, condition, yes, no);
    }

    std::optional<Kind> operator_of(std::size_t strength) {
        for (const Operator& each : strengths[strength])
            if (take(each.sign))
                return each.kind;
        return std::nullopt;
    }

    Result<std::size_t> binary(std::size_t strength, int depth) {
        if (strength == strengths.size())
            return unary(depth);
        TRY(std::size_t left, binary(strength + 1, depth));
        while (const auto kind = operator_of(strength)) {
            TRY(const std::size_t right, binary(strength + 1, depth));
            left = add(*kind, left, right);
        }
        return left;
    }

    Result<std::size_t> unary(int depth) {
        if (depth > depth_max)
            return unreadable("its brackets go too deep");
        if (take("!")) {
            TRY(const std::size_t inner, unary(depth + 1));
            return add(Kind::negate, inner);
        }
        if (take("(")) {
            TRY(const std::size_t inner, choice(depth + 1));
            if (!take(")"))
                return unreadable("a \"(\" is not closed");
            return inner;
        }
        if (take("n"))
            return add(Kind::n);
        return number();
    }

    Result<std::size_t> number() {
        std::size_t digits = 0;
        std::uint64_t value = 0;
        for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits)
            value = value * 10 + static_cast<std::uint64_t>(rest_[digits] - '0');
        if (digits == 0)
            return unreadable(rest_.empty() ? "it breaks off"
                                            : fmt::format("\"{}\" is no part of it", rest_.substr(0, 1)));
        if (digits > 9)
            return unreadable("a number in it is too large");
        rest_.remove_prefix(digits);
        return add(Kind::number, 0, 0, 0, value);
    }

    std::string_view rest_;
    PluralRule& rule_;
};

PluralRule::PluralRule() {
    parts_ = {{Kind::n, 0, 0, 0, 0}, {Kind::number, 1, 0, 0, 0}, {Kind::unequal, 0, 0, 1, 0}};
}

Result<PluralRule> PluralRule::parse(std::string_view line) {
    constexpr std::string_view count = "nplurals=", expression = "plural=";
    const auto at = line.find(count);
    if (line.size() > expression_max)
        return unreadable("it is too long");
    if (at == std::string_view::npos)
        return unreadable("it does not say nplurals=");
    const char digit = at + count.size() < line.size() ? line[at + count.size()] : '0';
    const auto forms = static_cast<std::size_t>(digit - '0');
    if (digit < '1' || forms > forms_max)
        return unreadable(fmt::format("nplurals is from 1 to {}", forms_max));
    const auto semicolon = line.find(';', at);
    const auto begin = semicolon == std::string_view::npos ? semicolon : line.find(expression, semicolon);
    if (begin == std::string_view::npos)
        return unreadable("it does not say plural= after nplurals");
    PluralRule rule;
    rule.forms_ = forms;
    rule.parts_.clear();
    TRY_DO(PluralParser(line.substr(begin + expression.size()), rule).whole());
    return rule;
}

std::uint64_t PluralRule::value(const Part& part, const std::vector<std::uint64_t>& known,
                                std::uint64_t n) const {
    const std::uint64_t a = known[part.first], b = known[part.second];
    switch (part.kind) {
    case Kind::n:
        return n;
    case Kind::number:
        return part.number;
    case Kind::negate:
        return a == 0;
    case Kind::choose:
        return a != 0 ? b : known[part.third];
    case Kind::either:
        return a != 0 || b != 0;
    case Kind::both:
        return a != 0 && b != 0;
    case Kind::equal:
        return a == b;
    case Kind::unequal:
        return a != b;
    case Kind::less:
        return a < b;
    case Kind::greater:
        return a > b;
    case Kind::less_or_equal:
        return a <= b;
    case Kind::greater_or_equal:
        return a >= b;
    case Kind::plus:
        return a + b;
    case Kind::minus:
        return a - b;
    case Kind::times:
        return a * b;
    case Kind::divide:
        return b == 0 ? 0 : a / b;
    case Kind::remainder:
        return b == 0 ? 0 : a % b;
    }
    return 0;
}

std::size_t PluralRule::form_of(std::uint64_t n) const {
    std::vector<std::uint64_t> known(parts_.size());
    for (std::size_t i = 0; i < parts_.size(); ++i)
        known[i] = value(parts_[i], known, n);
    return static_cast<std::size_t>(std::min<std::uint64_t>(known.back(), forms_ - 1));
}

}  // namespace doorstep
