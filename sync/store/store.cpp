#include "sync/store/store.h"

#include "sync/operation/whose.h"
#include "sync/store/fold.h"
#include "sync/store/in_doubt.h"
#include "sync/store/log.h"
#include "sync/store/schema.h"
#include "sync/store/sql_values.h"
#include "sync/store/store_state.h"

namespace doorstep {

namespace {

struct KeptState {
    std::string role;
    std::int64_t folded_by = 0;
    std::uint64_t hybrid_clock = 0;
};

std::string name_of(StoreRole role) {
    return role == StoreRole::tablet ? "tablet" : "endpoint";
}

Result<std::optional<KeptState>> kept_state(SqlConnection& sql) {
    std::optional<KeptState> kept;
    TRY_DO(
        sql.query("select role, fold_version, hybrid_clock from store_state where partnership = :partnership",
                  {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                      kept = {row.text(0), row.integer(1), unsigned_column(row, 2)};
                      return false;
                  }));
    return kept;
}

// One is enough: once there are keys every body is sealed.
Result<bool> has_sealed_bodies(SqlConnection& sql) {
    bool sealed = false;
    TRY_DO(sql.query("select body from operation_body where partnership = :partnership limit 1",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         sealed = SubjectKeys::looks_sealed(row.bytes(0));
                         return false;
                     }));
    return sealed;
}

Result<void> first_rows(SqlConnection& sql, StoreRole role, Random& random) {
    TRY_DO(sql.run("insert into store_state(partnership, role, fold_version, hybrid_clock) "
                   "values(:partnership, :role, :fold, 0)",
                   {{"partnership", home_partnership}, {"role", name_of(role)}, {"fold", fold_version}}));
    TRY_DO(sql.run(
        "insert into sync_state(partnership, enrolment, epoch, acked_seq, acked_chain, durable_seq, "
        "last_seq, "
        "last_chain, pull_cursor, last_sync_ms) values(:partnership, :nobody, null, 0, :zero, 0, 0, "
        ":zero, 0, "
        "0)",
        {{"partnership", home_partnership}, {"nobody", sql_value(Uuid{})}, {"zero", sql_value(Sha256{})}}));
    if (role == StoreRole::endpoint)
        TRY_DO(
            sql.run("insert into partnership_clock(partnership, seq, epoch) values(:partnership, 0, :epoch)",
                    {{"partnership", home_partnership}, {"epoch", sql_value(Uuid::random(random))}}));
    return {};
}

// Another program may begin with the same database.
Result<void> first_rows_once(SqlConnection& sql, StoreRole role, Random& random) {
    TRY_DO(lock_schema(sql));
    TRY(const auto kept, kept_state(sql));
    return kept ? Result<void>{} : first_rows(sql, role, random);
}

}  // namespace

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

SqlConnection& Store::sql() const {
    return *state_->sql;
}
void Store::write_short(std::shared_ptr<const wire::PhraseBooks> books) {
    state_->books = std::move(books);
}

const Clock& Store::clock() const {
    return *state_->clock;
}

Result<void> check_unlocked(const StoreParts& store) {
    if (store.role != StoreRole::locked_tablet)
        return {};
    return Error{Fault::refused, "This tablet is locked: it only sends and receives.", "Sign in first."};
}

Result<Store> Store::open(SqlConnection& sql, StoreRole role, const Clock& clock, Random& random) {
    if (role == StoreRole::locked_tablet)
        return Store(std::make_unique<State>(State{{&sql, role, &clock, &random, HybridClock(0)}}));
    TRY_DO(bring_up_to_date(sql, schema_history()));
    TRY(auto kept, kept_state(sql));
    if (!kept) {
        TRY_DO(sql.begin());
        auto written = first_rows_once(sql, role, random);
        if (written.ok())
            written = sql.commit();
        if (!written.ok()) {
            sql.rollback();
            return written.error();
        }
        TRY(kept, kept_state(sql));
    }
    if (kept->role != name_of(role))
        return Error{Fault::refused,
                     "This folder holds the store of " + std::string(role == StoreRole::tablet
                                                                         ? "an endpoint, not of a tablet."
                                                                         : "a tablet, not of an endpoint."),
                     "Choose another folder."};
    Store store(
        std::make_unique<State>(State{{&sql, role, &clock, &random, HybridClock(kept->hybrid_clock)}}));
    // Sealed bodies are folded again when their keys are there: use_subject_keys().
    TRY(const bool sealed, role == StoreRole::endpoint ? has_sealed_bodies(sql) : Result<bool>(false));
    if (kept->folded_by != fold_version && !sealed)
        TRY_DO(store.rebuild());
    return store;
}

namespace {

struct LogRow {
    Uuid id;
    std::string body;
    std::string type;
    bool from_tablet = false;  // as the row says
    std::string reason{};      // for which it is set aside
};

Result<std::vector<LogRow>> log_rows(SqlConnection& sql) {
    std::vector<LogRow> rows;
    TRY_DO(sql.query(
        "select o.operation_id, b.body, o.type, o.enrolment, o.reason from operation o join operation_body b "
        "on b.partnership = o.partnership and b.operation_id = o.operation_id "
        "where o.partnership = :partnership order by o.hybrid_clock, o.operation_id",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            rows.push_back({row.uuid(0), row.blob(1), row.text(2), !row.is_null(3), row.text(4)});
            return true;
        }));
    return rows;
}

// As append_received() judged it.  Of what was forgotten and could not be read an empty order is left.
std::string why_set_aside(const wire::OpenedOperation& opened, const LogRow& row, StoreRole role) {
    auto why = why_quarantined(opened);
    if (why.empty() && role == StoreRole::endpoint && row.from_tablet && row.type == type_column(opened))
        why = why_not_an_officers(*opened.operation);
    // Which was first nobody can tell today either.
    if (why.empty() && role == StoreRole::endpoint && row.reason == in_doubt_reason)
        why = row.reason;
    return why;
}

Result<void> fold_again(SqlConnection& sql, const StoreParts& store, LogRow row) {
    const auto how = store.how();
    if (row.body.empty())
        return {};  // it was read later, and what it held stands elsewhere
    if (how.keys) {
        auto body = how.keys->open(row.id, std::move(row.body));
        if (!body.ok() && body.error().fault != Fault::damaged)
            return body.error();
        row.body = body.ok() ? std::move(*body) : std::string{};
    }
    const auto opened = open_as(row.id, std::move(row.body));
    const auto reason = why_set_aside(opened, row, store.role);
    TRY_DO(sql.run("update operation set status = :status, reason = :reason "
                   "where partnership = :partnership and operation_id = :id",
                   {{"status", std::int64_t{!reason.empty()}},
                    {"reason", reason},
                    {"partnership", home_partnership},
                    {"id", sql_value(row.id)}}));
    return reason.empty() ? fold(sql, *opened.operation, how.with_people) : Result<void>{};
}

}  // namespace

Result<void> Store::rebuild() {
    TRY(auto transaction, begin());
    auto& sql = transaction.sql();
    for (const auto& table : read_model_tables())
        if (!table.view)
            // Row by row: a table emptied at once would not be seen by what seals rows.
            TRY_DO(sql.run("delete from " + std::string(table.name) + " where true"));
    TRY(auto rows, log_rows(sql));
    for (auto& row : rows)
        TRY_DO(fold_again(sql, *state_, std::move(row)));
    TRY_DO(sql.run("update store_state set fold_version = :fold where partnership = :partnership",
                   {{"fold", fold_version}, {"partnership", home_partnership}}));
    return transaction.commit();
}

Result<std::vector<Operation>> Store::log() const {
    TRY_DO(check_unlocked(*state_));
    TRY(auto rows, log_rows(*state_->sql));
    std::vector<Operation> operations;
    for (auto& row : rows) {
        if (state_->subject_keys) {
            TRY(row.body, state_->subject_keys->open(row.id, std::move(row.body)));
        }
        auto opened = wire::open_operation(std::move(row.body));
        if (opened.operation) {
            operations.push_back(std::move(*opened.operation));
            continue;
        }
        Operation unreadable;
        unreadable.id = row.id;
        unreadable.payload = UnknownPayload{"", std::move(opened.json)};
        operations.push_back(std::move(unreadable));
    }
    return operations;
}

Result<void> Store::use_subject_keys(const SubjectKeys& keys) {
    state_->subject_keys = &keys;
    TRY(const auto kept, kept_state(*state_->sql));
    return kept && kept->folded_by != fold_version ? rebuild() : Result<void>{};
}

Result<std::optional<std::string>> Store::body(const Uuid& operation) const {
    TRY_DO(check_unlocked(*state_));
    return body_under(*state_->sql, state_->how(), operation);
}

Result<std::vector<wire::Quarantined>> Store::quarantined() const {
    TRY_DO(check_unlocked(*state_));
    std::vector<wire::Quarantined> found;
    TRY_DO(state_->sql->query(
        "select operation_id, coalesce(tablet_seq, 0) as tablet_seq, reason from operation "
        "where partnership = :partnership and status = 1 "
        "union all select operation_id, coalesce(tablet_seq, 0), reason from fork where partnership = "
        ":partnership "
        "union all select operation_id, tablet_seq, reason from told_quarantine where partnership = "
        ":partnership "
        "order by 2, 1, 3",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            found.push_back({row.uuid(0), unsigned_column(row, 1), row.text(2)});
            return true;
        }));
    return found;
}

}  // namespace doorstep
