#include "sync/store/take_along.h"

#include <map>
#include <utility>
#include <vector>

#include "sync/store/own_envelopes.h"
#include "sync/store/sql_values.h"
#include "sync/wire/codec.h"

namespace doorstep {

namespace {

// One look at the log, so that memory does not grow with it.
constexpr std::int64_t facts_at_once = 500;
// Facts whose envelope is gone (purge_sent()) share new ones, each far below what a push may hold.
constexpr std::size_t facts_together = 50;
constexpr std::size_t bytes_together = 64 * 1024;

struct StillOwn {
    Uuid id;
    Sequence place = 0;
    std::size_t bytes = 0;
    Operation operation;
};

struct Looked {
    std::vector<StillOwn> facts;
    Sequence through = 0;  // what could not be read was looked at, too
};

// From the log, not from the envelopes: those may be sealed so that nobody here opens them.
Result<Looked> next_facts(SqlConnection& sql, const Uuid& enrolment, Sequence after) {
    Looked looked;
    TRY_DO(sql.query(
        "select o.operation_id, b.body, o.tablet_seq from operation o join operation_body b on b.partnership "
        "= o.partnership and b.operation_id = o.operation_id where o.partnership = :partnership and "
        "o.enrolment = :enrolment and o.tablet_seq > :after and coalesce(o.shortened, 0) = 0 order by "
        "o.tablet_seq limit :most",
        {{"partnership", home_partnership},
         {"enrolment", sql_value(enrolment)},
         {"after", sql_value(after)},
         {"most", facts_at_once}},
        [&](const SqlRow& row) {
            looked.through = unsigned_column(row, 2);
            const auto body = row.blob(1);
            auto opened = wire::open_operation(body);
            if (opened.operation && opened.operation->id == row.uuid(0))
                looked.facts.push_back(
                    {row.uuid(0), looked.through, body.size(), std::move(*opened.operation)});
            return true;
        }));
    return looked;
}

// First place to last place.
using PlacesHeld = std::map<Sequence, Sequence>;

Result<PlacesHeld> envelopes_of(SqlConnection& sql, const Uuid& enrolment) {
    PlacesHeld envelopes;
    TRY_DO(sql.query(
        "select first_seq, last_seq from envelope where partnership = :partnership and enrolment "
        "= :enrolment",
        {{"partnership", home_partnership}, {"enrolment", sql_value(enrolment)}}, [&](const SqlRow& row) {
            envelopes.emplace(unsigned_column(row, 0), unsigned_column(row, 1));
            return true;
        }));
    return envelopes;
}

// end(): it is gone.
PlacesHeld::const_iterator envelope_at(const PlacesHeld& envelopes, Sequence place) {
    auto found = envelopes.upper_bound(place);
    if (found == envelopes.begin())
        return envelopes.end();
    --found;
    return found->second >= place ? found : envelopes.end();
}

Result<void> move_place(SqlConnection& sql, const Uuid& enrolment, const Operation& operation,
                        const std::string& body) {
    TRY_DO(sql.run("update operation set enrolment = :enrolment, tablet_seq = :sequence where "
                   "partnership = :partnership and operation_id = :id",
                   {{"enrolment", sql_value(enrolment)},
                    {"sequence", sql_value(operation.sequence)},
                    {"partnership", home_partnership},
                    {"id", sql_value(operation.id)}}));
    TRY_DO(
        sql.run("update operation_body set body = :body where partnership = :partnership and "
                "operation_id = :id",
                {{"body", Blob{body}}, {"partnership", home_partnership}, {"id", sql_value(operation.id)}}));
    return {};
}

// What was recorded together stays together.
class SendingAgain {
public:
    SendingAgain(StoreParts& store, Uuid before, PlacesHeld envelopes)
        : store_(store), before_(before), envelopes_(std::move(envelopes)), from_(envelopes_.end()) {}

    Result<void> add(StillOwn fact) {
        const auto from = envelope_at(envelopes_, fact.place);
        if (!together_.empty() && (from != from_ || (from == envelopes_.end() && begins_another(fact))))
            TRY_DO(send());
        from_ = from;
        bytes_ += fact.bytes;
        together_.push_back(std::move(fact));
        return {};
    }

    Result<void> send() {
        if (together_.empty())
            return {};
        auto& sql = *store_.sql;
        TRY(const auto place, own_place(sql));
        std::vector<std::string> encoded;
        for (auto& one : together_) {
            one.operation.sequence = place.last_sequence + 1 + encoded.size();
            encoded.push_back(wire::encode(one.operation));
            TRY_DO(move_place(sql, place.enrolment, one.operation, encoded.back()));
        }
        TRY_DO(write_own_envelope(sql, place, Uuid::random(*store_.random), encoded,
                                  store_.books->without_form()));
        TRY_DO(drop_old());
        together_.clear();
        bytes_ = 0;
        return {};
    }

private:
    // An order to forget a home takes whole envelopes: none holds two homes.  Nobody orders to forget a
    // visit.
    bool begins_another(const StillOwn& fact) const {
        const auto& last = together_.back().operation;
        const bool visits = std::holds_alternative<VisitPlanned>(last.payload) &&
                            std::holds_alternative<VisitPlanned>(fact.operation.payload);
        return (fact.operation.subject != last.subject && !visits) || together_.size() >= facts_together ||
               bytes_ + fact.bytes > bytes_together;
    }

    // What nobody can read here any more may still lie in it.
    Result<void> drop_old() {
        if (from_ == envelopes_.end() || together_.size() != from_->second - from_->first + 1)
            return {};
        TRY_DO(store_.sql->run(
            "delete from envelope where partnership = :partnership and enrolment = :enrolment and "
            "first_seq = :first",
            {{"partnership", home_partnership},
             {"enrolment", sql_value(before_)},
             {"first", sql_value(from_->first)}}));
        return {};
    }

    StoreParts& store_;
    Uuid before_;
    PlacesHeld envelopes_;
    PlacesHeld::const_iterator from_;
    std::vector<StillOwn> together_;
    std::size_t bytes_ = 0;
};

}  // namespace

Result<TakenAlong> take_along(StoreParts& store, const Uuid& before, Sequence after, Sequence acked) {
    TRY(auto envelopes, envelopes_of(*store.sql, before));
    SendingAgain sending(store, before, std::move(envelopes));
    TakenAlong taken;
    while (true) {
        TRY(auto looked, next_facts(*store.sql, before, after));
        if (looked.through == 0)
            break;
        after = looked.through;
        for (auto& one : looked.facts) {
            ++taken.facts;
            taken.unsent += one.place > acked ? 1 : 0;
            TRY_DO(sending.add(std::move(one)));
        }
    }
    TRY_DO(sending.send());
    return taken;
}

}  // namespace doorstep
