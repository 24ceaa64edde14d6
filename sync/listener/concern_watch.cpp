#include "sync/listener/concern_watch.h"

#include <spdlog/spdlog.h>

#include "sync/listener/alarm_command.h"

namespace doorstep {

namespace {

// More ids than that say nothing more.
constexpr std::size_t ids_told = 20;

std::vector<std::string> words_of(const std::vector<Uuid>& concerns) {
    std::vector<std::string> words{"concern"};
    for (std::size_t i = 0; i < concerns.size() && i < ids_told; ++i)
        words.push_back(concerns[i].text());
    return words;
}

}  // namespace

ConcernWatch::~ConcernWatch() {
    if (running_.joinable())
        running_.join();
}

void ConcernWatch::look(SqlConnection& sql) {
    if (command_.empty() || !done_)
        return;
    const auto silent = silent_concerns(sql);
    if (!silent.ok()) {
        spdlog::error("Whether a concern waits could not be told: {}", silent.error().text());
        return;
    }
    const auto due = alarm_.due(*silent, clock_.now_ms());
    if (due.empty())
        return;
    if (running_.joinable())
        running_.join();
    done_ = false;
    spdlog::warn("{} concerns wait for a safeguarding lead; the alarm command is run.", due.size());
    running_ = std::thread([this, words = words_of(due)] {
        if (const auto ran = run_alarm_command(command_, words); !ran.ok())
            spdlog::error("The alarm command failed: {}", ran.error().text());
        done_ = true;
    });
}

}  // namespace doorstep
