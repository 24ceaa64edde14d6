// Intents: what each one does.
#include <algorithm>

#include "client/app/day_words.h"
#include "client/app/outcome_words.h"
#include "client/app/shift_state.h"

namespace doorstep {

namespace {

// What one does beside the work: it takes no notice away.
bool leaves_notice(const Intent& intent) {
    return std::holds_alternative<intent::FilterDoors>(intent) ||
           std::holds_alternative<intent::FindDoors>(intent) ||
           std::holds_alternative<intent::FindHomes>(intent) ||
           std::holds_alternative<intent::ChooseTheme>(intent) ||
           std::holds_alternative<intent::ChooseTextSize>(intent) ||
           std::holds_alternative<intent::StandOn>(intent) || std::holds_alternative<intent::Undo>(intent) ||
           std::holds_alternative<intent::SyncNow>(intent) ||
           std::holds_alternative<intent::DismissNotice>(intent);
}

bool works_without_store(const Intent& intent) {
    return std::holds_alternative<intent::OpenSettings>(intent) ||
           std::holds_alternative<intent::Back>(intent) ||
           std::holds_alternative<intent::ChooseTheme>(intent) ||
           std::holds_alternative<intent::ChooseTextSize>(intent) ||
           std::holds_alternative<intent::LockNow>(intent) ||
           std::holds_alternative<intent::SwitchOfficer>(intent) ||
           std::holds_alternative<intent::DismissNotice>(intent) ||
           std::holds_alternative<intent::MendRecords>(intent) ||
           std::holds_alternative<intent::ViewRecords>(intent) ||
           std::holds_alternative<intent::WriteRescue>(intent);
}

}  // namespace

void Shift::State::say(Notice::Kind kind, std::string said, std::uint64_t undo) {
    notice = std::make_shared<const Notice>(Notice{kind, std::move(said), undo});
    ++notices;
}

void Shift::State::say_until_read(Notice::Kind kind, std::string said, bool of_mending) {
    for (const ToRead& each : to_read)
        if (each.notice->words == said)
            return;
    to_read.push_back(
        {std::make_shared<const Notice>(Notice{kind, std::move(said), 0}), ++notices, of_mending});
}

void Shift::State::operator()(const intent::DismissNotice&) {
    if (notice || to_read.empty()) {
        notice = nullptr;
        return;
    }
    const ToRead read = std::move(to_read.front());
    to_read.pop_front();
    if (!read.of_mending)
        return;
    // A disk that does not take it tells of the mending once more, at the next start.
    if (const auto file = store_file(options.folder); file.ok())
        static_cast<void>(mending_was_read(*file));
}

bool Shift::State::told(const Result<void>& outcome) {
    if (!outcome.ok())
        say(outcome.error());
    return outcome.ok();
}

void Shift::State::act(const Intent& intent) {
    if (!started || ended || (trouble && !works_without_store(intent)))
        return;
    if (outside() && !trouble)
        return enter(intent);
    if (opening)
        return act_while_opening(intent);
    if (!store && !trouble)
        return;
    const auto* undo = std::get_if<intent::Undo>(&intent);
    const bool ours = undo && undoing && undo->token == undoing->token;
    if (at(Stop::At::questionnaire) && sitting && Sitting::takes(intent) && !ours)
        return for_sitting(intent);
    if (!leaves_notice(intent))
        notice = nullptr;
    std::visit(*this, intent);
}

void Shift::State::for_sitting(const Intent& intent) {
    if (!leaves_notice(intent))
        notice = nullptr;
    auto outcome = sitting->act(intent);
    if (!outcome.ok())
        return say(outcome.error());
    if (outcome->notice)
        say(outcome->notice->kind, outcome->notice->words, outcome->notice->undo);
    if (outcome->finished)
        finished(*outcome->finished, sitting->title());
    else if (outcome->left)
        put_away();
}

void Shift::State::finished(const Finished& done, const std::string& title) {
    const Door door = sitting->questionnaire().door();
    long referrals = 0;
    for (const Operation& operation : done.operations)
        if (std::holds_alternative<ReferralRaised>(operation.payload))
            ++referrals;
    sitting.reset();
    route.pop_back();
    if (at(Stop::At::door) && route.size() > 1)
        route.pop_back();
    told(read_drafts());
    refresh(door.visit, door.household);
    std::string said = with_parts(words.say(done.complete ? "%1 is done." : "%1 is done in part."), {title});
    if (referrals > 0)
        said += " " + words.say_n("%d referral raised.", "%d referrals raised.", referrals);
    say(Notice::Kind::done, said);
    facts_kept();
    sync_now();
}

void Shift::State::leave_sitting() {
    if (!sitting)
        return;
    // What the disk does not take is told; "Saved" is not said then.
    if (const auto left = sitting->leave(); !left.ok())
        say(left.error());
    sitting.reset();
}

void Shift::State::put_away() {
    const Door door = sitting->questionnaire().door();
    const std::string title = sitting->title();
    notice = nullptr;
    // What was learnt of it before it was taken in hand is stale.
    const Uuid id = sitting->questionnaire().id();
    std::erase_if(drafts, [&](const KnownDraft& each) { return each.header.questionnaire == id; });
    leave_sitting();
    if (at(Stop::At::questionnaire))
        route.pop_back();
    if (!told(read_drafts()))
        return;
    refresh(door.visit, door.household);
    if (!notice)
        say(Notice::Kind::done, with_parts(words.say("Saved. %1 is under \"Not finished\"."), {title}));
}

// A place that is on the way already is gone back to: the way does not grow for ever.
void Shift::State::go_to(Stop place) {
    if (route.back() == place)
        return;
    if (sitting && sitting->on_officers_page())
        if (const auto left = sitting->act(intent::LeaveOfficersPage{}); !left.ok())
            return say(left.error());
    for (std::size_t i = 1; i < route.size(); ++i)
        if (route[i] == place) {
            while (route.size() > i + 1)
                back();
            return;
        }
    route.push_back(std::move(place));
}

void Shift::State::back() {
    if (at(Stop::At::questionnaire))
        return put_away();
    if (route.size() > 1)
        route.pop_back();
}

void Shift::State::go_home() {
    if (sitting)
        put_away();
    route.resize(1);
}

void Shift::State::operator()(const intent::OpenVisit& said) {
    if (sitting || !visit(said.visit))
        return;
    filter = DoorFilter::all;
    find.clear();
    route.resize(1);
    route.push_back({Stop::At::doors, said.visit, {}});
}

void Shift::State::operator()(const intent::OpenDoor& said) {
    const auto in_hand = visit_in_hand();
    if (!in_hand || !(at(Stop::At::doors) || at(Stop::At::door)))
        return;
    const auto here = street(*in_hand);
    if (!here.ok())
        return say(here.error());
    if (!(*here)->door(said.household))
        return;
    if (at(Stop::At::door))
        route.pop_back();
    route.push_back({Stop::At::door, said.household, {}});
}

// Only from its own page: a second tap of a quick finger, which comes when the list is
// back already, is no second try.
void Shift::State::operator()(const intent::RecordOutcome& said) {
    const auto in_hand = visit_in_hand();
    if (!in_hand || !at(Stop::At::door) || route.back().id != said.household)
        return;
    const auto door = door_at(*in_hand, said.household);
    if (!door.ok())
        return say(door.error());
    const auto fact = casework->record_outcome(*door, said.outcome);
    if (!fact.ok())
        return say(fact.error());
    route.pop_back();
    undoing = Undoing{++tokens, *door, *fact};
    refresh(*in_hand, said.household);
    say(Notice::Kind::done, recorded_words(said.outcome, place_of(door->address), words), undoing->token);
    facts_kept();
}

void Shift::State::operator()(const intent::Undo& said) {
    if (!undoing || undoing->token != said.token)
        return;
    const Undoing former = *undoing;
    undoing.reset();
    if (!told(casework->take_back(former.door, former.fact)))
        return;
    refresh(former.door.visit, former.door.household);
    say(Notice::Kind::done, with_parts(words.say("Taken back at %1."), {place_of(former.door.address)}));
    facts_kept();
}

void Shift::State::operator()(const intent::StartQuestionnaire& said) {
    const auto in_hand = visit_in_hand();
    if (sitting || !in_hand || !at(Stop::At::door) || route.back().id != said.household)
        return;
    const auto begun = drafts_of(*in_hand);
    if (const auto draft = begun.find(said.household); draft != begun.end())
        return (*this)(intent::ResumeDraft{draft->second});
    const auto door = door_at(*in_hand, said.household);
    if (!door.ok())
        return say(door.error());
    std::string why_not;
    auto form = form_for(*visit(*in_hand), why_not);
    if (!said.form_id.empty() && (!form || form->id() != said.form_id))
        for (const FormPackage& package : library.packages)
            if (package.form && package.form->id() == said.form_id)
                form = package.form;
    if (!form)
        return say(Notice::Kind::trouble, why_not);
    auto open = casework->open_questionnaire(*door, form->id(), form->version());
    if (!open.ok())
        return say(open.error());
    sit_down(std::move(open).value(), place_of(door->address));
    if (told(read_drafts()))
        refresh(*in_hand, said.household);
}

void Shift::State::operator()(const intent::ResumeDraft& said) {
    if (sitting)
        return;
    const KnownDraft* known = draft(said.questionnaire);
    if (!known)
        return;
    const std::string place = known->place;
    const auto waits = [&](const UnsavedLines& each) { return each.questionnaire == said.questionnaire; };
    if (std::any_of(unsaved.begin(), unsaved.end(), waits))
        if (const auto saved = save_unsaved(); !saved.ok())
            return say(saved.error());
    auto open = casework->resume(said.questionnaire);
    if (!open.ok())
        return say(open.error());
    sit_down(std::move(open).value(), place);
}

void Shift::State::sit_down(OpenQuestionnaire open, const std::string& place) {
    const Uuid id = open.id();
    sitting.emplace(std::move(open), library, clock, wordings, place);
    sitting->on_settled([this] { show(); });
    find.clear();
    notice = nullptr;
    route.push_back({Stop::At::questionnaire, id, {}});
}

void Shift::State::operator()(const intent::WithdrawReferral& said) {
    if (said.reason.empty())
        return say(Notice::Kind::trouble, words.say("Write why the resident wants it withdrawn."));
    if (!told(casework->withdraw(said.referral, said.reason)))
        return;
    say(Notice::Kind::done, words.say("The referral is withdrawn. The agency is told with the next sync."));
    facts_kept();
}

void Shift::State::operator()(const intent::ChooseTheme& said) {
    look.theme = said.theme;
    told(write_look(options.folder, look));
}

void Shift::State::operator()(const intent::ChooseTextSize& said) {
    look.text_percent = text_size_near(said.percent);
    told(write_look(options.folder, look));
}

}  // namespace doorstep
