// The words of a form's officer's page, and its text written short with them.
//
// What is recorded there is sealed before anybody else sees it, so that only whoever has the
// safeguarding key reads it, perhaps years later: the words go with it to the centre's own table,
// and no form need be at hand then.  Letters are coded after the last six, four, three, two and one
// (odds.h; kinds 20 to 25), as learnt from pages that are made up from the words; frozen as those
// of seeded_fills.h are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/secret.h"
#include "forms/definition/vocabulary.h"
#include "sync/wire/odds.h"

namespace doorstep::wire {

class OfficersWords {
public:
    OfficersWords() = default;
    explicit OfficersWords(const Vocabulary& form);
    // As bytes() gave it; nothing when it is none.
    static std::optional<OfficersWords> read(std::string_view bytes);
    std::string bytes() const;

    // No restricted question: no page, and nothing of it travels.
    bool empty() const { return questions_.empty(); }
    // To whom its rules refer, each once, in the form's order.
    std::vector<std::string> agencies() const;

    // Learns the odds, which writing and reading otherwise do at their first time.
    void prepare() const;
    // No copy of `text` is left anywhere.
    std::string write(std::string_view text) const;
    // Nothing when it grows beyond `bytes_max`, or was written with other words.
    std::optional<SecretText> read_text(std::string_view written, std::size_t bytes_max) const;

private:
    const Odds& odds() const;

    std::vector<Vocabulary::Question> questions_;
    std::vector<Vocabulary::Because> rules_;
    mutable std::optional<Odds> odds_;  // one thread's
};

}  // namespace doorstep::wire
