#include "client/app/audit_heads.h"

#include "sync/store/locked_connection.h"
#include "sync/store/store.h"
#include "sync/vault/vault.h"

namespace doorstep {

Result<std::string> audit_heads(const TabletPlaces& places, const Clock& clock, Random& random) {
    const SystemBootTime boot;
    TRY(auto device, DeviceSecret::load(places.device_secret));
    TRY(const auto vault, Vault::open(places.vault, std::move(device), {clock, boot}));
    TRY(const auto sql, open_locked(places.folder + "/doorstep.sqlite", vault.inbox_key()));
    TRY(const auto store, Store::open(*sql, StoreRole::locked_tablet, clock, random));
    TRY(const auto heads, store.audit_heads());
    if (heads.empty())
        return Error{Fault::not_found, "This tablet keeps nothing of an audit yet.", "Sync it once."};
    std::string lines;
    for (const auto& head : heads)
        lines += head.line() + "\n";
    return lines;
}

}  // namespace doorstep
