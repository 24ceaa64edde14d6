// Signatures and photos: sealed in pieces, in the store's own file and transactions.
//
// Each has a key of its own, which stands sealed in its row; so the sealed bytes, and the
// hash that names them when they travel, stay what they are when the rows get a newer
// key.  Every piece is bound to the attachment and its place.  Nothing of them is opened
// with the store: a picture is opened when it is asked for.
//
// An attachment belongs to a questionnaire, as a draft and then as a fact.  It is never
// changed; another picture is another attachment.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/sha256.h"
#include "forms/base/uuid.h"
#include "sync/store/store.h"
#include "sync/vault/secret_bytes.h"

namespace doorstep {

class Ballast;

namespace attachment_limits {
inline constexpr std::size_t bytes_max = std::size_t{8} << 20;          // of one
inline constexpr std::size_t all_bytes_max = std::size_t{64} << 20;     // of one questionnaire
inline constexpr std::size_t sealed_piece_max = std::size_t{64} << 10;  // as it travels
inline constexpr std::size_t piece_bytes = 65'279;                      // the most that seals into it
}  // namespace attachment_limits

// What is told without opening the picture.
struct Attachment {
    Uuid id;
    Uuid questionnaire;
    AttachmentKind kind = AttachmentKind::photo;
    std::uint64_t bytes = 0;
    std::uint64_t sealed_bytes = 0;  // padded, with nonces and proofs
    std::uint32_t pieces = 0;
    Sha256 sealed_hash;  // of the sealed pieces, one after the other
};

class Attachments {
public:
    // Both outlive it.  With a ballast, a picture is refused before it takes the room that
    // answers need.
    explicit Attachments(Store& store, const Ballast* ballast = nullptr) : store_(store), ballast_(ballast) {}

    // On the disk, with its hash, when it returns.  The same id with the same content again
    // is the same attachment.  Errors: bad_input (empty, too large, too many), not_found (no
    // such questionnaire here), conflict (the id is taken by something else), refused (the
    // store is not sealed), disk_full.
    Result<Attachment> add(const Uuid& id, const Uuid& questionnaire, AttachmentKind kind,
                           std::string_view content);

    Result<std::vector<Attachment>> of(const Uuid& questionnaire) const;  // by id
    Result<std::vector<Attachment>> all() const;
    // not_found; damaged when a byte of it is not what was written.
    Result<SecretBytes> read(const Uuid& id) const;
    // For sending: piece `number`, from 0, as it is sealed.  Needs no opened row.
    Result<std::string> sealed_piece(const Uuid& id, std::uint32_t number) const;

    // Inside the transaction of whoever takes away what they belong to.
    static Result<void> remove(Transaction& transaction, const Uuid& id);
    static Result<void> remove_all(Transaction& transaction, const Uuid& questionnaire);

private:
    Store& store_;
    const Ballast* ballast_;
};

}  // namespace doorstep
