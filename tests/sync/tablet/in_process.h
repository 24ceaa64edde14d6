// A tablet and an endpoint in one process: the real ends, joined by a function call.
#pragma once

#include <catch2/catch.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "sync/endpoint/endpoint.h"
#include "sync/http/http_client.h"
#include "sync/store/sqlite_connection.h"
#include "sync/store/store.h"
#include "sync/tablet/request_signer.h"
#include "tests/support/endpoint_keys.h"
#include "tests/support/joined.h"

namespace doorstep::testing {

// To which a resident agreed.
inline Operation agreed_referral(Random& random, const Uuid& referral, const std::string& agency = "fire") {
    ReferralRaised raised;
    raised.referral = referral;
    raised.contact = Uuid::random(random);
    raised.household = Uuid::random(random);
    raised.agency = agency;
    raised.urgency = "routine";
    raised.agreement.given_by = "resident";
    raised.day = Day::of(2013, 6, 8);
    Operation fact;
    fact.subject = raised.household;
    fact.payload = raised;
    return fact;
}

inline std::unique_ptr<SqlConnection> in_memory() {
    auto sql = open_sqlite(":memory:");
    REQUIRE(sql.ok());
    return std::move(*sql);
}

struct Centre {
    ManualClock clock{1'370'678'400'000, 60};
    SeededRandom random{3};
    Directory directory;
    std::unique_ptr<SqlConnection> sql = in_memory();
    Endpoint endpoint = open();

    Endpoint open(WorkingKeys keys = same_keys()) {
        directory.agencies.push_back(Agency{"fire", "Fire and Rescue", {}, false, {}, {}, {}, {}, {}});
        auto opened = Endpoint::open(*sql, directory, clock, random);
        REQUIRE(opened.ok());
        REQUIRE(opened->use_keys(std::move(keys)).ok());
        return std::move(*opened);
    }
    EndpointResponse handle(const EndpointRequest& request) { return endpoint.handle({&request, 1}).at(0); }
    std::map<Uuid, std::uint64_t> reserved;  // each tablet's file of request numbers
};

// Signs each request and hands it to the centre; a test may step in before and after.
class DirectLine : public HttpClient {
public:
    explicit DirectLine(Centre& centre) : centre_(centre) {}

    std::function<void(HttpRequest&)> on_the_way;
    std::function<Result<HttpReply>(HttpReply)> on_the_way_back;
    int exchanges = 0;

    Result<HttpReply> exchange(const HttpRequest& request) override {
        ++exchanges;
        HttpRequest going = request;
        if (on_the_way)
            on_the_way(going);
        auto reply = as_it_comes(centre_.handle(as_it_arrives(going)));
        return on_the_way_back ? on_the_way_back(std::move(reply)) : Result<HttpReply>(std::move(reply));
    }

private:
    Centre& centre_;
};

struct DirectEnds {
    DirectEnds(Centre& centre, const TabletIdentity& identity)
        : own_line(centre), own_signer(signer_of(centre, identity)) {}
    static RequestSigner signer_of(Centre& centre, const TabletIdentity& identity) {
        auto& reserved = centre.reserved[identity.enrolment];
        auto made = RequestSigner::of(identity, {[&reserved] { return reserved; },
                                                 [&reserved](std::uint64_t through) {
                                                     reserved = through;
                                                     return Result<void>();
                                                 }});
        REQUIRE(made.ok());
        return std::move(*made);
    }
    DirectLine own_line;
    RequestSigner own_signer;
};

class DirectClient final : private DirectEnds, public SignedClient {
public:
    DirectClient(Centre& centre, const TabletIdentity& identity)
        : DirectEnds(centre, identity), SignedClient(own_line, own_signer), on_the_way(own_line.on_the_way),
          on_the_way_back(own_line.on_the_way_back), exchanges(own_line.exchanges) {}
    std::function<void(HttpRequest&)>& on_the_way;
    std::function<Result<HttpReply>(HttpReply)>& on_the_way_back;
    int& exchanges;
};

struct Tablet {
    std::unique_ptr<SqlConnection> sql = in_memory();
    SeededRandom random;
    Store store;
    TabletIdentity identity;

    Tablet(Centre& centre, const std::string& name, std::uint64_t seed)
        : random(seed), store(open(centre)), identity(enrolled(centre, name)) {
        REQUIRE(store.enrol(identity).ok());
    }
    Store open(Centre& centre) {
        auto opened = Store::open(*sql, StoreRole::tablet, centre.clock, random);
        REQUIRE(opened.ok());
        return std::move(*opened);
    }
    static TabletIdentity enrolled(Centre& centre, const std::string& name) {
        const auto made = centre.endpoint.enrol(name);
        REQUIRE(made.ok());
        TabletIdentity plain{made->enrolment, name, "http://127.0.0.1:8080", made->seed, {}};
        plain.signing_key = made->signing_key;
        return plain;
    }
    // One append() of `count` visits.
    std::vector<Operation> plan_visits(int count = 1) {
        std::vector<Operation> facts;
        for (int i = 0; i < count; ++i) {
            VisitPlanned visit;
            visit.visit = Uuid::random(random);
            visit.label = "SS";
            visit.programme = "safer_streets";
            visit.area = "BE";
            visit.day = Day::of(2013, 6, 8);
            Operation fact;
            fact.subject = visit.visit;
            fact.payload = visit;
            facts.push_back(fact);
        }
        return keep(std::move(facts));
    }
    Operation raise(const Uuid& referral, const std::string& agency = "fire") {
        return keep({agreed_referral(random, referral, agency)}).front();
    }
    std::vector<Operation> keep(std::vector<Operation> facts) {
        auto transaction = store.begin();
        REQUIRE(transaction.ok());
        auto kept = transaction->append(std::move(facts));
        REQUIRE(kept.ok());
        REQUIRE(transaction->commit().ok());
        return std::move(*kept);
    }
};

inline std::int64_t count_rows(SqlConnection& sql, const std::string& table) {
    std::int64_t rows = -1;
    REQUIRE(sql.query("select count(*) from " + table, {},
                      [&](const SqlRow& row) {
                          rows = row.integer(0);
                          return false;
                      })
                .ok());
    return rows;
}

}  // namespace doorstep::testing
