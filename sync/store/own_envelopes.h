// The envelopes in which a tablet's own facts go out: one for each append(), in a chain.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/sha256.h"
#include "forms/base/uuid.h"
#include "sync/operation/operation.h"
#include "sync/store/sql_connection.h"
#include "sync/vault/sealed_box.h"
#include "sync/wire/messages.h"
#include "sync/wire/phrases.h"

namespace doorstep {

// Where the next one stands.
struct OwnPlace {
    Uuid enrolment;
    Sequence last_sequence = 0;
    Sha256 last_chain;
    PublicKey sealing_key{};  // of the endpoint; empty: bodies travel plain
};

Result<OwnPlace> own_place(SqlConnection& sql);

// Seals the operations, as they are encoded for those places, into the next envelope, and moves the
// place on.  `book`: of the form whose questionnaire is among them.  bad_input: it could never be
// pushed, or the endpoint's key is none.
Result<void> write_own_envelope(SqlConnection& sql, const OwnPlace& place, const Uuid& id,
                                const std::vector<std::string>& encoded, const wire::PhraseBook& book);

// An envelope as it was received; one already kept is left as it is.
Result<void> keep_envelope_once(SqlConnection& sql, const Uuid& enrolment, const wire::Envelope& envelope,
                                const Sha256& chain_after);

// Where an envelope that was received stands, without its body.
struct PlacedEnvelope {
    Uuid id;
    Sequence first = 0;
    Sequence last = 0;
    Sha256 chain_after;
};
struct PlacesOf {
    Uuid enrolment;
    std::vector<PlacedEnvelope> places;
};
// What stands there already stays.
Result<void> keep_places_once(SqlConnection& sql, const Uuid& enrolment, std::vector<PlacedEnvelope> places);
// Where something stands there already that is an error, then or with what is asked next.
Result<void> keep_new_places(SqlConnection& sql, std::span<const PlacesOf> all);

}  // namespace doorstep
