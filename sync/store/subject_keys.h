// The bodies of an endpoint's facts, each sealed under the key of its subject (a household, a
// person, a visit), and those keys, wrapped, as rows.  Deleting a row of subject_key makes
// every body of that subject noise, also in what a disk or a backup kept of it.
//
//   a kept body:  "DSK1" | 16 bytes: the subject | XChaCha20-Poly1305 of the zstd frame of the JSON
//
// The tables are the endpoint's (endpoint/schema.cpp); a tablet has none of this.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"
#include "sync/vault/subject_seal.h"

namespace doorstep {

class SubjectKeys {
public:
    // `sql` must outlive it.
    SubjectKeys(SqlConnection& sql, SubjectSeal seal) : sql_(&sql), seal_(std::move(seal)) {}

    // Inside a transaction; makes the subject's key when it has none.
    Result<std::string> seal(const Uuid& subject, const Uuid& fact, std::string_view json) const;
    struct Body {
        Uuid subject;
        Uuid fact;
        std::string_view json;
        std::string_view packed{};  // of the json, where it was made ahead
    };
    // What seal() makes of a body before it seals it: pure, so that another thread may.
    static std::string packed(std::string_view json);
    // The same for several, in their order and in fewer statements: the key of each subject, where one that
    // has none is given one; and with those, without asking anything, what is kept.
    using Wrapped = std::map<Uuid, std::string>;
    Result<Wrapped> wrapped_keys(std::span<const Body> bodies) const;
    Result<std::vector<std::string>> seal(std::span<const Body> bodies, const Wrapped& keys) const;
    // A body that was kept before there were keys is returned as it is.  damaged: it does not open, or
    // the key of its subject is gone.
    Result<std::string> open(const Uuid& fact, std::string kept) const;
    static bool looks_sealed(std::string_view kept);
    // Inside a transaction.
    Result<void> forget(const Uuid& subject) const;

private:
    Result<std::string> wrapped_key(const Uuid& subject) const;  // empty: there is none
    SqlConnection* sql_;
    SubjectSeal seal_;
};

}  // namespace doorstep
