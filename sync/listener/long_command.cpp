#include "sync/listener/long_command.h"

#include <atomic>
#include <utility>

namespace doorstep {

struct CommandUnderWay::UnderWay {
    LongCommand command;
    Answer answer;
    std::atomic<bool> done = false;
    std::thread thread{};
};

CommandUnderWay::CommandUnderWay() = default;

CommandUnderWay::~CommandUnderWay() {
    finish();
}

void CommandUnderWay::begin(LongCommand command, Answer answer) {
    under_way_ = std::make_unique<UnderWay>();
    under_way_->command = std::move(command);
    under_way_->answer = std::move(answer);
    under_way_->thread = std::thread([one = under_way_.get()] {
        one->command.work();
        one->done = true;
    });
}

void CommandUnderWay::look() {
    if (under_way_ && under_way_->done)
        finish();
}

void CommandUnderWay::finish() {
    if (!under_way_)
        return;
    const auto ended = std::move(under_way_);
    ended->thread.join();
    ended->answer(ended->command.end());
}

}  // namespace doorstep
