// An officer who says into a pipe what they are about to do and, once the call has
// returned, that it is saved.  For the kill test: the other end knows exactly what
// was acknowledged and what was in flight.
#pragma once

#include <optional>
#include <string>

#include "client/casework/casework.h"

namespace doorstep::journey {

// "try answer /data/age given 3432", "saved answer /data/age given 3432" ...
struct Line {
    bool saved = false;
    std::string what;  // open, stand, answer, type, undo, redo, finish, fault
    std::string id;    // open: of the draft; undo, redo: where one stands afterwards
    std::string path;  // open, stand, answer, type, undo, redo
    Answer answer;     // answer, type; undo, redo: what stands there afterwards

    std::string written() const;
    static std::optional<Line> read(const std::string& text);  // nothing for one cut short
};

// In the child: never returns; ends only by being killed, or with status 3 after
// saying "fault".
[[noreturn]] void work_for_ever(const std::string& file, const Library& library, std::uint64_t seed,
                                int pipe);

}  // namespace doorstep::journey
