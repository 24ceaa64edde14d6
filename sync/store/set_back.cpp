#include "sync/store/set_back.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "forms/base/counted.h"
#include "sync/store/clear_columns.h"
#include "sync/store/own_envelopes.h"
#include "sync/store/sql_values.h"
#include "sync/store/store_state.h"

namespace doorstep {

namespace {

constexpr std::size_t hash_bytes = 32;

struct Known {
    Uuid enrolment;
    Sequence acked = 0;
    Sha256 acked_chain;
    Sequence last = 0;
    Sha256 last_chain;
    struct Kept {
        Uuid id;
        std::uint64_t last = 0;
    };
    std::map<std::pair<Uuid, std::uint64_t>, Kept> envelopes;  // by enrolment and first place

    bool nothing() const { return enrolment.is_nil() && last == 0; }
};

Result<Known> known_to(SqlConnection& sql) {
    Known known;
    TRY_DO(sql.query("select enrolment, acked_seq, acked_chain, last_seq, last_chain from sync_state where "
                     "partnership = :partnership",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         known.enrolment = row.uuid(0);
                         known.acked = unsigned_column(row, 1);
                         known.acked_chain = sha256_column(row, 2);
                         known.last = unsigned_column(row, 3);
                         known.last_chain = sha256_column(row, 4);
                         return false;
                     }));
    TRY_DO(sql.query(
        "select enrolment, first_seq, id, last_seq from disk.sealed_envelope", {}, [&](const SqlRow& row) {
            known.envelopes[{row.uuid(0), unsigned_column(row, 1)}] = {row.uuid(2), unsigned_column(row, 3)};
            return true;
        }));
    return known;
}

// A new file beside the copy of an older one goes on under its enrolment, where the copy begins.
void adopt(Known& known, const CopyContent& copy) {
    if (const auto& mark = copy.mark) {
        known.enrolment = mark->enrolment;
        known.acked = known.last = mark->last;
        known.acked_chain = known.last_chain = mark->chain;
    }
    if (copy.envelopes.empty() || (copy.mark && copy.envelopes.back().enrolment == copy.mark->enrolment))
        return;
    const auto enrolment = copy.envelopes.back().enrolment;
    const CopiedEnvelope* first = nullptr;
    for (const auto& one : copy.envelopes)
        if (one.enrolment == enrolment && (!first || one.first < first->first))
            first = &one;
    known.enrolment = enrolment;
    known.acked = known.last = first->first - 1;
    known.acked_chain = known.last_chain = first->chain_before.value_or(Sha256{});
}

class PuttingBack {
public:
    PuttingBack(const CopyContent& copy, Known known) : copy_(copy), known_(std::move(known)) {}

    // Whether there is anything to do: most openings write nothing.
    bool look() {
        if (known_.nothing() && !copy_.empty()) {
            adopt(known_, copy_);
            moved_ = true;
        }
        const auto& mark = copy_.mark;
        if (mark && mark->enrolment == known_.enrolment && mark->last > known_.last) {
            back_.sent_before = mark->last - known_.last;
            known_.acked = known_.last = mark->last;
            known_.acked_chain = known_.last_chain = mark->chain;
            moved_ = true;
        }
        learn_chain();
        for (const auto& one : copy_.envelopes)
            if (is_wanted(one))
                wanted_.push_back(&one);
        std::stable_sort(wanted_.begin(), wanted_.end(), [&](const auto* a, const auto* b) {
            const bool first = a->enrolment == known_.enrolment;
            const bool second = b->enrolment == known_.enrolment;
            return first != second ? first : a->first < b->first;
        });
        return moved_ || !wanted_.empty();
    }

    Result<void> run(Transaction& transaction) {
        TRY_DO(write_position(transaction.sql()));
        for (const auto* one : wanted_) {
            if (!is_wanted(*one))
                continue;  // it stands in the copy twice
            const auto opened = facts_of(transaction.sql(), *one);
            if (!opened.ok()) {
                unreadable_.push_back(*one);
                back_.unreadable += one->last - one->first + 1;
            } else if (follows(*one)) {
                TRY_DO(put(transaction, *one, *opened));
            } else if (opened->empty()) {
                TRY_DO(leave(*one));
            } else {
                TRY_DO(send_anew(transaction, *one, *opened));
            }
        }
        return {};
    }

    const PutBack& back() const { return back_; }
    const std::vector<CopiedEnvelope>& unreadable() const { return unreadable_; }

private:
    // A mended store may know how far it was acknowledged and not the chain there.
    void learn_chain() {
        if (known_.acked == 0 || known_.acked_chain != Sha256{})
            return;
        for (const auto& one : copy_.envelopes)
            if (one.enrolment == known_.enrolment && one.first == known_.acked + 1 && one.chain_before) {
                known_.acked_chain = *one.chain_before;
                moved_ = true;
            }
    }

    bool is_wanted(const CopiedEnvelope& one) const {
        if (one.enrolment == known_.enrolment && one.last <= known_.acked)
            return false;
        const auto there = known_.envelopes.find({one.enrolment, one.first});
        return there == known_.envelopes.end() || there->second.id != one.id;
    }

    static Result<std::vector<wire::OpenedOperation>> facts_of(SqlConnection& sql,
                                                               const CopiedEnvelope& one) {
        wire::Envelope envelope{one.id, one.first, static_cast<std::uint32_t>(one.last - one.first + 1), {}};
        TRY_DO(sql.query("select open_body(:id, 'envelope', :generation, :sealed)",
                         {{"id", sql_value(one.id)},
                          {"generation", std::int64_t{one.generation}},
                          {"sealed", Blob{one.sealed}}},
                         [&](const SqlRow& row) {
                             envelope.body = row.blob(0);
                             return false;
                         }));
        // The tablet let go of what it can read of it (retention.h): what travels is all there is.
        if (envelope.body.empty() && is_checked(one.outbound))
            return std::vector<wire::OpenedOperation>{};
        auto opened = wire::open_envelope(envelope);
        if (opened.ok() && !one.outbound.empty() && !is_checked(one.outbound))
            return Error{Fault::damaged, "What travels is not what it was.", ""};
        return opened;
    }

    bool is_taken(const CopiedEnvelope& place) const {
        return std::any_of(known_.envelopes.begin(), known_.envelopes.end(), [&](const auto& each) {
            return each.first.first == place.enrolment && each.first.second <= place.last &&
                   each.second.last >= place.first;
        });
    }

    // At its place, and of the chain as it stands.  One that is merely missing below the newest is put
    // where it was.
    bool follows(const CopiedEnvelope& one) const {
        if (one.enrolment != known_.enrolment)
            return false;
        if (one.first <= known_.last)
            return one.last <= known_.last && !is_taken(one);
        return one.first == known_.last + 1 && one.chain_before == known_.last_chain;
    }

    Result<void> write_position(SqlConnection& sql) const {
        if (!moved_)
            return {};
        TRY_DO(sql.run("update sync_state set enrolment = :enrolment, acked_seq = :acked, acked_chain = "
                       ":acked_chain, last_seq = :last, last_chain = :last_chain where partnership = "
                       ":partnership",
                       {{"enrolment", sql_value(known_.enrolment)},
                        {"acked", sql_value(known_.acked)},
                        {"acked_chain", sql_value(known_.acked_chain)},
                        {"last", sql_value(known_.last)},
                        {"last_chain", sql_value(known_.last_chain)},
                        {"partnership", home_partnership}}));
        return {};
    }

    Result<void> put(Transaction& transaction, const CopiedEnvelope& one,
                     const std::vector<wire::OpenedOperation>& opened) {
        auto& sql = transaction.sql();
        TRY_DO(put_copied(sql, one));
        TRY_DO(transaction.append_received(opened, one.enrolment));
        TRY_DO(put_in_sequence(sql, opened, one.enrolment));
        if (one.last > known_.last) {
            known_.last = one.last;
            known_.last_chain = one.chain;
            TRY_DO(sql.run("update sync_state set last_seq = :last, last_chain = :chain where partnership = "
                           ":partnership",
                           {{"last", sql_value(one.last)},
                            {"chain", sql_value(one.chain)},
                            {"partnership", home_partnership}}));
        }
        known_.envelopes[{one.enrolment, one.first}] = {one.id, one.last};
        back_.facts += one.last - one.first + 1;
        return {};
    }

    Result<bool> is_in_log(SqlConnection& sql, const Uuid& id) const {
        bool found = false;
        TRY_DO(sql.query("select 1 from operation where partnership = :partnership and operation_id = :id",
                         {{"partnership", home_partnership}, {"id", sql_value(id)}}, [&](const SqlRow&) {
                             found = true;
                             return false;
                         }));
        return found;
    }

    // Its place is another fact's by now, or of another enrolment: the facts are new to this log.
    Result<void> send_anew(Transaction& transaction, const CopiedEnvelope& one,
                           const std::vector<wire::OpenedOperation>& opened) {
        std::vector<Operation> again;
        for (const auto& fact : opened) {
            if (!fact.operation)
                return leave(one);
            TRY(const bool known, is_in_log(transaction.sql(), fact.operation->id));
            if (!known)
                again.push_back(*fact.operation);
        }
        const auto facts = again.size();
        if (facts == 0)
            return {};
        const auto kept = transaction.append(std::move(again));
        if (!kept.ok() && kept.error().fault == Fault::bad_input)
            return leave(one);
        if (!kept.ok())
            return kept.error();
        back_.facts += facts;
        TRY(const auto place, own_place(transaction.sql()));
        known_.envelopes[{place.enrolment, place.last_sequence - facts + 1}] = {Uuid{}, place.last_sequence};
        known_.last = place.last_sequence;
        known_.last_chain = place.last_chain;
        return {};
    }

    Result<void> leave(const CopiedEnvelope& one) {
        unreadable_.push_back(one);
        back_.unreadable += one.last - one.first + 1;
        return {};
    }

    const CopyContent& copy_;
    Known known_;
    bool moved_ = false;
    PutBack back_;
    std::vector<const CopiedEnvelope*> wanted_;
    std::vector<CopiedEnvelope> unreadable_;
};

}  // namespace

Result<PuttingBackDone> put_back_from(Store& store, const CopyContent& copy) {
    TRY(auto known, known_to(store.sql()));
    PuttingBack work(copy, std::move(known));
    if (!work.look())
        return PuttingBackDone{};
    TRY(auto transaction, store.begin());
    TRY_DO(work.run(transaction));
    TRY_DO(transaction.commit());
    return PuttingBackDone{work.back(), work.unreadable(), true};
}

std::string PutBack::text() const {
    if (!was_set_back())
        return {};
    std::string text = "The records of this tablet stood further back than they should, as after a fault of "
                       "its disk.";
    if (facts > 0)
        text += fmt::format(" {} not sent yet came back from the second copy.",
                            counted(facts, "fact that was", "facts that were"));
    if (sent_before > 0)
        text += fmt::format(" {} at the endpoint and not on this tablet any more: nothing of it is lost, and "
                            "it is not sent again.",
                            counted(sent_before, "fact is", "facts are"));
    if (unreadable > 0)
        text += fmt::format(" {} be opened here, and lie in doorstep.sqlite-unreadable beside the records: "
                            "take the tablet to whoever looks after Doorstep.",
                            counted(unreadable, "fact cannot", "facts cannot"));
    return text + " Answers of unfinished questionnaires, and doors and addresses loaded since, may be "
                  "missing: look through them.";
}

}  // namespace doorstep
