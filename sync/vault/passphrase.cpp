#include "sync/vault/passphrase.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <cassert>

#include "forms/base/packing.h"
#include "forms/base/secret.h"
#include "sync/vault/sealing.h"

namespace doorstep {

namespace {

constexpr std::size_t characters_min = 10;
constexpr std::size_t words_min = 3;
constexpr std::size_t digits_min = 6;
constexpr std::size_t digits_max = 12;
constexpr std::uint32_t passes_max = 64;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// A keyboard on the screen adds a space after a word; it must not cost a try.
SecretText tidy(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 1);
    for (const char c : text)
        if (!is_space(c))
            out.push_back(c);
        else if (!out.empty() && out.back() != ' ')
            out.push_back(' ');
    if (!out.empty() && out.back() == ' ')
        out.pop_back();
    SecretText tidied(out);
    sodium_memzero(out.data(), out.size());
    return tidied;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// Words of two letters at least, so that three lone letters are no passphrase.
std::size_t words(std::string_view text) {
    std::size_t found = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (characters(text.substr(0, end)) >= 2)
            ++found;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return found;
}

// 000000, 123456, 098765: each step as the one before, and 0 beside 9.
bool is_run(std::string_view text) {
    const int step = text[1] - text[0];
    for (std::size_t i = 1; i < text.size(); ++i)
        if ((text[i] - text[i - 1] - step) % 10 != 0)
            return false;
    return (step + 1) % 10 == 0 || step % 10 == 0 || (step - 1) % 10 == 0;
}

// 121212, 123123: one piece over and over.
bool repeats(std::string_view text) {
    for (std::size_t piece = 1; piece <= text.size() / 2; ++piece)
        if (text.size() % piece == 0 && text.substr(piece) == text.substr(0, text.size() - piece))
            return true;
    return false;
}

Error bad(std::string what, std::string mend) {
    return {Fault::bad_input, std::move(what), std::move(mend)};
}

std::string wrap_context(PasswordCost cost, std::string_view salt, std::string_view associated) {
    Packer packed;
    packed(cost.passes, cost.memory_kib, salt, associated);
    return packed.bytes();
}

bool at_least(PasswordCost cost, PasswordCost floor) {
    return cost.passes >= floor.passes && cost.memory_kib >= floor.memory_kib && cost.passes <= passes_max &&
           cost.memory_kib <= 4 * PasswordCost::memory_kib_max;
}

}  // namespace

Result<void> check_passphrase(std::string_view text) {
    const auto tidied = tidy(text);
    const auto typed = tidied.view();
    if (characters(typed) < characters_min && words(typed) < words_min)
        return bad(fmt::format("A passphrase needs {} characters or more, or three words.", characters_min),
                   "Three or four words that do not belong together are easy to keep.");
    if (is_run(typed) || repeats(typed))
        return bad("This passphrase is one pattern over and over.", "Choose words that do not repeat.");
    return {};
}

Result<void> check_pin(std::string_view text) {
    const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || text.size() < digits_min || text.size() > digits_max)
        return bad(fmt::format("A PIN is {} to {} digits.", digits_min, digits_max), "Use digits only.");
    if (is_run(text) || repeats(text))
        return bad("This PIN is among the first that anybody would try.",
                   "Choose digits that do not follow or repeat one another.");
    return {};
}

PasswordCost calibrate(const CostMeasure& milliseconds) {
    constexpr std::int64_t least = 300;
    constexpr std::int64_t most = 500;
    constexpr std::int64_t aim = 400;
    // Memory first: it is what a guesser with many machines pays for.
    PasswordCost cost = PasswordCost::floor();
    std::int64_t taken = std::max<std::int64_t>(milliseconds(cost), 1);
    for (int round = 0; round < 6 && (taken < least || taken > most); ++round) {
        const PasswordCost before = cost;
        const std::int64_t work = std::int64_t{cost.passes} * cost.memory_kib * aim / taken;
        const std::int64_t passes = work >= std::int64_t{3} * PasswordCost::floor().memory_kib ? 3 : 2;
        cost.memory_kib = static_cast<std::uint32_t>(std::clamp<std::int64_t>(
            work / passes, PasswordCost::floor().memory_kib, PasswordCost::memory_kib_max));
        cost.passes = static_cast<std::uint32_t>(
            std::clamp<std::int64_t>(work / cost.memory_kib, PasswordCost::floor().passes, passes_max));
        if (cost == before)
            break;
        taken = std::max<std::int64_t>(milliseconds(cost), 1);
    }
    return cost;
}

CostMeasure measured_by(const BootTime& time) {
    return [&time](PasswordCost cost) {
        PassphraseWrap trial{cost, std::string(crypto_pwhash_SALTBYTES, '\0'), {}};
        const auto start = time.since_boot_ms();
        const auto key =
            wrapping_key(trial, "how long does this take", DeviceSecret(SecretBytes::blank(32)), cost);
        // Too much memory for this device: slower than anything we would choose.
        return key.ok() ? time.since_boot_ms() - start : std::int64_t{10'000};
    };
}

Result<PassphraseWrap> wrap_secret(const SecretBytes& secret, std::string_view passphrase,
                                   const DeviceSecret& device, PasswordCost cost, std::string_view associated,
                                   PasswordCost floor) {
    cost = {std::max(cost.passes, floor.passes), std::max(cost.memory_kib, floor.memory_kib)};
    PassphraseWrap wrap{cost, random_bytes(crypto_pwhash_SALTBYTES), {}};
    TRY(const auto key, wrapping_key(wrap, passphrase, device, floor));
    wrap.sealed = seal_under(key, secret.view(), wrap_context(cost, wrap.salt, associated));
    return wrap;
}

Result<SecretBytes> wrapping_key(const PassphraseWrap& wrap, std::string_view passphrase,
                                 const DeviceSecret& device, PasswordCost floor) {
    if (!at_least(wrap.cost, floor) || wrap.salt.size() != crypto_pwhash_SALTBYTES)
        return Error{Fault::damaged, "The cost of a passphrase is not one that Doorstep ever sets.", {}};
    const auto typed = tidy(passphrase);
    auto stretched = SecretBytes::blank(32);
    if (crypto_pwhash(stretched.data(), stretched.size(), typed.view().data(), typed.view().size(),
                      octets(wrap.salt), wrap.cost.passes, std::size_t{wrap.cost.memory_kib} * 1024,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return Error{Fault::broken, "There is not enough memory to check a passphrase.",
                     "Close other programs and try again; this try was counted."};
    return derive(device.key(), "doorstep passphrase", stretched.view());
}

std::optional<SecretBytes> open_wrap(const PassphraseWrap& wrap, const SecretBytes& key,
                                     std::string_view associated) {
    return open_under(key, wrap.sealed, wrap_context(wrap.cost, wrap.salt, associated));
}

}  // namespace doorstep
