// The body of an envelope as it travels: compressed, padded, and sealed to the endpoint.
// Whoever carries it, this tablet too, cannot read it back.
//
//   "DSB1" | 8 bytes: the key id | X25519 sealed box of the zstd frame or of the short form
//   (sync/wire/shorthand.h), padded to 64 bytes
//
// A body that begins otherwise is plain zstd: from a tablet without the endpoint's key.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "forms/base/result.h"
#include "sync/vault/sealed_box.h"
#include "sync/wire/messages.h"
#include "sync/wire/phrases.h"

namespace doorstep {

// The first 8 bytes of the SHA-256 of the public half.
std::string key_id(const PublicKey& key);

bool is_sealed(const wire::Envelope& envelope);
// Empty when the key is none that one can seal to.
std::string seal_body_to(const PublicKey& endpoint, std::string_view plain_body);
// When a tablet was given such a key.
Error no_sealing_key();
// The same envelope with its plain body, which is no longer short; a plain one is returned as it
// is.  With a reason that holds no content: `damaged`, sealed to another key or altered;
// `not_found`, written with a form that is not in `books`.  `written_out`, where it is asked for: the bytes
// that a short one was written out to, at least, also of one that did not end well; 0: it was none.
Result<wire::Envelope> unsealed(const wire::Envelope& envelope, const KeyPair* endpoint,
                                const wire::PhraseBooks& books, std::size_t* written_out = nullptr);

}  // namespace doorstep
