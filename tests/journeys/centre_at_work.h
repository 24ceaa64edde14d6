// The real endpoint at work, and what it shows whoever lets tablets in.
#pragma once

#include <string>

#include "tests/sync/listener/real_tablet.h"

namespace doorstep::testing {

struct CentreAtWork : Data {
    CentreAtWork() { REQUIRE(program.serve()); }

    std::string invited(const std::string& tablet = "tab-01") {
        const auto ended = program.run({"enrol", tablet, "--code"});
        INFO(ended.err);
        REQUIRE(ended.status == 0);
        code = word_after(ended.out, "\ncode ");
        words = word_after(ended.out, "\ncheck words ");
        CHECK(word_after(ended.out, "\naddress ") == program.address());
        return word_after(ended.out, "\ninvitation ");
    }
    std::string waiting() const {
        const auto ended = program.run({"tablets", "waiting"});
        CHECK(ended.status == 0);
        return ended.out;
    }
    std::string code;
    std::string words;
};

}  // namespace doorstep::testing
