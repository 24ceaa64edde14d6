// The golden season: what was published for 2013/14 comes out of answers and rules,
// whatever the seed, the network and the endpoint do.
#include <catch2/catch.hpp>
#include <map>
#include <sstream>

#include "tests/journeys/endpoint_process.h"

using namespace doorstep;
using namespace doorstep::journey;

namespace {

// Annual Report 2013/14.
const std::map<std::string, std::string> published{
    {"Visits", "12"}, {"Questionnaires", "253"}, {"Police", "64"},  {"Fire", "95"}, {"CAH", "52"},
    {"NHW", "151"},   {"Red Cross", "78"},       {"Medequip", "36"}};

// Cells stand at least two spaces apart; "Red Cross" is one.
std::vector<std::string> cells(const std::string& line) {
    std::vector<std::string> all;
    for (std::size_t at = line.find_first_not_of(' '); at != std::string::npos;) {
        const std::size_t end = std::min(line.find("  ", at), line.size());
        all.push_back(line.substr(at, end - at));
        at = line.find_first_not_of(' ', end);
    }
    return all;
}

// Each printed table: the figures by their heads.
std::vector<std::map<std::string, std::string>> tables_of(const std::string& printed) {
    std::vector<std::map<std::string, std::string>> tables;
    std::istringstream lines(printed);
    for (std::string line; std::getline(lines, line);) {
        const std::vector<std::string> heads = cells(line);
        if (heads.empty() || heads.front() != "Visits" || !std::getline(lines, line))
            continue;
        const std::vector<std::string> figures = cells(line);
        REQUIRE(figures.size() == heads.size());
        auto& table = tables.emplace_back();
        for (std::size_t i = 0; i < heads.size(); ++i)
            table[heads[i]] = figures[i];
    }
    return tables;
}

Result<Ran> worked(const std::vector<std::string>& options) {
    std::vector<std::string> command{program_folder() + "/doorstep-season", "--year", "2013-14"};
    command.insert(command.end(), options.begin(), options.end());
    return run(command);
}

void gives_the_published_row(const Result<Ran>& ran) {
    REQUIRE(ran.ok());
    INFO(ran->out << ran->messages);
    REQUIRE(ran->status == 0);
    const auto tables = tables_of(ran->out);
    REQUIRE(tables.size() == 2);
    for (const auto& table : tables)
        CHECK(table == published);
    // One home in some visits asks again for what is open already.
    CHECK(ran->out.find("already open and not counted 7,") != std::string::npos);
    CHECK(ran->out.find("The two tables agree") != std::string::npos);
}

}  // namespace

// Everything at once here, where the sanitizers make a season long; .ci/run works the three apart from
// `release`, the plain one too.
TEST_CASE("a season gives the published row, whatever the seed, the network and the endpoint do",
          "[season]") {
    const auto ran = worked({"--seed", "3", "--lose", "0.5", "--restart-endpoint", "5"});
    gives_the_published_row(ran);
    CHECK(ran->out.find(" 0 replies lost\n") == std::string::npos);
    CHECK(ran->out.find("The endpoint was killed 5 times") != std::string::npos);
}

TEST_CASE("a season that cannot be worked says why", "[season]") {
    const auto no_plan = worked({"--plan", "/nowhere"});
    REQUIRE(no_plan.ok());
    CHECK(no_plan->status != 0);
    CHECK(no_plan->messages.find("/nowhere") != std::string::npos);
    const auto full = worked({"--data", "tests"});
    REQUIRE(full.ok());
    CHECK(full->status == 1);
    CHECK(full->messages.find("Name a new one") != std::string::npos);
    const auto no_season = run({program_folder() + "/doorstep-season", "--year", "1913-14"});
    REQUIRE(no_season.ok());
    CHECK(no_season->status != 0);
    CHECK(no_season->messages.find("Known: 2013-14") != std::string::npos);
}

TEST_CASE("a season that is not there is a mistake of usage", "[season]") {
    for (const std::vector<std::string>& options :
         std::vector<std::vector<std::string>>{{"--year", ""},
                                               {"--year", "."},
                                               {"--year", "2012-13"},
                                               {"--year", "2013-14", "--lose", "2"},
                                               {"--year", "2013-14", "--nonsense"},
                                               {}}) {
        std::vector<std::string> command{program_folder() + "/doorstep-season"};
        command.insert(command.end(), options.begin(), options.end());
        const auto ran = run(command);
        REQUIRE(ran.ok());
        INFO(ran->out << ran->messages);
        CHECK(ran->status == 2);
        CHECK_FALSE(ran->messages.empty());
    }
}
