// An agency with an interface of its own: one signed POST a referral, and a question by id.
//
//   POST {url}                  the referral (as_json), Idempotency-Key: its id
//                               2xx {"referral": ID, "id": THEIRS}
//   GET  {url}/{ID}             200 {"referral": ID, "held": true, "id", "state", "note", "at"}, the
//                               last four optional; 404 {"referral": ID, "held": false}
//   POST {url}/{ID}/withdrawal  {"referral": ID, "withdrawn": INSTANT}; 2xx {"referral": ID}
//
// Every request carries Doorstep-Time (milliseconds since 1970) and Doorstep-Signature, over
// METHOD SP PATH LF TIME LF BODY:
//   "hmac-sha256=HEX" with the secret agreed on, or
//   "ed25519=HEX" with the endpoint's signing key, over the byte 19, "doorstep-agency-v1", LF and that.
// An answer that does not name the referral proves nothing, whatever its status: a sign-in page
// says 200, and any server 404.
#pragma once

#include <string>
#include <string_view>

#include "sync/agencies/attempt.h"
#include "sync/http/http_client.h"

namespace doorstep {

// What is signed.
std::string signed_text_of(const HttpRequest& request, std::int64_t at_ms);
// It lives for itself, on any one thread.  refused: the secret does not open, or there are no keys;
// each in words.
Result<WebhookSigner> webhook_signer(const AgencyLine& line, const WorkingKeys* keys);

class WebhookAdapter final : public AgencyAdapter {
public:
    // `http` is of the place's origin and outlives it.
    WebhookAdapter(HttpClient& http, std::string path, bool can_be_asked, WebhookSigner signer,
                   const Clock& clock, Random& random)
        : http_(http), path_(std::move(path)), can_be_asked_(can_be_asked), signer_(std::move(signer)),
          clock_(clock), random_(random) {}

    Delivery send(const Parcel& parcel) override;
    Delivery ask(const Parcel& parcel) override;
    Delivery withdraw(const Parcel& parcel) override;
    // Asks for a referral that nobody has.
    Result<void> test(const std::string& agency) override;

private:
    Result<HttpReply> exchange(HttpRequest request);
    Delivery question(const Uuid& referral, const std::string& agency);

    HttpClient& http_;
    std::string path_;
    bool can_be_asked_;
    WebhookSigner signer_;
    const Clock& clock_;
    Random& random_;
};

}  // namespace doorstep
