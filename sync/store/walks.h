// The doors of a visit in walking order, as the tablet was given them.  Local to the
// tablet: no fact, never pushed; a contact becomes a fact when something happened there.
#pragma once

#include <string>
#include <vector>

#include "forms/base/result.h"
#include "sync/operation/operation.h"
#include "sync/store/store.h"

namespace doorstep {

struct WalkDoor {
    Uuid household;
    std::string area;
    std::string road_code;  // "BE-001"
    DoorAddress address;
    bool operator==(const WalkDoor&) const = default;
};

class Walks {
public:
    explicit Walks(Store& store) : store_(store) {}
    // Replaces the walk of that visit, in one durable transaction.
    Result<void> keep(const Uuid& visit, const std::vector<WalkDoor>& doors);
    Result<std::vector<WalkDoor>> doors(const Uuid& visit) const;  // in walking order
    Result<std::vector<Uuid>> visits() const;

private:
    Store& store_;
};

}  // namespace doorstep
