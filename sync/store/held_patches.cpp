#include "sync/store/held_patches.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sync/store/fact_tables.h"
#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"

namespace doorstep {

namespace {

struct Going {
    bool areas = false;
    bool every_patch = false;  // the whole partnership was held before
    bool some() const { return areas || every_patch; }
};

Result<Going> what_goes(SqlConnection& sql) {
    Going going;
    TRY_DO(sql.query("select patch from held_patch where going = 1", {}, [&](const SqlRow& row) {
        (row.text(0) == wire::every_patch ? going.every_patch : going.areas) = true;
        return true;
    }));
    return going;
}

Result<bool> something_waits(SqlConnection& sql) {
    bool waits = false;
    TRY_DO(sql.query("select 1 from waiting limit 1", {}, [&](const SqlRow&) {
        waits = true;
        return false;
    }));
    return waits;
}

Result<std::vector<Uuid>> ids_of(SqlConnection& sql, std::string_view which,
                                 std::initializer_list<SqlParameter> parameters) {
    std::vector<Uuid> ids;
    TRY_DO(sql.query(which, parameters, [&](const SqlRow& row) {
        ids.push_back(row.uuid(0));
        return true;
    }));
    return ids;
}

// Pulled, never recorded here.
constexpr std::string_view of_other_patches =
    "select operation_id from operation where partnership = :partnership and tablet_seq is null and patch is "
    "not null and patch <> '' and patch not in (select patch from held_patch where going = 0)";
// Pulled when nobody told the patch, and not told since, although everything of the scope was.
constexpr std::string_view of_no_told_patch =
    "select operation_id from operation where partnership = :partnership and tablet_seq is null and patch is "
    "null";

// Each fact added its own rows to the read model and changed none of others': so they can go alone.
Result<void> drop_fact(SqlConnection& sql, const Uuid& id) {
    TRY_DO(
        sql.run("delete from fork where partnership = :partnership and operation_id = :id and tablet_seq is "
                "null",
                {{"partnership", home_partnership}, {"id", sql_value(id)}}));
    for (const auto* table : {"superseded", "fact_clock"})
        TRY_DO(sql.run(
            fmt::format("delete from {} where partnership = :partnership and by_operation = :id", table),
            {{"partnership", home_partnership}, {"id", sql_value(id)}}));
    const auto drop_from = [&](auto tables) -> Result<void> {
        for (const auto table : tables)
            TRY_DO(sql.run(
                fmt::format("delete from {} where partnership = :partnership and operation_id = :id", table),
                {{"partnership", home_partnership}, {"id", sql_value(id)}}));
        return {};
    };
    TRY_DO(drop_from(tables_of_bare_facts));
    return drop_from(tables_of_facts_beside);
}

// At the end of the feed, with every history whole, the endpoint has told all that is in the scope.
Result<bool> all_was_told(SqlConnection& sql, const std::vector<HeldPatch>& held, std::uint64_t cursor) {
    bool told = false;
    TRY_DO(sql.query("select 1 from held_patch where patch = :none and going = 0 and told_at = :cursor",
                     {{"none", std::string(wire::no_patch)}, {"cursor", sql_value(cursor)}},
                     [&](const SqlRow&) {
                         told = true;
                         return false;
                     }));
    return told && std::all_of(held.begin(), held.end(), [](const auto& one) { return one.is_whole(); });
}

Result<bool> drop_what_goes(SqlConnection& sql, std::uint64_t cursor) {
    TRY(const auto going, what_goes(sql));
    if (!going.some())
        return false;
    TRY(const auto held, held_patches(sql));
    const bool scoped = !scope_of(held).empty();
    TRY(const bool told, all_was_told(sql, held, cursor));
    std::vector<Uuid> ids;
    if (scoped && (going.areas || told)) {
        TRY(ids, ids_of(sql, of_other_patches, {{"partnership", home_partnership}}));
    }
    if (scoped && going.every_patch && told) {
        TRY(const auto more, ids_of(sql, of_no_told_patch, {{"partnership", home_partnership}}));
        ids.insert(ids.end(), more.begin(), more.end());
    }
    for (const auto& id : ids)
        TRY_DO(drop_fact(sql, id));
    TRY_DO(sql.run("delete from held_patch where going = 1 and (patch <> :every or :done = 1)",
                   {{"every", std::string(wire::every_patch)}, {"done", std::int64_t{told || !scoped}}}));
    return !ids.empty();
}

struct ToldTotal {
    HeldPatch held;
    wire::PatchTotal total;
    std::int64_t again_ms = 0;
};

Result<std::vector<ToldTotal>> told_of(SqlConnection& sql, std::uint64_t cursor) {
    std::vector<ToldTotal> told;
    TRY_DO(sql.query("select patch, at_place, through_place, told_facts, told_sum, again_ms from held_patch "
                     "where going = 0 and told_at = :cursor and told_at > 0",
                     {{"cursor", sql_value(cursor)}}, [&](const SqlRow& row) {
                         told.push_back({{row.text(0), unsigned_column(row, 1), unsigned_column(row, 2)},
                                         {row.text(0), unsigned_column(row, 3),
                                          wire::IdSum::parse(row.text(4)).value_or(wire::IdSum{})},
                                         row.integer(5)});
                         return true;
                     }));
    std::erase_if(told, [](const ToldTotal& one) { return !one.held.is_whole(); });
    return told;
}

Result<wire::PatchTotal> total_here(SqlConnection& sql, const std::string& patch, std::uint64_t cursor) {
    wire::PatchTotal here{patch, 0, {}};
    TRY(const auto ids,
        ids_of(sql,
               "select operation_id from operation where partnership = :partnership and patch "
               "= :patch and pull_seq is not null and pull_seq <= :cursor",
               {{"partnership", home_partnership}, {"patch", patch}, {"cursor", sql_value(cursor)}}));
    here.facts = ids.size();
    for (const auto& id : ids)
        here.sum.add(id);
    return here;
}

// From the start: what is here is known again when it comes.
Result<void> compare_told(SqlConnection& sql, std::uint64_t cursor, std::int64_t now_ms) {
    TRY(const auto told, told_of(sql, cursor));
    for (const auto& one : told) {
        TRY(const auto here, total_here(sql, one.total.patch, cursor));
        TRY_DO(
            sql.run("update held_patch set told_at = 0 where patch = :patch", {{"patch", one.total.patch}}));
        const auto since = now_ms - one.again_ms;
        if (here == one.total || (one.again_ms != 0 && since >= 0 && since < pulled_again_ms))
            continue;
        TRY_DO(sql.run(
            "update held_patch set at_place = 0, through_place = :cursor, again_ms = :now where patch = "
            ":patch",
            {{"cursor", sql_value(cursor)}, {"now", now_ms}, {"patch", one.total.patch}}));
    }
    return {};
}

}  // namespace

Result<bool> something_goes(SqlConnection& sql) {
    TRY(const auto going, what_goes(sql));
    return going.some();
}

std::vector<std::string> scope_of(const std::vector<HeldPatch>& held) {
    std::vector<std::string> scope;
    for (const auto& one : held)
        if (one.patch != wire::every_patch && one.patch != wire::no_patch)
            scope.push_back(one.patch);
    return scope;
}

Result<std::vector<HeldPatch>> held_patches(SqlConnection& sql) {
    std::vector<HeldPatch> held;
    TRY_DO(sql.query("select patch, at_place, through_place from held_patch where going = 0 order by patch",
                     {}, [&](const SqlRow& row) {
                         held.push_back({row.text(0), unsigned_column(row, 1), unsigned_column(row, 2)});
                         return true;
                     }));
    return held;
}

Result<void> keep_patches(SqlConnection& sql, const std::vector<std::string>& scope, std::uint64_t cursor) {
    TRY(const auto before, held_patches(sql));
    std::vector<std::string> wanted = scope;
    wanted.emplace_back(scope.empty() ? wire::every_patch : wire::no_patch);
    const auto is_in = [](const auto& all, const std::string& patch) {
        return std::find(all.begin(), all.end(), patch) != all.end();
    };
    // Without a row it was the whole partnership: what of that goes is known when the new scope is here.
    if (before.empty())
        TRY_DO(
            sql.run("insert into held_patch(patch, going, at_place, through_place, told_at, told_facts, "
                    "told_sum, again_ms) values(:every, 0, :cursor, :cursor, 0, 0, '', 0) on conflict(patch) "
                    "do update set going = 0",
                    {{"every", std::string(wire::every_patch)}, {"cursor", sql_value(cursor)}}));
    TRY(const auto held, held_patches(sql));
    for (const auto& one : held)
        if (!is_in(wanted, one.patch))
            TRY_DO(sql.run("update held_patch set going = 1, told_at = 0 where patch = :patch",
                           {{"patch", one.patch}}));
    std::vector<std::string> here;
    for (const auto& one : held)
        here.push_back(one.patch);
    for (const auto& patch : wanted)
        if (!is_in(here, patch))
            TRY_DO(sql.run("insert into held_patch(patch, going, at_place, through_place, told_at, "
                           "told_facts, told_sum, "
                           "again_ms) values(:patch, 0, 0, :cursor, 0, 0, '', 0) on conflict(patch) do "
                           "update set going = 0, "
                           "at_place = 0, through_place = excluded.through_place, told_at = 0",
                           {{"patch", patch}, {"cursor", sql_value(cursor)}}));
    return {};
}

Result<void> pull_patch_again(SqlConnection& sql, const std::string& patch, std::uint64_t behind,
                              std::uint64_t cursor) {
    const std::vector<SqlParameter> parameters{
        {"patch", patch}, {"behind", sql_value(behind)}, {"cursor", sql_value(cursor)}};
    // What is still to come of it begins earlier then.
    TRY(const auto held,
        sql.run(
            "update held_patch set at_place = case when at_place > :behind then :behind else at_place end, "
            "through_place = :cursor where patch = :patch and going = 0",
            parameters));
    if (held == 0 && patch == wire::every_patch)
        TRY_DO(sql.run("insert into held_patch(patch, going, at_place, through_place, told_at, told_facts, "
                       "told_sum, again_ms) values(:patch, 0, :behind, :cursor, 0, 0, '', 0)",
                       parameters));
    return {};
}

Result<void> set_back_patches(SqlConnection& sql, std::uint64_t cursor) {
    TRY_DO(sql.run(
        "update held_patch set told_at = 0, at_place = case when at_place > :cursor then :cursor else "
        "at_place end, through_place = case when through_place > :cursor then :cursor else "
        "through_place end where true",
        {{"cursor", sql_value(cursor)}}));
    return {};
}

Result<void> move_patch(SqlConnection& sql, const wire::PullReply& page) {
    TRY(const auto moved, sql.run("update held_patch set at_place = :cursor where patch = :patch and going = "
                                  "0 and at_place = :from "
                                  "and through_place = :through and :cursor <= :through",
                                  {{"cursor", sql_value(page.cursor)},
                                   {"patch", page.patch.value_or(std::string{})},
                                   {"from", sql_value(page.from)},
                                   {"through", sql_value(page.through)}}));
    if (moved == 0)
        return Error{Fault::conflict, "The page is of a history that this tablet does not wait for.", ""};
    return {};
}

Result<void> note_totals(SqlConnection& sql, const wire::PullReply& page) {
    for (const auto& one : page.patches)
        TRY_DO(sql.run("update held_patch set told_at = :cursor, told_facts = :facts, told_sum = :sum where "
                       "patch = :patch and going = 0",
                       {{"cursor", sql_value(page.cursor)},
                        {"facts", sql_value(one.facts)},
                        {"sum", one.sum.hex()},
                        {"patch", one.patch}}));
    return {};
}

Result<bool> is_settled(SqlConnection& sql) {
    bool settled = true;
    TRY_DO(
        sql.query("select 1 from held_patch where going = 1 or told_at > 0 limit 1", {}, [&](const SqlRow&) {
            settled = false;
            return false;
        }));
    return settled;
}

Result<bool> settle_patches(SqlConnection& sql, std::uint64_t cursor, std::int64_t now_ms) {
    TRY(const bool settled, is_settled(sql));
    TRY(const bool waits, something_waits(sql));
    if (settled || waits)
        return false;
    TRY(const bool dropped, drop_what_goes(sql, cursor));
    TRY_DO(compare_told(sql, cursor, now_ms));
    return dropped;
}

}  // namespace doorstep
