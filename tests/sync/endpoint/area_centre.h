// A centre that gave areas to tablets, what a tablet is given there, and what it should be.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sync/store/patches.h"
#include "sync/store/sql_values.h"
#include "tests/sync/area_facts.h"
#include "tests/sync/endpoint/centre.h"

namespace doorstep::testing {

inline wire::PullReply scoped_page(const EndpointResponse& response) {
    INFO(response.body.substr(0, 200));
    REQUIRE(response.status == 200);
    auto page = wire::decode_pull_reply(response.body);
    REQUIRE(page.ok());
    return std::move(*page);
}

struct AreaCentre : Centre {
    AreaCentre() {
        for (const std::string area : {"BE", "SX", "AB", "PB"})
            REQUIRE(
                endpoint->publish({{wire::ParcelKind::addresses, area, "homes of " + area, {}, {}}}).ok());
    }
    void give(const std::string& tablet, const std::vector<std::string>& areas) {
        REQUIRE(endpoint->give_addresses(tablet, areas).ok());
    }
    std::string patch(const Uuid& operation) {
        std::string found = "not here";
        REQUIRE(sql.query("select patch from operation where operation_id = :id",
                          {{"id", sql_value(operation)}},
                          [&](const SqlRow& row) {
                              found = row.text(0);
                              return false;
                          })
                    .ok());
        return found;
    }
    Operation at_centre(const Operation& fact) {
        auto transaction = endpoint->store().begin();
        REQUIRE(transaction.ok());
        const auto kept = transaction->append({fact});
        REQUIRE(kept.ok());
        REQUIRE(transaction->commit().ok());
        return kept->front();
    }
};

inline void push_all(Hand& tablet, const std::vector<Operation>& facts) {
    tablet.keep(facts);
    acknowledged(tablet.push(tablet.envelopes.size() - 1, tablet.envelopes.size()));
}

inline std::string named(const std::vector<std::string>& areas) {
    return "&scope=" + wire::scope_name(areas);
}

inline EndpointResponse ask_history(const Hand& tablet, const std::string& patch, std::uint64_t from,
                                    std::uint64_t through, const std::string& more) {
    return tablet.centre.handle(tablet.request(
        "GET", fmt::format("/v1/pull?epoch={}&patch={}&from={}&through={}{}",
                           tablet.centre.endpoint->store().epoch()->text(), patch, from, through, more)));
}

// What a tablet has when it follows the feed from that place to its end.
struct Followed {
    std::map<std::uint64_t, wire::PulledOperation> facts;
    std::uint64_t cursor = 0;
    std::vector<wire::PatchTotal> totals;
    int pages = 0;
};
inline Followed follow(const Hand& tablet, std::uint64_t from, const std::string& more) {
    Followed got;
    got.cursor = from;
    for (bool again = true; again; ++got.pages) {
        auto page = scoped_page(tablet.pull(got.cursor, more));
        REQUIRE(page.from == got.cursor);
        REQUIRE((page.cursor > got.cursor || !page.more));
        got.cursor = page.cursor;
        again = page.more;
        got.totals = page.patches;
        for (auto& one : page.operations)
            got.facts.emplace(one.pull_sequence, std::move(one));
    }
    return got;
}
inline Followed history(const Hand& tablet, const std::string& patch, std::uint64_t through,
                        const std::string& more) {
    Followed got;
    for (bool again = true; again; ++got.pages) {
        auto page = scoped_page(ask_history(tablet, patch, got.cursor, through, more));
        REQUIRE(page.patch == patch);
        REQUIRE(page.from == got.cursor);
        REQUIRE((page.cursor > got.cursor || !page.more));
        got.cursor = page.cursor;
        again = page.more;
        for (auto& one : page.operations)
            got.facts.emplace(one.pull_sequence, std::move(one));
    }
    return got;
}

// What a slow reader of the whole log finds, fact by fact: which areas were named for what a fact is about
// by all that came before it and by what came with it; what becomes of a referral goes with the referral.
class SlowOracle {
public:
    struct Placed {
        Uuid id;
        Uuid tablet;  // nil: the centre
        std::string patch;
    };
    std::map<std::uint64_t, Placed> feed;

    void came(const std::vector<Operation>& facts, const Uuid& tablet) {
        for (const auto& fact : facts)
            learn(fact);
        for (const auto& fact : facts) {
            const auto patch = patch_of(fact);
            patches_[fact.id] = patch;
            feed[feed.size() + 1] = {fact.id, tablet, patch};
        }
        for (const auto& fact : facts)
            if (const auto* referral = std::get_if<ReferralRaised>(&fact.payload))
                referrals_[referral->referral] = patches_[fact.id];
    }
    std::string patch_of_fact(const Uuid& id) const { return patches_.at(id); }

private:
    void learn(const Operation& fact) {
        if (const auto* visit = std::get_if<VisitPlanned>(&fact.payload))
            areas_[visit->visit].insert(visit->area);
        if (const auto* contact = std::get_if<ContactRecorded>(&fact.payload))
            areas_[contact->contact].insert(contact->area);
        if (const auto* referral = std::get_if<ReferralRaised>(&fact.payload))
            contact_of_[referral->referral] = referral->contact;
    }
    std::string of(const Uuid& thing) const {
        const auto found = areas_.find(thing);
        return found != areas_.end() && found->second.size() == 1 ? *found->second.begin() : std::string{};
    }
    std::string patch_of(const Operation& fact) const {
        if (const auto* visit = std::get_if<VisitPlanned>(&fact.payload))
            return of(visit->visit);
        if (const auto* contact = std::get_if<ContactRecorded>(&fact.payload))
            return of(contact->contact);
        if (const auto* taken_back = std::get_if<ContactTakenBack>(&fact.payload))
            return of(taken_back->contact);
        if (const auto* finished = std::get_if<QuestionnaireFinished>(&fact.payload))
            return of(finished->contact);
        if (const auto* offer = std::get_if<OfferMade>(&fact.payload))
            return of(offer->contact);
        if (const auto* referral = std::get_if<ReferralRaised>(&fact.payload))
            return of(referral->contact);
        if (const auto* state = std::get_if<ReferralStateSet>(&fact.payload)) {
            if (const auto before = referrals_.find(state->referral); before != referrals_.end())
                return before->second;
            const auto contact = contact_of_.find(state->referral);
            return contact == contact_of_.end() ? std::string{} : of(contact->second);
        }
        return {};
    }
    std::map<Uuid, std::set<std::string>> areas_;
    std::map<Uuid, Uuid> contact_of_;
    std::map<Uuid, std::string> referrals_;
    std::map<Uuid, std::string> patches_;
};

}  // namespace doorstep::testing
