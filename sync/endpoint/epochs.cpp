#include "sync/endpoint/epochs.h"

#include <algorithm>

#include "sync/agencies/restored.h"
#include "sync/endpoint/audit.h"
#include "sync/store/sql_values.h"

namespace doorstep {

bool Lineage::comes_from(const Uuid& other) const {
    return epoch == other || std::any_of(steps.begin(), steps.end(),
                                         [&](const EpochStep& step) { return step.parent == other; });
}

Result<Uuid> current_epoch(SqlConnection& sql) {
    Uuid epoch;
    TRY_DO(sql.query("select epoch from partnership_clock where partnership = :partnership",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         epoch = row.uuid(0);
                         return false;
                     }));
    return epoch;
}

Result<Lineage> read_lineage(SqlConnection& sql) {
    Lineage lineage;
    TRY(lineage.epoch, current_epoch(sql));
    TRY_DO(sql.query("select epoch, parent_epoch, parent_cut, audit_cut, began_ms from endpoint_epoch "
                     "where partnership = :partnership order by number desc",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         lineage.steps.push_back({row.uuid(0), row.uuid(1), unsigned_column(row, 2),
                                                  unsigned_column(row, 3), row.integer(4)});
                         return true;
                     }));
    return lineage;
}

Result<EpochStep> begin_epoch(SqlConnection& sql, const Clock& clock, Random& random, bool covered,
                              const std::optional<std::vector<SendAttempt>>& sent) {
    EpochStep step{Uuid::random(random), {}, 0, 0, clock.now_ms()};
    TRY_DO(sql.run("update partnership_clock set parent_epoch = epoch, parent_cut = seq, epoch = :epoch "
                   "where partnership = :partnership",
                   {{"epoch", sql_value(step.epoch)}, {"partnership", home_partnership}}));
    TRY_DO(
        sql.query("select parent_epoch, parent_cut from partnership_clock where partnership = :partnership",
                  {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                      step.parent = row.uuid(0);
                      step.parent_cut = unsigned_column(row, 1);
                      return false;
                  }));
    TRY(const auto audit, audit_place(sql));
    step.audit_cut = audit.number;
    TRY_DO(sql.run("insert into endpoint_epoch(partnership, number, epoch, parent_epoch, parent_cut, "
                   "audit_cut, began_ms) select :partnership, count(*) + 1, :epoch, :parent, :cut, :audit, "
                   ":began from endpoint_epoch where partnership = :partnership",
                   {{"partnership", home_partnership},
                    {"epoch", sql_value(step.epoch)},
                    {"parent", sql_value(step.parent)},
                    {"cut", sql_value(step.parent_cut)},
                    {"audit", sql_value(step.audit_cut)},
                    {"began", step.began_ms}}));
    // Until its next push tells, nobody knows how much a tablet had handed over.
    TRY_DO(sql.run("update tablet set suspect_seq = -1, durable_seq = case when :covered = 1 then acked_seq "
                   "else 0 end where partnership = :partnership",
                   {{"covered", std::int64_t{covered ? 1 : 0}}, {"partnership", home_partnership}}));
    // What waited for its agency, and what tablets bring again of the time before.
    TRY_DO(verify_before_send(sql, clock, sent));
    return step;
}

}  // namespace doorstep
