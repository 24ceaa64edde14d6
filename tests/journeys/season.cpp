#include "tests/journeys/season.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <thread>

#include "sync/store/sealed_connection.h"
#include "sync/tablet/runner.h"
#include "tests/support/row_keys.h"

namespace doorstep::journey {
namespace {

constexpr const char* form_id = "safer_streets_doorstep";
constexpr const char* programme = "safer_streets";
constexpr std::int64_t minute_ms = 60'000;
constexpr int days_a_need_stays_open = 80;  // well inside the 90 of the rule

constexpr std::array officers{"off-pol-01", "off-fire-02", "off-nhw-03", "off-ts-04", "off-hbc-05"};

void say(const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

// The financial year "2013-14", its ends included.
Period period_of(const std::string& year) {
    const int first = std::atoi(year.c_str());
    return {Day::of(first, 4, 1), Day::of(first + 1, 3, 31)};
}

std::set<std::string> agencies_of(const Directory& directory, const std::string& column_set) {
    std::set<std::string> agencies;
    if (const ColumnSet* columns = directory.column_set(column_set))
        for (const ReportColumn& column : columns->columns)
            if (column.agency)
                agencies.insert(*column.agency);
    return agencies;
}

// A season takes a minute here and a year out there: the endpoint, whose clock is
// real, asks us to wait, and our own clock cannot do it.
Result<HttpReply> patient(HttpClient& inner, const HttpRequest& request) {
    for (;;) {
        Result<HttpReply> reply = inner.exchange(request);
        if (!reply.ok() || reply->status != 429)
            return reply;
        const auto wait = reply->headers.find("retry-after");
        const int seconds = wait == reply->headers.end() ? 1 : std::atoi(wait->second.c_str());
        std::this_thread::sleep_for(std::chrono::seconds(std::clamp(seconds, 1, 10)));
    }
}

std::string without_end(const std::string& text) {
    return text.substr(0, text.find_last_not_of(" \n") + 1);
}

std::string form_version(const std::string& year) {
    return year.substr(0, 4);
}

}  // namespace

Season::Season(const SeasonOptions& options, const SeasonPlan& plan, const Library& library,
               EndpointProcess& endpoint)
    : options_(options), plan_(plan), library_(library), endpoint_(endpoint),
      columns_(agencies_of(library.directory, options.year)), clock_(plan.visits.front().day.start_ms()),
      dice_(options.seed + 1), network_dice_(options.seed + 2), officer_(plan, columns_, clock_) {}

Result<void> Season::enrol_tablets() {
    for (const std::string& name : plan_.tablets()) {
        const std::size_t nth = tablets_.size();
        Tablet& tablet =
            tablets_.emplace_back(name, fmt::format("team-{}", nth + 1), officers[nth % officers.size()],
                                  SeededRandom(options_.seed * 1000 + nth), row_keys_for_tests(), nullptr,
                                  nullptr, nullptr, nullptr, nullptr);
        TRY(const std::string file, store_file(options_.folder + "/" + name));
        TRY(tablet.sql, open_sealed(file, tablet.keys));
        TRY(Store store, Store::open(*tablet.sql, StoreRole::tablet, clock_, tablet.random));
        tablet.store = std::make_unique<Store>(std::move(store));
        TRY(const TabletIdentity identity, endpoint_.enrol(name));
        TRY_DO(tablet.store->enrol(identity));
        TRY(CurlClient line, CurlClient::open(identity.endpoint));
        tablet.line = std::make_unique<CurlClient>(std::move(line));
        tablet.http = std::make_unique<FaultyClient>(*tablet.line, network_dice_, options_.lose,
                                                     [this](HttpClient& inner, const HttpRequest& request) {
                                                         return exchange_with_restarts(inner, request);
                                                     });
        TRY(auto signer, RequestSigner::of(identity, numbers_in(options_.folder + "/" + name + "/requests",
                                                                identity.enrolment)));
        tablet.signer = std::make_unique<RequestSigner>(std::move(signer));
        TRY_DO(sync(tablet));  // learns the safeguarding key, before it goes out
    }
    say(fmt::format("{} tablets enrolled at {}.", tablets_.size(), endpoint_.url()));
    return {};
}

Tablet& Season::tablet(const std::string& name) {
    return *std::find_if(tablets_.begin(), tablets_.end(),
                         [&](const Tablet& each) { return each.name == name; });
}

Casework Season::casework(Tablet& tablet) {
    return {*tablet.store, library_, clock_, tablet.random,
            OnDuty{tablet.officer, officers[dice_.below(officers.size())], tablet.team}};
}

void Season::set_local_time(Day day, int minutes) {
    const std::int64_t as_if_utc = day.start_ms() + minutes * minute_ms;
    const std::int64_t at = as_if_utc - clock_.utc_offset_minutes(as_if_utc) * minute_ms;
    clock_.set_ms(std::max(at, clock_.now_ms()));
}

Result<HttpReply> Season::exchange_with_restarts(HttpClient& inner, const HttpRequest& request) {
    const int due = options_.restart_endpoint * (visits_done_ + 1) / static_cast<int>(plan_.visits.size());
    if (restarts_done_ >= due || !network_dice_.chance(0.4))
        return patient(inner, request);
    ++restarts_done_;
    const auto soon = std::chrono::microseconds(network_dice_.below(4000));
    std::thread killer([&] {
        std::this_thread::sleep_for(soon);
        endpoint_.kill_now();
    });
    Result<HttpReply> reply = inner.exchange(request);
    killer.join();
    TRY_DO(endpoint_.start_again());
    return reply;
}

Result<void> Season::sync(Tablet& tablet) {
    constexpr int give_up_after = 200;  // half of all replies may be lost, hundreds of times
    SignedClient line(*tablet.http, *tablet.signer);
    TRY(const SyncOutcome outcome, sync_now(
                                       *tablet.store, line, clock_, network_dice_,
                                       [this](std::int64_t ms) { clock_.advance_ms(ms); }, give_up_after));
    if (outcome.up_to_date)
        return {};
    return Error{Fault::unreachable, fmt::format("{} could not sync: {}", tablet.name, outcome.state.words),
                 ""};
}

Result<Uuid> Season::plan_visit(const PlannedVisit& visit) {
    Tablet& lead = tablets_.front();
    std::vector<std::string> teams;
    for (const std::string& name : visit.tablets)
        teams.push_back(tablet(name).team);
    TRY(const Uuid id, casework(lead).plan_visit(visit.label, programme, visit.area, visit.day, teams));
    TRY_DO(sync(lead));
    for (const std::string& name : visit.tablets) {
        TRY_DO(sync(tablet(name)));
        TRY(const auto log, tablet(name).store->log());
        const bool known = std::any_of(log.begin(), log.end(), [&](const Operation& operation) {
            const auto* planned = std::get_if<VisitPlanned>(&operation.payload);
            return planned && planned->visit == id;
        });
        if (!known)
            return Error{Fault::broken, fmt::format("{} synced and does not know {}.", name, visit.label),
                         ""};
    }
    return id;
}

Result<void> Season::interrupt(Casework& casework, OpenQuestionnaire at, const PlannedDoor& door,
                               Random& random) {
    TRY_DO(officer_.ask(at, door, random, 4 + static_cast<int>(random.below(6))));
    paused_[at.id()] = &door;
    TRY_DO(casework.record_outcome(at.door(), ContactOutcome::call_back));
    return {};
}

Result<void> Season::keep_withdrawals(const Finished& finished, const PlannedDoor& door,
                                      const std::string& name) {
    for (const Card* card : door.cards)
        for (const Operation& operation : finished.operations)
            if (const auto* raised = std::get_if<ReferralRaised>(&operation.payload);
                raised && card->withdrawn && raised->agency == card->about)
                to_withdraw_.push_back({raised->referral, name, raised->day});
    if (finished.complete)
        return {};
    return Error{Fault::broken, "A home answered the questionnaire and it does not count as completed.", ""};
}

Result<void> Season::work_home(Casework& casework, const Door& at, const PlannedDoor& door, Tally& tally) {
    SeededRandom random(door.seed);
    const auto form = library_.form(form_id, form_version(options_.year));
    const auto& languages = form ? form->languages() : std::vector<std::string>{};
    const std::string language =
        languages.empty() || random.chance(0.8) ? std::string{} : languages[random.below(languages.size())];
    TRY(OpenQuestionnaire open,
        casework.open_questionnaire(at, form_id, form_version(options_.year), language));
    if (door.kind == DoorKind::partial) {
        TRY_DO(officer_.break_off(open, door, random));
        ++tally.others;
        return {};
    }
    if (door.called_back)
        return interrupt(casework, std::move(open), door, random);
    TRY_DO(officer_.ask(open, door, random));
    TRY(const Finished finished, officer_.close(open, door, random));
    ++tally.questionnaires;
    return keep_withdrawals(finished, door, door.tablet);
}

Result<void> Season::work_again(Casework& casework, const PlannedVisit& visit, const Uuid& id,
                                const PlannedDoor& door) {
    const auto earlier = std::find_if(worked_.rbegin(), worked_.rend(), [&](const Worked& each) {
        return each.planned->agrees_to("fire") && each.day < visit.day &&
               each.day.plus(days_a_need_stays_open) >= visit.day;
    });
    if (earlier == worked_.rend())
        return Error{
            Fault::bad_input,
            fmt::format("visits.csv, {}: no home of an earlier visit has a need that is open.", visit.label),
            "Write 0 into column again."};
    SeededRandom random(door.seed);
    const Door at = casework.door(id, earlier->door.area, earlier->door.road_code, earlier->door.address,
                                  earlier->door.household);
    TRY(OpenQuestionnaire open, casework.open_questionnaire(at, form_id, form_version(options_.year)));
    TRY_DO(officer_.explain(open, door, random));
    TRY_DO(open.add_referral("fire", "Asks again for the alarms."));
    Agreement agreement;
    agreement.given_by = "resident";
    TRY_DO(open.agree("fire", agreement));
    worked_.erase(std::next(earlier).base());
    TRY_DO(officer_.break_off(open, door, random));
    return {};
}

Result<void> Season::work_door(const PlannedVisit& visit, const Uuid& id, const PlannedDoor& door,
                               Tally& tally) {
    Casework at_work = casework(tablet(door.tablet));
    if (door.kind == DoorKind::again) {
        ++tally.others;
        return work_again(at_work, visit, id, door);
    }
    const Door at = at_work.door(id, visit.area, door.road_code, door.address);
    if (door.kind == DoorKind::home || door.kind == DoorKind::partial) {
        if (door.kind == DoorKind::home)
            worked_.push_back({at, &door, visit.day});
        return work_home(at_work, at, door, tally);
    }
    ++tally.others;
    const auto outcome =
        door.kind == DoorKind::declined ? ContactOutcome::declined : ContactOutcome::no_answer;
    for (int i = 0; i < door.tries; ++i) {
        TRY_DO(at_work.record_outcome(at, outcome));
        clock_.advance_ms(minute_ms / 2);
    }
    return {};
}

Result<void> Season::resume_drafts(Tablet& tablet, Tally& tally) {
    Casework at_work = casework(tablet);
    TRY(const auto drafts, at_work.drafts());
    for (const DraftHeader& draft : drafts) {
        const auto paused = paused_.find(draft.questionnaire);
        if (paused == paused_.end())
            return Error{Fault::broken, "A draft is left that nobody paused.", ""};
        const PlannedDoor& door = *paused->second;
        SeededRandom random(door.seed + 1);
        TRY(OpenQuestionnaire open, at_work.resume(draft.questionnaire));
        TRY_DO(officer_.ask(open, door, random));
        TRY(const Finished finished, officer_.close(open, door, random));
        paused_.erase(paused);
        ++tally.questionnaires;
        TRY_DO(keep_withdrawals(finished, door, tablet.name));
    }
    return {};
}

Result<void> Season::withdraw_what_was(Day before) {
    std::vector<Withdrawal> later;
    for (const Withdrawal& each : to_withdraw_) {
        if (each.after >= before) {
            later.push_back(each);
            continue;
        }
        set_local_time(each.after.plus(1), 9 * 60);
        TRY_DO(casework(tablet(each.tablet)).withdraw(each.referral, "The resident changed their mind."));
        TRY_DO(sync(tablet(each.tablet)));
    }
    to_withdraw_ = std::move(later);
    return {};
}

Result<void> Season::work_visit(const PlannedVisit& visit, const std::vector<PlannedDoor>& doors) {
    TRY_DO(withdraw_what_was(visit.day));
    set_local_time(visit.day, visit.begins_minutes - 60);
    TRY(const Uuid id, plan_visit(visit));
    set_local_time(visit.day, visit.begins_minutes);
    Tally tally;
    int exchanges = 0;
    int lost = 0;
    for (const Tablet& each : tablets_) {
        exchanges -= each.http->exchanges();
        lost -= each.http->lost();
    }
    for (const PlannedDoor& door : doors) {
        TRY_DO(work_door(visit, id, door, tally));
        clock_.advance_ms(2 * minute_ms);
    }
    for (const std::string& name : visit.tablets)
        TRY_DO(resume_drafts(tablet(name), tally));
    for (const std::string& name : visit.tablets)
        TRY_DO(sync(tablet(name)));
    for (const Tablet& each : tablets_) {
        exchanges += each.http->exchanges();
        lost += each.http->lost();
    }
    ++visits_done_;
    say(fmt::format("{}  {}  {} tablets, {:2} questionnaires, {:2} other doors; synced in {} exchanges, {} "
                    "replies lost",
                    visit.day.text(), visit.label, visit.tablets.size(), tally.questionnaires, tally.others,
                    exchanges, lost));
    return {};
}

Result<void> Season::work() {
    const auto rounds = deal(plan_, options_.seed);
    for (std::size_t i = 0; i < rounds.size(); ++i)
        TRY_DO(work_visit(plan_.visits[i], rounds[i]));
    TRY_DO(withdraw_what_was(plan_.visits.back().day.plus(2)));
    while (restarts_done_ < options_.restart_endpoint) {
        ++restarts_done_;
        endpoint_.kill_now();
        TRY_DO(endpoint_.start_again());
    }
    if (options_.restart_endpoint > 0)
        say(fmt::format("The endpoint was killed {} times and started again on the same data.",
                        restarts_done_));
    return {};
}

Result<void> Season::all_synced() {
    for (Tablet& each : tablets_)
        TRY_DO(sync(each));
    std::string first;
    for (Tablet& each : tablets_) {
        TRY_DO(sync(each));  // what the others pushed a moment ago
        TRY(const SyncPosition position, each.store->position());
        TRY(const auto quarantined, each.store->quarantined());
        TRY(const std::string counts, each.store->dump_read_model(true));
        if (position.acked_through != position.last_sequence || !quarantined.empty())
            return Error{Fault::broken,
                         fmt::format("{} has {} of {} operations acknowledged and {} set aside.", each.name,
                                     position.acked_through, position.last_sequence, quarantined.size()),
                         ""};
        first = first.empty() ? counts : first;
        if (counts != first)
            return Error{Fault::broken, fmt::format("{} holds other facts than tab-01.", each.name), ""};
        say(fmt::format("{}: {} operations, all acknowledged.", each.name, position.last_sequence));
    }
    return {};
}

Result<bool> Season::compare() {
    const Period period = period_of(options_.year);
    TRY(const Counts counts, count(*tablets_.front().sql, library_.directory, period, options_.year));
    const std::string here = as_table(counts);
    TRY(const std::string there, endpoint_.report(period.from.text(), period.to.text(), options_.year));
    say(fmt::format("\nOn the lead's tablet {}:\n{}", tablets_.front().name, here));
    say(fmt::format("At the endpoint:\n{}", there));
    return without_end(here) == without_end(there);
}

}  // namespace doorstep::journey
