// The deliberate mistakes.  Each stands between the parts of the product, never
// in them; a simulation that does not find one has no teeth.
#pragma once

#include <functional>
#include <optional>

#include "sync/store/store.h"
#include "sync/tablet/engine.h"
#include "tests/simulation/chance.h"

namespace doorstep::simulation {

// Carries the effect out as carry_out() does, with the mistake in it.
// `crashes`: asked once between two steps that should have been one; when it
// does the rest never happens.
std::optional<Event> carry_out_with(Mutant mutant, const Effect& effect, Store& store,
                                    const std::function<bool()>& crashes);

void before_sending(Mutant mutant, const SendRequest& sent, Store& store);

// What came back for a request: as the engine is to see it, and as it was
// before somebody cut it so that its length matches.
struct Heard {
    const SendRequest& sent;
    const Result<HttpReply>& reply;
    const HttpReply* whole = nullptr;
};
// True: the mistake took the reply for itself, and the engine has to begin
// anew.
bool takes_reply(Mutant mutant, const Heard& heard, Store& store);

// What a mistake keeps beside the transaction it belongs to is gone when the
// power goes right after the commit: everything of a table beyond `before`.
std::int64_t rows_beside(Mutant mutant, SqlConnection& disk);
void lose_rows_beside(Mutant mutant, SqlConnection& disk, std::int64_t before);

}  // namespace doorstep::simulation
