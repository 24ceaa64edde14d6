// What a resident sees or hears stands in every language.
#include <catch2/catch.hpp>
#include <string>

#include "forms/xlsform/convert.h"
#include "tests/forms/questionnaires/every_language.h"
#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {
namespace {

const Codes own_names{"languages en", "languages ar", "languages zh_hans", "languages pl", "languages pa"};

// The form again, without what stands in one cell of the first row that has it.
Diagnostics without_cell(const std::string& form, const std::string& sheet_name, const std::string& header,
                         const std::string& row_name) {
    Workbook book = shipped_form(form).workbook;
    int column = 0;
    bool cleared = false;
    for (Sheet& sheet : book.sheets) {
        if (sheet.name != sheet_name)
            continue;
        for (const Cell& cell : sheet.header.cells)
            if (cell.text == header)
                column = cell.column;
        for (Row& row : sheet.rows) {
            const Cell* name = row.at(sheet_name == "survey" || sheet_name == "choices" ? 2 : 1);
            if (cleared || name == nullptr || name->text != row_name || row.at(column) == nullptr)
                continue;
            std::erase_if(row.cells, [&](const Cell& cell) { return cell.column == column; });
            cleared = true;
        }
    }
    INFO(sheet_name << " " << header << " " << row_name);
    REQUIRE(cleared);
    Diagnostics found;
    ConvertOptions options;
    options.directory = &shipped_directory();
    convert(book, options, found);
    return found;
}

}  // namespace

TEST_CASE("residents hear every form in every language", "[questionnaires][spoken]") {
    for (const std::string form : {"2013", "current", "watch_signup/current"}) {
        const Spoken spoken = every_language(form, own_names);
        for (const std::string& fault : spoken.faults)
            UNSCOPED_INFO(form << " " << fault);
        CHECK(spoken.faults.empty());
        CHECK(spoken.wordings > 70);
    }
}

TEST_CASE("only the officer's page and what was fitted today is the officer's alone",
          "[questionnaires][spoken]") {
    const Codes page{"officer_page", "emergency_line", "officer_concern", "safe_contact",
                     "safe_contact_note"};
    Codes with_summary = page;
    with_summary.insert({"summary", "alarms_fitted_now", "alarms_supplied_now", "alarms_type"});
    CHECK(every_language("2013").officers == page);
    CHECK(every_language("current").officers == with_summary);
    CHECK(every_language("watch_signup/current").officers.empty());
}

TEST_CASE("a wording that a resident would miss refuses the form, at its cell", "[questionnaires][spoken]") {
    struct Missing {
        std::string sheet, header, row, message;
    };
    const std::string speaks =
        "The form speaks English (en), Arabic (ar), Chinese Simplified (zh-Hans), Polish (pl), Punjabi (pa).";
    for (const Missing& one : {
             Missing{"survey", "label::Polish (pl)", "tenure", "there is no label in Polish (pl). " + speaks},
             Missing{"survey", "hint::Arabic (ar)", "age_bands",
                     "there is no hint in Arabic (ar). " + speaks},
             Missing{"survey", "constraint_message::Punjabi (pa)", "vehicles",
                     "there is no constraint message in Punjabi (pa). " + speaks},
             Missing{"survey", "required_message::Chinese Simplified (zh-Hans)", "privacy_given",
                     "there is no required message in Chinese Simplified (zh-Hans). " + speaks},
             Missing{"survey", "label::English (en)", "privacy_kept",
                     "there is no label in English (en). " + speaks},
             Missing{"choices", "label::Polish (pl)", "sheltered",
                     "there is no label in Polish (pl). " + speaks},
             Missing{"referrals", "reason::Punjabi (pa)", "police", "there is no reason in Punjabi (pa)."},
             Missing{"offers", "reason::Arabic (ar)", "large_print_pack",
                     "there is no reason in Arabic (ar)."},
         }) {
        const Diagnostics found = without_cell("current", one.sheet, one.header, one.row);
        REQUIRE(found.size() == 1);
        CHECK(found[0].severity == Severity::error);
        CHECK(found[0].what == one.message);
        CHECK(found[0].mend == "fill column " + one.header + ".");
        CHECK(found[0].place.sheet == one.sheet);
        CHECK(found[0].place.header == one.header);
        CHECK(found[0].place.row > 1);
    }
}

TEST_CASE("what only the officer reads may stand in English alone", "[questionnaires][spoken]") {
    for (const auto& [sheet, row] : {std::pair<std::string, std::string>{"survey", "alarms_fitted_now"},
                                     {"survey", "emergency_line"},
                                     {"survey", "officer_concern"},
                                     {"choices", "immediate_danger"},
                                     {"choices", "strobe"}}) {
        const Diagnostics found = without_cell("current", sheet, "label::Polish (pl)", row);
        REQUIRE(found.size() == 1);
        CHECK(found[0].severity == Severity::warning);
    }
}

}  // namespace doorstep
