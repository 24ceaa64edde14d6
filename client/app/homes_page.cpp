// The page that finds any home, while the records are being opened and afterwards.
#include <algorithm>
#include <fmt/format.h>

#include "client/app/day_words.h"
#include "client/app/homes.h"
#include "client/app/outcome_words.h"
#include "client/app/shift_state.h"
#include "forms/base/secret.h"

namespace doorstep {

namespace {

std::string joined(std::initializer_list<std::string> parts) {
    std::string all;
    for (const std::string& part : parts)
        if (!part.empty())
            all += (all.empty() ? "" : ", ") + part;
    return all;
}

// "42,700"
std::string grouped(std::size_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3; at -= 3)
        text.insert(at - 3, ",");
    return text;
}

}  // namespace

const PlannedVisitRow* Shift::State::visit_with(const Uuid& household) {
    for (const PlannedVisitRow* each : visits_at_home())
        if (const auto here = street(each->visit); here.ok() && (*here)->door(household))
            return each;
    return nullptr;
}

// Of several that with doors on this tablet, and of these the one of that area.
const PlannedVisitRow* Shift::State::visit_today(const std::string& area) {
    const Day now = today(clock);
    const PlannedVisitRow* found = nullptr;
    for (const PlannedVisitRow* each : visits_at_home())
        if (each->day == now && (!found || (found->area != area && each->area == area)))
            found = each;
    return found;
}

void Shift::State::operator()(const intent::OpenHomes&) {
    go_to({Stop::At::homes, {}, {}});
    finding.chosen = {};
    finding.stale = true;
    if (!homes.addresses_read() && finding.go_on_at_ms == 0)
        finding.go_on_at_ms = clock.now_ms();
}

void Shift::State::operator()(const intent::FindHomes& said) {
    wipe_text(finding.text);
    finding.text = said.text;
    finding.chosen = {};
    finding.stale = true;
}

void Shift::State::open_door_of(const Uuid& visit_id, const Uuid& household) {
    if (sitting)
        put_away();
    filter = DoorFilter::all;
    find.clear();
    route.resize(1);
    route.push_back({Stop::At::homes, {}, {}});
    route.push_back({Stop::At::doors, visit_id, {}});
    route.push_back({Stop::At::door, household, {}});
}

void Shift::State::operator()(const intent::OpenHome& said) {
    if (!at(Stop::At::homes))
        return;
    finding.chosen = {};
    if (const PlannedVisitRow* on = visit_with(said.household))
        return open_door_of(on->visit, said.household);
    const auto home = homes.home(said.household, store);
    if (!home.ok())
        return say(home.error());
    if (visit_today(home->area) && !options.tablet.view_only) {
        finding.chosen = said.household;
        return;
    }
    say(Notice::Kind::trouble,
        with_parts(words.say("%1 is on no visit of this tablet, and no visit is planned for today."),
                   {place_of(home->address)}));
}

void Shift::State::operator()(const intent::AddHome& said) {
    if (!at(Stop::At::homes))
        return;
    // Said twice by a quick finger: it is there already.
    if (const PlannedVisitRow* on = visit_with(said.household))
        return open_door_of(on->visit, said.household);
    const auto home = homes.home(said.household, store);
    if (!home.ok())
        return say(home.error());
    const PlannedVisitRow* visit_of_today = visit_today(home->area);
    if (!visit_of_today || !told(add_to(*visit_of_today, *home)))
        return;
    finding.chosen = {};
    finding.stale = true;
    open_door_of(visit_of_today->visit, said.household);
    say(Notice::Kind::done, with_parts(words.say("%1 is on today's visit now."), {place_of(home->address)}));
}

// Behind the other doors.  Its area and road are those of its last contact or of the address
// base; else the visit's, and those of another door of its road.
Result<void> Shift::State::add_to(const PlannedVisitRow& planned, const KnownHome& home) {
    TRY(auto doors, Walks(*store).doors(planned.visit));
    WalkDoor door{home.household, home.area.empty() ? planned.area : home.area, home.road_code, home.address};
    if (door.road_code.empty() && home.last)
        door.road_code = home.last->road_code;
    for (const WalkDoor& other : doors)
        if (door.road_code.empty() && other.address.road == door.address.road)
            door.road_code = other.road_code;
    if (door.road_code.empty() && !doors.empty())
        door.road_code = doors.front().road_code;
    doors.push_back(std::move(door));
    TRY_DO(Walks(*store).keep(planned.visit, doors));
    walked.insert(planned.visit);
    streets.erase(planned.visit);
    return {};
}

void Shift::State::read_addresses_on() {
    finding.go_on_at_ms = 0;
    if (!store)
        return;
    const auto more = homes.read_addresses(*store);
    if (!more.ok()) {
        say(more.error());
        return show();
    }
    if (*more)
        finding.go_on_at_ms = clock.now_ms();
    if (!at(Stop::At::homes))
        return;
    // What is in sight changes when something is searched, and at the end.
    finding.stale = finding.stale || !*more || !finding.text.empty();
    show();
}

HomeRow Shift::State::home_row(const KnownHome& home) {
    HomeRow row;
    row.household = home.household;
    row.place = place_of(home.address);
    const PlannedVisitRow* on = store ? visit_with(home.household) : nullptr;
    row.on_visit = on != nullptr;
    std::string last;
    if (home.last)
        last = joined({outcome_words(home.last->outcome, words), day_in_short(home.last->day, words)});
    row.words = joined({home.address.postcode, last});
    return row;
}

void Shift::State::read_home_rows() {
    if (store && !finding.with_visits) {
        finding.with_visits = true;
        for (const PlannedVisitRow* each : visits_at_home())
            if (const auto here = street(each->visit); here.ok())
                for (const WalkDoor& door : (*here)->doors())
                    homes.know(door.household, door.address);
    }
    if (sql)
        told(homes.follow(*sql));
    const auto found = homes.find(finding.text, store);
    if (!found.ok())
        return say(found.error());
    auto rows = std::make_shared<std::vector<HomeRow>>();
    for (const KnownHome& home : found->first)
        rows->push_back(home_row(home));
    finding.more =
        rows->size() < found->matches && !finding.text.empty()
            ? with_parts(words.say("%1 of %2: type more"), {grouped(rows->size()), grouped(found->matches)})
            : std::string{};
    finding.rows = std::move(rows);
    finding.stale = false;
}

HomesView Shift::State::homes_view() {
    if (finding.stale || !finding.rows)
        read_home_rows();
    HomesView view;
    view.find = finding.text;
    view.rows = finding.rows;
    view.more = finding.more;
    if (opening && !opening->tapped.is_nil()) {
        if (const auto tapped = homes.home(opening->tapped, nullptr); tapped.ok())
            view.progress = with_parts(words.say("%1 opens as soon as the records are open."),
                                       {place_of(tapped->address)});
    } else if (opening) {
        view.progress = with_parts(words.say("Opening the records. %1 homes can be found so far."),
                                   {grouped(homes.size())});
    } else if (finding.go_on_at_ms != 0 && homes.share_of_addresses() < 1) {
        view.progress = with_parts(words.say("Reading the addresses: %1 percent"),
                                   {std::to_string(static_cast<int>(homes.share_of_addresses() * 100))});
    }
    if (!finding.chosen.is_nil())
        if (const auto home = homes.home(finding.chosen, store); home.ok()) {
            view.chosen = finding.chosen;
            view.chosen_place = place_of(home->address);
            view.can_add = true;
        }
    return view;
}

}  // namespace doorstep
