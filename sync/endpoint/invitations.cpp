#include "sync/endpoint/invitations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "sync/endpoint/audit.h"
#include "sync/endpoint/endpoint_state.h"
#include "sync/endpoint/replies.h"
#include "sync/store/row_locks.h"
#include "sync/store/sql_values.h"
#include "sync/vault/check_words.h"
#include "sync/vault/hmac.h"
#include "sync/vault/sealing.h"
#include "sync/wire/enrolment.h"
#include "sync/wire/invitation.h"

namespace doorstep {

namespace {

constexpr std::array<std::string_view, 5> state_words = {"open", "spent", "waiting", "approved", "declined"};

std::string state_text(InvitationState state) {
    return std::string(state_words.at(static_cast<std::size_t>(state)));
}

InvitationState state_named(std::string_view word) {
    const auto at = std::find(state_words.begin(), state_words.end(), word) - state_words.begin();
    return at < 5 ? static_cast<InvitationState>(at) : InvitationState::declined;
}

// Of a code, and of an address: without the endpoint's key nobody finds either by trying all there are.
std::string keyed_hash(const WorkingKeys& keys, std::string_view kind, std::string_view what) {
    const auto key = derive(SecretBytes(keys.sealing.secret_key.view()), "doorstep enrolment codes 1");
    return hmac_sha256(key.view(), std::string(kind) + "\n" + std::string(what));
}

struct InvitationRow {
    std::string tablet;
    std::string code_hash;
    InvitationState state = InvitationState::open;
    int wrong_tries = 0;
    std::int64_t until_ms = 0;
    std::int64_t asked_ms = 0;
    std::string verify_key;
    std::string authority_pins;
    Uuid enrolment;
};

constexpr std::string_view columns_of_invitation =
    "select tablet, code_hash, state, wrong_tries, until_ms, asked_ms, verify_key, authority_pins, enrolment "
    "from invitation where partnership = :partnership and until_ms > :now";

InvitationRow invitation_of(const SqlRow& row) {
    return {row.text(0),
            row.blob(1),
            state_named(row.text(2)),
            static_cast<int>(row.integer(3)),
            row.integer(4),
            row.integer(5),
            row.blob(6),
            row.blob(7),
            Uuid::from_bytes(row.blob(8)).value_or(Uuid{})};
}

Result<std::vector<InvitationRow>> rows_where(SqlConnection& sql, std::string_view more,
                                              std::vector<SqlParameter> parameters, std::int64_t now_ms) {
    std::vector<InvitationRow> found;
    parameters.push_back({"partnership", home_partnership});
    parameters.push_back({"now", now_ms});
    TRY_DO(
        sql.query(std::string(columns_of_invitation) + std::string(more), parameters, [&](const SqlRow& row) {
            found.push_back(invitation_of(row));
            return true;
        }));
    return found;
}

wire::CentreKeys centre_keys(const WorkingKeys& keys, const std::string& authority_pins) {
    return {keys.sealing.public_key.bytes, keys.signing.public_key.bytes, keys.safeguarding.bytes,
            keys.recovery.bytes, authority_pins};
}

Error no_keys() {
    return {Fault::refused, "This endpoint has no keys yet to give to a tablet.",
            "Make them with doorstep-endpoint keys make."};
}

Error nobody_waits() {
    return {Fault::not_found, "No tablet of that name or code waits for a word.",
            "Look at doorstep-endpoint tablets waiting; a code that has run out is made anew."};
}

// By its name, else by its code.
Result<InvitationRow> invitation_named(SqlConnection& sql, const WorkingKeys& keys, const std::string& named,
                                       std::int64_t now_ms) {
    TRY(auto rows,
        rows_where(sql, " and tablet = :tablet" + std::string(for_update(sql)), {{"tablet", named}}, now_ms));
    if (rows.empty())
        if (const auto code = wire::read_code(named)) {
            const auto hash = keyed_hash(keys, "code", *code);
            TRY(rows, rows_where(sql, " and code_hash = :hash" + std::string(for_update(sql)),
                                 {{"hash", Blob{hash}}}, now_ms));
        }
    if (rows.empty())
        return nobody_waits();
    return rows.front();
}

// --- the tablet's question ---------------------------------------------------

constexpr int wait_after_tries_s = 15 * 60;

EndpointResponse wrong_code() {
    return refusal_response(
        403, "code",
        "This code does not hold: it was mistyped, was used, or is too old. Ask the centre "
        "for a new one.");
}

EndpointResponse too_many_tries() {
    auto response = refusal_response(429, "busy",
                                     "Too many wrong codes came from this network within an hour. Wait, then "
                                     "ask the centre for a new code.");
    response.retry_after_s = wait_after_tries_s;
    return response;
}

// Those of the last hour; how many, and which of the twenty places is free.
struct WrongTries {
    int count = 0;
    std::int64_t free_place = 0;
};
Result<WrongTries> wrong_tries_of(SqlConnection& sql, const std::string& address, std::int64_t now_ms) {
    TRY_DO(sql.run("delete from enrolment_try where partnership = :partnership and at_ms <= :before",
                   {{"partnership", home_partnership}, {"before", now_ms - tries_of_address_ms}}));
    WrongTries tries;
    TRY_DO(sql.query("select place from enrolment_try where partnership = :partnership and "
                     "address = :address order by place",
                     {{"partnership", home_partnership}, {"address", Blob{address}}}, [&](const SqlRow& row) {
                         ++tries.count;
                         tries.free_place += row.integer(0) == tries.free_place ? 1 : 0;
                         return true;
                     }));
    return tries;
}

Result<void> count_address(SqlConnection& sql, const std::string& address, std::int64_t place,
                           std::int64_t now_ms) {
    TRY_DO(sql.run(
        "insert into enrolment_try(partnership, address, place, at_ms) "
        "values(:partnership, :address, :place, :now) on conflict(partnership, address, place) "
        "do update set at_ms = excluded.at_ms",
        {{"partnership", home_partnership}, {"address", Blob{address}}, {"place", place}, {"now", now_ms}}));
    return {};
}

// The first two characters say which code was meant.  After the fifth it is spent.
Result<void> count_codes(Call& call, const std::vector<InvitationRow>& meant) {
    for (const auto& row : meant) {
        if (row.state != InvitationState::open)
            continue;
        const int tries = row.wrong_tries + 1;
        const auto state = tries >= tries_of_code ? InvitationState::spent : InvitationState::open;
        TRY_DO(call.transaction.sql().run("update invitation set wrong_tries = :tries, state = :state where "
                                          "partnership = :partnership and tablet = :tablet",
                                          {{"tries", std::int64_t{tries}},
                                           {"state", state_text(state)},
                                           {"partnership", home_partnership},
                                           {"tablet", row.tablet}}));
        if (state == InvitationState::spent)
            TRY_DO(note_in_audit(call.transaction.sql(), call.clock,
                                 {"endpoint", "enrol-code-spent", "tablet " + row.tablet, {}}));
    }
    return {};
}

Result<void> begin_to_wait(Call& call, InvitationRow& row, const wire::EnrolmentRequest& asked) {
    const auto now_ms = call.clock.now_ms();
    TRY_DO(call.transaction.sql().run(
        "update invitation set state = :state, verify_key = :key, asked_ms = :now, until_ms = :until where "
        "partnership = :partnership and tablet = :tablet",
        {{"state", state_text(InvitationState::waiting)},
         {"key", Blob{asked.verify_key}},
         {"now", now_ms},
         {"until", now_ms + waiting_lives_ms},
         {"partnership", home_partnership},
         {"tablet", row.tablet}}));
    row.state = InvitationState::waiting;
    return note_in_audit(call.transaction.sql(), call.clock,
                         {"tablet " + row.tablet, "enrol-asked", "tablet " + row.tablet, {}});
}

EndpointResponse answer_of(const Call& call, const InvitationRow& row, const wire::EnrolmentRequest& asked) {
    using wire::EnrolmentState;
    wire::EnrolmentAnswer answer;
    answer.state = row.state == InvitationState::approved  ? EnrolmentState::approved
                   : row.state == InvitationState::waiting ? EnrolmentState::waiting
                                                           : EnrolmentState::declined;
    answer.centre = centre_keys(*call.keys, row.authority_pins);
    answer.enrolment = row.enrolment;
    answer.tablet = row.tablet;
    answer.signature =
        sign(call.keys->signing, wire::enrolment_answer_purpose, wire::signed_text(answer, asked));
    return {200, wire::content_type_json, wire::encode(answer), 0, {}};
}

}  // namespace

Result<EndpointResponse> ask_for_enrolment(Call& call) {
    if (call.request.body.size() > wire::enrolment_request_bytes_max)
        return refusal_response(413, "too_large", "To be enrolled takes at most 1 KiB.");
    const auto asked = wire::decode_enrolment_request(call.request.body);
    if (!asked.ok() || !verify(VerifyKey{asked->verify_key}, wire::enrolment_request_purpose,
                               wire::signed_text(*asked), asked->signature))
        return refusal_response(400, "bad_request", "This is not how a tablet asks to be enrolled.");
    if (!call.keys)
        return busy_response(no_keys());
    auto& sql = call.transaction.sql();
    const auto now_ms = call.clock.now_ms();
    const auto selector = asked->code.substr(0, wire::code_selector_characters);
    TRY(auto meant,
        rows_where(sql, " and selector = :selector order by tablet" + std::string(for_update(sql)),
                   {{"selector", selector}}, now_ms));
    const auto hash = keyed_hash(*call.keys, "code", asked->code);
    InvitationRow* right = nullptr;
    for (auto& row : meant)
        if (same_bytes(row.code_hash, hash))
            right = &row;
    // Whoever waits asks with its own key; that is no try.
    if (right && !right->verify_key.empty() && same_bytes(right->verify_key, asked->verify_key))
        return answer_of(call, *right, *asked);
    const auto address = keyed_hash(*call.keys, "address", call.request.from);
    TRY(const auto tries, wrong_tries_of(sql, address, now_ms));
    if (tries.count >= tries_of_address)
        return too_many_tries();
    if (right && right->state == InvitationState::open) {
        TRY_DO(begin_to_wait(call, *right, *asked));
        return answer_of(call, *right, *asked);
    }
    TRY_DO(count_address(sql, address, tries.free_place, now_ms));
    TRY_DO(count_codes(call, meant));
    return wrong_code();
}

// --- the operator's commands -------------------------------------------------

Result<NewCode> invite_tablet(Endpoint& endpoint, const std::string& tablet,
                              const std::string& authority_pins, const std::string& who) {
    TRY_DO(check_tablet_name(tablet));
    const auto* keys = endpoint.keys();
    if (!keys)
        return no_keys();
    auto& store = endpoint.store();
    const auto now_ms = store.clock().now_ms();
    TRY(auto transaction, store.begin());
    auto& sql = transaction.sql();
    TRY_DO(sql.run("delete from invitation where partnership = :partnership and until_ms <= :now",
                   {{"partnership", home_partnership}, {"now", now_ms}}));
    TRY(const auto open, rows_where(sql, " and state = 'open'", {}, now_ms));
    if (static_cast<std::int64_t>(open.size()) >= open_invitations_max)
        return Error{Fault::refused, fmt::format("{} codes are open already.", open.size()),
                     "Use them, or wait until they run out."};
    NewCode made{wire::code_of(random_bytes(wire::code_bytes)), now_ms + code_lives_ms};
    TRY_DO(sql.run(
        "insert into invitation(partnership, tablet, selector, code_hash, state, wrong_tries, made_ms, "
        "until_ms, asked_ms, verify_key, authority_pins, enrolment) values(:partnership, :tablet, :selector, "
        ":hash, 'open', 0, :now, :until, 0, :none, :pins, :none) on conflict(partnership, tablet) do update "
        "set selector = excluded.selector, code_hash = excluded.code_hash, state = excluded.state, "
        "wrong_tries = 0, made_ms = excluded.made_ms, until_ms = excluded.until_ms, asked_ms = 0, "
        "verify_key = excluded.verify_key, authority_pins = excluded.authority_pins, "
        "enrolment = excluded.enrolment",
        {{"partnership", home_partnership},
         {"tablet", tablet},
         {"selector", made.code.substr(0, wire::code_selector_characters)},
         {"hash", Blob{keyed_hash(*keys, "code", made.code)}},
         {"now", now_ms},
         {"until", made.until_ms},
         {"none", Blob{}},
         {"pins", Blob{authority_pins}}}));
    TRY_DO(note_in_audit(sql, store.clock(), {who, "enrol-code", "tablet " + tablet, {}}));
    TRY_DO(transaction.commit());
    return made;
}

namespace {

Result<InvitedTablet> invited(const WorkingKeys& keys, const InvitationRow& row) {
    InvitedTablet one{row.tablet, row.state, row.until_ms, row.asked_ms, row.wrong_tries};
    if (row.state == InvitationState::waiting) {
        TRY(one.words, check_words(tablet_words,
                                   wire::words_text(row.verify_key, centre_keys(keys, row.authority_pins))));
    }
    return one;
}

}  // namespace

Result<std::vector<InvitedTablet>> invited_tablets(Endpoint& endpoint) {
    const auto* keys = endpoint.keys();
    if (!keys)
        return no_keys();
    auto& store = endpoint.store();
    TRY(const auto rows, rows_where(store.sql(), " order by tablet", {}, store.clock().now_ms()));
    std::vector<InvitedTablet> found;
    for (const auto& row : rows) {
        TRY(auto one, invited(*keys, row));
        found.push_back(std::move(one));
    }
    return found;
}

Result<InvitedTablet> waiting_tablet(Endpoint& endpoint, const std::string& named) {
    const auto* keys = endpoint.keys();
    if (!keys)
        return no_keys();
    auto& store = endpoint.store();
    TRY(const auto row, invitation_named(store.sql(), *keys, named, store.clock().now_ms()));
    return row.state == InvitationState::waiting ? invited(*keys, row) : nobody_waits();
}

Result<Enrolment> approve_tablet(Endpoint& endpoint, const std::string& named, const std::string& words,
                                 const std::string& who) {
    const auto* keys = endpoint.keys();
    if (!keys)
        return no_keys();
    auto& store = endpoint.store();
    TRY(const auto row, invitation_named(store.sql(), *keys, named, store.clock().now_ms()));
    if (row.state != InvitationState::waiting)
        return nobody_waits();
    TRY(const auto shown, invited(*keys, row));
    if (!same_words(words, shown.words))
        return Error{Fault::refused,
                     "These are not the four words of the tablet that waits: it may be another one, or "
                     "something stands between.",
                     "Compare them with its screen. If they differ: doorstep-endpoint tablets decline."};
    const auto approve = [&](SqlConnection& sql, const Enrolment& made) -> Result<void> {
        TRY(const auto changed,
            sql.run(
                "update invitation set state = 'approved', enrolment = :enrolment, until_ms = :until where "
                "partnership = :partnership and tablet = :tablet and state = 'waiting' and "
                "verify_key = :key",
                {{"enrolment", sql_value(made.enrolment)},
                 {"until", store.clock().now_ms() + approved_lives_ms},
                 {"partnership", home_partnership},
                 {"tablet", row.tablet},
                 {"key", Blob{row.verify_key}}}));
        return changed == 1 ? Result<void>() : nobody_waits();
    };
    return endpoint.enrol_with_key(row.tablet, VerifyKey{row.verify_key}, who, approve);
}

Result<std::string> decline_tablet(Endpoint& endpoint, const std::string& named, const std::string& who) {
    const auto* keys = endpoint.keys();
    if (!keys)
        return no_keys();
    auto& store = endpoint.store();
    TRY(auto transaction, store.begin());
    TRY(const auto row, invitation_named(transaction.sql(), *keys, named, store.clock().now_ms()));
    if (row.state == InvitationState::approved)
        return Error{Fault::conflict, "That tablet is enrolled already.",
                     "End its enrolment: doorstep-endpoint tablets revoke."};
    TRY_DO(transaction.sql().run("update invitation set state = 'declined' where partnership = :partnership "
                                 "and tablet = :tablet",
                                 {{"partnership", home_partnership}, {"tablet", row.tablet}}));
    TRY_DO(
        note_in_audit(transaction.sql(), store.clock(), {who, "enrol-decline", "tablet " + row.tablet, {}}));
    TRY_DO(transaction.commit());
    return row.tablet;
}

}  // namespace doorstep
