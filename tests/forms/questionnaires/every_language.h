// What residents see or hear of a shipped form, in each of its languages.
//
// The officer's alone, and so not looked at: restricted questions and the page that asks
// nothing else, groups and questions with the appearance "officer", lists that only those
// choose from, and reasons of rules that read a restricted answer.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace doorstep {

struct Spoken {
    // "survey row 12, label::Polish (pl): ..."; must be empty.  A wording is at fault when
    // it is missing, says the English words, is not in the letters of its language, shows
    // other answers than the English one, or names other numbers.
    std::vector<std::string> faults;
    std::size_t wordings = 0;        // seen by residents, in English
    std::set<std::string> officers;  // names of the questions and groups left out
};

// `names` are choices that read the same in every language: "languages en".
Spoken every_language(const std::string& shipped_form, const std::set<std::string>& names = {});

}  // namespace doorstep
