#include "sync/listener/concern_watch.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "sync/endpoint/set_aside.h"
#include "sync/listener/alarm_command.h"

namespace doorstep {

namespace {

// More ids than that say nothing more.
constexpr std::size_t ids_told = 20;

constexpr std::int64_t aside_day_ms = 86'400'000;

std::vector<std::string> words_of(const char* what, const std::vector<Uuid>& about) {
    std::vector<std::string> words{what};
    for (std::size_t i = 0; i < about.size() && i < ids_told; ++i)
        words.push_back(about[i].text());
    return words;
}

}  // namespace

ConcernWatch::~ConcernWatch() {
    if (running_.joinable())
        running_.join();
}

void ConcernWatch::add(const char* what, const Result<std::vector<Uuid>>& ids) {
    if (!ids.ok())
        spdlog::error("Whether something waits for people could not be told: {}", ids.error().text());
    else if (!ids->empty())
        to_tell_.push_back(words_of(what, *ids));
}

void ConcernWatch::tell_aside(SqlConnection& sql) {
    const auto now = clock_.now_ms();
    if (now - looked_aside_ms_ < aside_day_ms && now >= looked_aside_ms_)
        return;
    looked_aside_ms_ = now;
    add("set_aside", unreadable_since(sql, now - aside_day_ms));
}

void ConcernWatch::look(SqlConnection& sql) {
    if (command_.empty() || !done_)
        return;
    const auto due = [&](ConcernAlarm& alarm, Result<std::vector<Uuid>> waiting) {
        return waiting.ok() ? Result<std::vector<Uuid>>(alarm.due(*waiting, clock_.now_ms())) : waiting;
    };
    add("concern", due(alarm_, silent_concerns(sql)));
    add("unopened", due(unopened_, unopened_concerns(sql)));
    tell_aside(sql);
    if (to_tell_.empty())
        return;
    if (running_.joinable())
        running_.join();
    done_ = false;
    for (const auto& words : to_tell_)
        spdlog::warn("{} of the kind {} wait for people; the alarm command is run.", words.size() - 1,
                     words.front());
    running_ = std::thread([this, all = std::exchange(to_tell_, {})] {
        for (const auto& words : all)
            if (const auto ran = run_alarm_command(command_, words); !ran.ok())
                spdlog::error("The alarm command failed: {}", ran.error().text());
        done_ = true;
    });
}

}  // namespace doorstep
