#include "tests/simulation/newer_tablet.h"

#include <fmt/format.h>

#include "sync/store/log.h"
#include "sync/wire/codec.h"
#include "sync/wire/limits.h"
#include "tests/simulation/must.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

namespace {

const std::string newer_name = "newer-01";

}  // namespace

NewerTablet::NewerTablet(World& world) : world_(world), random_(world.plan.seed * 15'485'863 + 5) {
    const auto made = must(world_.endpoint().enrol(newer_name), newer_name);
    enrolment_ = made.enrolment;
    TabletIdentity identity;
    identity.enrolment = made.enrolment;
    identity.seed = made.seed;
    identity.signing_key = made.signing_key;
    signer_.emplace(must(RequestSigner::of(identity, numbers_in_memory()), newer_name));
}

// What stands in the model is what was sent, byte for byte.
void NewerTablet::keep(const std::string& json, const Uuid& id, bool can_be_read) {
    world_.model.facts[id] = {newer_name, enrolment_, sequence_, 0, json};
    if (!can_be_read)
        world_.model.unknown.insert(id);
}

void NewerTablet::work() {
    Operation fact;
    VisitPlanned visit;
    visit.visit = Uuid::random(random_);
    visit.label = "SS-2031";
    visit.programme = "safer_streets";
    visit.area = "BE";
    visit.day = Day::of(2013, 6, 8);
    fact.subject = visit.visit;
    fact.at_ms = world_.clock.now_ms();
    fact.hybrid_clock = static_cast<std::uint64_t>(fact.at_ms) << 16;
    std::vector<std::string> operations;
    const auto first = sequence_ + 1;
    const auto add = [&](int version, bool cut) {
        visit.visit = Uuid::random(random_);
        fact.id = Uuid::random(random_);
        fact.sequence = ++sequence_;
        fact.type_version = version;
        fact.payload = visit;
        auto json = wire::encode(fact);
        // Behind its header: its id is known all the same, or not even that.
        if (cut)
            json.replace(json.find("\"id\""), 4, "\"di\"");
        const auto opened = wire::open_operation(json);
        keep(json, opened.operation ? opened.operation->id : Uuid{}, why_quarantined(opened).empty());
        if (!opened.operation) {
            auto unread = opened;
            unread.sequence = sequence_;
            auto fact_of_it = world_.model.facts.extract(Uuid{});
            fact_of_it.key() = id_of_unreadable(enrolment_, unread);
            world_.model.unknown.erase(Uuid{});
            world_.model.unknown.insert(fact_of_it.key());
            world_.model.facts.insert(std::move(fact_of_it));
        }
        operations.push_back(json);
    };
    add(2 + static_cast<int>(random_.below(3)), random_.chance(0.4));
    if (random_.chance(0.3)) {
        visit.label = std::string("SS\0-2031", 8);
        add(1, false);
    }
    visit.label = "SS-2031";
    add(1, false);
    auto envelope = wire::seal_envelope(Uuid::random(random_), first, operations);
    envelopes_.push_back(envelope);
    chain_.push_back(wire::chain(chain_.back(), envelope));
    world_.trace(newer_name, fmt::format("keeps {} through {}", operations.size(), sequence_));
    sync_now();
}

void NewerTablet::sync_now() {
    if (!is_sent())
        send(acked_);
    else if (!envelopes_.empty())
        send(envelopes_.size() - 1);
}

void NewerTablet::send(std::size_t index) {
    wire::PushRequest push;
    push.proto = limits::protocol;
    push.enrolment = enrolment_;
    push.envelopes = {envelopes_[index]};
    push.first_sequence = envelopes_[index].first_sequence;
    push.chain_before = chain_[index];
    push.chain_after = chain_[index + 1];
    push.unsent = sequence_ + 1 - push.first_sequence;
    const HttpRequest asked{"POST", "/v1/push", wire::content_type_frame, wire::encode(push)};
    const auto going = must(signer_->sign(asked, Uuid{}), newer_name);
    world_.endpoint().arrive(going, [this, going](Result<HttpReply> reply) {
        if (!reply.ok())
            return;
        signer_->prove(going, *reply);
        if (!reply->proven && reply->status == 200)
            world_.broken("the endpoint's answer to a tablet of its own is not signed");
        static_cast<void>(signer_->takes_number(*reply));
        hear(reply->status, reply->body);
    });
}

void NewerTablet::hear(int status, const std::string& body) {
    if (status == 200) {
        if (const auto reply = wire::decode_push_reply(body); reply.ok())
            while (acked_ < envelopes_.size() && envelopes_[acked_].last_sequence() <= reply->acked_through)
                ++acked_;
        if (!is_sent())
            world_.after(1, [this] { sync_now(); });
        return;
    }
    // The endpoint went back: from where it stands now.
    const auto refused = wire::decode_refusal(body);
    if (!refused.ok() || refused->code != "gap")
        return;
    acked_ = 0;
    while (envelopes_[acked_].last_sequence() < refused->expected)
        ++acked_;
    world_.after(1, [this] { sync_now(); });
}

}  // namespace doorstep::simulation
