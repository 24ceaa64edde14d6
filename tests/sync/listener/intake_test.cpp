#include "sync/listener/intake.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace doorstep;
using namespace std::chrono_literals;

TEST_CASE("what comes together is taken together, at most 64 at once", "[intake]") {
    Intake intake;
    for (int i = 0; i < 100; ++i)
        REQUIRE(intake.put(Arrival{{}, [](const EndpointResponse&) {}}));
    CHECK(intake.take(1s).arrivals.size() == 64);
    CHECK(intake.take(1s).arrivals.size() == 36);
    CHECK(intake.take(1ms).empty());
}

TEST_CASE("a closed intake takes nothing more and gives out what it has", "[intake]") {
    Intake intake;
    for (int i = 0; i < 70; ++i)
        REQUIRE(intake.put(Arrival{}));
    REQUIRE(intake.put(Errand{"line", {}}));
    intake.close();
    CHECK_FALSE(intake.put(Arrival{}));
    CHECK_FALSE(intake.put(Errand{}));
    const auto first = intake.take(1s);
    CHECK(first.arrivals.size() == 64);
    CHECK(first.errands.size() == 1);
    CHECK_FALSE(first.closed);
    const auto last = intake.take(1s);
    CHECK(last.arrivals.size() == 6);
    CHECK(last.closed);
}

TEST_CASE("many threads hand over and one takes: nothing is lost", "[intake]") {
    Intake intake;
    std::atomic<int> answered = 0;
    std::vector<std::thread> readers;
    for (int i = 0; i < 4; ++i)
        readers.emplace_back([&] {
            for (int n = 0; n < 500; ++n)
                intake.put(Arrival{{}, [&](const EndpointResponse&) { ++answered; }});
        });
    std::thread closer([&] {
        for (auto& reader : readers)
            reader.join();
        intake.close();
    });
    for (bool closed = false; !closed;) {
        auto batch = intake.take(1s);
        for (auto& arrival : batch.arrivals)
            arrival.answer({});
        closed = batch.closed;
    }
    closer.join();
    CHECK(answered == 2'000);
}
