// The agencies beyond the wire, as bad as they come, and the thread of the centre that hands referrals
// over to them: the real Sender and outbox, step by step, any of which may be the last.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "forms/base/random.h"
#include "sync/agencies/sender.h"
#include "sync/endpoint/endpoint.h"
#include "tests/simulation/chance.h"
#include "tests/sync/agencies/agency_stub.h"

namespace doorstep::simulation {

class World;

class SimAgencies {
public:
    explicit SimAgencies(World& world);
    // How each of them is reached, as the operator sets it up on the first day.
    Result<void> set_up(SqlConnection& sql, const Directory& directory, const WorkingKeys* keys);

    // The program of the centre begins; what it had in hand is lost when it ends.
    Result<void> begin(Endpoint& endpoint, const Directory& directory);
    void end();
    // Something may have come that is to be handed over.
    void look_soon();
    void calm();

    // By referral, over all agencies: what really happened there.
    int effects_of(const Uuid& referral) const;
    int withdrawals_of(const Uuid& referral) const;
    // Whether an agency of that name answers when it is asked for a referral.
    bool can_be_asked(const std::string& agency) const;

private:
    void look(std::int64_t after_ms);
    void step();
    bool has_work();
    void carry(const Parcel& parcel);
    void speak(const Parcel& parcel);
    void record(const Parcel& parcel, Delivery came);
    testing::AgencyDoes way(const std::string& agency, const HttpRequest& request);
    Connect connect();
    void look_at_effects(const std::string& agency);
    bool happens(Fault fault, double probability);

    World& world_;
    SeededRandom random_;
    std::map<std::string, testing::AgencyStub> stubs_;
    std::map<std::string, AgencyLine> lines_;
    Endpoint* endpoint_ = nullptr;  // while it is on
    std::unique_ptr<Sender> sender_;
    std::uint64_t life_ = 0;
    std::optional<std::int64_t> planned_ms_;  // the next look
    bool in_hand_ = false;                    // one at a time, as the thread does
    static constexpr std::int64_t patience_first_ms = 5 * 60'000;
    std::int64_t check_every_ms_;
    std::int64_t patience_ms_ = patience_first_ms;  // before a look that found nothing to do is repeated
    std::int64_t checked_ms_ = 0;
    bool calm_ = false;
};

}  // namespace doorstep::simulation
