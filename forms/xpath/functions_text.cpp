// string concat join substr contains regex translate digest ...
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "forms/base/encoding.h"
#include "forms/xpath/function.h"

namespace doorstep::xpath {
namespace {

// The argument, or the context node when there is none.
Result<std::string> text_or_own(const Call& call) {
    if (call.size() > 0)
        return call.text(0);
    return call.tree().text(call.focus().node);
}

Result<Value> as_text(const Call& call) {
    TRY(std::string text, text_or_own(call));
    return Value(std::move(text));
}

Result<Value> concat(const Call& call) {
    TRY(const auto texts, call.texts(0));
    return Value(fmt::format("{}", fmt::join(texts, "")));
}

Result<Value> join(const Call& call) {
    TRY(const std::string between, call.text(0));
    TRY(const auto texts, call.texts(1));
    return Value(fmt::format("{}", fmt::join(texts, between)));
}

Result<Value> string_length(const Call& call) {
    TRY(const std::string text, text_or_own(call));
    return Value(static_cast<double>(characters(text).size()));
}

Result<Value> starts_with(const Call& call) {
    TRY(const std::string text, call.text(0));
    TRY(const std::string part, call.text(1));
    return Value(text.starts_with(part));
}

Result<Value> ends_with(const Call& call) {
    TRY(const std::string text, call.text(0));
    TRY(const std::string part, call.text(1));
    return Value(text.ends_with(part));
}

Result<Value> contains(const Call& call) {
    TRY(const std::string text, call.text(0));
    TRY(const std::string part, call.text(1));
    return Value(text.find(part) != std::string::npos);
}

Result<Value> substring_before(const Call& call) {
    TRY(const std::string text, call.text(0));
    TRY(const std::string part, call.text(1));
    const auto found = text.find(part);
    return Value(found == std::string::npos ? std::string{} : text.substr(0, found));
}

Result<Value> substring_after(const Call& call) {
    TRY(const std::string text, call.text(0));
    TRY(const std::string part, call.text(1));
    const auto found = text.find(part);
    return Value(found == std::string::npos ? std::string{} : text.substr(found + part.size()));
}

double rounded(double number) {
    return std::floor(number + 0.5);
}

// substring(text, from, count): from 1, both rounded, as XPath 1.0 has it.
Result<Value> substring(const Call& call) {
    TRY(const std::string text, call.text(0));
    TRY(const double from, call.number(1));
    const double first = rounded(from);
    double end = HUGE_VAL;
    if (call.size() == 3) {
        TRY(const double count, call.number(2));
        end = first + rounded(count);
    }
    std::string out;
    double position = 1;
    for (const auto character : characters(text)) {
        if (position >= first && position < end)
            out += character;
        ++position;
    }
    return Value(std::move(out));
}

// substr(text, from, to): from 0, `to` left out; below 0 counts from the end.
Result<Value> substr(const Call& call) {
    TRY(const std::string text, call.text(0));
    const auto all = characters(text);
    const auto size = static_cast<double>(all.size());
    const auto place = [size](double number) {
        if (std::isnan(number))
            return 0.0;
        number = std::trunc(number);
        return std::clamp(number < 0 ? number + size : number, 0.0, size);
    };
    TRY(const double from, call.number(1));
    double end = size;
    if (call.size() == 3) {
        TRY(const double to, call.number(2));
        end = place(to);
    }
    std::string out;
    for (double i = place(from); i < end; ++i)
        out += all[static_cast<std::size_t>(i)];
    return Value(std::move(out));
}

Result<Value> normalize_space(const Call& call) {
    TRY(const std::string text, text_or_own(call));
    return Value(fmt::format("{}", fmt::join(split_blanks(text), " ")));
}

Result<Value> translate(const Call& call) {
    TRY(const std::string text, call.text(0));
    TRY(const std::string from_text, call.text(1));
    TRY(const std::string to_text, call.text(2));
    const auto from = characters(from_text);
    const auto to = characters(to_text);
    std::string out;
    for (const auto character : characters(text)) {
        const auto found =
            static_cast<std::size_t>(std::find(from.begin(), from.end(), character) - from.begin());
        if (found == from.size())
            out += character;
        else if (found < to.size())
            out += to[found];
    }
    return Value(std::move(out));
}

// The whole text must fit, as in JavaRosa.  RE2 takes linear time whatever the
// pattern; it has no look-ahead and no back-references.
Result<Value> regex(const Call& call) {
    TRY(const std::string text, call.text(0));
    std::shared_ptr<const RE2> pattern = call.syntax().pattern;
    if (!pattern) {
        TRY(const std::string written, call.text(1));
        pattern = compile_regex(written);
    }
    if (!pattern->ok())
        return call.wrong(words_about(*pattern).first + ".");
    return Value(RE2::FullMatch(text, *pattern));
}

const EVP_MD* algorithm_named(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    constexpr std::array<std::pair<std::string_view, const EVP_MD* (*)()>, 5> algorithms{{
        {"MD5", EVP_md5},
        {"SHA-1", EVP_sha1},
        {"SHA-256", EVP_sha256},
        {"SHA-384", EVP_sha384},
        {"SHA-512", EVP_sha512},
    }};
    for (const auto& [known, algorithm] : algorithms)
        if (known == name)
            return algorithm();
    return nullptr;
}

Result<Value> digest(const Call& call) {
    TRY(const std::string text, call.text(0));
    TRY(const std::string name, call.text(1));
    std::string encoding = "base64";
    if (call.size() == 3) {
        TRY(encoding, call.text(2));
    }
    const EVP_MD* algorithm = algorithm_named(name);
    if (!algorithm)
        return call.wrong("the method is none of MD5, SHA-1, SHA-256, SHA-384, SHA-512.");
    if (encoding != "base64" && encoding != "hex")
        return call.wrong("the encoding is neither base64 nor hex.");
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), bytes.data(), &size, algorithm, nullptr) != 1)
        return Error{Fault::broken, "OpenSSL could not compute the digest.", ""};
    const std::string_view raw(reinterpret_cast<const char*>(bytes.data()), size);
    return Value(encoding == "hex" ? to_hex(raw) : to_base64(raw));
}

// Blank for anything that is not base64 of a text.
Result<Value> base64_decode(const Call& call) {
    TRY(const std::string text, call.text(0));
    auto bytes = from_base64(text);
    return Value(bytes && is_utf8(*bytes) ? std::move(*bytes) : std::string{});
}

constexpr std::array functions{
    Function{"string", 0, 1, Gives::text, Reads::focus_if_bare, as_text},
    Function{"concat", 0, any_number, Gives::text, Reads::arguments, concat},
    Function{"join", 1, any_number, Gives::text, Reads::arguments, join},
    Function{"string-length", 0, 1, Gives::number, Reads::focus_if_bare, string_length},
    Function{"starts-with", 2, 2, Gives::boolean, Reads::arguments, starts_with},
    Function{"ends-with", 2, 2, Gives::boolean, Reads::arguments, ends_with},
    Function{"contains", 2, 2, Gives::boolean, Reads::arguments, contains},
    Function{"substring-before", 2, 2, Gives::text, Reads::arguments, substring_before},
    Function{"substring-after", 2, 2, Gives::text, Reads::arguments, substring_after},
    Function{"substring", 2, 3, Gives::text, Reads::arguments, substring},
    Function{"substr", 2, 3, Gives::text, Reads::arguments, substr},
    Function{"normalize-space", 0, 1, Gives::text, Reads::focus_if_bare, normalize_space},
    Function{"translate", 3, 3, Gives::text, Reads::arguments, translate},
    Function{"regex", 2, 2, Gives::boolean, Reads::arguments, regex},
    Function{"digest", 2, 3, Gives::text, Reads::arguments, digest},
    Function{"base64-decode", 1, 1, Gives::text, Reads::arguments, base64_decode},
};

}  // namespace

std::shared_ptr<const RE2> compile_regex(const std::string& pattern) {
    RE2::Options options(RE2::Quiet);
    options.set_max_mem(1 << 20);
    return std::make_shared<const RE2>(pattern, options);
}

std::pair<std::string, std::string> words_about(const RE2& pattern) {
    const std::string& at = pattern.error_arg();
    switch (pattern.error_code()) {
    case RE2::ErrorBadPerlOp:
        return {"the pattern looks ahead or behind with (?=, (?!, (?<= or (?<!, which does not work here",
                "write it without; two conditions can be joined by and"};
    case RE2::ErrorBadEscape:
        if (at.size() == 2 && at[1] >= '0' && at[1] <= '9')
            return {"the pattern refers back to an earlier part of itself with a backslash and a digit, "
                    "which does not work here",
                    "write that part of the pattern out a second time"};
        return {"the pattern has a backslash before a letter that means nothing there",
                "take the backslash out, or write two of them to mean the character itself"};
    case RE2::ErrorMissingParen:
    case RE2::ErrorUnexpectedParen:
        return {"the round brackets of the pattern do not match",
                "close every ( with a ), or write \\( for the character itself"};
    case RE2::ErrorMissingBracket:
    case RE2::ErrorBadCharClass:
    case RE2::ErrorBadCharRange:
        return {"the square brackets of the pattern cannot be read",
                "write them like [A-Z0-9], the smaller character first, and close each one"};
    case RE2::ErrorRepeatArgument:
    case RE2::ErrorRepeatOp:
    case RE2::ErrorRepeatSize:
        return {"a *, +, ? or {} of the pattern repeats nothing, repeats twice, or too often",
                "put one of them behind a character or a bracket, with at most 1000 in {}"};
    case RE2::ErrorPatternTooLarge:
        return {"the pattern is too large", "write a shorter one, with smaller numbers in {}"};
    default:
        return {"the pattern cannot be read", "write a simpler one, for example [0-9]{5}"};
    }
}

std::span<const Function> text_functions() {
    return functions;
}

}  // namespace doorstep::xpath
