// The way of almost everything that a tablet pushes: facts of which none is here yet.
#include "sync/store/fold.h"
#include "sync/store/log.h"
#include "sync/store/rows_at_once.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

const RowShape& header_shape() {
    static const RowShape shape("operation", {{"operation_id", RowShape::blob},
                                              {"pull_seq", RowShape::number},
                                              {"enrolment", RowShape::blob},
                                              {"tablet_seq", RowShape::number},
                                              {"type", RowShape::text},
                                              {"type_version", RowShape::number},
                                              {"subject", RowShape::blob},
                                              {"at_ms", RowShape::number},
                                              {"utc_offset_minutes", RowShape::number},
                                              {"hybrid_clock", RowShape::number},
                                              {"received_ms", RowShape::number},
                                              {"status", RowShape::number},
                                              {"reason", RowShape::text},
                                              {"patch", RowShape::text}});
    return shape;
}

const RowShape& body_shape() {
    static const RowShape shape("operation_body",
                                {{"operation_id", RowShape::blob}, {"body", RowShape::blob}});
    return shape;
}

RowsAtOnce headers_of(std::span<const Incoming> arrivals, std::vector<const Operation*>& foldable) {
    RowsAtOnce rows(header_shape());
    const Operation unread;
    for (const auto& arrival : arrivals) {
        const auto& opened = *arrival.opened;
        const auto reason = why_quarantined(opened);
        const auto& header = opened.operation ? *opened.operation : unread;
        rows.add(sql_value(arrival.id), sql_value(arrival.pull_sequence), sql_value(arrival.enrolment),
                 sql_value(arrival.sequence), type_column(opened), std::int64_t{header.type_version},
                 sql_value(header.subject), header.at_ms, std::int64_t{header.utc_offset_minutes},
                 sql_value(header.hybrid_clock), arrival.received_ms, std::int64_t{!reason.empty()}, reason,
                 sql_value(arrival.patch));
        if (reason.empty())
            foldable.push_back(&header);
    }
    return rows;
}

// As they are kept.
Result<RowsAtOnce> bodies_of(std::span<const Incoming> arrivals) {
    std::vector<std::string> sealed;
    if (const auto* keys = arrivals.front().how.keys) {
        std::vector<SubjectKeys::Body> bodies;
        for (const auto& one : arrivals)
            bodies.push_back({one.opened->operation ? one.opened->operation->subject : Uuid{}, one.id,
                              one.opened->json, one.opened->packed});
        TRY(sealed, keys->seal(bodies));
    } else {
        for (const auto& one : arrivals)
            sealed.push_back(one.opened->json);
    }
    RowsAtOnce rows(body_shape());
    for (std::size_t i = 0; i < arrivals.size(); ++i)
        rows.add(sql_value(arrivals[i].id), Blob{std::move(sealed[i])});
    return rows;
}

// Where there is no header there is no body.
Result<bool> add_all(SqlConnection& sql, std::span<const Incoming> arrivals) {
    std::vector<const Operation*> foldable;
    TRY(const auto added, headers_of(arrivals, foldable).insert(sql));
    if (added != static_cast<std::int64_t>(arrivals.size()))
        return false;
    TRY(const auto bodies, bodies_of(arrivals));
    TRY_DO(bodies.insert_later(sql));
    TRY_DO(fold(sql, foldable, arrivals.front().how.with_people));
    return true;
}

}  // namespace

// Nobody waits to hear that they are new: a server writes them while what follows is made ready.
Result<void> add_all_new(SqlConnection& sql, std::span<const Incoming> arrivals) {
    if (arrivals.empty())
        return {};
    std::vector<const Operation*> foldable;
    TRY(const auto bodies, bodies_of(arrivals));
    TRY_DO(headers_of(arrivals, foldable).insert_new_later(sql));
    TRY_DO(bodies.insert_new_later(sql));
    return fold(sql, foldable, arrivals.front().how.with_people);
}

Result<bool> add_together(SqlConnection& sql, std::span<const Incoming> arrivals) {
    if (arrivals.empty())
        return true;
    TRY_DO(sql.savepoint());
    auto added = add_all(sql, arrivals);
    if (added.ok() && *added)
        if (const auto released = sql.release_savepoint(); !released.ok())
            added = released.error();
    if (!added.ok() || !*added)
        sql.rollback_to_savepoint();
    return added;
}

}  // namespace doorstep
