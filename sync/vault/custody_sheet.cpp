#include "sync/vault/custody_sheet.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <optional>

#include "forms/base/encoding.h"
#include "sync/vault/secret_bytes.h"

namespace doorstep {

namespace {

// A Reed-Solomon code over pairs of characters: 26 pairs of key, one that is never
// printed and says which key it is, and two pairs to check.  Two checks find the place
// of any one wrong pair and notice any two.
constexpr std::size_t key_size = 32;
constexpr std::size_t characters_in_group = 4;
constexpr std::size_t groups = 14;
constexpr std::size_t characters = groups * characters_in_group;
constexpr std::size_t data_pairs = 26;
constexpr std::size_t kind_pair = data_pairs;
constexpr std::size_t pairs = data_pairs + 1 + 2;
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

using Pair = std::uint16_t;  // an element of GF(1024)
using Word = std::array<Pair, pairs>;

Pair times(Pair a, Pair b) {
    std::uint32_t product = 0;
    for (std::uint32_t shifted = a; b != 0; b = static_cast<Pair>(b >> 1), shifted <<= 1)
        if (b & 1)
            product ^= shifted;
    for (int bit = 19; bit >= 10; --bit)
        if (product >> bit & 1)
            product ^= 0x409u << (bit - 10);  // x^10 + x^3 + 1, whose root generates the field
    return static_cast<Pair>(product);
}

// The root to the power of a place.
Pair power(std::size_t exponent) {
    Pair value = 1;
    for (; exponent > 0; --exponent)
        value = times(value, 2);
    return value;
}

Pair inverse(Pair value) {
    Pair result = 1;
    for (int i = 0; i < 1022; ++i)
        result = times(result, value);
    return result;
}

// A word is right when both are nought: the sum of its pairs, and of each times the root
// to the power of its place.
std::pair<Pair, Pair> syndromes(const Word& word) {
    Pair sum = 0;
    Pair weighted = 0;
    for (std::size_t place = 0; place < pairs; ++place) {
        sum = static_cast<Pair>(sum ^ word[place]);
        weighted = static_cast<Pair>(weighted ^ times(word[place], power(place)));
    }
    return {sum, weighted};
}

// The two last pairs, so that both syndromes become nought.
void add_checks(Word& word) {
    word[pairs - 2] = word[pairs - 1] = 0;
    const auto [sum, weighted] = syndromes(word);
    const Pair a = power(pairs - 2);
    const Pair b = power(pairs - 1);
    const auto over = inverse(static_cast<Pair>(a ^ b));
    word[pairs - 2] = times(static_cast<Pair>(times(sum, b) ^ weighted), over);
    word[pairs - 1] = static_cast<Pair>(sum ^ word[pairs - 2]);
}

// The one place whose change would make the word right.
std::optional<std::size_t> wrong_place(Pair sum, Pair weighted) {
    if (sum == 0 || weighted == 0)
        return std::nullopt;
    const Pair locator = times(weighted, inverse(sum));
    for (std::size_t place = 0; place < pairs; ++place)
        if (power(place) == locator)
            return place;
    return std::nullopt;
}

std::size_t group_of(std::size_t place) {
    const std::size_t printed = place > kind_pair ? place - 1 : place;
    return printed * 2 / characters_in_group + 1;
}

// 256 bits are 51 characters and one of which four bits stay nought.
Word word_of(CustodyKey kind, std::string_view secret) {
    Word word{};
    for (std::size_t bit = 0; bit < key_size * 8; ++bit)
        if (static_cast<unsigned char>(secret[bit / 8]) >> (7 - bit % 8) & 1)
            word[bit / 10] = static_cast<Pair>(word[bit / 10] | 1u << (9 - bit % 10));
    word[kind_pair] = static_cast<Pair>(kind);
    add_checks(word);
    return word;
}

int value_of(char c) {
    if (c >= 'a' && c <= 'z')
        c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    const auto at = alphabet.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

Error mistyped(std::string what) {
    return {Fault::bad_input, std::move(what), "Compare with the custody sheet and type it again."};
}

// The characters as pairs, the unprinted one in its place.
Result<Word> read_word(CustodyKey kind, std::string_view typed) {
    Word word{};
    std::size_t read = 0;
    for (const char c : typed) {
        if (c == ' ' || c == '-' || c == '\t' || c == '\n' || c == '\r')
            continue;
        const int value = value_of(c);
        if (value < 0)
            return mistyped(fmt::format("Group {} holds a character that no such line has.",
                                        read / characters_in_group + 1));
        if (read < characters) {
            const std::size_t printed = read / 2;
            Pair& pair = word[printed >= kind_pair ? printed + 1 : printed];
            pair = static_cast<Pair>(pair << 5 | value);
        }
        ++read;
    }
    if (read != characters)
        return mistyped(fmt::format("The line has {} characters instead of {}: {} groups of {}.", read,
                                    characters, groups, characters_in_group));
    word[kind_pair] = static_cast<Pair>(kind);
    return word;
}

Result<void> check(const Word& word) {
    const auto [sum, weighted] = syndromes(word);
    if (sum == 0 && weighted == 0)
        return {};
    const auto place = wrong_place(sum, weighted);
    if (!place)
        return mistyped("More than one group is mistyped.");
    if (*place == kind_pair)
        return Error{Fault::bad_input, "This is the line of another key.",
                     "The custody sheet says above each line what it is for."};
    return mistyped(fmt::format("Group {} is mistyped.", group_of(*place)));
}

constexpr std::string_view explanation =
    "This sheet is printed once. Nobody can make it again.\n"
    "\n"
    "How to keep it: print two copies on paper. Put each into a sealed envelope, sign it\n"
    "across the flap, and lock the two away at different organisations of the partnership,\n"
    "never with a tablet and never with the server. Make no photograph, no scan and no\n"
    "e-mail of it. Write down who opens an envelope, when and why.\n"
    "\n"
    "When typing a line: capitals do not matter, nor do spaces. The letter O is read as\n"
    "nought, I and L as one. A group that is mistyped is named.\n";

}  // namespace

SecretText custody_line(CustodyKey kind, const KeyPair& pair) {
    Word word = word_of(kind, pair.secret_key.view());
    std::string line;
    line.reserve(characters + groups);
    for (std::size_t place = 0; place < pairs; ++place) {
        if (place == kind_pair)
            continue;
        if (line.size() % (characters_in_group + 1) == characters_in_group)
            line.push_back(' ');
        line.push_back(alphabet[word[place] >> 5]);
        line.push_back(alphabet[word[place] & 31]);
    }
    SecretText secret(line);
    sodium_memzero(line.data(), line.size());
    sodium_memzero(word.data(), sizeof word);
    return secret;
}

Result<KeyPair> from_custody_line(CustodyKey kind, std::string_view typed) {
    TRY(auto word, read_word(kind, typed));
    TRY_DO(check(word));
    if ((word[data_pairs - 1] & 0xf) != 0)
        return mistyped("This is not a line of a custody sheet.");
    auto secret = SecretBytes::blank(key_size);
    for (std::size_t bit = 0; bit < key_size * 8; ++bit)
        if (word[bit / 10] >> (9 - bit % 10) & 1)
            secret.data()[bit / 8] = static_cast<unsigned char>(secret.data()[bit / 8] | 1u << (7 - bit % 8));
    sodium_memzero(word.data(), sizeof word);
    return std::move(*KeyPair::from_secret(secret.view()));
}

namespace {

// Mistyped in places, perhaps; prose has words of all lengths.
bool is_of_groups(std::string_view line) {
    std::size_t whole = 0;
    while (!line.empty()) {
        const auto end = std::min(line.find_first_of(" \t\r-"), line.size());
        whole += end == characters_in_group ? 1u : 0u;
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return whole > groups / 2;
}

}  // namespace

Result<KeyPair> from_custody_sheet(CustodyKey kind, std::string_view text) {
    std::optional<Error> wrong;
    for (std::string_view rest = text; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        auto pair = from_custody_line(kind, line);
        if (pair.ok())
            return pair;
        if (!wrong && is_of_groups(line))
            wrong = pair.error();
    }
    if (wrong)
        return *wrong;
    return from_custody_line(kind, text);
}

SecretText custody_sheet(const EndpointKeys& keys, std::string_view partnership, std::string_view date) {
    const auto recovery = custody_line(CustodyKey::recovery, keys.recovery);
    const auto safeguarding = custody_line(CustodyKey::safeguarding, keys.safeguarding);
    // In one piece of memory from the start: growing would leave copies of the keys.
    std::string text;
    text.reserve(4096 + partnership.size() + date.size());
    fmt::format_to(std::back_inserter(text), "DOORSTEP: KEYS IN CUSTODY\n{}, {}\n\n{}\n", partnership, date,
                   explanation);
    fmt::format_to(std::back_inserter(text),
                   "RECOVERY KEY\n"
                   "Opens every tablet of the partnership when its officers' passphrases are lost, and the\n"
                   "endpoint's own keys when its server is.\n\n"
                   "{}\n(public half {})\n\n",
                   recovery.view(), to_hex(keys.recovery.public_key.bytes).substr(0, 16));
    fmt::format_to(std::back_inserter(text),
                   "SAFEGUARDING KEY\n"
                   "Opens the concerns that officers recorded for the safeguarding leads alone. Needed when\n"
                   "every safeguarding lead's passphrase is lost.\n\n"
                   "{}\n(public half {})\n",
                   safeguarding.view(), to_hex(keys.safeguarding.public_key.bytes).substr(0, 16));
    SecretText sheet(text);
    sodium_memzero(text.data(), text.size());
    return sheet;
}

}  // namespace doorstep
