// A store on a real file, opened and reopened; a tablet's is sealed.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <optional>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "sync/store/sealed_connection.h"
#include "sync/store/sqlite_connection.h"
#include "sync/store/store.h"

namespace doorstep::testing {

// The same for every rig, so that one opens what another wrote.
inline RowKeys test_keys() {
    RowKeys keys;
    keys.add(1, SecretBytes(std::string(RowKeys::key_size, 'k')));
    return keys;
}

struct Rig {
    explicit Rig(std::string path, StoreRole as = StoreRole::tablet, std::uint64_t seed = 1)
        : file(std::move(path)), role(as), random(seed) {
        open();
    }
    void open() {
        store.reset();
        sql.reset();
        auto opened = role == StoreRole::tablet ? open_sealed(file, keys) : open_sqlite(file);
        if (!opened.ok())
            FAIL(opened.error().text());
        sql = std::move(opened).value();
        auto made = Store::open(*sql, role, clock, random);
        if (!made.ok())
            FAIL(made.error().text());
        store.emplace(std::move(made).value());
    }
    void close() {
        store.reset();
        sql.reset();
    }
    std::vector<Operation> append(std::vector<Operation> own) {
        auto transaction = store->begin();
        REQUIRE(transaction.ok());
        auto kept = transaction->append(std::move(own));
        if (!kept.ok())
            FAIL(kept.error().text());
        REQUIRE(transaction->commit().ok());
        return *kept;
    }
    Appended receive(const std::vector<wire::OpenedOperation>& received, const Uuid& enrolment) {
        auto transaction = store->begin();
        REQUIRE(transaction.ok());
        auto appended = transaction->append_received(received, enrolment);
        if (!appended.ok())
            FAIL(appended.error().text());
        REQUIRE(transaction->commit().ok());
        return *appended;
    }
    // Every row of a query, its columns separated by a bar.
    std::vector<std::string> rows(std::string_view query) {
        std::vector<std::string> out;
        const auto columns = 1 + static_cast<int>(std::count(query.begin(), query.end(), ','));
        REQUIRE(sql->query(query, std::span<const SqlParameter>{},
                           [&](const SqlRow& row) {
                               out.emplace_back();
                               for (int i = 0; i < columns; ++i)
                                   out.back().append(i > 0 ? "|" : "").append(row.text(i));
                               return true;
                           })
                    .ok());
        return out;
    }
    // What an endpoint has too: the people half stands on tablets alone.
    std::string counts() {
        auto text = store->dump_read_model(true);
        REQUIRE(text.ok());
        return *text;
    }
    std::string dump() {
        auto text = store->dump_read_model();
        REQUIRE(text.ok());
        return *text;
    }

    std::string file;
    StoreRole role;
    ManualClock clock{1'773'500'000'000, 0};
    SeededRandom random;
    RowKeys keys = test_keys();
    std::unique_ptr<SqlConnection> sql;
    std::optional<Store> store;
};

}  // namespace doorstep::testing
