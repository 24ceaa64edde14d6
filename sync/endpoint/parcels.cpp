#include "sync/endpoint/parcels.h"

#include <fmt/format.h>

#include <algorithm>

#include "sync/store/sql_values.h"
#include "sync/wire/codec.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

using wire::ParcelKind;

constexpr std::string_view parcel_columns =
    "select kind, name, number, version, size, valid_from, published_ms, signature, bytes, base, delta_bytes "
    "from parcel where partnership = :partnership";

PublishedParcel parcel_of(const SqlRow& row) {
    PublishedParcel found;
    auto& parcel = found.parcel;
    parcel.kind = wire::parcel_kind(row.text(0)).value_or(ParcelKind::directory);
    parcel.name = row.text(1);
    parcel.number = unsigned_column(row, 2);
    parcel.version = sha256_column(row, 3);
    parcel.size = unsigned_column(row, 4);
    if (!row.is_null(5))
        parcel.from = Day{static_cast<std::int32_t>(row.integer(5))};
    found.published_ms = row.integer(6);
    parcel.signature = row.blob(7);
    parcel.bytes = unsigned_column(row, 8);
    if (row.integer(10) > 0)
        parcel.delta = {sha256_column(row, 9), unsigned_column(row, 10)};
    return found;
}

Result<std::optional<PublishedParcel>> find_parcel(SqlConnection& sql, ParcelKind kind,
                                                   const std::string& name) {
    std::optional<PublishedParcel> found;
    TRY_DO(sql.query(
        std::string(parcel_columns) + " and kind = :kind and name = :name",
        {{"partnership", home_partnership}, {"kind", std::string(wire::word(kind))}, {"name", name}},
        [&](const SqlRow& row) {
            found = parcel_of(row);
            return false;
        }));
    return found;
}

Result<std::uint64_t> next_publication(SqlConnection& sql) {
    TRY_DO(sql.run("insert into parcel_clock(partnership, number) values(:partnership, 1) "
                   "on conflict(partnership) do update set number = parcel_clock.number + 1",
                   {{"partnership", home_partnership}}));
    return last_publication(sql);
}

Result<void> check_wanted(const NewParcel& wanted) {
    if (!wire::is_parcel_name(wanted.name))
        return Error{Fault::bad_input,
                     fmt::format("\"{}\" is no name under which something can be published.", wanted.name),
                     "Use letters, digits and - _ . only, at most 100."};
    if (wanted.content.empty() || wanted.content.size() > limits::parcel_content_max)
        return Error{Fault::bad_input,
                     fmt::format("{} is empty, or larger than {} MiB.", wanted.name,
                                 limits::parcel_content_max / (1024 * 1024)),
                     "Split it: addresses by area, for instance."};
    return {};
}

// What is new against the one that tablets have; empty where that saves little.
Result<std::string> delta_to(SqlConnection& sql, const NewParcel& wanted, const std::string& frame) {
    const auto before = parcel_content(sql, wanted.kind, wanted.name);
    if (!before.ok())
        return before.error().fault == Fault::not_found || before.error().fault == Fault::damaged
                   ? Result<std::string>(std::string{})
                   : before.error();
    auto delta = wire::compress_once(wanted.content, *before);
    return delta.size() < frame.size() * 3 / 4 ? delta : std::string{};
}

Result<void> write_parcel(SqlConnection& sql, const PublishedParcel& published, const std::string& frame,
                          const std::string& delta) {
    const auto& parcel = published.parcel;
    TRY_DO(sql.run(
        "insert into parcel(partnership, kind, name, number, version, size, valid_from, published_ms, "
        "signature, whole, bytes, base, delta, delta_bytes) values(:partnership, :kind, :name, :number, "
        ":version, :size, :valid_from, :now, :signature, :whole, :bytes, :base, :delta, :delta_bytes) "
        "on conflict(partnership, kind, name) do update set number = excluded.number, version = "
        "excluded.version, size = excluded.size, valid_from = excluded.valid_from, published_ms = "
        "excluded.published_ms, signature = excluded.signature, whole = excluded.whole, bytes = "
        "excluded.bytes, base = excluded.base, delta = excluded.delta, delta_bytes = excluded.delta_bytes",
        {{"partnership", home_partnership},
         {"kind", std::string(wire::word(parcel.kind))},
         {"name", parcel.name},
         {"number", sql_value(parcel.number)},
         {"version", sql_value(parcel.version)},
         {"size", sql_value(parcel.size)},
         {"valid_from", parcel.from ? SqlValue{std::int64_t{parcel.from->since_1970}} : SqlValue{Null{}}},
         {"now", published.published_ms},
         {"signature", Blob{parcel.signature}},
         {"whole", Blob{frame}},
         {"bytes", static_cast<std::int64_t>(frame.size())},
         {"base", parcel.delta ? sql_value(parcel.delta->base) : SqlValue{Blob{}}},
         {"delta", Blob{delta}},
         {"delta_bytes", static_cast<std::int64_t>(delta.size())}}));
    return {};
}

bool is_of(const std::vector<std::string>& areas, const wire::Parcel& parcel) {
    return parcel.kind != ParcelKind::addresses || areas.empty() ||
           std::find(areas.begin(), areas.end(), parcel.name) != areas.end();
}

}  // namespace

Result<PublishedParcel> publish_parcel(SqlConnection& sql, const Clock& clock, const SigningPair& key,
                                       const NewParcel& wanted) {
    TRY_DO(check_wanted(wanted));
    const auto version = Sha256::of(wanted.content);
    TRY(const auto before, find_parcel(sql, wanted.kind, wanted.name));
    const bool same = before && before->parcel.version == version;
    if (same && before->parcel.from == wanted.from) {
        auto unchanged = *before;
        unchanged.changed = false;
        return unchanged;
    }
    if (before && !same && wanted.kind == ParcelKind::form)
        return Error{Fault::conflict,
                     fmt::format("The form {} is published already, with other content.", wanted.name),
                     "Give it a new version (column version of the sheet settings): questionnaires keep the "
                     "version that they were begun with."};
    const std::string frame = wanted.frame.empty() ? wire::compress_once(wanted.content) : wanted.frame;
    if (frame.size() > limits::parcel_bytes_max)
        return Error{Fault::bad_input,
                     fmt::format("{} is larger than {} MiB, compressed.", wanted.name,
                                 limits::parcel_bytes_max / (1024 * 1024)),
                     "Split it: addresses by area, for instance."};
    std::string delta;
    if (before && !same) {
        TRY(delta, delta_to(sql, wanted, frame));
    }
    PublishedParcel published;
    auto& parcel = published.parcel;
    parcel = {wanted.kind, wanted.name, version, wanted.content.size(), 0, wanted.from, {}, frame.size(), {}};
    if (!delta.empty())
        parcel.delta = {before->parcel.version, delta.size()};
    TRY(parcel.number, next_publication(sql));
    parcel.signature = sign(key, wire::parcel_purpose, wire::parcel_text(parcel));
    published.published_ms = clock.now_ms();
    TRY_DO(write_parcel(sql, published, frame, delta));
    return published;
}

Result<void> drop_parcel(SqlConnection& sql, ParcelKind kind, const std::string& name) {
    TRY(const auto rows,
        sql.run(
            "delete from parcel where partnership = :partnership and kind = :kind and name = :name",
            {{"partnership", home_partnership}, {"kind", std::string(wire::word(kind))}, {"name", name}}));
    if (rows == 0)
        return Error{Fault::not_found, fmt::format("Nothing is published under {}.", name), ""};
    TRY_DO(next_publication(sql));
    return {};
}

Result<std::vector<PublishedParcel>> published_parcels(SqlConnection& sql) {
    std::vector<PublishedParcel> found;
    TRY_DO(sql.query(parcel_columns, {{"partnership", home_partnership}}, [&](const SqlRow& row) {
        found.push_back(parcel_of(row));
        return true;
    }));
    std::sort(found.begin(), found.end(), [](const PublishedParcel& a, const PublishedParcel& b) {
        return std::pair(a.parcel.kind, a.parcel.name) < std::pair(b.parcel.kind, b.parcel.name);
    });
    return found;
}

Result<std::string> parcel_content(SqlConnection& sql, ParcelKind kind, const std::string& name) {
    std::optional<Sha256> version;
    std::string frame;
    TRY_DO(sql.query(
        "select version, whole from parcel where partnership = :partnership and kind = :kind and name = "
        ":name",
        {{"partnership", home_partnership}, {"kind", std::string(wire::word(kind))}, {"name", name}},
        [&](const SqlRow& row) {
            version = sha256_column(row, 0);
            frame = row.blob(1);
            return false;
        }));
    if (!version)
        return Error{Fault::not_found, fmt::format("Nothing is published under {}.", name), ""};
    auto content = wire::expand(frame, limits::parcel_content_max);
    if (!content.ok() || Sha256::of(*content) != *version)
        return Error{Fault::damaged, fmt::format("{} is not what was published.", name), "Publish it again."};
    return content;
}

Result<std::uint64_t> last_publication(SqlConnection& sql) {
    std::uint64_t number = 0;
    TRY_DO(sql.query("select number from parcel_clock where partnership = :partnership",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         number = unsigned_column(row, 0);
                         return false;
                     }));
    return number;
}

Result<std::vector<std::string>> areas_given(SqlConnection& sql, const std::string& tablet) {
    std::vector<std::string> areas;
    TRY_DO(sql.query("select area from address_patch where partnership = :partnership and tablet = :tablet",
                     {{"partnership", home_partnership}, {"tablet", tablet}}, [&](const SqlRow& row) {
                         areas.push_back(row.text(0));
                         return true;
                     }));
    // Not by the database, whose order of letters may be another.
    std::sort(areas.begin(), areas.end());
    return areas;
}

Result<wire::ParcelList> parcels_of_areas(SqlConnection& sql, const std::vector<std::string>& areas) {
    TRY(auto published, published_parcels(sql));
    wire::ParcelList list;
    for (auto& one : published)
        if (is_of(areas, one.parcel))
            list.parcels.push_back(std::move(one.parcel));
    return list;
}

Result<wire::ParcelList> parcels_for(SqlConnection& sql, const std::string& tablet) {
    TRY(const auto areas, areas_given(sql, tablet));
    return parcels_of_areas(sql, areas);
}

Result<void> give_areas(SqlConnection& sql, const std::string& tablet,
                        const std::vector<std::string>& areas) {
    bool known = false;
    TRY_DO(sql.query("select 1 from tablet where partnership = :partnership and tablet = :tablet limit 1",
                     {{"partnership", home_partnership}, {"tablet", tablet}}, [&](const SqlRow&) {
                         known = true;
                         return false;
                     }));
    if (!known)
        return Error{Fault::not_found, "There is no tablet of that name.",
                     "Look at its name in doorstep-endpoint tablets."};
    TRY_DO(sql.run("delete from address_patch where partnership = :partnership and tablet = :tablet",
                   {{"partnership", home_partnership}, {"tablet", tablet}}));
    for (const auto& area : areas) {
        TRY(const auto there, find_parcel(sql, ParcelKind::addresses, area));
        if (!there)
            return Error{Fault::not_found, fmt::format("There are no addresses of the area \"{}\".", area),
                         "Load them first: doorstep-endpoint addresses load FILE."};
        TRY_DO(sql.run("insert into address_patch(partnership, tablet, area) values(:partnership, :tablet, "
                       ":area) on conflict do nothing",
                       {{"partnership", home_partnership}, {"tablet", tablet}, {"area", area}}));
    }
    return {};
}

}  // namespace doorstep
