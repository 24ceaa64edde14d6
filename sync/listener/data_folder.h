// The folder of an endpoint: its store, the secret half of its safeguarding key, and
// the agencies it serves.
#pragma once

#include <memory>
#include <string>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/directory/directory.h"
#include "sync/endpoint/endpoint.h"
#include "sync/vault/sealed_box.h"

namespace doorstep {

// Everything that an endpoint needs while it lives, in the order in which it goes.
class DataFolder {
public:
    // `questionnaires`: the folder that holds `directory`.  Errors name what is wrong
    // and what to do; an older or foreign store is left as it was.
    static Result<DataFolder> open(const std::string& folder, const std::string& questionnaires);

    Endpoint& endpoint() { return *endpoint_; }
    Result<void> checkpoint();

private:
    DataFolder() = default;

    std::unique_ptr<SystemClock> clock_ = std::make_unique<SystemClock>();
    std::unique_ptr<SystemRandom> random_ = std::make_unique<SystemRandom>();
    std::unique_ptr<Directory> directory_ = std::make_unique<Directory>();
    std::unique_ptr<SqlConnection> sql_;
    std::unique_ptr<Endpoint> endpoint_;
};

// Written once, readable by this user alone, and durable when it returns: what tablets
// seal can be opened with this file only.  A file that is there already is used, never
// overwritten.
Result<PublicKey> safeguarding_key(const std::string& file);

}  // namespace doorstep
