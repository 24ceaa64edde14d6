#include "sync/tablet/judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "sync/wire/app_version.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

using What = SyncState::What;
using Then = Trouble::Then;

constexpr const char* nothing_lost = "Nothing is lost: everything stays on this tablet.";

Trouble unread() {
    return {What::waiting,
            fmt::format("The endpoint's answer arrived damaged. {} It will be tried again.", nothing_lost),
            Then::wait,
            0,
            false,
            SyncTrouble::damaged_answer};
}

Trouble not_reached(const Error& error) {
    if (error.fault == Fault::not_doorstep || error.fault == Fault::refused)
        return {What::not_our_endpoint,
                fmt::format("What answered is not the endpoint. {} {}", error.text(), nothing_lost),
                Then::wait,
                0,
                false,
                SyncTrouble::stranger};
    return {What::offline, fmt::format("{} {} It will be tried again.", error.text(), nothing_lost),
            Then::wait,    0,
            true,          SyncTrouble::no_answer};
}

bool is_page(const HttpReply& reply) {
    const auto type = reply.headers.find("content-type");
    return (type != reply.headers.end() && type->second.find("html") != std::string::npos) ||
           (reply.status >= 300 && reply.status < 400) || reply.status == 511;
}

Trouble stands_between(SyncTrouble kind, const char* words) {
    return {What::not_our_endpoint, fmt::format("{} {}", words, nothing_lost), Then::wait, 0, false, kind};
}

// A sign-in page of a Wi-Fi, a proxy or another program: whatever its status says.
Trouble stranger(const HttpReply& reply) {
    if (reply.status == 407)
        return stands_between(
            SyncTrouble::proxy_sign_in,
            "The proxy wants a name and a password, or others than it was given. Nothing was "
            "sent. Set them under Proxy on the sync page.");
    // What stands before the endpoint, or the proxy, does not reach it.
    if (reply.status == 502 || reply.status == 504)
        return {What::waiting,
                fmt::format("What stands before the endpoint answered that it does not reach it (status {}). "
                            "{} It will be tried again.",
                            reply.status, nothing_lost),
                Then::wait,
                0,
                false,
                SyncTrouble::no_answer};
    if (is_page(reply))
        return stands_between(
            SyncTrouble::captive_portal,
            "This Wi-Fi wants a sign-in, or something stands between this tablet and the endpoint. Nothing "
            "was sent. Sign in to the Wi-Fi, or use another network.");
    return stands_between(SyncTrouble::stranger,
                          "Something answered that is not the Doorstep endpoint. Nothing was sent. Check the "
                          "network and the address of the endpoint.");
}

// Whole and well-formed, and yet nobody's who has the keys of our centre.
Trouble unproven() {
    return {
        What::not_our_endpoint,
        fmt::format("The answer is not from your endpoint: it was not signed by it. Nothing of it counts. "
                    "{} It will be tried again; if it stays so, check the network and the address of "
                    "the endpoint.",
                    nothing_lost),
        Then::wait,
        0,
        false,
        SyncTrouble::stranger};
}

// Said before a request has come to whoever has the keys; costs a wait and nothing else.
bool may_be_unsigned(int status) {
    return status == 408 || status == 413 || status == 429 || status == 431 || status == 503;
}

std::int64_t retry_after_ms(const HttpReply& reply) {
    const auto found = reply.headers.find("retry-after");
    if (found == reply.headers.end())
        return 0;
    std::int64_t seconds = 0;
    const std::string& text = found->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size() || seconds <= 0)
        return 0;
    return std::min(seconds, limits::retry_after_ms_max / 1000) * 1000;
}

Trouble conflict(const HttpReply& reply) {
    const auto refusal = wire::decode_refusal(reply.body);
    if (refusal.ok() && refusal->code == "fork")
        return copied_storage();
    if (refusal.ok() && refusal->code == "request_number")
        return {What::waiting,
                fmt::format("The endpoint had answered this request before. {} It will be tried again.",
                            nothing_lost),
                Then::wait,
                0,
                false,
                SyncTrouble::elsewhere};
    return {What::waiting,
            fmt::format("The endpoint stands elsewhere than this tablet thought. {} Both are compared again.",
                        nothing_lost),
            Then::ask_status,
            0,
            false,
            SyncTrouble::elsewhere};
}

Trouble refusal(const HttpReply& reply) {
    switch (reply.status) {
    case 401:
        return {
            What::refused,
            fmt::format("The endpoint does not know this tablet, or its enrolment was ended. {} Ask for the "
                        "tablet to be enrolled again, then sync.",
                        nothing_lost),
            Then::stop,
            0,
            false,
            SyncTrouble::not_known};
    case 403:
        return {What::refused,
                fmt::format("The centre ended this tablet's enrolment. {} Bring the tablet to the centre.",
                            nothing_lost),
                Then::stop,
                0,
                false,
                SyncTrouble::not_known};
    case 409:
        return conflict(reply);
    case 413:
        return {
            What::waiting,
            fmt::format("The endpoint found one sending too large. {} Less is sent next time.", nothing_lost),
            Then::wait,
            0,
            true,
            SyncTrouble::busy,
            true};
    case 426:
        return {
            What::refused,
            fmt::format("This Doorstep is too old for the endpoint. {} Update it, then sync.", nothing_lost),
            Then::stop,
            0,
            false,
            SyncTrouble::too_old};
    case 429:
        return {
            What::waiting,
            fmt::format("The endpoint asks this tablet to wait. {} It will be tried again.", nothing_lost),
            Then::wait,
            retry_after_ms(reply),
            false,
            SyncTrouble::busy};
    case 503:
        return {What::waiting,
                fmt::format("The endpoint is busy, or its disk is full. {} It will be tried again.",
                            nothing_lost),
                Then::wait,
                retry_after_ms(reply),
                false,
                SyncTrouble::busy};
    default:
        return {What::waiting,
                fmt::format("The endpoint did not take what was sent (status {}). {} It will be tried again.",
                            reply.status, nothing_lost),
                Then::wait, retry_after_ms(reply), false};
    }
}

// What every reply must pass before its body is looked at.
std::optional<Trouble> trouble_with(const Result<HttpReply>& reply) {
    if (!reply.ok())
        return not_reached(reply.error());
    if (reply->headers.count("doorstep-endpoint") == 0)
        return stranger(*reply);
    if (!reply->proven && !may_be_unsigned(reply->status))
        return unproven();
    if (reply->status != 200)
        return refusal(*reply);
    return std::nullopt;
}

bool has(const wire::MediaReply& reply, const PieceSent& sent) {
    if (reply.media.size() != 1 || reply.media.front().sha256 != sent.media)
        return false;
    const auto& stand = reply.media.front();
    return stand.complete || (sent.number < stand.have.size() && stand.have[sent.number]);
}

Trouble other_epoch() {
    return {What::waiting,
            fmt::format("The endpoint was restored from a backup. {} Both are compared again.", nothing_lost),
            Then::ask_status,
            0,
            false,
            SyncTrouble::elsewhere};
}

}  // namespace

std::vector<ChainMark> chain_marks(const Sha256& before, const std::vector<wire::Envelope>& envelopes) {
    std::vector<ChainMark> marks;
    Sha256 chained = before;
    for (const auto& envelope : envelopes) {
        chained = wire::chain(chained, envelope);
        marks.push_back({envelope.last_sequence(), chained});
    }
    return marks;
}

std::variant<wire::TabletReply, Trouble> judge_status(const Result<HttpReply>& reply) {
    if (auto trouble = trouble_with(reply))
        return *trouble;
    auto decoded = wire::decode_tablet_reply(reply->body);
    if (!decoded.ok())
        return unread();
    return std::move(*decoded);
}

std::variant<wire::PushReply, Trouble> judge_push(const Result<HttpReply>& reply, const Uuid& epoch,
                                                  const std::vector<ChainMark>& sent) {
    if (auto trouble = trouble_with(reply))
        return *trouble;
    auto decoded = wire::decode_push_reply(reply->body);
    if (!decoded.ok())
        return unread();
    if (decoded->epoch != epoch)
        return other_epoch();
    const bool ours = std::any_of(sent.begin(), sent.end(), [&](const ChainMark& mark) {
        return mark.sequence == decoded->acked_through && mark.chain == decoded->chain;
    });
    if (!ours)
        return Trouble{
            What::waiting,
            fmt::format("The endpoint acknowledged something that was not sent. It does not count. {} "
                        "Both are compared again.",
                        nothing_lost),
            Then::ask_status,
            0,
            false,
            SyncTrouble::elsewhere};
    return std::move(*decoded);
}

namespace {

// Whether that is a page of what was asked for, and no other.
bool answers(const wire::PullReply& page, const PullAsked& asked) {
    const auto from = asked.history ? asked.history->at : asked.cursor;
    const bool every = asked.scope.empty();
    if (page.from != from || page.scope != (every ? std::string{} : wire::scope_name(asked.scope)) ||
        (page.more && page.cursor <= from))
        return false;
    if (asked.history ? page.patch != asked.history->patch || page.through != asked.history->through ||
                            page.cursor > page.through || page.more != (page.cursor < page.through)
                      : page.patch.has_value())
        return false;
    // The feed has no holes, so neither may a page of all of it.
    if (every)
        return page.cursor - from == page.operations.size();
    return std::all_of(page.operations.begin(), page.operations.end(), [&](const wire::PulledOperation& one) {
        const auto patch = one.patch.value_or(std::string{});
        return asked.history ? patch == asked.history->patch
                             : patch.empty() || std::find(asked.scope.begin(), asked.scope.end(), patch) !=
                                                    asked.scope.end();
    });
}

}  // namespace

std::variant<wire::PullReply, Trouble> judge_pull(const Result<HttpReply>& reply, const PullAsked& asked) {
    if (auto trouble = trouble_with(reply))
        return *trouble;
    auto decoded = wire::decode_pull_reply(reply->body);
    if (!decoded.ok())
        return unread();
    if (decoded->epoch != asked.epoch)
        return other_epoch();
    // What is another tablet's own stands in its page as ids only: taken for ours, the
    // facts behind them would never come.
    if (decoded->enrolment != asked.enrolment || !answers(*decoded, asked))
        return unread();
    return std::move(*decoded);
}

// A part of a history that the endpoint holds otherwise is kept aside there: handed over too.
std::variant<RescueVerdict, Trouble> judge_rescue(const Result<HttpReply>& reply) {
    if (!reply.ok() || reply->headers.count("doorstep-endpoint") == 0 || !reply->proven ||
        reply->status == 401)
        return *trouble_with(reply);
    if (reply->status == 200) {
        if (!wire::decode_push_reply(reply->body).ok())
            return unread();
        return RescueVerdict{};
    }
    const auto refused = wire::decode_refusal(reply->body);
    if (refused.ok() && refused->code == "fork")
        return RescueVerdict{};
    if (refused.ok() && refused->code == "bad_rescue")
        return RescueVerdict{true, "What this tablet carries for another one: " + refused->what};
    auto trouble = refusal(*reply);
    trouble.then = Then::wait;
    return trouble;
}

std::variant<wire::ParcelList, Trouble> judge_parcel_list(const Result<HttpReply>& reply) {
    if (auto trouble = trouble_with(reply))
        return *trouble;
    auto list = wire::decode_parcel_list(reply->body);
    if (!list.ok())
        return unread();
    return std::move(*list);
}

std::variant<std::string, Trouble> judge_parcel_part(const Result<HttpReply>& reply,
                                                     const ParcelWant& asked) {
    if (auto trouble = trouble_with(reply)) {
        // Another one was published since the list came.
        if (reply.ok() && reply->proven && reply->status == 404)
            trouble->then = Then::ask_status;
        return *trouble;
    }
    if (reply->body.empty() || reply->body.size() > asked.bytes - std::min(asked.bytes, asked.from))
        return unread();
    return reply->body;
}

std::variant<wire::MediaReply, MediaVerdict, Trouble>
judge_media(const Result<HttpReply>& reply, const Uuid& epoch, const std::optional<PieceSent>& sent) {
    if (auto trouble = trouble_with(reply)) {
        const bool told = reply.ok() && reply->proven && (reply->status == 404 || reply->status == 409);
        const auto refused = told ? wire::decode_refusal(reply->body) : Result<wire::Refusal>(Error{});
        if (refused.ok() && refused->code == "altered")
            return MediaVerdict::altered;
        if (refused.ok() && refused->code == "unnamed")
            return MediaVerdict::unnamed;
        return *trouble;
    }
    auto decoded = wire::decode_media_reply(reply->body);
    if (!decoded.ok() || (sent && !has(*decoded, *sent)))
        return unread();
    if (decoded->epoch != epoch)
        return other_epoch();
    return std::move(*decoded);
}

Trouble not_as_published(const Error& error) {
    return {What::waiting,
            fmt::format("{} The questionnaires and addresses of this tablet stay as they were. {}",
                        error.text(), nothing_lost),
            Then::wait,
            0,
            false,
            SyncTrouble::damaged_answer};
}

std::optional<Trouble> judge_app(std::string_view version, const std::string& min_app) {
    if (!wire::is_older(version, min_app))
        return std::nullopt;
    return Trouble{What::refused,
                   fmt::format("This Doorstep is too old for the endpoint, which asks for {}. {} What is "
                               "recorded here is still sent; what others recorded comes when it is updated.",
                               min_app, nothing_lost),
                   Then::wait,
                   0,
                   false,
                   SyncTrouble::too_old};
}

void tell_apart(Trouble& trouble, HttpFault fault) {
    switch (fault) {
    case HttpFault::sign_in_wanted:
        trouble.kind = SyncTrouble::captive_portal;
        break;
    case HttpFault::unknown_certificate:
    case HttpFault::wrong_name:
    case HttpFault::old_tls:
        trouble.kind = SyncTrouble::certificate;
        break;
    case HttpFault::expired:
    case HttpFault::not_yet_valid:
        // The endpoint's may have run out, too; the words say both.
        trouble.what = What::wrong_clock;
        trouble.kind = SyncTrouble::wrong_clock;
        break;
    case HttpFault::proxy_not_reached:
    case HttpFault::proxy_refused:
        trouble.kind = SyncTrouble::proxy;
        break;
    case HttpFault::proxy_sign_in:
        trouble.kind = SyncTrouble::proxy_sign_in;
        break;
    default:
        break;  // as the error says
    }
}

Trouble copied_storage() {
    return {
        What::refused,
        fmt::format("The endpoint holds another history of this tablet: its storage was copied or set back. "
                    "{} Ask for the tablet to be enrolled again.",
                    nothing_lost),
        Then::stop,
        0,
        false,
        SyncTrouble::copied};
}

}  // namespace doorstep
