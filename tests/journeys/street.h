// A tablet with a street to work, made without a network: what the monkey, the goldens
// and the tap counts begin with.
#pragma once

#include <memory>
#include <string>

#include "client/app/app.h"
#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"

namespace doorstep::journey {

// A store in `folder`, enrolled at an endpoint that does not listen, with one visit of
// `doors` doors today.
Result<void> make_street(const std::string& folder, const Clock& clock, Random& random, int doors);

// The same behind a vault, as a tablet is set up: its team lead signs in with these.
inline constexpr const char* street_lead = "off-pol-01";
inline constexpr const char* street_passphrase = "three warm hats";
Result<void> make_locked_street(const std::string& folder, const Clock& clock, Random& random, int doors);

// How the app on that folder is opened.
struct StreetApp {
    bool raster = false;
    int width = 1280;
    int height = 800;
    float ppi = 149;
    bool locked = false;  // behind its vault
    int shift = -1;       // handed on by a lock
};
Result<std::unique_ptr<App>> open_street(const std::string& folder, const Clock& clock, Random& random,
                                         const StreetApp& how);

// The app on that folder: dummy driver, one thread, still frames.
Result<std::unique_ptr<App>> open_street(const std::string& folder, const Clock& clock, Random& random,
                                         bool raster, int width = 1280, int height = 800, float ppi = 149);

}  // namespace doorstep::journey
