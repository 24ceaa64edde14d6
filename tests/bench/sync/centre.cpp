#include "tests/bench/sync/centre.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "forms/desk/package.h"
#include "sync/listener/data_folder.h"

namespace doorstep::bench {

namespace {

namespace fs = std::filesystem;

std::string questionnaires() {
    return shipped_questionnaires();
}

Result<void> enrol_in(DataFolder& data, int tablets, Centre& centre) {
    const auto first = centre.tablets.size() + 1;
    for (std::size_t i = 0; i < static_cast<std::size_t>(tablets); ++i) {
        TRY(const auto made, data.endpoint().enrol(fmt::format("tab-{:04}", first + i)));
        centre.tablets.push_back({made.enrolment,
                                  made.tablet,
                                  {},
                                  made.seed,
                                  made.safeguarding_key,
                                  made.sealing_key,
                                  made.signing_key,
                                  made.recovery_key});
    }
    return {};
}

}  // namespace

Result<Centre> make_centre(const std::string& folder, const std::string& database, int tablets) {
    Centre centre{folder, database};
    TRY(auto data, DataFolder::open(DataPlace{folder, questionnaires(), {}, database}));
    if (!data.has_keys()) {
        TRY_DO(data.make_keys());
        TRY_DO(data.confirm_keys());
    }
    TRY(centre.pins, data.authority().pins());
    TRY(centre.epoch, data.endpoint().store().epoch());
    TRY_DO(enrol_in(data, tablets, centre));
    return centre;
}

Result<void> enrol_more(Centre& centre, int tablets) {
    TRY(auto data, DataFolder::open(DataPlace{centre.folder, questionnaires(), {}, centre.database}));
    return enrol_in(data, tablets, centre);
}

Result<Centre> copy_of(const Centre& centre, const std::string& folder, const std::string& database) {
    std::error_code problem;
    fs::copy(centre.folder, folder, fs::copy_options::recursive, problem);
    if (!problem)
        fs::copy_file(centre.folder + ".device-secret", folder + ".device-secret", problem);
    if (problem)
        return Error{Fault::not_writable, "The endpoint's folder could not be copied.", problem.message()};
    Centre copy = centre;
    copy.folder = folder;
    copy.database = database;
    return copy;
}

Result<Serving> Serving::start(const Centre& centre, bool in_clear) {
    const std::string port_file = centre.folder + ".port";
    std::error_code ignored;
    fs::remove(port_file, ignored);
    std::vector<std::string> words{program("doorstep-endpoint"), "--data", centre.folder, "--questionnaires",
                                   questionnaires()};
    if (!centre.database.empty())
        words.insert(words.end(), {"--database", centre.database});
    words.insert(words.end(), {"serve", "--port", "0", "--port-file", port_file});
    if (in_clear)
        words.emplace_back("--plain-loopback");
    TRY(auto child, Child::start(words));
    for (int i = 0; i < 6'000; ++i) {
        std::ifstream in(port_file);
        if (std::string line; std::getline(in, line) && !in.eof())
            return Serving(std::move(child), std::atoi(line.c_str()));
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return Error{Fault::broken, "doorstep-endpoint did not begin to listen within a minute.", ""};
}

BenchFolder::BenchFolder() {
    std::string pattern = (fs::temp_directory_path() / "bench-sync-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data()) ? pattern : std::string{};
}

BenchFolder::~BenchFolder() {
    std::error_code ignored;
    if (!path_.empty())
        fs::remove_all(path_, ignored);
}

}  // namespace doorstep::bench
