#include "sync/report/referral_sql.h"

#include <fmt/format.h>

namespace doorstep {

namespace {

Error unknown_set(const Directory& directory, const std::string& code) {
    std::string known;
    for (const auto& set : directory.column_sets)
        known += (known.empty() ? "" : ", ") + set.code;
    return {Fault::not_found, fmt::format("There is no column set \"{}\" in the directory.", code),
            known.empty() ? std::string("Add one to columns.csv.") : fmt::format("Known are: {}.", known)};
}

}  // namespace

Result<const ColumnSet*> set_for(const Directory& directory, const std::string& code, const Period& period) {
    const auto* set = directory.column_set(code);
    if (!set)
        return unknown_set(directory, code);
    if (period.to < period.from)
        return Error{
            Fault::bad_input,
            fmt::format("The period ends ({}) before it begins ({}).", period.to.text(), period.from.text()),
            ""};
    return set;
}

}  // namespace doorstep
