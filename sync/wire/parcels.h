// Reference data on its way to the tablets: questionnaires, address lists, the directory of agencies.
// One mechanism for all: the centre publishes a parcel, signed; a tablet asks which ones it is to
// have, fetches in parts what it lacks, and takes what its hash and its signature prove.
//
//   GET /v1/parcels                                    a ParcelList, as a frame
//   GET /v1/parcel?version=H[&base=H]&from=N&limit=N   bytes N.. of the zstd frame of its content,
//                                                      or of what is new in it against the base
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/calendar.h"
#include "forms/base/result.h"
#include "forms/base/sha256.h"

namespace doorstep::wire {

inline constexpr std::string_view parcel_purpose = "doorstep parcel 1";
inline constexpr const char* content_type_bytes = "application/octet-stream";

// In the order in which they are fetched.
enum class ParcelKind : std::uint8_t { directory, form, addresses };
std::string_view word(ParcelKind kind);
std::optional<ParcelKind> parcel_kind(std::string_view word);

// A shorter way to a version for who has another one.
struct ParcelDelta {
    Sha256 base;
    std::uint64_t bytes = 0;  // as it travels
    bool operator==(const ParcelDelta&) const = default;
};

struct Parcel {
    ParcelKind kind = ParcelKind::directory;
    std::string name;          // "directory", "safer_streets/2026.1", "BE"
    Sha256 version;            // of its content
    std::uint64_t size = 0;    // of its content
    std::uint64_t number = 0;  // of the publication, from 1
    std::optional<Day> from;   // the first day at the door on which it holds; nothing: always
    std::string signature{};   // by the endpoint, of parcel_text(), 64 bytes
    std::uint64_t bytes = 0;   // as it travels
    std::optional<ParcelDelta> delta{};
    bool operator==(const Parcel&) const = default;
};
// Letters, digits and -_./, at most 100.
bool is_parcel_name(std::string_view name);

// What is signed under parcel_purpose: kind, name, version, size, number and first day ("-": always), each
// on its line.
std::string parcel_text(const Parcel& parcel);

// All that one tablet is to have, by kind and name; what it has beside them goes.
struct ParcelList {
    std::vector<Parcel> parcels;
    bool operator==(const ParcelList&) const = default;
};
// Of the texts and signatures: the same for as long as nothing is published.
Sha256 list_hash(const ParcelList& list);

std::string encode(const ParcelList& list);
// bad_input: also two of one kind and name, and sizes beyond limits.h.
Result<ParcelList> decode_parcel_list(std::string_view frame);

}  // namespace doorstep::wire
