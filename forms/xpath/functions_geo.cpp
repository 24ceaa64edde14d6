// area distance geofence, over points as forms write them: "latitude longitude
// altitude accuracy", several joined by ";".
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "forms/xpath/function.h"

namespace doorstep::xpath {
namespace {

struct Point {
    double latitude = 0;   // degrees
    double longitude = 0;  // degrees
};

// Of the sphere that all engines of this family use, in metres.
constexpr double earth_radius = 6'378'100;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

double radians(double degrees) {
    return degrees * std::numbers::pi / 180;
}

double to_cents(double metres) {
    return std::round(metres * 100) / 100;
}

std::optional<Point> parse_point(std::string_view text) {
    const auto words = split_blanks(text);
    if (words.size() < 2)
        return std::nullopt;
    const Point point{text_number(words[0]), text_number(words[1])};
    const bool possible = std::fabs(point.latitude) <= 90 && std::fabs(point.longitude) <= 180;
    return possible ? std::optional(point) : std::nullopt;
}

// Nothing when one of the points cannot be read.
std::optional<std::vector<Point>> parse_points(std::string_view text, std::size_t& written) {
    std::vector<Point> points;
    bool all = true;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(';', begin), text.size());
        const auto part = text.substr(begin, end - begin);
        begin = end + 1;
        if (split_blanks(part).empty())
            continue;
        ++written;
        const auto point = parse_point(part);
        all = all && point;
        points.push_back(point.value_or(Point{}));
    }
    return all ? std::optional(std::move(points)) : std::nullopt;
}

struct Shape {
    std::optional<std::vector<Point>> points;
    std::size_t written = 0;
};

Result<Shape> shape_of(const Call& call) {
    TRY(const auto texts, call.texts(0));
    std::string joined;
    for (const auto& text : texts)
        joined += text + ";";
    Shape shape;
    shape.points = parse_points(joined, shape.written);
    return shape;
}

double distance_between(const Point& a, const Point& b) {
    const double up = std::sin(radians(b.latitude - a.latitude) / 2);
    const double along = std::sin(radians(b.longitude - a.longitude) / 2);
    const double h = up * up + std::cos(radians(a.latitude)) * std::cos(radians(b.latitude)) * along * along;
    return 2 * earth_radius * std::atan2(std::sqrt(h), std::sqrt(1 - h));
}

Result<Value> distance(const Call& call) {
    TRY(const Shape shape, shape_of(call));
    if (!shape.points || shape.written == 0)
        return Value(not_a_number);
    double total = 0;
    for (std::size_t i = 1; i < shape.points->size(); ++i)
        total += distance_between((*shape.points)[i - 1], (*shape.points)[i]);
    return Value(to_cents(total));
}

// Fewer than three points enclose nothing.
Result<Value> area(const Call& call) {
    TRY(const Shape shape, shape_of(call));
    if (shape.written < 3)
        return Value(0.0);
    if (!shape.points)
        return Value(not_a_number);
    const auto& points = *shape.points;
    double total = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const Point& here = points[i];
        const Point& next = points[(i + 1) % points.size()];
        total += radians(next.longitude - here.longitude) *
                 (2 + std::sin(radians(here.latitude)) + std::sin(radians(next.latitude)));
    }
    return Value(to_cents(std::fabs(total * earth_radius * earth_radius / 2)));
}

// Whether a point lies inside, by the crossings of a ray to the east.
Result<Value> geofence(const Call& call) {
    TRY(const std::string where, call.text(0));
    TRY(const std::string around, call.text(1));
    std::size_t written = 0;
    const auto point = parse_point(where);
    const auto fence = parse_points(around, written);
    if (!point || !fence)
        return Value(false);
    bool inside = false;
    for (std::size_t i = 0; i < fence->size(); ++i) {
        const Point& a = (*fence)[i];
        const Point& b = (*fence)[(i + 1) % fence->size()];
        if ((a.latitude > point->latitude) == (b.latitude > point->latitude))
            continue;
        const double share = (point->latitude - a.latitude) / (b.latitude - a.latitude);
        if (point->longitude < a.longitude + share * (b.longitude - a.longitude))
            inside = !inside;
    }
    return Value(inside);
}

constexpr std::array functions{
    Function{"area", 1, any_number, Gives::number, Reads::arguments, area},
    Function{"enclosed-area", 1, any_number, Gives::number, Reads::arguments, area},
    Function{"distance", 1, any_number, Gives::number, Reads::arguments, distance},
    Function{"geofence", 2, 2, Gives::boolean, Reads::arguments, geofence},
};

}  // namespace

std::span<const Function> geo_functions() {
    return functions;
}

}  // namespace doorstep::xpath
