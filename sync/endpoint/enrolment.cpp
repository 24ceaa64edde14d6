// Which tablets may push, and what the operator sees of them.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "forms/base/encoding.h"
#include "sync/endpoint/audit.h"
#include "sync/endpoint/endpoint_state.h"
#include "sync/endpoint/epochs.h"
#include "sync/store/row_locks.h"
#include "sync/store/rows_at_once.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr std::size_t seed_bytes = 32;
constexpr std::size_t name_bytes_max = 32;

bool is_tablet_name(std::string_view name) {
    return !name.empty() && name.size() <= name_bytes_max &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_';
           });
}

TabletRow tablet_of(const SqlRow& row) {
    return {row.uuid(0),
            row.text(1),
            unsigned_column(row, 2),
            sha256_column(row, 3),
            row.integer(4),
            unsigned_column(row, 5),
            row.integer(6),
            row.blob(7),
            row.integer(8),
            unsigned_column(row, 9),
            row.text(10),
            row.integer(11)};
}

}  // namespace

Result<void> check_tablet_name(std::string_view name) {
    return is_tablet_name(name)
               ? Result<void>()
               : Error{Fault::bad_input, "A tablet's name has 1 to 32 letters, digits, - or _.",
                       "Give a name like tab-01."};
}

Result<Enrolment> Endpoint::enrol(const std::string& tablet, const std::string& who) {
    std::array<std::uint8_t, seed_bytes> secret{};
    state_->random.fill(secret);
    const std::string seed(secret.begin(), secret.end());
    TRY(auto made, enrol_with_key(tablet, SigningPair::from_seed(SecretBytes(seed)).public_key, who));
    made.seed = to_hex(seed);
    return made;
}

Result<Enrolment>
Endpoint::enrol_with_key(const std::string& tablet, const VerifyKey& verify_key, const std::string& who,
                         const std::function<Result<void>(SqlConnection&, const Enrolment&)>& beside) {
    TRY_DO(check_tablet_name(tablet));
    const auto* known = keys();
    if (!known)
        return Error{Fault::refused, "This endpoint has no keys yet to give to a tablet.",
                     "Make them with doorstep-endpoint keys make."};
    TRY_DO(read_again(*state_));
    const Enrolment made{Uuid::random(state_->random),
                         tablet,
                         {},
                         known->sealing.public_key.bytes,
                         known->signing.public_key.bytes,
                         state_->safeguarding_key,
                         known->recovery.bytes};
    TRY(auto transaction, state_->store.begin());
    TRY(const auto lineage, read_lineage(transaction.sql()));
    TRY_DO(transaction.sql().run(
        "insert into tablet(partnership, enrolment, tablet, verify_key, acked_seq, chain, unsent, "
        "enrolled_ms, last_seen_ms, suspect_seq) "
        "values(:partnership, :enrolment, :tablet, :key, 0, :zero, 0, :now, 0, :suspect)",
        {{"partnership", home_partnership},
         {"enrolment", sql_value(made.enrolment)},
         {"tablet", tablet},
         {"key", Blob{verify_key.bytes}},
         {"zero", sql_value(Sha256{})},
         {"now", state_->clock.now_ms()},
         // After a restore it may be one that was enrolled before and brings its facts anew.
         {"suspect", std::int64_t{lineage.steps.empty() ? 0 : -1}}}));
    TRY_DO(note_in_audit(transaction.sql(), state_->clock,
                         {who, "enrol", fmt::format("tablet {} {}", tablet, made.enrolment.text()), {}}));
    TRY_DO(
        transaction.sql().run("update endpoint_state set sealing_key = :key where partnership = :partnership",
                              {{"key", Blob{made.sealing_key}}, {"partnership", home_partnership}}));
    if (beside)
        TRY_DO(beside(transaction.sql(), made));
    TRY_DO(transaction.commit());
    state_->sealing_key = made.sealing_key;
    return made;
}

Result<std::vector<EnrolledTablet>> Endpoint::tablets() {
    std::vector<EnrolledTablet> found;
    TRY_DO(state_->sql.query(
        "select t.enrolment, t.tablet, t.acked_seq, t.unsent, t.last_seen_ms, t.clock_off_ms, "
        "t.clock_suspect_ms, coalesce((select min(b.since_ms) from branch b where b.partnership = "
        "t.partnership and b.of_enrolment = t.enrolment and b.kind = 'fork'), 0), (select count(*) from "
        "branch b where b.partnership = t.partnership and b.of_enrolment = t.enrolment and b.kind = 'hole' "
        "and b.last_seq > t.acked_seq) from tablet t where t.partnership = :partnership order by t.tablet, "
        "t.enrolled_ms, t.enrolment",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            found.push_back({row.uuid(0), row.text(1), unsigned_column(row, 2), unsigned_column(row, 3),
                             row.integer(4), row.integer(5), row.integer(6), row.integer(7),
                             row.integer(8) != 0});
            return true;
        }));
    return found;
}

namespace {

constexpr std::string_view tablet_columns =
    "select enrolment, tablet, acked_seq, chain, last_seen_ms, durable_seq, suspect_seq, verify_key, "
    "revoked_ms, order_counter, order_mode, clock_off_ms, request_number from tablet where partnership = "
    ":partnership and enrolment = ";

}  // namespace

// Its row stays as it is until the commit.
Result<std::optional<TabletRow>> find_enrolment(SqlConnection& sql, const Uuid& enrolment) {
    std::optional<TabletRow> found;
    TRY_DO(sql.query(std::string(tablet_columns) + ":enrolment" + std::string(for_update(sql)),
                     {{"partnership", home_partnership}, {"enrolment", sql_value(enrolment)}},
                     [&](const SqlRow& row) {
                         found = tablet_of(row);
                         return false;
                     }));
    return found;
}

Result<std::map<Uuid, LockedTablet>> lock_tablets(SqlConnection& sql, std::vector<Uuid> enrolments) {
    // In one order, whoever locks: two that wait for each other would cost both.
    std::sort(enrolments.begin(), enrolments.end());
    std::map<Uuid, LockedTablet> found;
    TRY_DO(query_about(
        sql, std::string(tablet_columns) + ":id" + std::string(for_update(sql)), enrolments,
        [&](const SqlRow& row) {
            found.insert_or_assign(row.uuid(0), LockedTablet{tablet_of(row), unsigned_column(row, 12)});
        }));
    return found;
}

}  // namespace doorstep
