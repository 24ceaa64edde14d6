// bench-store: what the sealed store costs: unlocking, an answer on the disk, memory.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "sync/store/drafts.h"
#include "sync/store/sealed_connection.h"
#include "sync/store/store.h"
#include "sync/wire/codec.h"
#include "tests/bench/child.h"
#include "tests/bench/figures.h"
#include "tests/bench/store/search_figures.h"

using namespace doorstep;
using namespace doorstep::bench;

namespace {

namespace fs = std::filesystem;

double since_ms(std::int64_t begun_ns) {
    return static_cast<double>(now_ns() - begun_ns) / 1e6;
}

RowKeys bench_keys() {
    RowKeys keys;
    keys.add(1, SecretBytes(std::string(RowKeys::key_size, 'b')));
    return keys;
}

class Folder {
public:
    Folder() {
        std::string pattern = (fs::temp_directory_path() / "bench-store-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data()) ? pattern : std::string{};
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string file(const char* name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

struct OpenedStore {
    RowKeys keys = bench_keys();
    SystemClock clock;
    SeededRandom random{1};
    std::unique_ptr<SqlConnection> sql;
    std::optional<Store> store;

    Result<void> open(const std::string& file) {
        TRY(sql, open_sealed(file, keys));
        TRY(store, Store::open(*sql, StoreRole::tablet, clock, random));
        return {};
    }
};

wire::OpenedOperation contact(int number, Random& random) {
    ContactRecorded recorded;
    recorded.contact = Uuid::random(random);
    recorded.visit = Uuid::random(random);
    recorded.household = Uuid::random(random);
    recorded.area = "BE";
    recorded.road_code = fmt::format("BE-{:03}", number % 400);
    recorded.team = "A";
    recorded.officer = "off-pol-01";
    recorded.outcome = ContactOutcome::completed;
    recorded.day = Day::of(2026, 3, 14);
    recorded.language = "en";
    recorded.respondent = "resident";
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

Result<void> fill(OpenedStore& opened, int contacts) {
    constexpr int at_once = 1'000;
    for (int from = 0; from < contacts; from += at_once) {
        std::vector<wire::OpenedOperation> page;
        for (int i = from; i < std::min(contacts, from + at_once); ++i)
            page.push_back(contact(i, opened.random));
        TRY(auto transaction, opened.store->begin());
        TRY_DO(transaction.append_received(page, Uuid{}));
        TRY_DO(transaction.commit());
    }
    return checkpoint(*opened.sql);
}

Result<void> measure_unlock(const std::string& file, int contacts, Figures& figures) {
    {
        OpenedStore opened;
        TRY_DO(opened.open(file));
        TRY_DO(fill(opened, contacts));
    }
    figures.add(fmt::format("file with {} contacts", contacts),
                static_cast<double>(fs::file_size(file)) / 1e6, "MB");
    const double before = rss_mb();
    OpenedStore opened;
    const auto begun = now_ns();
    TRY_DO(opened.open(file));
    figures.add(fmt::format("unlock: every table of {} contacts", contacts), since_ms(begun), "ms");
    figures.add(fmt::format("memory with {} contacts", contacts), rss_mb() - before, "MB", "<= 120");
    return {};
}

// A bare fsync of the same disk: what any durable write costs there.
double bare_fsync_ms(const std::string& path, int times) {
    const int file = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    std::vector<double> all;
    const std::string page(4096, 'x');
    for (int i = 0; i < times; ++i) {
        const auto begun = now_ns();
        if (::write(file, page.data(), page.size()) < 0 || ::fsync(file) != 0)
            break;
        all.push_back(since_ms(begun));
    }
    ::close(file);
    return all.empty() ? 0 : quantile(std::move(all), 0.99);
}

Result<void> measure_answers(const Folder& folder, Figures& figures) {
    OpenedStore opened;
    TRY_DO(opened.open(folder.file("answers.sqlite")));
    Drafts drafts(*opened.store);
    DraftHeader header;
    header.questionnaire = Uuid::random(opened.random);
    header.form = {"form", "1", Sha256::of("x")};
    TRY_DO(drafts.begin(header, std::string(200'000, 'f')));
    constexpr int answers = 1'000;
    std::vector<double> all;
    for (int i = 0; i < answers; ++i) {
        const auto begun = now_ns();
        TRY_DO(drafts.keep(header.questionnaire, {fmt::format("answer {} of some length", i)}));
        all.push_back(since_ms(begun));
        if (i % 100 == 99)
            TRY_DO(checkpoint(*opened.sql));  // after the reply, as the app does
    }
    const double bare = bare_fsync_ms(folder.file("bare"), answers);
    const double p99 = quantile(std::move(all), 0.99);
    figures.add("an answer on the disk, p99", p99, "ms");
    figures.add("a bare fsync of the same disk, p99", bare, "ms");
    if (bare > 0)
        figures.add("an answer beside a bare fsync, p99", p99 / bare, "x", "<= 2");
    return {};
}

Result<void> measure(int contacts, Figures& figures) {
    const Folder folder;
    TRY_DO(measure_answers(folder, figures));
    return measure_unlock(folder.file("store.sqlite"), contacts, figures);
}

}  // namespace

int main(int argc, char** argv) {
    std::string json;
    int contacts = 50'000;
    CLI::App cli{"What the sealed store costs.", "bench-store"};
    cli.add_option("--json", json, "Write the figures as a list of {name, value, unit} to this file");
    cli.add_option("--contacts", contacts, "How many")->capture_default_str();
    CLI11_PARSE(cli, argc, argv);
    Figures figures;
    auto measured = measure(contacts, figures);
    if (measured.ok())
        measured = measure_search(figures);
    std::fputs(figures.table().c_str(), stdout);
    if (measured.ok() && !json.empty())
        measured = figures.write_json(json);
    if (!measured.ok())
        std::fputs((measured.error().text() + "\n").c_str(), stderr);
    return measured.ok() ? 0 : 1;
}
