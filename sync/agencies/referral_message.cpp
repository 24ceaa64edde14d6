#include "sync/agencies/referral_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "forms/base/calendar.h"
#include "sync/store/sql_values.h"
#include "sync/wire/codec.h"

namespace doorstep {

namespace {

using Json = nlohmann::ordered_json;

Result<std::optional<Operation>> newest(const Store& store, std::string_view question, const Uuid& id) {
    std::optional<Uuid> operation;
    TRY_DO(store.sql().query(question, {{"partnership", home_partnership}, {"id", sql_value(id)}},
                             [&](const SqlRow& row) {
                                 operation = row.uuid(0);
                                 return false;
                             }));
    return operation ? read_fact(store, *operation) : Result<std::optional<Operation>>(std::nullopt);
}

Json answers(const std::vector<SharedAnswer>& shares, bool safe_contact) {
    Json all = Json::array();
    for (const auto& share : shares)
        if (is_safe_contact(share) == safe_contact)
            all.push_back({{"name", share.name}, {"value", share.value}, {"label", share.label}});
    return all;
}

Json address_of(const DoorAddress& address) {
    Json json{{"number_or_name", address.number_or_name},
              {"flat", address.flat},
              {"road", address.road},
              {"postcode", address.postcode}};
    if (address.uprn)
        json["uprn"] = *address.uprn;
    return json;
}

Json agreement_of(const Agreement& agreement) {
    Json json{{"basis", std::string(word(agreement.basis))}};
    if (agreement.basis == ShareBasis::agreement) {
        json["given_by"] = agreement.given_by;
        json["channel"] = agreement.channel;
        json["language"] = agreement.language;
        json["wording_version"] = agreement.wording_version;
    } else {
        json["lawful_reason"] = agreement.lawful_reason;
    }
    json["taken_by"] = agreement.taken_by;
    return json;
}

}  // namespace

bool is_safe_contact(const SharedAnswer& answer) {
    return answer.name.starts_with("safe_contact");
}

Result<std::optional<Operation>> read_fact(const Store& store, const Uuid& operation) {
    TRY(const auto json, store.body(operation));
    auto fact = json ? wire::decode(*json) : Result<Operation>(Error{});
    return fact.ok() ? std::optional(std::move(*fact)) : std::optional<Operation>{};
}

Result<ReferralMessage> referral_message(const Store& store, const Directory& directory,
                                         const Uuid& referral) {
    TRY(const auto fact,
        newest(store, "select operation_id from referral where partnership = :partnership and referral = :id",
               referral));
    const auto* raised = fact ? std::get_if<ReferralRaised>(&fact->payload) : nullptr;
    if (!raised)
        return Error{Fault::not_found, "The content of this referral is not here any more.", ""};
    TRY(const auto door,
        newest(store, "select operation_id from contact where partnership = :partnership and contact = :id",
               raised->contact));
    const auto* contact = door ? std::get_if<ContactRecorded>(&door->payload) : nullptr;
    if (!contact)
        return Error{Fault::conflict, "The record of the door has not arrived yet.", ""};
    // A clock that told the end of time tells an agency nothing.
    const auto at_ms = std::clamp(fact->at_ms, std::int64_t{0}, store.clock().now_ms());
    ReferralMessage message{referral, raised->agency,           *raised, contact->address, contact->language,
                            at_ms,    fact->utc_offset_minutes, {}};
    const auto* agency = directory.agency(raised->agency);
    for (const auto& code : raised->services) {
        const auto* service = agency ? agency->service(code) : nullptr;
        message.services.emplace_back(code, service ? service->label : code);
    }
    return message;
}

std::string as_json(const ReferralMessage& message) {
    const auto& raised = message.raised;
    Json services = Json::array();
    for (const auto& [code, label] : message.services)
        services.push_back({{"code", code}, {"label", label}});
    const Json json{{"referral", message.referral.text()},
                    {"agency", message.agency},
                    {"urgency", raised.urgency},
                    {"raised", instant_text(message.raised_ms, message.utc_offset_minutes)},
                    {"safe_contact", answers(raised.shares, true)},
                    {"services", services},
                    {"reasons", raised.reasons},
                    {"address", address_of(message.address)},
                    {"language", message.language},
                    {"answers", answers(raised.shares, false)},
                    {"agreement", agreement_of(raised.agreement)}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<MessageField> as_fields(const ReferralMessage& message) {
    const auto& raised = message.raised;
    std::vector<MessageField> all;
    const auto add = [&](std::string field, const std::string& value, const std::string& words) {
        all.push_back({std::move(field), value, words});
    };
    const auto plain = [&](std::string field, const std::string& value) {
        add(std::move(field), value, value);
    };
    plain("referral", message.referral.text());
    plain("agency", message.agency);
    plain("urgency", raised.urgency);
    plain("raised", instant_text(message.raised_ms, message.utc_offset_minutes));
    for (const auto& share : raised.shares)
        if (is_safe_contact(share))
            add(share.name, share.value, share.label);
    for (const auto& [code, label] : message.services)
        add("service", code, label);
    for (const auto& reason : raised.reasons)
        plain("reason", reason);
    plain("number_or_name", message.address.number_or_name);
    plain("flat", message.address.flat);
    plain("road", message.address.road);
    plain("postcode", message.address.postcode);
    if (message.address.uprn)
        plain("uprn", fmt::format("{}", *message.address.uprn));
    plain("language", message.language);
    for (const auto& share : raised.shares)
        if (!is_safe_contact(share))
            add(share.name, share.value, share.label);
    const auto agreement = agreement_of(raised.agreement);
    for (const auto& [name, value] : agreement.items())
        plain("agreement_" + name, value.get<std::string>());
    return all;
}

}  // namespace doorstep
