// What a sitting holds; shared by the files of the sitting.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "client/app/pages.h"
#include "client/app/sitting.h"

namespace doorstep {

struct Sitting::State {
    enum class Where : std::uint8_t { page, officers, closing };

    // What the latest notice can take back: the answer, decision or offer before.
    struct FormerAnswer {
        NodeRef node;
        Answer answer;
    };
    struct AddedOffer {
        std::string code;
    };
    using Former = std::variant<FormerAnswer, ProposedReferral, AddedOffer>;
    struct Undoing {
        std::uint64_t token = 0;
        Former former;
    };

    OpenQuestionnaire open;
    const Library& library;
    const Clock& clock;
    const Wordings& wordings;
    std::string title;
    std::string language;  // spoken at the door, as the form writes it

    FormPages pages{};
    NodeRef page{};     // the place of the page one stands on
    NodeRef in_hand{};  // the question
    Where where = Where::page;
    Where officers_from = Where::page;
    bool turned_to_resident = false;

    std::set<NodeRef> heard{};         // left, or stood in the way of going on
    std::optional<NodeRef> held_on{};  // the page that said so once
    bool told_of_undecided = false;
    bool told_of_unsaved = false;

    // Answers that the disk did not take, latest per question; tried again with each act.
    // Never restricted ones.
    std::vector<FormerAnswer> unsaved{};
    std::optional<Error> trouble{};
    std::optional<std::int64_t> saved_ms{};
    bool saving = false;

    std::optional<Undoing> undoing{};
    std::uint64_t tokens_from = 0;
    std::uint64_t tokens = 0;

    const FormSession& session() const { return open.session(); }
    const Wording& words() const { return wordings.of("en"); }

    // --- where one is (walking.cpp)
    void refresh();  // the pages, after anything changed
    std::size_t page_number() const;
    const FormPage* current_page() const;  // null: the form asks nothing
    void hear_page();
    bool keeps_here(NodeRef node) const;
    void turn_to(std::size_t number);
    void stand(NodeRef node);
    // Back to the page that it was opened from; seals what it holds.
    Result<void> leave_officers_page();
    Result<void> nothing_unsaved();  // told once
    Result<SittingTold> next_page();
    Result<SittingTold> previous_page();
    Result<SittingTold> back();
    Result<SittingTold> open_page_of(NodeRef node);
    Result<SittingTold> open_summary();
    Result<SittingTold> open_officers_page();
    Result<SittingTold> show_to_resident();

    // --- answers (answering.cpp)
    // An outcome of casework: remembers when it was saved, or why not.
    Result<void> noted(Result<void> outcome);
    void retry_unsaved();
    // The answer, and what may be taken back of it; the page stays.
    Result<SittingTold> put(NodeRef node, const Answer& answer, bool stand_there = false);
    Result<SittingTold> give(NodeRef node, const Answer& answer);
    Result<SittingTold> speak(const std::string& wanted);

    // --- referrals, offers, the end (deciding.cpp)
    Result<SittingTold> agree(const intent::AgreeReferral& said);
    Result<SittingTold> decide(const std::string& agency_or_rule, ProposedReferral::Decision decision);
    Result<SittingTold> add_referral(const intent::AddReferral& said);
    Result<SittingTold> set_offer(const intent::SetOffer& said);
    Result<SittingTold> decide_concern(const intent::DecideConcern& said);
    Result<SittingTold> finish(const intent::Finish& said);
    Result<void> nothing_undecided();
    std::optional<ProposedReferral> referral(const std::string& agency_or_rule) const;

    // --- taking back (taking_back.cpp)
    std::shared_ptr<const Notice> notice(std::string said, Former former);
    Result<SittingTold> undo(std::uint64_t token);
    // The latest act of all, or the one undone last again.
    Result<SittingTold> turn(bool back);
    // Where one sees what an act changed.
    void go_where_done(const DoneAct& act);
    bool suggested_here(const std::string& name) const;
    UndoWords changes() const;
    std::string name_of(const DoneAct& act) const;  // empty: better not said

    // --- what screens read (page_view.cpp, resident_view.cpp, closing_view.cpp)
    PageView any_page() const;
    PageView page_view() const;
    PageView officers_view() const;
    std::optional<ResidentView> resident_view() const;
    SummaryView summary_view() const;
    ReferralCard card(const ProposedReferral& proposed) const;
    OfferLine offer_line(const ProposedOffer& proposed) const;
    std::vector<ReadBackLine> read_back() const;
    std::vector<InTheWay> in_the_way() const;
    std::optional<NodeRef> missing(const std::vector<InTheWay>& lines) const;
    QuestionItem item(NodeRef node) const;
    std::vector<QuestionItem> items(const std::vector<NodeRef>& nodes) const;
    SuggestionLine line_of(const Suggestion& suggestion) const;
    std::string decided_words(const ProposedReferral& known) const;
    std::string today() const;
    std::string saved_words() const;
    std::string agency_name(const std::string& code) const;
    std::string offer_name(const std::string& code) const;
};

}  // namespace doorstep
