// The parts of an XForm, written from a Form.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "forms/xlsform/form.h"
#include "forms/xlsform/wording.h"
#include "forms/xlsform/xml.h"

namespace doorstep::xlsform {

constexpr std::string_view our_namespace = "urn:doorstep:forms:1";

// setvalue, odk:setgeopoint: what happens when another question changes, or when a
// repeat is added.
struct Action {
    std::string element;
    Attributes attributes;
};

struct Output {
    Output(const std::string& default_language, const std::vector<std::string>& languages)
        : translations(default_language, languages) {}

    Translations translations;
    std::map<const Item*, std::vector<Action>> on_change;
    std::map<const Item*, std::vector<Action>> in_repeat;
    bool uses_our_namespace = false;
};

// The files that questions attach, before anything looks for them.
void collect_externals(Form& form);

void write_primary_instance(Form& form, Output& output, Xml& xml);
void write_secondary_instances(Form& form, Output& output, Xml& xml);
// Binds with the actions that follow them; also adds the wordings of their messages.
void write_binds(Form& form, Output& output, Xml& xml);
// Controls; also adds the wordings of labels and hints.
void write_body(Form& form, Output& output, Xml& xml);

// Checks the sheets `referrals` and `offers` and writes their rules.
void write_rules(Form& form, Output& output, Xml& xml);

// Whether the sheets are small enough for one form; an XForm is at most 8 MiB.
bool sheets_fit(Form& form);
// What no single cell can tell: sheets that no form has, languages left out, appearances
// that we lack.
void check_sheets(Form& form);
void check_wording(Form& form);
// The sheet `wording`: of each language whether its words are final.
void check_wording_sheet(Form& form);
void check_appearances(Form& form);
// A default language that no column speaks.
void check_default_language(Form& form);

}  // namespace doorstep::xlsform
