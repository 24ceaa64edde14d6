#include "sync/agencies/answers.h"

#include <fmt/format.h>

#include <algorithm>

#include "forms/base/encoding.h"
#include "sync/agencies/outbox.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

struct Standing {
    int cycle = 1;
    ReferralState state = ReferralState::raised;
    bool withdrawn = false;
    Uuid household;
};

Result<Standing> standing(SqlConnection& sql, const Uuid& referral) {
    Standing now;
    TRY_DO(sql.query("select cycle, word, withdrawals from referral_status where partnership = :partnership "
                     "and referral = :referral",
                     {{"partnership", home_partnership}, {"referral", sql_value(referral)}},
                     [&](const SqlRow& row) {
                         now.cycle = static_cast<int>(row.integer(0));
                         now.state = referral_state(row.text(1)).value_or(ReferralState::raised);
                         now.withdrawn = row.integer(2) != 0;
                         return false;
                     }));
    TRY_DO(sql.query("select household from referral where partnership = :partnership "
                     "and referral = :referral",
                     {{"partnership", home_partnership}, {"referral", sql_value(referral)}},
                     [&](const SqlRow& row) {
                         now.household = row.uuid(0);
                         return false;
                     }));
    return now;
}

bool is_end(ReferralState state) {
    return state >= ReferralState::completed;
}

Result<void> append(Transaction& transaction, const Standing& now, const ReferralStateSet& set,
                    std::int64_t at_ms) {
    Operation operation;
    operation.at_ms = at_ms;
    operation.subject = now.household;
    operation.payload = set;
    TRY_DO(transaction.append({std::move(operation)}));
    return {};
}

// What was written about somebody who was forgotten is forgotten as it comes.
Result<std::string> words_to_keep(SqlConnection& sql, const Uuid& referral, const std::string& text) {
    if (text.empty())
        return text;
    TRY(const bool erased, content_is_erased(sql, referral));
    return erased ? std::string{} : text;
}

Error ended(const Standing& now) {
    if (now.withdrawn)
        return {Fault::conflict, "The resident has withdrawn this referral.", "Stop work on it."};
    return {Fault::conflict, fmt::format("This referral has ended as {}.", word(now.state)),
            "Answer reopened first if work goes on."};
}

}  // namespace

std::optional<AnswerWord> answer_word(std::string_view word) {
    if (word == "reopened")
        return AnswerWord{ReferralState::received, true};
    const auto state = referral_state(word);
    if (!state || *state < ReferralState::received || *state == ReferralState::withdrawn)
        return std::nullopt;
    return AnswerWord{*state, false};
}

Error no_such_referral() {
    return {Fault::not_found, "There is no such referral.", "Check its id."};
}

Result<AnswerTaken> take_answer(Transaction& transaction, const Clock& clock, const AgencyAnswer& answer) {
    if (answer.note.size() > answer_note_bytes_max || !is_utf8(answer.note) ||
        answer.note.find('\0') != std::string::npos)
        return Error{Fault::bad_input, "The note is too long or is not plain text.",
                     "Write at most 2,000 bytes of UTF-8."};
    auto& sql = transaction.sql();
    TRY(const auto row, outbox_row(sql, answer.referral));
    if (!row || row->agency != answer.agency || row->state == outbox_state::linked)
        return no_such_referral();
    TRY(const auto now, standing(sql, answer.referral));
    if (now.withdrawn || row->state == outbox_state::withdrawn)
        return ended({now.cycle, now.state, true, {}});
    if (!answer.reopened && answer.state == now.state)
        return AnswerTaken::known;
    if (!answer.reopened && is_end(now.state))
        return answer.state < now.state && !is_end(answer.state) ? Result<AnswerTaken>(AnswerTaken::known)
                                                                 : ended(now);
    if (!answer.reopened && answer.state < now.state)
        return AnswerTaken::known;
    // A reopening told twice is one.
    if (answer.reopened && !is_end(now.state))
        return AnswerTaken::known;
    const auto at = answer.at_ms == 0 ? clock.now_ms() : std::min(answer.at_ms, clock.now_ms());
    TRY(auto note, words_to_keep(sql, answer.referral, answer.note));
    TRY_DO(append(transaction, now,
                  {answer.referral, now.cycle + (answer.reopened ? 1 : 0), answer.state, std::move(note),
                   answer.agency},
                  at));
    // Whoever answers holds it.
    TRY_DO(sql.run("update outbox set state = 'received', problem = '', changed_ms = :now "
                   "where partnership = :partnership and referral = :referral",
                   {{"now", clock.now_ms()},
                    {"partnership", home_partnership},
                    {"referral", sql_value(answer.referral)}}));
    return AnswerTaken::added;
}

Result<void> append_sent(Transaction& transaction, const Uuid& referral) {
    TRY(const auto now, standing(transaction.sql(), referral));
    if (now.withdrawn || now.state != ReferralState::raised)
        return {};
    return append(transaction, now, {referral, now.cycle, ReferralState::sent, {}, "endpoint"}, 0);
}

Result<AnswerTaken> withdraw_referral(Transaction& transaction, const Clock& clock, const Uuid& referral,
                                      const std::string& reason, const std::string& by) {
    auto& sql = transaction.sql();
    TRY(const auto row, outbox_row(sql, referral));
    if (!row)
        return no_such_referral();
    TRY(const auto now, standing(sql, referral));
    if (now.withdrawn)
        return AnswerTaken::known;
    TRY(auto why, words_to_keep(sql, referral, reason));
    TRY_DO(append(transaction, now, {referral, now.cycle, ReferralState::withdrawn, std::move(why), by}, 0));
    TRY_DO(stop_in_outbox(sql, clock, referral));
    return AnswerTaken::added;
}

}  // namespace doorstep
