#include "sync/listener/sending.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "sync/agencies/alarms.h"
#include "sync/agencies/answers_file.h"
#include "sync/agencies/drop_folder.h"
#include "sync/http/web_client.h"
#include "sync/listener/alarm_command.h"

namespace doorstep {

namespace {

constexpr limits::milliseconds rest{1'000};
constexpr std::chrono::seconds folders_every{5};
constexpr std::chrono::seconds alarms_every{10};
constexpr std::size_t alarms_a_round = 20;
// One that could not be told lets others have their turn.
constexpr std::chrono::minutes alarm_tried_again{5};

using Moment = std::chrono::steady_clock::time_point;

}  // namespace

struct Sending::State {
    DataFolder& data;
    Intake& intake;
    SendingOptions options;
    SystemClock clock{};
    SystemRandom random{};
    std::optional<JournalFile> journal{};
    std::unique_ptr<Sender> sender{};
    std::map<std::string, AnswersFolder> folders{};
    Moment next_folders{};
    Moment next_alarms{};
    std::map<std::pair<std::string, Uuid>, Moment> untold{};  // by kind and referral: not before then
    bool told_trouble = false;
    std::atomic<bool> ending{false};
    std::mutex mutex{};
    std::condition_variable woken{};
    std::thread thread{};

    // Runs `act` on the writer's thread and waits for it; an error when the endpoint ends.
    template<class Act>
    auto on_writer(Act act) -> decltype(act()) {
        std::promise<decltype(act())> done;
        auto result = done.get_future();
        if (!intake.put(Chore{[&] { done.set_value(act()); }}))
            return Error{Fault::refused, "The endpoint is ending.", ""};
        return result.get();
    }
    void tell(const Result<void>& done, std::string_view what) {
        if (!done.ok() && !told_trouble && !ending)
            spdlog::error("{}: {}", what, done.error().text());
        told_trouble = !done.ok();
    }

    // False when there was nothing to do.
    Result<bool> step() {
        TRY(auto taken, on_writer([&] { return sender->take(); }));
        if (!taken.parcel)
            return taken.put_into_inboxes > 0;
        const auto& parcel = *taken.parcel;
        const auto came = deliver(parcel, connect_to_agencies(&ending), clock, random);
        TRY_DO(on_writer([&] { return sender->record(parcel, came); }));
        if (came.came == Came::refused || came.came == Came::unknown)
            spdlog::warn("Referral {} to {}, {}: {}. {}", parcel.referral.text(), parcel.agency,
                         word(parcel.purpose), word(came.came), came.problem);
        return true;
    }
    Result<void> look_at_folders() {
        TRY(const auto lines, on_writer([&] { return agency_lines(data.endpoint().store().sql()); }));
        for (const auto& line : lines)
            if (line.adapter == AdapterKind::folder && !line.paused)
                if (const auto looked = look_at(line); !looked.ok())
                    spdlog::warn("Answers of {}: {}", line.agency, looked.error().text());
        return {};
    }
    Result<void> look_at(const AgencyLine& line) {
        auto& store = data.endpoint().store();
        auto& folder = folders[line.agency];
        TRY(const auto files, folder.look(line.folder));
        for (const auto& file : files) {
            TRY(const auto taken, on_writer([&] { return take_answers_file(store, line.agency, file); }));
            TRY_DO(AnswersFolder::put_away(line.folder, file, taken.errors));
            TRY_DO(on_writer([&] { return answers_file_is_away(store, line.agency, file); }));
            spdlog::info("Answers of {}: {} taken in, {} known, {} wrong{}.", line.agency, taken.added,
                         taken.known, taken.wrong, taken.before ? "; that file was taken in before" : "");
        }
        if (const auto left = folder.newly_left().size(); left > 0)
            spdlog::warn("Answers of {}: {} files cannot be taken in; NAME.errors.csv beside each says why.",
                         line.agency, left);
        return {};
    }
    Result<void> raise(const AgencyAlarm& alarm) {
        const auto agency = agency_code(alarm);
        spdlog::warn("Referral {} to {} {}", alarm.referral.text(), agency, words_of(alarm));
        if (!options.alarm_command.empty()) {
            const std::vector<std::string> words{"agency", alarm.kind, agency, alarm.referral.text()};
            TRY_DO(run_alarm_command(options.alarm_command, words));
        }
        return on_writer([&] { return alarm_was_told(data.endpoint().store().sql(), clock, alarm); });
    }
    // What is wrong with one keeps no other one back.
    Result<void> raise_alarms() {
        TRY(const auto alarms, on_writer([&] {
                return agency_alarms(data.endpoint().store().sql(), clock, AlarmsToSee::untold);
            }));
        const auto now = std::chrono::steady_clock::now();
        std::erase_if(untold, [&](const auto& one) { return one.second <= now; });
        std::size_t tried = 0;
        Result<void> all;
        for (const auto& alarm : alarms) {
            const std::pair key{alarm.kind, alarm.referral};
            if (untold.contains(key))
                continue;
            if (tried++ == alarms_a_round || ending)
                break;
            if (auto raised = raise(alarm); !raised.ok()) {
                untold[key] = now + alarm_tried_again;
                all = std::move(raised);
            }
        }
        return all;
    }
    void work() {
        while (!ending) {
            const auto stepped = step();
            const auto now = std::chrono::steady_clock::now();
            Result<void> done = stepped.ok() ? Result<void>{} : Result<void>(stepped.error());
            tell(done, "Referrals wait");
            if (now >= next_folders) {
                next_folders = now + folders_every;
                static_cast<void>(look_at_folders());
            }
            if (now >= next_alarms) {
                next_alarms = now + alarms_every;
                if (const auto raised = raise_alarms(); !raised.ok() && !ending)
                    spdlog::error("An alarm was not told: {}", raised.error().text());
            }
            if (stepped.ok() && *stepped)
                continue;
            std::unique_lock lock(mutex);
            woken.wait_for(lock, rest, [&] { return ending.load(); });
        }
    }
};

Sending::Sending(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sending::Sending(Sending&&) noexcept = default;

Sending::~Sending() {
    if (!state_)
        return;
    {
        const std::lock_guard lock(state_->mutex);
        state_->ending = true;
    }
    state_->woken.notify_all();
    if (state_->thread.joinable())
        state_->thread.join();
}

Result<Sending> Sending::open(DataFolder& data, Intake& intake, const SendingOptions& options) {
    auto state = std::unique_ptr<State>(new State{data, intake, options});
    if (!options.journal_file.empty()) {
        TRY(auto journal, JournalFile::open(options.journal_file));
        state->journal.emplace(std::move(journal));
    }
    state->sender = std::make_unique<Sender>(
        data.endpoint().store(), data.directory(), state->clock, state->random,
        [&data] { return data.endpoint().keys(); }, state->journal ? &*state->journal : nullptr);
    TRY_DO(state->sender->take_over());
    return Sending(std::move(state));
}

void Sending::start() {
    state_->thread = std::thread([state = state_.get()] { state->work(); });
}

Connect connect_to_agencies(const std::atomic<bool>* given_up, std::int64_t whole_ms) {
    WebLimits limits;
    limits.whole_ms = whole_ms;
    limits.given_up = given_up;
    return [limits](const std::string& origin) -> Result<std::unique_ptr<HttpClient>> {
        return std::unique_ptr<HttpClient>(std::make_unique<WebClient>(origin, limits));
    };
}

}  // namespace doorstep
