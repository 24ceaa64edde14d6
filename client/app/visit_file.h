// The doors of a visit as a table in walking order, one row a door:
//
//   area,road_code,number_or_name,flat,road,postcode,uprn
//   BE,BE-001,14,,Quillfeather Road,WD6 9OV,990000000014
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forms/base/diagnostic.h"
#include "sync/operation/operation.h"
#include "sync/search/home_address.h"
#include "sync/store/walks.h"

namespace doorstep {

// Every mistake goes into `found` with its row and column; then the doors are not whole.
std::vector<WalkDoor> read_visit_file(std::string_view text, const std::string& file, const std::string& area,
                                      Diagnostics& found);

}  // namespace doorstep
