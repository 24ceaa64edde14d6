// Views as a day at the doors makes them, on invented streets: for the checks, for the
// taps by label and for pictures to be looked at.
#pragma once

#include <string>
#include <vector>

#include "client/view/view.h"

namespace doorstep::samples {

struct Sample {
    std::string name;  // "home-finished": of its picture too
    View view;
};

View framed(std::string title, std::string place, bool back = true);
Uuid id(std::uint8_t number);
NodeRef node(std::uint32_t number);
template<class Screen>
Sample sample(std::string name, View frame, Screen screen) {
    frame.screen = std::move(screen);
    return {std::move(name), std::move(frame)};
}

std::vector<Sample> of_home();       // starting, trouble, home, sync, settings
std::vector<Sample> of_doors();      // the street, one door
std::vector<Sample> of_questions();  // pages in five languages, the officer's, the resident's
std::vector<Sample> of_summary();
std::vector<Sample> of_review();   // counts and lists
std::vector<Sample> of_sign_in();  // the lock screen and what is around it

std::vector<Sample> all();
const View& named(const std::vector<Sample>& samples, const std::string& name);

QuestionItem asked(std::uint32_t number, QuestionType type, std::string name, std::string label,
                   std::vector<Choice> choices = {}, std::string answer = {});
PageView page(std::string section, std::string progress, std::vector<QuestionItem> items);
const std::vector<std::string>& five_languages();

}  // namespace doorstep::samples
