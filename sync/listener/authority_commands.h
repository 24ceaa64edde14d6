// `doorstep-endpoint authority ...`: of files alone, beside a running `serve` or without one.
#pragma once

#include <string>
#include <vector>

#include "sync/listener/commands.h"
#include "sync/vault/sealed_box.h"

namespace doorstep {

struct AuthorityOptions {
    std::string data;
    std::string device_secret;
    std::string sheet;               // a file with the custody sheet
    std::vector<std::string> names;  // proxy
    std::string out;                 // proxy: the folder to write into
};

// The pins that tickets carry.
CommandOutcome authority_show(const AuthorityOptions& options);
// For an endpoint that has no spare authority yet: made of the recovery key.
CommandOutcome authority_spare(const AuthorityOptions& options);
// The authority is no longer to be trusted: the spare signs from now on.
CommandOutcome authority_use_spare(const AuthorityOptions& options);
// A certificate and its key for a proxy in front: DIR/endpoint.pem and DIR/endpoint-key.pem.
CommandOutcome authority_proxy(const AuthorityOptions& options);

// refused: others may read the file.
Result<KeyPair> recovery_key_in(const std::string& file);

}  // namespace doorstep
