// A tablet whose records were set back, and an endpoint that may hold more of it than it knows itself.
#include <filesystem>

#include "sync/store/second_copy.h"
#include "tests/sync/tablet/sealed_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

namespace fs = std::filesystem;

// With its second copy, as the app has it.
struct CopiedTablet : SealedTablet {
    explicit CopiedTablet(Centre& centre) : SealedTablet(centre, "tab-01", 21) {
        enrol();
        stand();
    }
    ~CopiedTablet() { close(); }
    void stand() {
        auto opened = SecondCopy::open(file());
        REQUIRE(opened.ok());
        copy.emplace(std::move(*opened));
        const auto back = store->keep_second_copy(*copy);
        if (!back.ok())
            FAIL(back.error().text());
        put_back = *back;
    }
    void keep_image() {
        close();
        fs::copy_file(file(), image(), fs::copy_options::overwrite_existing);
        unlock();
        stand();
    }
    void set_back() {
        close();
        fs::remove(file() + "-wal");
        fs::copy_file(image(), file(), fs::copy_options::overwrite_existing);
        unlock();
        stand();
    }
    std::string image() const { return file() + ".image"; }

    std::optional<SecondCopy> copy;
    PutBack put_back;
};

void is_whole(Centre& centre, int visits) {
    CHECK(count_rows(*centre.sql, "fact_visit") == visits);
    CHECK(count_rows(*centre.sql, "operation") == visits);
    CHECK(count_rows(*centre.sql, "fork") == 0);
    CHECK(centre.endpoint.store().quarantined()->empty());
}

}  // namespace

TEST_CASE("what the endpoint holds already and the second copy puts back is the same chain", "[set-back]") {
    CentreWithKeys centre;
    CopiedTablet one(centre);
    one.plan_visits(1);
    one.sync_whole();
    one.keep_image();
    one.plan_visits(2);
    one.plan_visits(1);
    const bool acknowledgement_lost = GENERATE(false, true);
    if (acknowledgement_lost) {
        DirectClient http(centre, one.identity);
        int replies = 0;
        http.on_the_way_back = [&](HttpReply reply) -> Result<HttpReply> {
            if (++replies > 1)
                return Error{Fault::unreachable, "cut", ""};
            return reply;
        };
        static_cast<void>(one.sync(http));
        REQUIRE(count_rows(*centre.sql, "fact_visit") == 4);
    }
    one.set_back();
    CHECK(one.put_back.facts == 3);
    CHECK(one.store->position()->last_sequence == 4);
    one.plan_visits(1);
    one.sync_whole();
    is_whole(centre, 5);
    CHECK(one.store->log()->size() == 5);
}

TEST_CASE("what was acknowledged before the records were set back is minted at no place again",
          "[set-back]") {
    CentreWithKeys centre;
    CopiedTablet one(centre);
    one.plan_visits(1);
    one.keep_image();
    one.plan_visits(2);
    one.plan_visits(1);
    one.sync_whole();
    one.set_back();
    CHECK(one.put_back.sent_before == 3);
    CHECK(one.put_back.text().find("3 facts are at the endpoint") != std::string::npos);
    one.plan_visits(2);
    one.sync_whole();
    is_whole(centre, 6);
    CHECK(one.store->position()->last_sequence == 6);
}
