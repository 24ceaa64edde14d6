// A season as data: its visits, and the needs that its homes turn out to have.
//
//   visits.csv  one row a visit: when, where, which tablets, how many doors of each kind
//   needs.csv   cards, dealt by seed over the homes: what is answered, and whether the
//               resident agrees; a home draws at most one card about each agency
//   usual.csv   answers that the officer draws from where no card speaks
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/calendar.h"
#include "forms/base/diagnostic.h"

namespace doorstep::journey {

struct PlannedVisit {
    Day day;
    int begins_minutes = 0;  // local, after midnight
    std::string area;
    std::string label;
    std::vector<std::string> tablets;
    int homes = 0;
    int declined = 0;
    int no_answer = 0;
    int partial = 0;
    int call_back = 0;  // of the homes: interrupted, resumed at the end of the day
    int again = 0;      // a home of an earlier visit, whose need is open already
};

struct Card {
    std::string need;
    std::string about;  // an agency
    int homes = 0;
    std::map<std::string, std::string> answers;
    bool agrees = false;
    bool withdrawn = false;  // and takes it back the next day
    int row = 0;
};

struct UsualAnswer {
    std::string answer;
    int weight = 1;
};

struct SeasonPlan {
    std::vector<PlannedVisit> visits;
    std::vector<Card> cards;
    std::map<std::string, std::vector<UsualAnswer>, std::less<>> usual;  // by question

    int homes() const;
    std::vector<std::string> tablets() const;  // sorted
};

// Every mistake goes into `found` with file, row and column.
SeasonPlan read_plan(const std::string& folder, Diagnostics& found);

}  // namespace doorstep::journey
