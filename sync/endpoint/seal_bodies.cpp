#include "sync/endpoint/seal_bodies.h"

#include "sync/store/endpoint_seal.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr std::int64_t batch = 500;

struct Progress {
    Uuid through;
    bool complete = false;
};

Result<Progress> progress_of(SqlConnection& sql) {
    Progress progress;
    TRY_DO(sql.query("select through, complete from bodies_sealed where partnership = :partnership",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         progress = {row.uuid(0), row.integer(1) != 0};
                         return false;
                     }));
    return progress;
}

Result<void> keep_progress(SqlConnection& sql, const Progress& progress) {
    TRY_DO(sql.run("insert into bodies_sealed(partnership, through, complete) values(:partnership, :through, "
                   ":complete) on conflict(partnership) do update set through = excluded.through, complete = "
                   "excluded.complete",
                   {{"partnership", home_partnership},
                    {"through", sql_value(progress.through)},
                    {"complete", std::int64_t{progress.complete ? 1 : 0}}}));
    return {};
}

struct PlainBody {
    Uuid fact;
    Uuid subject;
    std::string body;
};

// What looks sealed and does not open is what a hostile tablet wrote.
Result<bool> is_plain(const SubjectKeys& keys, const PlainBody& one) {
    if (!SubjectKeys::looks_sealed(one.body))
        return true;
    const auto opened = keys.open(one.fact, one.body);
    if (!opened.ok() && opened.error().fault != Fault::damaged)
        return opened.error();
    return !opened.ok();
}

Result<std::vector<PlainBody>> next_bodies(SqlConnection& sql, const Uuid& after) {
    std::vector<PlainBody> found;
    TRY_DO(sql.query("select b.operation_id, o.subject, b.body from operation_body b join operation o "
                     "on o.partnership = b.partnership and o.operation_id = b.operation_id "
                     "where b.partnership = :partnership and b.operation_id > :after "
                     "order by b.operation_id limit :limit",
                     {{"partnership", home_partnership}, {"after", sql_value(after)}, {"limit", batch}},
                     [&](const SqlRow& row) {
                         found.push_back({row.uuid(0), row.uuid(1), row.blob(2)});
                         return true;
                     }));
    return found;
}

// False when that was the last.
Result<bool> seal_some(Store& store, const SubjectKeys& keys, Progress& progress) {
    TRY(auto transaction, store.begin());
    auto& sql = transaction.sql();
    TRY(const auto bodies, next_bodies(sql, progress.through));
    for (const auto& one : bodies) {
        progress.through = one.fact;
        TRY(const bool plain, is_plain(keys, one));
        if (!plain)
            continue;
        TRY(auto sealed, keys.seal(one.subject, one.fact, one.body));
        TRY_DO(sql.run("update operation_body set body = :body where partnership = :partnership and "
                       "operation_id = :id",
                       {{"body", Blob{std::move(sealed)}},
                        {"partnership", home_partnership},
                        {"id", sql_value(one.fact)}}));
    }
    TRY_DO(keep_progress(sql, progress));
    TRY_DO(transaction.commit());
    return !bodies.empty();
}

struct ForkedBody {
    Uuid fact;
    Sha256 hash;
    std::string body;
};

Result<void> seal_forks(SqlConnection& sql, const SubjectKeys& keys) {
    std::vector<ForkedBody> forks;
    TRY_DO(sql.query("select operation_id, body_hash, body from fork where partnership = :partnership",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         forks.push_back({row.uuid(0), sha256_column(row, 1), row.blob(2)});
                         return true;
                     }));
    for (const auto& one : forks) {
        TRY(const bool plain, is_plain(keys, {one.fact, {}, one.body}));
        if (!plain)
            continue;
        const auto opened = wire::open_operation(one.body);
        TRY(auto sealed,
            keys.seal(opened.operation ? opened.operation->subject : Uuid{}, one.fact, one.body));
        TRY_DO(sql.run("update fork set body = :body where partnership = :partnership and operation_id = :id "
                       "and body_hash = :hash",
                       {{"body", Blob{std::move(sealed)}},
                        {"partnership", home_partnership},
                        {"id", sql_value(one.fact)},
                        {"hash", sql_value(one.hash)}}));
    }
    return {};
}

struct ForkedEnvelope {
    Uuid enrolment;
    Sequence first = 0;
    Sha256 chain;
    std::string body;
};

Result<void> seal_forked_envelopes(SqlConnection& sql, const PublicKey& sealing) {
    std::vector<ForkedEnvelope> found;
    TRY_DO(sql.query(
        "select enrolment, first_seq, chain, body from forked_envelope where partnership = "
        ":partnership",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            found.push_back({row.uuid(0), unsigned_column(row, 1), sha256_column(row, 2), row.blob(3)});
            return true;
        }));
    for (const auto& one : found)
        if (!is_sealed({{}, 0, 0, one.body}))
            TRY_DO(sql.run("update forked_envelope set body = :body where partnership = :partnership and "
                           "enrolment = :enrolment and first_seq = :first and chain = :chain",
                           {{"body", Blob{seal_body_to(sealing, one.body)}},
                            {"partnership", home_partnership},
                            {"enrolment", sql_value(one.enrolment)},
                            {"first", sql_value(one.first)},
                            {"chain", sql_value(one.chain)}}));
    return {};
}

}  // namespace

Result<void> seal_plain_bodies(Store& store, const SubjectKeys& keys, const PublicKey& sealing) {
    TRY(auto progress, progress_of(store.sql()));
    if (progress.complete)
        return {};  // nothing is written, so that a full disk does not stop a start
    for (bool more = true; more;) {
        TRY(more, seal_some(store, keys, progress));
    }
    TRY(auto transaction, store.begin());
    auto& sql = transaction.sql();
    TRY_DO(seal_forks(sql, keys));
    TRY_DO(seal_forked_envelopes(sql, sealing));
    TRY_DO(sql.run("delete from people_contact where partnership = :partnership",
                   {{"partnership", home_partnership}}));
    TRY_DO(sql.run("update envelope set body = :nothing where partnership = :partnership",
                   {{"nothing", Blob{}}, {"partnership", home_partnership}}));
    progress.complete = true;
    TRY_DO(keep_progress(sql, progress));
    return transaction.commit();
}

}  // namespace doorstep
