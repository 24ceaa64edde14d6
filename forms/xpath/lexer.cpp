#include "forms/xpath/lexer.h"

#include <algorithm>
#include <array>

namespace doorstep::xpath {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
// Letters of other scripts are all bytes from 0x80; which of them are letters is
// the document's business.
bool begins_name(char c) {
    return is_letter(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool in_name(char c) {
    return begins_name(c) || is_digit(c) || c == '-' || c == '.';
}
bool continues(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::size_t run(std::string_view text, std::size_t from, bool (*fits)(char)) {
    while (from < text.size() && fits(text[from]))
        ++from;
    return from;
}

// Longest first.
constexpr std::array<std::string_view, 20> symbols{"//", "::", "..", "!=", "<=", ">=", "(", ")", "[", "]",
                                                   ",",  "/",  "|",  "+",  "-",  "=",  "<", ">", "@", "*"};

// Quotes, spaces and dashes that word processors put in: never a name.
constexpr std::array<std::string_view, 9> typeset{"\u201c", "\u201d", "\u2018", "\u2019", "\u00a0",
                                                  "\u2013", "\u2014", "\u2264", "\u2265"};

std::size_t typeset_length(std::string_view text) {
    for (const auto one : typeset)
        if (text.starts_with(one))
            return one.size();
    return 0;
}

std::size_t name_end(std::string_view text, std::size_t from) {
    while (from < text.size() && in_name(text[from]) && typeset_length(text.substr(from)) == 0)
        ++from;
    return from;
}

}  // namespace

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

void Lexer::move_to(std::size_t byte) {
    character_ += static_cast<std::uint32_t>(code_points(text_.substr(at_, byte - at_)));
    at_ = byte;
}

void Lexer::skip_blanks() {
    move_to(run(text_, at_, is_blank));
}

Token Lexer::token(Token::Kind kind, std::size_t length) const {
    return {kind, text_.substr(at_, length), at_, at_ + length, character_};
}

Token Lexer::number() const {
    std::size_t end = run(text_, at_, is_digit);
    if (end < text_.size() && text_[end] == '.')
        end = run(text_, end + 1, is_digit);
    return token(Token::Kind::number, end - at_);
}

Token Lexer::literal() const {
    const std::size_t close = text_.find(text_[at_], at_ + 1);
    if (close == std::string_view::npos)
        return token(Token::Kind::unclosed, text_.size() - at_);
    Token found = token(Token::Kind::literal, close + 1 - at_);
    found.text = text_.substr(at_ + 1, close - at_ - 1);
    return found;
}

// "a", "a:b" or "a:*".
Token Lexer::name() const {
    std::size_t end = name_end(text_, at_);
    if (end + 1 < text_.size() && text_[end] == ':' && text_[end + 1] != ':') {
        if (text_[end + 1] == '*')
            end += 2;
        else if (begins_name(text_[end + 1]))
            end = name_end(text_, end + 1);
    }
    return token(Token::Kind::name, end - at_);
}

Token Lexer::symbol() const {
    const std::string_view rest = text_.substr(at_);
    for (const auto one : symbols)
        if (rest.starts_with(one))
            return token(Token::Kind::symbol, one.size());
    if (rest.front() == '.')
        return token(Token::Kind::symbol, 1);
    for (const std::string_view slip : {"==", "&&", "||", "<>"})
        if (rest.starts_with(slip))
            return token(Token::Kind::stray, slip.size());
    if (const auto length = typeset_length(rest))
        return token(Token::Kind::stray, length);
    return token(Token::Kind::stray, 1);
}

Token Lexer::operand() {
    skip_blanks();
    if (at_ == text_.size())
        return token(Token::Kind::end, 0);
    const char c = text_[at_];
    if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])))
        return number();
    if (c == '"' || c == '\'')
        return literal();
    if (begins_name(c) && typeset_length(text_.substr(at_)) == 0)
        return name();
    return symbol();
}

Token Lexer::after_operand() {
    skip_blanks();
    if (at_ == text_.size() || !is_letter(text_[at_]))
        return operand();
    const std::size_t end = run(text_, at_, is_letter);
    const Token word = token(Token::Kind::name, end - at_);
    const bool known = word.text == "and" || word.text == "or" || word.text == "div" || word.text == "mod";
    return known ? word : name();
}

void Lexer::take(const Token& token) {
    move_to(token.end);
}

bool Lexer::follows(std::string_view symbol) {
    const std::size_t next = run(text_, at_, is_blank);
    return text_.substr(next).starts_with(symbol);
}

}  // namespace doorstep::xpath
