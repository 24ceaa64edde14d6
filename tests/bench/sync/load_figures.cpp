// What an endpoint takes in, on cores that it shares with the tablets.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <future>

#include "sync/endpoint/postgres_connection.h"
#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
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

// So that what was sealed for the tablets of one centre is taken by the other.
Result<void> copy_tablets(const Centre& from, SqlConnection& to) {
    TRY(const auto sql, open_sqlite(from.folder + "/doorstep.sqlite"));
    TRY_DO(to.begin());
    TRY_DO(to.run("update partnership_clock set epoch = :epoch where partnership = :partnership",
                  {{"epoch", sql_value(from.epoch)}, {"partnership", home_partnership}}));
    Result<void> copied;
    TRY_DO(sql->query(
        "select enrolment, tablet, chain, enrolled_ms, verify_key from tablet where partnership "
        "= :partnership",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            const auto done = to.run("insert into tablet(partnership, enrolment, tablet, acked_seq, chain, "
                                     "unsent, enrolled_ms, last_seen_ms, verify_key) values(:partnership, "
                                     ":enrolment, :tablet, 0, :chain, 0, :enrolled, 0, :key)",
                                     {{"partnership", home_partnership},
                                      {"enrolment", row.value(0)},
                                      {"tablet", row.value(1)},
                                      {"chain", row.value(2)},
                                      {"enrolled", row.value(3)},
                                      {"key", row.value(4)}});
            if (!done.ok())
                copied = done.error();
            return done.ok();
        }));
    TRY_DO(copied);
    return to.commit();
}

// The database of the centre is the template of each run's.
class OnPostgres final : public Ground {
public:
    explicit OnPostgres(testing::PostgresServer& server) : server_(server) {}
    Result<void> begin(Bench& bench) {
        const auto address = server_.new_database();
        // With the same keys, so that the same records open.
        const auto folder = bench.folder.fresh();
        TRY_DO(copy_of(bench.centre, folder));
        std::error_code ignored;
        for (const char* file : {"/doorstep.sqlite", "/doorstep.sqlite-wal"})
            std::filesystem::remove(folder + file, ignored);
        TRY(centre_, make_centre(folder, address, 0));
        {
            TRY(const auto sql, open_postgres(address));
            TRY_DO(copy_tablets(bench.centre, *sql));
        }
        centre_.epoch = bench.centre.epoch;
        centre_.tablets = bench.centre.tablets;
        const auto slash = address.find('/', std::string("postgresql://").size());
        template_ = address.substr(slash + 1, address.find('?') - slash - 1);
        owner_ = address.substr(13, address.find('@') - 13);
        return {};
    }
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
        std::fputs(fmt::format("{} {}: {:.2f} s, {:.0f} rec/s, endpoint {:.2f} cpu s, {} errors\n", told.name,
                               ground.name(), one.outcome.seconds,
                               static_cast<double>(one.records) / one.outcome.seconds, one.cpu_s,
                               one.outcome.errors)
                       .c_str(),
                   stderr);
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

struct Figure {
    const char* part;
    bool singles = false;
    std::size_t records = per_push;  // of each tablet
    Crowd crowd{};
    Told told{};
};

const std::vector<Figure>& load_figures() {
    static const std::vector<Figure> all{
        {"batches", false, 2 * per_push, {evening, 2}, {"batches_of_30", "promised >= 5000, aim 10000", ""}},
        {"singles",
         true,
         per_push,
         {evening, per_push},
         {"one_per_request", "promised >= 1000; ODK Central 124-324 without TLS", ""}},
        {"evening", false, per_push, {evening, 1}, {"evening_200_x_30", "", "promised <= 2"}},
        {"long_evening", false, 100, {evening, 4}, {"evening_200_x_100", "", "", true}},
        {"slow",
         false,
         slow_records,
         {slow, 1, dribble},
         {"slow_1000", "", fmt::format("aim <= {}: twice the dribble", 2 * dribble.count() / 1'000), true}},
    };
    return all;
}

Result<void> measure_on(Bench& bench, Ground& ground, const Figure& figure, const Prepared& prepared) {
    auto told = figure.told;
    if (bench.plain)
        told.name = "plain_" + told.name;
    return tell(bench, ground, figure.singles ? prepared.singles : prepared.batches, figure.crowd, told);
}

Result<void> measure_all(Bench& bench, Ground* server) {
    OnSqlite sqlite;
    for (const auto& figure : load_figures()) {
        if (!bench.parts.contains(figure.part))
            continue;
        std::fputs(
            fmt::format("{}: sealing {} x {} records\n", figure.part, figure.crowd.tablets, figure.records)
                .c_str(),
            stderr);
        TRY(const auto prepared, prepare(bench, figure.crowd.tablets, figure.records));
        if (bench.engines.contains("sqlite"))
            TRY_DO(measure_on(bench, sqlite, figure, prepared));
        if (server)
            TRY_DO(measure_on(bench, *server, figure, prepared));
    }
    return {};
}

bool measures_load(const Bench& bench) {
    const auto& figures = load_figures();
    return std::any_of(figures.begin(), figures.end(),
                       [&](const Figure& one) { return bench.parts.contains(one.part); });
}

}  // namespace

Result<void> measure_load(Bench& bench) {
    if (!measures_load(bench))
        return {};
    if (!bench.engines.contains("postgresql"))
        return measure_all(bench, nullptr);
    testing::PostgresServer server(testing::PostgresServer::Disk::durable);
    if (!server.runs()) {
        bench.figures.skip("postgresql", server.why_not());
        return measure_all(bench, nullptr);
    }
    OnPostgres ground(server);
    TRY_DO(ground.begin(bench));
    return measure_all(bench, &ground);
}

}  // namespace doorstep::bench
