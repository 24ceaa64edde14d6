// Walking through a questionnaire: pages, back and on, the officer's page.
#include <algorithm>

#include "client/app/sitting_state.h"
#include "client/app/sitting_words.h"
#include "client/casework/completion.h"

namespace doorstep {
namespace {

bool is_question(const FormSession& session, NodeRef node) {
    const auto view = session.view(node);
    return view.ok() && view->type != QuestionType::note;
}

NodeRef first_question(const FormSession& session, const std::vector<NodeRef>& nodes) {
    const auto first =
        std::find_if(nodes.begin(), nodes.end(), [&](NodeRef node) { return is_question(session, node); });
    return first != nodes.end() ? *first : nodes.empty() ? NodeRef{} : nodes.front();
}

// What an answer says wrongly; what it does not say keeps nobody from going on.
bool does_not_fit(const FormSession& session, NodeRef node) {
    const auto view = session.view(node);
    return view.ok() && (view->violation == Violation::constraint || view->violation == Violation::type ||
                         view->violation == Violation::not_in_list);
}

}  // namespace

void Sitting::State::refresh() {
    FormPages now = pages_of(session());
    if (!now.at_place(page)) {
        // The page went: the nearest before it that is still there, else the first.
        NodeRef nearest = now.pages.empty() ? NodeRef{} : now.pages.front().place;
        for (std::size_t i = pages.at_place(page).value_or(0); i-- > 0;)
            if (now.at_place(pages.pages[i].place)) {
                nearest = pages.pages[i].place;
                break;
            }
        page = nearest;
    }
    pages = std::move(now);
    const FormPage* stands = current_page();
    const std::vector<NodeRef> none;
    const std::vector<NodeRef>& here = where == Where::officers  ? pages.officers
                                       : where == Where::closing ? pages.closing
                                       : stands                  ? stands->items
                                                                 : none;
    if (!has(here, in_hand))
        in_hand = first_question(session(), here);
}

std::size_t Sitting::State::page_number() const {
    return pages.at_place(page).value_or(0);
}

const FormPage* Sitting::State::current_page() const {
    const auto number = pages.at_place(page);
    return number ? &pages.pages[*number] : nullptr;
}

void Sitting::State::hear_page() {
    if (where == Where::closing)
        heard.insert(pages.closing.begin(), pages.closing.end());
    else if (where == Where::officers)
        heard.insert(pages.officers.begin(), pages.officers.end());
    else if (const FormPage* now = current_page())
        heard.insert(now->items.begin(), now->items.end());
}

// What is said wrongly, and the step before which nothing else is asked.
bool Sitting::State::keeps_here(NodeRef node) const {
    return does_not_fit(session(), node) || open_privacy_step(session()) == node;
}

void Sitting::State::turn_to(std::size_t number) {
    where = Where::page;
    held_on.reset();
    page = pages.pages[number].place;
    stand(first_question(session(), pages.pages[number].items));
}

void Sitting::State::stand(NodeRef node) {
    if (in_hand != node)
        heard.insert(in_hand);
    in_hand = node;
    const auto view = session().view(node);
    // That the officer's page was open is nobody's business either.
    if (!view.ok() || where == Where::officers || view->sensitivity == Sensitivity::restricted)
        return;
    // Where one stands is no answer: that it could not be kept is told beside the page.
    static_cast<void>(noted(open.stand_on(node)));
}

Result<void> Sitting::State::leave_officers_page() {
    if (where != Where::officers)
        return {};
    const auto left = open.leave_officers_page();
    if (!left.ok() && left.error().fault == Fault::refused)
        return left;
    // Whatever the disk said, what stood there is sealed and goes with the next line.
    hear_page();
    where = officers_from;
    return noted(left);
}

Result<SittingTold> Sitting::State::next_page() {
    TRY_DO(leave_officers_page());
    hear_page();
    const FormPage* now = current_page();
    if (where == Where::closing)
        return SittingTold{};
    if (now && held_on != page &&
        std::any_of(now->items.begin(), now->items.end(), [&](NodeRef node) { return keeps_here(node); })) {
        held_on = page;
        return SittingTold{};
    }
    if (page_number() + 1 >= pages.pages.size())
        return open_summary();
    turn_to(page_number() + 1);
    return SittingTold{};
}

Result<SittingTold> Sitting::State::previous_page() {
    if (where == Where::officers) {
        TRY_DO(leave_officers_page());
        return SittingTold{};
    }
    hear_page();
    if (where == Where::closing && current_page())
        turn_to(page_number());
    else if (where == Where::closing)
        where = Where::page;
    else if (page_number() > 0)
        turn_to(page_number() - 1);
    return SittingTold{};
}

Result<void> Sitting::State::nothing_unsaved() {
    if (unsaved.empty() || told_of_unsaved)
        return {};
    told_of_unsaved = true;
    return Error{trouble ? trouble->fault : Fault::broken,
                 words().say_n("%d answer is not saved yet.", "%d answers are not saved yet.",
                               static_cast<long>(unsaved.size())),
                 words().say("Stay here and free space on the tablet, or leave once more to go without it.")};
}

Result<SittingTold> Sitting::State::back() {
    if (turned_to_resident) {
        turned_to_resident = false;
        return SittingTold{};
    }
    if (where != Where::page)
        return previous_page();
    TRY_DO(nothing_unsaved());
    SittingTold told;
    told.left = true;
    return told;
}

Result<SittingTold> Sitting::State::open_page_of(NodeRef node) {
    if (has(pages.officers, node))
        return open_officers_page();
    const auto number = pages.with_item(node);
    if (!number && !has(pages.closing, node))
        return Error{Fault::not_found, words().say("This question is not asked any more."),
                     words().say("Choose another one.")};
    TRY_DO(leave_officers_page());
    hear_page();
    turned_to_resident = false;
    if (number)
        turn_to(*number);
    else
        where = Where::closing;
    stand(node);
    return SittingTold{};
}

Result<SittingTold> Sitting::State::open_summary() {
    TRY_DO(leave_officers_page());
    hear_page();
    turned_to_resident = false;
    where = Where::closing;
    // So that after a restart one stands here again.
    if (!pages.closing.empty())
        stand(first_question(session(), pages.closing));
    return SittingTold{};
}

Result<SittingTold> Sitting::State::open_officers_page() {
    if (where == Where::officers)
        return SittingTold{};
    if (pages.officers.empty())
        return Error{Fault::not_found, words().say("This form has no such page."), {}};
    turned_to_resident = false;
    officers_from = where;
    where = Where::officers;
    return SittingTold{};
}

Result<SittingTold> Sitting::State::show_to_resident() {
    TRY_DO(leave_officers_page());
    if (!resident_view())
        return Error{Fault::refused, words().say("There is nothing here to show to a resident."),
                     words().say("Open a question first.")};
    turned_to_resident = true;
    return SittingTold{};
}

}  // namespace doorstep
