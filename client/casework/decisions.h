// What was decided at the door beside the answers: which agency may hear, which
// offers were taken.  Joined with the suggestions of the moment it gives the
// closing page.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/casework/casework.h"
#include "client/casework/history.h"
#include "client/casework/journal.h"

namespace doorstep {

class Decisions {
public:
    void apply(const journal::Decided& decided);
    void apply(const journal::Added& added);
    void apply(const journal::OfferSet& set);
    void apply(const journal::OfferUndecided& undecided);

    // The last decision on that agency; null for none.
    const journal::Decided* on(std::string_view agency) const;

    // `suggested`: ordinary ones, in the form's order.
    std::vector<ProposedReferral> referrals(const std::vector<Suggestion>& suggested) const;
    // `declined`: offers that an answer has declined (declined_offers).
    std::vector<ProposedOffer> offers(const std::vector<Suggestion>& suggested,
                                      const std::vector<std::string>& declined) const;

private:
    std::map<std::string, journal::Decided, std::less<>> decided_;
    std::vector<journal::Added> added_;
    std::vector<journal::OfferSet> set_;
};

// As the acts that count left them.
Decisions decisions_of(const History& history);

// A plain "no" to a question that put several offers declines them.  The one place
// that knows which; `smoke_alarm_accept` is asked in Safer Streets only.
std::vector<std::string> declined_offers(const FormSession& session);

}  // namespace doorstep
