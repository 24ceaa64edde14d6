// A text that is typed on letter by letter is kept as what is new of it, so that the
// journal of a long text is as long as the text and not as its square.
#include <algorithm>

#include "client/casework/journal.h"

namespace doorstep::journal {
namespace {

// Shorter than this a text is kept whole: the line fills one sealed block either way.
constexpr std::size_t worth_shortening = 64;

bool begins_letter(std::string_view text, std::size_t at) {
    return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0u) != 0x80u;
}

}  // namespace

Written shortened(const JournalEntry& entry, std::string_view before) {
    Written written{entry, Part::more, std::nullopt};
    const std::string_view now = entry.now.text;
    const std::size_t most = std::min(now.size(), before.size());
    Kept kept;
    while (kept.head < most && now[kept.head] == before[kept.head])
        ++kept.head;
    // Both ends of what is new stand between letters: a line is text by itself.
    while (kept.head > 0 && !(begins_letter(now, kept.head) && begins_letter(before, kept.head)))
        --kept.head;
    while (kept.tail < most - kept.head &&
           now[now.size() - 1 - kept.tail] == before[before.size() - 1 - kept.tail])
        ++kept.tail;
    while (kept.tail > 0 && !begins_letter(now, now.size() - kept.tail))
        --kept.tail;
    if (entry.now.kind != AnswerKind::given || kept.head + kept.tail < worth_shortening)
        return written;
    auto& short_entry = std::get<JournalEntry>(written.line);
    short_entry.now.text = now.substr(kept.head, now.size() - kept.head - kept.tail);
    written.kept = kept;
    return written;
}

std::optional<std::string> lengthened(std::string_view middle, const Kept& kept, std::string_view before) {
    if (kept.head > before.size() || kept.tail > before.size() - kept.head)
        return std::nullopt;
    std::string text(before.substr(0, kept.head));
    text += middle;
    text += before.substr(before.size() - kept.tail);
    return text;
}

}  // namespace doorstep::journal
