#include "sync/agencies/sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sync/agencies/answers.h"
#include "sync/agencies/inbox.h"
#include "sync/agencies/outbox.h"
#include "sync/agencies/webhook.h"
#include "sync/store/row_locks.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr int inbox_rows_a_step = 50;

SqlParameter partnership() {
    return {"partnership", home_partnership};
}

// What a process had in hand when it ended.
Result<void> find_again(SqlConnection& sql, std::int64_t now) {
    TRY_DO(sql.run(
        "update outbox set state = 'unknown', lease_until = 0, not_before = :later, changed_ms = :now, "
        "problem = 'The endpoint ended before it knew what came of it.' where partnership = :partnership "
        "and state = 'leased' and lease_until <= :now and exists (select 1 from send_journal j "
        "where j.partnership = outbox.partnership and j.referral = outbox.referral "
        "and j.attempt = outbox.attempt and j.step = 'attempt')",
        {{"later", now + sending::settle_ms}, {"now", now}, partnership()}));
    TRY_DO(sql.run("update outbox set state = 'waiting', lease_until = 0, changed_ms = :now "
                   "where partnership = :partnership and state = 'leased' and lease_until <= :now",
                   {{"now", now}, partnership()}));
    return {};
}

struct LineTurn {
    AgencyLine line;
    std::int64_t not_before = 0;
};

Result<std::vector<LineTurn>> open_lines(SqlConnection& sql, std::int64_t now) {
    TRY(const auto lines, agency_lines(sql));
    std::vector<LineTurn> open;
    for (const auto& line : lines) {
        LineTurn turn{line};
        TRY_DO(sql.query("select not_before from agency_line where partnership = :partnership "
                         "and agency = :agency",
                         {partnership(), {"agency", line.agency}}, [&](const SqlRow& row) {
                             turn.not_before = row.integer(0);
                             return false;
                         }));
        if (!line.paused && turn.not_before <= now)
            open.push_back(std::move(turn));
    }
    return open;
}

// What an agency answers to these says nothing of whether it takes referrals.
bool is_aside(Purpose purpose) {
    return purpose == Purpose::withdraw || purpose == Purpose::check;
}

bool can_be_asked(const AgencyLine& line) {
    return line.adapter != AdapterKind::webhook || line.can_be_asked;
}

}  // namespace

struct Sender::Due {
    Purpose purpose = Purpose::send;
    Uuid referral;
    int attempt = 0;
};

Sender::Sender(Store& store, const Directory& directory, const Clock& clock, Random& random, Keys keys,
               JournalFile* journal)
    : store_(store), directory_(directory), clock_(clock), random_(random), keys_(std::move(keys)),
      journal_(journal) {}

Result<void> Sender::take_over() {
    TRY(auto transaction, store_.begin());
    auto& sql = transaction.sql();
    if (sql.engine() == SqlConnection::Engine::sqlite)
        TRY_DO(
            sql.run("update outbox set lease_until = 0 where partnership = :partnership and lease_until > 0",
                    {partnership()}));
    TRY_DO(go_on_with_known_agencies(store_, directory_, clock_));
    return transaction.commit();
}

Result<std::optional<Sender::Due>> Sender::due_of(SqlConnection& sql, const AgencyLine& line,
                                                  std::int64_t now) const {
    struct Kind {
        Purpose purpose;
        std::string_view where;
    };
    // What may be there already is cleared up before anything new leaves.
    static constexpr std::array<Kind, 4> kinds{
        {{Purpose::ask, "o.state in ('unknown', 'verify')"},
         {Purpose::withdraw, "o.state = 'withdrawn' and o.withdrawal = 'to_tell'"},
         {Purpose::send, "o.state = 'waiting'"},
         {Purpose::check,
          "o.state in ('sent', 'received') and o.checked_ms <= :checked "
          "and o.changed_ms <= :checked and o.raised_ms >= :season "
          "and not exists (select 1 from referral_status s where s.partnership = o.partnership "
          "and s.referral = o.referral and s.word in ('completed', 'declined', 'returned'))"}}};
    constexpr std::int64_t season_ms = std::int64_t{90} * 24 * 60 * 60'000;
    const auto every =
        line.adapter == AdapterKind::webhook ? sending::check_webhook_ms : sending::check_other_ms;
    std::optional<Due> due;
    for (const auto& kind : kinds) {
        if (kind.purpose == Purpose::check && !can_be_asked(line))
            continue;
        const auto rest = unclear_.find(line.agency);
        if (is_aside(kind.purpose) && rest != unclear_.end() && rest->second.until_ms > now)
            continue;
        std::vector<SqlParameter> names{partnership(), {"agency", line.agency}, {"now", now}};
        if (kind.purpose != Purpose::send)
            names.push_back({"way", way_of(line)});
        if (kind.purpose == Purpose::check)
            names.insert(names.end(), {{"checked", now - every}, {"season", now - season_ms}});
        // What cannot be asked is asked once all the same: from there a person decides.
        const auto where =
            kind.purpose == Purpose::ask && !can_be_asked(line) ? "o.state = 'verify'" : kind.where;
        TRY_DO(sql.query(
            fmt::format("select o.referral, o.attempt from outbox o left join fact_referral f "
                        "on f.partnership = o.partnership and f.operation_id = o.operation_id "
                        "where o.partnership = :partnership and o.agency = :agency and {} "
                        "and o.lease_until <= :now and o.not_before <= :now{} "
                        "order by case when f.urgency = 'today' then 0 when f.urgency = 'soon' then 1 "
                        "else 2 end, o.raised_ms, o.referral limit 1",
                        where, kind.purpose == Purpose::send ? "" : " and o.way in ('', :way)"),
            names, [&](const SqlRow& row) {
                due = Due{kind.purpose, row.uuid(0), static_cast<int>(row.integer(1))};
                return false;
            }));
        if (due)
            return due;
    }
    return due;
}

// False: this row cannot go now, and says why.
Result<bool> Sender::pack(SqlConnection& sql, const Due& due, const AgencyLine& line, Parcel& parcel) {
    const auto now = clock_.now_ms();
    parcel = {
        due.purpose, due.referral,          line.agency, due.attempt + (due.purpose == Purpose::send ? 1 : 0),
        now,         Uuid::random(random_), {},          line,
        {}};
    if (line.adapter == AdapterKind::webhook) {
        auto signer = webhook_signer(line, keys_());
        if (!signer.ok()) {
            TRY_DO(sql.run("update outbox set problem = :problem, not_before = :later "
                           "where partnership = :partnership and referral = :referral",
                           {{"problem", signer.error().what},
                            {"later", now + sending::door_wait_ms},
                            partnership(),
                            {"referral", sql_value(due.referral)}}));
            return false;
        }
        parcel.signer = std::move(*signer);
    }
    if (due.purpose != Purpose::send)
        return true;
    auto message = referral_message(store_, directory_, due.referral);
    if (message.ok()) {
        TRY(const auto held, what_holds_it(sql, due.referral, message->raised.agreement));
        if (!held.empty()) {
            TRY_DO(stay(sql, due.referral, held, {}));
            return false;
        }
        parcel.message = std::move(*message);
        return true;
    }
    const auto fault = message.error().fault;
    // One that does not open holds up no other one.
    if (fault != Fault::not_found && fault != Fault::conflict && fault != Fault::damaged)
        return message.error();
    const bool gone = fault == Fault::not_found;
    TRY_DO(
        stay(sql, due.referral, gone ? outbox_state::refused : outbox_state::waiting, message.error().what));
    return false;
}

Result<void> Sender::stay(SqlConnection& sql, const Uuid& referral, std::string_view state,
                          const std::string& problem) const {
    const auto now = clock_.now_ms();
    TRY_DO(sql.run("update outbox set state = :state, problem = :problem, not_before = :later, "
                   "changed_ms = :now where partnership = :partnership and referral = :referral",
                   {{"state", std::string(state)},
                    {"problem", problem},
                    {"later", state == outbox_state::waiting ? now + sending::door_wait_ms : 0},
                    {"now", now},
                    partnership(),
                    {"referral", sql_value(referral)}}));
    return {};
}

// By the state that it was found in: between two processes only one finds it still so.
Result<bool> Sender::lease(SqlConnection& sql, const Parcel& parcel) const {
    const bool sends = parcel.purpose == Purpose::send;
    std::vector<SqlParameter> names{
        {"lease", sql_value(parcel.lease)},        {"until", parcel.at_ms + sending::lease_ms},
        {"attempt", std::int64_t{parcel.attempt}}, partnership(),
        {"referral", sql_value(parcel.referral)},  {"now", parcel.at_ms}};
    if (sends)
        names.push_back({"way", way_of(parcel.line)});
    TRY(const auto changed,
        sql.run(fmt::format("update outbox set lease = :lease, lease_until = :until, attempt = :attempt{} "
                            "where partnership = :partnership and referral = :referral "
                            "and lease_until <= :now{}",
                            sends ? ", state = 'leased', way = :way, changed_ms = :now" : "",
                            sends ? " and state = 'waiting'" : ""),
                names));
    return changed == 1;
}

Result<Taken> Sender::take_from(const AgencyLine& line, std::int64_t now) {
    Taken taken;
    while (taken.put_into_inboxes < inbox_rows_a_step) {
        TRY(auto transaction, store_.begin());
        auto& sql = transaction.sql();
        if (line.adapter == AdapterKind::inbox)
            TRY_DO(lock_feed(sql));
        TRY(const auto due, due_of(sql, line, now));
        if (!due)
            return taken;
        Parcel parcel;
        TRY(const bool packed, pack(sql, *due, line, parcel));
        if (!packed) {
            TRY_DO(transaction.commit());
            continue;
        }
        TRY(const bool leased, lease(sql, parcel));
        if (!leased)
            return taken;  // another process was faster
        if (parcel.purpose == Purpose::send) {
            const SendAttempt attempt{parcel.referral, parcel.agency, parcel.attempt, parcel.at_ms,
                                      way_of(line)};
            TRY_DO(journal_attempt(sql, attempt));
            // Before the commit: without it nothing was leased, and nothing leaves.
            if (journal_)
                TRY_DO(journal_->append(attempt));
        }
        if (line.adapter != AdapterKind::inbox) {
            TRY_DO(transaction.commit());
            taken.parcel = std::move(parcel);
            return taken;
        }
        InboxAdapter inbox(sql, clock_);
        TRY_DO(keep(transaction, parcel, carry_out(parcel, inbox)));
        TRY_DO(transaction.commit());
        ++taken.put_into_inboxes;
    }
    return taken;
}

Result<Taken> Sender::take() {
    const auto now = clock_.now_ms();
    TRY(auto transaction, store_.begin());
    TRY_DO(find_again(transaction.sql(), now));
    TRY_DO(go_on_without_their_first(store_, directory_, clock_));
    TRY(auto lines, open_lines(transaction.sql(), now));
    for (const auto& turn : lines)
        TRY_DO(leave_other_ways_to_a_person(transaction.sql(), clock_, turn.line));
    TRY_DO(transaction.commit());
    std::stable_sort(lines.begin(), lines.end(), [&](const LineTurn& one, const LineTurn& other) {
        return last_turn_[one.line.agency] < last_turn_[other.line.agency];
    });
    int put = 0;
    for (const auto& turn : lines) {
        TRY(auto taken, take_from(turn.line, now));
        put += taken.put_into_inboxes;
        if (taken.is_idle())
            continue;
        last_turn_[turn.line.agency] = ++turn_;
        if (taken.parcel) {
            taken.put_into_inboxes = put;
            return taken;
        }
    }
    return Taken{{}, put};
}

Result<void> Sender::record(const Parcel& parcel, const Delivery& delivery) {
    TRY(auto transaction, store_.begin());
    // In the order in which a push takes them: the feed, then rows of the outbox.
    TRY_DO(lock_feed(transaction.sql()));
    TRY_DO(keep(transaction, parcel, delivery));
    return transaction.commit();
}

Result<void> Sender::keep(Transaction& transaction, const Parcel& parcel, const Delivery& delivery) {
    auto& sql = transaction.sql();
    if (parcel.purpose == Purpose::send)
        TRY_DO(journal_outcome(
            sql, {parcel.referral, parcel.agency, parcel.attempt, clock_.now_ms(), way_of(parcel.line)},
            word(delivery.came)));
    if (parcel.purpose != Purpose::ask || can_be_asked(parcel.line))
        TRY_DO(keep_trouble(sql, parcel, delivery.came == Came::unknown));
    switch (parcel.purpose) {
    case Purpose::send:
        TRY_DO(keep_send(transaction, parcel, delivery));
        break;
    case Purpose::ask:
        TRY_DO(keep_ask(transaction, parcel, delivery));
        break;
    case Purpose::withdraw:
        TRY_DO(keep_withdraw(sql, parcel, delivery));
        break;
    case Purpose::check:
        TRY_DO(keep_check(sql, parcel, delivery));
        break;
    }
    if (delivery.answer && delivery.came == Came::held) {
        const auto taken = take_answer(transaction, clock_, *delivery.answer);
        const auto fault = taken.ok() ? Fault::not_found : taken.error().fault;
        // An agency that answers for what was withdrawn or has ended is told by the next question.
        if (!taken.ok() && fault != Fault::not_found && fault != Fault::conflict && fault != Fault::bad_input)
            return taken.error();
    }
    return {};
}

namespace {

// Where the row stands after a try; false when it is in another hand or state by now.
Result<bool> put_down(SqlConnection& sql, const Parcel& parcel, std::string_view state, std::string_view from,
                      const Delivery& delivery, std::int64_t now, std::int64_t not_before) {
    TRY(const auto changed,
        sql.run(fmt::format("update outbox set state = :state, lease_until = 0, changed_ms = :now, "
                            "not_before = :later, problem = :problem, their_id = case when exists "
                            "(select 1 from erased_operation e where e.partnership = outbox.partnership "
                            "and e.operation_id = outbox.operation_id) then null "
                            "else coalesce(:their, their_id) end "
                            "where partnership = :partnership and referral = :referral "
                            "and attempt = :attempt and (lease = :lease or :held = 1) and {}",
                            from),
                {{"state", std::string(state)},
                 {"now", now},
                 {"later", not_before},
                 {"problem", delivery.problem},
                 {"their", delivery.their_id.empty() ? SqlValue{Null{}} : SqlValue{Blob{delivery.their_id}}},
                 partnership(),
                 {"referral", sql_value(parcel.referral)},
                 {"attempt", std::int64_t{parcel.attempt}},
                 {"lease", sql_value(parcel.lease)},
                 // The agency's word that it holds it is true in whatever hand the row is by now.
                 {"held", std::int64_t{delivery.came == Came::held ? 1 : 0}}}));
    return changed == 1;
}

Result<void> let_go(SqlConnection& sql, const Parcel& parcel, std::int64_t not_before,
                    const std::string& problem) {
    TRY_DO(sql.run("update outbox set lease_until = 0, not_before = :later, problem = :problem "
                   "where partnership = :partnership and referral = :referral and lease = :lease",
                   {{"later", not_before},
                    {"problem", problem},
                    partnership(),
                    {"referral", sql_value(parcel.referral)},
                    {"lease", sql_value(parcel.lease)}}));
    return {};
}

}  // namespace

Result<void> Sender::keep_send(Transaction& transaction, const Parcel& parcel,
                               const Delivery& delivery) const {
    auto& sql = transaction.sql();
    const auto now = clock_.now_ms();
    const auto put = [&](std::string_view state, std::string_view from, std::int64_t not_before) {
        return put_down(sql, parcel, state, from, delivery, now, not_before);
    };
    if (delivery.came == Came::held) {
        TRY(const bool sent, put(outbox_state::sent, "state in ('leased', 'unknown')", 0));
        if (sent)
            return append_sent(transaction, parcel.referral);
    } else if (delivery.came == Came::refused) {
        TRY_DO(put(outbox_state::refused, "state = 'leased'", 0));
    } else if (delivery.came == Came::unknown) {
        TRY_DO(put(outbox_state::unknown, "state = 'leased'", now + sending::settle_ms));
    } else {
        TRY_DO(put(outbox_state::waiting, "state = 'leased'", now + later(parcel.attempt)));
    }
    // Withdrawn while it was in hand.  What is not there for certain need not be taken back.
    const bool never_there =
        (delivery.came == Came::refused || delivery.came == Came::not_there) && parcel.attempt == 1;
    TRY_DO(sql.run(fmt::format("update outbox set lease_until = 0, not_before = :later{} "
                               "where partnership = :partnership and referral = :referral "
                               "and state = 'withdrawn' and lease = :lease",
                               never_there ? ", withdrawal = ''" : ""),
                   {{"later", delivery.came == Came::unknown ? now + sending::settle_ms : 0},
                    partnership(),
                    {"referral", sql_value(parcel.referral)},
                    {"lease", sql_value(parcel.lease)}}));
    return {};
}

Result<void> Sender::keep_ask(Transaction& transaction, const Parcel& parcel,
                              const Delivery& delivery) const {
    auto& sql = transaction.sql();
    const auto now = clock_.now_ms();
    constexpr std::string_view mine = "state in ('unknown', 'verify')";
    if (delivery.came == Came::held) {
        TRY(const bool sent, put_down(sql, parcel, outbox_state::sent, mine, delivery, now, 0));
        return sent ? append_sent(transaction, parcel.referral) : Result<void>{};
    }
    if (delivery.came == Came::not_there) {
        TRY(const bool waits, put_down(sql, parcel, outbox_state::waiting, mine, delivery, now, 0));
        return waits ? enter_again(store_, directory_, clock_, {&parcel.referral, 1}, MayHaveLeft::no)
                     : Result<void>{};
    }
    if (!can_be_asked(parcel.line)) {
        TRY_DO(put_down(sql, parcel, outbox_state::unknown, mine, delivery, now, 0));
        return {};
    }
    return come_back_to(sql, parcel, delivery.problem);
}

Result<void> Sender::keep_withdraw(SqlConnection& sql, const Parcel& parcel, const Delivery& delivery) const {
    if (delivery.came == Came::unknown)
        return come_back_to(sql, parcel, delivery.problem);
    const bool told = delivery.came != Came::refused;
    TRY_DO(sql.run("update outbox set withdrawal = :word, lease_until = 0, problem = :problem, "
                   "changed_ms = :now where partnership = :partnership and referral = :referral "
                   "and lease = :lease and withdrawal = 'to_tell'",
                   {{"word", std::string(told ? withdrawal_word::told : withdrawal_word::person)},
                    {"problem", delivery.problem},
                    {"now", clock_.now_ms()},
                    partnership(),
                    {"referral", sql_value(parcel.referral)},
                    {"lease", sql_value(parcel.lease)}}));
    return {};
}

Result<void> Sender::keep_check(SqlConnection& sql, const Parcel& parcel, const Delivery& delivery) const {
    const auto now = clock_.now_ms();
    if (delivery.came != Came::held && delivery.came != Came::not_there)
        return come_back_to(sql, parcel, delivery.problem);
    TRY_DO(let_go(sql, parcel, 0, {}));
    TRY_DO(sql.run("update outbox set checked_ms = :now where partnership = :partnership "
                   "and referral = :referral",
                   {{"now", now}, partnership(), {"referral", sql_value(parcel.referral)}}));
    TRY_DO(sql.run("update agency_line set reconciled_ms = :now where partnership = :partnership "
                   "and agency = :agency",
                   {{"now", now}, partnership(), {"agency", parcel.agency}}));
    const std::string_view statement =
        delivery.came == Came::held
            ? "delete from agency_difference where partnership = :partnership and agency = :agency "
              "and referral = :referral and found_ms <= :now"
            : "insert into agency_difference(partnership, agency, referral, found_ms) "
              "values(:partnership, :agency, :referral, :now) on conflict do nothing";
    TRY_DO(sql.run(
        statement,
        {partnership(), {"agency", parcel.agency}, {"referral", sql_value(parcel.referral)}, {"now", now}}));
    return {};
}

// An agency in trouble is left alone for a while, which costs no other one its turn; one that does not
// answer a withdrawal or a check clearly still gets what is to be sent.
Result<void> Sender::keep_trouble(SqlConnection& sql, const Parcel& parcel, bool trouble) {
    auto& rest = (is_aside(parcel.purpose) ? unclear_ : troubles_)[parcel.agency];
    const bool was_well = rest.tries == 0;
    rest.tries = trouble ? rest.tries + 1 : 0;
    rest.until_ms = trouble ? clock_.now_ms() + later(rest.tries) : 0;
    if (is_aside(parcel.purpose) || (!trouble && was_well))
        return {};
    TRY_DO(sql.run("update agency_line set not_before = :later where partnership = :partnership "
                   "and agency = :agency",
                   {{"later", rest.until_ms}, partnership(), {"agency", parcel.agency}}));
    return {};
}

// One row that is never answered clearly must not come before all others for ever: when its agency has its
// turn again the others go first, and the longer it waits the more seldom it is tried.
Result<void> Sender::come_back_to(SqlConnection& sql, const Parcel& parcel,
                                  const std::string& problem) const {
    const auto& rests = is_aside(parcel.purpose) ? unclear_ : troubles_;
    const auto rest = rests.find(parcel.agency);
    TRY(const auto row, outbox_row(sql, parcel.referral));
    const auto now = clock_.now_ms();
    const auto waited = row && is_aside(parcel.purpose) ? (now - row->changed_ms) / 2 : 0;
    const auto behind = std::clamp(waited, sending::backoff_first_ms, sending::backoff_most_ms);
    return let_go(sql, parcel, (rest == rests.end() ? now : rest->second.until_ms) + behind, problem);
}

// Full jitter over a doubling span, so that many rows do not come at once.
std::int64_t Sender::later(int tries) const {
    const auto span =
        std::min(sending::backoff_first_ms << std::clamp(tries - 1, 0, 10), sending::backoff_most_ms);
    return span / 4 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(span)));
}

}  // namespace doorstep
