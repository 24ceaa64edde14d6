// Keys of P-256 and the certificates over them, made with OpenSSL and handed on as bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "sync/vault/secret_bytes.h"

struct evp_pkey_st;
struct ssl_ctx_st;

namespace doorstep {

// A private key, as its number of 32 bytes.
SecretBytes make_private_key();
// The same secret gives the same key; another purpose another one.
SecretBytes private_key_from(const SecretBytes& secret, std::string_view purpose);

// SHA-256 of the public half as a certificate carries it: what a tablet is told of an authority.
Result<std::string> pin_of(const SecretBytes& private_key);

struct CertificateTerms {
    std::string common_name;
    std::vector<std::string> names{};  // DNS names and addresses; none for an authority
    std::int64_t from_ms = 0;
    std::int64_t until_ms = 0;
};
// Signed by itself, and may sign others.  PEM.
Result<std::string> authority_certificate(const SecretBytes& key, const CertificateTerms& terms);
// For a server; `authority` is the certificate of `authority_key`.  PEM.
Result<std::string> server_certificate(const SecretBytes& key, const CertificateTerms& terms,
                                       const SecretBytes& authority_key, const std::string& authority);

// What a server shows: its certificate and then that of its authority, PEM.
struct ServerCertificate {
    std::string chain;
    SecretBytes key;
};
// PKCS #8, PEM: for a proxy that stands in front.
Result<SecretBytes> private_key_pem(const SecretBytes& key);

// Whether the first certificate of the chain is of that key, was signed by that authority, stands for
// each of the names and holds until then.
bool still_serves(const ServerCertificate& certificate, const std::string& authority,
                  const std::vector<std::string>& names, std::int64_t until_ms);

// A context for sessions of TLS 1.3 only: no tickets, no early data, small buffers.  Freed with it.
std::shared_ptr<ssl_ctx_st> server_context(const ServerCertificate& certificate);

}  // namespace doorstep
