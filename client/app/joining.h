// A tablet that joins its partnership from its first page: a thread of its own speaks with the centre, so
// that neither the screen nor the writer waits for it.  The writer thread's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client/app/code_enrolment.h"
#include "client/view/sign_in_view.h"
#include "forms/base/clock.h"

namespace doorstep {

class Joining {
public:
    struct Stands {
        JoiningStep step = JoiningStep::asking;
        std::string check_words;
        std::string trouble;  // what stands in the way, or how it ended
        // Nothing: it goes on.  True: the tablet is enrolled.
        std::optional<bool> ended{};
    };

    // Begins, or goes on with what waits where `given` names no code and no invitation.  `news` is called on
    // the other thread, each time that something changed; it may be empty.  `clock` must outlive it.
    Joining(CodeGiven given, const Clock& clock, std::function<void()> news);
    // Gives up within seconds; what waits goes on at the next start.
    ~Joining();
    Joining(const Joining&) = delete;
    Joining& operator=(const Joining&) = delete;

    Stands stands() const;
    // While comparing; at other times nothing happens.
    void centre_says(bool same);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
