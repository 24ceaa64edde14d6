// The entries of a .po file, as they stand in it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"

namespace doorstep {

struct PoEntry {
    std::size_t line = 0;  // of its msgid
    std::optional<std::string> context;
    std::string id;
    std::optional<std::string> plural;
    std::vector<std::string> texts;  // msgstr, or msgstr[0], msgstr[1] ...
    bool fuzzy = false;
};

// `bad_input` naming file and line.  Obsolete entries (#~) are left out.
Result<std::vector<PoEntry>> read_po(std::string_view text, const std::string& file);

}  // namespace doorstep
