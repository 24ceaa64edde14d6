// Visits, their doors and the drafts on this tablet.
#include <algorithm>
#include <cctype>

#include "client/app/day_words.h"
#include "client/app/shift_state.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

// "2026-10" is newer than "2026-9".
bool older(const std::string& a, const std::string& b) {
    std::size_t i = 0;
    std::size_t j = 0;
    const auto digit = [](const std::string& text, std::size_t at) {
        return at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0;
    };
    const auto number = [&](const std::string& text, std::size_t& at) {
        std::string digits;
        for (; digit(text, at); ++at)
            if (!digits.empty() || text[at] != '0')
                digits += text[at];
        return digits;
    };
    while (i < a.size() && j < b.size()) {
        if (digit(a, i) && digit(b, j)) {
            const std::string x = number(a, i);
            const std::string y = number(b, j);
            if (x != y)
                return x.size() != y.size() ? x.size() < y.size() : x < y;
        } else if (a[i] != b[j]) {
            return a[i] < b[j];
        } else {
            ++i;
            ++j;
        }
    }
    return i == a.size() && j < b.size();
}

bool older(const FormPackage& a, const FormPackage& b) {
    return a.from != b.from ? a.from < b.from : older(a.form->version(), b.form->version());
}

}  // namespace

const PlannedVisitRow* Shift::State::visit(const Uuid& id) const {
    const auto found =
        std::find_if(visits.begin(), visits.end(), [&](const auto& each) { return each.visit == id; });
    return found == visits.end() ? nullptr : &*found;
}

std::optional<Uuid> Shift::State::visit_in_hand() const {
    for (auto place = route.rbegin(); place != route.rend(); ++place)
        if (place->at == Stop::At::doors)
            return place->id;
    return std::nullopt;
}

std::map<Uuid, Uuid> Shift::State::drafts_of(const Uuid& visit) const {
    std::map<Uuid, Uuid> by_household;
    for (const KnownDraft& known : drafts)
        if (known.door && known.door->visit == visit)
            by_household.emplace(known.door->household, known.header.questionnaire);
    return by_household;
}

Result<Street*> Shift::State::street(const Uuid& id) {
    if (const auto known = streets.find(id); known != streets.end())
        return &known->second;
    const PlannedVisitRow* planned = visit(id);
    if (!planned)
        return Error{Fault::not_found, words.say("This tablet does not know that visit."),
                     words.say("Sync, then try again.")};
    const auto begun = drafts_of(id);
    TRY(Street loaded, Street::load(*store, *planned, {warnings, known_notes, begun, words}));
    return &streets.insert_or_assign(id, std::move(loaded)).first->second;
}

void Shift::State::refresh(const Uuid& visit_id, const Uuid& household) {
    const auto known = streets.find(visit_id);
    if (known == streets.end())
        return;
    const auto begun = drafts_of(visit_id);
    if (!told(known->second.refresh(*store, household, {warnings, known_notes, begun, words})))
        streets.erase(known);
}

const KnownDraft* Shift::State::draft(const Uuid& questionnaire) const {
    const auto found = std::find_if(drafts.begin(), drafts.end(), [&](const KnownDraft& each) {
        return each.header.questionnaire == questionnaire;
    });
    return found == drafts.end() ? nullptr : &*found;
}

// What is known of a draft that has not changed is not worked out again: it has to be
// replayed for the referrals that wait in it.
Result<void> Shift::State::read_drafts() {
    TRY(const auto headers, casework->drafts());
    if (const auto begun = static_cast<std::int64_t>(headers.size()); begun != notes.begun) {
        notes.begun = begun;
        notes_changed = true;
    }
    std::vector<KnownDraft> now;
    for (const DraftHeader& header : headers) {
        const KnownDraft* before = draft(header.questionnaire);
        if (before && before->header.changed_ms == header.changed_ms) {
            now.push_back(*before);
            continue;
        }
        KnownDraft known{header, std::nullopt, {}, header.form.id, {}, {}};
        if (const auto door = casework->door_of(header); door.ok()) {
            known.door = *door;
            known.place = place_of(door->address);
        } else {
            known.place = words.say("A door that cannot be read");
            known.trouble = door.error().text();
        }
        const bool in_hand = sitting && sitting->questionnaire().id() == header.questionnaire;
        if (in_hand) {
            known.form = sitting->questionnaire().session().form().title();
        } else if (const auto open = casework->resume(header.questionnaire); open.ok()) {
            known.form = open->session().form().title();
            for (const ProposedReferral& referral : open->referrals())
                if (referral.decision == ProposedReferral::Decision::open)
                    known.waiting.push_back(referral.agency);
        } else {
            known.trouble = open.error().text();
        }
        now.push_back(std::move(known));
    }
    drafts = std::move(now);
    return {};
}

// A home keeps its contact on this visit, whoever tried there and however often.
Result<Door> Shift::State::door_at(const Uuid& visit_id, const Uuid& household) {
    TRY(const Street* here, street(visit_id));
    const WalkDoor* known = here->door(household);
    if (!known)
        return Error{Fault::not_found, words.say("That door is not on this visit."), ""};
    Door door =
        casework->door(visit_id, known->area, known->road_code, known->address, std::optional(household));
    if (const Street::Tried* tried = here->tried(household))
        door.contact = tried->contact;
    else
        for (const KnownDraft& begun : drafts)
            if (begun.door && begun.door->visit == visit_id && begun.door->household == household)
                door.contact = begun.door->contact;
    return door;
}

// A visit goes on with the version that its first door was asked, here or on another tablet.
std::string Shift::State::version_begun_with(const Uuid& visit_id, const std::string& form) const {
    std::string version;
    const auto read = sql->query(
        "select q.form_version from questionnaire q join contact c on c.partnership = q.partnership and "
        "c.contact = q.contact where q.partnership = :partnership and c.visit = :visit and q.form_id = :form "
        "order by q.hybrid_clock, q.operation_id limit 1",
        {{"partnership", home_partnership}, {"visit", sql_value(visit_id)}, {"form", form}},
        [&](const SqlRow& row) {
            version = row.text(0);
            return false;
        });
    if (read.ok() && version.empty())
        for (const KnownDraft& begun : drafts)
            if (begun.door && begun.door->visit == visit_id && begun.header.form.id == form)
                version = begun.header.form.version;
    return version;
}

// The version of the questionnaire that the visit's programme asks on its day: of those that the centre
// published the one that holds last, else the newest that came along.  `why_not`
// is filled only when there is none.
std::shared_ptr<const FormDefinition> Shift::State::form_for(const PlannedVisitRow& visit,
                                                             std::string& why_not) const {
    const Programme* programme = library.directory.programme(visit.programme);
    if (!programme || !programme->valid.covers(visit.day)) {
        why_not = with_parts(
            words.say("No questionnaire is set for the programme \"%1\" of this visit. It is set in "
                      "programmes.csv of the directory."),
            {visit.programme});
        return nullptr;
    }
    const FormPackage* newest = nullptr;
    std::string in_the_way;
    const std::string begun_with = version_begun_with(visit.visit, programme->form);
    for (const FormPackage& package : library.packages) {
        const bool asked = package.form && package.form->id() == programme->form;
        if (asked && !begun_with.empty() && package.form->version() == begun_with)
            return package.form;
        if (asked && (!package.from || *package.from <= visit.day) && (!newest || older(*newest, package)))
            newest = &package;
        if (!package.form && in_the_way.empty() && !package.found.empty())
            in_the_way = with_parts(words.say("A questionnaire on this tablet cannot be opened: %1"),
                                    {package.found.front().text()});
    }
    if (newest)
        return newest->form;
    if (in_the_way.empty() && !library.found.empty())
        in_the_way = library.found.front().text();
    why_not = !in_the_way.empty() ? in_the_way
                                  : words.say("There is no questionnaire on this tablet. Install the "
                                              "questionnaires again.");
    return nullptr;
}

DoorsView Shift::State::doors_view() {
    const auto here = street(route.back().id);
    if (!here.ok()) {
        say(here.error());
        return {};
    }
    DoorsView view = (*here)->view();
    view.filter = filter;
    view.find = find;
    view.shown = (*here)->shown(filter, find);
    if (view.left == 0)
        if (const auto figures = figures_of(*sql, view.visit); figures.ok()) {
            view.questionnaires = static_cast<int>(figures->questionnaires);
            view.referrals = static_cast<int>(figures->referrals);
        }
    return view;
}

}  // namespace doorstep
