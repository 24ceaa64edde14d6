// The part of a step that speaks with an agency; no store is touched.
#include <cassert>

#include "sync/agencies/drop_folder.h"
#include "sync/agencies/sender.h"
#include "sync/agencies/webhook.h"

namespace doorstep {

Delivery deliver(const Parcel& parcel, const Connect& connect, const Clock& clock, Random& random) {
    assert(parcel.line.adapter != AdapterKind::inbox);
    if (parcel.line.adapter == AdapterKind::folder) {
        DropFolder folder(parcel.line.folder);
        return carry_out(parcel, folder);
    }
    const auto nothing_sent = [&](const Error& error) {
        return Delivery{parcel.purpose == Purpose::send ? Came::not_there : Came::unknown, {}, error.what};
    };
    const auto place = webhook_place(parcel.line.url);
    if (!place.ok())
        return nothing_sent(place.error());
    const auto http = connect(place->origin);
    if (!http.ok())
        return nothing_sent(http.error());
    WebhookAdapter webhook(**http, place->path, parcel.line.can_be_asked, parcel.signer, clock, random);
    return carry_out(parcel, webhook);
}

}  // namespace doorstep
