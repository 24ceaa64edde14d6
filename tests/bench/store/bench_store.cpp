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
#include "tests/bench/child.h"
#include "tests/bench/figures.h"
#include "tests/bench/store/search_figures.h"
#include "tests/bench/store/unlock_figures.h"

using namespace doorstep;
using namespace doorstep::bench;

namespace {

namespace fs = std::filesystem;

double since_ms(std::int64_t begun_ns) {
    return static_cast<double>(now_ns() - begun_ns) / 1e6;
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

// A bare write and fsync of the same disk: what any durable change costs there.
class BareFile {
public:
    explicit BareFile(const std::string& path)
        : file_(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {}
    ~BareFile() { ::close(file_); }
    BareFile(const BareFile&) = delete;
    BareFile& operator=(const BareFile&) = delete;

    Result<double> write_ms() {
        const std::string page(4096, 'x');
        const auto begun = now_ns();
        if (::write(file_, page.data(), page.size()) < 0 || ::fsync(file_) != 0)
            return Error{Fault::broken, "The disk cannot be measured.", ""};
        return since_ms(begun);
    }

private:
    int file_;
};

// By turns, so that whatever else the disk has to do falls on both.
Result<void> measure_answers(const Folder& folder, Figures& figures) {
    OpenedStore opened;
    TRY_DO(opened.open(folder.file("answers.sqlite")));
    Drafts drafts(*opened.store);
    DraftHeader header;
    header.questionnaire = Uuid::random(opened.random);
    header.form = {"form", "1", Sha256::of("x")};
    TRY_DO(drafts.begin(header, std::string(200'000, 'f')));
    BareFile file(folder.file("bare"));
    std::vector<double> answers;
    std::vector<double> bare;
    for (int i = 0; i < 2'000; ++i) {
        const auto begun = now_ns();
        TRY_DO(drafts.keep(header.questionnaire, {fmt::format("answer {} of some length", i)}));
        answers.push_back(since_ms(begun));
        TRY(const double alone, file.write_ms());
        bare.push_back(alone);
        if (i % 100 == 99)
            TRY_DO(checkpoint(*opened.sql));  // after the reply, as the app does
    }
    for (const auto& [name, share] : {std::pair{"p50", 0.5}, std::pair{"p99", 0.99}}) {
        const double answer = quantile(answers, share);
        const double fsync = quantile(bare, share);
        figures.add(fmt::format("answer_commit_{}_ms", name), answer, "ms");
        figures.add(fmt::format("bare_fsync_{}_ms", name), fsync, "ms");
        if (fsync > 0)
            figures.add(fmt::format("answer_to_fsync_{}", name), answer / fsync, "x", "<= 2");
    }
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
    std::string unlock;
    int contacts = 50'000;
    CLI::App cli{"What the sealed store costs.", "bench-store"};
    cli.add_option("--json", json, "Write the figures as a list of {name, value, unit} to this file");
    cli.add_option("--contacts", contacts, "How many")->capture_default_str();
    cli.add_option("--unlock", unlock, "Unlock this file once and say what it cost");
    CLI11_PARSE(cli, argc, argv);
    if (!unlock.empty()) {
        const auto unlocked = unlock_once(unlock);
        if (!unlocked.ok())
            std::fputs((unlocked.error().text() + "\n").c_str(), stderr);
        return unlocked.ok() ? 0 : 1;
    }
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
