// The endpoint's own authority on its disk, and the certificate that the listener shows.  Tablets
// trust two public keys, told in their ticket, and nothing else in the world:
//
//   the authority   made at the first start; its secret lies in the folder under the device secret
//   the spare       made of the recovery key, whose secret half is on the custody sheet alone: the
//                   sheet is its only copy, and `keys recover` puts it to use
//
// authority.pem, authority.key, authority.spare (its pin), server.pem, server.key: all 0600.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/result.h"
#include "forms/base/secret.h"
#include "sync/listener/certificates.h"
#include "sync/listener/key_files.h"

namespace doorstep {

class Authority {
public:
    // `keys` and `clock` must outlive it.
    Authority(const std::string& folder, const KeyFiles& keys, const Clock& clock);

    // The authority and what it shows for these names: both are made where they are missing, and
    // the second also when it is about to end or lacks a name.  damaged: a key does not open.
    Result<ServerCertificate> certificate_for(const std::vector<std::string>& names) const;

    // Another one for these names, not kept here: for a proxy.
    Result<ServerCertificate> make_certificate(const std::vector<std::string>& names) const;

    // What a ticket carries: the authority's pin, made when there is none, and the spare's.
    Result<std::string> pins() const;
    bool has_spare() const;
    Result<void> keep_spare(const KeyPair& recovery) const;

    // The device secret was lost, or the authority is no longer to be trusted: the spare takes its
    // place under the device secret of now.  refused: the recovery key of another endpoint.
    Result<void> use_spare(const KeyPair& recovery) const;
    // Whether the authority's key opens under the device secret of now, or there is none yet.
    bool opens() const;

private:
    Result<SecretBytes> key() const;
    Result<SecretBytes> read_key(const std::string& file) const;
    Result<void> write_key(const std::string& file, const SecretBytes& key) const;
    Result<std::string> certificate(const SecretBytes& key) const;

    std::string folder_;
    const KeyFiles& keys_;
    const Clock& clock_;
};

// localhost and the loopback addresses, `address` or, where that is every address, each of this
// machine, and `more`; each once.
std::vector<std::string> names_to_serve(const std::string& address, const std::vector<std::string>& more);

}  // namespace doorstep
