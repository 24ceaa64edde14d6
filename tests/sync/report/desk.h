// A read model in memory, a directory with two column sets, and facts with a day.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <optional>

#include "forms/base/random.h"
#include "sync/report/counts.h"
#include "sync/store/store.h"
#include "tests/support/postgres_server.h"

namespace doorstep::testing {

inline constexpr const char* household_form = "safer_streets_doorstep";

inline Directory a_directory() {
    Directory directory;
    ColumnSet then;
    then.code = "2013-14";
    then.household_form = household_form;
    then.columns = {{"Police", "police"}, {"Fire", "fire"}, {"CAH", "cah"}};
    ColumnSet later;
    later.code = "2016";
    later.household_form = household_form;
    later.columns = {{"Police", "police"}, {"Herts Home Help Service", std::nullopt}};
    directory.column_sets = {then, later};
    return directory;
}

inline Period all_time() {
    return {Day::of(2000, 1, 1), Day::of(2100, 1, 1)};
}

struct Desk {
    Desk() {
        auto made = Store::open(*sql, StoreRole::tablet, clock, random);
        REQUIRE(made.ok());
        store.emplace(std::move(made).value());
    }

    // At that local day, at noon, unless a time is given.
    Operation keep(Payload payload, Day day, std::optional<std::int64_t> at_ms = {},
                   std::optional<Uuid> supersedes = {}) {
        Operation operation;
        operation.at_ms = at_ms.value_or(day.start_ms() + 43'200'000);
        operation.supersedes = supersedes;
        operation.payload = std::move(payload);
        auto transaction = store->begin();
        REQUIRE(transaction.ok());
        const auto kept = transaction->append({operation});
        INFO((kept.ok() ? std::string() : kept.error().text()));
        REQUIRE(kept.ok());
        REQUIRE(transaction->commit().ok());
        return kept->front();
    }

    Operation contact(const Uuid& contact, const Uuid& visit, Day day,
                      ContactOutcome outcome = ContactOutcome::completed) {
        ContactRecorded recorded;
        recorded.contact = contact;
        recorded.visit = visit;
        recorded.outcome = outcome;
        recorded.day = day;
        return keep(recorded, day);
    }
    Operation questionnaire(const Uuid& contact, Day day, bool complete = true,
                            const std::string& form = household_form, std::optional<Uuid> supersedes = {}) {
        QuestionnaireFinished finished;
        finished.questionnaire = id();
        finished.contact = contact;
        finished.form = {form, "2013", {}};
        finished.complete = complete;
        finished.day = day;
        return keep(finished, day, {}, supersedes);
    }
    Uuid referral(const Uuid& contact, const Uuid& household, const std::string& agency, Day day) {
        ReferralRaised raised;
        raised.referral = id();
        raised.contact = contact;
        raised.household = household;
        raised.agency = agency;
        raised.agreement.given_by = "resident";
        raised.day = day;
        keep(raised, day);
        return raised.referral;
    }
    void state(const Uuid& referral, ReferralState state, Day day, int cycle = 1) {
        keep(ReferralStateSet{referral, cycle, state, "", "fire"}, day);
    }

    Uuid id() { return Uuid::random(random); }
    Counts counts(const Period& period = all_time(), const std::string& set = "2013-14") {
        const auto counted = count(*sql, directory, period, set);
        if (!counted.ok())
            FAIL(counted.error().text());
        return *counted;
    }

    ManualClock clock{1'773'500'000'000, 0};
    SeededRandom random{1};
    Directory directory = a_directory();
    std::unique_ptr<SqlConnection> sql = empty_database();
    std::optional<Store> store;
};

}  // namespace doorstep::testing
