// A tablet of a version that is not here yet: what it tells cannot all be read, and must neither be
// lost nor stand in the way of what comes behind it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/random.h"
#include "forms/base/sha256.h"
#include "forms/base/uuid.h"
#include "sync/tablet/request_signer.h"
#include "sync/wire/messages.h"

namespace doorstep::simulation {

class World;

class NewerTablet {
public:
    explicit NewerTablet(World& world);

    // One thing that nobody here can read, and a visit behind it.
    void work();
    // Sends what was not acknowledged, or the last once more, by which it learns that the endpoint went
    // back.  Its own network is good; the endpoint may be off.
    void sync_now();
    bool is_sent() const { return acked_ == envelopes_.size(); }

private:
    void send(std::size_t index);
    void keep(const std::string& json, const Uuid& id, bool can_be_read);
    void hear(int status, const std::string& body);

    World& world_;
    SeededRandom random_;
    Uuid enrolment_;
    std::optional<RequestSigner> signer_;
    std::uint64_t sequence_ = 0;
    std::vector<wire::Envelope> envelopes_;
    std::vector<Sha256> chain_{Sha256{}};  // before each of them, and after the last
    std::size_t acked_ = 0;                // envelopes
};

}  // namespace doorstep::simulation
