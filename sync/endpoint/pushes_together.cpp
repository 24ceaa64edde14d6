#include "sync/endpoint/pushes_together.h"

#include <algorithm>
#include <set>
#include <utility>

#include "sync/agencies/outbox.h"
#include "sync/endpoint/clock_skew.h"
#include "sync/endpoint/concerns.h"
#include "sync/endpoint/media.h"
#include "sync/endpoint/push.h"
#include "sync/endpoint/replies.h"
#include "sync/operation/whose.h"
#include "sync/store/log.h"
#include "sync/store/run_later.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

// What facts are about, where it matters which of two was there first: contacts and visits tell areas,
// corrections tell what they correct, a referral is entered once.
class Naming {
public:
    explicit Naming(std::vector<Uuid>& names) : names_(names) {}
    void take(const Operation& operation) {
        names_.push_back(operation.id);
        if (operation.supersedes)
            names_.push_back(*operation.supersedes);
        names_.insert(names_.end(), operation.base.begin(), operation.base.end());
        std::visit(*this, operation.payload);
    }
    void operator()(const VisitPlanned& visit) { names_.push_back(visit.visit); }
    void operator()(const ContactRecorded& contact) { names_.push_back(contact.contact); }
    void operator()(const ContactTakenBack& taken_back) {
        names_.push_back(taken_back.contact);
        names_.push_back(taken_back.of);
    }
    void operator()(const QuestionnaireFinished& finished) { names_.push_back(finished.contact); }
    void operator()(const OfferMade& offer) { names_.push_back(offer.contact); }
    void operator()(const ReferralRaised& referral) {
        names_.push_back(referral.referral);
        names_.push_back(referral.contact);
    }
    template<class Other>
    void operator()(const Other&) {}

private:
    std::vector<Uuid>& names_;
};

// A withdrawal changes what others find open at that home.
bool is_plain(const wire::OpenedOperation& opened) {
    return opened.operation && why_quarantined(opened).empty() &&
           !std::holds_alternative<ReferralStateSet>(opened.operation->payload) &&
           why_not_an_officers(*opened.operation).empty();
}

// Of a push whose facts were opened ahead; null: it was not signed, not read, or not wholly opened.
const wire::PushRequest* opened_push(const PushInTurn& one) {
    if (!one.foreseen || !one.foreseen->good || !one.foreseen->push || !one.foreseen->push->ok())
        return nullptr;
    const auto& push = **one.foreseen->push;
    const bool opened = one.foreseen->acked_through < push.first_sequence &&
                        one.foreseen->opened.size() == push.envelopes.size();
    return opened ? &push : nullptr;
}

// How many from the first on may go together, by what they hold.
std::size_t belong_together(std::span<const PushInTurn> pushes) {
    std::set<Uuid> tablets;
    std::set<Uuid> named;
    std::vector<Uuid> names;
    for (std::size_t i = 0; i < pushes.size(); ++i) {
        const auto* push = opened_push(pushes[i]);
        if (!push || !tablets.insert(push->enrolment).second)
            return i;
        names.clear();
        Naming naming(names);
        for (const auto& envelope : pushes[i].foreseen->opened)
            for (const auto& fact : envelope.facts) {
                if (!is_plain(fact))
                    return i;
                naming.take(*fact.operation);
            }
        if (std::any_of(names.begin(), names.end(), [&](const Uuid& name) { return named.contains(name); }))
            return i;
        named.insert(names.begin(), names.end());
    }
    return pushes.size();
}

struct Taking {
    Call call;
    const wire::PushRequest* push = nullptr;
    std::uint64_t number = 0;
    bool locked = false;

    std::span<const OpenedFacts> opened() const { return call.foreseen->opened; }
};

class Together {
public:
    Together(EndpointParts& state, Transaction& transaction)
        : state_(state), transaction_(transaction), sql_(transaction.sql()) {}

    // Of those that it tried.
    std::size_t size() const { return taking_.size(); }

    // Nothing: none of them can be taken this way.
    Result<std::vector<EndpointResponse>> take(std::span<const PushInTurn> pushes) {
        TRY_DO(look(pushes));
        if (taking_.empty())
            return std::vector<EndpointResponse>{};
        TRY(const bool kept, enter_as_kept(state_.store, state_.directory, state_.clock, operations(),
                                           [&] { return append(); }));
        if (!kept)
            return std::vector<EndpointResponse>{};
        TRY_DO(keep_beside());
        for (const auto& one : taking_)
            TRY_DO(keep_standing(one));
        std::vector<EndpointResponse> responses;
        for (const auto& one : taking_)
            responses.push_back(
                frame_response(wire::encode(acknowledgement(one.call, *one.push, one.call.epoch))));
        return responses;
    }

private:
    // Those that are as they should be, up to the first that is not.
    Result<void> look(std::span<const PushInTurn> pushes) {
        std::vector<Uuid> ids;
        for (const auto& one : pushes)
            ids.push_back((**one.foreseen->push).enrolment);
        TRY(auto tablets, lock_tablets(sql_, std::move(ids)));
        for (const auto& one : pushes) {
            const auto& push = **one.foreseen->push;
            const auto found = tablets.find(push.enrolment);
            const auto mark = wire::read(one.request->mark);
            if (found == tablets.end() || !mark || !is_as_foreseen(*one.foreseen, *mark, found->second))
                return {};
            taking_.push_back({call_of(state_, *one.request, transaction_, std::move(found->second.row)),
                               &push, mark->number, mark->locked});
            taking_.back().call.foreseen = one.foreseen;
            if (!is_ordinary(taking_.back())) {
                taking_.pop_back();
                return {};
            }
        }
        return {};
    }

    static bool is_as_foreseen(const Foreseen& foreseen, const wire::SignedBy& mark,
                               const LockedTablet& tablet) {
        return mark.enrolment == tablet.row.enrolment && mark.number > tablet.last_number &&
               foreseen.key.bytes == tablet.row.verify_key &&
               foreseen.acked_through == tablet.row.acked_through;
    }

    static bool is_ordinary(const Taking& one) {
        const auto& tablet = one.call.tablet;
        if (tablet.revoked_ms != 0 || !tablet.order_mode.empty() || !goes_straight_on(one.call, *one.push))
            return false;
        const auto opened = one.opened();
        return std::all_of(opened.begin(), opened.end(), [&](const OpenedFacts& envelope) {
            return tells_right_time(one.call, one.push->tablet_time_ms, envelope.facts);
        });
    }

    Result<bool> append() {
        std::vector<Transaction::Received> received;
        for (const auto& one : taking_)
            for (const auto& envelope : one.opened())
                received.push_back({one.call.tablet.enrolment, envelope.facts});
        return transaction_.append_all_new(received);
    }

    std::vector<const Operation*> operations() const {
        std::vector<const Operation*> all;
        for (const auto& one : taking_)
            for (const auto& envelope : one.opened())
                for (const auto& fact : envelope.facts)
                    all.push_back(&*fact.operation);
        return all;
    }

    // Behind the referrals, which may wait for a picture.
    Result<void> keep_beside() {
        std::vector<PlacesOf> places;
        std::vector<RestrictedPart> restricted;
        for (const auto& one : taking_) {
            places.push_back({one.call.tablet.enrolment, places_of(*one.push)});
            for (const auto& envelope : one.opened())
                restricted.insert(restricted.end(), envelope.restricted.begin(), envelope.restricted.end());
        }
        TRY_DO(keep_new_places(sql_, places));
        TRY_DO(take_concerns(sql_, restricted, state_.clock.now_ms()));
        for (const auto& one : taking_)
            for (const auto& envelope : one.opened())
                for (const auto& fact : envelope.facts)
                    TRY_DO(name_pictures(one.call.tablet.enrolment, *fact.operation));
        return {};
    }

    Result<void> name_pictures(const Uuid& enrolment, const Operation& operation) {
        const auto* finished = std::get_if<QuestionnaireFinished>(&operation.payload);
        if (!finished || finished->media.empty())
            return {};
        TRY_DO(name_media(sql_, state_.clock, enrolment, operation));
        return open_gates(sql_, state_.clock, operation.id);
    }

    Result<void> keep_standing(const Taking& one) {
        const auto now = state_.clock.now_ms();
        return run_later(
            sql_,
            "update tablet set request_number = :number, unlocked_ms = case when :locked = 1 then "
            "unlocked_ms else :now end, acked_seq = :acked, chain = :chain, unsent = :unsent, "
            "last_seen_ms = :seen where partnership = :partnership and enrolment = :enrolment",
            {{"number", sql_value(one.number)},
             {"locked", std::int64_t{one.locked ? 1 : 0}},
             {"now", now},
             {"acked", sql_value(one.push->envelopes.back().last_sequence())},
             {"chain", sql_value(one.push->chain_after)},
             {"unsent", sql_value(left_unsent(*one.push))},
             {"seen", now},
             {"partnership", home_partnership},
             {"enrolment", sql_value(one.call.tablet.enrolment)}});
    }

    EndpointParts& state_;
    Transaction& transaction_;
    SqlConnection& sql_;
    std::vector<Taking> taking_{};
};

}  // namespace

bool is_push(const EndpointRequest& request) {
    return request.method == "POST" && request.target == "/v1/push";
}

TakenTogether take_together(EndpointParts& state, Transaction& transaction,
                            std::span<const PushInTurn> pushes) {
    pushes = pushes.first(belong_together(pushes));
    auto& sql = transaction.sql();
    if (pushes.empty() || state.epoch.is_nil() || !sql.savepoint().ok())
        return {{}, 1};
    Together together(state, transaction);
    auto taken = together.take(pushes);
    if (taken.ok() && !taken->empty() && sql.release_savepoint().ok())
        return {std::move(*taken), 0};
    sql.rollback_to_savepoint();
    // Whose fault it is shows when each goes by itself.
    return {{}, std::max<std::size_t>(together.size(), 1)};
}

}  // namespace doorstep
