// What the endpoint keeps about one household or person, sealed under a key of that subject
// alone; the key itself is kept wrapped, so that a database without the endpoint's own keys
// reads as noise and a subject is forgotten by forgetting its key.
//
// Neither a key nor a text is kept by this object.  Keys come from the kernel.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "forms/base/uuid.h"
#include "sync/vault/sealed_box.h"
#include "sync/vault/secret_bytes.h"

namespace doorstep {

class SubjectSeal {
public:
    // The wrapping key is derived from the secret half that stands in `endpoint.keys`, so that whoever
    // has the custody sheet has it again.
    explicit SubjectSeal(const KeyPair& sealing);

    // A new key for that subject, wrapped.
    std::string new_key(const Uuid& subject) const;
    // Nothing when the wrapped key is not that subject's, or was altered.
    std::optional<std::string> seal(std::string_view wrapped, const Uuid& subject, const Uuid& fact,
                                    std::string_view text) const;
    // Nothing when it is not what was sealed for that subject and that fact.
    std::optional<std::string> open(std::string_view wrapped, const Uuid& subject, const Uuid& fact,
                                    std::string_view sealed) const;

private:
    SecretBytes wrapping_;
};

}  // namespace doorstep
