#include "sync/listener/authority.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "forms/base/encoding.h"
#include "sync/vault/durable_file.h"
#include "sync/vault/sealing.h"

namespace doorstep {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t file_bytes_max = 16 * 1024;
constexpr const char* purpose = "doorstep authority of an endpoint, 1";
constexpr const char* spare_purpose = "doorstep spare authority, 1";

constexpr std::int64_t day_ms = 86'400'000;
// Back-dated, for tablets whose clock stands still: they count from the day of their program,
// which may be older than the certificate.
constexpr std::int64_t back_ms = 2 * 365 * day_ms;
constexpr std::int64_t authority_ms = 30 * 365 * day_ms;
// Short, since a server's key that was stolen is good until its certificate ends.
constexpr std::int64_t server_ms = 90 * day_ms;
constexpr std::int64_t renew_before_ms = 30 * day_ms;

bool is_there(const std::string& file) {
    std::error_code failed;
    return fs::exists(file, failed);
}

std::string in(const std::string& folder, const char* name) {
    return (fs::path(folder) / name).string();
}

Error does_not_open(const std::string& file) {
    return {Fault::damaged,
            fmt::format("{} does not open: it was altered, or the device secret is another.", file),
            "Put back the copy that was made of it, or take the spare with the custody sheet: "
            "doorstep-endpoint keys recover."};
}

}  // namespace

Authority::Authority(const std::string& folder, const KeyFiles& keys, const Clock& clock)
    : folder_(folder), keys_(keys), clock_(clock) {}

Result<SecretBytes> Authority::read_key(const std::string& file) const {
    TRY(const auto sealed, read_small_file(file, file_bytes_max));
    TRY(const auto device, keys_.device());
    auto opened = open_under(derive(device.key(), purpose), sealed, purpose);
    if (!opened)
        return does_not_open(file);
    return std::move(*opened);
}

Result<void> Authority::write_key(const std::string& file, const SecretBytes& key) const {
    TRY(const auto device, keys_.device());
    return write_durably(file, seal_under(derive(device.key(), purpose), key.view(), purpose), 0600);
}

// The key first: a certificate is made anew of it at any time, and its pin stays what it was.
Result<SecretBytes> Authority::key() const {
    const auto file = in(folder_, "authority.key");
    if (is_there(file))
        return read_key(file);
    auto made = make_private_key();
    TRY_DO(write_key(file, made));
    return made;
}

Result<std::string> Authority::certificate(const SecretBytes& key) const {
    const auto file = in(folder_, "authority.pem");
    const auto now = clock_.now_ms();
    if (is_there(file)) {
        TRY(auto pem, read_small_file(file, file_bytes_max));
        if (still_serves({pem, key.duplicate()}, pem, {}, now))
            return pem;
    }
    TRY(const auto pem,
        authority_certificate(key, {"Doorstep authority", {}, now - back_ms, now + authority_ms}));
    TRY_DO(write_durably(file, pem, 0600));
    return pem;
}

Result<ServerCertificate> Authority::make_certificate(const std::vector<std::string>& names) const {
    TRY(const auto signing, key());
    TRY(const auto authority, certificate(signing));
    const auto now = clock_.now_ms();
    ServerCertificate made{{}, make_private_key()};
    TRY(const auto leaf,
        server_certificate(made.key, {"Doorstep endpoint", names, now - back_ms, now + server_ms}, signing,
                           authority));
    made.chain = leaf + authority;
    return made;
}

Result<ServerCertificate> Authority::certificate_for(const std::vector<std::string>& names) const {
    TRY(const auto signing, key());
    TRY(const auto authority, certificate(signing));
    const auto now = clock_.now_ms();
    const auto chain_file = in(folder_, "server.pem"), key_file = in(folder_, "server.key");
    if (const auto chain = read_small_file(chain_file, file_bytes_max); chain.ok())
        if (auto kept = read_key(key_file); kept.ok()) {
            ServerCertificate certificate{*chain, std::move(*kept)};
            if (still_serves(certificate, authority, names, now + renew_before_ms))
                return certificate;
        }
    TRY(auto made, make_certificate(names));
    // A kill between the two leaves a pair that does not fit: both are made again.
    TRY_DO(write_key(key_file, made.key));
    TRY_DO(write_durably(chain_file, made.chain, 0600));
    return made;
}

Result<std::string> Authority::pins() const {
    TRY(const auto signing, key());
    TRY(auto pins, pin_of(signing));
    if (!has_spare())
        return pins;
    TRY(const auto kept, read_small_file(in(folder_, "authority.spare"), file_bytes_max));
    const auto spare = from_hex(std::string_view(kept).substr(0, 64));
    if (!spare || spare->size() != pins.size())
        return does_not_open("authority.spare");
    return *spare == pins ? pins : pins + *spare;
}

bool Authority::has_spare() const {
    return is_there(in(folder_, "authority.spare"));
}

Result<void> Authority::keep_spare(const KeyPair& recovery) const {
    TRY(const auto pin, pin_of(private_key_from(SecretBytes(recovery.secret_key.view()), spare_purpose)));
    return write_durably(in(folder_, "authority.spare"), to_hex(pin) + "\n", 0600);
}

Result<void> Authority::use_spare(const KeyPair& recovery) const {
    const auto spare = private_key_from(SecretBytes(recovery.secret_key.view()), spare_purpose);
    TRY(const auto pin, pin_of(spare));
    TRY(const auto kept, read_small_file(in(folder_, "authority.spare"), file_bytes_max));
    if (std::string_view(kept).substr(0, 64) != to_hex(pin))
        return Error{Fault::refused, "The sheet is of another endpoint: it does not hold this one's spare.",
                     ""};
    return write_key(in(folder_, "authority.key"), spare);
}

bool Authority::opens() const {
    const auto file = in(folder_, "authority.key");
    return !is_there(file) || read_key(file).ok();
}

std::vector<std::string> names_to_serve(const std::string& address, const std::vector<std::string>& more) {
    std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
    const auto add = [&](const std::string& name) {
        if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(name);
    };
    const bool everywhere = address == "0.0.0.0" || address == "::";
    add(everywhere ? std::string{} : address);
    ifaddrs* all = nullptr;
    if (everywhere && ::getifaddrs(&all) == 0) {
        for (const ifaddrs* one = all; one; one = one->ifa_next) {
            std::array<char, INET6_ADDRSTRLEN> text{};
            const int family = one->ifa_addr ? one->ifa_addr->sa_family : AF_UNSPEC;
            const void* bytes =
                family == AF_INET
                    ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr)
                : family == AF_INET6 ? static_cast<const void*>(
                                           &reinterpret_cast<const sockaddr_in6*>(one->ifa_addr)->sin6_addr)
                                     : nullptr;
            if (bytes && ::inet_ntop(family, bytes, text.data(), text.size()))
                add(text.data());
        }
        ::freeifaddrs(all);
    }
    for (const auto& name : more)
        add(name);
    return names;
}

}  // namespace doorstep
