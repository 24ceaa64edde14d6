// Home: today's visits, what is not finished, the ways on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/uuid.h"

namespace doorstep {

struct VisitLine {
    Uuid visit;
    std::string area;   // "Oakmere"
    std::string roads;  // "Mill Lane, Quay Street"
    std::string day;    // "Today", "Saturday 21 November"
    int doors = 0;
    int left = 0;
    int come_back = 0;
    std::string next_door;  // "1 Mill Lane"; empty when none is left
};

struct DraftLineView {
    Uuid questionnaire;
    std::string place;    // "14 Mill Lane"
    std::string form;     // its title
    std::string since;    // "10:42", "yesterday 16:20"
    std::string trouble;  // why it cannot be opened; empty
};

struct HomeView {
    std::string day;                // "Saturday 21 November"
    std::string officer;            // "Sam"
    std::string greeting;           // "Good morning, Sam"; empty: nobody is greeted
    std::vector<VisitLine> visits;  // today's first
    std::vector<DraftLineView> not_finished;
    int referrals_waiting = 0;    // for an agreement, in drafts
    std::string referrals_words;  // "4 wait for agreement", "None"
    std::string sync_words;       // "3 wait, last sent 08:41"
    bool sync_needs_look = false;
    // A finished day: figures instead of a next door.
    int questionnaires_today = 0;
    int referrals_today = 0;
};

}  // namespace doorstep
