// The real centre behind a shift, joined by a function call, and a tablet enrolled there.
#pragma once

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>

#include "sync/endpoint/endpoint.h"
#include "sync/store/sqlite_connection.h"
#include "tests/client/app/shift_in_hand.h"

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
        token = made->token;
        return {made->enrolment, tablet, "http://127.0.0.1:8080", made->token,
                endpoint->safeguarding_key().bytes};
    }
    Result<HttpReply> exchange(const HttpRequest& asked) {
        const EndpointRequest request{asked.method,       asked.path, "Bearer " + token,
                                      asked.content_type, "",         asked.body};
        const auto answers = endpoint->handle({&request, 1});
        return HttpReply{answers.at(0).status,
                         {{"doorstep-endpoint", "1"}, {"content-type", answers.at(0).content_type}},
                         answers.at(0).body};
    }
    Directory directory;
    SeededRandom random{3};
    std::unique_ptr<SqlConnection> sql;
    std::optional<Endpoint> endpoint;
    std::string token;
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
