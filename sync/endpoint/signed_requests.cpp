#include "sync/endpoint/signed_requests.h"

#include "forms/base/encoding.h"
#include "sync/endpoint/replies.h"
#include "sync/store/sql_values.h"
#include "sync/wire/signed_text.h"

namespace doorstep {

namespace {

EndpointResponse unknown() {
    return refusal_response(401, "unknown_tablet",
                            "The endpoint does not know this tablet. Enrol it again; nothing on it is lost.");
}

std::string text_of(const EndpointRequest& request) {
    return wire::request_text(request.method, request.target, request.body, request.mark);
}

Result<std::uint64_t> last_number_of(SqlConnection& sql, const Uuid& enrolment) {
    std::uint64_t number = 0;
    TRY_DO(sql.query("select request_number from tablet where partnership = :partnership and "
                     "enrolment = :enrolment",
                     {{"partnership", home_partnership}, {"enrolment", sql_value(enrolment)}},
                     [&](const SqlRow& row) {
                         number = unsigned_column(row, 0);
                         return false;
                     }));
    return number;
}

// One statement, so that of two endpoints on one database only one takes a request.
Result<bool> take_number(SqlConnection& sql, const wire::SignedBy& mark, std::int64_t now_ms) {
    TRY(const auto rows,
        sql.run("update tablet set request_number = :number, unlocked_ms = case when "
                ":locked = 1 then unlocked_ms else :now end where partnership = :partnership "
                "and enrolment = :enrolment and request_number < :number",
                {{"number", sql_value(mark.number)},
                 {"locked", std::int64_t{mark.locked ? 1 : 0}},
                 {"now", now_ms},
                 {"partnership", home_partnership},
                 {"enrolment", sql_value(mark.enrolment)}}));
    return rows > 0;
}

const VerifyKey& nobody() {
    static const VerifyKey key = SigningPair::from_seed(SecretBytes(std::string(32, 'n'))).public_key;
    return key;
}

}  // namespace

Result<Caller> signed_by(const EndpointRequest& request, SqlConnection& sql, const Clock& clock,
                         const Foreseen* foreseen) {
    const auto mark = wire::read(request.mark);
    if (!mark)
        return Caller(unknown());
    TRY(auto named, find_enrolment(sql, mark->enrolment));
    // A signature is looked at in any case: the time that it takes tells nothing.
    const auto key = named ? VerifyKey{named->verify_key} : nobody();
    const bool good = foreseen && foreseen->key.bytes == key.bytes
                          ? foreseen->good
                          : verify(key, wire::request_purpose, text_of(request), mark->signature);
    if (!named || !good)
        return Caller(unknown());
    TRY(const bool rises, take_number(sql, *mark, clock.now_ms()));
    if (rises)
        return Caller(std::move(*named));
    TRY(const auto last, last_number_of(sql, mark->enrolment));
    return Caller(refusal_response(
        409, "request_number", "This request was answered already, or came after a later one.", last + 1));
}

void sign_reply(const SigningPair& pair, const EndpointRequest& request, EndpointResponse& response) {
    if (request.mark.signature.empty())
        return;
    const auto asked = Sha256::of(text_of(request));
    response.signature = to_base64(sign(
        pair, wire::reply_purpose, wire::reply_text(response.status, response.body, asked, request.mark)));
}

}  // namespace doorstep
