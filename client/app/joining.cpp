#include "client/app/joining.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace doorstep {

struct Joining::State {
    State(CodeGiven given_, const Clock& clock_, std::function<void()> news_)
        : given(std::move(given_)), clock(clock_), news(std::move(news_)) {
        given.given_up = &given_up;
        speaker = std::thread([this] { speak(); });
    }
    ~State() {
        {
            const std::lock_guard lock(guard);
            given_up = true;
        }
        changed.notify_all();
        speaker.join();
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void speak();
    bool compare(const std::string& words);
    bool nap(std::int64_t ms);
    template<class Change>
    void note(const Change& change) {
        {
            const std::lock_guard lock(guard);
            change(stands);
        }
        if (news)
            news();
    }

    CodeGiven given;  // the speaker's, once it runs
    const Clock& clock;
    const std::function<void()> news;
    std::atomic<bool> given_up = false;
    mutable std::mutex guard;  // of what follows; held for a copy
    std::condition_variable changed;
    Stands stands{};
    std::optional<bool> same{};
    std::thread speaker;
};

bool Joining::State::compare(const std::string& words) {
    note([&](Stands& now) { now = {JoiningStep::comparing, words, {}}; });
    bool said = false;
    {
        std::unique_lock lock(guard);
        changed.wait(lock, [this] { return given_up || same; });
        said = same.value_or(false);
    }
    note([](Stands& now) { now = {}; });
    return said;
}

bool Joining::State::nap(std::int64_t ms) {
    std::unique_lock lock(guard);
    return !changed.wait_for(lock, std::chrono::milliseconds(ms), [this] { return given_up.load(); });
}

void Joining::State::speak() {
    const EnrolmentTalk talk{
        [this](const std::string& words) { return compare(words); },
        [this](const std::string& words) {
            note([&](Stands& now) { now = {JoiningStep::waiting, words, {}}; });
        },
        [this](const std::string& trouble) { note([&](Stands& now) { now.trouble = trouble; }); },
        [this](std::int64_t ms) { return nap(ms); }};
    const bool begins = !given.code.empty() || !given.invitation.empty();
    const auto outcome = begins ? enrol_by_code(given, clock, talk) : go_on_enrolling(given, clock, talk);
    note([&](Stands& now) {
        now = {JoiningStep::none, {}, outcome.ok() ? std::string() : outcome.error().text(), outcome.ok()};
    });
}

Joining::Joining(CodeGiven given, const Clock& clock, std::function<void()> news)
    : state_(std::make_unique<State>(std::move(given), clock, std::move(news))) {}

Joining::~Joining() = default;

Joining::Stands Joining::stands() const {
    const std::lock_guard lock(state_->guard);
    return state_->stands;
}

void Joining::centre_says(bool same) {
    {
        const std::lock_guard lock(state_->guard);
        if (state_->stands.step != JoiningStep::comparing)
            return;
        state_->same = same;
    }
    state_->changed.notify_all();
}

}  // namespace doorstep
