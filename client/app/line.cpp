// The sync inside the shift: the engine is stepped here, what it asks of the store is
// done here; requests go out with whoever holds the line.
#include <algorithm>
#include <deque>

#include "client/app/shift_state.h"
#include "sync/store/outbound_media.h"
#include "sync/tablet/carry_out.h"

namespace doorstep {

namespace {

// What came for this tablet meanwhile, and how far the backup went.
constexpr std::int64_t look_again_every_ms = 15 * 60'000;
constexpr std::int64_t note_told_every_ms = 30 * 60'000;
constexpr int let_go_steps = 5;

// Tablets of one charging station do not come together.
std::int64_t look_again_after_ms(Random& random) {
    return look_again_every_ms + static_cast<std::int64_t>(random.below(60'000));
}

}  // namespace

void Shift::State::read_position() {
    if (const auto stands = sync_store->position(); stands.ok())
        position = *stands;
    else
        return say(stands.error());
    if (const auto left = outbound_media(sync_store->sql(), {}, true); left.ok())
        pictures_waiting = left->signatures + left->photos;
    oldest_unsent_ms = 0;
    if (!sql || unsent() == 0)
        return;
    if (const auto since = oldest_unsent(*sql); since.ok())
        oldest_unsent_ms = *since;
    else
        say(since.error());
}

void Shift::State::begin_sync() {
    if (!identity || !sync_store || options.tablet.view_only)
        return;
    engine.emplace(random, AppAtWork{DOORSTEP_VERSION});
    was_up_to_date = false;
    trouble_now = SyncTrouble::none;
    to_pull_at_start = 0;
    unsent_at_start = unsent();
    const Uuid vault = entrance && entrance->has_vault() ? entrance->vault().id() : Uuid{};
    look_for_parcels();
    step(PhotosMayGo{surroundings.charging, clock.now_ms()});
    step(Begin{position, identity->enrolment, clock.now_ms(), vault,
               parcels ? std::optional(parcels->stand().list) : std::nullopt, true});
}

// Locked or open.  One that is refused, or that the disk does not take, changes nothing; the
// next sync brings another, and the page of officers says how long the standing one lasts.
void Shift::State::take(const wire::TabletLicence& licence) {
    if (entrance && entrance->has_vault())
        static_cast<void>(
            entrance->vault().accept_licence({licence.issued_ms, licence.until_ms, licence.signature}).ok());
}

// The one who is signed in is locked out when the step is done: what came with it is kept first.
void Shift::State::end_sign_ins(const std::vector<std::string>& officers) {
    if (!entrance || !entrance->has_vault() || options.tablet.view_only)
        return;
    for (const auto& officer : officers) {
        const auto changed = entrance->vault().end_sign_ins(officer);
        if (changed.ok() && *changed && entrance->vault().is_open() && entrance->officer() == officer)
            left_meanwhile = true;
    }
}

void Shift::State::step(const Event& event) {
    std::deque<Event> events{event};
    bool kept = false;
    bool pulling = false;
    bool published_came = false;
    while (!events.empty()) {
        const Event now = std::move(events.front());
        events.pop_front();
        for (const Effect& effect : engine->step(now)) {
            if (const auto* request = std::get_if<SendRequest>(&effect)) {
                pulling = pulling || request->lane == Lane::pull;
                requests.push_back(*request);
            } else if (const auto* wake = std::get_if<WakeAt>(&effect)) {
                wake_at_ms = wake_at_ms == 0 ? wake->at_ms : std::min(wake_at_ms, wake->at_ms);
            } else if (const auto* given = std::get_if<TakeLicence>(&effect)) {
                take(given->licence);
            } else if (const auto* left = std::get_if<EndSignIns>(&effect)) {
                end_sign_ins(left->officers);
            } else {
                kept = true;
                facts_came = facts_came || std::holds_alternative<KeepPage>(effect) ||
                             std::holds_alternative<KeepScope>(effect);
                if (auto answer = carry_out(effect, *sync_store, parcels ? &*parcels : nullptr)) {
                    const auto* came = std::get_if<ParcelsKept>(&*answer);
                    published_came = published_came || (came && came->stand.ok() && !came->stand->next);
                    events.push_back(std::move(*answer));
                }
            }
        }
    }
    if (kept) {
        read_position();
        if (store)
            read_identity_and_aside();
    }
    if (engine->state().up_to_date)
        wake_at_ms = 0;
    follow_line();
    if (published_came)
        parcels_came();
    // A feed of many pages is read once, when it has ended.
    if (facts_came && !pulling && store)
        told(read_all());
}

void Shift::State::read_identity_and_aside() {
    if (const auto known = store->identity(); known.ok())
        identity = *known;
    if (auto aside = store->quarantined(); aside.ok())
        set_aside = std::move(aside).value();
}

void Shift::State::sync_now() {
    if (!engine)
        return;
    unsent_at_start = unsent();
    // Whoever asks for it by hand has the line and the battery for photos too.
    step(PhotosMayGo{true, clock.now_ms()});
    step(SyncNow{clock.now_ms()});
}

// A network came, or a charger: nobody was asked and nobody waits for it.
void Shift::State::sync_by_itself() {
    if (!engine)
        return;
    unsent_at_start = unsent();
    step(SyncNow{clock.now_ms(), true});
}

void Shift::State::around(const Around& now) {
    const bool network_came = now.network && (now.network_came || !surroundings.network);
    const bool charger_came = now.charging && !surroundings.charging;
    const bool power_changed = now.charging != surroundings.charging;
    surroundings = now;
    if (!now.charging)
        look_again_ms = 0;
    if (power_changed && engine)
        step(PhotosMayGo{now.charging, clock.now_ms()});
    if (network_came || charger_came)
        sync_by_itself();
    // A charger that was there from the start.
    else if (now.charging && engine && engine->state().up_to_date && look_again_ms == 0)
        look_again_ms = clock.now_ms() + look_again_after_ms(random);
}

// An endpoint that tells the same time twice told it once.
ToldTime Shift::State::told_time_after(const ToldTime& before, std::int64_t endpoint_ms) const {
    return doorstep::told(before, endpoint_ms, boot());
}

// Some hundred facts each time the tablet rests; what is left goes at the next rest.
void Shift::State::let_some_go() {
    if (!store || options.tablet.view_only || !tablet)
        return;
    if (!retention)
        retention.emplace(*store, tablet->second_copy());
    const auto now_told = now_told_ms(notes.told, boot());
    bool gone = false;
    for (int steps = 0; steps < let_go_steps; ++steps) {
        const auto done = retention->step(now_told);
        if (!done.ok())
            break;  // the next rest tries again
        gone = gone || done->own + done->others > 0;
        if (done->asked_again > 0 && engine && engine->state().up_to_date)
            begin_sync();
        if (!done->more)
            break;
    }
    if (now_told - notes.told.at_ms >= note_told_every_ms) {
        notes.told = counted_on(notes.told, boot());
        notes_changed = true;
    }
    if (gone) {
        told(read_all());
        show();
    }
}

std::int64_t Shift::State::endpoint_now_ms() const {
    return clock.now_ms() - (engine ? engine->state().clock_off_ms : 0);
}

void Shift::State::follow_line() {
    const SyncState& state = engine->state();
    const std::int64_t now_ms = clock.now_ms();
    LineNotes now = notes;
    if (state.up_to_date && !was_up_to_date)
        now.success_ms = now_ms;
    if (state.trouble != SyncTrouble::none && state.trouble != trouble_now)
        now.trouble = state.trouble, now.trouble_ms = now_ms;
    if (state.proven_ms != 0)
        now.proven_ms = state.proven_ms;
    now.told = told_time_after(now.told, state.proven_ms);
    trouble_now = state.trouble;
    was_up_to_date = state.up_to_date;
    to_pull_at_start = state.to_pull == 0 ? 0 : std::max(to_pull_at_start, state.to_pull);
    now.follow_backup(position.acked_through, position.durable_through, endpoint_now_ms());
    notes_changed = notes_changed || now != notes;
    notes = std::move(now);
    if (surroundings.charging && state.up_to_date && look_again_ms == 0)
        look_again_ms = now_ms + look_again_after_ms(random);
}

// When idle and before a lock.  They are for information: a disk that does not take them now
// does later, or the next process begins without.
void Shift::State::keep_notes() {
    if (!notes_changed || options.tablet.view_only)
        return;
    notes_changed = false;
    static_cast<void>(write_line_notes(places_of(options.folder, options.device_secret), notes).ok());
}

void Shift::State::operator()(const intent::SetProxy& said) {
    const auto done = set_proxy(said);
    proxy_trouble = done.ok() ? std::string{} : done.error().text();
    if (done.ok()) {
        ++proxy_saved;
        sync_now();
    }
}

Result<void> Shift::State::set_proxy(const intent::SetProxy& said) {
    LineNotes now = notes;
    Proxy proxy;
    proxy.way = static_cast<Proxy::Way>(said.way);
    if (said.way == ProxyWay::by_hand) {
        TRY(proxy.address, proxy_address(said.address));
        proxy.name = said.name;
        const bool typed = said.password && !said.password->empty();
        if (typed)
            proxy.password = std::string(said.password->view());
        else if (!said.name.empty() && said.name == notes.proxy.name)
            proxy.password = notes.proxy.password;
        if (typed && said.name.empty())
            return Error{Fault::bad_input, "There is a password and no name.",
                         "Type the name that goes with it, or leave the password empty."};
        if (said.name.find(':') != std::string::npos)
            return Error{Fault::bad_input, "The name for the proxy has a colon in it.",
                         "The password has a field of its own."};
    }
    now.proxy = std::move(proxy);
    TRY_DO(write_line_notes(places_of(options.folder, options.device_secret), now));
    notes = std::move(now);
    notes_changed = false;
    return {};
}

void Shift::State::facts_kept() {
    finding.stale = true;
    read_position();
    if (engine)
        step(FactsKept{position.last_sequence, clock.now_ms()});
}

}  // namespace doorstep
