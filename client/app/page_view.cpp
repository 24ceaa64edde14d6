// A page of questions, and the officer's own page, as the screen reads them.
#include <algorithm>
#include <fmt/format.h>

#include "client/app/exclusive_choice.h"
#include "client/app/sitting_state.h"
#include "client/app/sitting_words.h"
#include "client/casework/completion.h"

namespace doorstep {
namespace {

// The last of its causes among these questions: where one sees it come and go.
std::optional<NodeRef> cause_among(const Suggestion& suggestion, const std::vector<NodeRef>& nodes) {
    std::optional<NodeRef> last;
    for (const NodeRef node : nodes)
        if (has(suggestion.causes, node))
            last = node;
    return last;
}

// The form warns in capitals whom a question is for; the page says so once, quietly, since
// it is read in a doorway.
std::string without_warning(const std::string& label) {
    const std::size_t end = label.find(": ");
    if (!label.starts_with("OFFICER ONLY") || end == std::string::npos || end + 2 >= label.size())
        return label;
    std::string rest = label.substr(end + 2);
    if (rest.front() >= 'a' && rest.front() <= 'z')
        rest.front() = static_cast<char>(rest.front() - 'a' + 'A');
    return rest;
}

// Several reasons for one agency are one line.
void add_line(std::vector<SuggestionLine>& lines, SuggestionLine line) {
    for (SuggestionLine& known : lines)
        if (known.words == line.words) {
            known.reason += " " + line.reason;
            return;
        }
    lines.push_back(std::move(line));
}

}  // namespace

std::string Sitting::State::today() const {
    const std::int64_t now = clock.now_ms();
    return Day::at(now, clock.utc_offset_minutes(now)).text();
}

std::string Sitting::State::agency_name(const std::string& code) const {
    const Agency* agency = library.directory.agency(code);
    return agency ? agency->label : code;
}

std::string Sitting::State::offer_name(const std::string& code) const {
    const OfferKind* offer = library.directory.offer(code);
    return offer ? offer->label : code;
}

std::string Sitting::State::saved_words() const {
    if (trouble && unsaved.empty())
        return fmt::format("{} {}", words().say("Not saved yet."), trouble->text());
    if (trouble)
        return fmt::format("{} {} {}",
                           words().say_n("%d answer is not saved yet.", "%d answers are not saved yet.",
                                         static_cast<long>(unsaved.size())),
                           trouble->text(),
                           words().say("It stays on this page, also when the tablet locks; it is lost when "
                                       "the tablet is switched off."));
    if (saving)
        return words().say("Saving");
    if (where == Where::officers)
        return words().say("Kept when you leave this page");
    return saved_ms ? filled(words().say("Saved %s"), time_of_day(clock, *saved_ms)) : std::string{};
}

QuestionItem Sitting::State::item(NodeRef node) const {
    QuestionItem item;
    auto view = session().view(node);
    if (!view.ok())
        return item;
    item.question = *std::move(view);
    item.number_label = item.question.label;
    item.heard_as_error = heard.contains(node) && item.question.violation != Violation::none;
    if (item.heard_as_error && open_privacy_step(session()) == node)
        item.question.violation_text = words().say("Explain who we are and confirm it.");
    for (const FormerAnswer& typed : unsaved)
        if (typed.node == node) {
            item.question.answer = typed.answer;
            item.not_saved = true;
        }
    switch (item.question.type) {
    case QuestionType::select_one:
    case QuestionType::select_multiple:
    case QuestionType::rank:
        if (auto choices = session().choices(node); choices.ok())
            item.choices = *std::move(choices);
        break;
    default:
        break;
    }
    if (item.question.type == QuestionType::select_multiple)
        item.exclusive = exclusive_choices(session(), item.question, item.choices);
    return item;
}

std::vector<QuestionItem> Sitting::State::items(const std::vector<NodeRef>& nodes) const {
    std::vector<QuestionItem> all;
    for (const NodeRef node : nodes)
        all.push_back(item(node));
    for (const Suggestion& each : session().suggestions()) {
        const auto cause = cause_among(each, nodes);
        for (QuestionItem& under : all)
            if (cause && under.question.node == *cause)
                add_line(under.suggestions, line_of(each));
    }
    return all;
}

SuggestionLine Sitting::State::line_of(const Suggestion& suggestion) const {
    SuggestionLine line;
    line.id = suggestion.id;
    line.reason = suggestion.reason;
    const std::string suggested = words().say("Suggested: %s");
    if (suggestion.kind == SuggestionKind::offer) {
        line.words = filled(suggested, offer_name(suggestion.code));
        return line;
    }
    line.words = filled(suggested, agency_name(suggestion.code));
    if (const auto known = referral(suggestion.code)) {
        line.decided = decided_words(*known);
        if (known->decision == ProposedReferral::Decision::open)
            line.agency = known->agency;
    }
    return line;
}

PageView Sitting::State::any_page() const {
    PageView view;
    view.questionnaire = open.id();
    view.language = language;
    view.languages = session().form().languages();
    view.right_to_left = is_right_to_left(view.language);
    view.saved = saved_words();
    view.saved_trouble = trouble.has_value();
    view.today = today();
    view.has_officers_page = !pages.officers.empty();
    view.in_hand = in_hand;
    view.changes = changes();
    const Wording& spoken = wordings.of(language);
    view.none = {spoken.say("Not sure, or rather not say"), spoken.say("Don't know"),
                 spoken.say("Prefer not to say"), spoken.say("Not asked"), spoken.say("Clear the answer")};
    return view;
}

PageView Sitting::State::page_view() const {
    PageView view = any_page();
    const FormPage* now = current_page();
    if (!now) {
        view.first_page = view.last_page = true;
        return view;
    }
    const std::size_t number = page_number();
    view.section = now->section;
    // How many pages there are shows when the privacy step is confirmed.
    const bool more_appear = open_privacy_step(session()).has_value();
    if (!more_appear)
        view.progress = filled(filled(words().say("%s of %s"), std::to_string(number + 1)),
                               std::to_string(pages.pages.size()));
    view.share_done = static_cast<double>(number) / static_cast<double>(pages.pages.size());
    view.items = items(now->items);
    view.first_page = number == 0;
    view.last_page = !more_appear && number + 1 == pages.pages.size();
    view.can_show_to_resident = resident_view().has_value();
    return view;
}

PageView Sitting::State::officers_view() const {
    PageView view = any_page();
    view.officers_page = true;
    view.section = words().say("For the officer");
    for (const NodeRef node : pages.officers) {
        QuestionItem asked = item(node);
        asked.question.label = asked.number_label = without_warning(asked.question.label);
        view.items.push_back(std::move(asked));
    }
    for (const Concern& concern : open.concerns()) {
        const SendConcern send = concern.send == Concern::Send::yes  ? SendConcern::yes
                                 : concern.send == Concern::Send::no ? SendConcern::no
                                                                     : SendConcern::undecided;
        ConcernLine line;
        line.rule = concern.because.id;
        line.words = fmt::format("{}: {}", agency_name(concern.because.code), concern.because.reason);
        line.send = send;
        line.resident_agrees =
            concern.send == Concern::Send::yes && concern.basis.basis == ShareBasis::agreement;
        line.lawful_reason = concern.basis.lawful_reason;
        view.concerns.push_back(std::move(line));
    }
    return view;
}

}  // namespace doorstep
