// A command that takes minutes: begun and ended by whoever owns the endpoint, worked at by anybody, so that
// a serve answers tablets meanwhile.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <variant>

#include "sync/listener/commands.h"

namespace doorstep {

struct LongCommand {
    std::function<void()> work;           // touches nothing of the endpoint; called once
    std::function<CommandOutcome()> end;  // the owner's again, after it
};
// What is left to do, or how it ended at once.
using BegunCommand = std::variant<CommandOutcome, LongCommand>;

// One at a time, on a thread of its own.
class CommandUnderWay {
public:
    using Answer = std::function<void(CommandOutcome)>;
    CommandUnderWay();
    ~CommandUnderWay();  // waits for the work, and answers

    bool is_free() const { return !under_way_; }
    // REQUIRES: is_free()
    void begin(LongCommand command, Answer answer);
    // The owner's, whenever it is between two things: answers what is done.
    void look();
    // Waits for it and answers.
    void finish();

private:
    struct UnderWay;
    std::unique_ptr<UnderWay> under_way_;
};

}  // namespace doorstep
