#include "sync/agencies/drop_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "sync/agencies/csv_text.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/agencies/rig.h"

using namespace doorstep;
using namespace doorstep::testing;
namespace fs = std::filesystem;

namespace {

std::string content(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
void write(const std::string& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
}

struct Dropped {
    TemporaryFolder temporary;
    Rig rig;
    std::string folder = temporary.path() + "/fire";
    AnswersFolder answers;
    Dropped() {
        fs::create_directory(folder);
        rig.folder("fire", folder);
    }
    std::string file(const Uuid& referral) const { return folder + "/" + referral.text() + ".csv"; }
    // As the endpoint's thread does; with `die` it ends before the file is put away.
    int look(bool die = false) {
        int taken = 0;
        for (const auto& one : must(answers.look(folder))) {
            const auto done = must(take_answers_file(rig.store(), "fire", one));
            taken += static_cast<int>(done.added);
            if (die)
                continue;
            must(AnswersFolder::put_away(folder, one, done.errors));
            must(answers_file_is_away(rig.store(), "fire", one));
        }
        return taken;
    }
};

}  // namespace

TEST_CASE("a referral is dropped as one whole file, with no formula in it", "[folder]") {
    Dropped dropped;
    auto& rig = dropped.rig;
    const auto contact = rig.door(Uuid::random(rig.random));
    auto raised = rig.raised(contact, "fire");
    raised.shares.push_back({"concern_detail", "=HYPERLINK(\"http://evil\")", "=HYPERLINK(\"http://evil\")"});
    rig.arrive({rig.fact(contact), rig.fact(raised)});
    rig.work();
    CHECK(rig.state(raised.referral) == "sent");
    const auto text = content(dropped.file(raised.referral));
    CHECK(text.starts_with("\xEF\xBB\xBF"
                           "field,value,words\r\nreferral," +
                           raised.referral.text()));
    CHECK(text.find("road,Quartzmeadow Road,Quartzmeadow Road\r\n") != std::string::npos);
    CHECK(text.find("reach_phone,'+44 1632 960999,") != std::string::npos);
    CHECK(text.find("\"'=HYPERLINK(\"\"http://evil\"\")\"") != std::string::npos);
    struct stat facts {};
    REQUIRE(::stat(dropped.file(raised.referral).c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07u) == 0);
    rig.withdraw_on_tablet(raised.referral);
    rig.work();
    CHECK(content(dropped.folder + "/" + raised.referral.text() + ".withdrawn.csv").find("withdrawn,") !=
          std::string::npos);
}

TEST_CASE("of what did not leave nothing stays beside the folder", "[folder][erase]") {
    Dropped dropped;
    auto& rig = dropped.rig;
    const auto referral = rig.refer("fire");
    const auto ours = [&](const std::string& ending) {
        return dropped.folder + "/.doorstep/" + referral.text() + ending;
    };
    fs::create_directories(dropped.folder + "/.doorstep");
    SECTION("it could not be begun") {
        fs::create_directory(ours(".begun.new"));
        rig.work();
        CHECK(rig.state(referral) == "waiting");
    }
    SECTION("it could not be named") {
        fs::create_directory(dropped.file(referral));
        rig.work();
        CHECK(rig.state(referral) == "waiting");
        CHECK_FALSE(fs::exists(ours(".begun")));
    }
    SECTION("it was killed before it was named") {
        write(ours(".begun"), "");
        write(ours(".part"), "content");
        must(rig.sql->run("update outbox set state = 'unknown', attempt = 1", {}));
        auto taken = must(rig.sender->take());
        REQUIRE(taken.parcel);
        must(rig.sender->record(*taken.parcel, deliver(*taken.parcel, rig.connect(), rig.clock, rig.random)));
        CHECK(rig.state(referral) == "waiting");
        CHECK_FALSE(fs::exists(ours(".begun")));
    }
    CHECK_FALSE(fs::exists(ours(".part")));
    CHECK_FALSE(fs::exists(ours(".part.new")));
}

TEST_CASE("a drop that was cut at any step is ended, and what was taken away is not dropped again",
          "[folder]") {
    Dropped dropped;
    auto& rig = dropped.rig;
    const auto referral = rig.refer("fire");
    const auto taken = must(rig.sender->take());
    REQUIRE(taken.parcel);
    const auto ours = dropped.folder + "/.doorstep/" + referral.text();
    bool is_there = false;
    SECTION("before anything") {}
    SECTION("with half of it written") {
        fs::create_directory(dropped.folder + "/.doorstep");
        write(ours + ".part", "field,va");
    }
    SECTION("with all of it written and begun") {
        fs::create_directory(dropped.folder + "/.doorstep");
        write(ours + ".part", "field,value,words");
        write(ours + ".begun", "");
    }
    SECTION("named, and taken away by the agency") {
        CHECK(deliver(*taken.parcel, rig.connect(), rig.clock, rig.random).came == Came::held);
        fs::remove(dropped.file(referral));
        is_there = true;
    }
    rig.start();
    must(rig.sender->take_over());
    rig.work_for(hour_ms / 2);
    CHECK(rig.state(referral) == "sent");
    CHECK(fs::exists(dropped.file(referral)) == !is_there);
    CHECK_FALSE(fs::exists(ours + ".part"));
}

TEST_CASE("a drop folder whose disk is gone holds its referrals back, and goes on by itself", "[folder]") {
    Dropped dropped;
    auto& rig = dropped.rig;
    fs::rename(dropped.folder, dropped.folder + ".away");
    const auto referral = rig.refer("fire");
    rig.work_for(hour_ms);
    CHECK(rig.state(referral) == "waiting");
    CHECK(rig.row(referral).problem.find("is not there") != std::string::npos);
    CHECK_FALSE(fs::exists(dropped.folder));
    fs::rename(dropped.folder + ".away", dropped.folder);
    rig.work_for(6 * hour_ms);
    CHECK(rig.state(referral) == "sent");
    CHECK(fs::exists(dropped.file(referral)));
}

TEST_CASE("answers are taken in once they stand still, and once only", "[folder]") {
    Dropped dropped;
    auto& rig = dropped.rig;
    const auto referral = rig.refer("fire");
    rig.work();
    const auto file = dropped.folder + "/answers/march.csv";
    write(file, "referral,state\r\n" + referral.text() + ",acc");
    CHECK(dropped.look() == 0);
    write(file, "referral,state\r\n" + referral.text() + ",accepted\r\nx,y\r\n");
    CHECK(dropped.look() == 0);
    CHECK(dropped.look(true) == 1);  // killed before it was put away
    CHECK(rig.status(referral) == "1 accepted");
    CHECK(dropped.look() == 0);
    CHECK_FALSE(fs::exists(file));
    CHECK(content(file + ".errors.csv").find("3,The column referral does not hold") != std::string::npos);
    CHECK(std::distance(fs::directory_iterator(dropped.folder + "/answers/taken"),
                        fs::directory_iterator()) == 1);
    CHECK(dropped.look() == 0);
    CHECK(dropped.look() == 0);
    CHECK(rig.text("select count(*) from fact_referral_state where word = 'accepted'") == "1");
}

TEST_CASE("links, pipes, folders and huge files among the answers are left", "[folder]") {
    Dropped dropped;
    must(DropFolder(dropped.folder).test("fire"));
    const auto answers = dropped.folder + "/answers/";
    write(dropped.temporary.path() + "/secret", "referral,state\r\n");
    fs::create_symlink(dropped.temporary.path() + "/secret", answers + "link.csv");
    REQUIRE(::mkfifo((answers + "pipe.csv").c_str(), 0600) == 0);
    fs::create_directory(answers + "folder.csv");
    write(answers + "huge.csv", std::string(answers_file_bytes_max + 1, 'x'));
    write(answers + ".hidden.csv", "referral,state\r\n");
    for (int i = 0; i < 3; ++i)
        CHECK(must(dropped.answers.look(dropped.folder)).empty());
    CHECK(dropped.answers.left() ==
          std::vector<std::string>{"folder.csv", "huge.csv", "link.csv", "pipe.csv"});
    CHECK(dropped.answers.newly_left().empty());
    CHECK(content(answers + "huge.csv.errors.csv").find("larger than 1 MiB") != std::string::npos);
    CHECK(content(dropped.temporary.path() + "/secret") == "referral,state\r\n");
}

TEST_CASE("answers under the names that spreadsheets give them are taken in, or told why not", "[folder]") {
    Dropped dropped;
    auto& rig = dropped.rig;
    const auto referral = rig.refer("fire");
    rig.work();
    const auto answers = dropped.folder + "/answers/";
    write(answers + "MARCH.CSV", "referral,state\r\n" + referral.text() + ",accepted\r\n");
    write(answers + "april.csv.txt", "referral,state\r\n");
    write(answers + "~$april.xlsx", "");
    CHECK(dropped.look() == 0);
    CHECK(dropped.answers.newly_left() == std::vector<std::string>{"april.csv.txt"});
    CHECK(dropped.look() == 1);
    CHECK(rig.status(referral) == "1 accepted");
    CHECK(content(answers + "april.csv.txt.errors.csv").find("end in .csv") != std::string::npos);
    CHECK_FALSE(fs::exists(answers + "~$april.xlsx.errors.csv"));
}

TEST_CASE("the same answers put there again are said again", "[folder]") {
    Dropped dropped;
    auto& rig = dropped.rig;
    const auto referral = rig.refer("fire");
    rig.work();
    const auto put = [&](const std::string& state) {
        write(dropped.folder + "/answers/" + state + ".csv",
              "referral,state\r\n" + referral.text() + "," + state + "\r\n");
        dropped.look();
        return dropped.look();
    };
    const auto errors = dropped.folder + "/answers/returned.csv.errors.csv";
    CHECK(put("completed") == 1);
    CHECK(put("returned") == 0);
    CHECK(content(errors).find("Answer reopened first") != std::string::npos);
    CHECK(put("reopened") == 1);
    CHECK(put("returned") == 1);
    CHECK(rig.status(referral) == "2 returned");
    CHECK(put("reopened") == 1);
    CHECK(put("completed") == 1);
    CHECK(rig.status(referral) == "3 completed");
}

TEST_CASE("cells are quoted as a spreadsheet reads them", "[folder]") {
    CHECK(csv_cell("plain") == "plain");
    CHECK(csv_cell("a,b") == "\"a,b\"");
    CHECK(csv_cell("say \"no\"") == "\"say \"\"no\"\"\"");
    for (const char* formula : {"=1", "+1", "-1", "@x", "\tx"})
        CHECK(csv_cell(formula) == std::string("'") + formula);
    CHECK(csv_row(std::vector<std::string>{"", "x", ""}) == ",x,\r\n");
}
