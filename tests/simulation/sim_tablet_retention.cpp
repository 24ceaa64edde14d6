// What a tablet lets go of when it rests, as the app does it.
#include <fmt/format.h>

#include "sync/store/retention.h"
#include "tests/simulation/mutants.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/sim_tablet.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

Uuid SimBoot::boot() const {
    return *Uuid::from_bytes(fmt::format("boot {:011}", starts_));
}

std::int64_t SimBoot::since_boot_ms() const {
    return clock_.now_ms() - since_ms_;
}

void SimTablet::hear_time() {
    if (engine_)
        told_ = told(told_, state().proven_ms, boot_);
}

// By the clock of the centre, as it was told, whether or not a power cut lets the tablet keep it.
void SimTablet::note_acknowledged(const wire::PushReply& reply) {
    for (auto& [id, fact] : world_.model.facts)
        if (fact.enrolment == enrolment_ && fact.sequence <= reply.acked_through && fact.acked_ms == 0)
            fact.acked_ms = reply.server_time_ms;
}

void SimTablet::let_go() {
    if (!is_open() || must_end())
        return;
    let_go_unacknowledged(world_.plan.mutant, *store_);
    Retention retention(*store_, &*copy_);
    LetGo all;
    for (bool more = true; more;) {
        const auto gone = retention.step(now_told_ms(told_, boot_));
        if (!gone.ok() && !disk_.is_troubled())
            world_.broken(
                fmt::format("I13 liveness: {} cannot let go of what is old: {}", name_, gone.error().text()));
        more = gone.ok() && gone->more;
        if (gone.ok()) {
            all.own += gone->own;
            all.others += gone->others;
            all.asked_again += gone->asked_again;
        }
    }
    if (all != LetGo{} || world_.plan.mutant == Mutant::retention_unacknowledged) {
        world_.trace(name_, fmt::format("lets go of {} facts of its own and {} of others, and asks for {}",
                                        all.own, all.others, all.asked_again));
        check_own_log(world_, *this);
        check_cursor(world_, *this);
    }
    if (all.asked_again > 0 && !must_end() && state().up_to_date)
        begin_anew();
}

// As after a sign-in: the engine looks at where the store stands.
void SimTablet::begin_anew() {
    const auto stands = store_->position();
    if (!stands.ok())
        return;
    ++life_;
    events_.clear();
    unanswered_.clear();
    engine_.emplace(random_, AppAtWork{});
    Begin begins{*stands, enrolment_, clock_.now_ms()};
    if (parcels_)
        begins.parcels = parcels_->stand().list;
    feed(begins);
}

}  // namespace doorstep::simulation
