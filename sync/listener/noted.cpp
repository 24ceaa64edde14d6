#include "sync/listener/noted.h"

#include <fmt/format.h>

#include "sync/endpoint/audit.h"

namespace doorstep {

Result<void> note(DataFolder& data, const Noted& noted) {
    TRY(auto transaction, data.endpoint().store().begin());
    TRY_DO(
        note_in_audit(transaction.sql(), data.clock(), {noted.who, noted.what, noted.about, noted.reason}));
    return transaction.commit();
}

Result<std::string> noted_about(DataFolder& data, const Uuid& id) {
    std::string out;
    const auto about = id.text();
    TRY_DO(read_audit(data.endpoint().store().sql(), 1, [&](const NotedEntry& one) {
        if (one.entry.about == about)
            out += fmt::format("{}  {:<20} {:<24} {}\n", instant_text(one.at_ms, 0), one.entry.what,
                               one.entry.who, one.entry.reason);
        return true;
    }));
    return out.empty() ? std::string("Nobody.\n") : out;
}

}  // namespace doorstep
