// A tablet with its sealed file, which is locked and unlocked, and an endpoint with keys.
#pragma once

#include <optional>
#include <utility>

#include "sync/store/locked_connection.h"
#include "sync/store/sealed_connection.h"
#include "sync/tablet/runner.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/tablet/in_process.h"

namespace doorstep::testing {

inline WorkingKeys working_keys() {
    EndpointKeys made = EndpointKeys::make();
    return {std::move(made.sealing), std::move(made.signing), made.safeguarding.public_key,
            made.recovery.public_key};
}

struct CentreWithKeys : Centre {
    CentreWithKeys() { REQUIRE(endpoint.use_keys(working_keys()).ok()); }
};

class SealedTablet {
public:
    SealedTablet(Centre& centre, const std::string& name, std::uint64_t seed)
        : random(seed), centre_(centre), file_(folder_ / "doorstep.sqlite") {
        keys_.add(1, SecretBytes(std::string(RowKeys::key_size, 'k')));
        unlock();
        const auto made = centre.endpoint.enrol(name);
        REQUIRE(made.ok());
        identity = {made->enrolment,
                    name,
                    "http://a",
                    made->seed,
                    made->safeguarding_key,
                    made->sealing_key,
                    made->signing_key,
                    made->recovery_key};
    }
    void enrol() { REQUIRE(store->enrol(identity).ok()); }

    void unlock() {
        close();
        open(open_sealed(file_, keys_), StoreRole::tablet);
    }
    // How many facts came while it was locked.
    std::int64_t unlock_and_fold() {
        unlock();
        const auto folded = fold_waiting(*store, opener());
        if (!folded.ok())
            FAIL(folded.error().text());
        return *folded;
    }
    void lock() {
        close();
        open(open_locked(file_, inbox.public_key), StoreRole::locked_tablet);
    }
    void close() {
        store.reset();
        sql.reset();
    }
    Store::OpenInbox opener() const {
        return [this](std::string_view sealed) -> Result<SecretText> {
            auto opened = doorstep::open_sealed(inbox, sealed);
            if (!opened)
                return Error{Fault::damaged, "It is not sealed to this inbox.", ""};
            return std::move(*opened);
        };
    }
    Result<SyncOutcome> sync(HttpClient& http) {
        return sync_now(
            *store, http, centre_.clock, random, [&](std::int64_t ms) { centre_.clock.advance_ms(ms); }, 3);
    }
    Result<SyncOutcome> sync() {
        DirectClient http(centre_, identity);
        return sync(http);
    }
    void sync_whole() {
        const auto outcome = sync();
        REQUIRE(outcome.ok());
        INFO(outcome->state.words);
        REQUIRE(outcome->up_to_date);
    }
    std::vector<Operation> plan_visits(int count = 1, const std::string& label = "SS-2013-06-08-BE") {
        std::vector<Operation> facts;
        for (int i = 0; i < count; ++i) {
            VisitPlanned visit;
            visit.visit = Uuid::random(random);
            visit.label = label;
            visit.programme = "safer_streets";
            visit.area = "BE";
            visit.day = Day::of(2013, 6, 8);
            Operation fact;
            fact.subject = visit.visit;
            fact.payload = visit;
            facts.push_back(fact);
        }
        auto transaction = store->begin();
        REQUIRE(transaction.ok());
        auto kept = transaction->append(std::move(facts));
        REQUIRE(kept.ok());
        REQUIRE(transaction->commit().ok());
        return std::move(*kept);
    }
    std::string dump() const {
        const auto text = store->dump_read_model();
        REQUIRE(text.ok());
        return *text;
    }
    const std::string& file() const { return file_; }
    RowKeys& keys() { return keys_; }

    SeededRandom random;
    KeyPair inbox = KeyPair::make();
    TabletIdentity identity;
    std::unique_ptr<SqlConnection> sql;
    std::optional<Store> store;

private:
    void open(Result<std::unique_ptr<SqlConnection>> opened, StoreRole role) {
        if (!opened.ok())
            FAIL(opened.error().text());
        sql = std::move(*opened);
        auto made = Store::open(*sql, role, centre_.clock, random);
        if (!made.ok())
            FAIL(made.error().text());
        store.emplace(std::move(*made));
    }

    Centre& centre_;
    TemporaryFolder folder_;
    std::string file_;
    RowKeys keys_;
};

}  // namespace doorstep::testing
