// A real tablet's store, runner and curl, enrolled at the real program.
#pragma once

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include "sync/http/curl_client.h"
#include "sync/http/endpoint_address.h"
#include "sync/store/rescue.h"
#include "sync/store/sqlite_connection.h"
#include "sync/tablet/request_signer.h"
#include "sync/tablet/runner.h"
#include "sync/wire/ticket.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/listener/process.h"

namespace doorstep::testing {

inline std::string word_after(const std::string& text, const std::string& name) {
    const auto at = text.find(name);
    INFO(text);
    REQUIRE(at != std::string::npos);
    const auto begin = text.find_first_not_of(' ', at + name.size());
    return text.substr(begin, text.find('\n', begin) - begin);
}

struct RealTablet {
    SystemClock clock;
    SystemRandom random;
    std::unique_ptr<SqlConnection> sql = std::move(*open_sqlite(":memory:"));
    Store store = std::move(*Store::open(*sql, StoreRole::tablet, clock, random));
    std::string seed;
    TabletIdentity identity;
    std::string pins;                     // of its ticket
    std::optional<ParcelFolder> parcels;  // of what its centre published; nothing: it fetches none
    int kept = 0;
    std::uint64_t reserved = 0;  // its file of numbers
    RequestNumbers numbers_{[this] { return reserved; },
                            [this](std::uint64_t through) {
                                reserved = through;
                                return Result<void>();
                            }};

    // As an enrolment wrote it down.
    explicit RealTablet(const TabletIdentity& enrolled) : seed(enrolled.seed), identity(enrolled) {
        REQUIRE(store.enrol(identity).ok());
    }
    explicit RealTablet(const EndpointProgram& program, const std::string& name = "tab-01") {
        const auto ended = program.run({"enrol", name});
        REQUIRE(ended.status == 0);
        const auto ticket = wire::decode_ticket(word_after(ended.out, "ticket"));
        REQUIRE(ticket.ok());
        seed = ticket->seed;
        CHECK(seed == word_after(ended.out, "seed"));
        identity = {ticket->enrolment,
                    name,
                    "",
                    seed,
                    ticket->safeguarding_key,
                    ticket->sealing_key,
                    ticket->signing_key,
                    ticket->recovery_key};
        pins = ticket->authority_pins;
        REQUIRE(store.enrol(identity).ok());
    }
    std::string write_rescue_file(const std::string& file) {
        const auto rescue = write_rescue(store, identity);
        REQUIRE(rescue.ok());
        std::ofstream(file, std::ios::binary) << rescue->file;
        return file;
    }
    void keep_visits(int appends, std::size_t label_bytes = 20) {
        for (int i = 0; i < appends; ++i) {
            VisitPlanned visit;
            visit.visit = Uuid::random(random);
            // Noise, so that it stays as large when it is compressed.
            while (visit.label.size() < label_bytes)
                visit.label += fmt::format("{:x}", random.next());
            visit.programme = "safer_streets";
            visit.area = "BE";
            visit.day = Day::of(2013, 6, 8);
            Operation fact;
            fact.subject = visit.visit;
            fact.payload = visit;
            auto transaction = store.begin();
            REQUIRE(transaction.ok());
            REQUIRE(transaction->append({fact}).ok());
            REQUIRE(transaction->commit().ok());
            ++kept;
        }
    }
    std::string pinned(const std::string& address) const { return *pinned_address(address, pins); }
    HttpOptions line() const {
        HttpOptions options;
        options.portal_port = 0;
        return options;
    }
    SyncOutcome sync(const std::string& address, int give_up_after = 3, std::int64_t nap_ms = 20) {
        return sync_at(pinned(address), give_up_after, nap_ms);
    }
    // `address` with its pins.
    SyncOutcome sync_at(const std::string& address, int give_up_after = 3, std::int64_t nap_ms = 20) {
        auto http = CurlClient::open(address, line());
        REQUIRE(http.ok());
        return sync_over(*http, give_up_after, nap_ms);
    }
    RequestSigner signer() const {
        auto signing = identity;
        signing.seed = seed;
        auto made = RequestSigner::of(signing, numbers_);
        REQUIRE(made.ok());
        return std::move(*made);
    }
    SyncOutcome sync_over(HttpClient& http, int give_up_after = 3, std::int64_t nap_ms = 20) {
        auto signs = signer();
        SignedClient signed_line(http, signs);
        const auto outcome = sync_now(
            store, signed_line, clock, random,
            [&](std::int64_t ms) {
                std::this_thread::sleep_for(std::chrono::milliseconds(std::min(ms, nap_ms)));
            },
            give_up_after, {}, parcels ? &*parcels : nullptr);
        REQUIRE(outcome.ok());
        return *outcome;
    }
};

// What the endpoint's file holds, once nobody has it open.
inline std::int64_t rows_in(const EndpointProgram& program, const std::string& table) {
    auto sql = open_sqlite(program.folder() + "/doorstep.sqlite");
    REQUIRE(sql.ok());
    std::int64_t count = -1;
    REQUIRE((*sql)
                ->query("select count(*) from " + table, {},
                        [&](const SqlRow& row) {
                            count = row.integer(0);
                            return false;
                        })
                .ok());
    return count;
}

// A folder with an endpoint to be started in it.
struct Data {
    TemporaryFolder temporary;
    EndpointProgram program{temporary / "data", {}, without_forms(temporary / "questionnaires")};
};

}  // namespace doorstep::testing
