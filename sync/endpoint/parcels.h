// Reference data for the tablets (wire/parcels.h): published here, signed with the endpoint's key,
// a row for each that is in force.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/result.h"
#include "sync/store/sql_connection.h"
#include "sync/vault/signing.h"
#include "sync/wire/parcels.h"

namespace doorstep {

inline constexpr const char* published_directory = "directory";  // its one name

struct NewParcel {
    wire::ParcelKind kind = wire::ParcelKind::directory;
    std::string name;
    std::string content;
    std::optional<Day> from{};
    std::string frame{};  // of the content, by wire::compress_once(); empty: made here
};
struct PublishedParcel {
    wire::Parcel parcel;
    std::int64_t published_ms = 0;
    bool changed = true;  // false: it was there, byte for byte
};

// REQUIRES: a transaction.  It replaces what had its kind and name; a tablet that has that one
// fetches only what is new.  bad_input: a name or size that is none; conflict: a form of that name with other
// content, which questionnaires may have been written with.
Result<PublishedParcel> publish_parcel(SqlConnection& sql, const Clock& clock, const SigningPair& key,
                                       const NewParcel& wanted);
// not_found.  Tablets drop it with their next sync.
Result<void> drop_parcel(SqlConnection& sql, wire::ParcelKind kind, const std::string& name);

// In force, by kind and name.
Result<std::vector<PublishedParcel>> published_parcels(SqlConnection& sql);
// not_found; damaged: it is not what was published.
Result<std::string> parcel_content(SqlConnection& sql, wire::ParcelKind kind, const std::string& name);
// Of the last publication or removal; 0: none.
Result<std::uint64_t> last_publication(SqlConnection& sql);

// What a tablet that was given these areas is to have: everything, of the addresses those of its areas, or
// all.
Result<wire::ParcelList> parcels_of_areas(SqlConnection& sql, const std::vector<std::string>& areas);
Result<wire::ParcelList> parcels_for(SqlConnection& sql, const std::string& tablet);
// The areas that a tablet was given, by name: of their addresses, and of their facts (wire/patch.h).  None:
// all.
Result<std::vector<std::string>> areas_given(SqlConnection& sql, const std::string& tablet);
// From now on; no area: all.  REQUIRES: a transaction.
Result<void> give_areas(SqlConnection& sql, const std::string& tablet, const std::vector<std::string>& areas);

}  // namespace doorstep
