// The counts against the same rules in plain loops over the operations.
#include <algorithm>
#include <map>
#include <set>

#include "sync/wire/codec.h"
#include "tests/sync/random_operations.h"
#include "tests/sync/report/desk.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

class Oracle {
public:
    explicit Oracle(const std::vector<Operation>& operations) : all_(operations) {}

    Counts count(const Period& period, const ColumnSet& set) const {
        Counts counts;
        counts.period = period;
        counts.column_set = set.code;
        count_contacts(counts);
        count_questionnaires(counts, set.household_form);
        count_referrals(counts, set);
        return counts;
    }

private:
    template<class T>
    struct Fact {
        const Operation* operation;
        const T* what;
    };

    template<class T>
    std::vector<Fact<T>> standing() const {
        std::vector<Fact<T>> out;
        for (const auto& operation : all_) {
            const auto* what = std::get_if<T>(&operation.payload);
            const bool superseded = std::any_of(all_.begin(), all_.end(), [&](const Operation& by) {
                return by.supersedes == operation.id && std::holds_alternative<T>(by.payload);
            });
            if (what && !superseded && !taken_back(operation))
                out.push_back({&operation, what});
        }
        return out;
    }
    bool taken_back(const Operation& operation) const {
        const auto* contact = std::get_if<ContactRecorded>(&operation.payload);
        return contact && contact->outcome != ContactOutcome::completed &&
               contact->outcome != ContactOutcome::partial &&
               std::any_of(all_.begin(), all_.end(), [&](const Operation& by) {
                   const auto* back = std::get_if<ContactTakenBack>(&by.payload);
                   return back && back->of == operation.id;
               });
    }
    template<class T, class Key>
    std::map<Uuid, Fact<T>> latest(Key key) const {
        std::map<Uuid, Fact<T>> out;
        for (const auto& fact : standing<T>()) {
            const auto [at, added] = out.emplace(key(*fact.what), fact);
            if (!added && std::pair(fact.operation->hybrid_clock, fact.operation->id) >
                              std::pair(at->second.operation->hybrid_clock, at->second.operation->id))
                at->second = fact;
        }
        return out;
    }
    static bool in(const Period& period, Day day) { return period.from <= day && day <= period.to; }

    void count_contacts(Counts& counts) const {
        std::set<Uuid> visits;
        for (const auto& [id, fact] :
             latest<ContactRecorded>([](const auto& contact) { return contact.contact; }))
            if (in(counts.period, fact.what->day)) {
                ++counts.contacts;
                visits.insert(fact.what->visit);
            }
        counts.visits = static_cast<std::int64_t>(visits.size());
    }

    void count_questionnaires(Counts& counts, const std::string& form) const {
        std::map<Uuid, bool> completed;
        for (const auto& fact : standing<QuestionnaireFinished>())
            if (fact.what->form.id == form && in(counts.period, fact.what->day)) {
                bool& complete = completed[fact.what->contact];
                complete = complete || fact.what->complete;
            }
        for (const auto& [contact, complete] : completed)
            ++(complete ? counts.questionnaires : counts.partial);
    }

    bool withdrawn(const Uuid& referral) const {
        return std::any_of(all_.begin(), all_.end(), [&](const Operation& operation) {
            const auto* set = std::get_if<ReferralStateSet>(&operation.payload);
            return set && set->referral == referral && set->state == ReferralState::withdrawn;
        });
    }
    // The highest state of the newest cycle as it was before that instant.
    bool ended_before(const Uuid& referral, std::int64_t at_ms) const {
        int newest_cycle = 0;
        bool ended = false;
        for (const auto& operation : all_) {
            const auto* set = std::get_if<ReferralStateSet>(&operation.payload);
            if (!set || set->referral != referral || operation.at_ms >= at_ms || set->cycle < newest_cycle)
                continue;
            if (set->cycle > newest_cycle)
                ended = false;
            newest_cycle = set->cycle;
            ended = ended || set->state >= ReferralState::completed;
        }
        return ended;
    }

    void count_referrals(Counts& counts, const ColumnSet& set) const {
        const auto referrals = latest<ReferralRaised>([](const auto& referral) { return referral.referral; });
        std::map<std::pair<std::string, Uuid>, bool> pairs;  // agency and contact: does it count
        for (const auto& [id, fact] : referrals) {
            if (!in(counts.period, fact.what->day) || withdrawn(id))
                continue;
            const bool open =
                std::any_of(referrals.begin(), referrals.end(), [&, &now = fact](const auto& entry) {
                    const auto& before = entry.second;
                    return before.what->household == now.what->household &&
                           before.what->agency == now.what->agency &&
                           before.what->contact != now.what->contact &&
                           std::pair(before.operation->at_ms, before.operation->id) <
                               std::pair(now.operation->at_ms, now.operation->id) &&
                           now.what->day.since_1970 - before.what->day.since_1970 <= 90 &&
                           !withdrawn(entry.first) && !ended_before(entry.first, now.operation->at_ms);
                });
            bool& counts_now = pairs[{fact.what->agency, fact.what->contact}];
            counts_now = counts_now || !open;
        }
        std::map<std::string, std::int64_t> by_agency;
        for (const auto& [pair, counted] : pairs)
            ++(counted ? by_agency[pair.first] : counts.already_open);
        for (const auto& column : set.columns) {
            counts.columns.push_back({column.label, std::nullopt});
            if (column.agency)
                counts.columns.back().referrals = by_agency[*column.agency];
        }
        for (const auto& [agency, number] : by_agency)
            if (std::none_of(set.columns.begin(), set.columns.end(),
                             [&, &name = agency](const auto& column) { return column.agency == name; }))
                counts.other_agencies += number;
    }

    const std::vector<Operation>& all_;
};

}  // namespace

TEST_CASE("the SQL counts what plain loops over the operations count", "[report][oracle]") {
    std::int64_t counted = 0;
    std::int64_t open = 0;
    // A database of its own each takes PostgreSQL some time.
    const std::uint64_t seeds = on_postgresql() ? 20 : 250;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        RandomOperations source(seed);
        const auto operations = source.several(5 + source.random().below(120));
        std::vector<wire::OpenedOperation> facts;
        for (const auto& operation : operations)
            facts.push_back(wire::open_operation(wire::encode(operation)));
        Desk desk;
        auto transaction = desk.store->begin();
        REQUIRE(transaction.ok());
        REQUIRE(transaction->append_received(facts, Uuid{})->quarantined.empty());
        REQUIRE(transaction->commit().ok());
        const Oracle oracle(operations);
        for (int i = 0; i < 3; ++i) {
            const auto from = Day::of(2026, 3, 1).plus(static_cast<int>(source.random().below(200)));
            const Period period{from, from.plus(static_cast<int>(source.random().below(200)))};
            for (const auto& set : desk.directory.column_sets) {
                const auto by_sql = desk.counts(period, set.code);
                INFO("seed " << seed);
                REQUIRE(as_json(by_sql) == as_json(oracle.count(period, set)));
                counted += by_sql.columns[0].referrals.value_or(0);
                open += by_sql.already_open;
            }
        }
    }
    // The random data reaches what it is meant to test.
    CHECK(counted > static_cast<std::int64_t>(2 * seeds));
    CHECK(open > static_cast<std::int64_t>(seeds) * 4 / 5);
}
