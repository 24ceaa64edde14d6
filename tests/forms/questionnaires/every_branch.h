// Walks a form so that each of its branches is taken, and writes down what it saw.
//
// A branch is: a relevant condition that holds and one that does not; each choice of
// each select; each constraint kept and broken; each rule of referrals and offers
// raised and withdrawn; each question that must be answered, answered and not.
//
// For every branch a new session is begun; the questions that the expression reads are
// opened first, whatever hides them, and then answered one by one, by twos and by
// threes with all that could matter to it: every choice and pair of choices, the
// numbers that the form's expressions name and their neighbours, texts of the length
// that a constraint names and one more.  After every answer the session must have
// evaluated nothing twice, and must equal one that is settled from scratch wherever a
// branch was reached.
//
// For forms without repeats, whose names are used once.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "forms/definition/definition.h"

namespace doorstep {

// Texts that nobody can guess from an expression: a telephone number, an address;
// some that fit and some that do not.
using Examples = std::map<std::string, std::vector<std::string>>;

struct AcceptedNumbers {
    long least = 0;
    long most = 0;
    bool operator==(const AcceptedNumbers&) const = default;
};

struct Walked {
    // "concern_detail: relevant is never false": must be empty.
    std::vector<std::string> missed;
    // What went wrong on the way: an answer that was not taken, a vertex evaluated
    // twice, a session unlike the one settled from scratch.  Must be empty.
    std::vector<std::string> wrong;

    std::set<std::string> conditions;                     // what has a relevant of its own
    std::map<std::string, std::set<std::string>> chosen;  // select -> its choices, all taken
    std::map<std::string, AcceptedNumbers> numbers;       // integers with a constraint -> what it takes
    std::map<std::string, std::size_t> longest;           // texts with a constraint on length -> how long
    std::set<std::string> exclusive;                      // "concerns none": alone or not at all
    std::set<std::string> required;                       // what must be answered while it is shown
    std::set<std::string> raised;                         // "referral:fire-2", "offer:watch_signup"
    std::size_t answers = 0;
};

// Each form is walked once; later calls return what was seen then.
const Walked& walk_every_branch(const std::string& shipped_form, const Examples& examples = {});

}  // namespace doorstep
