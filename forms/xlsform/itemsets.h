// Where a question's choices come from, as an <itemset>.
#pragma once

#include "forms/xlsform/form.h"
#include "forms/xlsform/xml.h"

namespace doorstep::xlsform {

// Writes the itemset of a select, of a range's tick labels, or of the shapes that
// a map question refers to; nothing for any other question.
void write_itemset(const Item& item, Form& form, Xml& xml);

// select_one_external: its look-up, for the attribute `query`.
std::string external_query(const Item& item, Form& form);

}  // namespace doorstep::xlsform
