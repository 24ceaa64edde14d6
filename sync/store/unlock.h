// Opening a sealed store while somebody waits: first who lives where, so that the list can
// be shown and searched, then the tables.
//
// A worker thread opens the file, hands out the people half in batches, the newest first,
// and goes on with the tables by itself.  It owns connection and file until whole() has
// returned: until then nobody changes `keys` or asks the ballast that `options` may name.
// Everything below is called by one thread, the writer's, but abandon(), which any may call;
// `news` is called on the worker's and may do no more than wake somebody up.
//
//     Unlock unlock(file, keys, {}, wake);
//     while (const auto batch = unlock.people())
//         ... fill the index; the first batch is what the first screen shows
//     ... show and search; when woken and unlock.is_loaded():
//     TRY(auto sql, unlock.whole());
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "forms/base/result.h"
#include "sync/store/people_feed.h"
#include "sync/store/sql_connection.h"
#include "sync/store/sqlite_connection.h"
#include "sync/vault/sealed_row.h"

namespace doorstep {

class Unlock {
public:
    // Returns at once.  `keys`, and what `options` name, outlive it and the connection.
    Unlock(std::string path, RowKeys& keys, SqliteOptions options = {}, std::function<void()> news = {});
    Unlock(const Unlock&) = delete;
    Unlock& operator=(const Unlock&) = delete;
    // Abandons it.  Waits for the worker: tens of milliseconds.
    ~Unlock();

    // Waits for the next batch; nothing when all people were handed out, or when there was
    // an error, which whole() tells.
    std::optional<PeopleBatch> people();
    // The same without waiting: nothing now.
    std::optional<PeopleBatch> people_now();
    // Whether people() has no more to wait for.
    bool people_done() const;

    // Whether whole() would return at once.
    bool is_loaded() const;
    // Waits for the tables: a connection as open_sealed() gives it, to be used by this
    // thread.  People that were not asked for are left out.  Errors: those of open_sealed();
    // refused after abandon().  REQUIRES: not called before.
    Result<std::unique_ptr<SqlConnection>> whole();

    // The worker stops within tens of milliseconds, people that wait are wiped, and nothing
    // more is handed out.  (Only sealing a store of plain rows, once in the life of a tablet,
    // goes on to its end.)
    void abandon();

private:
    struct Work;
    std::unique_ptr<Work> work_;
};

}  // namespace doorstep
