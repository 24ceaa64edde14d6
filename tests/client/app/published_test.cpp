// What the centre publishes, as the officer meets it: the real centre, the real shift.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "forms/desk/bundle.h"
#include "sync/search/address_list.h"
#include "sync/search/address_pack.h"
#include "tests/client/app/centre_in_hand.h"

using namespace doorstep;
using namespace doorstep::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* shipped_version = "2026-2";
constexpr const char* new_version = "2026-3";

struct PublishedDay : SyncedDay {
    PublishedDay() { open_fresh(); }
    void publish(std::vector<NewParcel> wanted) {
        const auto made = centre.endpoint->publish(wanted);
        if (!made.ok())
            FAIL(made.error().text());
    }
    // The shipped questionnaire under a version of its own.
    void publish_form(Day from) {
        const std::string shipped = shipped_questionnaires() + "/safer_streets_doorstep/current";
        const std::string copy = folder.file("form");
        fs::create_directories(copy);
        fs::copy(shipped, copy, fs::copy_options::overwrite_existing | fs::copy_options::recursive);
        std::ifstream in(copy + "/settings.csv");
        std::string text((std::istreambuf_iterator<char>(in)), {});
        const auto at = text.find(shipped_version);
        REQUIRE(at != std::string::npos);
        text.replace(at, std::string_view(shipped_version).size(), new_version);
        std::ofstream(copy + "/settings.csv") << text;
        Diagnostics found;
        const auto known = read_directory(shipped_questionnaires() + "/directory", found);
        const auto package = open_package(copy, &known);
        REQUIRE(package.form);
        const auto content = bundle_form(package, copy);
        REQUIRE(content.ok());
        publish({{wire::ParcelKind::form, package.form->id() + "/" + new_version, *content, from, {}}});
    }
    void sync() {
        act(intent::SyncNow{});
        answer(to_the_centre());
    }
    std::vector<std::string> versions_at_the_centre() const {
        std::vector<std::string> versions;
        REQUIRE(centre.sql
                    ->query("select form_version from fact_questionnaire order by hybrid_clock, operation_id",
                            {},
                            [&](const SqlRow& row) {
                                versions.push_back(row.text(0));
                                return true;
                            })
                    .ok());
        return versions;
    }
};

const Day visit_day = Day::of(2026, 11, 21);

}  // namespace

TEST_CASE("a questionnaire that came from the centre is asked at the next door", "[shift][published]") {
    PublishedDay day;
    day.publish_form(visit_day);
    day.sync();
    day.act(intent::OpenSync{});
    CHECK(day.screen<SyncView>().published.find("1 questionnaire") != std::string::npos);
    day.act(intent::GoHome{});
    day.finish_one("1 Mill Lane");
    day.sync();
    CHECK(day.versions_at_the_centre() == std::vector<std::string>{new_version});
}

TEST_CASE("a questionnaire for later days is not asked yet", "[shift][published]") {
    PublishedDay day;
    day.publish_form(visit_day.plus(1));
    day.sync();
    day.finish_one("1 Mill Lane");
    day.sync();
    CHECK(day.versions_at_the_centre() == std::vector<std::string>{shipped_version});
}

TEST_CASE("a visit that was begun goes on with the version of its first door", "[shift][published]") {
    PublishedDay day;
    day.finish_one("1 Mill Lane");
    day.publish_form(visit_day);
    day.sync();
    day.finish_one("2 Mill Lane");
    day.sync();
    CHECK(day.versions_at_the_centre() == std::vector<std::string>{shipped_version, shipped_version});
}

TEST_CASE(
    "addresses from the centre can be found as soon as the tablet has rested, and go when it drops them",
    "[shift][published]") {
    PublishedDay day;
    const auto list =
        read_address_list("uprn,street,house,postcode,area\n9001,Zebra Crescent,7,WD6 1AA,BE\n", "homes.csv");
    REQUIRE(list.ok());
    day.publish({{wire::ParcelKind::addresses, "BE", packed_addresses(list->homes), {}, {}}});
    day.sync();
    day.shift->rest();
    const auto found = [&] {
        day.act(intent::GoHome{});
        day.act(intent::OpenHomes{});
        while (const auto at = day.shift->wake_at_ms()) {
            if (*at > day.clock.now_ms())
                break;
            day.shift->woken();
        }
        day.act(intent::FindHomes{"Zebra"});
        return day.screen<HomesView>().rows->size();
    };
    CHECK(found() == 1);
    REQUIRE(day.centre.endpoint->unpublish(wire::ParcelKind::addresses, "BE").ok());
    day.sync();
    day.shift->rest();
    CHECK(found() == 0);
}
