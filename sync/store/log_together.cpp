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
        rows.add(arrival.id, sql_value(arrival.pull_sequence), arrival.enrolment, sql_value(arrival.sequence),
                 type_column(opened), std::int64_t{header.type_version}, header.subject, header.at_ms,
                 std::int64_t{header.utc_offset_minutes}, sql_value(header.hybrid_clock), arrival.received_ms,
                 std::int64_t{!reason.empty()}, reason, sql_value(arrival.patch));
        if (reason.empty())
            foldable.push_back(&header);
    }
    return rows;
}

// As they are kept: which key each needs is asked first, and they are sealed afterwards.
class Bodies {
public:
    explicit Bodies(std::span<const Incoming> arrivals)
        : arrivals_(arrivals), keys_(arrivals.front().how.keys) {}

    Result<void> find_keys() {
        if (!keys_)
            return {};
        for (const auto& one : arrivals_)
            bodies_.push_back({one.opened->operation ? one.opened->operation->subject : Uuid{}, one.id,
                               one.opened->json, one.opened->packed});
        TRY(wrapped_, keys_->wrapped_keys(bodies_));
        return {};
    }

    Result<RowsAtOnce> rows() const {
        std::vector<std::string> sealed;
        if (keys_) {
            TRY(sealed, keys_->seal(bodies_, wrapped_));
        } else {
            for (const auto& one : arrivals_)
                sealed.push_back(one.opened->json);
        }
        RowsAtOnce rows(body_shape());
        for (std::size_t i = 0; i < arrivals_.size(); ++i)
            rows.add(arrivals_[i].id, Blob{std::move(sealed[i])});
        return rows;
    }

private:
    std::span<const Incoming> arrivals_;
    const SubjectKeys* keys_;
    std::vector<SubjectKeys::Body> bodies_{};
    SubjectKeys::Wrapped wrapped_{};
};

// Where there is no header there is no body.
Result<bool> add_all(SqlConnection& sql, std::span<const Incoming> arrivals) {
    std::vector<const Operation*> foldable;
    TRY(const auto added, headers_of(arrivals, foldable).insert(sql));
    if (added != static_cast<std::int64_t>(arrivals.size()))
        return false;
    Bodies bodies(arrivals);
    TRY_DO(bodies.find_keys());
    TRY(const auto rows, bodies.rows());
    TRY_DO(rows.insert_later(sql));
    TRY_DO(fold(sql, foldable, arrivals.front().how.with_people));
    return true;
}

}  // namespace

// Nobody waits to hear that they are new: a server writes them while what follows is made ready.
Result<void> add_all_new(SqlConnection& sql, std::span<const Incoming> arrivals) {
    if (arrivals.empty())
        return {};
    std::vector<const Operation*> foldable;
    Bodies bodies(arrivals);
    TRY_DO(bodies.find_keys());
    const auto headers = headers_of(arrivals, foldable);
    return fold_as_kept(sql, foldable, arrivals.front().how.with_people, [&]() -> Result<void> {
        TRY_DO(headers.insert_new_later(sql));
        TRY(const auto rows, bodies.rows());
        return rows.insert_new_later(sql);
    });
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
