// What was done to one questionnaire, as acts that can be undone and done again.
//
// The lines are those of the journal, in its order.  What is undone stays in its place
// and does not count; a new act forgets what was undone.  Lines beside the acts (the
// question in hand, the language, what the officer's page sealed) count always.  Nothing is undone across
// a sealed answer inside a repeat: it would lose its place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/casework/journal.h"

namespace doorstep {

class History {
public:
    // `damaged` when the line does not fit to those before it.
    Result<void> take(const journal::Written& written);

    bool can_undo() const { return !standing_.empty(); }
    bool can_redo() const { return !undone_.empty(); }
    void undo();  // REQUIRES: can_undo()
    void redo();  // REQUIRES: can_redo()

    // The first line of the act that undo() or redo() is about; null for none.
    const journal::Line* to_undo() const;
    const journal::Line* to_redo() const;

    // What counts, in order.
    std::vector<const journal::Line*> counting() const;
    std::vector<JournalEntry> events() const;

    // The text of the latest act, when that is an answer and nothing was undone since.
    const std::string* text_to_go_on() const;

private:
    struct Taken {
        journal::Line line;
        std::size_t act = 0;  // 0: beside
    };
    const journal::Line* first_of(const std::vector<std::size_t>& acts) const;
    void forget_undone();

    std::vector<Taken> lines_;
    std::vector<std::size_t> standing_;  // acts, oldest first
    std::vector<std::size_t> undone_;
    std::size_t acts_ = 0;
};

}  // namespace doorstep
