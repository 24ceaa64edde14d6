// One questionnaire being filled.
//
// answer() commits what was said (always: a constraint never refuses typing),
// settles everything that depends on it, each vertex at most once, and returns
// one list of what changed.  Screens and journals read that list and nothing
// else.  Replaying the recorded changes gives the same session.
//
// Owned by one thread; the definition is shared.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "forms/base/secret.h"
#include "forms/definition/definition.h"

namespace doorstep {

// Don't know, prefer not to say and not asked are answers of every question.
// They satisfy "required", read as blank in expressions, and are kept apart.
enum class AnswerKind : std::uint8_t { blank, given, dont_know, prefer_not, not_asked, sealed };

struct Answer {
    AnswerKind kind = AnswerKind::blank;
    std::string text;  // for given; several choices joined by spaces

    static Answer given(std::string text) {
        return text.empty() ? Answer{} : Answer{AnswerKind::given, std::move(text)};
    }
    bool operator==(const Answer&) const = default;
};

// A node of this session.  The generation tells a node apart from a later one
// that reuses its slot: a stale reference is known to be gone, never wrong.
struct NodeRef {
    std::uint32_t index = 0;
    std::uint32_t generation = 0;
    auto operator<=>(const NodeRef&) const = default;
};

enum class QuestionType {
    note,
    text,
    integer,
    decimal,
    select_one,
    select_multiple,
    date,
    time,
    date_time,
    acknowledge,
    geopoint,
    range,
    rank,
    image,
    file,
    group,
    repeat,
    hidden
};

struct Choice {
    std::string value;
    std::string label;
    bool operator==(const Choice&) const = default;
};

enum class Violation { none, required, constraint, type, not_in_list, cannot_compute };

// What a screen or a test sees of one node, in the session's language.
struct QuestionView {
    NodeRef node;
    std::string path;  // "/data/household_size", "/data/people[2]/age"
    std::string name;  // "household_size"
    QuestionType type = QuestionType::text;
    std::string label;
    std::string hint;
    Answer answer;
    bool relevant = true;
    bool required = false;
    bool readonly = false;
    Sensitivity sensitivity = Sensitivity::ordinary;
    Violation violation = Violation::none;
    std::string violation_text;
    std::string appearance;
};

// A repeat as a whole, whether it has instances or not: what a button that adds one
// stands beside.
struct RepeatView {
    std::string path;  // "/data/people", "/data/homes[2]/people"
    std::string label;
    std::uint32_t size = 0;
    bool relevant = true;
    bool readonly = false;
    bool grows = true;  // false: the form itself counts it, or it keeps the number it began with
};

enum class SuggestionKind { referral, offer };

struct Suggestion {
    std::string id;  // of the rule: "fire", "fire-2"; stable within a form version
    SuggestionKind kind = SuggestionKind::referral;
    std::string code;                 // agency or offer
    std::string reason;               // in the session's language
    std::int64_t quantity = 1;        // offers only
    std::vector<std::string> shares;  // names of questions
    Consent consent = Consent::yes;
    Urgency urgency = Urgency::routine;
    std::string service;
    std::vector<NodeRef> causes;  // the answers that made it, so that the officer sees why
    bool restricted = false;      // caused by a restricted answer: officer's page only
    bool operator==(const Suggestion&) const = default;
};

enum class ChangeKind : std::uint8_t {
    value,
    relevance,
    required,
    readonly,
    validity,
    label,
    choices,
    added,
    removed,
    suggested,
    reworded,
    withdrawn
};

struct Change {
    ChangeKind kind = ChangeKind::value;
    NodeRef node;            // not for suggestions
    std::string suggestion;  // id, for suggestions
};
using ChangeList = std::vector<Change>;

// One line of a draft's journal: what the officer did, not what followed.
// Restricted answers are written as AnswerKind::sealed without text.
struct JournalEntry {
    enum class What : std::uint8_t { answer, add_repeat, remove_repeat, language } what = What::answer;
    std::string path;  // with indexes: "/data/people[2]/age"
    Answer now;
    Answer before;     // for undo
    std::string text;  // the language; in begun(), the record that was reopened
    // The event's instant and dice, so that replay sees the same now() and random().
    std::int64_t at_ms = 0;
    std::uint64_t random_seed = 0;
};

// A place where the finish is blocked.
struct Blocked {
    NodeRef node;
    std::string path;
    Violation violation = Violation::none;
    std::string text;
    std::string property = {};  // which expression is at fault, as in FormFault; else "type"
};

struct AnsweredQuestion {
    std::string path;
    std::string name;
    Answer answer;
    std::string label;  // of the chosen choices, in the language asked for
    Sensitivity sensitivity = Sensitivity::ordinary;
    bool asked_of_resident = true;  // false for calculations, metadata and restricted questions
};

struct Circumstances {
    std::string language;  // empty: the form's default
    std::string device;    // for deviceid
    std::string officer;   // for username
};

class FormSession {
public:
    // `clock` and `random` must outlive the session.
    static Result<FormSession> begin(std::shared_ptr<const FormDefinition> form, const Circumstances& at,
                                     const Clock& clock, Random& random);
    // An earlier submission of the same form, to be looked at or gone on with.  What is
    // not in it stands as the form begins it; nothing is preloaded again.
    static Result<FormSession> reopen(std::shared_ptr<const FormDefinition> form, const Circumstances& at,
                                      const Clock& clock, Random& random, std::string_view submission);
    // The same session again from what begin() and the events recorded.
    static Result<FormSession> replay(std::shared_ptr<const FormDefinition> form, const Circumstances& at,
                                      const Clock& clock, Random& random, const JournalEntry& begun,
                                      const std::vector<JournalEntry>& journal);
    FormSession(FormSession&&) noexcept;
    FormSession& operator=(FormSession&&) noexcept;
    ~FormSession();

    const FormDefinition& form() const;
    // What replay() needs beside the journal: the instant and dice of begin().
    const JournalEntry& begun() const;

    // Each event returns the changes; `entry`, when not null, receives the line for
    // the journal.  Errors: no such node, not a question, readonly, a repeat that is
    // counted by the form.
    Result<ChangeList> answer(NodeRef node, Answer answer, JournalEntry* entry = nullptr);
    Result<ChangeList> add_repeat(std::string_view repeat_path, JournalEntry* entry = nullptr);
    Result<ChangeList> remove_repeat(NodeRef instance, JournalEntry* entry = nullptr);
    Result<ChangeList> set_language(std::string_view language, JournalEntry* entry = nullptr);

    // Nodes in document order: questions, groups and repeat instances that have a
    // control; with hidden ones too when `all`.
    std::vector<NodeRef> nodes(bool all = false) const;
    std::optional<NodeRef>
    find(std::string_view path) const;  // "/data/age" or just "age" where one such exists
    bool alive(NodeRef node) const;
    Result<QuestionView> view(NodeRef node) const;
    Result<std::vector<Choice>> choices(NodeRef node) const;
    Result<RepeatView> repeat(std::string_view path) const;

    // What is suggested now, in the form's order.  `restricted` ones only when asked.
    std::vector<Suggestion> suggestions(bool with_restricted = false) const;

    // Everything that stands in the way of a finish; empty means it may be finished.
    std::vector<Blocked> blocked() const;
    // Relevant questions with an answer, restricted ones left out, labels in `language`
    // (empty: the session's).
    std::vector<AnsweredQuestion> answered(std::string_view language = {}) const;

    // The officer's page is left: hands over what it holds (name, text), forgets it
    // here, and from then on those questions read as AnswerKind::sealed.
    std::vector<std::pair<std::string, SecretText>> take_restricted();

    // OpenRosa submission: relevant nodes only, instanceID and privacy_version in
    // meta.  An answer that is not a given text is an attribute d:missing.
    std::string submission() const;

    // Public to tests: vertices evaluated by the last event, and the most often one
    // of them was in one pass (a promise: once).  An event is one pass, and one more for
    // each action that it sets off and for each round of repeats that it makes longer.
    struct Cost {
        std::uint64_t evaluations = 0;
        std::uint64_t most_per_vertex = 0;
        std::uint64_t passes = 0;
        // Nodes walked and indexes asked, by the event and by what was looked at since.
        std::uint64_t nodes = 0;
        std::uint64_t probes = 0;
    };
    Cost last_cost() const;
    // Everything observable, settled from scratch, as text: the slow oracle.
    std::string dump() const;
    std::string dump_from_scratch() const;

private:
    struct State;
    explicit FormSession(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
