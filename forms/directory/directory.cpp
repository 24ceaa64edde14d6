#include "forms/directory/directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "forms/directory/table.h"

namespace doorstep {
namespace {

template<class Entries>
auto entry_of(const Entries& entries, std::string_view code) -> decltype(entries.data()) {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const auto& one) { return one.code == code; });
    return found == entries.end() ? nullptr : &*found;
}

template<class Entries>
std::vector<std::string> codes_of(const Entries& entries) {
    std::vector<std::string> codes;
    for (const auto& one : entries)
        codes.push_back(one.code);
    return codes;
}

void report_unknown_agency(Table& table, const Row& row, const std::string& code,
                           const std::vector<Agency>& agencies) {
    const std::vector<std::string> codes = codes_of(agencies);
    const std::string_view near = nearest(code, codes);
    table.report(row, "agency", "unknown-agency", fmt::format("\"{}\" is not in agencies.csv.", code),
                 near.empty() ? "add the agency to agencies.csv, or correct the code."
                              : fmt::format("{} -> {}.", code, near));
}

// Rows of one table that must not name the same thing twice.
class Once {
public:
    explicit Once(Table& table) : table_(table) {}
    bool add(const std::string& key, const Row& row, std::string_view column, const std::string& what) {
        const auto [first, added] = rows_.emplace(key, &row);
        if (!added)
            table_.report(row, column, "duplicate",
                          fmt::format("{} stands in row {} already.", what, first->second->number),
                          "keep one of the two rows.", {table_.place(*first->second, column)});
        return added;
    }

private:
    Table& table_;
    std::map<std::string, const Row*> rows_;
};

std::vector<Agency> read_agencies(const TableSource& source, Diagnostics& found) {
    Table table(source, "agencies.csv", {"code", "label"},
                {"valid_from", "valid_to", "sensitive", "telephone_in_hours", "telephone_out_of_hours",
                 "lawful_basis", "agreement_reference"},
                found);
    Once once(table);
    std::vector<Agency> agencies;
    for (const Row& row : table.rows()) {
        Agency agency;
        agency.code = table.code(row, "code");
        agency.label = table.needed(row, "label");
        agency.valid = table.validity(row);
        agency.sensitive = table.yes(row, "sensitive");
        agency.telephone_in_hours = table.text(row, "telephone_in_hours");
        agency.telephone_out_of_hours = table.text(row, "telephone_out_of_hours");
        agency.lawful_basis = table.text(row, "lawful_basis");
        agency.agreement_reference = table.text(row, "agreement_reference");
        if (!agency.code.empty() &&
            once.add(agency.code, row, "code", fmt::format("the agency \"{}\"", agency.code)))
            agencies.push_back(std::move(agency));
    }
    return agencies;
}

void read_services(const TableSource& source, std::vector<Agency>& agencies, Diagnostics& found) {
    Table table(source, "services.csv", {"agency", "code", "label"}, {"valid_from", "valid_to"}, found);
    Once once(table);
    for (const Row& row : table.rows()) {
        const std::string of = table.needed(row, "agency");
        Service service{table.code(row, "code"), table.needed(row, "label"), table.validity(row)};
        const auto agency =
            std::find_if(agencies.begin(), agencies.end(), [&](const Agency& one) { return one.code == of; });
        if (agency == agencies.end()) {
            if (!of.empty())
                report_unknown_agency(table, row, of, agencies);
            continue;
        }
        if (!service.code.empty() && once.add(of + "\n" + service.code, row, "code",
                                              fmt::format("the service \"{}\" of {}", service.code, of)))
            agency->services.push_back(std::move(service));
    }
}

std::vector<OfferKind> read_offers(const TableSource& source, Diagnostics& found) {
    Table table(source, "offers.csv", {"code", "label"}, {"valid_from", "valid_to"}, found);
    Once once(table);
    std::vector<OfferKind> offers;
    for (const Row& row : table.rows()) {
        OfferKind offer{table.code(row, "code"), table.needed(row, "label"), table.validity(row)};
        if (!offer.code.empty() &&
            once.add(offer.code, row, "code", fmt::format("the offer \"{}\"", offer.code)))
            offers.push_back(std::move(offer));
    }
    return offers;
}

// Every row of a set repeats what holds for the whole set; two rows that differ
// there are a mistake, since nobody could say which one counts.
void check_same_set(Table& table, const Row& row, const ColumnSet& set, const ColumnSet& here) {
    const auto differs = [&](std::string_view column, const std::string& now, const std::string& before) {
        if (now != before)
            table.report(row, column, "set-differs",
                         fmt::format("the set \"{}\" has \"{}\" here and \"{}\" in an earlier row.", set.code,
                                     now, before),
                         "write the same in every row of a set.");
    };
    const auto text = [](const std::optional<Day>& day) { return day ? day->text() : std::string(); };
    differs("set_label", here.label, set.label);
    differs("household_form", here.household_form, set.household_form);
    differs("valid_from", text(here.valid.from), text(set.valid.from));
    differs("valid_to", text(here.valid.to), text(set.valid.to));
}

std::vector<ColumnSet> read_columns(const TableSource& source, const std::vector<Agency>& agencies,
                                    Diagnostics& found) {
    Table table(source, "columns.csv", {"set", "set_label", "household_form", "column_label", "agency"},
                {"valid_from", "valid_to"}, found);
    Once once(table);
    std::vector<ColumnSet> sets;
    for (const Row& row : table.rows()) {
        ColumnSet here{table.code(row, "set"),
                       table.needed(row, "set_label"),
                       table.validity(row),
                       table.needed(row, "household_form"),
                       {}};
        ReportColumn column{table.needed(row, "column_label"), std::nullopt};
        if (const std::string agency = table.text(row, "agency"); !agency.empty()) {
            column.agency = agency;
            if (entry_of(agencies, agency) == nullptr)
                report_unknown_agency(table, row, agency, agencies);
        }
        if (here.code.empty())
            continue;
        once.add(here.code + "\n" + column.label, row, "column_label",
                 fmt::format("the column \"{}\" of the set \"{}\"", column.label, here.code));
        auto set = std::find_if(sets.begin(), sets.end(),
                                [&](const ColumnSet& one) { return one.code == here.code; });
        if (set == sets.end())
            set = sets.insert(sets.end(), here);
        else
            check_same_set(table, row, *set, here);
        set->columns.push_back(std::move(column));
    }
    return sets;
}

std::vector<Programme> read_programmes(const TableSource& source, Diagnostics& found) {
    Table table(source, "programmes.csv", {"code", "label", "form"}, {"valid_from", "valid_to"}, found);
    Once once(table);
    std::vector<Programme> programmes;
    for (const Row& row : table.rows()) {
        Programme programme{table.code(row, "code"), table.needed(row, "label"), table.needed(row, "form"),
                            table.validity(row)};
        if (!programme.code.empty() &&
            once.add(programme.code, row, "code", fmt::format("the programme \"{}\"", programme.code)))
            programmes.push_back(std::move(programme));
    }
    return programmes;
}

}  // namespace

bool Validity::overlaps(const Validity& other) const {
    return !(to && other.from && *to < *other.from) && !(other.to && from && *other.to < *from);
}

const Service* Agency::service(std::string_view wanted) const {
    return entry_of(services, wanted);
}

const Agency* Directory::agency(std::string_view code) const {
    return entry_of(agencies, code);
}

const OfferKind* Directory::offer(std::string_view code) const {
    return entry_of(offers, code);
}

const ColumnSet* Directory::column_set(std::string_view code) const {
    return entry_of(column_sets, code);
}

const Programme* Directory::programme(std::string_view code) const {
    return entry_of(programmes, code);
}

Directory read_directory(const TableSource& source, Diagnostics& found) {
    Directory directory;
    directory.agencies = read_agencies(source, found);
    read_services(source, directory.agencies, found);
    directory.offers = read_offers(source, found);
    directory.column_sets = read_columns(source, directory.agencies, found);
    directory.programmes = read_programmes(source, found);
    return directory;
}

Directory read_directory(const std::string& folder, Diagnostics& found) {
    return read_directory(tables_in(folder), found);
}

}  // namespace doorstep
