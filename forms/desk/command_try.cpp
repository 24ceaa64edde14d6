#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "forms/desk/commands.h"
#include "forms/desk/conversation.h"

namespace doorstep::commands {

int try_form(const Wishes& wishes) {
    const Opened opened = open(wishes);
    if (!opened.package.form) {
        print(opened.package.found);
        return mistakes;
    }
    const SystemClock clock;
    SystemRandom random;
    auto session = FormSession::begin(opened.package.form, {.language = wishes.language}, clock, random);
    if (!session) {
        fmt::print(stderr, "{}\n", session.error().text());
        return mistakes;
    }
    const bool echo = isatty(STDIN_FILENO) == 0;
    Conversation conversation(*session, opened.package, opened.directory, std::cin, std::cout, echo);
    const Conversation::End end = conversation.run();
    std::cout.flush();
    return end == Conversation::End::input_ended ? mistakes : done;
}

}  // namespace doorstep::commands
