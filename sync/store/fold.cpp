#include "sync/store/fold.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <span>

#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

bool has_nul(std::string_view text) {
    return text.find('\0') != std::string_view::npos;
}

// Codes stand in text columns, which in PostgreSQL take no NUL.
struct CodesWithNul {
    bool operator()(const VisitPlanned& visit) const {
        return has_nul(visit.label) || has_nul(visit.programme) || has_nul(visit.area) ||
               std::any_of(visit.teams.begin(), visit.teams.end(), has_nul);
    }
    bool operator()(const ContactRecorded& contact) const {
        return has_nul(contact.area) || has_nul(contact.road_code) || has_nul(contact.team) ||
               has_nul(contact.officer) || has_nul(contact.companion);
    }
    bool operator()(const ContactTakenBack&) const { return false; }
    bool operator()(const QuestionnaireFinished& finished) const {
        return has_nul(finished.form.id) || has_nul(finished.form.version);
    }
    bool operator()(const OfferMade& offer) const { return has_nul(offer.code); }
    bool operator()(const ReferralRaised& referral) const {
        return has_nul(referral.agency) || has_nul(referral.urgency);
    }
    bool operator()(const ReferralStateSet&) const { return false; }
    bool operator()(const RecordsErased&) const { return false; }
    bool operator()(const ClockCorrected&) const { return false; }
    bool operator()(const UnknownPayload&) const { return false; }
};

// What the endpoint says of the clock of :id, else what the fact says: whichever comes first.
std::string as_corrected(std::string_view column, std::string_view otherwise) {
    return fmt::format("coalesce((select k.{} from fact_clock k where k.partnership = :partnership and "
                       "k.operation_id = :id order by k.told desc, k.by_operation desc limit 1), {})",
                       column, otherwise);
}
// An insert of a fact's row, with what holds in place of :clock, :day and :at_ms.
std::string corrected(std::string insert) {
    for (const std::string_view one : {":clock", ":day", ":at_ms"})
        if (const auto at = insert.find(one, insert.find("values(")); at != std::string::npos)
            insert.replace(at, one.size(),
                           as_corrected(one == ":clock" ? "hybrid_clock" : one.substr(1), one));
    return insert;
}

struct CorrectedTable {
    std::string_view name;
    bool has_day = false;
    bool has_time = false;
};
constexpr std::array<CorrectedTable, 7> corrected_tables = {{{"fact_visit", true, false},
                                                             {"fact_contact", true, true},
                                                             {"fact_questionnaire", true, false},
                                                             {"fact_offer", true, false},
                                                             {"fact_referral", true, true},
                                                             {"fact_referral_state", false, true},
                                                             {"people_contact", false, false}}};

class Folding {
public:
    Folding(SqlConnection& sql, const Operation& operation, bool with_people)
        : sql_(sql), operation_(operation), with_people_(with_people), id_(sql_value(operation.id)),
          clock_(sql_value(operation.hybrid_clock)) {}

    Result<void> supersede() const {
        return operation_.supersedes ? supersede(*operation_.supersedes) : Result<void>{};
    }

    Result<void> supersede(const Uuid& what) const {
        return put("insert into superseded(partnership, operation_id, type, by_operation) "
                   "values(:partnership, :superseded, :type, :id) on conflict do nothing",
                   {{"partnership", home_partnership},
                    {"superseded", sql_value(what)},
                    {"type", std::string(type_name(operation_))},
                    {"id", id_}});
    }

    Result<void> operator()(const VisitPlanned& visit) const {
        static const std::string row = corrected(
            "insert into fact_visit(partnership, operation_id, hybrid_clock, visit, label, programme, area, "
            "day) values(:partnership, :id, :clock, :visit, :label, :programme, :area, :day) "
            "on conflict do nothing");
        TRY_DO(put(row, {{"partnership", home_partnership},
                         {"id", id_},
                         {"clock", clock_},
                         {"visit", sql_value(visit.visit)},
                         {"label", visit.label},
                         {"programme", visit.programme},
                         {"area", visit.area},
                         {"day", std::int64_t{visit.day.since_1970}}}));
        for (const auto& team : visit.teams)
            TRY_DO(put("insert into fact_visit_team(partnership, operation_id, team) "
                       "values(:partnership, :id, :team) on conflict do nothing",
                       {{"partnership", home_partnership}, {"id", id_}, {"team", team}}));
        return {};
    }

    Result<void> operator()(const ContactRecorded& contact) const {
        static const std::string row = corrected(
            "insert into fact_contact(partnership, operation_id, hybrid_clock, contact, visit, household, "
            "area, road_code, team, officer, companion, outcome, day, at_ms) "
            "values(:partnership, :id, :clock, :contact, :visit, :household, :area, :road_code, :team, "
            ":officer, :companion, :outcome, :day, :at_ms) on conflict do nothing");
        TRY_DO(put(row, {{"partnership", home_partnership},
                         {"id", id_},
                         {"clock", clock_},
                         {"contact", sql_value(contact.contact)},
                         {"visit", sql_value(contact.visit)},
                         {"household", sql_value(contact.household)},
                         {"area", contact.area},
                         {"road_code", contact.road_code},
                         {"team", contact.team},
                         {"officer", contact.officer},
                         {"companion", contact.companion},
                         {"outcome", std::string(word(contact.outcome))},
                         {"day", std::int64_t{contact.day.since_1970}},
                         {"at_ms", operation_.at_ms}}));
        return with_people_ ? people(contact) : Result<void>{};
    }

    // Which outcomes can be taken back at all is for the views: the fact itself may
    // come later.
    Result<void> operator()(const ContactTakenBack& taken_back) const { return supersede(taken_back.of); }

    Result<void> operator()(const QuestionnaireFinished& finished) const {
        static const std::string row = corrected(
            "insert into fact_questionnaire(partnership, operation_id, hybrid_clock, questionnaire, contact, "
            "form_id, form_version, complete, day) values(:partnership, :id, :clock, :questionnaire, "
            ":contact, :form_id, :form_version, :complete, :day) on conflict do nothing");
        return put(row, {{"partnership", home_partnership},
                         {"id", id_},
                         {"clock", clock_},
                         {"questionnaire", sql_value(finished.questionnaire)},
                         {"contact", sql_value(finished.contact)},
                         {"form_id", finished.form.id},
                         {"form_version", finished.form.version},
                         {"complete", std::int64_t{finished.complete}},
                         {"day", std::int64_t{finished.day.since_1970}}});
    }

    Result<void> operator()(const OfferMade& offer) const {
        static const std::string row = corrected(
            "insert into fact_offer(partnership, operation_id, hybrid_clock, offer, contact, code, status, "
            "quantity, day) values(:partnership, :id, :clock, :offer, :contact, :code, :status, :quantity, "
            ":day) on conflict do nothing");
        return put(row, {{"partnership", home_partnership},
                         {"id", id_},
                         {"clock", clock_},
                         {"offer", sql_value(offer.offer)},
                         {"contact", sql_value(offer.contact)},
                         {"code", offer.code},
                         {"status", std::string(word(offer.status))},
                         {"quantity", offer.quantity},
                         {"day", std::int64_t{offer.day.since_1970}}});
    }

    Result<void> operator()(const ReferralRaised& referral) const {
        static const std::string row = corrected(
            "insert into fact_referral(partnership, operation_id, hybrid_clock, referral, contact, "
            "household, "
            "agency, urgency, basis, day, at_ms) values(:partnership, :id, :clock, :referral, :contact, "
            ":household, :agency, :urgency, :basis, :day, :at_ms) on conflict do nothing");
        return put(row, {{"partnership", home_partnership},
                         {"id", id_},
                         {"clock", clock_},
                         {"referral", sql_value(referral.referral)},
                         {"contact", sql_value(referral.contact)},
                         {"household", sql_value(referral.household)},
                         {"agency", referral.agency},
                         {"urgency", referral.urgency},
                         {"basis", std::string(word(referral.agreement.basis))},
                         {"day", std::int64_t{referral.day.since_1970}},
                         {"at_ms", operation_.at_ms}});
    }

    Result<void> operator()(const ReferralStateSet& set) const {
        static const std::string row = corrected(
            "insert into fact_referral_state(partnership, operation_id, hybrid_clock, referral, "
            "cycle, state, "
            "word, at_ms) values(:partnership, :id, :clock, :referral, :cycle, :state, :word, :at_ms) "
            "on conflict do nothing");
        return put(row, {{"partnership", home_partnership},
                         {"id", id_},
                         {"clock", clock_},
                         {"referral", sql_value(set.referral)},
                         {"cycle", std::int64_t{set.cycle}},
                         {"state", static_cast<std::int64_t>(set.state)},
                         {"word", std::string(word(set.state))},
                         {"at_ms", operation_.at_ms}});
    }

    // What it forgets is forgotten by whoever keeps it (erase.h): here nothing is counted.
    Result<void> operator()(const RecordsErased&) const { return {}; }

    // Of what has come and of what will: the fold does not depend on the order.
    Result<void> operator()(const ClockCorrected& corrected) const {
        for (const auto& fact : corrected.facts) {
            TRY_DO(put("insert into fact_clock(partnership, operation_id, by_operation, told, hybrid_clock, "
                       "day, at_ms) values(:partnership, :fact, :id, :told, :clock, :day, :at_ms) "
                       "on conflict do nothing",
                       {{"partnership", home_partnership},
                        {"fact", sql_value(fact.operation)},
                        {"id", id_},
                        {"told", clock_},
                        {"clock", sql_value(fact.hybrid_clock)},
                        {"day", std::int64_t{fact.day.since_1970}},
                        {"at_ms", fact.at_ms}}));
            for (const auto& table : corrected_tables)
                TRY_DO(put(fmt::format("update {} set hybrid_clock = {}{}{} where partnership = :partnership "
                                       "and operation_id = :id",
                                       table.name, as_corrected("hybrid_clock", "hybrid_clock"),
                                       table.has_day ? ", day = " + as_corrected("day", "day") : "",
                                       table.has_time ? ", at_ms = " + as_corrected("at_ms", "at_ms") : ""),
                           {{"partnership", home_partnership}, {"id", sql_value(fact.operation)}}));
        }
        return {};
    }

    Result<void> operator()(const UnknownPayload&) const {
        assert(false);
        return {};
    }

private:
    Result<void> people(const ContactRecorded& contact) const {
        const auto& address = contact.address;
        static const std::string row = corrected(
            "insert into people_contact(partnership, operation_id, hybrid_clock, contact, household, "
            "number_or_name, flat, road, postcode, uprn, language, respondent) values(:partnership, :id, "
            ":clock, :contact, :household, :number_or_name, :flat, :road, :postcode, :uprn, :language, "
            ":respondent) on conflict do nothing");
        return put(row, {{"partnership", home_partnership},
                         {"id", id_},
                         {"clock", clock_},
                         {"contact", sql_value(contact.contact)},
                         {"household", sql_value(contact.household)},
                         {"number_or_name", Blob{address.number_or_name}},
                         {"flat", Blob{address.flat}},
                         {"road", Blob{address.road}},
                         {"postcode", Blob{address.postcode}},
                         {"uprn", sql_value(address.uprn)},
                         {"language", Blob{contact.language}},
                         {"respondent", Blob{contact.respondent}}});
    }

    Result<void> put(std::string_view statement, std::initializer_list<SqlParameter> parameters) const {
        if (auto done = sql_.run(statement, parameters); !done.ok())
            return done.error();
        return {};
    }

    SqlConnection& sql_;
    const Operation& operation_;
    bool with_people_;
    SqlValue id_;
    SqlValue clock_;
};

}  // namespace

std::string why_not_folded(const Operation& operation) {
    if (std::holds_alternative<UnknownPayload>(operation.payload))
        return "It is of a type, or a version of a type, that this program does not know.";
    if (operation.supersedes == operation.id)
        return "It supersedes itself.";
    if (std::holds_alternative<ContactTakenBack>(operation.payload) && operation.supersedes)
        return "It takes a door's outcome back and supersedes something as well.";
    if (const auto* referral = std::get_if<ReferralRaised>(&operation.payload)) {
        const Agreement& agreement = referral->agreement;
        if (agreement.basis == ShareBasis::agreement && agreement.given_by.empty())
            return "It is a referral to which nobody agreed.";
        if (agreement.basis != ShareBasis::agreement && agreement.lawful_reason.empty())
            return "It is a referral without agreement, and without a lawful reason.";
    }
    if (std::visit(CodesWithNul{}, operation.payload))
        return "One of its codes holds a NUL character.";
    return {};
}

Result<void> fold(SqlConnection& sql, const Operation& operation, bool with_people) {
    assert(why_not_folded(operation).empty());
    const Folding folding(sql, operation, with_people);
    TRY_DO(folding.supersede());
    return std::visit(folding, operation.payload);
}

}  // namespace doorstep
