#include "sync/endpoint/passphrase_holders.h"

#include <fmt/format.h>

#include <optional>

#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr std::int64_t tries_max = 10;
constexpr std::size_t name_max = 64;
constexpr std::string_view name_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

Result<void> alone(SqlConnection& sql, std::string_view statement, std::span<const SqlParameter> parameters) {
    TRY_DO(sql.begin());
    const auto kept = sql.run(statement, parameters);
    auto done = kept.ok() ? sql.commit() : Result<void>(kept.error());
    if (!done.ok())
        sql.rollback();
    return done;
}

Result<void> keep_tries(SqlConnection& sql, std::string_view kind, const std::string& name,
                        std::int64_t tries) {
    const SqlParameter parameters[] = {
        {"tries", tries}, {"partnership", home_partnership}, {"kind", std::string(kind)}, {"name", name}};
    return alone(sql,
                 "update passphrase_holder set tries = :tries where partnership = :partnership and kind = "
                 ":kind and name = :name",
                 parameters);
}

}  // namespace

Result<void> check_holder_name(const std::string& name) {
    if (!name.empty() && name.size() <= name_max && name.find_first_not_of(name_letters) == std::string::npos)
        return {};
    return Error{Fault::bad_input, "That is no name that can be kept for a passphrase.",
                 "Use letters, digits, and - _ . between them, 64 at most."};
}

Result<void> keep_holder(SqlConnection& sql, std::string_view kind, const std::string& name,
                         const PassphraseHolder& holder) {
    const SqlParameter parameters[] = {{"partnership", home_partnership},
                                       {"kind", std::string(kind)},
                                       {"name", name},
                                       {"holder", sql_value(holder.id)},
                                       {"passes", std::int64_t{holder.wrap.cost.passes}},
                                       {"memory", std::int64_t{holder.wrap.cost.memory_kib}},
                                       {"salt", Blob{holder.wrap.salt}},
                                       {"wrapped", Blob{holder.wrap.sealed}}};
    return alone(
        sql,
        "insert into passphrase_holder(partnership, kind, name, holder, passes, memory_kib, salt, wrapped, "
        "tries) "
        "values(:partnership, :kind, :name, :holder, :passes, :memory, :salt, :wrapped, 0) "
        "on conflict(partnership, kind, name) do update set holder = excluded.holder, passes = "
        "excluded.passes, "
        "memory_kib = excluded.memory_kib, salt = excluded.salt, wrapped = excluded.wrapped, tries = 0",
        parameters);
}

Result<PassphraseHolder> begin_try(SqlConnection& sql, std::string_view kind, const std::string& name) {
    std::optional<PassphraseHolder> found;
    std::int64_t tries = 0;
    TRY_DO(sql.query("select holder, passes, memory_kib, salt, wrapped, tries from passphrase_holder where "
                     "partnership = :partnership and kind = :kind and name = :name",
                     {{"partnership", home_partnership}, {"kind", std::string(kind)}, {"name", name}},
                     [&](const SqlRow& row) {
                         found = PassphraseHolder{row.uuid(0),
                                                  {{static_cast<std::uint32_t>(row.integer(1)),
                                                    static_cast<std::uint32_t>(row.integer(2))},
                                                   row.blob(3),
                                                   row.blob(4)}};
                         tries = row.integer(5);
                         return false;
                     }));
    if (!found)
        return Error{Fault::not_found, "Nobody of that name has a passphrase here.",
                     "See who has: doorstep-endpoint concerns leads, doorstep-endpoint confirmers."};
    if (tries >= tries_max)
        return Error{Fault::refused, "Ten passphrases were tried in vain for that name.",
                     "Let that person be added again."};
    TRY_DO(keep_tries(sql, kind, name, tries + 1));
    return std::move(*found);
}

Result<void> end_try(SqlConnection& sql, std::string_view kind, const std::string& name) {
    return keep_tries(sql, kind, name, 0);
}

Result<std::vector<std::string>> holders(SqlConnection& sql, std::string_view kind) {
    std::vector<std::string> names;
    TRY_DO(sql.query("select name from passphrase_holder where partnership = :partnership and kind = :kind "
                     "order by name",
                     {{"partnership", home_partnership}, {"kind", std::string(kind)}},
                     [&](const SqlRow& row) {
                         names.push_back(row.text(0));
                         return true;
                     }));
    return names;
}

}  // namespace doorstep
