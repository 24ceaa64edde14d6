#include "sync/agencies/webhook.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "forms/base/calendar.h"
#include "forms/base/encoding.h"
#include "sync/agencies/answers.h"
#include "sync/agencies/answers_file.h"
#include "sync/vault/hmac.h"
#include "sync/vault/sealed_box.h"

namespace doorstep {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view content_type = "application/vnd.doorstep.referral+json; v=1";
constexpr std::string_view signing_purpose = "doorstep-agency-v1\n";
constexpr std::size_t their_id_bytes_max = 200;

constexpr const char* not_the_agency =
    "What answered does not name the referral: it may be a sign-in page or another program.";

std::string text_in(const Json& json, const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

// Nothing unless the answer is of this referral.
std::optional<Json> about(const HttpReply& reply, const Uuid& referral) {
    auto json = Json::parse(reply.body, nullptr, false);
    if (!json.is_object() || Uuid::parse(text_in(json, "referral")) != referral)
        return std::nullopt;
    return json;
}

std::optional<bool> says_held(const Json& json) {
    const auto held = json.find("held");
    return held != json.end() && held->is_boolean() ? std::optional(held->get<bool>()) : std::nullopt;
}

std::string their_id(const Json& json) {
    auto id = text_in(json, "id");
    return id.size() <= their_id_bytes_max && is_utf8(id) ? id : std::string{};
}

std::optional<AgencyAnswer> answer_in(const Json& json, const Uuid& referral, const std::string& agency) {
    const auto said = answer_word(text_in(json, "state"));
    if (!said)
        return std::nullopt;
    AgencyAnswer answer{referral, agency, said->state, said->reopened, text_in(json, "note"), 0};
    if (answer.note.size() > answer_note_bytes_max)
        answer.note.clear();
    answer.at_ms = instant_in(text_in(json, "at")).value_or(0);
    return answer;
}

bool is_good(int status) {
    return status >= 200 && status <= 202;
}

// Of what was not taken in.
Delivery not_taken(int status) {
    const auto problem = [&](std::string_view what) {
        return fmt::format("The agency's system {} ({}).", what, status);
    };
    if (status == 425 || status == 429)
        return {Came::not_there, {}, problem("asks to be called later")};
    if (status == 408 || status == 409 || status < 300 || status >= 500)
        return {Came::unknown, {}, problem("did not say whether it took the referral")};
    if (status < 400)
        return {Came::refused, {}, problem("has moved to another address")};
    return {Came::refused, {}, problem("refused it")};
}

}  // namespace

std::string signed_text_of(const HttpRequest& request, std::int64_t at_ms) {
    return fmt::format("{} {}\n{}\n{}", request.method, request.path, at_ms, request.body);
}

Result<WebhookSigner> webhook_signer(const AgencyLine& line, const WorkingKeys* keys) {
    if (!keys)
        return Error{Fault::refused, "The endpoint has no keys to sign with.",
                     "Make them with doorstep-endpoint keys make."};
    if (line.signing == WebhookSigning::ed25519)
        return WebhookSigner(
            [pair = std::make_shared<SigningPair>(keys->signing.duplicate())](std::string_view text) {
                return "ed25519=" + to_hex(sign(*pair, signing_purpose, text));
            });
    auto opened = open_sealed(keys->sealing, line.sealed_secret);
    if (!opened)
        return Error{Fault::refused, fmt::format("The secret of the agency {} does not open.", line.agency),
                     "Set it again: agencies set, with --secret-file."};
    const auto secret = std::make_shared<SecretText>(std::move(*opened));
    return WebhookSigner([secret](std::string_view text) {
        return "hmac-sha256=" + to_hex(hmac_sha256(secret->view(), text));
    });
}

Result<HttpReply> WebhookAdapter::exchange(HttpRequest request) {
    const auto at = clock_.now_ms();
    request.headers.emplace_back("Doorstep-Time", fmt::format("{}", at));
    request.headers.emplace_back("Doorstep-Signature", signer_(signed_text_of(request, at)));
    return http_.exchange(request);
}

Delivery WebhookAdapter::send(const Parcel& parcel) {
    if (!parcel.message)
        return {Came::not_there, {}, "There is nothing to send."};
    HttpRequest request{"POST", path_.empty() ? "/" : path_, std::string(content_type),
                        as_json(*parcel.message)};
    request.headers.emplace_back("Idempotency-Key", parcel.referral.text());
    const auto reply = exchange(std::move(request));
    if (!reply.ok())
        return {Came::unknown, {}, "The agency's system did not answer."};
    if (!is_good(reply->status))
        return not_taken(reply->status);
    const auto json = about(*reply, parcel.referral);
    return json ? Delivery{Came::held, their_id(*json), {}, answer_in(*json, parcel.referral, parcel.agency)}
                : Delivery{Came::unknown, {}, not_the_agency};
}

Delivery WebhookAdapter::question(const Uuid& referral, const std::string& agency) {
    const auto reply = exchange({"GET", path_ + "/" + referral.text(), {}, {}});
    if (!reply.ok())
        return {Came::unknown, {}, "The agency's system did not answer."};
    const auto json = about(*reply, referral);
    if (!json)
        return {Came::unknown, {}, not_the_agency};
    const auto held = says_held(*json);
    if (reply->status == 200 && held == true)
        return {Came::held, their_id(*json), {}, answer_in(*json, referral, agency)};
    if (reply->status == 404 && held == false)
        return {Came::not_there, {}, {}};
    return {Came::unknown, {}, fmt::format("The agency's system answered unclearly ({}).", reply->status)};
}

Delivery WebhookAdapter::ask(const Parcel& parcel) {
    if (!can_be_asked_)
        return {Came::unknown, {}, "The agency's system cannot be asked."};
    return question(parcel.referral, parcel.agency);
}

Delivery WebhookAdapter::withdraw(const Parcel& parcel) {
    const Json body{{"referral", parcel.referral.text()}, {"withdrawn", instant_text(parcel.at_ms, 0)}};
    HttpRequest request{"POST", path_ + "/" + parcel.referral.text() + "/withdrawal",
                        std::string(content_type), body.dump()};
    request.headers.emplace_back("Idempotency-Key", parcel.referral.text() + ":withdrawal");
    const auto reply = exchange(std::move(request));
    if (!reply.ok())
        return {Came::unknown, {}, "The agency's system did not answer."};
    const auto json = about(*reply, parcel.referral);
    if (is_good(reply->status))
        return json ? Delivery{Came::held, {}, {}} : Delivery{Came::unknown, {}, not_the_agency};
    if (reply->status == 404 && json && says_held(*json) == false)
        return {Came::not_there, {}, {}};
    auto refused = not_taken(reply->status);
    // "Later" says of a referral that it is not there; of a withdrawal, that nobody was told.
    if (refused.came == Came::not_there)
        refused.came = Came::unknown;
    return refused;
}

Result<void> WebhookAdapter::test(const std::string& agency) {
    const auto nobodys = question(Uuid::random(random_), agency);
    if (nobodys.came == Came::not_there)
        return {};
    if (nobodys.came == Came::held)
        return Error{Fault::refused, "The agency's system says that it holds a referral that nobody made.",
                     "Do not send to it before that is mended."};
    return Error{Fault::unreachable, nobodys.problem,
                 "Check the address with the agency, and that GET {url}/{id} answers."};
}

}  // namespace doorstep
