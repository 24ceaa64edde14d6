#include <fmt/format.h>

#include "forms/desk/answers.h"
#include "forms/desk/commands.h"

namespace doorstep::commands {

int submission(const Wishes& wishes) {
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
    Diagnostics found;
    const auto answers = read_answers(wishes.answers, found);
    if (!has_error(found))
        give(*session, answers, opened.package.origins, found);
    print(found);
    return has_error(found) ? mistakes : write(wishes, session->submission() + "\n");
}

}  // namespace doorstep::commands
