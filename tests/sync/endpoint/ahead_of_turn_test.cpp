#include "sync/endpoint/ahead_of_turn.h"

#include <atomic>
#include <chrono>

#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

// What two tablets and a stranger send at once: what is good, what came before, what is forged, what is none.
std::vector<EndpointRequest> a_batch(Centre& centre) {
    Hand one(centre, "tab-01");
    Hand other(centre, "tab-02");
    for (int i = 0; i < 6; ++i) {
        one.keep({visit(centre.random), referral(centre.random, Uuid::random(centre.random), "fire")});
        other.keep({visit(centre.random)});
    }
    other.keep_json({"{\"not\": \"a fact\"}"});
    std::vector<EndpointRequest> batch{one.push_of(one.frame(0, 2)), other.push_of(other.frame(0, 7)),
                                       one.push_of(one.frame(1, 6)), other.push_of(other.frame(0, 7)),
                                       one.request("GET", "/v1/tablet")};
    batch.push_back(one.push_of(one.frame(5, 6)));
    batch.back().mark.signature[10] = batch.back().mark.signature[10] == 'A' ? 'B' : 'A';
    batch.push_back(one.request("POST", "/v1/push", "no frame"));
    batch.push_back({"GET", "/v1/health", {}, "", "", ""});
    batch.push_back(batch[0]);  // what was signed once is taken once
    return batch;
}

std::vector<std::string> told(const std::vector<EndpointResponse>& responses) {
    std::vector<std::string> all;
    for (const auto& one : responses)
        all.push_back(
            fmt::format("{} {}", one.status, one.content_type == wire::content_type_frame ? "" : one.body));
    return all;
}

}  // namespace

TEST_CASE("each task is done once, whoever does it, and before it is waited for no longer", "[ahead]") {
    AheadOfTurn ahead;
    for (int round = 0; round < 200; ++round) {
        std::vector<std::atomic<int>> done(20);
        std::vector<AheadOfTurn::Weighed> tasks;
        for (auto& one : done)
            tasks.push_back({[&one] { ++one; }, 1});
        ahead.begin(std::move(tasks));
        bool all = true;
        for (std::size_t i = 0; i < done.size(); ++i) {
            ahead.await(i);
            all = all && done[i] == 1;
        }
        ahead.end();
        REQUIRE(all);
    }
}

TEST_CASE("what nobody began is dropped at the end, and what is under way is waited for", "[ahead]") {
    AheadOfTurn ahead;
    std::atomic<int> begun = 0;
    std::atomic<int> ended = 0;
    const auto slowly = [&] {
        ++begun;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ++ended;
    };
    std::vector<AheadOfTurn::Weighed> tasks(50, {slowly, AheadOfTurn::weight_max / 3});
    ahead.begin(std::move(tasks));
    ahead.await(0);
    ahead.end();
    CHECK(begun == ended);
    CHECK(ended >= 1);
    CHECK(ended < 50);  // it does not run far ahead
}

TEST_CASE("an endpoint that works ahead keeps and answers what one that does not would", "[ahead]") {
    Centre plain;
    Centre quick;
    quick.endpoint->work_ahead();
    const auto without = told(plain.endpoint->handle(a_batch(plain)));
    const auto with = told(quick.endpoint->handle(a_batch(quick)));
    CHECK(with == without);
    CHECK(without[0].starts_with("200"));
    CHECK(without[1].starts_with("200"));
    CHECK(without[2].starts_with("200"));
    CHECK(without[5].starts_with("401"));
    CHECK(without[6].starts_with("400"));
    CHECK(without[8].starts_with("409"));
    for (const char* table : {"operation", "operation_body", "envelope", "outbox", "fact_visit",
                              "fact_referral", "fork", "subject_key"}) {
        INFO(table);
        CHECK(quick.rows(table) == plain.rows(table));
    }
    CHECK(quick.rows("operation") == 19);
    CHECK(quick.rows("outbox") == 6);
}
