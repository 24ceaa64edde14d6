// What happens around a tablet that a sync may use: a network comes, a charger is put in.
//
// A true seam: GIO and udev on a tablet, a fake in tests.  Nothing polls: who watches
// sleeps until the system has something to say.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "forms/base/result.h"

namespace doorstep {

struct Around {
    bool network = true;  // there is a way out of this tablet; says nothing about the endpoint
    bool charging = false;
    // Another network than before, or the same one anew; true in one report alone.
    bool network_came = false;
};

class Surroundings {
public:
    virtual ~Surroundings() = default;
    // `changed` is called on a thread of the surroundings: once soon, then at each change.
    // Not called any more when stop() has returned.
    virtual Result<void> watch(std::function<void(const Around&)> changed) = 0;
    virtual void stop() = 0;
};

// Of this machine.  `power`: the folder of its power supplies, "/sys/class/power_supply".
std::unique_ptr<Surroundings> machine_surroundings(const std::string& power = "/sys/class/power_supply");

// Whether a charger is at the machine: a supply of the mains or by USB that is on, or a
// battery that is being charged or full.  `power` as above; false where nothing can be read.
bool is_charging(const std::string& power);

// The proxy that the system's settings name for that address, "http://proxy.example.org:3128";
// empty: none, or the system has no such settings.  May take some seconds: a script may be asked.
std::string proxy_of_the_system(const std::string& address);

}  // namespace doorstep
