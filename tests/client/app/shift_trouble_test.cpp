// What cannot be opened: said in words, with what to do; nothing is lost, the rest works.
#include <fmt/format.h>

#include <filesystem>

#include "sync/store/sqlite_connection.h"
#include "tests/client/app/shift_in_hand.h"
#include "tests/support/row_keys.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a store of a newer version is left as it is, and opens when it can", "[shift][trouble]") {
    ShiftInHand day;
    std::int64_t version = 0;
    {
        auto sql = open_sqlite(day.folder.file("doorstep.sqlite"));
        REQUIRE(sql.ok());
        REQUIRE((*sql)
                    ->query("pragma user_version", {},
                            [&](const SqlRow& row) {
                                version = row.integer(0);
                                return false;
                            })
                    .ok());
        REQUIRE((*sql)->script("pragma user_version = 4711").ok());
    }
    const std::string before = read(day.folder.file("doorstep.sqlite"));
    day.open();
    const TroubleView trouble = day.screen<TroubleView>();
    CHECK(trouble.title == "This tablet cannot open its records");
    CHECK(trouble.mend.find("newest Doorstep") != std::string::npos);
    // Once, not twice.
    CHECK(trouble.mend.find("Install", trouble.mend.find("Install") + 1) == std::string::npos);
    CHECK(trouble.kept.find("Nothing was changed") != std::string::npos);
    CHECK(read(day.folder.file("doorstep.sqlite")) == before);
    CHECK_FALSE(std::filesystem::exists(day.folder.file("route.sealed")));

    // Meanwhile nothing else is acted on, but how the screen looks.
    day.act(intent::OpenCounts{});
    day.act(intent::SyncNow{});
    static_cast<void>(day.screen<TroubleView>());
    day.act(intent::ChooseTheme{Theme::dark});
    CHECK(day.view().theme == Theme::dark);

    {
        auto sql = open_sqlite(day.folder.file("doorstep.sqlite"));
        REQUIRE(sql.ok());
        REQUIRE((*sql)->script(fmt::format("pragma user_version = {}", version)).ok());
    }
    day.act(intent::TryAgain{});
    CHECK(day.screen<HomeView>().visits.size() == 1);
}

TEST_CASE("a folder that is a file, a damaged store and a store in use are told apart", "[shift][trouble]") {
    ShiftInHand day;
    const auto words_for = [&](const std::string& folder) {
        Shift shift(with_keys({folder, {}, {}, {}}), day.clock, day.random, day.wordings,
                    [](std::shared_ptr<const View>) {});
        shift.open();
        const auto* trouble = std::get_if<TroubleView>(&shift.view()->screen);
        REQUIRE(trouble);
        CHECK_FALSE(trouble->mend.empty());
        CHECK_FALSE(trouble->kept.empty());
        return trouble->what;
    };
    const std::string file = day.folder.write("a-file", "text");
    CHECK(words_for(file).find("it is a file") != std::string::npos);

    TemporaryFolder damaged;
    damaged.write("doorstep.sqlite", "SQLite format 3" + std::string(5000, 'x'));
    const std::string first = words_for(damaged.path());
    CHECK_FALSE(first.empty());
    CHECK(read(damaged.file("doorstep.sqlite")).substr(0, 15) == "SQLite format 3");

    day.open();
    CHECK_FALSE(words_for(day.folder.path()).empty());
}

TEST_CASE("a form that does not load is said at the door, and the rest works", "[shift][trouble]") {
    ShiftInHand day;
    TemporaryFolder forms;
    std::filesystem::copy("forms/questionnaires", forms.path(),
                          std::filesystem::copy_options::recursive |
                              std::filesystem::copy_options::overwrite_existing);
    day.questionnaires = forms.path();
    day.open();
    day.start("14 Mill Lane");
    day.act(intent::GoHome{});
    day.shift.reset();
    for (const char* version : {"2013", "current"})
        forms.write(std::string("safer_streets_doorstep/") + version + "/survey.csv",
                    "type,name\nnonsense,x\n");
    day.open();
    CHECK(day.screen<HomeView>().visits.size() == 1);
    // The draft's own form was kept with it.
    REQUIRE(day.screen<HomeView>().not_finished.size() == 1);
    CHECK(day.screen<HomeView>().not_finished[0].trouble.empty());
    day.to_door("1 Mill Lane");
    CHECK(day.screen<DoorView>().form_title.empty());
    CHECK(day.screen<DoorView>().form_trouble.find("survey.csv") != std::string::npos);
    CHECK_FALSE(day.screen<DoorView>().outcomes.empty());
    day.act(intent::StartQuestionnaire{day.screen<DoorView>().household, {}});
    static_cast<void>(day.screen<DoorView>());
    CHECK(day.view().notice->kind == Notice::Kind::trouble);
    day.record("2 Mill Lane", ContactOutcome::no_answer);
    CHECK(day.row("2 Mill Lane").words == "No answer");
}

TEST_CASE("a draft that cannot be opened stays listed with its reason", "[shift][trouble]") {
    ShiftInHand day;
    day.open();
    day.start("14 Mill Lane");
    day.act(intent::GoHome{});
    day.shift.reset();
    {
        auto tablet = OpenedTablet::open(day.folder.path(), row_keys_for_tests(), day.clock, day.random,
                                         {.ballast_bytes = 0});
        REQUIRE(tablet.ok());
        SqlConnection& sql = (*tablet)->sql();
        REQUIRE(sql.begin().ok());
        REQUIRE(
            sql.script("update draft set form_hash = zeroblob(32); delete from draft_form where true").ok());
        REQUIRE(sql.commit().ok());
    }
    day.open();
    REQUIRE(day.screen<HomeView>().not_finished.size() == 1);
    CHECK(day.screen<HomeView>().not_finished[0].trouble.find("The draft is kept") != std::string::npos);
    day.act(intent::ResumeDraft{day.screen<HomeView>().not_finished[0].questionnaire});
    CHECK(day.view().notice->kind == Notice::Kind::trouble);
    static_cast<void>(day.screen<HomeView>());
}

TEST_CASE("records that are gone are said, never taken for a new tablet", "[shift][trouble]") {
    ShiftInHand day;
    day.open();
    day.to_door("1 Mill Lane");
    day.shift.reset();
    const std::string file = day.folder.file("doorstep.sqlite");
    SECTION("emptied") {
        std::ofstream(file, std::ios::trunc).close();
    }
    SECTION("missing") {
        std::filesystem::remove(file);
    }
    std::ofstream(file + "-unsent", std::ios::trunc).close();  // else they are mended from it
    for (const char* beside : {"-wal", "-shm"})
        std::filesystem::remove(file + beside);
    day.open();
    CHECK(day.screen<TroubleView>().title.find("gone or empty") != std::string::npos);
    CHECK(day.screen<TroubleView>().can_go_on);
    day.act(intent::TryAgain{});
    static_cast<void>(day.screen<TroubleView>());
    std::error_code error;
    CHECK((!std::filesystem::exists(file, error) || std::filesystem::file_size(file, error) == 0));
    day.act(intent::GoHome{});
    CHECK(day.screen<HomeView>().visits.empty());
}
