#include "client/app/sitting.h"

#include <fmt/format.h>

#include "client/app/sitting_state.h"
#include "client/app/spoken_language.h"

namespace doorstep {
namespace {

// Tokens of sittings, apart from all others of the app.
constexpr std::uint64_t of_a_sitting = std::uint64_t{1} << 63;

// Differs from one sitting to the next, so that an old notice takes nothing back.
std::uint64_t tokens_of(const Uuid& questionnaire, std::int64_t now_ms) {
    std::uint64_t hash = static_cast<std::uint64_t>(now_ms);
    for (const char c : questionnaire.text())
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    return of_a_sitting | (hash << 20 >> 1 & ~((std::uint64_t{1} << 20) - 1));
}

}  // namespace

struct SittingAct {
    Sitting::State& state;

    Result<SittingTold> operator()(const intent::Back&) const { return state.back(); }
    Result<SittingTold> operator()(const intent::GiveAnswer& said) const {
        return state.give(said.node, said.answer);
    }
    Result<SittingTold> operator()(const intent::StandOn& said) const {
        state.stand(said.node);
        return SittingTold{};
    }
    Result<SittingTold> operator()(const intent::SpeakLanguage& said) const {
        return state.speak(said.language);
    }
    Result<SittingTold> operator()(const intent::NextPage&) const { return state.next_page(); }
    Result<SittingTold> operator()(const intent::PreviousPage&) const { return state.previous_page(); }
    Result<SittingTold> operator()(const intent::OpenPageOf& said) const {
        return state.open_page_of(said.node);
    }
    Result<SittingTold> operator()(const intent::OpenSummary&) const { return state.open_summary(); }
    Result<SittingTold> operator()(const intent::OpenOfficersPage&) const {
        return state.open_officers_page();
    }
    Result<SittingTold> operator()(const intent::LeaveOfficersPage&) const {
        TRY_DO(state.leave_officers_page());
        return SittingTold{};
    }
    Result<SittingTold> operator()(const intent::DecideConcern& said) const {
        return state.decide_concern(said);
    }
    Result<SittingTold> operator()(const intent::ShowToResident&) const { return state.show_to_resident(); }
    Result<SittingTold> operator()(const intent::LeaveResidentPage&) const {
        state.turned_to_resident = false;
        return SittingTold{};
    }
    Result<SittingTold> operator()(const intent::AgreeReferral& said) const { return state.agree(said); }
    Result<SittingTold> operator()(const intent::RefuseReferral& said) const {
        return state.decide(said.agency, ProposedReferral::Decision::refused);
    }
    Result<SittingTold> operator()(const intent::DropReferral& said) const {
        return state.decide(said.agency, ProposedReferral::Decision::dropped);
    }
    Result<SittingTold> operator()(const intent::ReopenReferral& said) const {
        return state.decide(said.agency, ProposedReferral::Decision::open);
    }
    Result<SittingTold> operator()(const intent::AddReferral& said) const { return state.add_referral(said); }
    Result<SittingTold> operator()(const intent::SetOffer& said) const { return state.set_offer(said); }
    Result<SittingTold> operator()(const intent::Finish& said) const { return state.finish(said); }
    Result<SittingTold> operator()(const intent::Undo& said) const { return state.undo(said.token); }
    Result<SittingTold> operator()(const intent::UndoChange&) const { return state.turn(true); }
    Result<SittingTold> operator()(const intent::RedoChange&) const { return state.turn(false); }

    template<class Other>
    Result<SittingTold> operator()(const Other&) const {
        return Error{Fault::bad_input, "This is not done inside a questionnaire.", "Go back first."};
    }
};

Sitting::Sitting(OpenQuestionnaire open, const Library& library, const Clock& clock, const Wordings& wordings,
                 std::string place)
    : state_(
          std::make_unique<State>(State{std::move(open), library, clock, wordings, std::move(place), {}})) {
    State& state = *state_;
    state.language = spoken_language(state.session());
    state.tokens_from = tokens_of(state.open.id(), clock.now_ms());
    state.pages = pages_of(state.session());
    if (!state.pages.pages.empty())
        state.page = state.pages.pages.front().place;
    if (const auto stood = state.open.position()) {
        if (const auto number = state.pages.with_item(*stood))
            state.page = state.pages.pages[*number].place;
        else if (has(state.pages.closing, *stood)) {
            state.where = State::Where::closing;
            if (!state.pages.pages.empty())
                state.page = state.pages.pages.back().place;
        }
        state.in_hand = *stood;
    }
    state.refresh();
}

Sitting::Sitting(Sitting&&) noexcept = default;

Sitting::~Sitting() {
    // Whoever ends a sitting calls leave() and hears of errors; should one forget, what
    // stands on the officer's page is sealed rather than lost.
    if (state_ && state_->where == State::Where::officers)
        static_cast<void>(state_->open.leave_officers_page());
}

bool Sitting::takes(const Intent& intent) {
    if (const auto* undo = std::get_if<intent::Undo>(&intent))
        return (undo->token & of_a_sitting) != 0;
    using namespace intent;
    return std::visit(
        []<class Said>(const Said&) {
            return std::is_same_v<Said, Back> || std::is_same_v<Said, GiveAnswer> ||
                   std::is_same_v<Said, StandOn> || std::is_same_v<Said, SpeakLanguage> ||
                   std::is_same_v<Said, NextPage> || std::is_same_v<Said, PreviousPage> ||
                   std::is_same_v<Said, OpenPageOf> || std::is_same_v<Said, OpenSummary> ||
                   std::is_same_v<Said, OpenOfficersPage> || std::is_same_v<Said, LeaveOfficersPage> ||
                   std::is_same_v<Said, DecideConcern> || std::is_same_v<Said, ShowToResident> ||
                   std::is_same_v<Said, LeaveResidentPage> || std::is_same_v<Said, AgreeReferral> ||
                   std::is_same_v<Said, RefuseReferral> || std::is_same_v<Said, DropReferral> ||
                   std::is_same_v<Said, ReopenReferral> || std::is_same_v<Said, AddReferral> ||
                   std::is_same_v<Said, UndoChange> || std::is_same_v<Said, RedoChange> ||
                   std::is_same_v<Said, SetOffer> || std::is_same_v<Said, Finish>;
        },
        intent);
}

Result<SittingTold> Sitting::act(const Intent& intent) {
    State& state = *state_;
    if (const auto* given = std::get_if<intent::GiveAnswer>(&intent))
        std::erase_if(state.unsaved, [&](const auto& typed) { return typed.node == given->node; });
    state.retry_unsaved();
    if (!std::holds_alternative<intent::Finish>(intent))
        state.told_of_undecided = false;
    if (!std::holds_alternative<intent::Back>(intent))
        state.told_of_unsaved = false;
    auto told = std::visit(SittingAct{state}, intent);
    state.saving = false;
    state.refresh();
    return told;
}

Result<void> Sitting::leave() {
    state_->retry_unsaved();
    state_->saving = false;
    const auto left = state_->leave_officers_page();
    state_->refresh();
    TRY_DO(left);
    return state_->nothing_unsaved();
}

UnsavedLines Sitting::unsaved() {
    std::vector<std::pair<NodeRef, Answer>> refused;
    for (const State::FormerAnswer& each : state_->unsaved)
        refused.emplace_back(each.node, each.answer);
    return {state_->open.id(), state_->open.unwritten(refused), static_cast<std::int64_t>(refused.size()),
            state_->title};
}

void Sitting::on_settled(std::function<void()> settled) {
    state_->open.on_settled([state = state_.get(), settled = std::move(settled)] {
        state->saving = true;
        state->refresh();
        if (settled)
            settled();
    });
}

SittingScreen Sitting::screen() const {
    if (state_->where == State::Where::officers)
        return state_->officers_view();
    if (state_->where == State::Where::closing)
        return state_->summary_view();
    if (state_->turned_to_resident)
        if (auto view = state_->resident_view())
            return *std::move(view);
    return state_->page_view();
}

std::string Sitting::place() const {
    const auto at = [&](std::string_view where) {
        return fmt::format("questionnaire/{}/{}", state_->open.id().text(), where);
    };
    if (state_->where == State::Where::officers)
        return at("officer");
    if (state_->where == State::Where::closing)
        return at("summary");
    if (state_->turned_to_resident && state_->resident_view())
        return at("resident");
    return at(fmt::format("page/{}", state_->page_number() + 1));
}

bool Sitting::at_summary() const {
    return state_->where == State::Where::closing ||
           (state_->where == State::Where::officers && state_->officers_from == State::Where::closing);
}

std::string Sitting::title() const {
    return state_->title;
}

bool Sitting::on_officers_page() const {
    return state_->where == State::Where::officers;
}

const OpenQuestionnaire& Sitting::questionnaire() const {
    return state_->open;
}

int Sitting::referrals_waiting() const {
    int waiting = 0;
    for (const ProposedReferral& each : state_->open.referrals())
        waiting += each.decision == ProposedReferral::Decision::open ? 1 : 0;
    return waiting;
}

}  // namespace doorstep
