// One questionnaire being filled, inside: the answers, what was found of them, and
// the work of settling.  The parts of this room share it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "forms/definition/content.h"
#include "forms/definition/graph.h"
#include "forms/session/instance.h"
#include "forms/session/session.h"
#include "forms/session/typed.h"
#include "forms/xpath/expression.h"

namespace doorstep {

// The event's instant and dice.  Each vertex throws its own dice, made from the
// event's, so that what one of them throws never depends on the others.
struct Moment {
    std::int64_t at_ms = 0;
    int utc_offset_minutes = 0;
    std::uint64_t seed = 0;
};

struct RuleState {
    bool when = false;
    std::string reason;
    std::int64_t quantity = 1;
    bool suggested() const { return when && quantity >= 1; }
    bool operator==(const RuleState&) const = default;
};

struct SessionState {
    static constexpr std::uint32_t instance_limit = 5'000;  // of one repeat
    static constexpr std::size_t text_limit = 64 * 1024;

    SessionState(std::shared_ptr<const FormDefinition> form, const Circumstances& at, const Clock& clock,
                 const Seed& beginning);

    std::shared_ptr<const FormDefinition> form;
    const FormContent* content;
    const FormGraph* graph;
    Circumstances circumstances;
    const Clock* clock;
    JournalEntry begun;
    Moment now;
    std::string language;
    Instance instance;
    std::vector<RuleState> rules;
    std::string made_instance_id;  // for a form that has no place for one
    // Run-time errors by (node, vertex); those of rules stand at the root.
    std::map<std::pair<NodeId, std::uint32_t>, std::string> errors;

    // One settling.
    using Pending = std::tuple<std::uint32_t, std::uint64_t, std::uint32_t, NodeId>;
    std::vector<Pending> queue;  // a heap of rank, birth, vertex, node: the least first
    std::vector<Pending> late;   // the same: counts that wait for everything else
    std::uint32_t pass = 1;      // see Marks
    std::vector<Marks> rule_marks;
    std::unordered_set<std::uint64_t> spread;  // readers already marked, by (reader, shared node)
    std::set<NodeId> touched;
    std::vector<RuleState> rules_before;
    // Actions set off, each at most once in an event, so that two that set each other end.
    std::vector<std::pair<std::uint32_t, NodeId>> actions_due;
    std::set<std::pair<std::uint32_t, NodeId>> actions_done;
    bool from_scratch = false;  // settling everything anew for the oracle
    // One event.
    ChangeList changes;
    std::set<std::tuple<ChangeKind, NodeId>> published;
    FormSession::Cost cost;
    mutable xpath::Evaluation::Cost walked;  // counted wherever an expression is evaluated

    void publish(ChangeKind kind, NodeId node);
};

// evaluate.cpp: expressions at nodes.
Result<xpath::Value> evaluate(const SessionState& state, const Formula& formula, xpath::Node at,
                              std::uint64_t dice, const std::string& language);
Result<bool> evaluate_boolean(const SessionState& state, const Formula& formula, NodeId at,
                              std::uint64_t dice);
Result<std::string> evaluate_text(const SessionState& state, const Formula& formula, xpath::Node at,
                                  std::uint64_t dice, const std::string& language);
// What cannot be computed is left out of the text.
std::string spoken(const SessionState& state, const FormWording& wording, NodeId at,
                   const std::string& language);
xpath::Node tree_node(NodeId node);

// choices.cpp
Result<std::vector<Choice>> choices_of(const SessionState& state, NodeId node, const std::string& language,
                                       bool with_labels);
// Whether all of them are.  REQUIRES: a question with choices.
Result<bool> are_choices(const SessionState& state, NodeId node, const std::vector<std::string_view>& values);
// The labels of what was chosen, joined by commas.
std::string chosen_labels(const SessionState& state, NodeId node, const std::string& language);

// validity.cpp
// Errors of actions stand behind those of the vertices.
bool is_of_rule(const SessionState& state, std::uint32_t vertex);
Violation violation_of(const SessionState& state, NodeId node);
std::string violation_text(const SessionState& state, NodeId node);

// settle.cpp
void begin_event(SessionState& state, const Moment& now);
void mark(SessionState& state, std::uint32_t vertex, NodeId node);
void mark_own(SessionState& state, NodeId subtree);  // every vertex of new nodes
void mark_all(SessionState& state);
void mark_speaking(SessionState& state);  // what reads the words of a choice
void value_changed(SessionState& state, NodeId node);
void structure_changed(SessionState& state, TemplateId repeat, NodeId parent);
void positions_changed(SessionState& state, NodeId first_instance);
void settle(SessionState& state);
void end_event(SessionState& state);

// vertices.cpp: what one vertex computes, and sets.
void run_vertex(SessionState& state, std::uint32_t vertex, NodeId node);
// Whether the text became another.
bool set_text(SessionState& state, NodeId node, AnswerKind kind, std::string text);

// events.cpp
// The answer in the shape that it is kept in, or why it cannot be.
Result<Answer> answer_as_kept(const SessionState& state, NodeId node, Answer answer);
// What was sealed can be added to, never taken back; a journal holds as sealed also what was
// not yet, and could be.
Result<void> may_take_back(const SessionState& state, NodeId node, const Answer& answer);
void keep_answer(SessionState& state, NodeId node, Answer answer);
Result<void> apply_add_repeat(SessionState& state, std::string_view path);
Result<void> apply_remove_repeat(SessionState& state, NodeId instance);
Result<void> apply_language(SessionState& state, std::string_view language);
std::optional<NodeId> find_node(const SessionState& state, std::string_view path);
// Before it is kept: what follows may change it again, and is found again by replay.
JournalEntry entry_of_answer(const SessionState& state, NodeId node, const Answer& now);

// repeats.cpp
// The node that a repeat of that path stands at as a whole.
Result<NodeId> whole_of(const SessionState& state, std::string_view path);
NodeId add_instance(SessionState& state, TemplateId repeat, NodeId parent);
void remove_instance(SessionState& state, NodeId instance);

// actions.cpp
void fill_preloads(SessionState& state);
// Every opening, and the first one.
void run_load(SessionState& state, bool first);
void new_instance_made(SessionState& state, NodeId instance);
void question_changed(SessionState& state, NodeId node);
// Settles, then runs what was set off, until nothing is.
void settle_with_actions(SessionState& state);

// views.cpp and others: see session.h.
QuestionView view_of(const SessionState& state, NodeId node);
Result<RepeatView> repeat_view_of(const SessionState& state, std::string_view path);
std::vector<Suggestion> suggestions_of(const SessionState& state, bool with_restricted);
std::vector<Blocked> blocked_of(const SessionState& state);
std::vector<AnsweredQuestion> answered_in(const SessionState& state, const std::string& language);
std::string submission_of(const SessionState& state);
std::string dump_of(const SessionState& state);
std::string dump_from_scratch_of(const SessionState& state);

// Depth first in document order, `node` included, attributes left out.
void each_element(const SessionState& state, NodeId node, const std::function<void(NodeId)>& visit);

}  // namespace doorstep
