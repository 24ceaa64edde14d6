// Whether the certificate that a server presents is our endpoint's: a chain that ends in an
// authority whose public key the tablet knows from its ticket, for the name that was asked, at
// this time.  No other authority counts, none of the system's either.  For curl_client.
#pragma once

#include <cstdint>
#include <string>

#include "sync/http/http_fault.h"

namespace doorstep {

class CertificateCheck {
public:
    // `pins`: SHA-256 of the public keys of authorities, 32 bytes each.  `host`: a name, or an
    // address without brackets.
    CertificateCheck(std::string pins, std::string host) : pins_(std::move(pins)), host_(std::move(host)) {}
    CertificateCheck(const CertificateCheck&) = delete;
    CertificateCheck& operator=(const CertificateCheck&) = delete;

    // Before each exchange: what time it is for certificates.
    void begin(std::int64_t at_ms);
    // Makes a context of OpenSSL (SSL_CTX*) ask here and nowhere else.  REQUIRES: outlives it.
    void install(void* context);

    // Nobody knows the authority yet: one that signed for that name, at this time, is good for this exchange
    // alone, and told by learned().  Nothing may be sent over it.
    void learn() { learns_ = true; }
    // SHA-256 of that authority's public key, 32 bytes; empty: none was good.
    const std::string& learned() const { return learned_; }

    // Of the last certificate that was checked since begin(); none when there was no certificate,
    // or it is good.
    HttpFault found() const { return found_; }
    std::string detail() const { return detail_; }

private:
    struct Asked;
    int judge(void* asked);

    std::string pins_;
    std::string host_;
    std::int64_t at_ms_ = 0;
    HttpFault found_ = HttpFault::none;
    std::string detail_;
    bool learns_ = false;
    std::string learned_;
};

// The tablet's clock, where it can be right.  One that stands before the day of this program
// cannot: then the later of that day and what the endpoint proved, so that a tablet at 1970 still
// knows its endpoint.  A clock that can be right is not overruled: an endpoint whose own
// was wrong for an hour would lock out every tablet that heard it.
std::int64_t certificate_time_ms(std::int64_t clock_ms, std::int64_t proven_ms);
std::int64_t build_time_ms();

}  // namespace doorstep
