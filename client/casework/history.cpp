#include "client/casework/history.h"

#include <algorithm>

namespace doorstep {
namespace {

using journal::Line;
using journal::Part;

Error does_not_fit() {
    return {Fault::damaged, "A line of a draft does not fit to those before it.",
            "The draft is kept. Sync this tablet and ask for help before its data is removed."};
}

// Whatever the line itself says: where one stood and what is sealed is nobody's act.
Part part_of(const journal::Written& written) {
    const auto* entry = std::get_if<JournalEntry>(&written.line);
    if (entry && (entry->what == JournalEntry::What::language || entry->now.kind == AnswerKind::sealed))
        return Part::beside;
    if (std::holds_alternative<journal::Stood>(written.line) ||
        std::holds_alternative<journal::Sealed>(written.line))
        return Part::beside;
    return written.part;
}

bool holds_its_place(const Line& beside) {
    const auto* entry = std::get_if<JournalEntry>(&beside);
    return entry && entry->what == JournalEntry::What::answer && entry->path.find('[') != std::string::npos;
}

bool contains(const std::vector<std::size_t>& acts, std::size_t act) {
    return std::find(acts.begin(), acts.end(), act) != acts.end();
}

}  // namespace

Result<void> History::take(const journal::Written& written) {
    if (std::holds_alternative<journal::Undone>(written.line)) {
        if (!can_undo())
            return does_not_fit();
        undo();
        return {};
    }
    if (std::holds_alternative<journal::Redone>(written.line)) {
        if (!can_redo())
            return does_not_fit();
        redo();
        return {};
    }
    Taken taken{written.line, 0};
    const Part part = part_of(written);
    const std::string* before = text_to_go_on();
    if (part == Part::more && (standing_.empty() || can_redo()))
        return does_not_fit();
    if (written.kept) {
        auto* entry = std::get_if<JournalEntry>(&taken.line);
        const auto text =
            entry && before ? journal::lengthened(entry->now.text, *written.kept, *before) : std::nullopt;
        if (!text || part != Part::more)
            return does_not_fit();
        entry->now.text = *text;
    }
    if (part == Part::beside) {
        if (holds_its_place(taken.line)) {
            forget_undone();
            standing_.clear();
        }
    } else {
        forget_undone();
        if (part == Part::act)
            standing_.push_back(++acts_);
        taken.act = standing_.back();
    }
    lines_.push_back(std::move(taken));
    return {};
}

void History::undo() {
    undone_.push_back(standing_.back());
    standing_.pop_back();
}

void History::redo() {
    standing_.push_back(undone_.back());
    undone_.pop_back();
}

void History::forget_undone() {
    if (undone_.empty())
        return;
    std::erase_if(lines_, [&](const Taken& each) { return contains(undone_, each.act); });
    undone_.clear();
}

const Line* History::first_of(const std::vector<std::size_t>& acts) const {
    if (acts.empty())
        return nullptr;
    const auto first = std::find_if(lines_.begin(), lines_.end(),
                                    [&](const Taken& each) { return each.act == acts.back(); });
    return first == lines_.end() ? nullptr : &first->line;
}

const Line* History::to_undo() const {
    return first_of(standing_);
}

const Line* History::to_redo() const {
    return first_of(undone_);
}

std::vector<const Line*> History::counting() const {
    std::vector<const Line*> all;
    for (const Taken& each : lines_)
        if (each.act == 0 || !contains(undone_, each.act))
            all.push_back(&each.line);
    return all;
}

std::vector<JournalEntry> History::events() const {
    std::vector<JournalEntry> all;
    for (const Line* line : counting())
        if (const auto* entry = std::get_if<JournalEntry>(line))
            all.push_back(*entry);
    return all;
}

const std::string* History::text_to_go_on() const {
    if (standing_.empty() || can_redo())
        return nullptr;
    const auto last = std::find_if(lines_.rbegin(), lines_.rend(),
                                   [&](const Taken& each) { return each.act == standing_.back(); });
    const auto* entry = last == lines_.rend() ? nullptr : std::get_if<JournalEntry>(&last->line);
    const bool is_text = entry && entry->what == JournalEntry::What::answer &&
                         (entry->now.kind == AnswerKind::given || entry->now.kind == AnswerKind::blank);
    return is_text ? &entry->now.text : nullptr;
}

}  // namespace doorstep
