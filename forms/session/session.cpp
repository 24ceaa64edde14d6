#include "forms/session/session.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "forms/base/uuid.h"
#include "forms/definition/record.h"
#include "forms/session/state.h"

namespace doorstep {

SessionState::SessionState(std::shared_ptr<const FormDefinition> definition, const Circumstances& at,
                           const Clock& with_clock, const Seed& beginning)
    : form(std::move(definition)), content(&form->content()), graph(&form->graph()), circumstances(at),
      clock(&with_clock), language(at.language.empty() ? content->default_language : at.language),
      instance(*content, beginning), rules(content->rules.size()), rule_marks(content->rules.size()) {}

struct FormSession::State {
    SessionState inside;
    Random* random;
};

FormSession::FormSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
FormSession::FormSession(FormSession&&) noexcept = default;
FormSession& FormSession::operator=(FormSession&&) noexcept = default;
FormSession::~FormSession() = default;

namespace {

Moment moment(const Clock& clock, std::int64_t at_ms, std::uint64_t seed) {
    return {at_ms, clock.utc_offset_minutes(at_ms), seed};
}

Result<void> check_language(const FormContent& content, const std::string& language) {
    if (language.empty() || content.languages.empty() ||
        std::find(content.languages.begin(), content.languages.end(), language) != content.languages.end())
        return {};
    return Error{Fault::bad_input, fmt::format("The form does not speak \"{}\".", language),
                 fmt::format("It speaks: {}.", fmt::join(content.languages, ", "))};
}

// What a record holds was counted once; it stays when its number is no longer known.
void know_counts(SessionState& state) {
    for (NodeId node = 0; node < state.instance.size(); ++node) {
        InstanceNode& one = state.instance[node];
        one.counted = one.is_whole && state.instance.run(one.parent, one.of).size > 0;
    }
}

void open(SessionState& state, const JournalEntry& begun) {
    state.begun = begun;
    begin_event(state, moment(*state.clock, begun.at_ms, begun.random_seed));
    SeededRandom random(begun.random_seed);
    state.made_instance_id = "uuid:" + Uuid::random(random).text();
    // A record that is opened again was begun before.
    if (begun.text.empty())
        fill_preloads(state);
    else
        know_counts(state);
    mark_all(state);
    run_load(state, begun.text.empty());
    settle_with_actions(state);
    end_event(state);
}

}  // namespace

Result<FormSession> FormSession::begin(std::shared_ptr<const FormDefinition> form, const Circumstances& at,
                                       const Clock& clock, Random& random) {
    JournalEntry begun;
    begun.at_ms = clock.now_ms();
    begun.random_seed = random.next();
    return replay(std::move(form), at, clock, random, begun, {});
}

Result<FormSession> FormSession::reopen(std::shared_ptr<const FormDefinition> form, const Circumstances& at,
                                        const Clock& clock, Random& random, std::string_view submission) {
    JournalEntry begun;
    begun.at_ms = clock.now_ms();
    begun.random_seed = random.next();
    begun.text = submission;
    if (begun.text.empty())
        return Error{Fault::bad_input, "There is no record to open.", ""};
    return replay(std::move(form), at, clock, random, begun, {});
}

Result<FormSession> FormSession::replay(std::shared_ptr<const FormDefinition> form, const Circumstances& at,
                                        const Clock& clock, Random& random, const JournalEntry& begun,
                                        const std::vector<JournalEntry>& journal) {
    if (!form)
        return Error{Fault::bad_input, "There is no form to fill.", ""};
    TRY_DO(check_language(form->content(), at.language));
    Seed beginning = form->content().beginning;
    if (!begun.text.empty()) {
        TRY(beginning, read_record(form->content(), begun.text));
    }
    auto state = std::make_unique<State>(State{SessionState(std::move(form), at, clock, beginning), &random});
    SessionState& inside = state->inside;
    open(inside, begun);
    for (std::size_t line = 0; line < journal.size(); ++line) {
        const JournalEntry& entry = journal[line];
        begin_event(inside, moment(clock, entry.at_ms, entry.random_seed));
        const auto done = [&]() -> Result<void> {
            const auto node = inside.instance.find(entry.path);
            const Error gone{
                Fault::damaged,
                fmt::format("Line {} of the draft names {}, which is not there.", line + 1, entry.path), ""};
            switch (entry.what) {
            case JournalEntry::What::answer: {
                if (!node)
                    return gone;
                TRY(Answer kept, answer_as_kept(inside, *node, entry.now));
                keep_answer(inside, *node, std::move(kept));
                return {};
            }
            case JournalEntry::What::add_repeat:
                return apply_add_repeat(inside, entry.path);
            case JournalEntry::What::remove_repeat:
                return node ? apply_remove_repeat(inside, *node) : gone;
            case JournalEntry::What::language:
                return apply_language(inside, entry.text);
            }
            return gone;
        }();
        TRY_DO(done);
        end_event(inside);
    }
    return FormSession(std::move(state));
}

const FormDefinition& FormSession::form() const {
    return *state_->inside.form;
}

const JournalEntry& FormSession::begun() const {
    return state_->inside.begun;
}

namespace {

Error no_such_node() {
    return {Fault::not_found, "This place of the questionnaire is gone.", ""};
}

// An event that is refused must leave the instant of the one before.
template<class Apply>
Result<ChangeList> event(SessionState& state, Random& random, JournalEntry* entry, JournalEntry& line,
                         const Apply& apply) {
    line.at_ms = state.clock->now_ms();
    line.random_seed = random.next();
    const Moment before = state.now;
    begin_event(state, moment(*state.clock, line.at_ms, line.random_seed));
    if (const Result<void> done = apply(); !done) {
        state.now = before;
        return done.error();
    }
    end_event(state);
    if (entry)
        *entry = line;
    return std::move(state.changes);
}

}  // namespace

Result<ChangeList> FormSession::answer(NodeRef node, Answer answer, JournalEntry* entry) {
    SessionState& state = state_->inside;
    const auto id = state.instance.id(node);
    if (!id)
        return no_such_node();
    JournalEntry line;
    return event(state, *state_->random, entry, line, [&]() -> Result<void> {
        TRY(Answer kept, answer_as_kept(state, *id, std::move(answer)));
        TRY_DO(may_take_back(state, *id, kept));
        JournalEntry told = entry_of_answer(state, *id, kept);
        told.at_ms = line.at_ms;
        told.random_seed = line.random_seed;
        line = std::move(told);
        keep_answer(state, *id, std::move(kept));
        return {};
    });
}

Result<ChangeList> FormSession::add_repeat(std::string_view repeat_path, JournalEntry* entry) {
    JournalEntry line;
    line.what = JournalEntry::What::add_repeat;
    line.path = repeat_path;
    return event(state_->inside, *state_->random, entry, line,
                 [&] { return apply_add_repeat(state_->inside, repeat_path); });
}

Result<ChangeList> FormSession::remove_repeat(NodeRef instance, JournalEntry* entry) {
    SessionState& state = state_->inside;
    const auto id = state.instance.id(instance);
    if (!id)
        return no_such_node();
    JournalEntry line;
    line.what = JournalEntry::What::remove_repeat;
    line.path = state.instance.path(*id);
    return event(state, *state_->random, entry, line, [&] { return apply_remove_repeat(state, *id); });
}

Result<ChangeList> FormSession::set_language(std::string_view language, JournalEntry* entry) {
    JournalEntry line;
    line.what = JournalEntry::What::language;
    line.text = language;
    return event(state_->inside, *state_->random, entry, line,
                 [&] { return apply_language(state_->inside, language); });
}

std::vector<NodeRef> FormSession::nodes(bool all) const {
    const SessionState& state = state_->inside;
    std::vector<NodeRef> found;
    each_element(state, state.instance.root(), [&](NodeId node) {
        const bool asked = state.instance.form_of(node).control != nowhere && state.instance[node].relevant;
        if (node != state.instance.root() && (all || asked))
            found.push_back(state.instance.ref(node));
    });
    return found;
}

std::optional<NodeRef> FormSession::find(std::string_view path) const {
    const auto node = find_node(state_->inside, path);
    return node ? std::optional(state_->inside.instance.ref(*node)) : std::nullopt;
}

bool FormSession::alive(NodeRef node) const {
    return state_->inside.instance.id(node).has_value();
}

Result<QuestionView> FormSession::view(NodeRef node) const {
    const auto id = state_->inside.instance.id(node);
    if (!id)
        return no_such_node();
    return view_of(state_->inside, *id);
}

Result<std::vector<Choice>> FormSession::choices(NodeRef node) const {
    const auto id = state_->inside.instance.id(node);
    if (!id)
        return no_such_node();
    return choices_of(state_->inside, *id, state_->inside.language, true);
}

Result<RepeatView> FormSession::repeat(std::string_view path) const {
    return repeat_view_of(state_->inside, path);
}

std::vector<Suggestion> FormSession::suggestions(bool with_restricted) const {
    return suggestions_of(state_->inside, with_restricted);
}

std::vector<Blocked> FormSession::blocked() const {
    return blocked_of(state_->inside);
}

std::vector<AnsweredQuestion> FormSession::answered(std::string_view language) const {
    return answered_in(state_->inside, language.empty() ? state_->inside.language : std::string(language));
}

std::vector<std::pair<std::string, SecretText>> FormSession::take_restricted() {
    SessionState& state = state_->inside;
    std::vector<std::pair<std::string, SecretText>> taken;
    for (NodeId node = 0; node < state.instance.size(); ++node) {
        InstanceNode& one = state.instance[node];
        if (!one.alive || one.kind == AnswerKind::blank || one.kind == AnswerKind::sealed ||
            state.instance.form_of(node).bind.sensitivity != Sensitivity::restricted)
            continue;
        if (one.kind == AnswerKind::given)
            taken.emplace_back(state.instance.form_of(node).name, SecretText(one.text));
        sodium_memzero(one.text.data(), one.text.size());
        set_text(state, node, AnswerKind::sealed, {});
    }
    // Nothing is published: what these answers suggested was handed over with them,
    // and is forgotten here, not withdrawn.
    settle_with_actions(state);
    state.changes.clear();
    state.published.clear();
    state.rules_before = state.rules;
    return taken;
}

std::string FormSession::submission() const {
    return submission_of(state_->inside);
}

FormSession::Cost FormSession::last_cost() const {
    Cost cost = state_->inside.cost;
    cost.nodes = state_->inside.walked.nodes;
    cost.probes = state_->inside.walked.probes;
    return cost;
}

std::string FormSession::dump() const {
    return dump_of(state_->inside);
}

std::string FormSession::dump_from_scratch() const {
    return dump_from_scratch_of(state_->inside);
}

}  // namespace doorstep
