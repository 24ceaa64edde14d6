// What a question takes: the types of answers, and the texts that are values of them.
//
// A text that is no value of its type, or stands in no list that could hold it, stays on the screen and is
// marked; to the form it is as good as blank, as for engines that cannot hold it at all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forms/definition/content.h"
#include "forms/session/session.h"
#include "forms/xpath/tree.h"
#include "forms/xpath/value.h"

namespace doorstep {

QuestionType type_of(const FormContent& content, const Template& form);
bool fits_type(const FormContent& content, const Template& form, std::string_view text);
// Whether a text that does not fit is one that its list does not have.
bool has_fixed_list(const FormContent& content, const Template& form);

// An answer as it is kept: choices once and with single spaces between them, a day without the
// local time that came with it, the whole part where whole numbers are kept.
std::string tidied(const FormContent& content, const Template& form, std::string text);
// A computed value as its type keeps it: whole numbers are cut, no number is blank.
std::string kept_text(const Bind& bind, const xpath::Value& value, const xpath::Tree& tree,
                      int utc_offset_minutes);

std::vector<std::string_view> chosen_values(std::string_view text);

}  // namespace doorstep
