#include "tests/bench/sync/records.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "client/casework/casework.h"
#include "forms/base/derived_id.h"
#include "sync/store/sqlite_connection.h"
#include "sync/wire/codec.h"
#include "sync/wire/limits.h"
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
    const Uuid root = Uuid::random(random);
    std::uint32_t given = 0;
    const auto next = [&] { return given++ == 0 ? root : derived_id(root, given - 1); };
    Record other = record;
    for (auto& fact : other) {
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
        TRY_DO(tablet->record(at_another_door(record, tablet->random())));
    }
    TRY(const auto sealed, tablet->store().unsent(0, std::size_t{1} << 40, std::size_t{1} << 40));
    for (const auto& envelope : sealed)
        sum.sealed_bytes += static_cast<double>(envelope.body.size());
    const auto count = static_cast<double>(std::max<std::size_t>(records.size(), 1));
    return Composition{sum.facts / count, sum.referrals / count, sum.answers / count, sum.json_bytes / count,
                       sum.sealed_bytes / count};
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
