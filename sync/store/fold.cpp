#include "sync/store/fold.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <set>
#include <span>

#include "sync/store/rows_at_once.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

bool has_nul(std::string_view text) {
    return text.find('\0') != std::string_view::npos;
}

// Codes stand in text columns, which in PostgreSQL take no NUL.
struct CodesWithNul {
    bool operator()(const VisitPlanned& visit) const {
        return has_nul(visit.label) || has_nul(visit.programme) || has_nul(visit.area) ||
               std::any_of(visit.teams.begin(), visit.teams.end(), has_nul);
    }
    bool operator()(const ContactRecorded& contact) const {
        return has_nul(contact.area) || has_nul(contact.road_code) || has_nul(contact.team) ||
               has_nul(contact.officer) || has_nul(contact.companion);
    }
    bool operator()(const ContactTakenBack&) const { return false; }
    bool operator()(const QuestionnaireFinished& finished) const {
        return has_nul(finished.form.id) || has_nul(finished.form.version);
    }
    bool operator()(const OfferMade& offer) const { return has_nul(offer.code); }
    bool operator()(const ReferralRaised& referral) const {
        return has_nul(referral.agency) || has_nul(referral.urgency);
    }
    bool operator()(const ReferralStateSet&) const { return false; }
    bool operator()(const HomeNoted&) const { return false; }  // its codes stand as bytes
    bool operator()(const RecordsErased&) const { return false; }
    bool operator()(const ClockCorrected&) const { return false; }
    bool operator()(const UnknownPayload&) const { return false; }
};

// What the endpoint says of the clock of :id, else what stands: whichever comes first.
std::string as_corrected(std::string_view column) {
    return fmt::format(
        "{0} = coalesce((select k.{0} from fact_clock k where k.partnership = :partnership and "
        "k.operation_id = :id order by k.told desc, k.by_operation desc limit 1), {0})",
        column);
}

struct CorrectedTable {
    std::string_view name;
    bool has_day = false;
    bool has_time = false;
    bool has_end = false;
};
// As many days after the corrected day as they were after the tablet's: with this fold, `day` is still that.
const std::string days_after_the_day = [] {
    std::string all;
    for (const auto* column : {"review", "until_day"})
        all +=
            fmt::format(", {0} = {0} - day + coalesce((select k.day from fact_clock k where k.partnership = "
                        ":partnership and k.operation_id = :id order by k.told desc, k.by_operation desc "
                        "limit 1), day)",
                        column);
    return all;
}();
constexpr std::array<CorrectedTable, 8> corrected_tables = {{{"fact_visit", true, false, false},
                                                             {"fact_contact", true, true, false},
                                                             {"fact_questionnaire", true, false, false},
                                                             {"fact_offer", true, false, false},
                                                             {"fact_referral", true, true, false},
                                                             {"fact_referral_state", false, true, false},
                                                             {"people_contact", false, false, false},
                                                             {"people_note", true, false, true}}};

// What each kind of fact adds: one row, and a few beside it.
struct Shapes {
    RowShape superseded{
        "superseded",
        {{"operation_id", RowShape::blob}, {"type", RowShape::text}, {"by_operation", RowShape::blob}}};
    RowShape visit{"fact_visit",
                   {{"operation_id", RowShape::blob},
                    {"hybrid_clock", RowShape::number},
                    {"visit", RowShape::blob},
                    {"label", RowShape::text},
                    {"programme", RowShape::text},
                    {"area", RowShape::text},
                    {"day", RowShape::number}}};
    RowShape visit_team{"fact_visit_team", {{"operation_id", RowShape::blob}, {"team", RowShape::text}}};
    RowShape contact{"fact_contact",
                     {{"operation_id", RowShape::blob},
                      {"hybrid_clock", RowShape::number},
                      {"contact", RowShape::blob},
                      {"visit", RowShape::blob},
                      {"household", RowShape::blob},
                      {"area", RowShape::text},
                      {"road_code", RowShape::text},
                      {"team", RowShape::text},
                      {"officer", RowShape::text},
                      {"companion", RowShape::text},
                      {"outcome", RowShape::text},
                      {"day", RowShape::number},
                      {"at_ms", RowShape::number}}};
    RowShape questionnaire{"fact_questionnaire",
                           {{"operation_id", RowShape::blob},
                            {"hybrid_clock", RowShape::number},
                            {"questionnaire", RowShape::blob},
                            {"contact", RowShape::blob},
                            {"form_id", RowShape::text},
                            {"form_version", RowShape::text},
                            {"complete", RowShape::number},
                            {"day", RowShape::number}}};
    RowShape offer{"fact_offer",
                   {{"operation_id", RowShape::blob},
                    {"hybrid_clock", RowShape::number},
                    {"offer", RowShape::blob},
                    {"contact", RowShape::blob},
                    {"code", RowShape::text},
                    {"status", RowShape::text},
                    {"quantity", RowShape::number},
                    {"day", RowShape::number}}};
    RowShape referral{"fact_referral",
                      {{"operation_id", RowShape::blob},
                       {"hybrid_clock", RowShape::number},
                       {"referral", RowShape::blob},
                       {"contact", RowShape::blob},
                       {"household", RowShape::blob},
                       {"agency", RowShape::text},
                       {"urgency", RowShape::text},
                       {"basis", RowShape::text},
                       {"day", RowShape::number},
                       {"at_ms", RowShape::number}}};
    RowShape referral_state{"fact_referral_state",
                            {{"operation_id", RowShape::blob},
                             {"hybrid_clock", RowShape::number},
                             {"referral", RowShape::blob},
                             {"cycle", RowShape::number},
                             {"state", RowShape::number},
                             {"word", RowShape::text},
                             {"at_ms", RowShape::number}}};
    RowShape clock{"fact_clock",
                   {{"operation_id", RowShape::blob},
                    {"by_operation", RowShape::blob},
                    {"told", RowShape::number},
                    {"hybrid_clock", RowShape::number},
                    {"day", RowShape::number},
                    {"at_ms", RowShape::number}}};
    RowShape person{"people_contact",
                    {{"operation_id", RowShape::blob},
                     {"hybrid_clock", RowShape::number},
                     {"contact", RowShape::blob},
                     {"household", RowShape::blob},
                     {"number_or_name", RowShape::blob},
                     {"flat", RowShape::blob},
                     {"road", RowShape::blob},
                     {"postcode", RowShape::blob},
                     {"uprn", RowShape::number},
                     {"language", RowShape::blob},
                     {"respondent", RowShape::blob}}};
    RowShape note{"people_note",
                  {{"operation_id", RowShape::blob},
                   {"hybrid_clock", RowShape::number},
                   {"household", RowShape::blob},
                   {"kind", RowShape::text},
                   {"holds", RowShape::number},
                   {"said", RowShape::blob},
                   {"officer", RowShape::blob},
                   {"day", RowShape::number},
                   {"review", RowShape::number},
                   {"until_day", RowShape::number}}};
};

const Shapes& shapes() {
    static const Shapes all;
    return all;
}

// The rows of several facts, table by table; one fact is taken after the other.
class Folding {
public:
    explicit Folding(bool with_people) : with_people_(with_people) {}

    void take(const Operation& operation) {
        operation_ = &operation;
        if (operation.supersedes)
            supersede(*operation.supersedes);
        ids_.push_back(operation.id);
        std::visit(*this, operation.payload);
    }

    // Most stores know of no wrong clock: asked once.
    Result<void> find_corrected(SqlConnection& sql) {
        bool any = false;
        TRY_DO(sql.query("select 1 from fact_clock where partnership = :partnership limit 1",
                         {{"partnership", home_partnership}}, [&](const SqlRow&) {
                             any = true;
                             return false;
                         }));
        if (!any)
            return {};
        return query_about(
            sql,
            "select operation_id from fact_clock where partnership = :partnership and operation_id = :id",
            ids_, [&](const SqlRow& row) { corrected_.insert(row.uuid(0)); });
    }

    // REQUIRES: find_corrected()
    using Insert = Result<void> (RowsAtOnce::*)(SqlConnection&) const;
    Result<void> write(SqlConnection& sql, Insert insert) {
        for (const auto* rows : {&superseded_, &visits_, &teams_, &contacts_, &questionnaires_, &offers_,
                                 &referrals_, &states_, &clocks_, &people_, &notes_})
            TRY_DO((rows->*insert)(sql));
        for (const auto& id : corrected_)
            TRY_DO(correct(sql, id));
        return {};
    }

    void operator()(const VisitPlanned& visit) {
        visits_.add(id(), clock(), visit.visit, visit.label, visit.programme, visit.area,
                    std::int64_t{visit.day.since_1970});
        for (const auto& team : std::set<std::string>(visit.teams.begin(), visit.teams.end()))
            teams_.add(id(), team);
    }

    void operator()(const ContactRecorded& contact) {
        contacts_.add(id(), clock(), contact.contact, contact.visit, contact.household, contact.area,
                      contact.road_code, contact.team, contact.officer, contact.companion,
                      std::string(word(contact.outcome)), std::int64_t{contact.day.since_1970},
                      operation_->at_ms);
        const auto& address = contact.address;
        // Of a bare contact nobody is to be found.
        if (!with_people_ || is_nobodys(contact))
            return;
        people_.add(id(), clock(), contact.contact, contact.household, Blob{address.number_or_name},
                    Blob{address.flat}, Blob{address.road}, Blob{address.postcode}, sql_value(address.uprn),
                    Blob{contact.language}, Blob{contact.respondent});
    }

    // Which outcomes can be taken back at all is for the views: the fact itself may
    // come later.
    void operator()(const ContactTakenBack& taken_back) { supersede(taken_back.of); }

    void operator()(const QuestionnaireFinished& finished) {
        questionnaires_.add(id(), clock(), finished.questionnaire, finished.contact, finished.form.id,
                            finished.form.version, std::int64_t{finished.complete},
                            std::int64_t{finished.day.since_1970});
    }

    void operator()(const OfferMade& offer) {
        offers_.add(id(), clock(), offer.offer, offer.contact, offer.code, std::string(word(offer.status)),
                    offer.quantity, std::int64_t{offer.day.since_1970});
    }

    void operator()(const ReferralRaised& referral) {
        referrals_.add(id(), clock(), referral.referral, referral.contact, referral.household,
                       referral.agency, referral.urgency, std::string(word(referral.agreement.basis)),
                       std::int64_t{referral.day.since_1970}, operation_->at_ms);
    }

    void operator()(const ReferralStateSet& set) {
        states_.add(id(), clock(), set.referral, std::int64_t{set.cycle},
                    static_cast<std::int64_t>(set.state), std::string(word(set.state)), operation_->at_ms);
    }

    void operator()(const HomeNoted& noted) {
        for (const auto& seen : std::set<Uuid>(operation_->base.begin(), operation_->base.end()))
            if (seen != operation_->supersedes)
                supersede(seen);
        // A bare one says nothing: it has no author.
        if (!with_people_ || noted.officer.empty())
            return;
        notes_.add(id(), clock(), noted.household, std::string(word(noted.kind)), std::int64_t{noted.holds},
                   Blob{noted.text}, Blob{noted.officer}, std::int64_t{noted.day.since_1970},
                   std::int64_t{noted.review.since_1970}, std::int64_t{noted.until.since_1970});
    }

    // What it forgets is forgotten by whoever keeps it (erase.h): here nothing is counted.
    void operator()(const RecordsErased&) {}

    // Of what has come and of what will: the fold does not depend on the order.
    void operator()(const ClockCorrected& corrected) {
        for (const auto& fact : corrected.facts) {
            clocks_.add(fact.operation, id(), clock(), sql_value(fact.hybrid_clock),
                        std::int64_t{fact.day.since_1970}, fact.at_ms);
            corrected_.insert(fact.operation);
        }
    }

    void operator()(const UnknownPayload&) { assert(false); }

private:
    static bool is_nobodys(const ContactRecorded& contact) {
        // What an officer records always has both.
        return !contact.team.empty() && contact.address == DoorAddress{} && contact.officer.empty() &&
               contact.road_code.empty() && contact.language.empty() && contact.respondent.empty();
    }
    const Uuid& id() const { return operation_->id; }
    std::int64_t clock() const { return static_cast<std::int64_t>(operation_->hybrid_clock); }

    void supersede(const Uuid& what) { superseded_.add(what, std::string(type_name(*operation_)), id()); }

    static Result<void> correct(SqlConnection& sql, const Uuid& fact) {
        for (const auto& table : corrected_tables)
            TRY_DO(sql.run(fmt::format("update {} set {}{}{}{} where partnership = :partnership and "
                                       "operation_id = :id",
                                       table.name, as_corrected("hybrid_clock"),
                                       table.has_day ? ", " + as_corrected("day") : "",
                                       table.has_time ? ", " + as_corrected("at_ms") : "",
                                       table.has_end ? days_after_the_day : ""),
                           {{"partnership", home_partnership}, {"id", sql_value(fact)}}));
        return {};
    }

    bool with_people_;
    const Operation* operation_ = nullptr;
    std::vector<Uuid> ids_{};
    std::set<Uuid> corrected_{};
    RowsAtOnce superseded_{shapes().superseded};
    RowsAtOnce visits_{shapes().visit};
    RowsAtOnce teams_{shapes().visit_team};
    RowsAtOnce contacts_{shapes().contact};
    RowsAtOnce questionnaires_{shapes().questionnaire};
    RowsAtOnce offers_{shapes().offer};
    RowsAtOnce referrals_{shapes().referral};
    RowsAtOnce states_{shapes().referral_state};
    RowsAtOnce clocks_{shapes().clock};
    RowsAtOnce people_{shapes().person};
    RowsAtOnce notes_{shapes().note};
};

}  // namespace

std::string why_not_folded(const Operation& operation) {
    if (std::holds_alternative<UnknownPayload>(operation.payload))
        return "It is of a type, or a version of a type, that this program does not know.";
    if (operation.supersedes == operation.id)
        return "It supersedes itself.";
    if (std::holds_alternative<HomeNoted>(operation.payload) &&
        std::find(operation.base.begin(), operation.base.end(), operation.id) != operation.base.end())
        return "It takes its own place.";
    if (const auto* noted = std::get_if<HomeNoted>(&operation.payload)) {
        if (noted->household != operation.subject)
            return "It is of one home and says that it is of another.";
        if (noted->text.size() > limits::note_bytes_max)
            return "It is too long for a note on a home.";
    }
    if (std::holds_alternative<ContactTakenBack>(operation.payload) && operation.supersedes)
        return "It takes a door's outcome back and supersedes something as well.";
    if (const auto* referral = std::get_if<ReferralRaised>(&operation.payload)) {
        const Agreement& agreement = referral->agreement;
        if (agreement.basis == ShareBasis::agreement && agreement.given_by.empty())
            return "It is a referral to which nobody agreed.";
        if (agreement.basis != ShareBasis::agreement && agreement.lawful_reason.empty())
            return "It is a referral without agreement, and without a lawful reason.";
    }
    if (std::visit(CodesWithNul{}, operation.payload))
        return "One of its codes holds a NUL character.";
    return {};
}

namespace {

Folding folding_of(std::span<const Operation* const> operations, bool with_people) {
    Folding folding(with_people);
    for (const auto* one : operations) {
        assert(why_not_folded(*one).empty());
        folding.take(*one);
    }
    return folding;
}

}  // namespace

Result<void> fold(SqlConnection& sql, std::span<const Operation* const> operations, bool with_people) {
    auto folding = folding_of(operations, with_people);
    TRY_DO(folding.find_corrected(sql));
    return folding.write(sql, &RowsAtOnce::insert_later);
}

Result<void> fold_as_kept(SqlConnection& sql, std::span<const Operation* const> operations, bool with_people,
                          const std::function<Result<void>()>& keep) {
    auto folding = folding_of(operations, with_people);
    TRY_DO(folding.find_corrected(sql));
    TRY_DO(keep());
    return folding.write(sql, &RowsAtOnce::insert_new_later);
}

Result<void> fold(SqlConnection& sql, const Operation& operation, bool with_people) {
    const Operation* const one = &operation;
    return fold(sql, {&one, 1}, with_people);
}

}  // namespace doorstep
