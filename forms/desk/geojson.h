// A GeoJSON file as a list of choices: one row a feature.
#pragma once

#include <string>

#include "forms/base/result.h"
#include "forms/definition/definition.h"

namespace doorstep {

// Columns: geometry (as a form writes it, "51.5 -0.1 0 0", points of lines and areas
// joined by semicolons), id where a feature has one of its own, then the properties in
// the order of the file.  Errors: anything but a FeatureCollection of features with a
// Point, a LineString or a Polygon.
Result<AttachmentRows> read_geojson(const std::string& text, const std::string& file);

}  // namespace doorstep
