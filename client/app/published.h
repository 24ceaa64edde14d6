// What this tablet's centre published, in use: questionnaires and the directory beside and over those
// that came with Doorstep, and the addresses of its areas in the address base.
#pragma once

#include <string>

#include "client/app/tablet_places.h"
#include "forms/desk/package.h"
#include "sync/store/store.h"
#include "sync/tablet/parcel_folder.h"

namespace doorstep {

// Where they lie; nothing of them is believed that `endpoint` has not signed.
ParcelFolder parcels_at(const std::string& folder, const VerifyKey& endpoint);
// The same by the identity of a tablet, locked or not; of a tablet that was never enrolled nothing is
// published.
ParcelFolder parcels_of(const TabletPlaces& places);

// `questionnaires`: the folder of those that came along; empty: the shipped ones.
Library library_with(const std::string& questionnaires, const ParcelFolder& parcels);
Directory directory_with(const std::string& questionnaires, const ParcelFolder& parcels, Diagnostics& found);

// Puts the addresses of the areas that changed in place of what was there; false: nothing had changed.
// Reads and writes the address base as a whole: for when nobody waits.
Result<bool> take_published_addresses(const std::string& folder, const ParcelFolder& parcels, Store& store);

}  // namespace doorstep
