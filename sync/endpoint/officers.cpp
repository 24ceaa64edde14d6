#include "sync/endpoint/officers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "forms/base/diagnostic.h"
#include "sync/endpoint/audit.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr std::size_t code_bytes_max = 64;

bool is_code(std::string_view text) {
    return !text.empty() && text.size() <= code_bytes_max &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
           });
}

Result<void> note(Transaction& transaction, const Clock& clock, const std::string& what,
                  const std::string& officer, const std::string& who) {
    return note_in_audit(transaction.sql(), clock, {who, what, "officer " + officer, {}});
}

// Of whoever was at a door, as officer or companion, or left.
Result<std::vector<std::string>> codes_seen(SqlConnection& sql) {
    std::vector<std::string> codes;
    TRY_DO(sql.query("select officer from fact_contact where partnership = :partnership "
                     "union select companion from fact_contact where partnership = :partnership "
                     "union select officer from officer_left where partnership = :partnership",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         codes.push_back(row.text(0));
                         return true;
                     }));
    return codes;
}

// Nearest first, those that a slip of the hand explains.
std::string near_codes(const std::string& officer, std::vector<std::string> codes) {
    constexpr int codes_told = 3;
    std::string found;
    for (int i = 0; i < codes_told; ++i) {
        const std::string one(nearest(officer, codes));
        if (one.empty())
            break;
        found += (found.empty() ? "" : ", ") + one;
        std::erase(codes, one);
    }
    return found;
}

Result<void> is_seen(SqlConnection& sql, const std::string& officer) {
    TRY(auto codes, codes_seen(sql));
    if (std::find(codes.begin(), codes.end(), officer) != codes.end())
        return {};
    const auto near = near_codes(officer, std::move(codes));
    return Error{Fault::not_found, fmt::format("No record names an officer of the code {}.", officer),
                 fmt::format("{} One who never synced leaves with --unseen.",
                             near.empty() ? std::string("Look at the code in doorstep-endpoint officers.")
                                          : fmt::format("Records name {}.", near))};
}

}  // namespace

Result<std::vector<KnownOfficer>> officers(Endpoint& endpoint) {
    auto& sql = endpoint.store().sql();
    std::map<std::string, KnownOfficer> known;
    TRY_DO(sql.query("select officer, count(*), max(at_ms) from contact where partnership = :partnership and "
                     "officer <> '' group by officer",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         known[row.text(0)] = {row.text(0), row.integer(1), row.integer(2)};
                         return true;
                     }));
    TRY_DO(sql.query("select officer, left_ms from officer_left where partnership = :partnership",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         auto& one = known[row.text(0)];
                         one.officer = row.text(0);
                         one.left_ms = row.integer(1);
                         return true;
                     }));
    std::vector<KnownOfficer> all;
    for (auto& [code, one] : known)
        all.push_back(std::move(one));
    return all;
}

Result<void> officer_leaves(Endpoint& endpoint, const std::string& officer, const std::string& who,
                            OfficerSeen seen) {
    if (!is_code(officer))
        return Error{Fault::bad_input, "The code of an officer has 1 to 64 letters, digits, - . or _.",
                     "Give it as it stands in doorstep-endpoint officers."};
    const auto& clock = endpoint.store().clock();
    TRY(auto transaction, endpoint.store().begin());
    if (seen == OfficerSeen::must_be)
        TRY_DO(is_seen(transaction.sql(), officer));
    TRY_DO(transaction.sql().run(
        "insert into officer_left(partnership, officer, left_ms) "
        "values(:partnership, :officer, :now) on conflict do nothing",
        {{"partnership", home_partnership}, {"officer", officer}, {"now", clock.now_ms()}}));
    TRY_DO(note(transaction, clock, "officer-leaves", officer, who));
    return transaction.commit();
}

Result<void> officer_returns(Endpoint& endpoint, const std::string& officer, const std::string& who) {
    TRY(auto transaction, endpoint.store().begin());
    TRY(const auto rows,
        transaction.sql().run(
            "delete from officer_left where partnership = :partnership and officer = :officer",
            {{"partnership", home_partnership}, {"officer", officer}}));
    if (rows == 0)
        return Error{Fault::not_found, "No officer of that code left.",
                     "Look at the code in doorstep-endpoint officers."};
    TRY_DO(note(transaction, endpoint.store().clock(), "officer-returns", officer, who));
    return transaction.commit();
}

Result<std::vector<std::string>> officers_who_left(SqlConnection& sql) {
    std::vector<std::string> codes;
    TRY_DO(sql.query("select officer from officer_left where partnership = :partnership order by officer",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         codes.push_back(row.text(0));
                         return true;
                     }));
    return codes;
}

}  // namespace doorstep
