// The pages of a form, as it stands at this moment.
//
// A page is an outermost relevant group or repeat instance with the appearance
// field-list, else one question; other groups are walked through and their label is
// the section.  What is not asked (hidden, calculated, not relevant) is on no page.
//
// Two kinds of questions are on no page of their own:
// - restricted ones, with the notes of a group that asks nothing else: the officer's page;
// - those of a group with the appearance closing-page (how partners can reach the
//   resident, alarms left and fitted today): the closing page.
//
// Instances of a repeat are pages like others; adding and removing them has no screen yet.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/session/session.h"

namespace doorstep {

struct FormPage {
    NodeRef place;        // the group, the instance, or the one question
    std::string section;  // "Fire safety", in the session's language
    std::vector<NodeRef> items;
};

struct FormPages {
    std::vector<FormPage> pages;
    std::vector<NodeRef> closing;
    std::vector<std::string> closing_sections;  // of each of them: its group's own label
    std::vector<NodeRef> officers;
    std::string officers_title;  // neutral, from the form

    std::optional<std::size_t> at_place(NodeRef place) const;
    std::optional<std::size_t> with_item(NodeRef item) const;
};

FormPages pages_of(const FormSession& session);

// "/data/people[2]/age" as the form knows it: "/data/people/age".
std::string without_indexes(std::string_view path);
bool has(const std::vector<NodeRef>& nodes, NodeRef node);

}  // namespace doorstep
