// The reference data of a tablet on its disk: questionnaires, addresses, the directory, as the endpoint
// publishes them.  Files beside the store; no personal data, so that a locked tablet fetches them.
//
//   list           all that is in use: a signed list (wire/parcels.h), replaced as a whole
//   coming         the list that is being fetched
//   HASH           the content of a parcel, compressed
//   HASH.part      what was fetched of it so far; HASH.BASE.part: of the shorter way
//
// A cut anywhere leaves the list in use and all its parcels as they were.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "sync/vault/signing.h"
#include "sync/wire/parcels.h"

namespace doorstep {

// The next part to ask for.
struct ParcelWant {
    Sha256 version;
    std::optional<Sha256> base{};
    std::uint64_t from = 0;   // bytes of it that are here
    std::uint64_t bytes = 0;  // of it in all
    bool operator==(const ParcelWant&) const = default;
};

struct ParcelStand {
    Sha256 list;                       // list_hash() of the one in use; all zero: none
    std::optional<ParcelWant> next{};  // while one is being fetched
};

class ParcelFolder {
public:
    // Nothing is made until something comes.  `endpoint`: its signing key.
    ParcelFolder(std::string folder, VerifyKey endpoint);

    ParcelStand stand() const;  // of the list in use
    // Another list is to be fetched; where nothing is lacking it is in use when this returns.  refused: a
    // parcel of it is not signed by the endpoint; nothing has changed then.  Errors: those of
    // write_durably().
    Result<ParcelStand> begin(const wire::ParcelList& list);
    // damaged: what came is not what was published; it is thrown away and fetched anew.
    Result<ParcelStand> add(const ParcelWant& asked, std::string_view part);

    // What is in use; empty where there is none, or what stands there is not signed by the endpoint.
    std::vector<wire::Parcel> parcels() const;
    // When that came, by the clock of its file; 0: nothing came.
    std::int64_t came_ms() const;
    // damaged, not_found: it is fetched again with the next sync.
    Result<std::string> content(const wire::Parcel& parcel) const;

private:
    std::string at(const std::string& name) const;
    std::string part_file(const ParcelWant& want) const;
    std::optional<wire::ParcelList> read_list(const char* name) const;
    bool is_here(const wire::Parcel& parcel) const;
    ParcelWant want_of(const wire::Parcel& parcel) const;
    Result<ParcelStand> go_on(const wire::ParcelList& coming);
    Result<void> take_whole(const ParcelWant& asked);
    void tidy(const wire::ParcelList& in_use) const;

    std::string folder_;
    VerifyKey endpoint_;
    mutable std::optional<Sha256> in_use_;  // once it was read
    std::set<Sha256> whole_only_;           // their shorter way led elsewhere
};

}  // namespace doorstep
