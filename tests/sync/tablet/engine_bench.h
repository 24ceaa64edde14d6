// An engine on the bench: the test plays network, disk and clock.
#pragma once

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "forms/base/random.h"
#include "sync/tablet/engine.h"
#include "sync/wire/limits.h"

namespace doorstep::testing {

// The endpoint as this bench plays it.
struct EngineBench {
    explicit EngineBench(std::optional<AppAtWork> at_work = {}) : engine(chance, std::move(at_work)) {}

    SeededRandom chance{7};
    SyncEngine engine;
    SeededRandom ids{11};
    Uuid enrolment = Uuid::random(ids);
    Uuid epoch = Uuid::random(ids);
    std::int64_t now = 1'370'678'400'000;
    std::vector<Effect> effects;
    std::vector<wire::Envelope> log;  // the tablet's
    std::vector<Sha256> chains{Sha256{}};

    void step(const Event& event) { effects = engine.step(event); }

    // A fact of one operation.
    void keep_fact() {
        wire::Envelope envelope{Uuid::random(ids), log.size() + 1, 1, "body"};
        chains.push_back(wire::chain(chains.back(), envelope));
        log.push_back(envelope);
    }
    SyncPosition position(Sequence acked = 0, std::uint64_t cursor = 0) const {
        SyncPosition at;
        at.epoch = epoch;
        at.acked_through = acked;
        at.acked_chain = chains[acked];
        at.last_sequence = log.size();
        at.cursor = cursor;
        return at;
    }
    void begin(const SyncPosition& at) { step(Begin{at, enrolment, now}); }

    template<class Wanted>
    const Wanted* find() const {
        for (const auto& effect : effects)
            if (const auto* wanted = std::get_if<Wanted>(&effect))
                return wanted;
        return nullptr;
    }
    const SendRequest* sent(Lane lane) const {
        for (const auto& effect : effects)
            if (const auto* request = std::get_if<SendRequest>(&effect); request && request->lane == lane)
                return request;
        return nullptr;
    }
    HttpReply ours(std::string body, int status = 200) const {
        return {status, {{"doorstep-endpoint", "1"}}, std::move(body), true};
    }
    wire::TabletReply stands(Sequence acked = 0, std::uint64_t cursor_max = 0) const {
        return {epoch, enrolment, "tab-01", acked, chains[acked], cursor_max, std::string(32, 'K'), now};
    }
    void reply(Lane lane, std::uint64_t attempt, Result<HttpReply> answer) {
        step(Replied{lane, attempt, std::move(answer), now});
    }
    // Begin and the status, which says the same as the tablet.
    void begin_and_compare(Sequence acked = 0, std::uint64_t cursor = 0, std::uint64_t cursor_max = 0) {
        begin(position(acked, cursor));
        const auto* status = sent(Lane::status);
        REQUIRE(status);
        reply(Lane::status, status->attempt, ours(wire::encode(stands(acked, std::max(cursor, cursor_max)))));
    }
    // The load that was asked for, up to `count` envelopes; returns the push's attempt.
    std::uint64_t load(std::size_t count) {
        const auto* wanted = find<LoadUnsent>();
        REQUIRE(wanted);
        const auto from = static_cast<std::ptrdiff_t>(wanted->after);
        const auto to = std::min(log.size(), wanted->after + count);
        UnsentLoaded loaded;
        loaded.envelopes.assign(log.begin() + from, log.begin() + static_cast<std::ptrdiff_t>(to));
        loaded.chain_before = chains[wanted->after];
        loaded.now_ms = now;
        step(loaded);
        const auto* push = sent(Lane::push);
        REQUIRE(push);
        return push->attempt;
    }
    wire::PushReply acknowledgement(Sequence through) const {
        wire::PushReply acked;
        acked.epoch = epoch;
        acked.acked_through = through;
        acked.chain = chains[through];
        return acked;
    }
};

}  // namespace doorstep::testing
