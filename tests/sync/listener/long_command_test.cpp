// Commands that take minutes, beside a serve that goes on.
#include <catch2/catch.hpp>

#include <atomic>
#include <future>

#include "sync/listener/long_command.h"

using namespace doorstep;

namespace {

struct Slow {
    std::promise<void> may_end;
    std::atomic<bool> worked = false;
    LongCommand command{[this] {
                            may_end.get_future().wait();
                            worked = true;
                        },
                        [this] {
                            return CommandOutcome{worked ? 0 : 1, "whole", {}};
                        }};
};

}  // namespace

TEST_CASE("a long command is answered by the owner once its work is done, and not before") {
    Slow slow;
    std::vector<CommandOutcome> answers;
    CommandUnderWay under_way;
    CHECK(under_way.is_free());
    under_way.begin(slow.command, [&](const CommandOutcome& how) { answers.push_back(how); });
    CHECK_FALSE(under_way.is_free());
    under_way.look();
    CHECK(answers.empty());
    CHECK_FALSE(slow.worked);
    slow.may_end.set_value();
    while (!under_way.is_free())
        under_way.look();
    REQUIRE(answers.size() == 1);
    CHECK(answers.front().status == 0);
    CHECK(answers.front().out == "whole");
    under_way.look();
    CHECK(answers.size() == 1);
}

TEST_CASE("a serve that ends waits for a long command, and answers it") {
    Slow slow;
    std::vector<CommandOutcome> answers;
    {
        CommandUnderWay under_way;
        under_way.begin(slow.command, [&](const CommandOutcome& how) { answers.push_back(how); });
        slow.may_end.set_value();
    }
    REQUIRE(answers.size() == 1);
    CHECK(answers.front().status == 0);
}
