// The shift seen from outside, and what it publishes.
#include "client/app/shift.h"

#include <algorithm>

#include "client/app/day_words.h"
#include "client/app/shift_state.h"

namespace doorstep {

Shift::Shift(ShiftOptions options, const Clock& clock, Random& random, const Wordings& wordings,
             Publish publish)
    : state_(std::make_unique<State>(std::move(options), clock, random, wordings, std::move(publish))) {
    state_->look = read_look(state_->options.folder);
    state_->notes = read_line_notes(places_of(state_->options.folder, state_->options.device_secret));
    auto first = std::make_shared<View>();
    first->theme = state_->look.theme;
    first->text_percent = state_->look.text_percent;
    first->place = "starting";
    first->header.can_go_back = false;
    state_->latest = std::move(first);
}

Shift::~Shift() {
    state_->leave_sitting();
    state_->keep_notes();
}

void Shift::open() {
    state_->open();
    state_->show();
    state_->keep_route();
}

void Shift::act(const Intent& intent) {
    if (std::holds_alternative<intent::TryAgain>(intent) && state_->trouble) {
        state_->open();
    } else if (std::holds_alternative<intent::GoHome>(intent) && state_->trouble &&
               state_->trouble->can_go_on) {
        state_->begins_anew = true;
        state_->open();
    } else {
        state_->act(intent);
    }
    state_->follow_parcels();
    state_->show();
    // After the screen: where one is may wait for the disk, the officer may not.
    state_->keep_route();
    state_->tell_of_disk();
    state_->look_at_disk();
}

void Shift::rest() {
    State& s = *state_;
    s.keep_notes();
    if (!s.tablet)
        return;
    s.let_some_go();
    s.tablet->rest();
    s.save_unsaved_and_tell();
    s.take_addresses();
    // The clock as seen now is kept when it can be; the next rest tries again.
    if (s.entrance)
        static_cast<void>(s.entrance->vault().note_time());
    s.tell_of_disk();
    s.look_at_disk();
}

std::vector<SendRequest> Shift::take_requests() {
    return std::exchange(state_->requests, {});
}

void Shift::replied(const Replied& reply) {
    if (!state_->engine)
        return;
    state_->step(reply);
    if (std::exchange(state_->left_meanwhile, false))
        state_->lock(true);
    state_->erase_when_due();
    state_->show();
    state_->look_at_disk();
}

std::optional<std::int64_t> Shift::wake_at_ms() const {
    std::int64_t soonest = state_->wake_at_ms;
    const std::int64_t page_at_ms =
        state_->opening && state_->homes.size() > 0 ? state_->opening->page_at_ms : 0;
    for (const std::int64_t other : {state_->seal_at_ms, state_->reopen_at_ms, state_->look_again_ms,
                                     state_->finding.go_on_at_ms, page_at_ms})
        if (other != 0)
            soonest = soonest == 0 ? other : std::min(soonest, other);
    if (const auto look_in_ms = state_->look_again_in_ms()) {
        const std::int64_t look_ms = state_->clock.now_ms() + *look_in_ms;
        soonest = soonest == 0 ? look_ms : std::min(soonest, look_ms);
    }
    return soonest == 0 ? std::nullopt : std::optional(soonest);
}

void Shift::woken() {
    State& s = *state_;
    const std::int64_t now_ms = s.clock.now_ms();
    if (s.opening) {
        s.go_on_opening();
        // Where one is when it has come to its end is kept as after anything that was done.
        s.keep_route();
    }
    if (s.outside())
        s.look_at_joining();
    if (s.finding.go_on_at_ms != 0 && s.finding.go_on_at_ms <= now_ms)
        s.read_addresses_on();
    if (s.seal_at_ms != 0 && s.seal_at_ms <= now_ms)
        s.seal_some_anew();
    if (s.reopen_at_ms != 0 && s.reopen_at_ms <= now_ms)
        s.reopen();
    if (s.look_again_ms != 0 && s.look_again_ms <= now_ms) {
        s.look_again_ms = 0;
        s.sync_by_itself();
    }
    if (s.look_again_in_ms() == 0) {
        s.look_again_boot_ms = 0;
        s.show();
    }
    if (s.wake_at_ms == 0 || s.wake_at_ms > now_ms)
        return;
    s.wake_at_ms = 0;
    if (!s.engine)
        return;
    s.step(Woken{now_ms});
    s.show();
}

bool Shift::is_opening() const {
    return state_->opening.has_value();
}

std::optional<TabletIdentity> Shift::identity() const {
    return state_->identity;
}

Uuid Shift::signed_in() const {
    auto& entrance = state_->entrance;
    return entrance && entrance->has_vault() && entrance->vault().is_open() ? entrance->vault().slot()
                                                                            : Uuid{};
}

const Proxy& Shift::proxy() const {
    return state_->notes.proxy;
}

std::int64_t Shift::proven_ms() const {
    return state_->notes.proven_ms;
}

void Shift::around(const Around& now) {
    state_->around(now);
    state_->show();
}

std::shared_ptr<const View> Shift::view() const {
    return state_->latest;
}

void Shift::State::show() {
    auto now = std::make_shared<View>(view());
    now->number = ++published;
    latest = std::move(now);
    publish(latest);
}

View Shift::State::view() {
    View now;
    now.theme = look.theme;
    now.text_percent = look.text_percent;
    now.open = !ended && entrance && entrance->has_vault() && entrance->vault().is_open();
    now.begin_anew = ended;
    now.unsaved = options.unsaved;
    if (ended) {
        now.place = "locked";
    } else if (trouble && at(Stop::At::settings)) {
        now.screen = settings_view();
        now.place = text_of(route.back());
    } else if (trouble) {
        now.place = "trouble";
        now.screen = *trouble;
    } else if (started && outside()) {
        now.place = "sign-in";
        std::visit([&](auto screen) { now.screen = std::move(screen); }, entrance->screen());
        if (auto* locked = std::get_if<SignInView>(&now.screen); locked && engine)
            locked->sync_words = locked_words();
    } else if (opening && opening->page_at_ms == 0) {
        now.place = text_of({Stop::At::homes, {}, {}});
        now.screen = homes_view();
    } else if (!store) {
        now.place = started ? "opening" : "starting";
        if (started)
            now.screen = OpeningView{words.say("Opening the records"), 0};
    } else {
        show_place(now);
    }
    now.header = header();
    // Only now: a view that failed to read has said so.
    now.notice = notice;
    now.notice_number = notices;
    if (!notice && !to_read.empty()) {
        now.notice = to_read.front().notice;
        now.notice_number = to_read.front().number;
    }
    return now;
}

void Shift::State::show_place(View& now) {
    now.place = text_of(route.back());
    switch (route.back().at) {
    case Stop::At::home:
        now.screen = home_view();
        break;
    case Stop::At::doors:
        now.screen = doors_view();
        break;
    case Stop::At::door:
        now.screen = door_view();
        break;
    case Stop::At::questionnaire:
        if (sitting) {
            now.place = sitting->place();
            std::visit([&](auto screen) { now.screen = std::move(screen); }, sitting->screen());
        }
        break;
    case Stop::At::counts:
        now.screen = counts_view();
        break;
    case Stop::At::referrals:
        now.screen = referrals_view();
        break;
    case Stop::At::waiting:
        now.screen = waiting_view();
        break;
    case Stop::At::sync:
        now.screen = sync_view();
        break;
    case Stop::At::settings:
        now.screen = settings_view();
        break;
    case Stop::At::officers:
        now.screen = entrance->officers();
        break;
    case Stop::At::homes:
        now.screen = homes_view();
        break;
    }
}

HeaderView Shift::State::header() const {
    HeaderView header;
    header.can_go_back = route.size() > 1;
    if (opening) {
        header.can_go_back = false;
        header.title = words.say("Find a home");
    }
    if (trouble || !store || outside())
        return header;
    header.sync_words = header_words();
    header.sync_more = header_more();
    header.sync_needs_look = sync_needs_look();
    switch (route.back().at) {
    case Stop::At::home:
        header.title = day_in_full(today(clock), words);
        break;
    case Stop::At::doors:
        if (const auto here = streets.find(route.back().id); here != streets.end())
            header.title = here->second.roads();
        break;
    case Stop::At::door:
        if (const auto in_hand = visit_in_hand())
            if (const auto here = streets.find(*in_hand); here != streets.end())
                if (const DoorRow* row = here->second.row(route.back().id))
                    header.title = row->place;
        break;
    case Stop::At::questionnaire:
        if (sitting)
            header.title = sitting->title();
        break;
    case Stop::At::counts:
        header.title = words.say("Team review");
        break;
    case Stop::At::referrals:
    case Stop::At::waiting:
        header.title = words.say("Referrals");
        break;
    case Stop::At::sync:
        header.title = words.say("Sync");
        break;
    case Stop::At::settings:
        header.title = words.say("Settings");
        break;
    case Stop::At::officers:
        header.title = words.say("Who may sign in");
        break;
    case Stop::At::homes:
        header.title = words.say("Find a home");
        break;
    }
    return header;
}

SettingsView Shift::State::settings_view() const {
    SettingsView view;
    if (identity) {
        view.tablet = identity->tablet;
        view.endpoint = identity->endpoint;
    }
    view.version = DOORSTEP_VERSION;
    if (entrance && entrance->stands() == Entrance::Stands::inside)
        view.officer = entrance->officer();
    return view;
}

std::string Shift::State::agency_name(const std::string& code) const {
    const Agency* known = library.directory.agency(code);
    return known && !known->label.empty() ? known->label : code;
}

}  // namespace doorstep
