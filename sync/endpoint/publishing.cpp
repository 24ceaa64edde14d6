// What the operator publishes: with an entry in the audit, in one transaction.
#include <fmt/format.h>

#include "sync/endpoint/endpoint_state.h"

namespace doorstep {

Result<std::vector<PublishedParcel>> Endpoint::publish(const std::vector<NewParcel>& wanted,
                                                       const std::string& who) {
    auto& state = *state_;
    if (!state.keys)
        return Error{Fault::refused, "This endpoint has no keys yet to sign with what it publishes.",
                     "Make them with doorstep-endpoint keys make."};
    TRY(auto transaction, state.store.begin());
    auto& sql = transaction.sql();
    std::vector<PublishedParcel> published;
    for (const auto& one : wanted) {
        TRY(auto made, publish_parcel(sql, state.clock, state.keys->signing, one));
        if (made.changed)
            TRY_DO(note_in_audit(sql, state.clock,
                                 {who, "publish",
                                  fmt::format("{} {} {}", wire::word(made.parcel.kind), made.parcel.name,
                                              made.parcel.version.hex().substr(0, 16)),
                                  made.parcel.from ? "from " + made.parcel.from->text() : std::string{}}));
        published.push_back(std::move(made));
    }
    TRY_DO(transaction.commit());
    return published;
}

Result<void> Endpoint::unpublish(wire::ParcelKind kind, const std::string& name, const std::string& who) {
    TRY(auto transaction, state_->store.begin());
    TRY_DO(drop_parcel(transaction.sql(), kind, name));
    TRY_DO(note_in_audit(transaction.sql(), state_->clock,
                         {who, "unpublish", fmt::format("{} {}", wire::word(kind), name), {}}));
    return transaction.commit();
}

Result<void> Endpoint::give_addresses(const std::string& tablet, const std::vector<std::string>& areas,
                                      const std::string& who) {
    TRY(auto transaction, state_->store.begin());
    TRY_DO(give_areas(transaction.sql(), tablet, areas));
    TRY_DO(note_in_audit(transaction.sql(), state_->clock, {who, "addresses-give", "tablet " + tablet, {}}));
    return transaction.commit();
}

}  // namespace doorstep
