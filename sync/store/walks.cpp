#include "sync/store/walks.h"

#include <fmt/format.h>

#include <unordered_set>

#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

Result<void> each_home_once(const std::vector<WalkDoor>& doors) {
    std::unordered_set<std::string> seen;
    for (std::size_t i = 0; i < doors.size(); ++i)
        if (!seen.insert(std::string(doors[i].household.raw())).second)
            return Error{Fault::bad_input,
                         fmt::format("Door {} of the walk is a home that stands in it already.", i + 1),
                         "Let each home stand in the walk once."};
    return {};
}

Result<void> insert(SqlConnection& sql, const Uuid& visit, std::int64_t number, const WalkDoor& door) {
    const auto& address = door.address;
    TRY_DO(sql.run("insert into walk_door(visit, number, household, area, road_code, number_or_name, flat, "
                   "road, postcode, uprn) values(:visit, :number, :household, :area, :road_code, "
                   ":number_or_name, :flat, :road, :postcode, :uprn)",
                   {{"visit", sql_value(visit)},
                    {"number", number},
                    {"household", sql_value(door.household)},
                    {"area", Blob{door.area}},
                    {"road_code", Blob{door.road_code}},
                    {"number_or_name", Blob{address.number_or_name}},
                    {"flat", Blob{address.flat}},
                    {"road", Blob{address.road}},
                    {"postcode", Blob{address.postcode}},
                    {"uprn", sql_value(address.uprn)}}));
    return {};
}

}  // namespace

Result<void> Walks::keep(const Uuid& visit, const std::vector<WalkDoor>& doors) {
    TRY_DO(each_home_once(doors));
    TRY(auto transaction, store_.begin());
    auto& sql = transaction.sql();
    TRY_DO(sql.run("delete from walk_door where visit = :visit", {{"visit", sql_value(visit)}}));
    std::int64_t number = 0;
    for (const auto& door : doors)
        TRY_DO(insert(sql, visit, ++number, door));
    return transaction.commit();
}

Result<std::vector<WalkDoor>> Walks::doors(const Uuid& visit) const {
    std::vector<WalkDoor> found;
    TRY_DO(store_.sql().query("select household, area, road_code, number_or_name, flat, road, postcode, uprn "
                              "from walk_door where visit = :visit order by number",
                              {{"visit", sql_value(visit)}}, [&](const SqlRow& row) {
                                  WalkDoor door{row.uuid(0),
                                                row.blob(1),
                                                row.blob(2),
                                                {row.blob(3), row.blob(4), row.blob(5), row.blob(6), {}}};
                                  if (!row.is_null(7))
                                      door.address.uprn = unsigned_column(row, 7);
                                  found.push_back(std::move(door));
                                  return true;
                              }));
    return found;
}

Result<std::vector<Uuid>> Walks::visits() const {
    std::vector<Uuid> found;
    TRY_DO(
        store_.sql().query("select distinct visit from walk_door order by visit", {}, [&](const SqlRow& row) {
            found.push_back(row.uuid(0));
            return true;
        }));
    return found;
}

}  // namespace doorstep
