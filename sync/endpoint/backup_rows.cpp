// What a restore does to a database, and what a backup that is off site means to the tablets.
#include "sync/endpoint/backup.h"
#include "sync/endpoint/row_security.h"
#include "sync/endpoint/schema.h"
#include "sync/store/patches.h"
#include "sync/store/sql_values.h"
#include "sync/store/store.h"

namespace doorstep {

Result<RowsOfBackup> rows_from_backup(SqlConnection& sql, const Clock& clock, Random& random,
                                      const ReadRows& read, const RestoreOrder& order) {
    TRY(auto store, Store::open(sql, StoreRole::endpoint, clock, random));
    TRY(auto transaction, store.begin());
    TRY_DO(bring_endpoint_up_to_date(transaction.sql()));
    TRY_DO(secure_rows(transaction.sql()));
    TRY(const auto version, endpoint_schema_version(transaction.sql()));
    RowsOfBackup rows;
    TRY(rows.backup, read(&transaction.sql()));
    // The tables are those of this program, whatever made the backup.
    TRY_DO(keep_endpoint_schema_version(transaction.sql(), version));
    TRY_DO(fill_in_patches(transaction.sql()));
    TRY(rows.epoch, go_on_from_backup(transaction.sql(), clock, random, rows.backup, order));
    TRY_DO(transaction.commit());
    return rows;
}

Result<void> cover(SqlConnection& sql, const Uuid& epoch, const Uuid& enrolment, Sequence through) {
    TRY_DO(
        sql.run("update tablet set durable_seq = :through where partnership = :partnership and enrolment = "
                ":enrolment and durable_seq < :through and acked_seq >= :through and exists (select 1 from "
                "partnership_clock c where c.partnership = tablet.partnership and c.epoch = :epoch)",
                {{"through", sql_value(through)},
                 {"partnership", home_partnership},
                 {"enrolment", sql_value(enrolment)},
                 {"epoch", sql_value(epoch)}}));
    return {};
}

}  // namespace doorstep
