// The list behind a number, and what waits for an agreement.
#include <algorithm>

#include "client/app/day_words.h"
#include "client/app/shift_state.h"

namespace doorstep {

namespace {

std::string state_words(const ReferralRow& row, const Wording& words) {
    if (row.withdrawn)
        return words.say("Withdrawn");
    if (row.already_open)
        return words.say("Already open");
    switch (row.state) {
    case ReferralState::raised:
        return words.say("Raised");
    case ReferralState::sent:
        return words.say("Sent to the agency");
    case ReferralState::received:
        return words.say("Received by the agency");
    case ReferralState::accepted:
        return words.say("Accepted by the agency");
    case ReferralState::in_progress:
        return words.say("The agency is at work");
    case ReferralState::completed:
        return words.say("Done by the agency");
    case ReferralState::declined:
        return words.say("Declined by the agency");
    case ReferralState::returned:
        return words.say("Sent back by the agency");
    case ReferralState::withdrawn:
        break;
    }
    return words.say("Withdrawn");
}

bool has_ended(ReferralState state) {
    return state == ReferralState::completed || state == ReferralState::declined ||
           state == ReferralState::returned || state == ReferralState::withdrawn;
}

}  // namespace

void Shift::State::operator()(const intent::OpenReferralList& said) {
    if (at(Stop::At::counts))
        route.push_back({Stop::At::referrals, {}, said.agency});
}

ReferralListView Shift::State::referrals_view() {
    const std::string agency = route.back().code;
    const std::string period = period_in_words(counting.kind, counting.period, words);
    ReferralListView view;
    std::string label;
    if (const ColumnSet* set = column_set(); set && !agency.empty())
        for (const ReportColumn& column : set->columns)
            if (column.agency == agency)
                label = column.label;
    view.title =
        with_parts(words.say("%1, %2"), {label.empty() ? words.say("All referrals") : label, period});
    const auto rows = referrals_of(*sql, library.directory, counting.period, counting.column_set, label);
    if (!rows.ok()) {
        say(rows.error());
        return view;
    }
    for (const ReferralRow& row : *rows) {
        view.count += row.counted ? 1 : 0;
        view.lines.push_back({row.referral, place_known(row.address, words), agency_name(row.agency),
                              day_in_short(row.day, words), state_words(row, words), row.counted,
                              !row.withdrawn && !has_ended(row.state)});
    }
    return view;
}

int Shift::State::referrals_waiting() const {
    std::size_t waiting = 0;
    for (const KnownDraft& known : drafts)
        waiting += known.waiting.size();
    return static_cast<int>(waiting);
}

ReferralListView Shift::State::waiting_view() {
    ReferralListView view;
    view.waiting = true;
    view.title = words.say("Referrals that wait for an agreement");
    for (const KnownDraft& known : drafts)
        for (const std::string& agency : known.waiting) {
            view.lines.push_back({{},
                                  known.place,
                                  agency_name(agency),
                                  day_in_short(day_at(clock, known.header.started_ms), words),
                                  words.say("Waits for agreement"),
                                  false,
                                  false});
            view.drafts.push_back(known.header.questionnaire);
        }
    view.count = static_cast<std::int64_t>(view.lines.size());
    return view;
}

}  // namespace doorstep
