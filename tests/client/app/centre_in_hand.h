// The real centre behind a shift, joined by a function call, and a tablet enrolled there.
#pragma once

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>

#include "sync/endpoint/endpoint.h"
#include "sync/store/sqlite_connection.h"
#include "tests/client/app/shift_in_hand.h"
#include "tests/support/joined.h"

namespace doorstep::test {

struct Centre {
    explicit Centre(const Clock& clock) {
        auto opened = open_sqlite(":memory:");
        REQUIRE(opened.ok());
        sql = std::move(opened).value();
        auto made = Endpoint::open(*sql, directory, clock, random);
        REQUIRE(made.ok());
        endpoint.emplace(std::move(made).value());
    }
    TabletIdentity let_in(const std::string& tablet) {
        const auto made = endpoint->enrol(tablet);
        REQUIRE(made.ok());
        TabletIdentity identity{made->enrolment, tablet, "http://127.0.0.1:8080", made->seed,
                                endpoint->safeguarding_key().bytes};
        identity.signing_key = made->signing_key;
        auto with = RequestSigner::of(identity, numbers_in_memory());
        REQUIRE(with.ok());
        signer = std::make_shared<RequestSigner>(std::move(*with));
        return identity;
    }
    Result<HttpReply> exchange(const HttpRequest& asked) {
        const auto going = signer->sign(asked, Uuid{});
        REQUIRE(going.ok());
        const auto request = testing::as_it_arrives(*going);
        auto reply = testing::as_it_comes(endpoint->handle({&request, 1}).at(0));
        signer->prove(*going, reply);
        return reply;
    }
    Directory directory;
    SeededRandom random{3};
    std::unique_ptr<SqlConnection> sql;
    std::optional<Endpoint> endpoint;
    std::shared_ptr<RequestSigner> signer;  // of the one that was let in last
};

struct SyncedDay : ShiftInHand {
    SyncedDay() : centre(clock) { enrol_again(centre.let_in("tab-02")); }
    void enrol_again(const TabletIdentity& identity) {
        // What was planned goes out under the new enrolment in a folder of its own.
        fresh = std::make_unique<StreetOnDisk>();
        fresh->enrol(identity);
    }
    void open_fresh() {
        shift = std::make_unique<Shift>(
            with_keys({fresh->folder.path(), {}, {"off-pol-01", "off-fire-02", "team-1"}, "Sam"}), clock,
            random, wordings, [](std::shared_ptr<const View>) {});
        shift->open();
    }
    Answering::Reply to_the_centre() {
        return [this](const HttpRequest& request) { return centre.exchange(request); };
    }
    Centre centre;
    std::unique_ptr<StreetOnDisk> fresh;
};

}  // namespace doorstep::test
