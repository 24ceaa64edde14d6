#include "client/app/crew.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>

#include "sync/http/curl_client.h"
#include "sync/tablet/request_signer.h"

namespace doorstep {

namespace {

using Steady = std::chrono::steady_clock;

constexpr auto rest_after = std::chrono::seconds(2);
// Letters that come within it are kept together: an fsync for each would wear the disk out.
// With what is being written when one comes, and its own commit, it is durable in less
// than 300 ms on a disk that takes 50 for an fsync.
constexpr auto letters_together = std::chrono::milliseconds(150);

struct Wake {};
struct Rest {};
using Work = std::variant<Intent, Replied, Around, Wake, Rest>;

struct Errand {
    TabletIdentity identity;
    Proxy proxy;
    SendRequest request;
    Uuid signed_in{};
    std::int64_t proven_ms = 0;
};

// The later one says all that the earlier one said.
bool replaces(const Intent& later, const Intent& earlier) {
    const auto* answer = std::get_if<intent::GiveAnswer>(&later);
    const auto* before = std::get_if<intent::GiveAnswer>(&earlier);
    if (answer && before)
        return answer->node == before->node;
    return (std::holds_alternative<intent::FindDoors>(later) &&
            std::holds_alternative<intent::FindDoors>(earlier)) ||
           (std::holds_alternative<intent::FindHomes>(later) &&
            std::holds_alternative<intent::FindHomes>(earlier));
}

// One connection for as long as the enrolment stays what it is.
class Line {
public:
    Line(const CrewOptions& options, const Clock& clock) : options_(options), clock_(clock) {}

    void give_up() { given_up_ = true; }  // from any thread: what is on its way ends soon

    Replied run(const Errand& errand) {
        fault_ = HttpFault::none;
        auto reply = exchange(errand);
        return {errand.request.lane, errand.request.attempt, std::move(reply), clock_.now_ms(), fault_};
    }

private:
    Result<HttpReply> exchange(const Errand& errand) {
        if (!client_ || errand.identity.endpoint != endpoint_ || errand.identity.seed != seed_ ||
            errand.proxy != proxy_) {
            client_.reset();
            TRY(client_, open(errand));
            endpoint_ = errand.identity.endpoint;
            seed_ = errand.identity.seed;
            proxy_ = errand.proxy;
            signer_.reset();
        }
        if (!signer_) {
            TRY(signer_, signer_of(errand.identity));
        }
        SignedClient line(*client_, *signer_);
        line.signed_in(errand.signed_in);
        auto reply = line.exchange(errand.request.request);
        fault_ = line.fault();
        // What the endpoint proved meanwhile counts with the next one.
        if (fault_ == HttpFault::expired || fault_ == HttpFault::not_yet_valid)
            client_.reset();
        return reply;
    }

    Result<RequestSigner> signer_of(const TabletIdentity& identity) const {
        const auto& shift = options_.shift;
        const auto file = places_of(shift.folder, shift.device_secret).identity + ".requests";
        return RequestSigner::of(identity, numbers_in(file, identity.enrolment));
    }

    Result<std::unique_ptr<HttpClient>> open(const Errand& errand) const {
        const auto& [identity, proxy, request, signed_in, proven_ms] = errand;
        if (options_.line)
            return options_.line(identity);
        HttpOptions line;
        line.clock = &clock_;
        line.proven_ms = proven_ms;
        line.limits.given_up = &given_up_;
        line.limits.proxy = proxy;
        if (proxy.way == Proxy::Way::automatic)
            line.limits.proxy.address =
                proxy_of_the_system(identity.endpoint.substr(0, identity.endpoint.find('#')));
        TRY(CurlClient client, CurlClient::open(identity.endpoint, line));
        return std::unique_ptr<HttpClient>(new CurlClient(std::move(client)));
    }

    const CrewOptions& options_;
    const Clock& clock_;
    std::atomic<bool> given_up_ = false;
    std::unique_ptr<HttpClient> client_;
    std::optional<RequestSigner> signer_;
    std::string endpoint_;
    std::string seed_;
    Proxy proxy_;
    HttpFault fault_ = HttpFault::none;
};

}  // namespace

struct Crew::State {
    State(const CrewOptions& options_, const Clock& clock_, Random& random, const Wordings& wordings)
        : options(options_), clock(clock_), line(options, clock_),
          shift(std::make_unique<Shift>(with_news(options_), clock_, random, wordings,
                                        [this](std::shared_ptr<const View> view) { publish(view); })),
          newest(shift->view()) {}

    void publish(const std::shared_ptr<const View>& view) {
        {
            const std::lock_guard lock(guard);
            newest = view;
        }
        if (options.published)
            options.published();
    }

    // The writer is woken by whoever reads the records for it.
    ShiftOptions with_news(const CrewOptions& of) {
        ShiftOptions waking = of.shift;
        if (!of.inline_threads)
            waking.news = [this, also = of.shift.news] {
                {
                    const std::lock_guard lock(guard);
                    news = true;
                }
                for_writer.notify_one();
                if (also)
                    also();
            };
        return waking;
    }

    void do_inline(const Work& work);
    void carry_out(const Work& work);
    void write_on();
    void send_on();
    std::optional<Work> next_work();
    std::optional<Steady::time_point> more_letters_until() const;
    void hand_over();
    void watch();
    void changed(const Around& now);

    const CrewOptions options;
    const Clock& clock;
    Line line;                     // the line thread's
    std::unique_ptr<Shift> shift;  // the writer's

    mutable std::mutex guard;  // of what follows; held for a swap, never while something is done
    std::condition_variable for_writer;
    std::condition_variable for_line;
    std::deque<Work> posted;  // by the officer: goes before what came
    std::deque<Work> came;    // from the endpoint, and of the surroundings
    std::deque<Errand> errands;
    std::shared_ptr<const View> newest;
    bool working = false;
    bool news = false;  // of what is being opened
    bool writer_stops = false;
    bool line_stops = false;

    Steady::time_point last_letters{};  // taken up to be kept
    bool tired = false;                 // the writer's: it worked since it rested
    Steady::time_point rest_at{};
    std::thread writer;
    std::thread sender;
};

void Crew::State::carry_out(const Work& work) {
    if (const auto* intent = std::get_if<Intent>(&work))
        shift->act(*intent);
    else if (const auto* reply = std::get_if<Replied>(&work))
        shift->replied(*reply);
    else if (const auto* around = std::get_if<Around>(&work))
        shift->around(*around);
    else if (std::holds_alternative<Wake>(work))
        shift->woken();
    else
        shift->rest();
}

void Crew::State::do_inline(const Work& work) {
    carry_out(work);
    // The engine backs off by itself; this is for one that would not.
    for (int rounds = 0; rounds < 10'000; ++rounds) {
        const auto requests = shift->take_requests();
        const auto identity = shift->identity();
        if (requests.empty() || !identity)
            return;
        for (const SendRequest& request : requests)
            shift->replied(
                line.run({*identity, shift->proxy(), request, shift->signed_in(), shift->proven_ms()}));
    }
}

// Only what is being typed waits, and only while nothing else is to be done.
std::optional<Steady::time_point> Crew::State::more_letters_until() const {
    const auto* intent = posted.size() == 1 ? std::get_if<Intent>(&posted.front()) : nullptr;
    const auto* answer = intent ? std::get_if<intent::GiveAnswer>(intent) : nullptr;
    if (!answer || !answer->typing || writer_stops)
        return std::nullopt;
    const auto until = last_letters + letters_together;
    return Steady::now() < until ? std::optional(until) : std::nullopt;
}

// Nothing: everything is done and it is time to stop.
std::optional<Work> Crew::State::next_work() {
    std::unique_lock lock(guard);
    working = shift->is_opening();
    for (;;) {
        if (const auto until = more_letters_until()) {
            for_writer.wait_until(lock, *until);
            continue;
        }
        if (!posted.empty()) {
            Work work = std::move(posted.front());
            posted.pop_front();
            working = true;
            if (const auto* intent = std::get_if<Intent>(&work))
                if (const auto* answer = std::get_if<intent::GiveAnswer>(intent); answer && answer->typing)
                    last_letters = Steady::now();
            return work;
        }
        if (!came.empty()) {
            Work work = std::move(came.front());
            came.pop_front();
            working = true;
            return work;
        }
        if (writer_stops)
            return std::nullopt;
        if (std::exchange(news, false)) {
            working = true;
            return Wake{};
        }
        std::optional<Steady::time_point> until;
        if (const auto wake_ms = shift->wake_at_ms()) {
            const std::int64_t left = *wake_ms - clock.now_ms();
            if (left <= 0)
                return Wake{};
            until = Steady::now() + std::chrono::milliseconds(left);
        }
        if (tired && Steady::now() >= rest_at)
            return Rest{};
        if (tired)
            until = until ? std::min(*until, rest_at) : rest_at;
        if (until)
            for_writer.wait_until(lock, *until);
        else
            for_writer.wait(lock);
    }
}

void Crew::State::hand_over() {
    auto requests = shift->take_requests();
    const auto identity = shift->identity();
    if (requests.empty() || !identity)
        return;
    const Uuid signed_in = shift->signed_in();
    const std::int64_t proven_ms = shift->proven_ms();
    {
        const std::lock_guard lock(guard);
        for (SendRequest& request : requests)
            errands.push_back({*identity, shift->proxy(), std::move(request), signed_in, proven_ms});
    }
    for_line.notify_one();
}

void Crew::State::write_on() {
    shift->open();
    hand_over();
    tired = true;
    rest_at = Steady::now() + rest_after;
    while (const auto work = next_work()) {
        carry_out(*work);
        hand_over();
        tired = !std::holds_alternative<Rest>(*work);
        rest_at = Steady::now() + rest_after;
    }
    shift.reset();
}

void Crew::State::send_on() {
    for (;;) {
        Errand errand;
        {
            std::unique_lock lock(guard);
            for_line.wait(lock, [this] { return line_stops || !errands.empty(); });
            if (line_stops)
                return;
            errand = std::move(errands.front());
            errands.pop_front();
        }
        Replied reply = line.run(errand);
        {
            const std::lock_guard lock(guard);
            came.emplace_back(std::move(reply));
        }
        for_writer.notify_one();
    }
}

Crew::Crew(const CrewOptions& options, const Clock& clock, Random& random, const Wordings& wordings)
    : state_(std::make_unique<State>(options, clock, random, wordings)) {}

Crew::~Crew() {
    finish_writing();
    {
        const std::lock_guard lock(state_->guard);
        state_->line_stops = true;
    }
    state_->line.give_up();
    state_->for_line.notify_all();
    if (state_->sender.joinable())
        state_->sender.join();
}

// On a thread of the surroundings, or inline on the test's.
void Crew::State::changed(const Around& now) {
    if (options.inline_threads)
        return do_inline(now);
    {
        const std::lock_guard lock(guard);
        came.emplace_back(now);
    }
    for_writer.notify_one();
}

// Without them a sync begins all the same: with each finish, and by its back-off.
void Crew::State::watch() {
    if (options.surroundings)
        static_cast<void>(options.surroundings->watch([this](const Around& now) { changed(now); }).ok());
}

Result<void> Crew::start() {
    State& s = *state_;
    if (s.options.inline_threads) {
        s.shift->open();
        s.do_inline(Rest{});
        s.watch();
        return {};
    }
    s.working = true;
    try {
        s.writer = std::thread([&s] { s.write_on(); });
        s.sender = std::thread([&s] { s.send_on(); });
    } catch (const std::system_error&) {
        return Error{Fault::broken, "No further thread could be started.",
                     "Close other programs, then start Doorstep again."};
    }
    s.watch();
    return {};
}

void Crew::post(const Intent& intent) {
    State& s = *state_;
    if (s.options.inline_threads)
        return s.do_inline(intent);
    {
        const std::lock_guard lock(s.guard);
        const auto* last = s.posted.empty() ? nullptr : std::get_if<Intent>(&s.posted.back());
        if (last && replaces(intent, *last))
            s.posted.back() = intent;
        else
            s.posted.emplace_back(intent);
    }
    s.for_writer.notify_one();
}

void Crew::tick() {
    State& s = *state_;
    if (!s.options.inline_threads || !s.shift)
        return;
    if (const auto wake_ms = s.shift->wake_at_ms(); wake_ms && *wake_ms <= s.clock.now_ms())
        s.do_inline(Wake{});
}

std::shared_ptr<const View> Crew::view() const {
    const std::lock_guard lock(state_->guard);
    return state_->newest;
}

bool Crew::busy() const {
    const std::lock_guard lock(state_->guard);
    return state_->working || !state_->posted.empty() || !state_->came.empty();
}

void Crew::finish_writing() {
    State& s = *state_;
    if (s.options.surroundings)
        s.options.surroundings->stop();
    {
        const std::lock_guard lock(s.guard);
        s.writer_stops = true;
    }
    s.for_writer.notify_all();
    if (s.writer.joinable())
        s.writer.join();
    else
        s.shift.reset();
}

}  // namespace doorstep
