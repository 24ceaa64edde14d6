#include "sync/endpoint/subject_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "sync/endpoint/media.h"
#include "sync/store/sql_values.h"
#include "sync/wire/codec.h"

namespace doorstep {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view facts_sql = R"sql(
select o.operation_id, coalesce(t.tablet, 'endpoint'), o.received_ms from operation o
left join branch b on b.partnership = o.partnership and b.enrolment = o.enrolment
left join tablet t on t.partnership = o.partnership and t.enrolment = coalesce(b.of_enrolment, o.enrolment)
where o.partnership = :partnership and o.type not in ('visit_planned', 'records_erased')
  and (o.subject = :subject
    or exists (select 1 from fact_contact c where c.partnership = o.partnership
      and c.operation_id = o.operation_id and c.household = :subject)
    or exists (select 1 from fact_referral r where r.partnership = o.partnership
      and r.operation_id = o.operation_id and r.household = :subject)
    or exists (select 1 from fact_referral_state s join fact_referral r on r.partnership = s.partnership
      and r.referral = s.referral where s.partnership = o.partnership
      and s.operation_id = o.operation_id and r.household = :subject))
order by o.hybrid_clock, o.operation_id)sql";

struct Place {
    Uuid id;
    std::string tablet;
    std::int64_t received_ms = 0;
};

std::string officer_of(const Operation& operation) {
    if (const auto* contact = std::get_if<ContactRecorded>(&operation.payload))
        return contact->officer;
    if (const auto* raised = std::get_if<ReferralRaised>(&operation.payload))
        return raised->agreement.taken_by;
    if (const auto* set = std::get_if<ReferralStateSet>(&operation.payload))
        return set->by;
    if (const auto* noted = std::get_if<HomeNoted>(&operation.payload))
        return noted->officer;
    return {};
}

using Answers = std::map<std::string, std::string>;

Answers answers_of(const QuestionnaireFinished& finished) {
    Answers answers;
    for (const auto& one : finished.answers)
        answers[one.path] = one.kind == "given" ? one.value : "(" + one.kind + ")";
    return answers;
}

std::string when(std::int64_t at_ms, int offset_minutes) {
    return instant_text(at_ms, offset_minutes);
}

bool is_here(const RecordedFact& fact, const MediaItem& item) {
    return std::find(fact.pictures_here.begin(), fact.pictures_here.end(), item.sha256) !=
           fact.pictures_here.end();
}

// The questionnaires of a home, so that a correction can say what stood there before.
struct Telling {
    std::map<Uuid, Answers> before{};
    std::string out{};

    void line(const std::string& text) { out += "    " + text + "\n"; }

    void operator()(const RecordedFact& fact, const QuestionnaireFinished& finished) {
        line(fmt::format("form {} version {}, {}", finished.form.id, finished.form.version,
                         finished.complete ? "complete" : "partial"));
        for (const auto& item : finished.media)
            line(fmt::format("{} {}, {}", word(item.kind), item.sha256.hex(),
                             is_here(fact, item) ? "here" : "still on the tablet"));
        const auto& supersedes = fact.operation.supersedes;
        const auto old = supersedes ? before.find(*supersedes) : before.end();
        const auto now = answers_of(finished);
        if (supersedes)
            line("corrects " + supersedes->text());
        for (const auto& [path, value] : now) {
            const auto was = old == before.end() ? Answers::const_iterator{} : old->second.find(path);
            if (old == before.end())
                line(fmt::format("{}: {}", path, value));
            else if (was == old->second.end())
                line(fmt::format("{}: {} (was: no answer)", path, value));
            else if (was->second != value)
                line(fmt::format("{}: {} (was: {})", path, value, was->second));
        }
        if (old != before.end())
            for (const auto& [path, value] : old->second)
                if (!now.contains(path))
                    line(fmt::format("{}: no answer (was: {})", path, value));
        before[fact.operation.id] = now;
    }
    void operator()(const RecordedFact&, const ContactRecorded& contact) {
        line(fmt::format("outcome {}; {} {}, {} {}", word(contact.outcome), contact.address.flat,
                         contact.address.number_or_name, contact.address.road, contact.address.postcode));
    }
    void operator()(const RecordedFact&, const OfferMade& offer) {
        line(fmt::format("{} x {}: {}", offer.quantity, offer.code, word(offer.status)));
    }
    void operator()(const RecordedFact&, const ReferralRaised& raised) {
        line(fmt::format("to {}, {}, {}", raised.agency, raised.urgency, word(raised.agreement.basis)));
        for (const auto& reason : raised.reasons)
            line(reason);
        for (const auto& share : raised.shares)
            line(fmt::format("shares {}: {}", share.name, share.value));
    }
    void operator()(const RecordedFact&, const ReferralStateSet& set) {
        line(fmt::format("referral {} is {}{}{}", set.referral.text(), word(set.state),
                         set.reason.empty() ? "" : ": ", set.reason));
    }
    void operator()(const RecordedFact& fact, const HomeNoted& noted) {
        line(fmt::format("{} {}{}{}, to be looked at again from {}, until {}", word(noted.kind),
                         noted.holds ? "holds" : "holds no longer", noted.text.empty() ? "" : ": ",
                         noted.text, noted.review.text(), noted.until.text()));
        for (const auto& seen : fact.operation.base)
            line("in the place of " + seen.text());
    }
    template<class Other>
    void operator()(const RecordedFact&, const Other&) {}
};

// A questionnaire at a door where somebody other than the resident answered.
std::set<Uuid> contacts_of_others(const std::vector<RecordedFact>& facts) {
    std::set<Uuid> others;
    for (const auto& fact : facts)
        if (const auto* contact = std::get_if<ContactRecorded>(&fact.operation.payload))
            if (!contact->respondent.empty() && contact->respondent != "resident")
                others.insert(contact->contact);
    return others;
}

Json bundle_of(const RecordedFact& fact, const std::set<Uuid>& others, Json& withheld) {
    auto operation = fact.operation;
    if (auto* finished = std::get_if<QuestionnaireFinished>(&operation.payload)) {
        finished->restricted.clear();
        for (auto& item : finished->media)
            item.file_key.clear();
        withheld.push_back(
            {{"what", "the officer's page of " + operation.id.text() + ", if anything stands there"},
             {"why", "A safeguarding lead decides."}});
        if (others.contains(finished->contact)) {
            finished->answers.clear();
            finished->media.clear();
            withheld.push_back({{"what", "the answers and pictures of " + operation.id.text()},
                                {"why", "Another person gave them; they wait for redaction."}});
        }
    }
    auto json = Json::parse(wire::encode(operation), nullptr, false);
    if (!json.is_object())
        json = Json::object();
    json["recorded_by"] = fact.recorded_by;
    for (const auto& picture : fact.pictures_here)
        json["pictures_here"].push_back(picture.hex());
    json["tablet"] = fact.tablet;
    return json;
}

}  // namespace

Result<std::vector<RecordedFact>> record_of(Store& store, const Uuid& subject) {
    std::vector<Place> places;
    TRY_DO(store.sql().query(facts_sql, {{"partnership", home_partnership}, {"subject", sql_value(subject)}},
                             [&](const SqlRow& row) {
                                 places.push_back({row.uuid(0), row.text(1), row.integer(2)});
                                 return true;
                             }));
    std::vector<RecordedFact> facts;
    for (const auto& place : places) {
        TRY(const auto body, store.body(place.id));
        const auto opened = wire::open_operation(body.value_or(std::string{}));
        if (!opened.operation)
            continue;  // set aside: it says nothing that can be read
        const auto officer = officer_of(*opened.operation);
        facts.push_back(
            {*opened.operation, officer.empty() ? place.tablet : officer, place.tablet, place.received_ms});
        if (const auto* finished = std::get_if<QuestionnaireFinished>(&opened.operation->payload)) {
            TRY(facts.back().pictures_here, media_here(store.sql(), *finished));
        }
    }
    if (facts.empty() || subject.is_nil())
        return Error{Fault::not_found, "Nothing is recorded about that home or person.",
                     "Give its id as the lists show it."};
    return facts;
}

std::string history_text(const std::vector<RecordedFact>& facts, const Clock& clock) {
    Telling telling;
    for (const auto& fact : facts) {
        telling.out +=
            fmt::format("{}  {}  {}  by {} ({}), received {}\n",
                        when(fact.operation.at_ms, fact.operation.utc_offset_minutes),
                        type_name(fact.operation), fact.operation.id.text(), fact.recorded_by, fact.tablet,
                        when(fact.received_ms, clock.utc_offset_minutes(fact.received_ms)));
        std::visit([&](const auto& payload) { telling(fact, payload); }, fact.operation.payload);
    }
    return telling.out;
}

std::string subject_bundle(const Uuid& subject, const std::vector<RecordedFact>& facts, const Clock& clock) {
    const auto now = clock.now_ms();
    const auto others = contacts_of_others(facts);
    Json withheld = Json::array();
    Json recorded = Json::array();
    for (const auto& fact : facts)
        recorded.push_back(bundle_of(fact, others, withheld));
    const Json bundle{{"subject", subject.text()},
                      {"made", when(now, clock.utc_offset_minutes(now))},
                      {"facts", recorded},
                      {"withheld", withheld}};
    return bundle.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace doorstep
