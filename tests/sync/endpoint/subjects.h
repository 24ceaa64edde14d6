// An endpoint with keys on a real file, and a home whose every text is a canary.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>

#include "sync/endpoint/erasure.h"
#include "sync/store/concern_notice.h"
#include "sync/store/sqlite_connection.h"
#include "sync/vault/endpoint_keys.h"
#include "tests/support/signed_by_hand.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/canary_home.h"
#include "tests/sync/endpoint/centre.h"

namespace doorstep::testing {

inline std::string bytes_of_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Every file of a folder, write-ahead logs and copies too.
inline std::string bytes_of_folder(const std::string& folder) {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            all += bytes_of_file(entry.path().string());
    return all;
}

inline WorkingKeys working_copy(const EndpointKeys& made) {
    return {*KeyPair::from_secret(made.sealing.secret_key.view()),
            SigningPair::from_seed(made.signing.seed.duplicate()), made.safeguarding.public_key,
            made.recovery.public_key};
}

struct CentreOnDisk {
    TemporaryFolder folder;
    ManualClock clock{1'370'678'400'000, 60};
    SeededRandom random{7};
    EndpointKeys made = EndpointKeys::make();
    Directory directory;
    std::unique_ptr<SqlConnection> sql;
    std::unique_ptr<Endpoint> endpoint;
    ErasureList list{folder / "erasures.list"};

    CentreOnDisk() {
        directory.agencies.assign(1, Agency{"fire", "Fire and Rescue", {}, false, {}, {}, {}, {}, {}});
    }

    std::string file() const { return folder / "doorstep.sqlite"; }
    void open(bool with_keys = true) {
        close();
        auto opened = open_sqlite(file());
        REQUIRE(opened.ok());
        sql = std::move(*opened);
        auto made_here = Endpoint::open(*sql, directory, clock, random,
                                        [&]() -> Result<PublicKey> { return made.safeguarding.public_key; });
        REQUIRE(made_here.ok());
        endpoint = std::make_unique<Endpoint>(std::move(*made_here));
        if (with_keys) {
            const auto used = endpoint->use_keys(working_copy(made));
            INFO((used.ok() ? std::string{} : used.error().text()));
            REQUIRE(used.ok());
        }
    }
    void close() {
        endpoint.reset();
        sql.reset();
    }
    Forgetting forgetting() {
        auto by = endpoint->forgetting(list);
        REQUIRE(by.ok());
        return *by;
    }
    EndpointResponse handle(const EndpointRequest& request) { return endpoint->handle({&request, 1}).at(0); }
    std::int64_t number(const std::string& query) {
        std::int64_t found = -1;
        const auto asked = sql->query(query, {}, [&](const SqlRow& row) {
            found = row.integer(0);
            return false;
        });
        INFO(query);
        REQUIRE(asked.ok());
        return found;
    }
};

// A tablet of that centre, by hand.
struct HandOnDisk {
    CentreOnDisk& centre;
    Enrolment enrolment;
    Sequence last = 0;
    Sha256 chain{};
    std::uint64_t number = 0;  // of its last request

    explicit HandOnDisk(CentreOnDisk& where, const std::string& name = "tab-01") : centre(where) {
        auto enrolled = where.endpoint->enrol(name);
        REQUIRE(enrolled.ok());
        enrolment = *enrolled;
    }
    EndpointResponse push(std::vector<Operation> operations) {
        for (auto& operation : operations)
            operation.sequence = ++last;
        const auto envelope = wire::seal_envelope(Uuid::random(centre.random), operations);
        wire::PushRequest request;
        request.epoch_seen = *centre.endpoint->store().epoch();
        request.enrolment = enrolment.enrolment;
        request.first_sequence = envelope.first_sequence;
        request.chain_before = chain;
        chain = wire::chain(chain, envelope);
        request.chain_after = chain;
        request.envelopes = {envelope};
        return centre.handle(
            signed_by_hand(enrolment, ++number,
                           {"POST", "/v1/push", {}, wire::content_type_frame, "", wire::encode(request)}));
    }
    wire::PullReply pull(std::uint64_t cursor) {
        const auto answer = centre.handle(signed_by_hand(
            enrolment, ++number,
            {"GET",
             fmt::format("/v1/pull?epoch={}&cursor={}", centre.endpoint->store().epoch()->text(), cursor),
             {},
             "",
             "",
             ""}));
        INFO(answer.body.substr(0, 200));
        REQUIRE(answer.status == 200);
        auto page = wire::decode_pull_reply(answer.body);
        REQUIRE(page.ok());
        return std::move(*page);
    }
};

inline std::string counts_of(CentreOnDisk& centre) {
    const auto sums = centre.endpoint->report({Day::of(2000, 1, 1), Day::of(2040, 1, 1)}, "all");
    INFO((sums.ok() ? std::string{} : sums.error().text()));
    REQUIRE(sums.ok());
    return as_json(*sums);
}

}  // namespace doorstep::testing
