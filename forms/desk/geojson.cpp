#include "forms/desk/geojson.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "forms/desk/json_shape.h"

namespace doorstep {
namespace {

using nlohmann::ordered_json;

std::string text_of(const ordered_json& value) {
    if (value.is_string())
        return value.get<std::string>();
    return value.is_null() ? std::string() : value.dump();
}

bool has_type(const ordered_json& object, std::string_view type) {
    return object.is_object() && object.contains("type") && object["type"] == type;
}

// Longitude comes first in GeoJSON and second in a form.  "" for no position.
std::string point(const ordered_json& position) {
    if (!position.is_array() || position.size() < 2 || !position[0].is_number() || !position[1].is_number())
        return {};
    const bool high = position.size() > 2 && position[2].is_number();
    return fmt::format("{} {} {} 0", position[1].get<double>(), position[0].get<double>(),
                       high ? position[2].get<double>() : 0.0);
}

std::string line(const ordered_json& positions) {
    std::string points;
    if (!positions.is_array())
        return {};
    for (const ordered_json& position : positions) {
        const std::string one = point(position);
        if (one.empty())
            return {};
        points += (points.empty() ? "" : "; ") + one;
    }
    return points;
}

// "" for a shape that no form can hold.
std::string geometry(const ordered_json& shape) {
    if (!shape.is_object() || !shape.contains("coordinates"))
        return {};
    const ordered_json& coordinates = shape["coordinates"];
    if (has_type(shape, "Point"))
        return point(coordinates);
    if (has_type(shape, "LineString"))
        return line(coordinates);
    // Of an area the outer border; a form knows no holes.
    if (has_type(shape, "Polygon") && coordinates.is_array() && !coordinates.empty())
        return line(coordinates[0]);
    return {};
}

class Table {
public:
    Table() { column("geometry"); }

    void add(const ordered_json& feature, std::string shape) {
        rows_.emplace_back();
        set("geometry", std::move(shape));
        const bool own_id = feature.contains("id");
        if (own_id)
            set("id", text_of(feature["id"]));
        if (!feature.contains("properties") || !feature["properties"].is_object())
            return;
        for (const auto& [name, value] : feature["properties"].items())
            if (name != "id" || !own_id)
                set(name, text_of(value));
    }

    AttachmentRows rows() && {
        AttachmentRows all;
        all.rows.push_back(columns_);
        for (auto& row : rows_) {
            row.resize(columns_.size());
            all.rows.push_back(std::move(row));
        }
        return all;
    }

private:
    std::size_t column(const std::string& name) {
        const auto [at, fresh] = numbers_.try_emplace(name, columns_.size());
        if (fresh)
            columns_.push_back(name);
        return at->second;
    }

    void set(const std::string& name, std::string text) {
        const std::size_t number = column(name);
        if (rows_.back().size() <= number)
            rows_.back().resize(number + 1);
        rows_.back()[number] = std::move(text);
    }

    std::vector<std::string> columns_;
    std::map<std::string, std::size_t> numbers_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace

Result<AttachmentRows> read_geojson(const std::string& text, const std::string& file) {
    if (const std::string much = too_much_json(text); !much.empty())
        return Error{Fault::bad_input, fmt::format("{} {}.", file, much),
                     "Export the places as GeoJSON again, fewer at a time."};
    const ordered_json read = ordered_json::parse(text, nullptr, false);
    if (!has_type(read, "FeatureCollection") || !read.contains("features") || !read["features"].is_array())
        return Error{Fault::bad_input, fmt::format("{} is no GeoJSON FeatureCollection with features.", file),
                     "Export the places as GeoJSON again."};
    Table table;
    std::size_t number = 0;
    for (const ordered_json& feature : read["features"]) {
        ++number;
        if (!has_type(feature, "Feature"))
            return Error{Fault::bad_input, fmt::format("{}: place {} is no Feature.", file, number),
                         "Export the places as GeoJSON again."};
        std::string shape = feature.contains("geometry") ? geometry(feature["geometry"]) : std::string();
        if (shape.empty())
            return Error{Fault::bad_input,
                         fmt::format("{}: place {} is no Point, LineString or Polygon with coordinates.",
                                     file, number),
                         "Leave it out, or draw it as one of these."};
        table.add(feature, std::move(shape));
    }
    return std::move(table).rows();
}

}  // namespace doorstep
