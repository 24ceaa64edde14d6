// The envelopes of a push, opened by a second thread while the rows of those before are written: seals
// and JSON cost as much as the rows.  What comes out does not depend on who was faster.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <span>
#include <vector>

#include "sync/wire/messages.h"

namespace doorstep {

using OpenedFacts = std::vector<wire::OpenedOperation>;

class OpenedAhead {
public:
    // `open` is called on both threads at once, and must be pure; it and the envelopes outlive this.
    using Open = std::function<OpenedFacts(const wire::Envelope&)>;
    OpenedAhead(std::span<const wire::Envelope> envelopes, Open open);
    ~OpenedAhead();
    OpenedAhead(const OpenedAhead&) = delete;
    OpenedAhead& operator=(const OpenedAhead&) = delete;

    // In their order, each once.
    OpenedFacts take(std::size_t place);

private:
    // Few are opened sooner than a thread is begun.
    static constexpr std::size_t worth_a_thread = 8;

    std::span<const wire::Envelope> envelopes_;
    Open open_;
    std::vector<std::atomic<bool>> begun_;
    std::vector<std::promise<OpenedFacts>> promises_;
    std::atomic<bool> over_ = false;
    std::future<void> second_;  // waits for its thread when it goes, before all that the thread uses
};

}  // namespace doorstep
