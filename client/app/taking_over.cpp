#include "client/app/taking_over.h"

#include "sync/store/locked_connection.h"

namespace doorstep {

namespace {

// A change of the tablet's name alone is none.
bool says_more(const TabletIdentity& now, const std::optional<TabletIdentity>& known) {
    return !known || known->enrolment != now.enrolment || known->endpoint != now.endpoint ||
           known->seed != now.seed || known->sealing_key != now.sealing_key;
}

}  // namespace

Result<TakenOver> take_over_what_came(Store& store, const Vault& vault,
                                      const std::optional<TabletIdentity>& identity) {
    // First what came under the enrolment that it was pulled with.
    const auto folded =
        fold_waiting(store, [&](std::string_view sealed) { return vault.open_inbox(sealed); });
    if (!folded.ok())
        return folded.error();
    TRY(const auto known, store.identity());
    if (!identity || !says_more(*identity, known))
        return TakenOver{};
    const auto taken = store.enrol(*identity);
    return taken.ok() ? TakenOver{std::nullopt, *taken} : TakenOver{taken.error()};
}

}  // namespace doorstep
