// The real tablet's sync (store, runner, curl) through a wire that counts.
#include <fmt/format.h>

#include <array>

#include "sync/http/curl_client.h"
#include "sync/http/endpoint_address.h"
#include "sync/tablet/request_signer.h"
#include "sync/tablet/runner.h"
#include "tests/bench/sync/bench.h"
#include "tests/bench/sync/relay.h"

namespace doorstep::bench {

namespace {

struct Line {
    bool sealed = true;
    bool officers_part = true;
    std::size_t records = 0;
};

struct Bytes {
    Passed passed;
    int requests = 0;
    int pushes = 0;
};

class CountingClient final : public HttpClient {
public:
    explicit CountingClient(HttpClient& inner) : inner_(inner) {}
    Result<HttpReply> exchange(const HttpRequest& request) override {
        ++requests;
        pushes += request.path == "/v1/push" ? 1 : 0;
        return inner_.exchange(request);
    }
    HttpFault fault() const override { return inner_.fault(); }
    int requests = 0;
    int pushes = 0;

private:
    HttpClient& inner_;
};

// Over a connection of its own, as when a network appears.
Result<Bytes> sync_once(RecordingTablet& tablet, RequestSigner& signer, const Centre& centre,
                        const CountingRelay& relay, bool sealed) {
    const auto before = relay.passed();
    const auto url = fmt::format("{}://127.0.0.1:{}", sealed ? "https" : "http", relay.port());
    TRY(const auto address, pinned_address(url, centre.pins));
    HttpOptions options;
    options.portal_port = 0;
    TRY(auto curl, CurlClient::open(address, options));
    CountingClient counting(curl);
    SignedClient http(counting, signer);
    const SystemClock clock;
    TRY(const auto outcome, sync_now(
                                tablet.store(), http, clock, tablet.random(), [](std::int64_t) {}, 3));
    TRY(const auto position, tablet.store().position());
    if (!outcome.up_to_date || position.acked_through != position.last_sequence)
        return Error{Fault::broken, "The tablet of the bench could not sync: " + outcome.state.words, ""};
    const auto after = relay.passed();
    return Bytes{{after.up - before.up, after.down - before.down, after.connections - before.connections},
                 counting.requests,
                 counting.pushes};
}

// A tablet that synced in the morning, and now brings the day.
Result<Bytes> bring_the_day(Bench& bench, const Line& line) {
    TRY(const auto centre, copy_of(bench.centre, bench.folder.fresh()));
    TRY(const auto serving, Serving::start(centre, !line.sealed));
    const CountingRelay relay(serving.port());
    TRY(const auto tablet, RecordingTablet::open(centre.tablets.front(), bench.books, 11));
    TRY(auto signer, RequestSigner::of(centre.tablets.front(), numbers_in_memory()));
    TRY_DO(sync_once(*tablet, signer, centre, relay, line.sealed));
    std::vector<Record> records;
    for (const auto& record : bench.records)
        records.push_back(line.officers_part ? record : without_officers_part(record));
    TRY_DO(work(*tablet, records, 0, line.records));
    return sync_once(*tablet, signer, centre, relay, line.sealed);
}

std::string name_of(const Line& line, const char* direction) {
    return fmt::format("bytes_{}_{}{}{}", direction, line.records, line.sealed ? "_tls" : "",
                       line.officers_part ? "" : "_without_officers_part");
}

std::string promise(const Line& line) {
    if (line.sealed)
        return {};
    return line.records == 30 ? "promised <= 560, aim 420; ODK Central 2680, PouchDB 1830, entropy 162"
                              : "promised <= 530, aim 420; ODK Central 2680, PouchDB 1830, entropy 162";
}

// Where the bytes of an envelope go.
void tell_parts(Figures& figures, const Composition& of, const std::string& which) {
    constexpr double mark_and_key = 12, seal = 48;
    const auto add = [&](const char* name, double value, const char* what) {
        figures.add(fmt::format("record_{}{}", name, which), value, "B", what);
    };
    add("text", of.text_bytes, "operations, answers, referrals, offers, address, times: by their odds");
    add("ids", of.id_bytes, "contact, visit, household, questionnaire: nobody can guess them");
    add("officers_part", of.officers_bytes, "always there where the form has such a page");
    add("book", of.short_bytes - of.text_bytes - of.id_bytes - of.officers_bytes,
        "which short form, of which book");
    add("padding", of.sealed_bytes - of.short_bytes - mark_and_key - seal, "to 64");
    add("seal", seal + mark_and_key, "sealed box 48, mark and key id 12");
    add("sealed", of.sealed_bytes, "one envelope: the sum of these");
}

Result<void> tell_composition(Bench& bench) {
    TRY(const auto whole, composition(bench.records, bench.centre.tablets.back(), bench.books));
    std::vector<Record> bare;
    for (const auto& record : bench.records)
        bare.push_back(without_officers_part(record));
    TRY(const auto without, composition(bare, bench.centre.tablets.back(), bench.books));
    auto& figures = bench.figures;
    figures.add("record_facts", whole.facts, "facts", "a finish: contact, questionnaire, referrals, offers");
    figures.add("record_referrals", whole.referrals, "", "the records of sync.md: 2.459");
    figures.add("record_answers", whole.answers, "", "the records of sync.md: about 50 fields");
    figures.add("record_json_compact", whole.compact_bytes, "B",
                "one object, a name for each value; the records of sync.md: 1573");
    figures.add("record_json", without.json_bytes, "B", "all its facts as they are kept");
    figures.add("record_json_officers_part", whole.json_bytes - without.json_bytes, "B", "base64, noise");
    tell_parts(figures, whole, "");
    tell_parts(figures, without, "_without_officers_part");
    return {};
}

// Who has nothing to bring, and for whom there is nothing.
Result<void> measure_nothing_new(Bench& bench) {
    for (const bool sealed : {false, true}) {
        TRY(const auto bytes, bring_the_day(bench, {sealed, true, 0}));
        const std::string tls = sealed ? "_tls" : "";
        const auto promised = sealed ? "" : "promised <= 1024";
        bench.figures.add("bytes_up_nothing_new" + tls, static_cast<double>(bytes.passed.up), "B", promised);
        bench.figures.add(
            "bytes_down_nothing_new" + tls, static_cast<double>(bytes.passed.down), "B",
            fmt::format("{}{}{} requests; promised 1", promised, sealed ? "" : "; ", bytes.requests));
    }
    return {};
}

}  // namespace

Result<void> measure_bytes(Bench& bench) {
    TRY_DO(tell_composition(bench));
    TRY_DO(measure_nothing_new(bench));
    for (const std::size_t records : {std::size_t{30}, bench.quick ? std::size_t{250} : std::size_t{1'000}})
        for (const bool officers_part : {true, false})
            for (const bool sealed : {false, true}) {
                const Line line{sealed, officers_part, records};
                TRY(const auto bytes, bring_the_day(bench, line));
                const auto count = static_cast<double>(records);
                bench.figures.add(name_of(line, "up"), static_cast<double>(bytes.passed.up) / count, "B/rec",
                                  promise(line));
                bench.figures.add(name_of(line, "down"), static_cast<double>(bytes.passed.down) / count,
                                  "B/rec",
                                  fmt::format("{} requests, {} pushes, {} connections", bytes.requests,
                                              bytes.pushes, bytes.passed.connections));
            }
    return {};
}

}  // namespace doorstep::bench
