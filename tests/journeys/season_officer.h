// An officer at the door: fills a questionnaire through casework, question by
// question in the form's order.  Where a card speaks, the resident answers and
// agrees as it says; everything else comes from the door's seed.
#pragma once

#include <set>
#include <string>

#include "client/casework/casework.h"
#include "tests/journeys/season_deal.h"

namespace doorstep::journey {

class SeasonOfficer {
public:
    // `columns`: the agencies that the report counts, to which a resident agrees only
    // where a card says so.  All must outlive the officer.
    SeasonOfficer(const SeasonPlan& plan, const std::set<std::string>& columns, ManualClock& clock)
        : plan_(plan), columns_(columns), clock_(clock) {}

    // Walks on from where it stands until every relevant question is answered, or
    // until `stop_after` answers were given.
    Result<void> ask(OpenQuestionnaire& at, const PlannedDoor& door, Random& random,
                     int stop_after = 1'000'000) const;
    // Says who we are, and nothing else: before it nobody can agree to anything.
    Result<void> explain(OpenQuestionnaire& at, const PlannedDoor& door, Random& random) const;
    // The officer's page, the closing page, the finish.
    Result<Finished> close(OpenQuestionnaire& at, const PlannedDoor& door, Random& random) const;
    // The resident stops before anything was answered.
    Result<Finished> break_off(OpenQuestionnaire& at, const PlannedDoor& door, Random& random) const;

private:
    Result<void> answer(OpenQuestionnaire& at, NodeRef node, const PlannedDoor& door, Random& random) const;
    Result<void> change_of_mind(OpenQuestionnaire& at, const PlannedDoor& door, Random& random) const;
    Result<void> officers_page(OpenQuestionnaire& at, Random& random) const;
    Result<void> closing_page(OpenQuestionnaire& at, const PlannedDoor& door, Random& random) const;
    Answer likely(const QuestionView& question, const std::vector<Choice>& choices, Random& random) const;

    const SeasonPlan& plan_;
    const std::set<std::string>& columns_;
    ManualClock& clock_;
};

// The questions of a session that can be asked now, in the form's order.
std::vector<QuestionView> askable(const FormSession& session);

}  // namespace doorstep::journey
