// Every screen that the touching officer passes, in the three themes, both shapes and,
// where it speaks to residents, every language of the form.
#pragma once

#include <set>
#include <string>

#include "tests/journeys/touching_day.h"

namespace doorstep::journey {

class Gallery {
public:
    // Both must outlive it.  Pictures are named <screen>-<theme>-<shape>[-<language>].png.
    Gallery(App& app, Person& person, std::string folder)
        : app_(app), person_(person), folder_(std::move(folder)) {}

    Result<void> hang(std::string_view screen);
    int pictures() const { return pictures_; }

private:
    Result<void> in_every_look(const std::string& name);
    Result<void> in_both_shapes(const std::string& name);
    void resize(int width, int height);

    App& app_;
    Person& person_;
    std::string folder_;
    std::set<std::string, std::less<>> hung_;
    int pictures_ = 0;
};

}  // namespace doorstep::journey
