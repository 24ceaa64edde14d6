// What a tablet could not send, carried by somebody else.
#include "sync/store/rescue.h"

#include "sync/store/endpoint_seal.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"
#include "tests/sync/tablet/sealed_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::string file_of(const SealedTablet& tablet) {
    const auto rescue = write_rescue(*tablet.store, tablet.identity);
    if (!rescue.ok())
        FAIL(rescue.error().text());
    return rescue->file;
}

std::vector<Result<TakenIn>> take_in(Centre& centre, const std::string& file) {
    std::vector<Result<TakenIn>> taken;
    const auto frames = rescue_frames(file);
    REQUIRE(frames.ok());
    for (const auto& frame : *frames)
        taken.push_back(centre.endpoint.take_in(frame));
    return taken;
}

}  // namespace

TEST_CASE("a rescue file is taken in once, however often and after whatever it comes", "[rescue]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    one.plan_visits(2);
    one.sync_whole();
    one.plan_visits(3);
    one.lock();
    const auto file = file_of(one);
    CHECK(file.find("SS-2013") == std::string::npos);
    for (int times = 0; times < 3; ++times)
        for (const auto& taken : take_in(centre, file)) {
            REQUIRE(taken.ok());
            CHECK(taken->tablet == "tab-01");
            CHECK(taken->facts == 3);
            CHECK(taken->acked_through == 5);
            CHECK(taken->set_aside == 0);
        }
    CHECK(count_rows(*centre.sql, "fact_visit") == 5);
    CHECK(centre.endpoint.tablets()->front().acked_through == 5);
    // The tablet turns up after all, and sends by itself.
    one.sync_whole();
    CHECK(one.store->position()->acked_through == 5);
    one.unlock_and_fold();
    one.plan_visits(1);
    one.sync_whole();
    for (const auto& taken : take_in(centre, file))
        CHECK(taken.ok());
    CHECK(count_rows(*centre.sql, "fact_visit") == 6);
    CHECK(count_rows(*centre.sql, "branch") == 0);
    CHECK(write_rescue(*one.store, one.identity).error().fault == Fault::not_found);
}

TEST_CASE("a long rescue file is cut into parts that each fit a push", "[rescue]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    for (int i = 0; i < 30; ++i)
        one.plan_visits(60);
    const auto file = file_of(one);
    const auto frames = rescue_frames(file);
    REQUIRE(frames->size() > 3);
    for (const auto& frame : *frames)
        REQUIRE(centre.endpoint.take_in(frame)->beside == TakenIn::Beside::no);
    CHECK(count_rows(*centre.sql, "fact_visit") == 1800);
}

TEST_CASE("of a rescue file with a hole what stands behind the hole is taken in, and counts once",
          "[rescue]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    for (int i = 0; i < 30; ++i)
        one.plan_visits(60);
    const auto file = file_of(one);
    const auto frames = rescue_frames(file);
    REQUIRE(frames->size() > 3);
    const auto facts_in = [&](std::size_t i) {
        return static_cast<std::int64_t>(centre.endpoint.take_in(frames->at(i))->facts);
    };
    std::int64_t facts = facts_in(0);
    const auto acked = centre.endpoint.tablets()->front().acked_through;
    for (std::size_t i = 2; i < frames->size(); ++i) {
        const auto taken = centre.endpoint.take_in(frames->at(i));
        REQUIRE(taken.ok());
        CHECK(taken->beside == TakenIn::Beside::behind_hole);
        CHECK(taken->acked_through == acked);
        facts += static_cast<std::int64_t>(taken->facts);
    }
    CHECK(count_rows(*centre.sql, "fact_visit") == facts);
    CHECK(count_rows(*centre.sql, "branch") == 1);
    CHECK(centre.endpoint.tablets()->front().has_hole);
    // Again, and then the tablet turns up after all.
    REQUIRE(centre.endpoint.take_in(frames->at(2)).ok());
    CHECK(count_rows(*centre.sql, "branch") == 1);
    one.sync_whole();
    CHECK(one.store->position()->acked_through == 1800);
    CHECK(count_rows(*centre.sql, "fact_visit") == 1800);
    CHECK(count_rows(*centre.sql, "fork") == 0);
    CHECK_FALSE(centre.endpoint.tablets()->front().has_hole);
}

TEST_CASE("what a rescue file says of a time to come is set to when it came in", "[rescue]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    constexpr std::int64_t years = std::int64_t{20} * 365 * 86'400'000;
    centre.clock.advance_ms(years);
    one.plan_visits(2);
    const auto file = file_of(one);
    centre.clock.advance_ms(-years);
    const auto taken = take_in(centre, file);
    REQUIRE(taken.front().ok());
    CHECK(count_rows(*centre.sql, "fact_visit") == 2);
    std::vector<std::int64_t> times;
    REQUIRE(centre.sql
                ->query("select at_ms from fact_clock", {},
                        [&](const SqlRow& row) {
                            times.push_back(row.integer(0));
                            return true;
                        })
                .ok());
    CHECK(times == std::vector<std::int64_t>(2, centre.clock.now_ms()));
}

TEST_CASE("a part that the endpoint cannot take today does not keep others on the tablet that carries it",
          "[rescue]") {
    CentreWithKeys centre;
    SealedTablet full(centre, "tab-01", 21);
    SealedTablet lost(centre, "tab-02", 23);
    SealedTablet other(centre, "tab-03", 22);
    for (auto* tablet : {&full, &lost, &other})
        tablet->enrol();
    for (int i = 0; i < 30; ++i)
        full.plan_visits(60);
    lost.plan_visits(1);
    const auto frames = rescue_frames(file_of(full));
    REQUIRE(frames->size() > 2);
    for (const std::size_t i : {std::size_t{1}, std::size_t{2}})
        REQUIRE(*other.store->carry_rescued(frames->at(i)));
    REQUIRE(*keep_rescued(*other.store, file_of(lost)) == 1);
    REQUIRE(
        centre.sql
            ->run("insert into aside_taken(partnership, enrolment, day, bytes) values(1, :enrolment, :day, "
                  ":bytes)",
                  {{"enrolment", sql_value(full.identity.enrolment)},
                   {"day", centre.clock.now_ms() / 86'400'000},
                   {"bytes", static_cast<std::int64_t>(limits::aside_day_bytes_max)}})
            .ok());
    const auto outcome = other.sync();
    REQUIRE(outcome.ok());
    CHECK_FALSE(outcome->up_to_date);
    CHECK(outcome->state.trouble == SyncTrouble::busy);
    CHECK(other.store->position()->rescued == 2);
    CHECK(count_rows(*centre.sql, "fact_visit") == 1);
    centre.clock.advance_ms(86'400'000);
    other.sync_whole();
    CHECK(other.store->position()->rescued == 0);
    CHECK(count_rows(*centre.sql, "fact_visit") > 1);
}

TEST_CASE("a rescue file that was cut, altered or made by another is refused with words", "[rescue]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    one.plan_visits(2);
    const auto file = file_of(one);
    const auto refused = [&](const std::string& bytes, Fault fault) {
        const auto frames = rescue_frames(bytes);
        REQUIRE_FALSE(frames.ok());
        CHECK(frames.error().fault == fault);
        CHECK(keep_rescued(*one.store, bytes).error().fault == fault);
        CHECK_FALSE(frames.error().what.empty());
    };
    refused("", Fault::bad_input);
    refused("a photograph", Fault::bad_input);
    refused("doorstep rescue 9\nx", Fault::newer_version);
    for (const std::size_t size : {std::size_t{18}, std::size_t{40}, file.size() / 2, file.size() - 1})
        refused(file.substr(0, size), Fault::damaged);
    for (std::size_t at = 18; at < file.size(); at += 7) {
        auto altered = file;
        altered[at] = static_cast<char>(altered[at] ^ 0x20);
        refused(altered, Fault::damaged);
    }
    // Frames altered in themselves, whatever stands around them.
    const auto frame = rescue_frames(file)->front();
    for (std::size_t at = 0; at < frame.size(); at += 3) {
        auto altered = frame;
        altered[at] = static_cast<char>(altered[at] ^ 0x01);
        const auto taken = centre.endpoint.take_in(altered);
        REQUIRE_FALSE(taken.ok());
        CHECK(taken.error().fault == Fault::refused);
    }
    CHECK(count_rows(*centre.sql, "operation") == 0);
}

TEST_CASE("nobody makes a rescue file in the name of a tablet whose seed he does not have", "[rescue]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    one.plan_visits(1);
    auto forged = one.identity;
    forged.seed = std::string(64, '0');
    const auto file = write_rescue(*one.store, forged);
    REQUIRE(file.ok());
    const auto taken = take_in(centre, file->file).front();
    CHECK(taken.error().fault == Fault::refused);
    CHECK(taken.error().what.find("not made by a tablet") != std::string::npos);
    CentreWithKeys elsewhere;
    CHECK(take_in(elsewhere, file_of(one)).front().error().what.find("not made by a tablet") !=
          std::string::npos);
    CHECK(count_rows(*centre.sql, "operation") == 0);
}

TEST_CASE("any other tablet carries it, locked or not, and hands it on with its sync", "[rescue]") {
    CentreWithKeys centre;
    SealedTablet lost(centre, "tab-01", 21);
    SealedTablet other(centre, "tab-02", 22);
    lost.enrol();
    other.enrol();
    lost.plan_visits(3);
    const auto file = file_of(lost);
    const bool locked = GENERATE(false, true);
    if (locked)
        other.lock();
    CHECK(*keep_rescued(*other.store, file) == 1);
    CHECK(*keep_rescued(*other.store, file) == 0);
    CHECK(other.store->position()->rescued == 1);
    DirectClient offline(centre, other.identity);
    offline.on_the_way_back = [](HttpReply) -> Result<HttpReply> {
        return Error{Fault::unreachable, "cut", ""};
    };
    CHECK_FALSE(other.sync(offline)->up_to_date);
    CHECK(other.store->position()->rescued == 1);
    other.sync_whole();
    CHECK(other.store->position()->rescued == 0);
    CHECK(count_rows(*centre.sql, "fact_visit") == 3);
    CHECK(centre.endpoint.tablets()->front().last_seen_ms == 0);  // it was not seen itself
    lost.sync_whole();
    CHECK(lost.store->position()->acked_through == 3);
    CHECK(count_rows(*centre.sql, "fact_visit") == 3);
}

TEST_CASE("what the endpoint will never take stays, is told once, and blocks nothing", "[rescue]") {
    CentreWithKeys centre;
    CentreWithKeys elsewhere;
    elsewhere.random = SeededRandom(77);  // other enrolments than here
    SealedTablet stranger(elsewhere, "tab-77", 21);
    SealedTablet lost(centre, "tab-01", 23);
    SealedTablet other(centre, "tab-02", 22);
    for (auto* tablet : {&stranger, &lost, &other})
        tablet->enrol();
    stranger.plan_visits(1);
    lost.plan_visits(1);
    REQUIRE(*keep_rescued(*other.store, file_of(stranger)) == 1);
    REQUIRE(*keep_rescued(*other.store, file_of(lost)) == 1);
    const auto outcome = other.sync();
    REQUIRE(outcome.ok());
    CHECK(outcome->up_to_date);
    REQUIRE(outcome->state.quarantined.size() == 1);
    CHECK(outcome->state.quarantined.front().reason.find("not made by a tablet") != std::string::npos);
    CHECK(count_rows(*centre.sql, "fact_visit") == 1);
    CHECK(other.store->position()->rescued == 0);
    CHECK(count_rows(*other.sql, "rescued") == 1);
    CHECK(*keep_rescued(*other.store, file_of(lost)) == 1);  // signed anew: another frame, the same facts
    other.sync_whole();
    CHECK(count_rows(*centre.sql, "fact_visit") == 1);
}

TEST_CASE("what would stand readable in the file is not written into it", "[rescue]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    auto without = one.identity;
    without.sealing_key.clear();
    REQUIRE(one.store->enrol(without).ok());
    one.plan_visits(1);
    CHECK(write_rescue(*one.store, one.identity).error().fault == Fault::refused);
    one.lock();
    const auto locked = write_rescue(*one.store, one.identity);
    CHECK(locked.error().fault == Fault::not_found);
    CHECK(locked.error().what.find("after somebody signed in") != std::string::npos);
}
