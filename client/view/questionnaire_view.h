// One page of a questionnaire, and the page that is turned to the resident.
#pragma once

#include <string>
#include <vector>

#include "client/view/choice_of.h"
#include "forms/session/session.h"

namespace doorstep {

// What an answer brought about, unfolding under the question that caused it.
struct SuggestionLine {
    std::string id;      // of the rule
    std::string words;   // "Suggested: fire and rescue service"
    std::string reason;  // in the language at the door
    // A referral that the resident may agree to right here (intent::AgreeReferral): the
    // agency's code.  Empty for offers, and once it needs more than a yes.
    std::string agency;
    std::string decided;  // "The resident agreed, 10:42"; empty while open
    bool operator==(const SuggestionLine&) const = default;
};

struct QuestionItem {
    QuestionView question;               // label, hint, type, answer, violation
    std::vector<Choice> choices;         // selects only
    std::vector<std::string> exclusive;  // values of the choices that clear the rest ("none")
    std::string number_label;            // "Number of people": what minus and plus are called
    std::vector<SuggestionLine> suggestions;
    std::string section;          // closing page: heads this question and those after it
    bool not_saved = false;       // the disk refused this answer so far
    bool heard_as_error = false;  // show the violation now (it was left, or stood in the way of going on)
};

struct ConcernLine {  // officer's page only
    std::string rule;
    std::string words;
    SendConcern send = SendConcern::undecided;
    bool resident_agrees = false;  // as last decided
    std::string lawful_reason;
};

// What may stand instead of an answer, in the language at the door; empty: the officer's.
struct NoneWords {
    std::string unfold = {};  // "Not sure, or rather not say"
    std::string dont_know = {};
    std::string prefer_not = {};
    std::string not_asked = {};
    std::string clear = {};
};

// What the officer did last and may take back, or do again.  Empty words: nothing.
struct UndoWords {
    std::string undo = {};  // "Undo: Smoke alarms", for who cannot see where it stands
    std::string redo = {};
    bool can_undo() const { return !undo.empty(); }
    bool can_redo() const { return !redo.empty(); }
};

struct PageView {
    Uuid questionnaire;
    std::string section;              // "Fire safety"
    std::string progress;             // "4 of 12"
    double share_done = 0;            // 0..1
    std::vector<QuestionItem> items;  // relevant questions of this page in the form's order
    NodeRef in_hand;                  // the question one stands on
    std::string language;             // as the form writes it
    std::vector<std::string> languages;
    bool right_to_left = false;
    bool first_page = false;
    bool last_page = false;
    std::string saved;  // "Saved 10:42", "Saving", or why it could not be saved
    bool saved_trouble = false;
    std::string today;               // "2026-11-21", for date questions
    bool officers_page = false;      // this is it: restricted, neutral title
    bool has_officers_page = false;  // the neutral button leads to it
    bool can_show_to_resident = false;
    std::vector<ConcernLine> concerns;
    NoneWords none;
    UndoWords changes = {};
};

// Turned over to the resident: large words, nobody's name, no counts.
struct ResidentView {
    std::string language;
    std::vector<std::string> languages;
    bool right_to_left = false;
    std::string heading;
    std::vector<std::string> paragraphs;  // one thought each; at most six lines in sight
    // Which answer the two equal buttons give.  Empty `no_words`: nothing is asked, and the
    // one button confirms what was read; empty `yes_words`: the one button goes back.
    NodeRef node;
    std::string yes_words;
    std::string no_words;
    Answer yes;
    Answer no;
    std::string go_on_words;  // of the button that goes back, in the resident's language
    std::string next_words;   // to the next thought of several
    std::string count_words;  // "%1 of %2": how far one has read
    // Always in sight, in the resident's language: who we are and that answering is free
    // choice ("Safer Streets team. You do not have to answer.").
    std::string free_choice;
};

}  // namespace doorstep
