// The directory: agencies with their services, offers, the column sets of reports
// and the programmes of visits, each valid for a time.  Data, not code: a partnership edits the CSV
// files in forms/questionnaires/directory/.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/calendar.h"
#include "forms/base/diagnostic.h"

namespace doorstep {

// From .. to inclusive; an open end is nothing.
struct Validity {
    std::optional<Day> from;
    std::optional<Day> to;
    bool covers(Day day) const { return (!from || *from <= day) && (!to || day <= *to); }
    bool overlaps(const Validity& other) const;
};

struct Service {
    std::string code;  // "fire_safe_and_well"
    std::string label;
    Validity valid;
};

struct Agency {
    std::string code;   // "red_cross"
    std::string label;  // "British Red Cross"
    Validity valid;
    bool sensitive = false;  // on the slip only if the resident says so
    std::string telephone_in_hours;
    std::string telephone_out_of_hours;
    std::string lawful_basis;
    std::string agreement_reference;  // of the sharing agreement
    std::vector<Service> services;
    const Service* service(std::string_view code) const;
};

struct OfferKind {
    std::string code;  // "smoke_detector"
    std::string label;
    Validity valid;
};

// One column of a printed report.  A column without an agency is "not recorded"
// for the whole period: printed "-", never 0.
struct ReportColumn {
    std::string label;                  // as printed then: "CAH"
    std::optional<std::string> agency;  // code
};

struct ColumnSet {
    std::string code;  // "2013-14", "2016"
    std::string label;
    Validity valid;
    std::string household_form;  // the programme's own form, in any version
    std::vector<ReportColumn> columns;
};

// What a visit is for, and the questionnaire that its doors are asked.
struct Programme {
    std::string code;  // "safer_streets", as a planned visit names it
    std::string label;
    std::string form;  // id of the questionnaire, in any version
    Validity valid;
};

struct Directory {
    std::vector<Agency> agencies;
    std::vector<OfferKind> offers;
    std::vector<ColumnSet> column_sets;
    std::vector<Programme> programmes;

    const Agency* agency(std::string_view code) const;
    const OfferKind* offer(std::string_view code) const;
    const ColumnSet* column_set(std::string_view code) const;
    const Programme* programme(std::string_view code) const;
};

// Reads agencies.csv, services.csv, offers.csv, columns.csv and programmes.csv of a folder.
// Every mistake goes into `found` with file, row and column.
Directory read_directory(const std::string& folder, Diagnostics& found);
// The same of tables that are not in a folder: the text of a file, or nothing.
using TableSource = std::function<std::optional<std::string>(const std::string& file)>;
Directory read_directory(const TableSource& source, Diagnostics& found);
inline constexpr std::string_view directory_files[] = {"agencies.csv", "services.csv", "offers.csv",
                                                       "columns.csv", "programmes.csv"};
TableSource tables_in(const std::string& folder);

}  // namespace doorstep
