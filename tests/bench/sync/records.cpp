#include "tests/bench/sync/records.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "client/casework/casework.h"
#include "forms/base/derived_id.h"
#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "sync/wire/codec.h"
#include "sync/wire/limits.h"
#include "sync/wire/shorthand.h"
#include "tests/journeys/season_deal.h"
#include "tests/journeys/season_officer.h"
#include "tests/journeys/season_plan.h"

namespace doorstep::bench {

namespace {

using namespace doorstep::journey;

constexpr std::int64_t day_ms = 24 * 3'600'000;
constexpr const char* season = "2013-14";

std::set<std::string> counted_agencies(const Directory& directory) {
    std::set<std::string> agencies;
    if (const ColumnSet* columns = directory.column_set(season))
        for (const ReportColumn& column : columns->columns)
            if (column.agency)
                agencies.insert(*column.agency);
    return agencies;
}

// An officer with a tablet, at work.
struct AtWork {
    const SeasonPlan& plan;
    const std::set<std::string> columns;
    ManualClock clock;
    SeededRandom random{1};
    std::unique_ptr<SqlConnection> sql{};
    std::optional<Store> store{};

    Result<Record> finish(Casework& casework, const Uuid& visit, const PlannedDoor& door) {
        SeededRandom dice(door.seed);
        const SeasonOfficer officer(plan, columns, clock);
        const auto at = casework.door(visit, "BE", door.road_code, door.address);
        TRY(auto open, casework.open_questionnaire(at, "safer_streets_doorstep", "2013"));
        TRY_DO(officer.ask(open, door, dice));
        TRY(auto finished, officer.close(open, door, dice));
        clock.advance_ms(120'000);
        return std::move(finished.operations);
    }
};

Result<void> work_seasons(AtWork& at_work, Casework& casework, std::size_t count,
                          std::vector<Record>& records) {
    const auto now = at_work.clock.now_ms();
    TRY(const auto visit,
        casework.plan_visit("SS-BENCH-BE", "safer_streets", "BE",
                            Day::at(now, at_work.clock.utc_offset_minutes(now)), {"team-1"}));
    for (std::uint64_t seed = 1; records.size() < count; ++seed)
        for (const auto& round : deal(at_work.plan, seed))
            for (const auto& door : round) {
                if (door.kind != DoorKind::home || records.size() == count)
                    continue;
                TRY(auto record, at_work.finish(casework, visit, door));
                records.push_back(std::move(record));
            }
    return {};
}

}  // namespace

Result<std::vector<Record>> finished_records(const TabletIdentity& identity, const Library& library,
                                             std::size_t count) {
    Diagnostics found;
    const auto plan = read_plan(std::string(DOORSTEP_SEASONS) + "/" + season, found);
    if (has_error(found) || has_error(library.found))
        return Error{Fault::bad_input, "The season or the questionnaires have mistakes.",
                     "Run doorstep-season: it names them."};
    AtWork at_work{plan, counted_agencies(library.directory),
                   ManualClock(SystemClock().now_ms() - 7 * day_ms)};
    TRY(at_work.sql, open_sqlite(":memory:"));
    TRY(at_work.store, Store::open(*at_work.sql, StoreRole::tablet, at_work.clock, at_work.random));
    TRY_DO(at_work.store->enrol(identity));
    Casework casework(*at_work.store, library, at_work.clock, at_work.random,
                      OnDuty{"off-pol-01", "off-fire-02", "team-1"});
    std::vector<Record> records;
    TRY_DO(work_seasons(at_work, casework, count, records));
    return records;
}

Record at_another_door(const Record& record, Random& random) {
    const Uuid contact = Uuid::random(random);
    const Uuid household = Uuid::random(random);
    const Uuid questionnaire = Uuid::random(random);
    std::uint32_t given = 0;
    const auto next = [&] { return derived_id(questionnaire, ++given); };
    Record other = record;
    // Half an hour ago: what was raised a week ago and is received nowhere is cause for alarm.
    const auto at_ms = SystemClock().now_ms() - 30 * 60'000;
    for (auto& fact : other) {
        fact.at_ms = at_ms;
        fact.id = {};
        fact.sequence = 0;
        fact.hybrid_clock = 0;
        fact.subject = household;
        if (auto* met = std::get_if<ContactRecorded>(&fact.payload)) {
            met->contact = contact;
            met->household = household;
        } else if (auto* finished = std::get_if<QuestionnaireFinished>(&fact.payload)) {
            finished->contact = contact;
            finished->questionnaire = questionnaire;
            for (auto& answer : finished->answers)
                if (answer.name == "instanceID")
                    answer.value = "uuid:" + questionnaire.text();
        } else if (auto* raised = std::get_if<ReferralRaised>(&fact.payload)) {
            raised->referral = next();
            raised->contact = contact;
            raised->household = household;
        } else if (auto* made = std::get_if<OfferMade>(&fact.payload)) {
            made->offer = next();
            made->contact = contact;
        }
    }
    return other;
}

Record without_officers_part(Record record) {
    for (auto& fact : record)
        if (auto* finished = std::get_if<QuestionnaireFinished>(&fact.payload))
            finished->restricted.clear();
    return record;
}

std::vector<Record> plain_records(const std::vector<Record>& finishes) {
    // One referral to each agency, as they were really raised.
    std::map<std::string, Operation> raised;
    for (const auto& record : finishes)
        for (const auto& fact : record)
            if (const auto* referral = std::get_if<ReferralRaised>(&fact.payload))
                raised.emplace(referral->agency, fact);
    SeededRandom dice(2'459);
    std::vector<Record> records;
    for (const auto& finish : finishes) {
        Record record;
        for (const auto& fact : without_officers_part(finish))
            if (std::holds_alternative<QuestionnaireFinished>(fact.payload))
                record.push_back(fact);
        std::vector<Operation> referrals;
        for (const auto& [agency, fact] : raised)
            referrals.push_back(fact);
        for (int one = 0; one < 5 && !referrals.empty(); ++one)
            if (dice.next() % 5'000 < 2'459) {
                const auto which = static_cast<std::ptrdiff_t>(dice.next() % referrals.size());
                record.push_back(referrals[static_cast<std::size_t>(which)]);
                referrals.erase(referrals.begin() + which);
            }
        records.push_back(std::move(record));
    }
    return records;
}

namespace {

// Values that differ from record to record, one word for each name: as the records of sync.md.
std::size_t compact_bytes(const Record& record) {
    auto json = nlohmann::json::object();
    for (const auto& fact : record) {
        if (const auto* finished = std::get_if<QuestionnaireFinished>(&fact.payload)) {
            for (const auto& answer : finished->answers)
                json[answer.name] = answer.kind == "given" ? answer.value : answer.kind;
        } else if (const auto* met = std::get_if<ContactRecorded>(&fact.payload)) {
            json["id"] = met->contact.text();
            json["household"] = met->household.text();
            json["officer"] = met->officer;
            json["at"] = fact.at_ms;
            json["address"] =
                met->address.number_or_name + ", " + met->address.road + ", " + met->address.postcode;
        } else if (const auto* raised = std::get_if<ReferralRaised>(&fact.payload)) {
            json["referrals"].push_back({{"id", raised->referral.text()},
                                         {"agency", raised->agency},
                                         {"urgency", raised->urgency},
                                         {"rules", raised->rules},
                                         {"basis", std::string(word(raised->agreement.basis))}});
        } else if (const auto* made = std::get_if<OfferMade>(&fact.payload)) {
            json["offers"][made->code] = std::string(word(made->status));
        }
    }
    return json.dump().size();
}

std::size_t n_size(std::size_t number) {
    return number < 128 ? 1 : 1 + n_size(number >> 7);
}

// Of one envelope, as the store wrote it short before it was sealed.
void add_parts(Composition& sum, std::string_view json, const wire::PhraseBook& book,
               const wire::OfEnvelope& envelope, std::size_t officers_part) {
    constexpr std::size_t mark_and_book = 1 + wire::shorthand::book_id_bytes;
    const auto brief = wire::shorten(json, book, envelope);
    if (brief.empty() || brief.front() != 'T')
        return;
    std::size_t text = 0, at = mark_and_book;
    for (unsigned shift = 0; at < brief.size(); shift += 7) {
        const auto byte = static_cast<unsigned char>(brief[at++]);
        text |= static_cast<std::size_t>(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    const auto sides = std::string_view(brief).substr(at + text);
    std::set<std::string> ids;
    for (std::size_t from = 0; from + 36 <= json.size(); ++from)
        if (const auto id = Uuid::parse(json.substr(from, 36)))
            if (sides.find(id->raw()) != std::string_view::npos)
                ids.insert(std::string(id->raw()));
    const auto blob = officers_part == 0 ? 0 : n_size(officers_part) + officers_part;
    sum.short_bytes += static_cast<double>(brief.size());
    sum.text_bytes += static_cast<double>(text);
    sum.id_bytes += static_cast<double>(16 * ids.size());
    sum.officers_bytes += static_cast<double>(blob);
}

std::size_t officers_part_of(const Record& record) {
    for (const auto& fact : record)
        if (const auto* finished = std::get_if<QuestionnaireFinished>(&fact.payload))
            return finished->restricted.size();
    return 0;
}

const wire::PhraseBook& book_of(const Record& record, const wire::PhraseBooks& books) {
    for (const auto& fact : record)
        if (const auto* finished = std::get_if<QuestionnaireFinished>(&fact.payload))
            return books.of(finished->form.hash);
    return books.without_form();
}

}  // namespace

Result<Composition> composition(const std::vector<Record>& records, const TabletIdentity& identity,
                                const std::shared_ptr<const wire::PhraseBooks>& books) {
    TRY(const auto tablet, RecordingTablet::open(identity, books, 3));
    Composition sum;
    for (const auto& record : records) {
        sum.facts += static_cast<double>(record.size());
        for (const auto& fact : record) {
            sum.json_bytes += static_cast<double>(wire::encode(fact).size());
            sum.referrals += std::holds_alternative<ReferralRaised>(fact.payload) ? 1 : 0;
            if (const auto* finished = std::get_if<QuestionnaireFinished>(&fact.payload))
                sum.answers += static_cast<double>(finished->answers.size());
        }
        sum.compact_bytes += static_cast<double>(compact_bytes(record));
        TRY_DO(tablet->record(at_another_door(record, tablet->random())));
    }
    TRY(const auto sealed, tablet->store().unsent(0, std::size_t{1} << 40, std::size_t{1} << 40));
    for (const auto& envelope : sealed)
        sum.sealed_bytes += static_cast<double>(envelope.body.size());
    std::size_t next = 0;
    TRY_DO(tablet->store().sql().query(
        "select envelope_id, first_seq, plain from envelope where partnership = :partnership order by "
        "first_seq",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            const auto json = wire::expand(row.blob(2), limits::envelope_bytes_max);
            const auto& record = records[next++];
            if (json.ok())
                add_parts(sum, *json, book_of(record, *books),
                          {row.uuid(0), static_cast<Sequence>(row.integer(1))}, officers_part_of(record));
            return true;
        }));
    const auto count = static_cast<double>(std::max<std::size_t>(records.size(), 1));
    for (auto* one :
         {&sum.facts, &sum.referrals, &sum.answers, &sum.compact_bytes, &sum.json_bytes, &sum.sealed_bytes,
          &sum.short_bytes, &sum.text_bytes, &sum.id_bytes, &sum.officers_bytes})
        *one /= count;
    return sum;
}

Result<std::unique_ptr<RecordingTablet>> RecordingTablet::open(const TabletIdentity& identity,
                                                               std::shared_ptr<const wire::PhraseBooks> books,
                                                               std::uint64_t seed) {
    TRY(auto sql, open_sqlite(":memory:"));
    std::unique_ptr<RecordingTablet> tablet(new RecordingTablet(std::move(sql), seed));
    TRY(tablet->store_, Store::open(*tablet->sql_, StoreRole::tablet, tablet->clock_, tablet->random_));
    TRY_DO(tablet->store_->enrol(identity));
    tablet->store_->write_short(std::move(books));
    return tablet;
}

Result<void> RecordingTablet::record(const Record& record) {
    clock_.set_ms(std::max(clock_.now_ms(), record.front().at_ms));
    TRY(auto transaction, store_->begin());
    TRY_DO(transaction.append(record));
    return transaction.commit();
}

Result<std::vector<PreparedPush>> RecordingTablet::pushes(std::size_t per_push, const Uuid& epoch) const {
    TRY(const auto enrolment, store_->enrolment());
    TRY(const auto all, store_->unsent(0, std::size_t{1} << 40, std::size_t{1} << 40));
    std::vector<PreparedPush> pushes;
    Sha256 chain;
    for (std::size_t from = 0; from < all.size(); from += per_push) {
        const auto end = std::min(all.size(), from + per_push);
        wire::PushRequest push;
        push.proto = limits::protocol;
        push.epoch_seen = epoch;
        push.enrolment = enrolment;
        push.first_sequence = all[from].first_sequence;
        push.chain_before = chain;
        push.unsent = all.back().last_sequence() - push.first_sequence + 1;
        PreparedPush prepared;
        for (std::size_t i = from; i < end; ++i) {
            chain = wire::chain(chain, all[i]);
            prepared.facts += all[i].count;
            push.envelopes.push_back(all[i]);
        }
        push.chain_after = prepared.chain = chain;
        prepared.acked_through = push.envelopes.back().last_sequence();
        prepared.records = end - from;
        prepared.frame = wire::encode(push);
        if (prepared.frame.size() > limits::push_bytes_max || prepared.facts > limits::push_operations_max)
            return Error{Fault::broken, "A push of the bench is larger than a tablet would send.", ""};
        pushes.push_back(std::move(prepared));
    }
    return pushes;
}

Result<void> work(RecordingTablet& tablet, const std::vector<Record>& records, std::size_t from,
                  std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        TRY_DO(tablet.record(at_another_door(records[(from + i) % records.size()], tablet.random())));
    return {};
}

}  // namespace doorstep::bench
