// What an endpoint takes in, on cores that it shares with the tablets.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <future>

#include "sync/endpoint/postgres_connection.h"
#include "tests/bench/sync/bench.h"
#include "tests/bench/sync/load.h"
#include "tests/support/postgres_server.h"

namespace doorstep::bench {

namespace {

constexpr std::size_t evening = 200;  // tablets that come at once
constexpr std::size_t slow = 1'000;
constexpr std::size_t per_push = 30;
constexpr std::size_t slow_records = 2;
constexpr std::chrono::milliseconds dribble{3'000};

// Sealed and framed before any clock starts: by tablet, each with the same envelopes cut in two ways.
struct Prepared {
    std::vector<std::vector<PreparedPush>> batches;
    std::vector<std::vector<PreparedPush>> singles;
};

struct Pushes {
    std::vector<PreparedPush> batches;
    std::vector<PreparedPush> singles;
};

Result<Pushes> pushes_of(const Bench& bench, std::size_t nth, std::size_t records) {
    TRY(const auto tablet, RecordingTablet::open(bench.centre.tablets[nth], bench.books, 100 + nth));
    TRY_DO(work(*tablet, bench.records, nth * 7, records));
    Pushes pushes;
    TRY(pushes.batches, tablet->pushes(per_push, bench.centre.epoch));
    TRY(pushes.singles, tablet->pushes(1, bench.centre.epoch));
    return pushes;
}

Result<std::vector<Pushes>> pushes_of(const Bench& bench, std::size_t from, std::size_t to,
                                      std::size_t records) {
    std::vector<Pushes> all;
    for (auto nth = from; nth < to; ++nth) {
        TRY(auto pushes, pushes_of(bench, nth, records));
        all.push_back(std::move(pushes));
    }
    return all;
}

Result<Prepared> prepare(const Bench& bench, std::size_t tablets, std::size_t records) {
    auto second =
        std::async(std::launch::async, [&] { return pushes_of(bench, tablets / 2, tablets, records); });
    auto first = pushes_of(bench, 0, tablets / 2, records);
    auto rest = second.get();
    if (!first.ok() || !rest.ok())
        return first.ok() ? rest.error() : first.error();
    Prepared prepared;
    for (auto* half : {&*first, &*rest})
        for (auto& one : *half) {
            prepared.batches.push_back(std::move(one.batches));
            prepared.singles.push_back(std::move(one.singles));
        }
    return prepared;
}

// An engine, and a fresh copy of the centre on it for each run.
class Ground {
public:
    virtual ~Ground() = default;
    virtual Result<Centre> fresh(Bench& bench) = 0;
    virtual std::string name() const = 0;
};

class OnSqlite final : public Ground {
public:
    Result<Centre> fresh(Bench& bench) override { return copy_of(bench.centre, bench.folder.fresh()); }
    std::string name() const override { return "sqlite"; }
};

// The database of the centre is the template of each run's.
class OnPostgres final : public Ground {
public:
    explicit OnPostgres(testing::PostgresServer& server) : server_(server) {}
    Result<void> begin(Bench& bench, int tablets) {
        const auto address = server_.new_database();
        // With the same keys, so that the same records open.
        const auto folder = bench.folder.fresh();
        TRY_DO(copy_of(bench.centre, folder));
        std::error_code ignored;
        for (const char* file : {"/doorstep.sqlite", "/doorstep.sqlite-wal"})
            std::filesystem::remove(folder + file, ignored);
        TRY(centre_, make_centre(folder, address, tablets));
        const auto slash = address.find('/', std::string("postgresql://").size());
        template_ = address.substr(slash + 1, address.find('?') - slash - 1);
        owner_ = address.substr(13, address.find('@') - 13);
        return {};
    }
    const Centre& centre() const { return centre_; }
    Result<Centre> fresh(Bench& bench) override {
        const auto name = fmt::format("run_{}", ++runs_);
        TRY(const auto sql, open_postgres(server_.superuser_address("postgres")));
        TRY_DO(sql->script(fmt::format("create database {} template {} owner {}", name, template_, owner_)));
        return copy_of(centre_, bench.folder.fresh(), server_.address(name));
    }
    std::string name() const override { return "postgresql"; }

private:
    testing::PostgresServer& server_;
    Centre centre_{};
    std::string template_;
    std::string owner_;
    int runs_ = 0;
};

struct Run {
    LoadOutcome outcome;
    double peak_mb = 0;
    double cpu_s = 0;
    std::size_t records = 0;
    std::size_t facts = 0;
};

struct Crowd {
    std::size_t tablets = 0;
    std::size_t asks = 0;  // of each
    std::chrono::milliseconds dribble{0};
};

Result<Run> run(Bench& bench, Ground& ground, const std::vector<std::vector<PreparedPush>>& pushes,
                const Crowd& crowd) {
    TRY(const auto centre, ground.fresh(bench));
    TRY(const auto serving, Serving::start(centre));
    Run run;
    std::vector<LoadTablet> tablets;
    for (std::size_t nth = 0; nth < crowd.tablets; ++nth) {
        LoadTablet tablet{&centre.tablets[nth], address_of(nth), {}};
        for (std::size_t i = 0; i < std::min(crowd.asks, pushes[nth].size()); ++i) {
            tablet.asks.push_back(ask_push(pushes[nth][i]));
            run.records += pushes[nth][i].records;
            run.facts += pushes[nth][i].facts;
        }
        tablets.push_back(std::move(tablet));
    }
    const auto cpu = serving.cpu_s();
    TRY(run.outcome, run_load(tablets, {serving.port(), centre.pins, crowd.dribble}));
    run.cpu_s = serving.cpu_s() - cpu;
    run.peak_mb = serving.peak_mb();
    return run;
}

struct Told {
    std::string name;
    std::string rate_aim;
    std::string seconds_aim;
    bool once = false;
};

Result<void> tell(Bench& bench, Ground& ground, const std::vector<std::vector<PreparedPush>>& pushes,
                  const Crowd& crowd, const Told& told) {
    std::vector<double> rate, seconds, p99, cpu, peak;
    std::size_t errors = 0;
    std::size_t records = 0;
    std::string first_error;
    double facts = 0;
    // One to warm up, which is not counted.
    const int runs = told.once || bench.quick ? 1 : bench.runs() + 1;
    for (int i = 0; i < runs; ++i) {
        TRY(auto one, run(bench, ground, pushes, crowd));
        errors += one.outcome.errors;
        first_error = first_error.empty() ? one.outcome.first_error : first_error;
        records = one.records;
        facts = static_cast<double>(one.facts);
        if (i == 0 && runs > 1)
            continue;
        rate.push_back(static_cast<double>(one.records) / one.outcome.seconds);
        seconds.push_back(one.outcome.seconds);
        p99.push_back(one.outcome.answer_ms.empty() ? 0 : quantile(one.outcome.answer_ms, 0.99));
        cpu.push_back(one.cpu_s);
        peak.push_back(one.peak_mb);
    }
    const auto name = told.name + "_" + ground.name();
    auto& figures = bench.figures;
    figures.add(name + "_rate", median(rate), "rec/s",
                fmt::format("{}; {} tablets, {} records, {:.0f} facts", told.rate_aim, crowd.tablets, records,
                            facts));
    figures.add(name + "_seconds", median(seconds), "s", told.seconds_aim);
    figures.add(name + "_answer_p99", median(p99), "ms");
    figures.add(name + "_endpoint_cpu", median(cpu), "s");
    figures.add(name + "_endpoint_memory", median(peak), "MB", "<= 256");
    figures.add(name + "_errors", static_cast<double>(errors), "", "0");
    bench.must(errors == 0, fmt::format("{}: {} tablets failed: {}", name, errors, first_error));
    return {};
}

Result<void> measure_on(Bench& bench, Ground& ground, const Prepared& many) {
    TRY_DO(tell(bench, ground, many.batches, {evening, 100},
                {"batches_of_30", "promised >= 5000, aim 10000", ""}));
    TRY_DO(tell(bench, ground, many.singles, {evening, 30},
                {"one_per_request", "promised >= 1000; ODK Central 124-324 without TLS", ""}));
    return tell(bench, ground, many.batches, {evening, 1}, {"evening_200_x_30", "", "promised <= 2"});
}

Result<void> measure_slow(Bench& bench, Ground& ground) {
    TRY(const auto few, prepare(bench, slow, slow_records));
    return tell(
        bench, ground, few.batches, {slow, 1, dribble},
        {"slow_1000", "", fmt::format("aim <= {}: twice the dribble", 2 * dribble.count() / 1'000), true});
}

// Its tablets are others, so what they send is sealed anew.
Result<void> measure_on_postgres(Bench& bench, std::size_t records) {
    testing::PostgresServer server(testing::PostgresServer::Disk::durable);
    if (!server.runs()) {
        bench.figures.skip("postgresql", server.why_not());
        return {};
    }
    OnPostgres ground(server);
    TRY_DO(ground.begin(bench, static_cast<int>(evening)));
    const Centre sqlite = bench.centre;
    bench.centre = ground.centre();
    const auto prepared = prepare(bench, evening, records);
    const auto measured =
        prepared.ok() ? measure_on(bench, ground, *prepared) : Result<void>(prepared.error());
    bench.centre = sqlite;
    return measured;
}

}  // namespace

Result<void> measure_load(Bench& bench) {
    const std::size_t records = bench.quick ? per_push : 2 * per_push;
    OnSqlite sqlite;
    {
        TRY(const auto many, prepare(bench, evening, records));
        TRY_DO(measure_on(bench, sqlite, many));
    }
    TRY_DO(measure_slow(bench, sqlite));
    return measure_on_postgres(bench, records);
}

}  // namespace doorstep::bench
