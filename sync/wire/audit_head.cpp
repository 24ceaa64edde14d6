#include "sync/wire/audit_head.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "forms/base/encoding.h"
#include "forms/base/packing.h"

namespace doorstep::wire {

namespace {

constexpr std::size_t signature_bytes = 64;

std::optional<Sha256> sha256_of(std::string_view digits) {
    const auto raw = from_hex(digits);
    Sha256 hash;
    if (!raw || raw->size() != hash.bytes.size())
        return std::nullopt;
    std::copy(raw->begin(), raw->end(), hash.bytes.begin());
    return hash;
}

}  // namespace

std::string AuditHead::content() const {
    Packer packed;
    packed(epoch.raw(), number, hash.raw());
    return packed.bytes();
}

std::string AuditHead::line() const {
    return fmt::format("{} {} {} {}", number, epoch.text(), hash.hex(), to_hex(signature));
}

std::optional<AuditHead> AuditHead::parse(std::string_view line) {
    std::array<std::string_view, 4> parts;
    for (auto& part : parts) {
        part = line.substr(0, line.find(' '));
        line.remove_prefix(std::min(part.size() + 1, line.size()));
    }
    AuditHead head;
    const auto [end, failed] =
        std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), head.number);
    const auto epoch = Uuid::parse(parts[1]);
    const auto hash = sha256_of(parts[2]);
    const auto signature = from_hex(parts[3]);
    if (failed != std::errc{} || end != parts[0].data() + parts[0].size() || !epoch || !hash || !signature ||
        signature->size() != signature_bytes || !line.empty())
        return std::nullopt;
    head.epoch = *epoch;
    head.hash = *hash;
    head.signature = *signature;
    return head;
}

}  // namespace doorstep::wire
