// A tablet's side of signed requests: it signs with the seed of its enrolment, whether anybody is
// signed in or not, numbers each request, and knows the answer of its endpoint from any other.
//
// Numbers only rise.  They are reserved durably in blocks, so that a kill skips some and repeats
// none; where the file with them was lost or set back, the endpoint tells the one that it expects.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "forms/base/result.h"
#include "sync/http/http_client.h"
#include "sync/store/store.h"
#include "sync/vault/signing.h"
#include "sync/wire/signed_text.h"

namespace doorstep {

// Where the numbers of an enrolment are kept: the last one that is reserved.
struct RequestNumbers {
    std::function<std::uint64_t()> reserved_through;             // 0: none, or what was kept cannot be read
    std::function<Result<void>(std::uint64_t through)> reserve;  // durable when it returns
};
// In a small file beside the identity (0600).  One program at a time.
RequestNumbers numbers_in(const std::string& file, const Uuid& enrolment);
// For what is gone when the program ends.
RequestNumbers numbers_in_memory();

class RequestSigner {
public:
    static constexpr std::uint64_t block = 64;

    // bad_input: the identity's seed or the endpoint's signing key is none.
    static Result<RequestSigner> of(const TabletIdentity& identity, RequestNumbers numbers);

    // The request with its four headers; `sign_in` is the officer's slot, or nil while locked.
    // Errors are those of reserving a number: then nothing may be sent.
    Result<HttpRequest> sign(HttpRequest request, const Uuid& sign_in);
    // Sets `proven` where our endpoint signed this reply to that request, and takes away an order
    // that it did not sign for this tablet.
    void prove(const HttpRequest& sent, HttpReply& reply) const;
    // Whether the endpoint told a number above ours: it is taken over, and the same may be
    // asked again.
    bool takes_number(const HttpReply& reply);

private:
    RequestSigner(const TabletIdentity& identity, SigningPair pair, RequestNumbers numbers);
    Result<std::uint64_t> next_number();
    void drop_false_order(HttpReply& reply) const;

    std::string enrolment_;
    SigningPair pair_;
    VerifyKey endpoint_;
    RequestNumbers numbers_;
    std::uint64_t last_ = 0;      // given out
    std::uint64_t reserved_ = 0;  // durably
};

// The mark that a request carries; empty where it has none.
wire::RequestMark mark_of(const HttpRequest& request);

// Signs what goes out over `inner`, and proves what comes back.  A number that the endpoint
// corrects costs one request more and nobody hears of it.
class SignedClient : public HttpClient {
public:
    // Both must outlive it.
    SignedClient(HttpClient& inner, RequestSigner& signer) : inner_(inner), signer_(signer) {}
    // Who is signed in from now on; nil: nobody.
    void signed_in(const Uuid& slot) { sign_in_ = slot; }
    Result<HttpReply> exchange(const HttpRequest& request) override;
    // None where nothing was sent, too.
    HttpFault fault() const override { return fault_; }

private:
    HttpClient& inner_;
    HttpFault fault_ = HttpFault::none;
    RequestSigner& signer_;
    Uuid sign_in_{};
};

}  // namespace doorstep
