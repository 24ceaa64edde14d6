#include "sync/endpoint/opened_ahead.h"

#include <utility>

namespace doorstep {

OpenedAhead::OpenedAhead(std::span<const wire::Envelope> envelopes, Open open)
    : envelopes_(envelopes), open_(std::move(open)), begun_(envelopes.size()), promises_(envelopes.size()) {
    if (envelopes_.size() < worth_a_thread)
        return;
    // Where no thread can be had, nobody runs this and take() opens all.
    second_ = std::async(std::launch::async | std::launch::deferred, [this] {
        // The first one is wanted at once, by the other thread.
        for (std::size_t i = 1; i < envelopes_.size() && !over_; ++i)
            if (!begun_[i].exchange(true))
                promises_[i].set_value(open_(envelopes_[i]));
    });
}

OpenedAhead::~OpenedAhead() {
    over_ = true;
}

OpenedFacts OpenedAhead::take(std::size_t place) {
    if (!begun_[place].exchange(true))
        return open_(envelopes_[place]);
    return promises_[place].get_future().get();
}

}  // namespace doorstep
