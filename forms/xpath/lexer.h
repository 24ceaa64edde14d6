// Tokens of an expression with their places.
//
// What a word means depends on where it stands: after a value "mod" is an
// operator and "1mod2" is three tokens, before one it is a name.  So the parser
// says which it expects.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace doorstep::xpath {

struct Token {
    enum class Kind : std::uint8_t { end, number, literal, name, symbol, unclosed, stray };
    Kind kind = Kind::end;
    std::string_view text;  // as written; a literal without its quotes
    std::size_t begin = 0;  // in bytes
    std::size_t end = 0;
    std::uint32_t character = 1;  // of its beginning, in code points from 1

    bool is(std::string_view symbol) const { return kind == Kind::symbol && text == symbol; }
    bool is_name(std::string_view name) const { return kind == Kind::name && text == name; }
};

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    // The next token where a value or a step is expected; not taken.
    Token operand();
    // The next token where an operator is expected; not taken.  A word is only
    // its letters, so that "1mod2" works.
    Token after_operand();
    void take(const Token& token);
    // Whether the next thing that is not a space is this.
    bool follows(std::string_view symbol);

private:
    void skip_blanks();
    void move_to(std::size_t byte);
    Token token(Token::Kind kind, std::size_t length) const;
    Token number() const;
    Token literal() const;
    Token name() const;
    Token symbol() const;

    std::string_view text_;
    std::size_t at_ = 0;
    std::uint32_t character_ = 1;
};

// Code points before `bytes` in the text.
std::size_t code_points(std::string_view text);

}  // namespace doorstep::xpath
