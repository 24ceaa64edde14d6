#include "tests/bench/store/unlock_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "sync/search/household_search.h"
#include "sync/store/sealed_connection.h"
#include "sync/store/store.h"
#include "sync/store/unlock.h"
#include "sync/wire/codec.h"
#include "tests/bench/child.h"

namespace doorstep::bench {

namespace {

constexpr int children = 5;
constexpr std::size_t on_the_screen = 200;

double since_ms(std::int64_t begun_ns) {
    return static_cast<double>(now_ns() - begun_ns) / 1e6;
}

double peak_mb() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "VmHWM:") {
            double kilobytes = 0;
            status >> kilobytes;
            return kilobytes / 1024;
        }
    return 0;
}

wire::OpenedOperation contact(int number, Random& random) {
    ContactRecorded recorded;
    recorded.contact = Uuid::random(random);
    recorded.visit = Uuid::random(random);
    recorded.household = Uuid::random(random);
    recorded.area = std::string("BE");
    recorded.road_code = fmt::format("BE-{:03}", number % 400);
    recorded.team = std::string("A");
    recorded.officer = std::string("off-pol-01");
    recorded.outcome = ContactOutcome::completed;
    recorded.day = Day::of(2026, 3, 14);
    recorded.language = std::string("en");
    recorded.respondent = std::string("resident");
    recorded.address.number_or_name = std::to_string(number % 180 + 1);
    recorded.address.road = fmt::format("Number {} Road", number % 1145);
    recorded.address.postcode = fmt::format("WD{} {}AB", number % 9, number % 10);
    recorded.address.uprn = 100'000'000'000u + static_cast<std::uint64_t>(number);
    Operation operation;
    operation.id = Uuid::random(random);
    operation.hybrid_clock = static_cast<std::uint64_t>(number) + 1;
    operation.at_ms = 1'773'500'000'000 + number;
    operation.payload = recorded;
    return wire::open_operation(wire::encode(operation));
}

Result<void> fill(const std::string& file, int contacts) {
    constexpr int at_once = 1'000;
    RowKeys keys = bench_keys();
    const SystemClock clock;
    SeededRandom random(1);
    TRY(const auto sql, open_sealed(file, keys));
    TRY(auto store, Store::open(*sql, StoreRole::tablet, clock, random));
    for (int from = 0; from < contacts; from += at_once) {
        std::vector<wire::OpenedOperation> page;
        for (int i = from; i < std::min(contacts, from + at_once); ++i)
            page.push_back(contact(i, random));
        TRY(auto transaction, store.begin());
        TRY_DO(transaction.append_received(page, Uuid{}));
        TRY_DO(transaction.commit());
    }
    return checkpoint(*sql);
}

void put(HouseholdSearch& search, const PeopleRow& row) {
    HouseholdText text;
    text.flat = row.flat;
    text.house = row.number_or_name;
    text.road = row.road;
    text.postcode = row.postcode;
    text.uprn = row.uprn;
    search.put(row.household, text);
}

void say(const char* name, double value) {
    std::fputs(fmt::format("{} {}\n", name, value).c_str(), stdout);
}

// Abandoned at one moment after the other, the longest that its end took.
double abandoned_ms(const std::string& file) {
    RowKeys keys = bench_keys();
    double longest = 0;
    for (int moment = 0; moment < 20; ++moment) {
        std::optional<Unlock> unlock(std::in_place, file, keys);
        while (moment > 2 && unlock->people()) {
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(moment * 40));
        const auto begun = now_ns();
        unlock.reset();
        longest = std::max(longest, since_ms(begun));
    }
    return longest;
}

Result<std::map<std::string, double>> one_child(const std::string& file) {
    TRY(auto child, Child::start({program("bench-store"), "--unlock", file}));
    std::map<std::string, double> said;
    while (const auto line = child.line(120'000)) {
        std::istringstream words(*line);
        std::string name;
        double value = 0;
        words >> name >> value;
        said[name] = value;
    }
    if (!said.contains("memory_mb"))
        return Error{Fault::broken, "A child of bench-store did not unlock.", ""};
    return said;
}

}  // namespace

RowKeys bench_keys() {
    RowKeys keys;
    keys.add(1, SecretBytes(std::string(RowKeys::key_size, 'b')));
    return keys;
}

Result<void> unlock_once(const std::string& file) {
    RowKeys keys = bench_keys();
    const SystemClock clock;
    SeededRandom random(1);
    HouseholdSearch search;
    say("before_mb", rss_mb());
    const auto begun = now_ns();
    Unlock unlock(file, keys);
    bool first = true;
    while (const auto batch = unlock.people()) {
        if (std::exchange(first, false)) {
            if (batch->rows.size() < on_the_screen)
                return Error{Fault::broken, "There are too few people to measure.", ""};
            say("first_200_ms", since_ms(begun));
        }
        for (const PeopleRow& row : batch->rows)
            put(search, row);
    }
    if (search.find("number 77 road").matches == 0)
        return Error{Fault::broken, "Nobody was found.", ""};
    say("searchable_ms", since_ms(begun));
    say("searchable_mb", rss_mb());
    TRY(const auto sql, unlock.whole());
    TRY(const auto store, Store::open(*sql, StoreRole::tablet, clock, random));
    say("complete_ms", since_ms(begun));
    say("peak_mb", std::max(peak_mb(), rss_mb()));
    say("memory_mb", rss_mb());
    return {};
}

Result<void> measure_unlock(const std::string& file, int contacts, Figures& figures) {
    TRY_DO(fill(file, contacts));
    figures.add(fmt::format("file_{}_mb", contacts),
                static_cast<double>(std::filesystem::file_size(file)) / 1e6, "MB");
    std::map<std::string, std::vector<double>> all;
    for (int i = 0; i < children; ++i) {
        TRY(const auto said, one_child(file));
        for (const auto& [name, value] : said)
            all[name].push_back(value);
    }
    const auto middle = [&](const char* name) { return quantile(all[name], 0.5); };
    const auto most = [&](const char* name) { return *std::max_element(all[name].begin(), all[name].end()); };
    figures.add("unlock_first_200_ms", middle("first_200_ms"), "ms");
    figures.add(fmt::format("unlock_searchable_{}_ms", contacts), middle("searchable_ms"), "ms", "<= 300");
    figures.add("unlock_complete_ms", middle("complete_ms"), "ms");
    figures.add(fmt::format("memory_{}_mb", contacts), most("memory_mb"), "MB", "<= 120");
    figures.add(fmt::format("memory_{}_peak_mb", contacts), most("peak_mb"), "MB", "<= 120");
    figures.add("unlock_abandoned_longest_ms", abandoned_ms(file), "ms", "<= 50");
    figures.add("memory_before_unlock_mb", most("before_mb"), "MB");
    return {};
}

}  // namespace doorstep::bench
