// Records that were damaged and have been mended, seen from the app.
#include <filesystem>

#include "sync/store/mend_store.h"
#include "sync/store/sqlite_connection.h"
#include "tests/client/app/shift_in_hand.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

// A questionnaire in hand, and then one of the sealed rows of an earlier day is not what
// was written.
struct DamagedDay : ShiftInHand {
    DamagedDay() {
        tried_before(20);
        open();
        start("14 Mill Lane");
        place = view().place;
        shift.reset();
        auto sql = open_sqlite(file());
        REQUIRE(sql.ok());
        REQUIRE((*sql)
                    ->script("update sealed_row set sealed = zeroblob(length(sealed)) where number = "
                             "(select max(number) from sealed_row where number in (select number from "
                             "sealed_row order by number limit 30))")
                    .ok());
        sql = Error{Fault::broken, "", ""};
        open();
        REQUIRE(screen<TroubleView>().can_mend);
    }
    std::string file() const { return folder.file("doorstep.sqlite"); }
    std::string place;  // of the page that one comes back to
};

}  // namespace

TEST_CASE("what a mending came to is told on whatever page the app opens, until it is read", "[mending]") {
    DamagedDay day;
    day.act(intent::MendRecords{});
    CHECK(day.view().place == day.place);
    CHECK(day.notice().starts_with("The records were damaged and have been mended."));
    // Work does not take it away, and what is said of the work comes first.
    day.give("household_size", "2");
    CHECK(day.notice().starts_with("The records were damaged"));
    day.act(intent::GoHome{});
    CHECK(day.notice().find("Not finished") != std::string::npos);
    day.act(intent::DismissNotice{});
    CHECK(day.notice().starts_with("The records were damaged"));

    // Nobody has read it: another process tells it once more.
    day.reopen();
    CHECK(day.notice().starts_with("The records were damaged"));
    day.act(intent::DismissNotice{});
    CHECK(day.notice().empty());
    day.reopen();
    CHECK(day.notice().empty());
}

TEST_CASE("the sync page says what was mended last and when", "[mending]") {
    DamagedDay day;
    day.act(intent::MendRecords{});
    day.act(intent::GoHome{});
    day.act(intent::DismissNotice{});
    day.act(intent::DismissNotice{});
    day.act(intent::OpenSync{});
    CHECK(day.screen<SyncView>().mended_at == "Mended today 10:00");
    CHECK(day.screen<SyncView>().mended == last_mending(day.file())->text());
    CHECK(day.screen<SyncView>().mended.find("doorstep.sqlite.damaged-1") != std::string::npos);
}

TEST_CASE("a tablet that was never mended says nothing of it", "[mending]") {
    ShiftInHand day;
    day.open();
    day.act(intent::OpenSync{});
    CHECK(day.screen<SyncView>().mended.empty());
    CHECK(day.notice().empty());
}

TEST_CASE("what is told on the page of trouble can be dismissed there", "[mending]") {
    DamagedDay day;
    day.act(intent::WriteRescue{"/nowhere"});
    REQUIRE_FALSE(day.notice().empty());
    day.act(intent::DismissNotice{});
    CHECK(day.notice().empty());
}
