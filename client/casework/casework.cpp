#include "client/casework/casework.h"

#include "sync/store/sql_values.h"
#include "sync/wire/phrases.h"

namespace doorstep {
namespace {

Result<Uuid> keep(Store& store, const Uuid& subject, Payload payload, std::vector<Uuid> base = {}) {
    Operation operation;
    operation.subject = subject;
    operation.base = std::move(base);
    operation.payload = std::move(payload);
    TRY(Transaction transaction, store.begin());
    TRY(const std::vector<Operation> kept, transaction.append({operation}));
    TRY_DO(transaction.commit());
    return kept.front().id;
}

struct Raised {
    Uuid household;
    int cycle = 1;
    bool withdrawn = false;
};

Result<std::optional<Raised>> raised(Store& store, const Uuid& referral) {
    std::optional<Raised> found;
    TRY_DO(store.sql().query(
        "select r.household, coalesce(s.cycle, 1), coalesce(s.withdrawals, 0) from referral r "
        "left join referral_status s on s.partnership = r.partnership and s.referral = r.referral "
        "where r.partnership = :partnership and r.referral = :referral",
        {{"partnership", home_partnership}, {"referral", sql_value(referral)}}, [&](const SqlRow& row) {
            found = Raised{row.uuid(0), static_cast<int>(row.integer(1)), row.integer(2) > 0};
            return false;
        }));
    return found;
}

struct RecordedTry {
    Uuid household;
    std::optional<ContactOutcome> outcome;
    bool with_questionnaire = false;
    bool stands = false;
};

// A questionnaire's own try is the last one before it: both are kept at once.
Result<std::optional<RecordedTry>> recorded_try(Store& store, const Uuid& contact, const Uuid& fact) {
    std::optional<RecordedTry> found;
    TRY_DO(store.sql().query(
        "select f.household, f.outcome, exists (select 1 from fact_questionnaire q "
        "where q.partnership = f.partnership and q.contact = f.contact and q.hybrid_clock > f.hybrid_clock "
        "and not exists (select 1 from fact_contact g where g.partnership = f.partnership "
        "and g.contact = f.contact and g.hybrid_clock > f.hybrid_clock and g.hybrid_clock < "
        "q.hybrid_clock)), "
        "exists (select 1 from contact_try t where t.partnership = f.partnership and t.operation_id = "
        "f.operation_id) from fact_contact f where f.partnership = :partnership and f.operation_id = :fact "
        "and f.contact = :contact",
        {{"partnership", home_partnership}, {"fact", sql_value(fact)}, {"contact", sql_value(contact)}},
        [&](const SqlRow& row) {
            found = RecordedTry{row.uuid(0), contact_outcome(row.text(1)), row.integer(2) != 0,
                                row.integer(3) != 0};
            return false;
        }));
    return found;
}

}  // namespace

Casework::Casework(Store& store, const Library& library, const Clock& clock, Random& random, OnDuty on_duty)
    : store_(store), library_(library), clock_(clock), random_(random), on_duty_(std::move(on_duty)) {
    store.write_short(wire::books_of(library.forms()));
}

Result<Uuid> Casework::plan_visit(const std::string& label, const std::string& programme,
                                  const std::string& area, Day day, const std::vector<std::string>& teams) {
    if (label.empty() || programme.empty() || area.empty())
        return Error{Fault::bad_input, "A visit needs a label, a programme and an area.",
                     "Fill in what is missing."};
    const Uuid visit = Uuid::random(random_);
    TRY_DO(keep(store_, visit, VisitPlanned{visit, label, programme, area, day, teams}));
    return visit;
}

Door Casework::door(const Uuid& visit, const std::string& area, const std::string& road_code,
                    const DoorAddress& address, std::optional<Uuid> household) {
    const Uuid contact = Uuid::random(random_);
    return {contact, visit, household ? *household : Uuid::random(random_), area, road_code, address};
}

Result<Uuid> Casework::record_outcome(const Door& door, ContactOutcome outcome) {
    if (outcome == ContactOutcome::completed || outcome == ContactOutcome::partial)
        return Error{Fault::bad_input, "Only a questionnaire ends a door as completed or partial.",
                     "Finish the questionnaire of this door."};
    ContactRecorded recorded;
    recorded.contact = door.contact;
    recorded.visit = door.visit;
    recorded.household = door.household;
    recorded.area = door.area;
    recorded.road_code = door.road_code;
    recorded.team = on_duty_.team;
    recorded.officer = on_duty_.officer;
    recorded.companion = on_duty_.companion;
    recorded.outcome = outcome;
    recorded.day = today();
    recorded.address = door.address;
    return keep(store_, door.household, recorded);
}

Result<void> Casework::take_back(const Door& door, const Uuid& fact) {
    TRY(const auto recorded, recorded_try(store_, door.contact, fact));
    if (!recorded)
        return Error{Fault::not_found, "This tablet does not know that outcome of this door.",
                     "Sync, then try again."};
    if (recorded->with_questionnaire || recorded->outcome == ContactOutcome::completed ||
        recorded->outcome == ContactOutcome::partial)
        return Error{Fault::refused, "A questionnaire ended this door: that cannot be taken back.",
                     "Record a correction instead."};
    if (!recorded->stands)
        return Error{Fault::conflict, "This outcome was taken back or corrected already.", ""};
    TRY_DO(keep(store_, recorded->household, ContactTakenBack{door.contact, fact}));
    return {};
}

Result<void> Casework::withdraw(const Uuid& referral, const std::string& reason) {
    TRY(const auto known, raised(store_, referral));
    if (!known)
        return Error{Fault::not_found, "This tablet does not know that referral.", "Sync, then try again."};
    if (known->withdrawn)
        return Error{Fault::conflict, "This referral is withdrawn already.", ""};
    TRY_DO(
        keep(store_, known->household,
             ReferralStateSet{referral, known->cycle, ReferralState::withdrawn, reason, on_duty_.officer}));
    return {};
}

Day Casework::today() const {
    const auto now = clock_.now_ms();
    return Day::at(now, clock_.utc_offset_minutes(now));
}

Result<Uuid> Casework::note_home(const Door& door, HomeNoteKind kind, bool holds, const std::string& text,
                                 std::vector<Uuid> shown) {
    if (holds && text.empty() && kind != HomeNoteKind::do_not_return)
        return Error{Fault::bad_input, "There is nothing to keep yet.",
                     "Write what whoever knocks next has to know."};
    if (text.size() > note_text_max)
        return Error{Fault::bad_input, "That is too long for a note on a home.", "Say it in fewer words."};
    const Day day = today();
    return keep(store_, door.household,
                HomeNoted{door.household, door.area, kind, holds, text, on_duty_.officer, day,
                          day.plus(note_review_days), day.plus(note_days)},
                std::move(shown));
}

Result<std::vector<StandingNote>> Casework::notes_of(const Uuid& household) const {
    return doorstep::notes_of(store_.sql(), household, today());
}

Result<std::vector<DraftHeader>> Casework::drafts() const {
    return Drafts(store_).all();
}

}  // namespace doorstep
