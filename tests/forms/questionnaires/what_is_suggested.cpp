#include "tests/forms/questionnaires/what_is_suggested.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

namespace doorstep {
namespace {

const std::vector<std::string> to_reach{"reach_name", "reach_phone",    "reach_email", "reach_when",
                                        "language",   "language_other", "format"};

std::string_view words_for(Urgency urgency) {
    return urgency == Urgency::today ? "today" : urgency == Urgency::soon ? "soon" : "routine";
}

// Every ordinary referral says how to reach the person; a restricted one never does.
std::string learns(const Suggestion& one) {
    std::size_t from = 0;
    if (!one.restricted) {
        REQUIRE(one.shares.size() >= to_reach.size());
        for (; from < to_reach.size(); ++from)
            CHECK(one.shares[from] == to_reach[from]);
    }
    std::string line;
    for (; from < one.shares.size(); ++from)
        line += (line.empty() ? ", " : " ") + one.shares[from];
    return line;
}

std::string line_of(const Suggestion& one) {
    const std::string restricted = one.restricted ? "restricted " : "";
    if (one.kind == SuggestionKind::offer)
        return fmt::format("{}{} {}", restricted, one.code, one.quantity);
    CHECK(one.consent == (one.restricted ? Consent::safeguarding : Consent::yes));
    return fmt::format("{}{}{}{} {}{}", restricted, one.code, one.service.empty() ? "" : ":", one.service,
                       words_for(one.urgency), learns(one));
}

}  // namespace

Lines what_is_suggested(const TestDoor& door) {
    Lines lines;
    for (const Suggestion& one : door.all())
        lines.insert(line_of(one));
    return lines;
}

void suggests(const std::string& form, const Said& said, const Lines& lines) {
    TestDoor door(form);
    for (const auto& [first, text] : {std::pair{"privacy_given", "OK"}, {"adult_respondent", "yes"}})
        if (door.session().find(first))
            door.say(first, text);
    REQUIRE(door.all().empty());
    std::string all;
    for (const auto& [question, text] : said) {
        door.say(question, text);
        all += question + "=" + text + " ";
    }
    INFO(form << ": " << all);
    CHECK(what_is_suggested(door) == lines);
}

}  // namespace doorstep
