// The full export.
#include <fmt/format.h>

#include "sync/endpoint/subject_record.h"
#include "sync/store/sql_values.h"
#include "sync/wire/codec.h"

namespace doorstep {

namespace {

class Rows {
public:
    void row(std::initializer_list<std::string_view> cells) {
        bool first = true;
        for (const auto cell : cells) {
            text_ += (first ? "" : ",") + spreadsheet_cell(cell);
            first = false;
        }
        text_ += "\r\n";
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

struct Writing {
    Rows& rows;
    const Operation& operation;
    Day from;
    Day to;

    bool in(Day day) const { return from <= day && day <= to; }
    void row(Day day, std::string_view kind, const Uuid& of, std::string_view name,
             std::string_view value) const {
        rows.row({day.text(), kind, operation.id.text(), of.text(), name, value});
    }
    void operator()(const ContactRecorded& contact) const {
        if (!in(contact.day))
            return;
        const auto& at = contact.address;
        row(contact.day, "contact", contact.contact, "outcome", word(contact.outcome));
        row(contact.day, "contact", contact.contact, "household", contact.household.text());
        row(contact.day, "contact", contact.contact, "address",
            fmt::format("{} {} {} {}", at.flat, at.number_or_name, at.road, at.postcode));
        row(contact.day, "contact", contact.contact, "team", contact.team);
        row(contact.day, "contact", contact.contact, "officer", contact.officer);
    }
    void operator()(const QuestionnaireFinished& finished) const {
        if (!in(finished.day))
            return;
        for (const auto& answer : finished.answers)
            row(finished.day, "answer", finished.contact, answer.path,
                answer.kind == "given" ? answer.value : "(" + answer.kind + ")");
        for (const auto& item : finished.media)
            row(finished.day, word(item.kind), finished.contact, "sha256", item.sha256.hex());
    }
    void operator()(const OfferMade& offer) const {
        if (in(offer.day))
            row(offer.day, "offer", offer.contact, offer.code, word(offer.status));
    }
    void operator()(const ReferralRaised& raised) const {
        if (!in(raised.day))
            return;
        row(raised.day, "referral", raised.contact, "agency", raised.agency);
        for (const auto& reason : raised.reasons)
            row(raised.day, "referral", raised.contact, "reason", reason);
    }
    template<class Other>
    void operator()(const Other&) const {}
};

}  // namespace

std::string spreadsheet_cell(std::string_view text) {
    constexpr std::string_view formulas = "=+-@\t\r";
    std::string cell = "\"";
    if (!text.empty() && formulas.find(text.front()) != std::string_view::npos)
        cell += '\'';
    for (const char c : text)
        cell += c == '"' ? std::string("\"\"") : std::string(1, c);
    return cell + "\"";
}

Result<std::string> export_csv(Store& store, Day from, Day to, const ExportMark& mark) {
    Rows rows;
    rows.row({"export " + mark.id.text(), "by " + mark.who, "confirmed by " + mark.second,
              instant_text(mark.at_ms, 0), from.text(), to.text()});
    rows.row({"day", "kind", "fact", "contact", "name", "value"});
    std::vector<Uuid> ids;
    TRY_DO(store.sql().query(
        "select operation_id from operation where partnership = :partnership and status = 0 "
        "and type in ('contact_recorded', 'questionnaire_finished', 'offer_made', "
        "'referral_raised') order by hybrid_clock, operation_id",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            ids.push_back(row.uuid(0));
            return true;
        }));
    for (const auto& id : ids) {
        TRY(const auto body, store.body(id));
        const auto opened = wire::open_operation(body.value_or(std::string{}));
        if (opened.operation)
            std::visit(Writing{rows, *opened.operation, from, to}, opened.operation->payload);
    }
    return rows.take();
}

}  // namespace doorstep
