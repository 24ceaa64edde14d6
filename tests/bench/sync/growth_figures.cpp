// Whether a sync costs more when the log behind it is long.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "sync/agencies/outbox.h"
#include "sync/listener/data_folder.h"
#include "sync/store/sqlite_work.h"
#include "sync/tablet/request_signer.h"
#include "sync/wire/codec.h"
#include "tests/bench/sync/bench.h"
#include "tests/bench/sync/load.h"

namespace doorstep::bench {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t day = 30;  // records of a sync
constexpr int page = 200;        // facts of others that it pulls
constexpr int senders = 200;     // tablets of which the log is
constexpr std::size_t at_once = 1'000;

// A tablet of which a part of the log is.
struct Sender {
    Uuid enrolment;
    Sequence last = 0;
    Sha256 chain;
};

// The way of the endpoint's own push, but for the seals: those of a million are opened on no clock.
Result<void> keep_record(DataFolder& data, Transaction& transaction, Record record, Sender& sender,
                         Random& random) {
    std::vector<wire::OpenedOperation> opened;
    const auto first = sender.last + 1;
    for (auto& fact : record) {
        fact.id = Uuid::random(random);
        fact.sequence = ++sender.last;
        fact.hybrid_clock = static_cast<std::uint64_t>(fact.at_ms) << 16;
        opened.push_back(wire::open_operation(wire::encode(fact)));
    }
    TRY_DO(transaction.append_received(opened, sender.enrolment));
    const wire::Envelope place{Uuid::random(random), first, static_cast<std::uint32_t>(record.size()), {}};
    sender.chain = wire::chain(sender.chain, place);
    TRY_DO(transaction.keep_envelope(sender.enrolment, place, sender.chain));
    std::vector<const Operation*> operations;
    for (const auto& one : opened)
        operations.push_back(&*one.operation);
    return enter_in_outbox(data.endpoint().store(), data.directory(), data.clock(), operations);
}

// Whatever their number, the last ones are the same answers.
Result<void> fill(DataFolder& data, const std::vector<Record>& records, std::size_t facts) {
    SeededRandom random(facts);
    std::vector<Sender> from(senders);
    for (auto& one : from)
        one.enrolment = Uuid::random(random);
    std::size_t each = 0;
    for (const auto& record : records)
        each += record.size();
    const auto count = std::max<std::size_t>(facts * records.size() / each, 1);
    for (std::size_t done = 0; done < count;) {
        TRY(auto transaction, data.endpoint().store().begin());
        for (std::size_t i = 0; i < at_once && done < count; ++i, ++done) {
            const auto& record = records[(count - done) % records.size()];
            TRY_DO(keep_record(data, transaction, at_another_door(without_officers_part(record), random),
                               from[done % senders], random));
        }
        TRY_DO(transaction.commit());
        TRY_DO(data.checkpoint());
    }
    return {};
}

struct Filled {
    Centre centre;
    std::uint64_t end = 0;                // of its feed, when it was filled
    std::vector<std::vector<Ask>> syncs;  // by tablet
};

Result<DataFolder> opened(const std::string& folder) {
    TRY(auto data, DataFolder::open(folder, shipped_questionnaires()));
    TRY_DO(data.read_forms());
    return data;
}

// Kept from run to run where there is a folder for it.
Result<Filled> filled(Bench& bench, std::size_t facts) {
    const auto folder =
        bench.data.empty() ? bench.folder.fresh() : fmt::format("{}/log-of-{}", bench.data, facts);
    const auto told = folder + ".end";
    std::uint64_t end = 0;
    std::ifstream(told) >> end;
    std::error_code ignored;
    if (end == 0)
        fs::remove_all(folder, ignored);
    TRY_DO(make_centre(folder, {}, 0));
    if (end == 0) {
        TRY(auto data, opened(folder));
        TRY_DO(fill(data, bench.records, facts));
        TRY(end, data.endpoint().store().cursor_max());
        std::ofstream(told) << end << "\n";
    }
    return Filled{{folder}, end, {}};
}

// What a tablet asks for in one sync: where it stands, its day, and what others brought.
Result<void> prepare_syncs(Bench& bench, Filled& log, int tablets) {
    TRY(log.centre, make_centre(log.centre.folder, {}, tablets));
    for (std::size_t nth = 0; nth < log.centre.tablets.size(); ++nth) {
        SystemRandom seeds;
        TRY(const auto tablet, RecordingTablet::open(log.centre.tablets[nth], bench.books, seeds.next()));
        for (std::size_t i = 0; i < day; ++i)
            TRY_DO(tablet->record(at_another_door(
                without_officers_part(bench.records[i % bench.records.size()]), tablet->random())));
        TRY(const auto pushes, tablet->pushes(day, log.centre.epoch));
        log.syncs.push_back(
            {ask_status(), ask_push(pushes.front()), ask_pull(log.centre.epoch, log.end - page, page)});
    }
    return {};
}

// By the endpoint's own code in this process, where SQLite can be asked what it did.
Result<std::array<SqliteWork, 3>> work_of_a_sync(const Filled& log, std::size_t nth) {
    TRY(auto data, opened(log.centre.folder));
    auto& sql = data.endpoint().store().sql();
    std::array<SqliteWork, 3> work{};
    // One before it, so that every statement is prepared.
    for (const auto one : {nth, nth + 1}) {
        TRY(auto signer, RequestSigner::of(log.centre.tablets[one], numbers_in_memory()));
        for (std::size_t i = 0; i < work.size(); ++i) {
            TRY(const auto asked, signer.sign(log.syncs[one][i].request, Uuid{}));
            const EndpointRequest request{asked.method,       asked.path,    mark_of(asked),
                                          asked.content_type, std::string{}, asked.body};
            const auto before = work_of(sql);
            const auto replies = data.endpoint().handle({&request, 1});
            work[i] = work_of(sql).since(before);
            if (replies.front().status != 200)
                return Error{Fault::broken, "A sync of the bench was refused: " + replies.front().body, ""};
        }
    }
    return work;
}

Result<double> sync_ms(Bench& bench, const Filled& log, const Serving& serving, std::size_t nth) {
    LoadTablet tablet{&log.centre.tablets[nth], address_of(nth), log.syncs[nth]};
    TRY(const auto outcome, run_load({tablet}, {serving.port(), log.centre.pins}));
    bench.must(outcome.errors == 0, "A sync against a filled log failed: " + outcome.first_error);
    return outcome.tablet_ms.empty() ? 0.0 : outcome.tablet_ms.front();
}

void compare(Bench& bench, const std::array<SqliteWork, 3>& small, const std::array<SqliteWork, 3>& large) {
    constexpr std::array names{"status", "push", "pull"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string name = fmt::format("growth_{}_", names[i]);
        const auto add = [&](const char* what, std::int64_t few, std::int64_t many, const char* aim) {
            bench.figures.add(name + what, static_cast<double>(many), "",
                              fmt::format("{}; short log: {}", aim, few));
        };
        add("rows_changed", small[i].rows_changed, large[i].rows_changed, "equal");
        add("steps", small[i].steps, large[i].steps, "equal");
        add("rows_scanned", small[i].full_scan, large[i].full_scan, "equal");
        add("pages_touched", small[i].pages_touched, large[i].pages_touched, "one more level of each tree");
        bench.must(small[i].rows_changed == large[i].rows_changed, name + "rows_changed differ");
        bench.must(small[i].steps == large[i].steps, name + "steps differ");
        bench.must(small[i].full_scan == large[i].full_scan, name + "rows_scanned differ");
        bench.must(large[i].pages_touched <= 2 * small[i].pages_touched, name + "pages_touched doubled");
    }
}

Result<void> time_both(Bench& bench, const Filled& small, const Filled& large, std::size_t syncs) {
    TRY(const auto at_small, Serving::start(small.centre));
    TRY(const auto at_large, Serving::start(large.centre));
    std::vector<double> few, many;
    for (std::size_t nth = 0; nth < syncs; ++nth) {
        TRY(const double one, sync_ms(bench, small, at_small, nth));
        TRY(const double other, sync_ms(bench, large, at_large, nth));
        few.push_back(one);
        many.push_back(other);
    }
    bench.figures.add("growth_short_log_sync", median(few), "ms",
                      "a connection, 30 records up, 200 facts down");
    bench.figures.add("growth_long_log_sync", median(many), "ms");
    bench.figures.add("growth_time_ratio", median(many) / median(few), "x", "aim <= 1.2");
    bench.figures.add("growth_short_log_endpoint_memory", at_small.peak_mb(), "MB");
    bench.figures.add("growth_long_log_endpoint_memory", at_large.peak_mb(), "MB", "<= 256");
    return {};
}

}  // namespace

Result<void> measure_growth(Bench& bench) {
    const std::size_t syncs = bench.quick ? 5 : 25;
    TRY(auto small, filled(bench, 1'000));
    TRY(auto large, filled(bench, bench.quick ? 100'000 : 1'000'000));
    bench.figures.add("growth_short_log", static_cast<double>(small.end), "facts");
    bench.figures.add("growth_long_log", static_cast<double>(large.end), "facts");
    for (auto* log : {&small, &large})
        TRY_DO(prepare_syncs(bench, *log, static_cast<int>(syncs) + 2));
    TRY_DO(time_both(bench, small, large, syncs));
    TRY(const auto few, work_of_a_sync(small, syncs));
    TRY(const auto many, work_of_a_sync(large, syncs));
    compare(bench, few, many);
    return {};
}

}  // namespace doorstep::bench
