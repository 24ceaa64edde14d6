// The deliberate mistakes.  Each stands between the parts of the product, never
// in them; a simulation that does not find one has no teeth.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sync/endpoint/endpoint.h"
#include "sync/store/store.h"
#include "sync/tablet/engine.h"
#include "tests/simulation/chance.h"

namespace doorstep::simulation {

struct Chances {
    std::function<bool()> crashes;    // asked between two steps that should have been one
    std::function<bool()> overtakes;  // somebody else's transaction is still open
};

// Carries the effect out as carry_out() does, with the mistake in it.
// When it crashes between two steps the rest never happens.
std::optional<Event> carry_out_with(Mutant mutant, const Effect& effect, Store& store, const Chances& chances,
                                    ParcelFolder* parcels);

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
// power goes right after the commit: everything of a table that was not there before.
std::set<Uuid> rows_beside(Mutant mutant, SqlConnection& disk);
void lose_rows_beside(Mutant mutant, SqlConnection& disk, const std::set<Uuid>& before);

// Lets go of what the endpoint may not have.
void let_go_unacknowledged(Mutant mutant, Store& store);

// What a restore forgot to do.
void after_restore_with(Mutant mutant, SqlConnection& sql);

// The pages that a locked tablet kept, before they are folded.
void before_folding(Mutant mutant, SqlConnection& sql);

// The bodies of all facts and their keys, to be there again after they were to be forgotten.
class BodiesBefore {
public:
    BodiesBefore(Mutant mutant, SqlConnection& sql);
    void put_back(SqlConnection& sql) const;

private:
    std::vector<std::pair<Uuid, std::string>> bodies_;
    std::vector<std::pair<Uuid, std::string>> keys_;
};

// A commit does not wait for the disk.  `schema` as the file is attached.
void open_with(Mutant mutant, SqlConnection& sql, const std::string& schema);

// One request among these would end a program that cannot bear what it cannot read.
bool ends_program(Mutant mutant, const WorkingKeys* keys, std::span<const EndpointRequest> requests);

}  // namespace doorstep::simulation
