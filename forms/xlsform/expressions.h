// Every expression of a workbook passes here: rewritten to paths, parsed, and its
// faults told at the character of the author's own text.
#pragma once

#include <string>
#include <vector>

#include "forms/xlsform/references.h"

namespace doorstep::xlsform {

struct Expressed {
    std::string text;  // XPath
    std::vector<const Item*> reads;
    bool good = false;
};

// `rule`: of referrals and offers, which alone may read restricted answers.
Expressed express(const Written& cell, const Viewpoint& from, Form& form, bool rule = false);

// As express(), remembered in origins under "<node>#<property>".
std::string expression_at(const Item& item, std::string_view property, const Written& cell,
                          const Viewpoint& from, Form& form);

// Reports a read of a restricted answer from anywhere but a rule.
void check_restricted(const Written& cell, const std::vector<const Item*>& reads, const Item* reader,
                      Form& form);

// Whether a default must be computed, by the same signs as pyxform looks for.
bool is_dynamic_default(const std::string& text, std::string_view type);

// Notes pulldata('file', ..) as a secondary instance.
void note_pulldata(const Written& cell, Form& form);
// Reports two sources for one id.
void add_external(const std::string& id, const std::string& source, const Written& cell, Form& form,
                  bool attached = true);

// Parses without any check of names.
bool parses(const std::string& xpath);

}  // namespace doorstep::xlsform
