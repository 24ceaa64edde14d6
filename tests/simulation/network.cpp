#include "tests/simulation/network.h"

#include "sync/wire/messages.h"

namespace doorstep::simulation {

namespace {

constexpr std::int64_t hour_ms = 3'600'000;

// What an endpoint would say that kept all of it, but for the signature.
std::optional<HttpReply> a_lie(const HttpRequest& request) {
    const auto push = wire::decode_push_request(request.body);
    if (!push.ok() || push->envelopes.empty())
        return std::nullopt;
    wire::PushReply said;
    said.epoch = push->epoch_seen.value_or(Uuid{});
    said.acked_through = push->envelopes.back().last_sequence();
    said.chain = push->chain_after;
    return HttpReply{
        200, {{"doorstep-endpoint", "1"}, {"content-type", wire::content_type_frame}}, wire::encode(said)};
}

}  // namespace

bool Network::happens(Fault fault, double probability) {
    // Chance is asked even when the fault is off, so that a run without one fault
    // stays close to the run with it.
    const bool would = random_.chance(probability);
    return would && !calm_ && faults_.count(fault) != 0;
}

std::vector<std::int64_t> Network::journey() {
    const auto quick = static_cast<std::int64_t>(20 + random_.below(200));
    std::vector<std::int64_t> after{quick};
    if (happens(Fault::delay, 0.25))
        after.front() += static_cast<std::int64_t>(random_.below(90'000));
    if (happens(Fault::duplicate, 0.15))
        after.push_back(quick + static_cast<std::int64_t>(random_.below(600'000)));
    if (happens(Fault::drop, 0.15))
        after.erase(after.begin());
    return after;
}

void Network::flip(std::string& bytes) {
    if (bytes.empty())
        return;
    auto& byte = bytes[static_cast<std::size_t>(random_.below(bytes.size()))];
    byte = static_cast<char>(byte ^ (1 << random_.below(8)));
}

Outward Network::out(HttpRequest request) {
    Outward outward{journey(), std::move(request), std::nullopt};
    if (happens(Fault::echo, 0.06))
        outward.arrives_after_ms.push_back(hour_ms + static_cast<std::int64_t>(random_.below(60'000)));
    if (happens(Fault::flip, 0.05))
        flip(outward.request.body.empty() ? outward.request.path : outward.request.body);
    if (happens(Fault::truncate, 0.05))
        outward.request.body.resize(static_cast<std::size_t>(random_.below(outward.request.body.size() + 1)));
    if (happens(Fault::stall, 0.05))
        outward.arrives_after_ms.clear();
    if (happens(Fault::portal, 0.12)) {
        const bool moved = random_.chance(0.3);
        outward.instead = HttpReply{moved ? 302 : 200,
                                    {{"content-type", "text/html"}},
                                    "<html><title>Sign in to the Wi-Fi</title>OK</html>"};
    }
    if (happens(Fault::foreign, 0.06))
        if (auto lie = a_lie(outward.request))
            outward.instead = std::move(lie);
    return outward;
}

// A cache gives the answer to the same question, and a muddle any answer.
HttpReply Network::an_old_answer(const std::string& asked) {
    std::vector<HttpReply> same;
    for (const auto& [question, answer] : heard_)
        if (question == asked)
            same.push_back(answer);
    if (random_.chance(0.3))
        return heard_[static_cast<std::size_t>(random_.below(heard_.size()))].second;
    return same[static_cast<std::size_t>(random_.below(same.size()))];
}

Homeward Network::home(const std::string& asked, const HttpReply& reply) {
    Homeward homeward{journey(), reply};
    heard_.emplace_back(asked, reply);
    if (happens(Fault::lose_reply, 0.15))
        homeward.arrives_after_ms.clear();
    if (happens(Fault::stall, 0.05))
        homeward.arrives_after_ms.clear();
    if (happens(Fault::replay, 0.1))
        homeward.reply = an_old_answer(asked);
    if (happens(Fault::foreign, 0.06)) {
        wire::PushReply foreign;
        if (const auto real = wire::decode_push_reply(reply.body); real.ok())
            foreign = *real;
        foreign.acked_through += random_.below(3);
        foreign.chain = Sha256::of("another tablet's");
        homeward.reply->body = wire::encode(foreign);
        homeward.reply->status = 200;
    }
    if (happens(Fault::flip, 0.05))
        flip(homeward.reply->body);
    if (happens(Fault::truncate, 0.08)) {
        auto& body = homeward.reply->body;
        body.resize(static_cast<std::size_t>(random_.below(body.size() + 1)));
        homeward.cut_unseen = random_.chance(0.5);
        if (!homeward.cut_unseen)
            homeward.reply = Error{doorstep::Fault::unreachable, "The connection was cut.", ""};
    }
    return homeward;
}

}  // namespace doorstep::simulation
