// An endpoint on the engine of this run, and a tablet's side of the conversation written by hand, so
// that it can also be wrong.
#pragma once

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/encoding.h"
#include "forms/base/random.h"
#include "sync/endpoint/endpoint.h"
#include "sync/store/run_later.h"
#include "sync/wire/codec.h"
#include "sync/wire/messages.h"
#include "tests/support/endpoint_keys.h"
#include "tests/support/postgres_server.h"
#include "tests/support/signed_by_hand.h"

namespace doorstep::testing {

// A disk that can be full: then nothing that writes is committed.
class FillableSql final : public SqlConnection, public RunsLater {
public:
    explicit FillableSql(std::unique_ptr<SqlConnection> inner) : inner_(std::move(inner)) {}
    bool full_at_commit = false;
    bool full_at_write = false;
    SqlConnection& inner() { return *inner_; }

    Engine engine() const override { return inner_->engine(); }
    using SqlConnection::query;
    using SqlConnection::run;
    Result<void> script(std::string_view sql) override { return inner_->script(sql); }
    Result<std::int64_t> run(std::string_view sql, std::span<const SqlParameter> parameters) override {
        if (full_at_write && sql.starts_with("insert"))
            return full();
        return inner_->run(sql, parameters);
    }
    Result<void> run_later(std::string_view sql, std::span<const SqlParameter> parameters) override {
        if (full_at_write && sql.starts_with("insert"))
            return full();
        return doorstep::run_later(*inner_, sql, parameters);
    }
    Result<void> ask_together(std::span<const Question> questions) override {
        return doorstep::ask_together(*inner_, questions);
    }
    Result<void> query(std::string_view sql, std::span<const SqlParameter> parameters,
                       const std::function<bool(const SqlRow&)>& each) override {
        return inner_->query(sql, parameters, each);
    }
    Result<void> begin() override { return inner_->begin(); }
    Result<void> commit() override {
        if (!full_at_commit)
            return inner_->commit();
        inner_->rollback();
        return full();
    }
    void rollback() noexcept override { inner_->rollback(); }
    Result<void> savepoint() override { return inner_->savepoint(); }
    Result<void> release_savepoint() override { return inner_->release_savepoint(); }
    void rollback_to_savepoint() noexcept override { inner_->rollback_to_savepoint(); }

private:
    static Error full() { return {Fault::disk_full, "The disk is full.", ""}; }
    std::unique_ptr<SqlConnection> inner_;
};

struct Centre {
    ManualClock clock{1'370'678'400'000, 60};
    SeededRandom random{3};
    Directory directory;
    FillableSql sql{empty_database()};
    std::unique_ptr<Endpoint> endpoint = open();

    std::unique_ptr<Endpoint> open() {
        directory.agencies.assign(1, Agency{"fire", "Fire and Rescue", {}, false, {}, {}, {}, {}, {}});
        auto opened = Endpoint::open(sql, directory, clock, random);
        REQUIRE(opened.ok());
        REQUIRE(opened->use_keys(same_keys()).ok());
        return std::make_unique<Endpoint>(std::move(*opened));
    }
    EndpointResponse handle(const EndpointRequest& request) { return endpoint->handle({&request, 1}).at(0); }
    std::int64_t rows(const std::string& table) {
        std::int64_t count = -1;
        REQUIRE(sql.query("select count(*) from " + table, {},
                          [&](const SqlRow& row) {
                              count = row.integer(0);
                              return false;
                          })
                    .ok());
        return count;
    }
    std::string text(const std::string& query) {
        std::string found;
        REQUIRE(sql.query(query, {},
                          [&](const SqlRow& row) {
                              found = row.text(0);
                              return false;
                          })
                    .ok());
        return found;
    }
};

inline Operation visit(Random& random) {
    VisitPlanned planned;
    planned.visit = Uuid::random(random);
    planned.label = "SS";
    planned.programme = "safer_streets";
    planned.area = "BE";
    planned.day = Day::of(2013, 6, 8);
    Operation operation;
    operation.id = Uuid::random(random);
    operation.at_ms = 1'370'678'400'000;
    operation.hybrid_clock = 1;
    operation.subject = planned.visit;
    operation.payload = planned;
    return operation;
}

inline Operation referral(Random& random, const Uuid& id, const std::string& agency) {
    ReferralRaised raised;
    raised.referral = id;
    raised.contact = Uuid::random(random);
    raised.household = Uuid::random(random);
    raised.agency = agency;
    raised.urgency = "routine";
    raised.agreement.given_by = "resident";
    raised.day = Day::of(2013, 6, 8);
    auto operation = visit(random);
    operation.subject = raised.household;
    operation.payload = raised;
    return operation;
}

// A tablet that builds its frames by hand.
struct Hand {
    Centre& centre;
    Enrolment enrolment;
    Sequence last = 0;
    std::vector<wire::Envelope> envelopes;
    std::vector<Sha256> chains{Sha256{}};                                        // after each envelope
    std::shared_ptr<std::uint64_t> number = std::make_shared<std::uint64_t>(0);  // of its last request

    explicit Hand(Centre& where, const std::string& name = "tab-01") : centre(where) {
        auto made = where.endpoint->enrol(name);
        REQUIRE(made.ok());
        enrolment = *made;
    }
    void keep(std::vector<Operation> operations) {
        for (auto& operation : operations)
            operation.sequence = ++last;
        add(wire::seal_envelope(Uuid::random(centre.random), operations));
    }
    void keep_json(const std::vector<std::string>& operations) {
        add(wire::seal_envelope(Uuid::random(centre.random), last + 1, operations));
    }
    void add(const wire::Envelope& envelope) {
        chains.push_back(wire::chain(chains.back(), envelope));
        envelopes.push_back(envelope);
        last = envelope.last_sequence();
    }
    // Envelopes from `from` (0 is the first) up to `to`, not included.
    wire::PushRequest frame(std::size_t from, std::size_t to) const {
        wire::PushRequest push;
        push.epoch_seen = *centre.endpoint->store().epoch();
        push.enrolment = enrolment.enrolment;
        push.first_sequence = envelopes.at(from).first_sequence;
        push.chain_before = chains.at(from);
        push.chain_after = chains.at(to);
        push.unsent = last - push.first_sequence + 1;
        push.envelopes.assign(envelopes.begin() + static_cast<std::ptrdiff_t>(from),
                              envelopes.begin() + static_cast<std::ptrdiff_t>(to));
        return push;
    }
    EndpointRequest request(const std::string& method, const std::string& target,
                            std::string body = {}) const {
        const std::string type = body.empty() ? std::string{} : std::string(wire::content_type_frame);
        return signed_again({method, target, {}, type, "", std::move(body)});
    }
    SigningPair pair() const { return SigningPair::from_seed(SecretBytes(*from_hex(enrolment.seed))); }
    // With the next number, whatever it carries already.
    EndpointRequest signed_again(EndpointRequest request) const {
        return signed_by_hand(enrolment, ++*number, std::move(request));
    }
    EndpointRequest push_of(const wire::PushRequest& push) const {
        return request("POST", "/v1/push", wire::encode(push));
    }
    EndpointResponse push(std::size_t from, std::size_t to) const {
        return centre.handle(push_of(frame(from, to)));
    }
    EndpointResponse pull(std::uint64_t cursor, const std::string& more = "") const {
        return centre.handle(
            request("GET", fmt::format("/v1/pull?epoch={}&cursor={}{}",
                                       centre.endpoint->store().epoch()->text(), cursor, more)));
    }
};

inline std::string code_of(const EndpointResponse& response) {
    const auto refusal = wire::decode_refusal(response.body);
    REQUIRE(refusal.ok());
    CHECK_FALSE(refusal->what.empty());
    return refusal->code;
}

inline wire::PushReply acknowledged(const EndpointResponse& response) {
    INFO(response.body.substr(0, 200));
    REQUIRE(response.status == 200);
    const auto reply = wire::decode_push_reply(response.body);
    REQUIRE(reply.ok());
    return *reply;
}

}  // namespace doorstep::testing
