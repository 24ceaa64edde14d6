#include "sync/vault/check_words.h"

#include <sodium.h>

#include <array>

#include "sync/vault/secret_bytes.h"

namespace doorstep {

namespace {

constexpr std::size_t bits_of_word = 9;
constexpr std::size_t words_shown = 4;

// Letters alone count: what lies between words is one space.
std::string plain_words(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (small >= 'a' && small <= 'z')
            out += small;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    while (!out.empty() && out.back() == ' ')
        out.pop_back();
    return out;
}

}  // namespace

Result<std::string> check_words(std::string_view purpose, std::string_view content) {
    prepare_libsodium();
    std::array<unsigned char, crypto_pwhash_SALTBYTES> salt{};
    crypto_generichash(salt.data(), salt.size(), octets(purpose), purpose.size(), nullptr, 0);
    std::array<unsigned char, crypto_pwhash_BYTES_MIN> hash{};
    if (crypto_pwhash(hash.data(), hash.size(), content.data(), content.size(), salt.data(),
                      crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return Error{Fault::broken, "There is not enough memory to work out the check words.",
                     "64 MiB must be free. Try again."};
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof bits; ++i)
        bits = bits << 8U | hash[i];
    std::string words;
    for (std::size_t i = 0; i < words_shown; ++i) {
        words += (i == 0 ? "" : " ");
        words += check_word(bits >> (64 - bits_of_word));
        bits <<= bits_of_word;
    }
    return words;
}

bool same_words(std::string_view typed, std::string_view words) {
    return !words.empty() && plain_words(typed) == plain_words(words);
}

}  // namespace doorstep
