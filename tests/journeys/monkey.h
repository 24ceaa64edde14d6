// A monkey at the glass: taps, drags and keys from a seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/random.h"
#include "tests/journeys/person.h"

namespace doorstep::journey {

class Monkey {
public:
    Monkey(App& app, Random& random) : app_(app), random_(random), person_(app) {}

    // Some taps, drags and keys; what went wrong, in words.
    void play(int acts);
    // Walks home by what the screens offer; whether it got there.
    bool finds_home();
    const std::vector<std::string>& complaints() const { return complaints_; }

private:
    void tap_something();
    void drag_somewhere();
    void press_something();
    std::vector<const Mark*> targets() const;
    void complain(std::string what);

    App& app_;
    Random& random_;
    Person person_;
    std::vector<std::string> complaints_;
};

// What the form in hand holds, as far as a screen shows it: path, kind, text.
std::vector<std::string> answers_in_sight(const View& view);

}  // namespace doorstep::journey
