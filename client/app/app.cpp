#include "client/app/app.h"

#include <time.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "client/app/crew.h"
#include "client/app/look.h"
#include "client/view/intent_name.h"

namespace doorstep {

namespace {

constexpr std::int64_t frame_us = 16'667;
constexpr std::int64_t soon_us = 2'000'000;
constexpr std::int64_t lock_again_us = 10'000'000;

bool in_questionnaire(const std::string& place) {
    return place.starts_with("questionnaire/");
}

// "questionnaire/<uuid>"
std::string_view questionnaire_of(std::string_view place) {
    return place.substr(0, place.find('/', std::string_view("questionnaire/").size()));
}

bool is_touch(const DeviceEvent& event) {
    return std::holds_alternative<FingerSample>(event) || std::holds_alternative<KeyPressed>(event) ||
           std::holds_alternative<TextTyped>(event) || std::holds_alternative<WheelTurned>(event);
}

// Grows by as long as the machine slept, and by nothing else.
std::int64_t slept_until_now_us() {
    timespec with_sleep{};
    timespec without{};
    clock_gettime(CLOCK_BOOTTIME, &with_sleep);
    clock_gettime(CLOCK_MONOTONIC, &without);
    return (with_sleep.tv_sec - without.tv_sec) * 1'000'000 + (with_sleep.tv_nsec - without.tv_nsec) / 1000;
}

bool is_resident(const View& view) {
    return std::holds_alternative<ResidentView>(view.screen);
}

}  // namespace

struct App::State {
    State(const AppOptions& options_, Wordings wordings_, Window window_)
        : options(options_), wordings(std::move(wordings_)), window(std::move(window_)) {}

    void take_view();
    void follow_look();
    void follow_focus();
    void turn(bool back);
    void follow_idleness();
    void lock();
    void lock_requested();
    std::int64_t idle_left_us() const;  // negative: never
    std::int64_t wait_ms() const;
    std::int64_t now() const { return options.inline_threads ? still_us : Window::now_us(); }
    bool has_news() const { return crew->view() != shown; }
    void post(const Intent& intent) {
        if (!holds_secret(intent))
            said.push_back(intent);
        else
            lock_when_open = false;  // typed after it was asked for
        crew->post(intent);
    }

    const AppOptions options;
    const Wordings wordings;
    std::optional<Window> window;
    std::unique_ptr<Stage> stage{};
    std::unique_ptr<Crew> crew{};
    bool crew_works = false;
    std::optional<Error> no_crew{};

    std::shared_ptr<const View> shown{};
    screens::Locals locals{};
    Intents said{};
    std::int64_t still_us = 0;  // time, where frames are still
    bool typing = false;
    bool closing = false;
    bool locking = false;         // asked for, since the last view
    bool lock_when_open = false;  // asked for while somebody was being let in
    bool lock_next = false;       // said with the next frame
    std::int64_t not_before_us = 0;
    std::int64_t touched_us = 0;
    std::int64_t slept_us = 0;
};

App::App(std::unique_ptr<State> state) : state_(std::move(state)) {}

// The window goes as soon as everything is on disk; the line may take its time.
App::~App() {
    if (!state_)
        return;
    state_->crew->finish_writing();
    state_->stage.reset();
    state_->window.reset();
}

Result<std::unique_ptr<App>> App::open(const AppOptions& options, const Clock& clock, Random& random) {
    TRY(Window window, Window::open(options.window));
    TRY(Wordings wordings, Wordings::read_all());
    auto state = std::make_unique<State>(options, std::move(wordings), std::move(window));
    const Look look = read_look(options.shift.folder);
    StageOptions stage;
    stage.width = state->window->width();
    stage.height = state->window->height();
    stage.px_per_mm = state->window->px_per_mm();
    stage.software = state->window->software();
    stage.theme = look.theme;
    stage.text_percent = look.text_percent;
    stage.raster = options.raster;
    stage.still = options.inline_threads;
    TRY(state->stage,
        Stage::open(options.raster ? state->window->renderer() : nullptr, stage, state->wordings.of("en")));
    if (state->window->software() && !options.inline_threads)
        state->stage->redraw().pace(frame_us);  // nothing else paces a software renderer
    CrewOptions crew{options.shift, options.line, options.surroundings, {}, options.inline_threads};
    if (!options.inline_threads)
        crew.published = [] { Window::wake(); };
    state->crew = std::make_unique<Crew>(crew, clock, random, state->wordings);
    state->shown = state->crew->view();
    if (options.inline_threads && !options.first_frame_only) {
        TRY_DO(state->crew->start());
        state->crew_works = true;
    }
    return std::unique_ptr<App>(new App(std::move(state)));
}

void App::State::follow_look() {
    const StageOptions& now = stage->options();
    if (now.theme != shown->theme || now.text_percent != shown->text_percent)
        stage->look(shown->theme, shown->text_percent);
}

void App::State::take_view() {
    auto newest = crew->view();
    if (newest == shown)
        return;
    const bool left =
        in_questionnaire(shown->place) && questionnaire_of(shown->place) != questionnaire_of(newest->place);
    if (left || (is_resident(*shown) && !is_resident(*newest)))
        stage->forget_texts();
    if (left)  // what was being typed there is a resident's
        locals = {};
    const bool newly_open = newest->open && !shown->open;
    shown = std::move(newest);
    // Refused: what is in hand could not be saved.  Asked again in a while.
    if (locking && !lock_next) {
        locking = false;
        if (!shown->begin_anew)
            not_before_us = now() + lock_again_us;
    }
    if (newly_open)  // whoever came in has touched it
        touched_us = now();
    if (newly_open && lock_when_open)
        lock();
    lock_when_open = lock_when_open && !newly_open && (crew->busy() || has_news());
    closing = closing || shown->begin_anew.has_value();
    stage->redraw().because(Redraw::view_changed);
    follow_look();
}

void App::State::follow_focus() {
    const bool types = !stage->focus().field.empty();
    if (types != typing)
        window->type_with_hardware(types);
    typing = types;
}

void App::State::lock() {
    if (!shown->open || locking)
        return;
    locking = lock_next = true;
    // What was typed since the last frame is an answer like any other: one frame more takes
    // it along, then it locks.
    stage->event(FocusLost{});
    stage->redraw().because(Redraw::view_changed);
}

// Somebody's passphrase may be being checked: whoever is let in by it is locked out.
void App::State::lock_requested() {
    lock_when_open = !shown->open && (crew->busy() || has_news());
    lock();
}

std::int64_t App::State::idle_left_us() const {
    if (!shown->open || locking)
        return -1;
    const auto limit_s =
        in_questionnaire(shown->place) ? options.idle.in_questionnaire_s : options.idle.elsewhere_s;
    return std::max<std::int64_t>(0, std::max(touched_us + limit_s * 1'000'000, not_before_us) - now());
}

std::int64_t App::State::wait_ms() const {
    const std::int64_t drawing_ms = stage->redraw().wait_ms(Window::now_us());
    const std::int64_t idle_us = idle_left_us();
    if (idle_us < 0)
        return drawing_ms;
    const std::int64_t idle_ms = idle_us / 1000 + 1;
    return drawing_ms < 0 ? idle_ms : std::min(drawing_ms, idle_ms);
}

void App::State::follow_idleness() {
    if (idle_left_us() == 0)
        lock();
    // A sleep that nobody announced: whoever wakes the tablet may be another.
    const std::int64_t slept = slept_until_now_us();
    if (!options.inline_threads && slept - slept_us > 1'000'000)
        lock_requested();
    slept_us = slept;
}

// By the keyboard; while somebody types, the text is theirs.
void App::State::turn(bool back) {
    if (!stage->focus().field.empty())
        return;
    const auto* page = std::get_if<PageView>(&shown->screen);
    const auto* summary = std::get_if<SummaryView>(&shown->screen);
    const UndoWords now = page ? page->changes : summary ? summary->changes : UndoWords{};
    if (back && now.can_undo())
        post(intent::UndoChange{});
    else if (!back && now.can_redo())
        post(intent::RedoChange{});
}

void App::event(const DeviceEvent& event) {
    State& s = *state_;
    if (is_touch(event))
        s.touched_us = s.now();
    if (std::holds_alternative<LockRequested>(event))
        s.lock_requested();
    if (std::holds_alternative<CloseRequested>(event))
        s.closing = true;
    if (const auto* sample = std::get_if<FingerSample>(&event))
        s.still_us = std::max(s.still_us, sample->at_us);
    if (const auto* pressed = std::get_if<KeyPressed>(&event))
        if (pressed->key == Key::undo || pressed->key == Key::redo)
            return s.turn(pressed->key == Key::undo);
    s.stage->event(event);
}

bool App::frame() {
    State& s = *state_;
    if (s.options.inline_threads && s.crew_works)
        s.crew->tick();
    s.take_view();
    s.follow_idleness();
    s.still_us += frame_us;
    Intents intents;
    const auto view = s.shown;
    const bool presented =
        s.stage->frame(s.now(), [&](Ui& ui) { screens::draw(ui, *view, s.locals, intents); });
    s.follow_focus();
    for (const Intent& intent : intents)
        s.post(intent);
    if (std::exchange(s.lock_next, false))
        s.post(intent::LockNow{});
    if (!s.crew_works && !s.options.first_frame_only) {
        // The first frame stands: nothing of the store was needed for it.
        s.crew_works = true;
        if (const auto started = s.crew->start(); !started.ok()) {
            s.no_crew = started.error();
            s.closing = true;
        }
    }
    return presented;
}

void App::settle() {
    State& s = *state_;
    constexpr int most_frames = 5'000;
    for (int frames = 0; frames < most_frames; ++frames) {
        frame();
        while (!s.options.inline_threads && s.crew->busy())
            for (const DeviceEvent& each : s.window->wait(1))
                event(each);
        RedrawPlan& plan = s.stage->redraw();
        if (s.has_news() || !s.stage->settled() || plan.due(s.now()))
            continue;
        // What a screen waits for (a pause in typing) comes soon or is for later.
        const std::int64_t wait_ms = plan.wait_ms(s.now());
        if (!s.options.inline_threads || wait_ms < 0 || wait_ms * 1000 > soon_us)
            return;
        s.still_us += wait_ms * 1000;
    }
}

int App::run() {
    State& s = *state_;
    s.touched_us = s.now();
    s.slept_us = slept_until_now_us();
    while (!s.closing) {
        for (const DeviceEvent& each : s.window->wait(s.wait_ms()))
            event(each);
        s.take_view();
        s.follow_idleness();
        if (!s.closing && s.stage->redraw().due(Window::now_us()))
            frame();
    }
    // What was typed since the last frame is posted before the writer ends.
    if (!s.no_crew && !s.shown->begin_anew)
        frame();
    return s.no_crew ? 1 : 0;
}

std::optional<int> App::begin_anew() const {
    return state_->crew->view()->begin_anew;
}

int App::unsaved() const {
    return state_->crew->view()->unsaved;
}

void App::act(const Intent& intent) {
    state_->post(intent);
}

std::shared_ptr<const View> App::view() const {
    return state_->crew->view();
}

Stage& App::stage() {
    return *state_->stage;
}

Window& App::window() {
    return *state_->window;
}

const Intents& App::said() const {
    return state_->said;
}

}  // namespace doorstep
