#include "sync/agencies/answers_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "forms/base/calendar.h"
#include "forms/workbook/workbook.h"
#include "sync/agencies/answers.h"
#include "sync/agencies/csv_text.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr std::int64_t minute_ms = 60'000;

std::optional<int> digits(std::string_view text, std::size_t from, std::size_t count, int most) {
    if (text.size() < from + count)
        return std::nullopt;
    int value = 0;
    const auto* const end = text.data() + from + count;
    const auto read = std::from_chars(text.data() + from, end, value);
    return read.ec == std::errc{} && read.ptr == end && text[from] != '-' && value <= most
               ? std::optional(value)
               : std::nullopt;
}

// "Z", "+01:00"
std::optional<std::int64_t> offset_minutes(std::string_view text) {
    if (text == "Z" || text.empty())
        return 0;
    const auto hours = digits(text, 1, 2, 14);
    const auto minutes = digits(text, 4, 2, 59);
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || !hours || !minutes)
        return std::nullopt;
    return (text[0] == '-' ? -1 : 1) * (*hours * 60 + *minutes);
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    return first == std::string::npos ? std::string{}
                                      : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

class Taking {
public:
    Taking(Transaction& transaction, const Clock& clock, const std::string& agency)
        : transaction_(transaction), clock_(clock), agency_(agency) {}

    // Only an error of the store ends the file.
    void row(int number, const std::vector<std::string>& cells) {
        if (failed_)
            return;
        if (header_.empty())
            return read_header(number, cells);
        if (!usable_)
            return;
        const auto cell = [&](std::size_t column) {
            return column < cells.size() ? trimmed(cells[column]) : std::string{};
        };
        const auto referral = Uuid::parse(cell(places_[0]));
        const auto said = answer_word(lower(cell(places_[1])));
        const auto at_text = cell(places_[3]);
        const auto at = instant_in(at_text);
        if (!referral)
            return wrong(number, "The column referral does not hold the id of a referral.",
                         "Copy the 36 characters from the file that we sent.");
        if (!said)
            return wrong(number, "The column state holds no state.", fmt::format("Write {}.", answer_words));
        if (!at_text.empty() && !at)
            return wrong(number, "The column at holds no date.",
                         "Write dates as 2026-03-14, or leave it empty.");
        take(number, {*referral, agency_, said->state, said->reopened, cell(places_[2]), at.value_or(0)});
    }
    void unreadable(int number) {
        wrong(number, "The quotes of this row do not end.", "Close every quoted text with \".");
    }
    AnswersTaken finish() {
        if (header_.empty())
            wrong(1, "The file is empty.", "Its first row names the columns: referral,state,note,at.");
        return std::move(taken_);
    }
    const std::optional<Error>& failed() const { return failed_; }

private:
    void read_header(int number, const std::vector<std::string>& cells) {
        for (const auto& cell : cells)
            header_.push_back(lower(trimmed(cell)));
        constexpr std::array<std::string_view, 4> names{"referral", "state", "note", "at"};
        for (std::size_t i = 0; i < names.size(); ++i)
            places_.at(i) = static_cast<std::size_t>(std::find(header_.begin(), header_.end(), names.at(i)) -
                                                     header_.begin());
        usable_ = places_[0] < header_.size() && places_[1] < header_.size();
        if (!usable_)
            wrong(number, "The first row does not name the columns referral and state.",
                  "Write referral,state,note,at in the first row.");
    }
    void take(int number, const AgencyAnswer& answer) {
        const auto taken = take_answer(transaction_, clock_, answer);
        if (taken.ok()) {
            ++(*taken == AnswerTaken::added ? taken_.added : taken_.known);
            return;
        }
        const auto fault = taken.error().fault;
        if (fault == Fault::not_found || fault == Fault::conflict || fault == Fault::bad_input)
            wrong(number, taken.error().what, taken.error().mend);
        else
            failed_ = taken.error();
    }
    void wrong(int number, const std::string& what, const std::string& mend) {
        if (taken_.errors.empty())
            taken_.errors = csv_row(std::array<std::string, 3>{"row", "what is wrong", "how to mend it"});
        ++taken_.wrong;
        taken_.errors += csv_row(std::array<std::string, 3>{std::to_string(number), what, mend});
    }

    Transaction& transaction_;
    const Clock& clock_;
    const std::string& agency_;
    AnswersTaken taken_;
    std::vector<std::string> header_;
    std::array<std::size_t, 4> places_{};
    bool usable_ = false;
    std::optional<Error> failed_;
};

// The errors that were found when the same content was taken in; nothing when it never was.
Result<std::optional<std::string>> taken_before(SqlConnection& sql, const std::string& agency,
                                                const Sha256& hash) {
    std::optional<std::string> errors;
    TRY_DO(sql.query("select errors from agency_answer_file where partnership = :partnership "
                     "and agency = :agency and hash = :hash",
                     {{"partnership", home_partnership}, {"agency", agency}, {"hash", sql_value(hash)}},
                     [&](const SqlRow& row) {
                         errors = row.blob(0);
                         return false;
                     }));
    return errors;
}

}  // namespace

std::optional<std::int64_t> instant_in(std::string_view text) {
    const auto day = Day::parse(text.substr(0, 10));
    if (!day)
        return std::nullopt;
    if (text.size() == 10)
        return day->start_ms() + 12 * 60 * minute_ms;
    const auto hour = digits(text, 11, 2, 23);
    const auto minute = digits(text, 14, 2, 59);
    if (text.size() < 16 || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || !hour || !minute)
        return std::nullopt;
    auto at = day->start_ms() + (*hour * 60 + *minute) * minute_ms;
    std::size_t from = 16;
    if (text.size() > from && text[from] == ':') {
        const auto second = digits(text, from + 1, 2, 59);
        if (!second)
            return std::nullopt;
        at += *second * std::int64_t{1'000};
        from += 3;
        if (text.size() > from && text[from] == '.') {
            const auto thousandths = digits(text, from + 1, 3, 999);
            if (!thousandths)
                return std::nullopt;
            at += *thousandths;
            from += 4;
        }
    }
    const auto offset = offset_minutes(text.substr(from));
    return offset ? std::optional(at - *offset * minute_ms) : std::nullopt;
}

Result<AnswersTaken> take_answers_file(Store& store, const std::string& agency, const AnswersFile& file) {
    constexpr TableBounds bounds{200'000, answers_file_bytes_max};
    TRY(auto transaction, store.begin());
    auto& sql = transaction.sql();
    const auto hash = Sha256::of(file.content);
    TRY(auto before, taken_before(sql, agency, hash));
    if (before)
        return AnswersTaken{0, 0, 0, true, std::move(*before)};
    Taking taking(transaction, store.clock(), agency);
    Diagnostics found;
    std::size_t told = 0;
    read_table(file.content, "answers", bounds, found,
               [&](int number, const std::vector<std::string>& cells) {
                   if (found.size() > told)
                       taking.unreadable(number);
                   else
                       taking.row(number, cells);
                   told = found.size();
               });
    if (found.size() > told)
        taking.unreadable(found.back().place.row);
    if (taking.failed())
        return *taking.failed();
    auto taken = taking.finish();
    TRY_DO(sql.run("insert into agency_answer_file(partnership, agency, hash, taken_ms, errors) "
                   "values(:partnership, :agency, :hash, :now, :errors) on conflict do nothing",
                   {{"partnership", home_partnership},
                    {"agency", agency},
                    {"hash", sql_value(hash)},
                    {"now", store.clock().now_ms()},
                    {"errors", Blob{taken.errors}}}));
    TRY_DO(transaction.commit());
    return taken;
}

Result<void> answers_file_is_away(Store& store, const std::string& agency, const AnswersFile& file) {
    TRY(auto transaction, store.begin());
    TRY_DO(transaction.sql().run("delete from agency_answer_file where partnership = :partnership "
                                 "and agency = :agency and hash = :hash",
                                 {{"partnership", home_partnership},
                                  {"agency", agency},
                                  {"hash", sql_value(Sha256::of(file.content))}}));
    return transaction.commit();
}

}  // namespace doorstep
