// Officers as the facts name them, and those of them who left: every tablet ends their sign-ins as soon as it
// asks where it stands, whatever anybody at it wants.  What they recorded stays.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "sync/endpoint/endpoint.h"

namespace doorstep {

struct KnownOfficer {
    std::string officer;  // code: "off-pol-01"
    std::int64_t doors = 0;
    std::int64_t last_ms = 0;  // 0: none of these doors
    std::int64_t left_ms = 0;  // 0: did not leave
};
// By code; those who left and have no door are among them.
Result<std::vector<KnownOfficer>> officers(Endpoint& endpoint);

// Whether a record must name an officer who leaves: a slip of the hand would end nobody's sign-ins.
enum class OfficerSeen : std::uint8_t { must_be, need_not_be };
// Said again it changes nothing.  bad_input: no code of an officer; not_found: no record names that code.
// `who` goes into the audit.
Result<void> officer_leaves(Endpoint& endpoint, const std::string& officer, const std::string& who,
                            OfficerSeen seen = OfficerSeen::must_be);
// Their leads may give them a sign-in again.  not_found: that officer did not leave.
Result<void> officer_returns(Endpoint& endpoint, const std::string& officer, const std::string& who);

Result<std::vector<std::string>> officers_who_left(SqlConnection& sql);

}  // namespace doorstep
