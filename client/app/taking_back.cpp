// Undo instead of questions: what the latest notice offers to take back, and act by act
// as far as one likes.
#include <utility>

#include "client/app/sitting_state.h"
#include "client/app/sitting_words.h"

namespace doorstep {
namespace {

using Decision = ProposedReferral::Decision;

Result<void> restore(OpenQuestionnaire& open, const ProposedReferral& former) {
    switch (former.decision) {
    case Decision::refused:
        return open.refuse(former.agency);
    case Decision::dropped:
        return open.drop(former.agency);
    case Decision::agreed:
        // An agreement that no answer suggests any more is asked about again, not renewed.
        if (!former.no_longer_suggested)
            return open.agree(former.agency, former.agreement);
        break;
    case Decision::open:
        break;
    }
    return open.reopen(former.agency);
}

std::string path_of(const FormSession& session, NodeRef node) {
    const auto view = session.view(node);
    return view.ok() ? view->path : std::string{};
}

// References of a session, kept while another takes its place.
class Places {
public:
    Places(const FormSession& session, const NodeRef& page, const NodeRef& in_hand,
           const std::set<NodeRef>& heard)
        : page_(path_of(session, page)), in_hand_(path_of(session, in_hand)) {
        for (const NodeRef node : heard)
            heard_.push_back(path_of(session, node));
    }
    void find(const FormSession& session, NodeRef& page, NodeRef& in_hand, std::set<NodeRef>& heard) const {
        page = session.find(page_).value_or(page);
        in_hand = session.find(in_hand_).value_or(in_hand);
        heard.clear();
        for (const std::string& path : heard_)
            if (const auto node = path.empty() ? std::nullopt : session.find(path))
                heard.insert(*node);
    }

private:
    std::string page_;
    std::string in_hand_;
    std::vector<std::string> heard_;
};

}  // namespace

std::shared_ptr<const Notice> Sitting::State::notice(std::string said, Former former) {
    undoing = Undoing{tokens_from + ++tokens, std::move(former)};
    return std::make_shared<const Notice>(Notice{Notice::Kind::done, std::move(said), undoing->token});
}

Result<SittingTold> Sitting::State::undo(std::uint64_t token) {
    if (!undoing || undoing->token != token)
        return Error{Fault::not_found, words().say("This can no longer be taken back."),
                     words().say("Correct it on its page.")};
    const Undoing now = *std::exchange(undoing, std::nullopt);
    if (const auto* answer = std::get_if<FormerAnswer>(&now.former)) {
        TRY(SittingTold told, put(answer->node, answer->answer));
        // Taking back a taking back would never end.
        told.notice = nullptr;
        undoing.reset();
        return told;
    }
    const auto done = std::holds_alternative<ProposedReferral>(now.former)
                          ? restore(open, std::get<ProposedReferral>(now.former))
                          : open.undecide_offer(std::get<AddedOffer>(now.former).code);
    if (!done.ok())
        undoing = now;
    TRY_DO(noted(done));
    return SittingTold{};
}

// What is sensitive is not named where somebody may read along.
std::string Sitting::State::name_of(const DoneAct& act) const {
    switch (act.what) {
    case DoneAct::What::referral:
        return agency_name(act.about);
    case DoneAct::What::offer:
        return offer_name(act.about);
    case DoneAct::What::add_repeat: {
        const auto whole = session().repeat(act.about);
        return whole.ok() ? whole->label : std::string{};
    }
    case DoneAct::What::answer:
    case DoneAct::What::remove_repeat:
        break;
    }
    const auto node = session().find(act.about);
    const auto view = node ? session().view(*node) : Error{Fault::not_found, "", ""};
    return view.ok() && view->sensitivity == Sensitivity::ordinary ? view->label : std::string{};
}

UndoWords Sitting::State::changes() const {
    UndoWords now;
    if (where == Where::officers)
        return now;
    const auto said = [](const std::string& bare, const std::string& named, const std::string& name) {
        return name.empty() ? bare : filled(named, name);
    };
    if (const auto act = open.can_undo())
        now.undo = said(words().say("Undo"), words().say("Undo last: %s"), name_of(*act));
    if (const auto act = open.can_redo())
        now.redo = said(words().say("Redo"), words().say("Redo: %s"), name_of(*act));
    return now;
}

// A referral is decided on the page of its question as well.
bool Sitting::State::suggested_here(const std::string& name) const {
    const FormPage* now = current_page();
    const std::string words_of_it = filled(words().say("Suggested: %s"), name);
    if (now)
        for (const QuestionItem& each : items(now->items))
            for (const SuggestionLine& line : each.suggestions)
                if (line.words == words_of_it)
                    return true;
    return false;
}

void Sitting::State::go_where_done(const DoneAct& act) {
    if (act.what == DoneAct::What::referral || act.what == DoneAct::What::offer) {
        if (where == Where::page && !suggested_here(name_of(act)))
            static_cast<void>(open_summary());
        return;
    }
    const auto node = session().find(act.about);
    const auto number = node ? pages.with_item(*node) : std::nullopt;
    if (number) {
        where = Where::page;
        held_on.reset();
        page = pages.pages[*number].place;
    } else if (node && has(pages.closing, *node)) {
        where = Where::closing;
    } else {
        return;
    }
    stand(*node);
}

Result<SittingTold> Sitting::State::turn(bool back) {
    if (where == Where::officers)
        return Error{Fault::refused, words().say("There is nothing to undo on this page."), {}};
    const auto named = back ? open.can_undo() : open.can_redo();
    if (!named)
        return SittingTold{};  // a second tap of a quick finger
    const std::string name = name_of(*named);
    const Places places(session(), page, in_hand, heard);
    const auto done = back ? open.undo() : open.redo();
    saving = false;
    places.find(session(), page, in_hand, heard);
    refresh();
    TRY_DO(noted(done.ok() ? Result<void>{} : Result<void>{done.error()}));
    undoing.reset();
    turned_to_resident = false;
    go_where_done(*done);
    SittingTold told;
    const std::string after = name.empty() ? name_of(*done) : name;
    const std::string bare = back ? words().say("Undone.") : words().say("Done again.");
    const std::string full = back ? words().say("Undone: %s") : words().say("Done again: %s");
    told.notice = std::make_shared<const Notice>(
        Notice{Notice::Kind::done, after.empty() ? bare : filled(full, after), 0});
    return told;
}

}  // namespace doorstep
