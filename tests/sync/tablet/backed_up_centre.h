// An endpoint that is backed up and restored in place.
#pragma once

#include <memory>
#include <string>

#include "sync/endpoint/backup.h"
#include "sync/endpoint/schema.h"
#include "sync/store/sql_values.h"
#include "sync/vault/sealed_stream.h"
#include "tests/sync/tablet/sealed_tablet.h"

namespace doorstep::testing {

struct KeptBackup {
    std::string bytes;
    SecretBytes key;
};

struct BackedUpCentre : CentreWithKeys {
    KeptBackup back_up() {
        KeptBackup kept;
        auto stream = SealedStreamWriter::begin(KeyPair::make().public_key, [&](std::string_view sealed) {
            kept.bytes += sealed;
            return Result<void>{};
        });
        REQUIRE(stream.ok());
        const auto head = head_of(*sql, clock);
        REQUIRE(head.ok());
        REQUIRE(write_backup(*sql, *head, *stream).ok());
        kept.key = stream->key().duplicate();
        return kept;
    }
    // The endpoint as a restore makes it, with the same keys.
    EpochStep restore(const KeptBackup& kept) {
        const auto keys = copy_of(*endpoint.keys());
        auto fresh = in_memory();
        auto store = Store::open(*fresh, StoreRole::endpoint, clock, random);
        REQUIRE(store.ok());
        EpochStep step;
        {
            auto transaction = store->begin();
            REQUIRE(transaction.ok());
            REQUIRE(bring_endpoint_up_to_date(transaction->sql()).ok());
            std::size_t read_to = 0;
            auto stream = SealedStreamReader::open(kept.key, [&](std::size_t size) -> Result<std::string> {
                auto part = kept.bytes.substr(read_to, size);
                read_to += part.size();
                return part;
            });
            REQUIRE(stream.ok());
            const auto read = read_backup(*stream, &transaction->sql());
            if (!read.ok())
                FAIL(read.error().text());
            const auto gone_on = go_on_from_backup(transaction->sql(), clock, random, *read,
                                                   {"operator anna", "the disk died"});
            if (!gone_on.ok())
                FAIL(gone_on.error().text());
            step = *gone_on;
            REQUIRE(transaction->commit().ok());
        }
        replace(std::move(fresh), copy_of(keys));
        return step;
    }
    void begin_anew() { replace(in_memory(), copy_of(*endpoint.keys())); }

    std::string outbox(const Uuid& referral) {
        std::string state;
        REQUIRE(sql->query("select state from outbox where referral = :referral",
                           {{"referral", sql_value(referral)}},
                           [&](const SqlRow& row) {
                               state = row.text(0);
                               return false;
                           })
                    .ok());
        return state;
    }
    void is_dense(std::int64_t facts) {
        CHECK(count_rows(*sql, "operation") == facts);
        CHECK(count_rows(*sql, "operation where pull_seq between 1 and " + std::to_string(facts)) == facts);
        CHECK(count_rows(*sql, "fork") == 0);
        CHECK(count_rows(*sql, "branch") == 0);
        CHECK(endpoint.store().quarantined()->empty());
    }

private:
    void replace(std::unique_ptr<SqlConnection> other, WorkingKeys keys) {
        std::destroy_at(&endpoint);
        sql = std::move(other);
        std::construct_at(&endpoint, open(std::move(keys)));
    }
};

}  // namespace doorstep::testing
