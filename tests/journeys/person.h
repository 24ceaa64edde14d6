// Somebody at the glass: taps what they can see, drags to bring into sight what they
// cannot, types on the on-screen keyboard.  Works the real app by finger events only,
// and looks at every settled frame with the free checks.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "client/app/app.h"
#include "client/ui/mark.h"
#include "forms/base/result.h"

namespace doorstep::journey {

class Person {
public:
    // `app` must outlive the person.  Pictures go to `pictures`; empty: none are taken.
    Person(App& app, std::string pictures = {}) : app_(app), pictures_(std::move(pictures)) {}

    // Taps the target with that label; one that is out of sight is scrolled into sight
    // first.  An error lists what can be seen, so it is for tests and invented homes only.
    Result<void> tap(std::string_view label);
    Result<void> tap_if_there(std::string_view label);
    // The first target whose label begins so.
    Result<void> tap_beginning(std::string_view beginning);
    Result<void> type(std::string_view text);        // key by key; the keyboard must be in sight
    Result<void> press_key(std::string_view label);  // of the on-screen keyboard
    void drag(float x, float y, float dx_px, float dy_px);
    void finger(FingerSample::Phase phase, float x, float y, std::int64_t id = 1);

    bool sees(std::string_view label) const;             // in sight, whatever its role
    bool sees_part(std::string_view part) const;         // some label holds it
    bool is_chosen(std::string_view label) const;        // a radio, checkbox or tab with a tick
    std::string value_of(std::string_view field) const;  // of a field in sight; empty
    std::vector<std::string> in_sight() const;
    const Mark* target(std::string_view label, bool only_in_sight = true) const;

    // Taps since the last call: the glass was touched and let go without a drag.
    int take_taps();
    Result<void> picture(std::string_view name);
    // Called for every picture instead, so that a screen can be drawn in more looks.
    using Look = std::function<Result<void>(std::string_view name)>;
    void at_each_picture(Look look) { look_ = std::move(look); }
    // What the checks found wrong so far, each once.
    const std::vector<std::string>& found_wrong() const { return wrong_; }
    void settle();

private:
    Result<void> tap_on(const std::function<bool(const Mark&)>& wanted, const std::string& name);
    bool into_sight(const Mark& mark);
    bool look_further(const std::string& region, int direction);

    void check();

    App& app_;
    std::string pictures_;
    std::int64_t at_us_ = 1'000'000;
    int taps_ = 0;
    int taken_ = 0;
    std::vector<std::string> wrong_;
    Look look_;
};

}  // namespace doorstep::journey
