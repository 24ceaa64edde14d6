// A tablet whose enrolment the endpoint refuses gets a new one, and nothing of it is lost or doubled.
#include "sync/store/rescue.h"
#include "sync/store/second_copy.h"
#include "tests/sync/tablet/sealed_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

// A new ticket of that centre, taken over.
std::int64_t enrol_again(Centre& centre, SealedTablet& tablet) {
    const auto made = centre.endpoint.enrol(tablet.identity.tablet);
    REQUIRE(made.ok());
    tablet.identity.enrolment = made->enrolment;
    tablet.identity.seed = made->seed;
    tablet.identity.sealing_key = made->sealing_key;
    const auto taken = tablet.store->enrol(tablet.identity);
    if (!taken.ok())
        FAIL(taken.error().text());
    return *taken;
}

void take_in(Centre& centre, const Rescue& rescue) {
    const auto frames = rescue_frames(rescue.file);
    REQUIRE(frames.ok());
    for (const auto& frame : *frames)
        REQUIRE(centre.endpoint.take_in(frame).ok());
}

void is_whole(Centre& centre, int visits) {
    CHECK(count_rows(*centre.sql, "fact_visit") == visits);
    CHECK(count_rows(*centre.sql, "operation") == visits);
    CHECK(count_rows(*centre.sql, "fork") == 0);
    CHECK(centre.endpoint.store().quarantined()->empty());
}

// The answer is lost on the way: the endpoint holds what the tablet thinks unsent.
void push_without_answer(Centre& centre, SealedTablet& tablet) {
    DirectClient http(centre, tablet.identity);
    int pushes = 0;
    http.on_the_way_back = [&](HttpReply reply) -> Result<HttpReply> {
        if (++pushes > 1)
            return Error{Fault::unreachable, "cut", ""};
        return reply;
    };
    static_cast<void>(tablet.sync(http));
}

}  // namespace

TEST_CASE("facts of a refused enrolment go out under the new one", "[enrolled-again]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    one.plan_visits(2);
    one.sync_whole();
    one.plan_visits(3);
    one.plan_visits(1);
    const auto before = one.dump();
    REQUIRE(centre.sql->run("delete from tablet").ok());  // its enrolment was ended
    CHECK(one.sync()->state.what == SyncState::What::refused);
    CHECK(enrol_again(centre, one) == 4);
    // What was acknowledged goes once more too: no backup covers it.
    CHECK(one.store->position()->last_sequence == 6);
    CHECK(one.dump() == before);
    one.lock();
    one.sync_whole();
    is_whole(centre, 6);
    one.unlock_and_fold();
    CHECK(one.dump() == before);
    CHECK(one.store->quarantined()->empty());
}

TEST_CASE("what the endpoint held already is one fact still, whoever reads it", "[enrolled-again]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    SealedTablet reader(centre, "tab-02", 22);
    one.enrol();
    reader.enrol();
    one.plan_visits(1);
    one.sync_whole();
    one.plan_visits(2);
    one.plan_visits(1);
    push_without_answer(centre, one);
    REQUIRE(count_rows(*centre.sql, "fact_visit") == 4);
    REQUIRE(one.store->position()->acked_through == 1);
    CHECK(enrol_again(centre, one) == 3);
    one.plan_visits(1);
    one.sync_whole();
    reader.sync_whole();
    is_whole(centre, 5);
    // They come back as another enrolment's, in the words of before.
    CHECK(one.store->log()->size() == 5);
    CHECK(one.store->quarantined()->empty());
    CHECK(reader.store->log()->size() == 5);
    CHECK(reader.store->quarantined()->empty());
}

TEST_CASE("a tablet whose storage was set back sends what it recorded since under a new enrolment",
          "[enrolled-again]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    one.plan_visits(1);
    one.sync_whole();
    one.close();
    const auto image = one.file() + ".image";
    std::filesystem::copy_file(one.file(), image);
    one.unlock();
    one.plan_visits(2);
    one.sync_whole();
    one.close();
    std::filesystem::remove(one.file() + "-wal");
    std::filesystem::rename(image, one.file());
    one.unlock();
    one.plan_visits(4);
    CHECK(one.sync()->state.what == SyncState::What::refused);
    CHECK(enrol_again(centre, one) == 4);
    one.sync_whole();
    is_whole(centre, 7);
    CHECK(one.store->log()->size() == 7);
}

TEST_CASE("a rescue file of the enrolment before and the new enrolment bring each fact once",
          "[enrolled-again]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    one.plan_visits(3);
    const auto before = write_rescue(*one.store, one.identity);
    REQUIRE(before.ok());
    auto old = one.identity;
    enrol_again(centre, one);
    CHECK(write_rescue(*one.store, old).error().fault == Fault::conflict);
    const auto after = write_rescue(*one.store, one.identity);
    REQUIRE(after.ok());
    const bool new_first = GENERATE(false, true);
    for (const auto* file : {new_first ? &*after : &*before, new_first ? &*before : &*after})
        take_in(centre, *file);
    one.sync_whole();
    is_whole(centre, 3);
}

TEST_CASE("what was taken along is in the second copy, under the enrolment that holds now",
          "[enrolled-again]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    auto copy = SecondCopy::open(one.file());
    REQUIRE(copy.ok());
    REQUIRE(one.store->keep_second_copy(*copy).ok());
    one.enrol();
    one.plan_visits(2);
    one.plan_visits(1);
    enrol_again(centre, one);
    const auto copied = SecondCopy::look(one.file());
    REQUIRE(copied.ok());
    REQUIRE(copied->size() == 2);
    for (const auto& envelope : *copied)
        CHECK(envelope.enrolment == one.identity.enrolment);
    const auto file = write_rescue(*copied, one.identity);
    REQUIRE(file.ok());
    CHECK(file->facts == 3);
    take_in(centre, *file);
    is_whole(centre, 3);
    one.store.reset();
}

TEST_CASE("a ticket that names another sealing key gets nothing of what is unsent", "[enrolled-again]") {
    CentreWithKeys centre;
    SealedTablet one(centre, "tab-01", 21);
    one.enrol();
    one.plan_visits(3);
    const bool identity_lost = GENERATE(false, true);
    if (identity_lost) {
        REQUIRE(one.sql->begin().ok());
        REQUIRE(one.sql->run("delete from tablet_identity").ok());
        REQUIRE(one.sql->commit().ok());
    }
    auto forged = one.identity;  // the same address, the same recovery key
    forged.enrolment = Uuid::random(centre.random);
    forged.sealing_key = KeyPair::make().public_key.bytes;
    CHECK(one.store->enrol(forged).error().fault == Fault::conflict);
    CHECK(*one.store->enrolment() == one.identity.enrolment);
    CHECK(enrol_again(centre, one) == 3);
    one.sync_whole();
    is_whole(centre, 3);
}
