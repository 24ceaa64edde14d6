// A value of ODK XPath, with the one table of coercions.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "forms/xpath/tree.h"

namespace doorstep::xpath {

// Days since 1970-01-01, local; with a fraction when a time of day is known.
struct Date {
    double days = 0;
    bool has_time = false;
};

// A node-set: nodes of one document, in document order unless a function
// (randomize) made another order on purpose.
struct NodeSet {
    std::vector<Node> nodes;
    bool ordered = true;
};

using Value = std::variant<double, std::string, bool, NodeSet, Date>;

// number -> text: shortest that reads back the same, never an exponent, "NaN",
// "Infinity", no "-0".
std::string number_text(double number);
// text -> number as XPath 1.0 reads it; NaN for anything else.
double text_number(std::string_view text);

double to_number(const Value& value, const Tree& tree);
std::string to_text(const Value& value, const Tree& tree, int utc_offset_minutes);
bool to_boolean(const Value& value, const Tree& tree);

}  // namespace doorstep::xpath
