#include "sync/wire/payload_codec.h"

#include <cassert>
#include <limits>
#include <nlohmann/json.hpp>

#include "forms/base/encoding.h"
#include "sync/wire/limits.h"

namespace doorstep::wire {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t uprn_max = 999'999'999'999;
constexpr auto ms_min = std::numeric_limits<std::int64_t>::min();
constexpr auto ms_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t quantity_max = 1'000'000;
constexpr std::int64_t cycle_max = 1'000'000;
constexpr std::size_t file_key_bytes = 32;

void put_text(Json& json, const char* name, const std::string& text) {
    if (!text.empty())
        json[name] = text;
}

void put_texts(Json& json, const char* name, const std::vector<std::string>& texts) {
    if (!texts.empty())
        json[name] = texts;
}

// --- visit and contact ---------------------------------------------------------

Json to_json(const VisitPlanned& visit) {
    Json json;
    json["visit"] = visit.visit.text();
    put_text(json, "label", visit.label);
    put_text(json, "programme", visit.programme);
    put_text(json, "area", visit.area);
    json["day"] = visit.day.text();
    put_texts(json, "teams", visit.teams);
    return json;
}

VisitPlanned read_visit_planned(Fields& fields) {
    return {fields.uuid("visit"),
            fields.text_or_empty("label"),
            fields.text_or_empty("programme"),
            fields.text_or_empty("area"),
            fields.day("day"),
            fields.texts("teams")};
}

Json to_json(const DoorAddress& address) {
    Json json = Json::object();
    put_text(json, "number_or_name", address.number_or_name);
    put_text(json, "flat", address.flat);
    put_text(json, "road", address.road);
    put_text(json, "postcode", address.postcode);
    if (address.uprn)
        json["uprn"] = *address.uprn;
    return json;
}

DoorAddress read_address(Fields& fields) {
    DoorAddress address{fields.text_or_empty("number_or_name"), fields.text_or_empty("flat"),
                        fields.text_or_empty("road"), fields.text_or_empty("postcode"), std::nullopt};
    if (fields.has("uprn"))
        address.uprn = static_cast<std::uint64_t>(fields.integer("uprn", 0, uprn_max));
    return address;
}

Json to_json(const ContactRecorded& contact) {
    Json json;
    json["contact"] = contact.contact.text();
    json["visit"] = contact.visit.text();
    json["household"] = contact.household.text();
    put_text(json, "area", contact.area);
    put_text(json, "road_code", contact.road_code);
    put_text(json, "team", contact.team);
    put_text(json, "officer", contact.officer);
    put_text(json, "companion", contact.companion);
    json["outcome"] = word(contact.outcome);
    json["day"] = contact.day.text();
    put_text(json, "language", contact.language);
    put_texts(json, "formats", contact.formats);
    put_text(json, "respondent", contact.respondent);
    json["address"] = to_json(contact.address);
    return json;
}

ContactRecorded read_contact_recorded(Fields& fields) {
    ContactRecorded contact;
    contact.contact = fields.uuid("contact");
    contact.visit = fields.uuid("visit");
    contact.household = fields.uuid("household");
    contact.area = fields.text_or_empty("area");
    contact.road_code = fields.text_or_empty("road_code");
    contact.team = fields.text_or_empty("team");
    contact.officer = fields.text_or_empty("officer");
    contact.companion = fields.text_or_empty("companion");
    contact.outcome = fields.word("outcome", contact_outcome);
    contact.day = fields.day("day");
    contact.language = fields.text_or_empty("language");
    contact.formats = fields.texts("formats");
    contact.respondent = fields.text_or_empty("respondent");
    fields.object("address", [&](Fields& address) { contact.address = read_address(address); });
    return contact;
}

Json to_json(const ContactTakenBack& taken_back) {
    Json json;
    json["contact"] = taken_back.contact.text();
    json["of"] = taken_back.of.text();
    return json;
}

ContactTakenBack read_contact_taken_back(Fields& fields) {
    return {fields.uuid("contact"), fields.uuid("of")};
}

// --- questionnaire and offer ----------------------------------------------------

// Most answers are given and stand at the top of their form: then path and kind
// say nothing new and stay at home.
Json to_json(const RecordedAnswer& answer) {
    Json json;
    json["name"] = answer.name;
    if (answer.path != answer.name)
        json["path"] = answer.path;
    if (answer.kind != "given")
        json["kind"] = answer.kind;
    put_text(json, "value", answer.value);
    return json;
}

RecordedAnswer read_answer(Fields& fields) {
    RecordedAnswer answer;
    answer.name = fields.text("name");
    answer.path = fields.has("path") ? fields.text("path") : answer.name;
    answer.kind = fields.has("kind") ? fields.text("kind") : "given";
    answer.value = fields.text_or_empty("value");
    return answer;
}

Json to_json(const MediaItem& item) {
    Json json;
    json["id"] = item.id.text();
    json["sha256"] = item.sha256.hex();
    json["length"] = item.length;
    json["pieces"] = item.pieces;
    json["kind"] = word(item.kind);
    put_text(json, "required_for", item.required_for);
    if (!item.file_key.empty())
        json["file_key"] = to_base64(item.file_key);
    return json;
}

MediaItem read_media_item(Fields& fields) {
    MediaItem item;
    item.id = fields.uuid("id");
    item.sha256 = fields.sha256("sha256");
    item.pieces = static_cast<std::uint32_t>(
        fields.integer("pieces", 1, static_cast<std::int64_t>(limits::media_pieces_max)));
    item.length = fields.number("length");
    item.kind = fields.word("kind", attachment_kind);
    item.required_for = fields.text_or_empty("required_for");
    if (fields.has("file_key"))
        item.file_key = fields.bytes("file_key");
    if (item.length < item.pieces || item.length > item.pieces * limits::media_piece_bytes_max)
        fields.problem("length", "is not that of so many pieces");
    if (!item.file_key.empty() && item.file_key.size() != file_key_bytes)
        fields.problem("file_key", "has not 32 bytes");
    return item;
}

void read_media(Fields& fields, std::vector<MediaItem>& media) {
    std::uint64_t bytes = 0;
    fields.each("media", [&](Fields& one) {
        if (media.size() >= limits::media_items_max)
            return one.problem("sha256", "is of one picture too many");
        media.push_back(read_media_item(one));
        bytes += media.back().length;
        if (bytes > limits::media_all_bytes_max)
            one.problem("length", "is more than all pictures of a questionnaire may have");
    });
}

Json to_json(const QuestionnaireFinished& finished) {
    Json json;
    json["questionnaire"] = finished.questionnaire.text();
    json["contact"] = finished.contact.text();
    json["form"] = {
        {"id", finished.form.id}, {"version", finished.form.version}, {"sha256", finished.form.hash.hex()}};
    json["complete"] = finished.complete;
    json["day"] = finished.day.text();
    json["started_ms"] = finished.started_ms;
    json["finished_ms"] = finished.finished_ms;
    put_text(json, "privacy_version", finished.privacy_version);
    json["answers"] = Json::array();
    for (const auto& answer : finished.answers)
        json["answers"].push_back(to_json(answer));
    json["restricted"] = to_base64(finished.restricted);
    for (const auto& item : finished.media)
        json["media"].push_back(to_json(item));
    return json;
}

QuestionnaireFinished read_questionnaire_finished(Fields& fields) {
    QuestionnaireFinished finished;
    finished.questionnaire = fields.uuid("questionnaire");
    finished.contact = fields.uuid("contact");
    fields.object("form", [&](Fields& form) {
        finished.form = {form.text("id"), form.text("version"), form.sha256("sha256")};
    });
    finished.complete = fields.flag("complete");
    finished.day = fields.day("day");
    finished.started_ms = fields.integer("started_ms", ms_min, ms_max);
    finished.finished_ms = fields.integer("finished_ms", ms_min, ms_max);
    finished.privacy_version = fields.text_or_empty("privacy_version");
    fields.each("answers", [&](Fields& answer) { finished.answers.push_back(read_answer(answer)); });
    finished.restricted = fields.bytes("restricted");
    read_media(fields, finished.media);
    return finished;
}

Json to_json(const OfferMade& offer) {
    Json json;
    json["offer"] = offer.offer.text();
    json["contact"] = offer.contact.text();
    json["code"] = offer.code;
    json["status"] = word(offer.status);
    json["quantity"] = offer.quantity;
    json["day"] = offer.day.text();
    put_text(json, "rule", offer.rule);
    return json;
}

OfferMade read_offer_made(Fields& fields) {
    OfferMade offer;
    offer.offer = fields.uuid("offer");
    offer.contact = fields.uuid("contact");
    offer.code = fields.text("code");
    offer.status = fields.word("status", offer_status);
    offer.quantity = fields.integer("quantity", 0, quantity_max);
    offer.day = fields.day("day");
    offer.rule = fields.text_or_empty("rule");
    return offer;
}

// --- referral --------------------------------------------------------------------

Json to_json(const Agreement& agreement) {
    Json json;
    json["basis"] = word(agreement.basis);
    put_text(json, "given_by", agreement.given_by);
    put_text(json, "wording_version", agreement.wording_version);
    put_text(json, "language", agreement.language);
    put_text(json, "channel", agreement.channel);
    put_text(json, "taken_by", agreement.taken_by);
    json["at_ms"] = agreement.at_ms;
    put_text(json, "lawful_reason", agreement.lawful_reason);
    return json;
}

Agreement read_agreement(Fields& fields) {
    Agreement agreement;
    agreement.basis = fields.word("basis", share_basis);
    agreement.given_by = fields.text_or_empty("given_by");
    agreement.wording_version = fields.text_or_empty("wording_version");
    agreement.language = fields.text_or_empty("language");
    agreement.channel = fields.text_or_empty("channel");
    agreement.taken_by = fields.text_or_empty("taken_by");
    agreement.at_ms = fields.integer("at_ms", ms_min, ms_max);
    agreement.lawful_reason = fields.text_or_empty("lawful_reason");
    return agreement;
}

Json to_json(const ReferralRaised& referral) {
    Json json;
    json["referral"] = referral.referral.text();
    json["contact"] = referral.contact.text();
    json["household"] = referral.household.text();
    json["agency"] = referral.agency;
    put_texts(json, "services", referral.services);
    put_texts(json, "rules", referral.rules);
    put_texts(json, "reasons", referral.reasons);
    for (const auto& share : referral.shares) {
        Json shared;
        shared["name"] = share.name;
        put_text(shared, "value", share.value);
        put_text(shared, "label", share.label);
        json["shares"].push_back(std::move(shared));
    }
    put_text(json, "urgency", referral.urgency);
    json["agreement"] = to_json(referral.agreement);
    json["day"] = referral.day.text();
    return json;
}

ReferralRaised read_referral_raised(Fields& fields) {
    ReferralRaised referral;
    referral.referral = fields.uuid("referral");
    referral.contact = fields.uuid("contact");
    referral.household = fields.uuid("household");
    referral.agency = fields.text("agency");
    referral.services = fields.texts("services");
    referral.rules = fields.texts("rules");
    referral.reasons = fields.texts("reasons");
    fields.each("shares", [&](Fields& share) {
        referral.shares.push_back(
            {share.text("name"), share.text_or_empty("value"), share.text_or_empty("label")});
    });
    referral.urgency = fields.text_or_empty("urgency");
    fields.object("agreement", [&](Fields& agreement) { referral.agreement = read_agreement(agreement); });
    referral.day = fields.day("day");
    return referral;
}

Json to_json(const ReferralStateSet& set) {
    Json json;
    json["referral"] = set.referral.text();
    json["cycle"] = set.cycle;
    json["state"] = word(set.state);
    put_text(json, "reason", set.reason);
    put_text(json, "by", set.by);
    return json;
}

ReferralStateSet read_referral_state_set(Fields& fields) {
    ReferralStateSet set;
    set.referral = fields.uuid("referral");
    set.cycle = static_cast<int>(fields.integer("cycle", 1, cycle_max));
    set.state = fields.word("state", referral_state);
    set.reason = fields.text_or_empty("reason");
    set.by = fields.text_or_empty("by");
    return set;
}

Json to_json(const HomeNoted& noted) {
    Json json;
    json["household"] = noted.household.text();
    put_text(json, "area", noted.area);
    json["kind"] = word(noted.kind);
    json["holds"] = noted.holds;
    put_text(json, "text", noted.text);
    put_text(json, "officer", noted.officer);
    json["day"] = noted.day.text();
    json["review"] = noted.review.text();
    json["until"] = noted.until.text();
    return json;
}

HomeNoted read_home_noted(Fields& fields) {
    HomeNoted noted;
    noted.household = fields.uuid("household");
    noted.area = fields.text_or_empty("area");
    noted.kind = fields.word("kind", home_note_kind);
    noted.holds = fields.flag("holds");
    noted.text = fields.text_or_empty("text");
    noted.officer = fields.text_or_empty("officer");
    noted.day = fields.day("day");
    noted.review = fields.day("review");
    noted.until = fields.day("until");
    return noted;
}

Json to_json(const RecordsErased& erased) {
    Json json;
    json["order"] = erased.order.text();
    json["operations"] = Json::array();
    for (const auto& id : erased.operations)
        json["operations"].push_back(id.text());
    if (erased.through)
        json["through"] = *erased.through;
    return json;
}

RecordsErased read_records_erased(Fields& fields) {
    RecordsErased erased{fields.uuid("order"), fields.uuids("operations"), {}};
    if (fields.has("through"))
        erased.through = fields.number("through");
    return erased;
}

Json to_json(const ClockCorrected& corrected) {
    Json json;
    json["enrolment"] = corrected.enrolment.text();
    json["facts"] = Json::array();
    for (const auto& one : corrected.facts) {
        Json fact;
        fact["operation"] = one.operation.text();
        fact["at_ms"] = one.at_ms;
        fact["day"] = one.day.text();
        fact["hybrid_clock"] = one.hybrid_clock;
        json["facts"].push_back(std::move(fact));
    }
    return json;
}

ClockCorrected read_clock_corrected(Fields& fields) {
    ClockCorrected corrected;
    corrected.enrolment = fields.uuid("enrolment");
    fields.each("facts", [&](Fields& one) {
        corrected.facts.push_back({one.uuid("operation"), one.integer("at_ms", ms_min, ms_max),
                                   one.day("day"), one.number("hybrid_clock")});
    });
    return corrected;
}

Json to_json(const UnknownPayload&) {
    assert(false);
    return Json::object();
}

}  // namespace

nlohmann::ordered_json payload_json(const Payload& payload) {
    return std::visit([](const auto& known) { return to_json(known); }, payload);
}

std::optional<Payload> read_payload(std::string_view type, Fields& fields) {
    if (type == "visit_planned")
        return read_visit_planned(fields);
    if (type == "contact_recorded")
        return read_contact_recorded(fields);
    if (type == "contact_taken_back")
        return read_contact_taken_back(fields);
    if (type == "questionnaire_finished")
        return read_questionnaire_finished(fields);
    if (type == "offer_made")
        return read_offer_made(fields);
    if (type == "referral_raised")
        return read_referral_raised(fields);
    if (type == "referral_state_set")
        return read_referral_state_set(fields);
    if (type == "home_noted")
        return read_home_noted(fields);
    if (type == "records_erased")
        return read_records_erased(fields);
    if (type == "clock_corrected")
        return read_clock_corrected(fields);
    return std::nullopt;
}

}  // namespace doorstep::wire
