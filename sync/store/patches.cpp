#include "sync/store/patches.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "sync/store/rows_at_once.h"
#include "sync/store/run_later.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

// Areas that a visit, a contact or a referral is named for, "" where that is none.
using Areas = std::set<std::string>;

std::string only_one(const Areas& areas) {
    return areas.size() == 1 && wire::is_patch(*areas.begin()) ? *areas.begin() : std::string{};
}

class PatchFinder {
public:
    PatchFinder(SqlConnection& sql, std::span<Incoming> arrivals) : sql_(sql), arrivals_(arrivals) {}

    Result<void> find() {
        for (const auto& one : arrivals_)
            read_.push_back(readable(one));
        for (const auto* fact : read_)
            if (fact)
                std::visit(Naming{*this}, fact->payload);
        for (const auto* fact : read_)
            if (fact)
                want(*fact);
        TRY_DO(ask("select contact, area from fact_contact where partnership = :partnership and contact = "
                   ":id",
                   contacts_wanted_, contacts_));
        TRY_DO(ask("select visit, area from fact_visit where partnership = :partnership and visit = :id",
                   visits_wanted_, visits_));
        TRY_DO(ask("select f.referral, coalesce(o.patch, '') from fact_referral f join operation o on "
                   "o.partnership = f.partnership and o.operation_id = f.operation_id where f.partnership = "
                   ":partnership and f.referral = :id",
                   referrals_wanted_, referrals_));
        TRY_DO(ask("select operation_id, coalesce(patch, '') from operation where partnership = "
                   ":partnership and operation_id = :id",
                   facts_wanted_, facts_));
        for (std::size_t i = 0; i < arrivals_.size(); ++i)
            tell(arrivals_[i], read_[i]);
        return {};
    }

private:
    static const Operation* readable(const Incoming& one) {
        return one.opened->operation && why_quarantined(*one.opened).empty() ? &*one.opened->operation
                                                                             : nullptr;
    }

    // What the facts themselves name.
    struct Naming {
        PatchFinder& finder;
        void operator()(const VisitPlanned& visit) const { finder.visits_[visit.visit].insert(visit.area); }
        void operator()(const ContactRecorded& contact) const {
            finder.contacts_[contact.contact].insert(contact.area);
        }
        void operator()(const ReferralRaised& referral) const {
            finder.contact_of_.emplace(referral.referral, referral.contact);
        }
        template<class Other>
        void operator()(const Other&) const {}
    };

    // What is not told by these facts.
    struct Wanting {
        PatchFinder& finder;
        bool corrects = false;
        void operator()(const VisitPlanned& visit) const { finder.visits_wanted_.push_back(visit.visit); }
        void operator()(const ContactRecorded& contact) const {
            if (corrects)
                finder.contacts_wanted_.push_back(contact.contact);
        }
        void operator()(const ContactTakenBack& taken_back) const { contact(taken_back.contact); }
        void operator()(const QuestionnaireFinished& finished) const { contact(finished.contact); }
        void operator()(const OfferMade& offer) const { contact(offer.contact); }
        void operator()(const ReferralRaised& referral) const { contact(referral.contact); }
        void operator()(const ReferralStateSet& set) const {
            const auto known = finder.contact_of_.find(set.referral);
            if (known != finder.contact_of_.end())
                contact(known->second);
            else
                finder.referrals_wanted_.push_back(set.referral);
        }
        template<class Other>
        void operator()(const Other&) const {}
        void contact(const Uuid& contact) const {
            if (!finder.contacts_.contains(contact))
                finder.contacts_wanted_.push_back(contact);
        }
    };
    void want(const Operation& fact) {
        std::visit(Wanting{*this, fact.supersedes.has_value()}, fact.payload);
        if (fact.supersedes)
            facts_wanted_.push_back(*fact.supersedes);
        facts_wanted_.insert(facts_wanted_.end(), fact.base.begin(), fact.base.end());
    }

    struct Telling {
        const PatchFinder& finder;
        std::string operator()(const VisitPlanned& visit) const { return of(finder.visits_, visit.visit); }
        std::string operator()(const ContactRecorded& contact) const {
            return of(finder.contacts_, contact.contact);
        }
        std::string operator()(const ContactTakenBack& taken_back) const {
            return of(finder.contacts_, taken_back.contact);
        }
        std::string operator()(const QuestionnaireFinished& finished) const {
            return of(finder.contacts_, finished.contact);
        }
        std::string operator()(const OfferMade& offer) const { return of(finder.contacts_, offer.contact); }
        std::string operator()(const ReferralRaised& referral) const {
            return of(finder.contacts_, referral.contact);
        }
        std::string operator()(const ReferralStateSet& set) const {
            const auto known = finder.contact_of_.find(set.referral);
            return known != finder.contact_of_.end() ? of(finder.contacts_, known->second)
                                                     : of(finder.referrals_, set.referral);
        }
        std::string operator()(const HomeNoted& noted) const { return only_one({noted.area}); }
        template<class Other>
        std::string operator()(const Other&) const {
            return {};
        }
        static std::string of(const std::map<Uuid, Areas>& known, const Uuid& what) {
            const auto found = known.find(what);
            return found == known.end() ? std::string{} : only_one(found->second);
        }
    };
    void tell(Incoming& one, const Operation* fact) {
        std::string patch = fact ? std::visit(Telling{*this}, fact->payload) : std::string{};
        // Who holds what it corrects, or takes the place of, is to have it too.
        const auto is_elsewhere = [&](const Uuid& id) {
            const auto before = facts_.find(id);
            return before != facts_.end() && !before->second.contains(patch);
        };
        if (fact && ((fact->supersedes && is_elsewhere(*fact->supersedes)) ||
                     std::any_of(fact->base.begin(), fact->base.end(), is_elsewhere)))
            patch.clear();
        if (!facts_wanted_.empty())
            facts_[one.id].insert(patch);
        one.patch = std::move(patch);
    }

    Result<void> ask(std::string_view question, std::vector<Uuid>& wanted, std::map<Uuid, Areas>& known) {
        std::sort(wanted.begin(), wanted.end());
        wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
        return query_about(sql_, question, wanted,
                           [&](const SqlRow& row) { known[row.uuid(0)].insert(row.text(1)); });
    }

    SqlConnection& sql_;
    std::span<Incoming> arrivals_;
    std::vector<const Operation*> read_{};  // null: set aside
    std::map<Uuid, Areas> visits_{};
    std::map<Uuid, Areas> contacts_{};
    std::map<Uuid, Areas> referrals_{};
    std::map<Uuid, Areas> facts_{};
    std::map<Uuid, Uuid> contact_of_{};
    std::vector<Uuid> visits_wanted_{};
    std::vector<Uuid> contacts_wanted_{};
    std::vector<Uuid> referrals_wanted_{};
    std::vector<Uuid> facts_wanted_{};
};

SqlValue part_value(const wire::IdSum& sum, std::size_t part) {
    return std::int64_t{sum.parts[part]};
}

// The sums are kept whole: two thousand million facts fit.
wire::PatchTotal total_of(const SqlRow& row) {
    wire::PatchTotal total{row.text(0), unsigned_column(row, 1), {}};
    for (std::size_t i = 0; i < total.sum.parts.size(); ++i)
        total.sum.parts[i] = static_cast<std::uint32_t>(row.integer(static_cast<int>(i) + 2));
    return total;
}

constexpr std::string_view area_of_contact =
    "select case when min(c.area) = max(c.area) then min(c.area) end from fact_contact c "
    "where c.partnership = f.partnership and c.contact = ";

// The same rules as above, for facts that are here.  No index takes a text of any length.
Result<void> fill_in_type(SqlConnection& sql, std::string_view type, const std::string& area) {
    TRY_DO(
        sql.run("update operation set patch = coalesce((select case when length(a.patch) <= 100 then "
                "a.patch end from (" +
                    area +
                    ") a), '') where partnership = :partnership and patch is null and status = 0 and type = "
                    ":type",
                {{"partnership", home_partnership}, {"type", std::string(type)}}));
    return {};
}

Result<void> take_back_no_patches(SqlConnection& sql) {
    std::vector<std::string> none;
    TRY_DO(sql.query("select distinct patch from operation where partnership = :partnership and patch <> ''",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         if (!wire::is_patch(row.text(0)))
                             none.push_back(row.text(0));
                         return true;
                     }));
    for (const auto& one : none)
        TRY_DO(sql.run("update operation set patch = '' where partnership = :partnership and patch = :patch",
                       {{"partnership", home_partnership}, {"patch", one}}));
    return {};
}

std::string of_table(std::string_view table, std::string_view area) {
    return "select (" + std::string(area) + ") as patch from " + std::string(table) +
           " f where f.partnership = operation.partnership and f.operation_id = operation.operation_id";
}

Result<void> fill_in_all(SqlConnection& sql) {
    const auto by_contact = std::string(area_of_contact) + "f.contact";
    TRY_DO(
        fill_in_type(sql, "visit_planned",
                     of_table("fact_visit", "select case when min(v.area) = max(v.area) then min(v.area) end "
                                            "from fact_visit v where v.partnership = f.partnership and "
                                            "v.visit = f.visit")));
    TRY_DO(fill_in_type(sql, "contact_recorded", of_table("fact_contact", by_contact)));
    TRY_DO(fill_in_type(sql, "questionnaire_finished", of_table("fact_questionnaire", by_contact)));
    TRY_DO(fill_in_type(sql, "offer_made", of_table("fact_offer", by_contact)));
    TRY_DO(fill_in_type(sql, "referral_raised", of_table("fact_referral", by_contact)));
    TRY_DO(fill_in_type(
        sql, "contact_taken_back",
        "select max(o.patch) as patch from superseded f join operation o on o.partnership = f.partnership "
        "and o.operation_id = f.operation_id where f.partnership = operation.partnership and "
        "f.by_operation = operation.operation_id and f.type = 'contact_taken_back'"));
    TRY_DO(fill_in_type(
        sql, "referral_state_set",
        "select max(o.patch) as patch from fact_referral_state f join fact_referral r on r.partnership = "
        "f.partnership and r.referral = f.referral join operation o on o.partnership = "
        "r.partnership and o.operation_id = r.operation_id where f.partnership = "
        "operation.partnership and f.operation_id = operation.operation_id"));
    TRY_DO(sql.run("update operation set patch = '' where partnership = :partnership and patch is null",
                   {{"partnership", home_partnership}}));
    return take_back_no_patches(sql);
}

Result<void> write_totals(SqlConnection& sql, const std::vector<wire::PatchTotal>& totals) {
    for (const auto& one : totals)
        TRY_DO(run_later(
            sql,
            "insert into patch_total(partnership, patch, facts, sum_0, sum_1, sum_2, sum_3) "
            "values(:partnership, :patch, :facts, :sum_0, :sum_1, :sum_2, :sum_3) on conflict(partnership, "
            "patch) do update set facts = patch_total.facts + excluded.facts, sum_0 = patch_total.sum_0 + "
            "excluded.sum_0, sum_1 = patch_total.sum_1 + excluded.sum_1, sum_2 = patch_total.sum_2 + "
            "excluded.sum_2, sum_3 = patch_total.sum_3 + excluded.sum_3",
            {{"partnership", home_partnership},
             {"patch", one.patch},
             {"facts", sql_value(one.facts)},
             {"sum_0", part_value(one.sum, 0)},
             {"sum_1", part_value(one.sum, 1)},
             {"sum_2", part_value(one.sum, 2)},
             {"sum_3", part_value(one.sum, 3)}}));
    return {};
}

}  // namespace

Result<void> find_patches(SqlConnection& sql, std::span<Incoming> arrivals) {
    return PatchFinder(sql, arrivals).find();
}

void PatchCount::add(const Incoming& added) {
    const auto patch = added.patch.value_or(std::string{});
    auto found = std::find_if(totals_.begin(), totals_.end(),
                              [&](const wire::PatchTotal& one) { return one.patch == patch; });
    if (found == totals_.end())
        found = totals_.insert(totals_.end(), {patch, 0, {}});
    ++found->facts;
    found->sum.add(added.id);
}

Result<void> PatchCount::keep(SqlConnection& sql) const {
    return write_totals(sql, totals_);
}

Result<std::vector<wire::PatchTotal>> patch_totals(SqlConnection& sql, std::uint64_t newest) {
    std::vector<wire::PatchTotal> totals;
    TRY_DO(sql.query(
        "select t.patch, t.facts, t.sum_0, t.sum_1, t.sum_2, t.sum_3 from patch_total t join "
        "partnership_clock c on c.partnership = t.partnership where t.partnership = :partnership and c.seq = "
        ":newest order by t.patch",
        {{"partnership", home_partnership}, {"newest", sql_value(newest)}}, [&](const SqlRow& row) {
            totals.push_back(total_of(row));
            return true;
        }));
    return totals;
}

Result<std::vector<wire::PatchTotal>> counted_patches(SqlConnection& sql) {
    std::map<std::string, wire::PatchTotal> counted;
    TRY_DO(sql.query("select coalesce(patch, ''), operation_id from operation where partnership = "
                     ":partnership and pull_seq is not null",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         auto& one = counted[row.text(0)];
                         ++one.facts;
                         one.sum.add(row.uuid(1));
                         return true;
                     }));
    std::vector<wire::PatchTotal> totals;
    for (auto& [patch, total] : counted) {
        total.patch = patch;
        totals.push_back(std::move(total));
    }
    return totals;
}

Result<void> fill_in_patches(SqlConnection& sql) {
    bool lacking = false;
    TRY_DO(sql.query("select 1 from operation where partnership = :partnership and patch is null limit 1",
                     {{"partnership", home_partnership}}, [&](const SqlRow&) {
                         lacking = true;
                         return false;
                     }));
    if (!lacking)
        return {};
    TRY_DO(fill_in_all(sql));
    TRY(const auto totals, counted_patches(sql));
    TRY_DO(sql.run("delete from patch_total where partnership = :partnership",
                   {{"partnership", home_partnership}}));
    return write_totals(sql, totals);
}

}  // namespace doorstep
