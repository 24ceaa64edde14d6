#include "sync/endpoint/erasures.h"

#include <fmt/format.h>

#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

constexpr std::size_t list_bytes_max = std::size_t{64} * 1024 * 1024;

}  // namespace

Result<std::vector<Uuid>> read_erasure_list(const std::string& file) {
    TRY(const auto text, read_small_file(file, list_bytes_max));
    std::vector<Uuid> ids;
    std::string_view rest = text;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        const auto id = Uuid::parse(line);
        if (!line.empty() && !id)
            return Error{Fault::damaged, fmt::format("Line {} of {} is no id.", number, file),
                         "Put back the list as it was: what it names must not come back."};
        if (id)
            ids.push_back(*id);
    }
    return ids;
}

Result<std::uint64_t> reapply_erasures(SqlConnection&, const Clock&, std::span<const Uuid> erased) {
    if (erased.empty())
        return std::uint64_t{0};
    return Error{Fault::refused,
                 "The erasure list names records, and this Doorstep cannot erase: they would come back.",
                 "Restore with the Doorstep that erased them."};
}

}  // namespace doorstep
