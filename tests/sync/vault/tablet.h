// A tablet with a vault, whose clocks, power and files a test holds in its hand.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "sync/vault/vault.h"
#include "tests/support/temporary_folder.h"

namespace doorstep::testing {

inline std::string read_bytes(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_bytes(const std::string& file, std::string_view bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

inline constexpr PasswordCost quick{1, 8};  // the least that Argon2id can do
inline constexpr std::string_view lead_words = "plum tractor velvet";
inline constexpr std::string_view officer_words = "copper lantern moss";

// For thousands of writes where no power is cut: in memory, if the system has such a folder.
inline std::filesystem::path quick_folder() {
    const std::filesystem::path memory = "/dev/shm";
    return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
}

class Tablet {
public:
    Tablet() : Tablet(std::filesystem::temp_directory_path()) {}
    explicit Tablet(const std::filesystem::path& parent) : folder(parent) {
        auto vault = Vault::create(place(), device(), around(),
                                   {"L1", lead_words, quick, recovery.public_key, endpoint.public_key});
        REQUIRE(vault.ok());
        lead = vault->sign_ins()->front().slot;
        const auto added = vault->add_slot("O7-harbour-street", SlotRole::officer, officer_words, quick);
        REQUIRE(added.ok());
        officer = *added;
    }

    VaultPlace place() const { return {folder / "vault", folder / "tries"}; }
    VaultSurroundings around() const { return {clock, boot, quick, go_on_after}; }
    DeviceSecret device() const { return DeviceSecret(secret.duplicate()); }
    Result<Vault> open() const { return Vault::open(place(), device(), around()); }
    // Open, for whoever signs in.
    Vault opened_by(const Uuid& slot, std::string_view words) const {
        auto vault = open();
        REQUIRE(vault.ok());
        const auto unlocked = vault->unlock(slot, words);
        INFO((unlocked.ok() ? std::string() : unlocked.error().text()));
        REQUIRE(unlocked.ok());
        return std::move(*vault);
    }
    Vault by_lead() const { return opened_by(lead, lead_words); }
    Vault by_officer() const { return opened_by(officer, officer_words); }

    TemporaryFolder folder;
    ManualClock clock{1'700'000'000'000, 0};
    ManualBootTime boot;
    SecretBytes secret = SecretBytes::random();
    KeyPair recovery = KeyPair::make();
    SigningPair endpoint = SigningPair::make();
    std::function<bool(UnlockStep)> go_on_after;
    Uuid lead;
    Uuid officer;
};

inline const RowIdentity some_row{Uuid{}, "operation", 1};

}  // namespace doorstep::testing
