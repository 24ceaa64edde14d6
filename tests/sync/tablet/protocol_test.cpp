// PROTOCOL.md against the code: each example in it is made here again.  After a deliberate change:
// test-sync-tablet "[rewrite-protocol]" writes them anew.
#include <fstream>
#include <map>
#include <sstream>

#include "forms/base/encoding.h"
#include "sync/tablet/request_signer.h"
#include "sync/vault/check_words.h"
#include "sync/vault/vault.h"
#include "sync/wire/codec.h"
#include "sync/wire/enrolment.h"
#include "sync/wire/invitation.h"
#include "sync/wire/media.h"
#include "sync/wire/order.h"
#include "sync/wire/parcels.h"
#include "sync/wire/shorthand.h"
#include "tests/support/endpoint_keys.h"

#include <catch2/catch.hpp>

using namespace doorstep;
using doorstep::testing::same_keys;

namespace {

const std::string page = std::string(DOORSTEP_SOURCE) + "/sync/PROTOCOL.md";

Uuid id(int n) {
    return Uuid::from_bytes(std::string(15, '\x11') + static_cast<char>(n)).value();
}

constexpr std::int64_t at = 1'370'678'400'000;  // 8 June 2013, 08:00 UTC

Operation with(const Payload& payload, const Uuid& subject) {
    Operation operation;
    operation.id = id(1);
    operation.sequence = 1;
    operation.at_ms = at;
    operation.utc_offset_minutes = 60;
    operation.hybrid_clock = static_cast<std::uint64_t>(at) << 16U;
    operation.subject = subject;
    operation.payload = payload;
    return operation;
}

VisitPlanned a_visit() {
    VisitPlanned visit;
    visit.visit = id(2);
    visit.label = "SS-2013-06-08-BE";
    visit.programme = "safer_streets";
    visit.area = "BE";
    visit.day = Day::of(2013, 6, 8);
    visit.teams = {"team-1"};
    return visit;
}

ContactRecorded a_contact() {
    ContactRecorded contact;
    contact.contact = id(3);
    contact.visit = id(2);
    contact.household = id(4);
    contact.area = "BE";
    contact.road_code = "BE-001";
    contact.team = "team-1";
    contact.officer = "off-pol-01";
    contact.outcome = ContactOutcome::no_answer;
    contact.day = Day::of(2013, 6, 8);
    contact.address = {"14", "", "Mill Lane", "WD6 9OV", std::nullopt};
    return contact;
}

QuestionnaireFinished a_questionnaire() {
    QuestionnaireFinished finished;
    finished.questionnaire = id(5);
    finished.contact = id(3);
    finished.form = {"safer_streets", "1", Sha256::of("form")};
    finished.complete = true;
    finished.day = Day::of(2013, 6, 8);
    finished.started_ms = at;
    finished.finished_ms = at + 60'000;
    finished.answers = {{"smoke_alarm", "smoke_alarm", "given", "no"},
                        {"age", "people[2]/age", "dont_know", ""}};
    finished.restricted = "sealed";
    finished.media = {{id(15), Sha256::of("the sealed pieces"), 5'416, 1, AttachmentKind::signature, "send",
                       std::string(32, 'f')}};
    return finished;
}

ReferralRaised a_referral() {
    ReferralRaised raised;
    raised.referral = id(6);
    raised.contact = id(3);
    raised.household = id(4);
    raised.agency = "fire";
    raised.services = {"home_fire_safety_visit"};
    raised.rules = {"no_alarm"};
    raised.reasons = {"There is no smoke alarm."};
    raised.shares = {{"smoke_alarm", "no", "No"}};
    raised.urgency = "routine";
    raised.agreement.given_by = "resident";
    raised.agreement.channel = "spoken";
    raised.agreement.at_ms = at;
    raised.day = Day::of(2013, 6, 8);
    return raised;
}

TabletIdentity a_tablet() {
    TabletIdentity identity;
    identity.enrolment = id(7);
    identity.tablet = "tab-01";
    identity.seed = to_hex(std::string(32, 't'));
    identity.signing_key = same_keys().signing.public_key.bytes;
    return identity;
}

std::string json_of(const std::string& frame) {
    const auto json = wire::expand(frame, std::size_t{4} * 1024 * 1024);
    REQUIRE(json.ok());
    return *json;
}

void put_operations(std::map<std::string, std::string>& made) {
    made["operation visit_planned"] = wire::encode(with(a_visit(), id(2)));
    made["operation contact_recorded"] = wire::encode(with(a_contact(), id(4)));
    made["operation contact_taken_back"] = wire::encode(with(ContactTakenBack{id(3), id(8)}, id(4)));
    made["operation questionnaire_finished"] = wire::encode(with(a_questionnaire(), id(4)));
    OfferMade offer;
    offer.offer = id(9);
    offer.contact = id(3);
    offer.code = "smoke_alarm_fitted";
    offer.day = Day::of(2013, 6, 8);
    made["operation offer_made"] = wire::encode(with(offer, id(4)));
    made["operation referral_raised"] = wire::encode(with(a_referral(), id(4)));
    ReferralStateSet set;
    set.referral = id(6);
    set.state = ReferralState::accepted;
    set.by = "fire";
    made["operation referral_state_set"] = wire::encode(with(set, id(4)));
    HomeNoted noted;
    noted.household = id(4);
    noted.area = "BE";
    noted.kind = HomeNoteKind::hazard;
    noted.text = "Loose dog behind the gate.";
    noted.officer = "off-pol-01";
    noted.day = Day::of(2013, 6, 8);
    noted.review = Day::of(2013, 12, 8);
    noted.until = Day::of(2015, 6, 8);
    auto note = with(noted, id(4));
    note.base = {id(8)};
    made["operation home_noted"] = wire::encode(note);
    RecordsErased erased;
    erased.order = id(13);
    erased.operations = {id(1), id(14)};
    erased.through = static_cast<std::uint64_t>(at) << 16U;
    made["operation records_erased"] = wire::encode(with(erased, id(13)));
    const ClockCorrected corrected{id(7),
                                   {{id(1), at, Day::of(2013, 6, 8), static_cast<std::uint64_t>(at) << 16U}}};
    made["operation clock_corrected"] = wire::encode(with(corrected, id(7)));
}

void put_pages_for_a_scope(std::map<std::string, std::string>& made, wire::PullReply pulled) {
    pulled.forgotten.clear();
    pulled.scope = wire::scope_name({"BE", "SX"});
    made["scope"] = "BE\nSX\n\n" + pulled.scope;
    pulled.cursor = 97;
    pulled.operations[0].patch = "BE";
    pulled.operations[1].patch = "";
    wire::IdSum sum;
    sum.add(id(1));
    wire::IdSum none;
    none.add(id(12));
    pulled.patches = {{"BE", 1, sum}, {"SX", 0, {}}, {"", 1, none}};
    made["page for a scope"] = json_of(wire::encode(pulled));
    pulled.patches.clear();
    pulled.operations.pop_back();
    pulled.from = 0;
    pulled.cursor = pulled.through = 97;
    pulled.patch = "BE";
    made["page of a history"] = json_of(wire::encode(pulled));
}

void put_messages(std::map<std::string, std::string>& made) {
    wire::Envelope envelope{id(10), 1, 1, "the body as it travels"};
    const auto chain = wire::chain(Sha256{}, envelope);
    made["chain"] = "header " + to_hex(envelope.id.raw()) + "0000000000000001" + "00000001" + "\nbody   " +
                    to_hex(envelope.body) + "\nchain  " + chain.hex();
    made["envelope body"] =
        json_of(wire::seal_envelope(id(10), std::vector<Operation>{with(a_visit(), id(2))}).body);
    made["short form"] = to_hex(
        wire::shorten(made["envelope body"], wire::PhraseBooks().without_form(), {id(10), Sequence{1}}));
    wire::PushRequest push;
    push.epoch_seen = id(11);
    push.enrolment = id(7);
    push.first_sequence = 1;
    push.chain_after = chain;
    push.unsent = 1;
    push.tablet_time_ms = at;
    push.envelopes = {envelope};
    made["push"] = json_of(wire::encode(push));
    wire::PushReply acknowledged;
    acknowledged.epoch = id(11);
    acknowledged.acked_through = 1;
    acknowledged.chain = chain;
    acknowledged.quarantined = {{id(1), 1, "It is of a type that this program does not know."}};
    acknowledged.server_time_ms = at;
    made["push reply"] = json_of(wire::encode(acknowledged));
    wire::TabletReply status{id(11), id(7), "tab-01", 1, chain, 42, std::string(32, 'g'), at};
    status.min_app = "0.1.0";
    status.officers_left = {"off-pol-01"};
    status.licence = wire::TabletLicence{at, at + Vault::licence_ms, std::string(64, 'l')};
    status.scope = {"BE", "SX"};
    made["tablet reply"] = json_of(wire::encode(status));
    wire::PullReply pulled;
    pulled.epoch = id(11);
    pulled.enrolment = id(7);
    pulled.from = 40;
    pulled.cursor = 42;
    pulled.server_time_ms = at;
    pulled.operations = {{41, id(1), wire::encode(with(ContactTakenBack{id(3), id(8)}, id(4)))},
                         {42, id(12), ""}};
    pulled.forgotten = {1};
    made["pull reply"] = json_of(wire::encode(pulled));
    put_pages_for_a_scope(made, pulled);
    wire::Parcel parcel{wire::ParcelKind::addresses,
                        "BE",
                        Sha256::of("homes now"),
                        4'096'000,
                        7,
                        {},
                        {},
                        150'000,
                        wire::ParcelDelta{Sha256::of("homes before"), 2'000}};
    parcel.signature = sign(same_keys().signing, wire::parcel_purpose, wire::parcel_text(parcel));
    made["parcel list"] = json_of(wire::encode(wire::ParcelList{{parcel}}));
    made["parcel text"] = wire::parcel_text(parcel).substr(0, wire::parcel_text(parcel).size() - 1);
    made["media reply"] = json_of(wire::encode(
        wire::MediaReply{id(11),
                         {{Sha256::of("the sealed pieces"), true, {}},
                          {Sha256::of("of a photo"),
                           false,
                           {true, true, false, true, false, false, false, false, true, false}}}}));
    made["refusal"] = wire::encode(
        wire::Refusal{"gap", "Something is missing before what was sent. Ask for /v1/tablet first.", 7});
}

void put_signatures(std::map<std::string, std::string>& made) {
    const auto identity = a_tablet();
    auto signer = RequestSigner::of(identity, numbers_in_memory());
    REQUIRE(signer.ok());
    const auto pair = SigningPair::from_seed(SecretBytes(std::string(32, 't')));
    made["seed"] = "seed        " + identity.seed + "\npublic half " + to_hex(pair.public_key.bytes);
    const auto sent = signer->sign({"GET", "/v1/tablet", "", "", {}}, Uuid{});
    REQUIRE(sent.ok());
    const auto mark = mark_of(*sent);
    const auto asked = wire::request_text("GET", "/v1/tablet", "", mark);
    made["request text"] = asked.substr(0, asked.size() - 1);
    std::string headers;
    for (const auto& [name, value] : sent->headers)
        headers += (headers.empty() ? "" : "\n") + name + ": " + value;
    made["request headers"] = headers;
    const std::string body = "the body of the reply";
    const auto text = wire::reply_text(200, body, Sha256::of(asked), mark);
    made["reply text"] = text.substr(0, text.size() - 1);
    made["reply header"] = std::string(wire::signature_header) + ": " +
                           to_base64(sign(same_keys().signing, wire::reply_purpose, text));
    made["endpoint key"] = to_hex(same_keys().signing.public_key.bytes);
    wire::Order order{id(7), 1, wire::OrderMode::wipe};
    order.signature = sign(same_keys().signing, wire::order_purpose, wire::order_text(order));
    made["order text"] = wire::order_text(order).substr(0, wire::order_text(order).size() - 1);
    made["order header"] = std::string(wire::order_header) + ": " + wire::order_line(order);
}

void put_enrolment(std::map<std::string, std::string>& made) {
    const auto pair = SigningPair::from_seed(SecretBytes(std::string(32, 't')));
    const wire::Invitation invitation{"https://endpoint.example:8443", std::string(32, 'p'), "7K3MQ2ZT"};
    made["invitation"] = wire::encode(invitation);
    wire::EnrolmentRequest asked{invitation.code, pair.public_key.bytes, {}};
    asked.signature = sign(pair, wire::enrolment_request_purpose, wire::signed_text(asked));
    made["enrolment request text"] = wire::signed_text(asked).substr(0, wire::signed_text(asked).size() - 1);
    made["enrolment request"] = wire::encode(asked);
    const auto keys = same_keys();
    wire::EnrolmentAnswer answer{wire::EnrolmentState::approved,
                                 {keys.sealing.public_key.bytes, keys.signing.public_key.bytes,
                                  keys.safeguarding.bytes, keys.recovery.bytes, invitation.authority},
                                 id(7),
                                 "tab-01",
                                 {}};
    const auto text = wire::signed_text(answer, asked);
    answer.signature = sign(keys.signing, wire::enrolment_answer_purpose, text);
    made["enrolment answer text"] = text.substr(0, text.size() - 1);
    made["enrolment answer"] = wire::encode(answer);
    const auto words_of = wire::words_text(asked.verify_key, answer.centre);
    const auto of_tablet = check_words(tablet_words, words_of);
    const auto of_authority = check_words(authority_words, invitation.authority);
    REQUIRE(of_tablet.ok());
    REQUIRE(of_authority.ok());
    made["check words"] = "authority  " + *of_authority + "\ntablet     " + *of_tablet;
}

std::map<std::string, std::string> examples() {
    std::map<std::string, std::string> made;
    put_operations(made);
    put_messages(made);
    put_signatures(made);
    put_enrolment(made);
    return made;
}

std::string text_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

// Where the example of that name stands: from, and how long.
std::pair<std::size_t, std::size_t> place_of(const std::string& text, const std::string& name) {
    const std::string mark = "<!-- example: " + name + " -->\n```";
    const auto found = text.find(mark);
    if (found == std::string::npos)
        return {std::string::npos, 0};
    const auto from = text.find('\n', found + mark.size()) + 1;
    return {from, text.find("\n```", from) - from};
}

}  // namespace

TEST_CASE("every example of the protocol is what the code does", "[protocol]") {
    const auto text = text_of(page);
    const auto made = examples();
    for (const auto& [name, example] : made) {
        INFO(name);
        const auto [from, length] = place_of(text, name);
        REQUIRE(from != std::string::npos);
        CHECK(text.substr(from, length) == example);
    }
    std::size_t marks = 0;
    for (auto at_mark = text.find("<!-- example: "); at_mark != std::string::npos;
         at_mark = text.find("<!-- example: ", at_mark + 1))
        ++marks;
    CHECK(marks == made.size());
}

TEST_CASE("the examples of the protocol are written anew", "[.][rewrite-protocol]") {
    auto text = text_of(page);
    for (const auto& [name, example] : examples()) {
        const auto [from, length] = place_of(text, name);
        REQUIRE(from != std::string::npos);
        text.replace(from, length, example);
    }
    std::ofstream(page, std::ios::binary) << text;
}
