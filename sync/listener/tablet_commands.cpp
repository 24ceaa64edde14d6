#include "sync/listener/tablet_commands.h"

#include <fmt/format.h>

#include "forms/base/calendar.h"
#include "sync/endpoint/tablet_standing.h"

namespace doorstep {

namespace {

std::string moment(std::int64_t ms) {
    return ms == 0 ? std::string("never") : instant_text(ms, 0) + " UTC";
}

std::string held(const LostTablet& tablet) {
    std::string areas;
    for (const auto& area : tablet.areas)
        areas += (areas.empty() ? "" : ", ") + area;
    auto out = fmt::format("given          {}\n", areas.empty() ? "the whole partnership" : areas);
    for (const auto& one : tablet.could_pull)
        out +=
            fmt::format("facts of {:<5} {}\n", one.area.empty() ? std::string("none") : one.area, one.facts);
    return out;
}

CommandOutcome lost(Endpoint& endpoint, const std::string& tablet) {
    const auto found = lost_tablet(endpoint, tablet);
    if (!found.ok())
        return failed(found.error());
    std::string out;
    for (const auto& one : *found)
        out += fmt::format("enrolment      {}\nenrolled       {}\nacknowledged   {}\nunsent then    {}\n"
                           "last seen      {}\nlast unlocked  {}\nrevoked        {}\norder          {}\n",
                           one.enrolment.text(), moment(one.enrolled_ms), one.acked_through, one.unsent,
                           moment(one.last_seen_ms), moment(one.last_unlocked_ms),
                           one.revoked_ms == 0 ? std::string("no") : moment(one.revoked_ms),
                           one.order.empty() ? std::string("none") : one.order) +
               held(one);
    return {0, out, {}};
}

CommandOutcome done(const Result<std::int64_t>& changed, const char* what) {
    return changed.ok() ? CommandOutcome{0, what, {}} : failed(changed.error());
}

}  // namespace

std::optional<CommandOutcome> tablet_commands(DataFolder& data, const Command& command) {
    auto& endpoint = data.endpoint();
    const auto tablet = command.tablet;
    if (command.name == "tablets-lost")
        return lost(endpoint, tablet);
    if (command.name == "tablets-revoke")
        return done(revoke_tablet(endpoint, tablet, operator_of(command)),
                    "Its requests are refused from now on. A rescue file of it can still be taken in.\n");
    if (command.name == "tablets-retire")
        return done(order_tablet(endpoint, tablet, wire::OrderMode::retire, operator_of(command)),
                    "With its next sync it sends what is unsent, then erases everything on it.\n");
    if (command.name == "tablets-wipe")
        return done(order_tablet(endpoint, tablet, wire::OrderMode::wipe, operator_of(command)),
                    "It is revoked, and erases everything on it as soon as it asks for anything.\n");
    return std::nullopt;
}

}  // namespace doorstep
