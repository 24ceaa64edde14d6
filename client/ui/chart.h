// Bars that lie down, their names beside them, values at the end, no grid; or the same
// figures as a table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/ui/ui.h"

namespace doorstep {

struct Bar {
    std::string label;
    std::optional<std::int64_t> value;  // nothing: not recorded, "-"
    bool can_open = true;
};
// The bar that was tapped (to its list), or -1.
int bar_chart(Ui& ui, std::string_view label, const std::vector<Bar>& bars);
int figure_table(Ui& ui, std::string_view label, const std::vector<Bar>& bars);

}  // namespace doorstep
