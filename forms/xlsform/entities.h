// The sheet `entities` and the column `save_to`: records that other tools make of
// the answers.  We only write them down; Doorstep itself does not use them.
#pragma once

#include "forms/xlsform/form.h"
#include "forms/xlsform/model.h"

namespace doorstep::xlsform {

// Reads the sheet, and finds for each entity the group, repeat or form whose
// <meta> holds it: the smallest one around what is saved to it, one for each.
void read_entities(Form& form);

// The <entity> of a group, repeat or the form itself, or nothing.
void write_entity(const Item& container, const Form& form, Xml& xml);
void write_entity_binds(Form& form, Output& output, Xml& xml);

}  // namespace doorstep::xlsform
