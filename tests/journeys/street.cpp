#include "tests/journeys/street.h"

#include <fmt/format.h>

#include "client/app/tablet_places.h"
#include "client/casework/casework.h"
#include "forms/desk/package.h"
#include "sync/store/identity_file.h"
#include "sync/store/store.h"
#include "sync/store/walks.h"
#include "sync/vault/sealed_box.h"
#include "sync/vault/vault.h"
#include "tests/support/row_keys.h"

namespace doorstep::journey {
namespace {

// An endpoint that is never there.
class NoLine final : public HttpClient {
public:
    Result<HttpReply> exchange(const HttpRequest&) override {
        return Error{Fault::unreachable, "There is no network.", "Try again later."};
    }
};

std::vector<WalkDoor> doors_of(int doors, Random& random) {
    std::vector<WalkDoor> walk;
    for (int i = 0; i < doors; ++i) {
        WalkDoor door;
        door.household = Uuid::random(random);
        door.area = "BE";
        door.road_code = fmt::format("BE-{:03}", 1 + i / 40);
        door.address.number_or_name = std::to_string(1 + i % 40);
        door.address.road = i < 40 ? "Mill Lane" : fmt::format("Road {}", 1 + i / 40);
        door.address.postcode = "ZZ1 1AA";
        walk.push_back(door);
    }
    return walk;
}

}  // namespace

namespace {

Result<void> lay_street(const std::string& folder, RowKeys keys, const TabletIdentity& identity,
                        const Clock& clock, Random& random, int doors) {
    TRY(const auto tablet, OpenedTablet::open(folder, std::move(keys), clock, random, {.ballast_bytes = 0}));
    Store& store = tablet->store();
    TRY_DO(store.enrol(identity));
    const Library none;
    Casework casework(store, none, clock, random, {"off-pol-01", "off-fire-01", "team-1"});
    const std::int64_t now = clock.now_ms();
    TRY(const Uuid visit, casework.plan_visit("SS-STREET", "safer_streets", "BE",
                                              Day::at(now, clock.utc_offset_minutes(now)), {"team-1"}));
    return Walks(store).keep(visit, doors_of(doors, random));
}

TabletIdentity nobodys_identity(Random& random) {
    TabletIdentity identity;
    identity.enrolment = Uuid::random(random);
    identity.tablet = "tab-01";
    identity.endpoint = "http://127.0.0.1:9";
    identity.seed = std::string(64, 'a');
    identity.safeguarding_key = KeyPair::make().public_key.bytes;
    return identity;
}

}  // namespace

Result<void> make_street(const std::string& folder, const Clock& clock, Random& random, int doors) {
    return lay_street(folder, row_keys_for_tests(), nobodys_identity(random), clock, random, doors);
}

Result<void> make_locked_street(const std::string& folder, const Clock& clock, Random& random, int doors) {
    TabletIdentity identity = nobodys_identity(random);
    identity.sealing_key = KeyPair::make().public_key.bytes;
    identity.signing_key = SigningPair::make().public_key.bytes;
    identity.recovery_key = KeyPair::make().public_key.bytes;
    const TabletPlaces places = places_of(folder);
    TRY_DO(store_file(folder));
    TRY(auto device, DeviceSecret::make(places.device_secret));
    TRY_DO(keep_identity(places.identity, identity, device));
    const SystemBootTime boot;
    const NewVault made{street_lead, street_passphrase, PasswordCost::floor(),
                        PublicKey{identity.recovery_key}, VerifyKey{identity.signing_key}};
    TRY(auto vault, Vault::create(places.vault, std::move(device), {clock, boot}, made));
    TRY(auto keys, vault.row_keys());
    return lay_street(folder, std::move(keys), identity, clock, random, doors);
}

Result<std::unique_ptr<App>> open_street(const std::string& folder, const Clock& clock, Random& random,
                                         bool raster, int width, int height, float ppi) {
    return open_street(folder, clock, random, StreetApp{raster, width, height, ppi});
}

Result<std::unique_ptr<App>> open_street(const std::string& folder, const Clock& clock, Random& random,
                                         const StreetApp& how) {
    AppOptions options;
    options.shift = {folder, {}, {"off-pol-01", "off-fire-01", "team-1"}, "Sam"};
    options.shift.shift = how.shift;
    if (!how.locked)
        options.shift.keys = shared_row_keys_for_tests();
    options.shift.tablet.ballast_bytes = 0;
    options.window.driver = "dummy";
    options.window.width = how.width;
    options.window.height = how.height;
    options.window.ppi = how.ppi;
    options.inline_threads = true;
    options.raster = how.raster;
    options.line = [](const TabletIdentity&) -> Result<std::unique_ptr<HttpClient>> {
        return std::unique_ptr<HttpClient>(new NoLine);
    };
    TRY(auto app, App::open(options, clock, random));
    app->settle();
    return app;
}

}  // namespace doorstep::journey
