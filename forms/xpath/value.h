// A value of ODK XPath, with the one table of coercions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "forms/base/clock.h"
#include "forms/xpath/tree.h"

namespace doorstep::xpath {

// Days since 1970-01-01, local; with a fraction when a time of day is known.  A
// date that could not be read is kept as NaN and says "Invalid Date".
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

// The zone that dates are read and written in.  Every number made from a date
// uses the one offset of the event, so that a span of days is a whole number
// even where summer time begins in between.
struct Zone {
    int offset_minutes = 0;
    const Clock* clock = nullptr;  // offsets of other instants; null: always the same

    int offset_at(std::int64_t at_ms) const {
        return clock ? clock->utc_offset_minutes(at_ms) : offset_minutes;
    }
};

// The one table of coercions.
struct Coercions {
    const Tree& tree;
    Zone zone;
    bool dates = true;  // text that looks like an ISO date counts as one; not in pure XPath 1.0

    double number(const Value& value) const;
    double number(std::string_view text) const;
    double number(const Date& date) const;  // days since 1970-01-01 UTC
    std::string text(const Value& value) const;
    std::string text(const Date& date) const;
    bool boolean(const Value& value) const;
    // A date itself, or text that is one; not a number.
    std::optional<Date> date(const Value& value) const;
};

double to_number(const Value& value, const Tree& tree, int utc_offset_minutes = 0);
std::string to_text(const Value& value, const Tree& tree, int utc_offset_minutes);
bool to_boolean(const Value& value, const Tree& tree);

}  // namespace doorstep::xpath
