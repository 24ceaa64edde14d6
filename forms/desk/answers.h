// A file of answers, put into a questionnaire as an officer would give them.
//
// .csv: a header row `path,value` and maybe `kind`, then one answer a row.
// .json: one object {"path": "text" | 4 | true | ["a", "b"] | {"kind": "dont_know"}}.
//
// A path is the name of a question where the form has one of that name, or the whole
// path ("/data/people[2]/age"); instances of a repeat are made as they are named.
// Choices are named by their value, several separated by spaces.  A kind is given
// (or blank), dont_know, prefer_not or not_asked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forms/base/diagnostic.h"
#include "forms/base/result.h"
#include "forms/desk/origins.h"
#include "forms/session/session.h"

namespace doorstep {

struct FiledAnswer {
    Place place;  // in its file; .json has no rows
    std::string path;
    Answer answer;
};

// Every mistake goes into `found`.
std::vector<FiledAnswer> read_answers(const std::string& file, Diagnostics& found);

// Gives the answers in their order and reports, at the row it came from, each that
// cannot be given or does not fit; then whatever else stands in the way of a finish.
void give(FormSession& session, const std::vector<FiledAnswer>& answers, const Origins& origins,
          Diagnostics& found);

}  // namespace doorstep
