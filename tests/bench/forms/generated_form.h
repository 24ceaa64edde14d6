// Forms of any size in the shape that the field's own engines were measured with.
#pragma once

#include <string>

namespace doorstep::bench {

// `questions` of them, in pages of twenty: 30 % relevant, 20 % calculated, 20 % with a
// constraint, 10 % selects filtered by an earlier answer, 10 % other selects, 10 % texts
// whose label shows an answer; the last fifty stand in five repeats of ten.  Two
// languages, and ten rules that suggest.
std::string mixed_form(int questions);

// One repeat of twenty fields, half of them calculated, and its number; sums around it.
std::string roster_form();

// `questions` triples that know nothing of each other: a number with its constraint, a
// question that it shows, and its double.
std::string unrelated_form(int questions);

// One select filtered by an answer, one look-up by key, over a list of `rows` in "places.csv".
std::string look_up_form();
std::string places_csv(int rows);

}  // namespace doorstep::bench
