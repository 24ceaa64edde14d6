// Undo and redo: the acts that count are done again from the beginning, so that the
// page is what it would be if the others had never been.
#include "client/casework/state.h"

namespace doorstep {
namespace {

// Who goes on after a longer pause begins something new.
constexpr std::int64_t one_go_ms = 30'000;

struct Naming {
    DoneAct operator()(const JournalEntry& entry) const {
        switch (entry.what) {
        case JournalEntry::What::add_repeat:
            return {DoneAct::What::add_repeat, entry.path};
        case JournalEntry::What::remove_repeat:
            return {DoneAct::What::remove_repeat, entry.path};
        default:
            return {DoneAct::What::answer, entry.path};
        }
    }
    DoneAct operator()(const journal::Decided& decided) const {
        return {DoneAct::What::referral, decided.agency};
    }
    DoneAct operator()(const journal::Added& added) const { return {DoneAct::What::referral, added.agency}; }
    DoneAct operator()(const journal::OfferSet& set) const { return {DoneAct::What::offer, set.code}; }
    DoneAct operator()(const journal::OfferUndecided& undecided) const {
        return {DoneAct::What::offer, undecided.code};
    }
    template<class Beside>
    DoneAct operator()(const Beside&) const {
        return {};
    }
};

std::optional<DoneAct> named(const journal::Line* line) {
    return line ? std::optional(std::visit(Naming{}, *line)) : std::nullopt;
}

// A place to stand on; an instance of a repeat is none, and what is gone is none.
std::optional<NodeRef> question(const FormSession& session, const std::string& path) {
    const auto node = session.find(path);
    const auto view = node ? session.view(*node) : Error{Fault::not_found, "", ""};
    const bool stands = view.ok() && view->relevant && view->type != QuestionType::group &&
                        view->type != QuestionType::repeat && view->type != QuestionType::hidden;
    return stands ? node : std::nullopt;
}

std::string path_of(const FormSession& session, const std::optional<NodeRef>& node) {
    if (!node)
        return {};
    const auto view = session.view(*node);
    return view.ok() ? view->path : std::string{};
}

}  // namespace

bool OpenQuestionnaire::State::goes_on_typing(const std::string& what) const {
    const std::int64_t pause = clock.now_ms() - typed_ms;
    return typing == what && !typing.empty() && history.can_undo() && !history.can_redo() && pause >= 0 &&
           pause <= one_go_ms;
}

void OpenQuestionnaire::State::types(std::string what) {
    typing = std::move(what);
    typed_ms = clock.now_ms();
}

Result<OpenQuestionnaire::State::Settled> OpenQuestionnaire::State::settled_from(const History& acts,
                                                                                 const DoneAct& about) const {
    TRY(const journal::Begun begun, journal::decode_begun(header.begun));
    TRY(FormSession anew, FormSession::replay(form, begun.at, clock, random, begun.entry, acts.events()));
    auto stands = about.what == DoneAct::What::answer ? question(anew, about.about) : std::nullopt;
    if (!stands)
        stands = question(anew, path_of(session, position));
    return Settled{std::move(anew), decisions_of(acts), stands};
}

void OpenQuestionnaire::State::exchange(Settled& with) {
    std::swap(session, with.session);
    std::swap(decisions, with.decisions);
    std::swap(position, with.position);
}

Result<DoneAct> OpenQuestionnaire::State::turn(bool back) {
    TRY_DO(still_open());
    if (!unsealed.empty())
        return Error{Fault::refused, "The officer's page is open.", "Leave it first."};
    const auto act = named(back ? history.to_undo() : history.to_redo());
    if (!act)
        return Error{Fault::refused, back ? "There is nothing to undo." : "There is nothing to do again.",
                     ""};
    History acts = history;
    back ? acts.undo() : acts.redo();
    TRY(Settled other, settled_from(acts, *act));
    exchange(other);
    tell_settled();
    std::vector<journal::Written> lines;
    back ? lines.push_back({journal::Undone{}}) : lines.push_back({journal::Redone{}});
    if (const std::string stands = path_of(session, position); !stands.empty())
        lines.push_back({journal::Stood{stands}, journal::Part::beside});
    if (const auto kept = keep(lines); !kept.ok()) {
        exchange(other);
        return kept.error();
    }
    return *act;
}

std::optional<DoneAct> OpenQuestionnaire::can_undo() const {
    return state_->finished || !state_->unsealed.empty() ? std::nullopt : named(state_->history.to_undo());
}

std::optional<DoneAct> OpenQuestionnaire::can_redo() const {
    return state_->finished || !state_->unsealed.empty() ? std::nullopt : named(state_->history.to_redo());
}

Result<DoneAct> OpenQuestionnaire::undo() {
    return state_->turn(true);
}

Result<DoneAct> OpenQuestionnaire::redo() {
    return state_->turn(false);
}

}  // namespace doorstep
