// Letting a tablet in by a code: what a code stands, what strangers learn, and who decides.
#include "sync/endpoint/invitations.h"

#include <set>

#include "sync/vault/check_words.h"
#include "sync/wire/enrolment.h"
#include "sync/wire/invitation.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

const std::string pins(32, 'p');
constexpr std::string_view home_address = "192.0.2.7";

// A tablet that has made its keys.
struct Newcomer {
    SigningPair pair = SigningPair::make();

    wire::EnrolmentRequest question(const std::string& code) const {
        wire::EnrolmentRequest request{code, pair.public_key.bytes, {}};
        request.signature = sign(pair, wire::enrolment_request_purpose, wire::signed_text(request));
        return request;
    }
};

EndpointRequest posted(const std::string& body, std::string_view from = home_address) {
    return {"POST",           std::string(wire::enrolment_path), {}, wire::content_type_json, "", body,
            std::string(from)};
}

EndpointResponse ask(Centre& centre, const Newcomer& who, const std::string& code,
                     std::string_view from = home_address) {
    return centre.handle(posted(wire::encode(who.question(code)), from));
}

wire::EnrolmentAnswer heard(const EndpointResponse& response) {
    INFO(response.body);
    REQUIRE(response.status == 200);
    const auto answer = wire::decode_enrolment_answer(response.body);
    REQUIRE(answer.ok());
    return *answer;
}

std::string invited(Centre& centre, const std::string& tablet = "tab-01") {
    const auto made = invite_tablet(*centre.endpoint, tablet, pins, "operator anna");
    INFO((made.ok() ? std::string() : made.error().text()));
    REQUIRE(made.ok());
    return made->code;
}

// Another code of which the first two characters are the same.
std::string beside(const std::string& code, std::size_t nth = 0) {
    auto other = code;
    other.back() = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[nth % 32];
    other[other.size() - 2] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(nth + 7) % 32];
    return other == code ? beside(code, nth + 1) : other;
}

std::string words_of_first(Centre& centre) {
    const auto waiting = invited_tablets(*centre.endpoint);
    REQUIRE(waiting.ok());
    REQUIRE(waiting->size() == 1);
    return waiting->front().words;
}

InvitationState state_of_first(Centre& centre) {
    const auto waiting = invited_tablets(*centre.endpoint);
    REQUIRE(waiting.ok());
    REQUIRE(waiting->size() == 1);
    return waiting->front().state;
}

// All of it but the signature, of which there is none.
bool seen_alike(const EndpointResponse& one, const EndpointResponse& other) {
    return one.status == other.status && one.body == other.body && one.content_type == other.content_type &&
           one.retry_after_s == other.retry_after_s && one.signature == other.signature &&
           one.order == other.order;
}

std::set<std::string> audited(Centre& centre) {
    std::set<std::string> found;
    REQUIRE(read_audit(centre.sql, 1, [&](const NotedEntry& noted) {
                found.insert(noted.entry.who + ": " + noted.entry.what + " " + noted.entry.about);
                return true;
            }).ok());
    return found;
}

}  // namespace

TEST_CASE("a tablet with a code waits, is approved by its four words, and is a tablet from then on",
          "[invitations]") {
    Centre centre;
    const auto code = invited(centre);
    const Newcomer tablet;
    CHECK(centre.rows("tablet") == 0);
    const auto first = heard(ask(centre, tablet, code));
    CHECK(first.state == wire::EnrolmentState::waiting);
    CHECK(first.centre.sealing_key == same_keys().sealing.public_key.bytes);
    CHECK(first.centre.authority_pins == pins);
    // Both screens work the words out by themselves.
    const auto shown =
        check_words(tablet_words, wire::words_text(tablet.pair.public_key.bytes, first.centre));
    REQUIRE(shown.ok());
    CHECK(words_of_first(centre) == *shown);
    CHECK(centre.rows("tablet") == 0);

    const auto refused = approve_tablet(*centre.endpoint, "tab-01", "amber canoe ladder picnic");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().fault == Fault::refused);
    CHECK(centre.rows("tablet") == 0);
    const auto enrolled = approve_tablet(*centre.endpoint, "tab-01", *shown, "operator anna");
    REQUIRE(enrolled.ok());
    CHECK(enrolled->seed.empty());

    const auto last = heard(ask(centre, tablet, code));
    CHECK(last.state == wire::EnrolmentState::approved);
    CHECK(last.enrolment == enrolled->enrolment);
    CHECK(last.tablet == "tab-01");
    CHECK(verify(VerifyKey{last.centre.signing_key}, wire::enrolment_answer_purpose,
                 wire::signed_text(last, tablet.question(code)), last.signature));
    auto known = *enrolled;
    known.seed = to_hex(tablet.pair.seed.view());
    CHECK(centre.handle(signed_by_hand(known, 1, {"GET", "/v1/tablet", {}, "", "", ""})).status == 200);
    const auto noted = audited(centre);
    CHECK(noted.count("operator anna: enrol-code tablet tab-01") == 1);
    CHECK(noted.count("tablet tab-01: enrol-asked tablet tab-01") == 1);
    CHECK(noted.count("operator anna: enrol tablet tab-01 " + enrolled->enrolment.text()) == 1);
    CHECK_FALSE(approve_tablet(*centre.endpoint, "tab-01", *shown).ok());
    CHECK(centre.rows("tablet") == 1);
}

TEST_CASE("a code is for one tablet: another one with the same code is a stranger, before and after",
          "[invitations]") {
    Centre centre;
    const auto code = invited(centre);
    const Newcomer tablet;
    const Newcomer other;
    CHECK(heard(ask(centre, tablet, code)).state == wire::EnrolmentState::waiting);
    CHECK(ask(centre, other, code).status == 403);
    CHECK(heard(ask(centre, tablet, code)).state == wire::EnrolmentState::waiting);
    REQUIRE(approve_tablet(*centre.endpoint, code, words_of_first(centre)).ok());
    CHECK(ask(centre, other, code).status == 403);
    CHECK(heard(ask(centre, tablet, code)).state == wire::EnrolmentState::approved);
    CHECK(centre.rows("tablet") == 1);
}

TEST_CASE("a code lives a quarter of an hour, a tablet that waits an hour, and an answer a week",
          "[invitations]") {
    Centre centre;
    const Newcomer tablet;
    const auto late = invited(centre);
    centre.clock.advance_ms(code_lives_ms);
    CHECK(ask(centre, tablet, late).status == 403);
    const auto code = invited(centre);
    centre.clock.advance_ms(code_lives_ms - 1);
    CHECK(heard(ask(centre, tablet, code)).state == wire::EnrolmentState::waiting);
    centre.clock.advance_ms(waiting_lives_ms - 1);
    CHECK(heard(ask(centre, tablet, code)).state == wire::EnrolmentState::waiting);
    const auto words = words_of_first(centre);
    centre.clock.advance_ms(1);
    CHECK(ask(centre, tablet, code).status == 403);
    CHECK(approve_tablet(*centre.endpoint, "tab-01", words).error().fault == Fault::not_found);

    const auto again = invited(centre);
    CHECK(heard(ask(centre, tablet, again)).state == wire::EnrolmentState::waiting);
    REQUIRE(approve_tablet(*centre.endpoint, "tab-01", words_of_first(centre)).ok());
    centre.clock.advance_ms(approved_lives_ms - 1);
    CHECK(heard(ask(centre, tablet, again)).state == wire::EnrolmentState::approved);
    centre.clock.advance_ms(1);
    CHECK(ask(centre, tablet, again).status == 403);
}

TEST_CASE("five wrong tries spend a code, wherever they come from, and a sixth that is right is told no more",
          "[invitations]") {
    Centre centre;
    const auto code = invited(centre);
    const Newcomer tablet;
    for (std::size_t i = 0; i < tries_of_code; ++i) {
        CHECK(state_of_first(centre) == InvitationState::open);
        CHECK(ask(centre, Newcomer(), beside(code, 3 * i), fmt::format("192.0.2.{}", i)).status == 403);
    }
    CHECK(state_of_first(centre) == InvitationState::spent);
    CHECK(ask(centre, tablet, code, "192.0.2.99").status == 403);
    CHECK(audited(centre).count("endpoint: enrol-code-spent tablet tab-01") == 1);
    // A new one for the same tablet begins anew.
    CHECK(heard(ask(centre, tablet, invited(centre), "192.0.2.99")).state == wire::EnrolmentState::waiting);
}

TEST_CASE("four wrong tries leave a code good, and tries at another code cost it nothing", "[invitations]") {
    Centre centre;
    const auto code = invited(centre);
    for (std::size_t i = 0; i + 1 < tries_of_code; ++i)
        CHECK(ask(centre, Newcomer(), beside(code, 3 * i)).status == 403);
    auto elsewhere = code;
    elsewhere.front() = code.front() == '0' ? '1' : '0';
    for (int i = 0; i < 10; ++i)
        CHECK(ask(centre, Newcomer(), elsewhere).status == 403);
    CHECK(heard(ask(centre, Newcomer(), code)).state == wire::EnrolmentState::waiting);
}

TEST_CASE("twenty wrong codes an hour from one address, and who waits there goes on", "[invitations]") {
    Centre centre;
    const Newcomer waits;
    const auto first = invited(centre);
    CHECK(heard(ask(centre, waits, first)).state == wire::EnrolmentState::waiting);
    const auto code = invited(centre, "tab-02");
    auto none = code;
    for (const char c : {'X', 'Y', 'Z'})
        if (c != code.front() && c != first.front())
            none.front() = c;
    for (int i = 0; i < tries_of_address; ++i) {
        CHECK(ask(centre, Newcomer(), none).status == 403);
        centre.clock.advance_ms(1'000);
    }
    const auto refused = ask(centre, Newcomer(), none);
    CHECK(refused.status == 429);
    CHECK(refused.retry_after_s > 0);
    // The right code too: nothing is learned by it.
    CHECK(seen_alike(refused, ask(centre, Newcomer(), code)));
    CHECK(heard(ask(centre, waits, first)).state == wire::EnrolmentState::waiting);
    CHECK(heard(ask(centre, Newcomer(), code, "192.0.2.8")).state == wire::EnrolmentState::waiting);
    // A sliding hour: the first of the twenty is forgotten, so that one more is heard.
    centre.clock.advance_ms(tries_of_address_ms - tries_of_address * 1'000);
    CHECK(ask(centre, Newcomer(), none).status == 403);
    CHECK(ask(centre, Newcomer(), none).status == 429);
}

TEST_CASE("whoever names a wrong code hears the same, whether there is one, was one, or never was",
          "[invitations]") {
    Centre centre;
    const auto never = ask(centre, Newcomer(), "ZZZZZZZZ", "192.0.2.1");
    const auto code = invited(centre, "tab-01");
    const auto near = ask(centre, Newcomer(), beside(code), "192.0.2.2");
    CHECK(heard(ask(centre, Newcomer(), code, "192.0.2.3")).state == wire::EnrolmentState::waiting);
    const auto used = ask(centre, Newcomer(), code, "192.0.2.4");
    const auto old = invited(centre, "tab-02");
    centre.clock.advance_ms(code_lives_ms);
    const auto late = ask(centre, Newcomer(), old, "192.0.2.5");
    const auto declined = invited(centre, "tab-03");
    REQUIRE(decline_tablet(*centre.endpoint, "tab-03").ok());
    const auto no = ask(centre, Newcomer(), declined, "192.0.2.6");
    CHECK(never.status == 403);
    CHECK(code_of(never) == "code");
    for (const auto* one : {&near, &used, &late, &no})
        CHECK(seen_alike(never, *one));
}

TEST_CASE("a tablet that was declined is told, and its code is void", "[invitations]") {
    Centre centre;
    const auto code = invited(centre);
    const Newcomer tablet;
    CHECK(heard(ask(centre, tablet, code)).state == wire::EnrolmentState::waiting);
    CHECK(*decline_tablet(*centre.endpoint, wire::code_to_show(code), "operator anna") == "tab-01");
    CHECK(heard(ask(centre, tablet, code)).state == wire::EnrolmentState::declined);
    CHECK(ask(centre, Newcomer(), code).status == 403);
    CHECK(audited(centre).count("operator anna: enrol-decline tablet tab-01") == 1);
    CHECK(decline_tablet(*centre.endpoint, "tab-77").error().fault == Fault::not_found);
    CHECK(centre.rows("tablet") == 0);
}

TEST_CASE("a new code for a tablet ends the one before it, and whoever waited by it", "[invitations]") {
    Centre centre;
    const Newcomer tablet;
    const auto before = invited(centre);
    CHECK(heard(ask(centre, tablet, before)).state == wire::EnrolmentState::waiting);
    const auto now = invited(centre);
    CHECK(ask(centre, tablet, before).status == 403);
    CHECK(heard(ask(centre, tablet, now)).state == wire::EnrolmentState::waiting);
    CHECK(centre.rows("invitation") == 1);
}

TEST_CASE("what is no question of a tablet is refused before any code is looked at", "[invitations]") {
    Centre centre;
    const auto code = invited(centre);
    const Newcomer tablet;
    auto other_key = tablet.question(code);
    other_key.verify_key = Newcomer().pair.public_key.bytes;
    auto other_code = tablet.question(beside(code));
    other_code.code = code;
    for (const auto& body :
         {std::string(), std::string("{}"), std::string("[1]"), wire::encode(other_key),
          wire::encode(other_code), wire::encode(tablet.question(code)).substr(1),
          std::string("{\"proto\":1,\"code\":\"12345678\",\"verify_key\":\"\",\"signature\":\"\"}")})
        CHECK(centre.handle(posted(body)).status == 400);
    CHECK(centre.handle(posted(std::string(1025, ' '))).status == 413);
    CHECK(centre.handle({"GET", std::string(wire::enrolment_path), {}, "", "", ""}).status == 405);
    CHECK(centre.rows("enrolment_try") == 0);
    CHECK(heard(ask(centre, tablet, code)).state == wire::EnrolmentState::waiting);
}

TEST_CASE("neither code nor address stands in the database", "[invitations]") {
    Centre centre;
    const auto code = invited(centre);
    CHECK(ask(centre, Newcomer(), beside(code)).status == 403);
    CHECK(centre.rows("enrolment_try") == 1);
    std::string all;
    REQUIRE(centre.sql
                .query("select code_hash, selector from invitation", {},
                       [&](const SqlRow& row) {
                           all += row.blob(0) + row.text(1);
                           return true;
                       })
                .ok());
    REQUIRE(centre.sql
                .query("select address from enrolment_try", {},
                       [&](const SqlRow& row) {
                           all += row.blob(0);
                           return true;
                       })
                .ok());
    CHECK(all.size() == 32 + 2 + 32);
    CHECK(all.find(code.substr(2)) == std::string::npos);
    CHECK(all.find(Sha256::of(code).raw()) == std::string::npos);
    CHECK(all.find(home_address) == std::string::npos);
}

TEST_CASE("two endpoints on one database share codes, tries and the operator's word", "[invitations]") {
    Centre centre;
    // The same connection serves both, as two programs on one PostgreSQL see the same rows.
    auto second = centre.open();
    const auto code = invited(centre);
    const Newcomer tablet;
    for (std::size_t i = 0; i + 1 < tries_of_code; ++i) {
        const auto request = posted(wire::encode(Newcomer().question(beside(code, 3 * i))));
        auto& where = i % 2 == 0 ? *second : *centre.endpoint;
        CHECK(where.handle({&request, 1}).at(0).status == 403);
    }
    const auto question = posted(wire::encode(tablet.question(code)));
    CHECK(heard(second->handle({&question, 1}).at(0)).state == wire::EnrolmentState::waiting);
    REQUIRE(approve_tablet(*centre.endpoint, "tab-01", words_of_first(centre)).ok());
    CHECK(heard(second->handle({&question, 1}).at(0)).state == wire::EnrolmentState::approved);
}

TEST_CASE("nobody is invited before there are keys, nor under a name that is none", "[invitations]") {
    Centre centre;
    CHECK(invite_tablet(*centre.endpoint, "tab 01", pins).error().fault == Fault::bad_input);
    CHECK(invite_tablet(*centre.endpoint, "", pins).error().fault == Fault::bad_input);
    for (int i = 0; i < open_invitations_max; ++i)
        REQUIRE(invite_tablet(*centre.endpoint, fmt::format("t-{}", i), pins).ok());
    CHECK(invite_tablet(*centre.endpoint, "one-more", pins).error().fault == Fault::refused);
    centre.clock.advance_ms(code_lives_ms);
    CHECK(invite_tablet(*centre.endpoint, "one-more", pins).ok());
    CHECK(centre.rows("invitation") == 1);
}
