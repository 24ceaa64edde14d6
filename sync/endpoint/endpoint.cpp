#include "sync/endpoint/endpoint.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "sync/endpoint/endpoint_state.h"
#include "sync/endpoint/postgres_connection.h"
#include "sync/endpoint/pushes_together.h"
#include "sync/endpoint/replies.h"
#include "sync/endpoint/row_security.h"
#include "sync/endpoint/schema.h"
#include "sync/endpoint/seal_bodies.h"
#include "sync/endpoint/signed_requests.h"
#include "sync/store/row_locks.h"
#include "sync/store/rows_at_once.h"
#include "sync/store/sql_values.h"
#include "sync/wire/app_version.h"
#include "sync/wire/declared_bytes.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

Question about_public_halves(EndpointParts& state) {
    return {"select safeguarding_key, sealing_key from endpoint_state where partnership = :partnership",
            {{"partnership", home_partnership}},
            [&state](const SqlRow& row) {
                state.safeguarding_key = row.blob(0);
                state.sealing_key = row.blob(1);
                return false;
            }};
}

Result<void> read_public_halves(SqlConnection& sql, EndpointParts& state) {
    const auto question = about_public_halves(state);
    return sql.query(question.sql, question.parameters, question.each);
}

Result<void> write_safeguarding_key(SqlConnection& sql, const std::string& key) {
    TRY_DO(sql.run("update endpoint_state set safeguarding_key = :key where partnership = :partnership",
                   {{"key", Blob{key}}, {"partnership", home_partnership}}));
    return {};
}

void make_keys_here(EndpointParts& state) {
    auto made = EndpointKeys::make();
    state.keys.emplace(WorkingKeys{std::move(made.sealing), std::move(made.signing),
                                   made.safeguarding.public_key, made.recovery.public_key});
    state.made_here = std::move(made.safeguarding);
}

// Tables and key in one transaction: a first start that is cut off leaves nothing half
// done.  The secret half is durable before the public half can be handed out.
Result<void> make_ready(EndpointParts& state, const Endpoint::FirstSafeguardingKey& first_key) {
    TRY(auto transaction, state.store.begin());
    TRY_DO(bring_endpoint_up_to_date(transaction.sql()));
    TRY_DO(secure_rows(transaction.sql()));
    TRY_DO(read_public_halves(transaction.sql(), state));
    if (state.safeguarding_key.empty()) {
        if (!first_key)
            make_keys_here(state);
        TRY(const auto key, first_key ? first_key() : Result<PublicKey>(state.made_here->public_key));
        state.safeguarding_key = key.bytes;
        TRY_DO(write_safeguarding_key(transaction.sql(), key.bytes));
    }
    return transaction.commit();
}

// Of the bodies of pushes that are taken in together.  What they are opened is bounded by itself
// (expanded_bytes.h).  The first of a batch are few: until they are opened the database has nothing to do.
constexpr std::size_t together_bytes_first = 32 * 1024;
constexpr std::size_t together_bytes_max = 128 * 1024;

// What the requests of a batch hold, worked out while those before them are written.
class Ahead {
public:
    Ahead(EndpointParts& state, std::span<const EndpointRequest> requests)
        : state_(state), requests_(requests) {}
    ~Ahead() {
        if (begun_)
            state_.ahead->end();
    }
    Ahead(const Ahead&) = delete;
    Ahead& operator=(const Ahead&) = delete;

    // Whose request each one says it is; nothing for who has no row.
    std::vector<Question> questions() {
        if (!state_.ahead || requests_.size() < 2)
            return {};
        foreseen_.resize(requests_.size());
        std::vector<Uuid> ids;
        for (std::size_t i = 0; i < requests_.size(); ++i)
            if (const auto id = Uuid::parse(requests_[i].mark.enrolment)) {
                by_enrolment_.emplace(*id, &foreseen_[i]);
                ids.push_back(*id);
            }
        return questions_about(
            state_.sql,
            "select enrolment, verify_key, acked_seq from tablet where partnership = :partnership "
            "and enrolment = :id",
            ids, [this](const SqlRow& row) {
                const auto [first, last] = by_enrolment_.equal_range(row.uuid(0));
                for (auto one = first; one != last; ++one) {
                    one->second->key.bytes = row.blob(1);
                    one->second->acked_through = unsigned_column(row, 2);
                }
            });
    }
    // When they were answered.
    void begin() {
        if (foreseen_.empty())
            return;
        std::vector<AheadOfTurn::Weighed> tasks;
        for (std::size_t i = 0; i < requests_.size(); ++i)
            tasks.push_back({[this, i] {
                                 if (!foreseen_[i].key.bytes.empty())
                                     work_out_at(i);
                             },
                             weight_of(requests_[i].body)});
        state_.ahead->begin(std::move(tasks));
        begun_ = true;
    }
    // Null: nothing is known of it.
    Foreseen* of(std::size_t place) {
        if (!begun_)
            return nullptr;
        state_.ahead->await(place);
        return foreseen_[place].worked_out ? &foreseen_[place] : nullptr;
    }
    // The pushes that have their turn now, as many as may be in hand at once.
    std::vector<PushInTurn> pushes_from(std::size_t first) {
        std::vector<PushInTurn> pushes;
        if (!begun_)
            return pushes;
        auto end = first;
        for (std::size_t bytes = 0; end < requests_.size() && is_push(requests_[end]); ++end) {
            bytes += requests_[end].body.size();
            if (bytes > together_bytes_ && end > first)
                break;
        }
        together_bytes_ = std::min(2 * together_bytes_, together_bytes_max);
        state_.ahead->await(first, end);
        for (auto place = first; place < end; ++place) {
            if (foreseen_[place].postponed)
                work_out_at(place);  // those before it gave back their room
            pushes.push_back({&requests_[place], of(place)});
            if (foreseen_[place].postponed)
                break;
        }
        return pushes;
    }
    void let_go(std::size_t first, std::size_t end) {
        for (auto place = first; begun_ && place < end; ++place) {
            room_.give_back(foreseen_[place].held);
            foreseen_[place] = {};
        }
    }

private:
    void work_out_at(std::size_t place) {
        work_out(foreseen_[place], requests_[place], state_.keys ? &*state_.keys : nullptr, *state_.books,
                 room_);
    }
    // A frame of a few kilobytes may be one of megabytes.
    static std::size_t weight_of(std::string_view body) {
        const auto declared = wire::declared_bytes(body);
        return std::max(body.size(), std::min(declared.value_or(0), limits::frame_bytes_max));
    }

    EndpointParts& state_;
    std::span<const EndpointRequest> requests_;
    std::vector<Foreseen> foreseen_{};
    ExpandedBytes room_{expanded::ahead_max};
    std::multimap<Uuid, Foreseen*> by_enrolment_{};
    std::size_t together_bytes_ = together_bytes_first;
    bool begun_ = false;
};

// The feed is held from the first: two batches that took tablets' rows in another order would wait for each
// other.
Result<void> begin_batch(EndpointParts& state, std::span<const EndpointRequest> requests, Ahead& ahead) {
    std::vector<Question> questions;
    if (state.sql.engine() == SqlConnection::Engine::postgresql)
        questions.push_back(about_public_halves(state));
    FeedEnd feed;
    if (std::any_of(requests.begin(), requests.end(),
                    [](const EndpointRequest& one) { return one.method == "POST"; }))
        questions.push_back(locking_feed(state.sql, feed));
    auto callers = ahead.questions();
    std::move(callers.begin(), callers.end(), std::back_inserter(questions));
    TRY_DO(ask_together(state.sql, questions));
    state.epoch = feed.epoch;
    ahead.begin();
    return {};
}

// What one request wrote stays or goes as a whole, and never takes its neighbours along.
EndpointResponse answer(EndpointParts& state, const EndpointRequest& request, Transaction& transaction,
                        Foreseen* foreseen) {
    auto& sql = transaction.sql();
    if (const auto begun = sql.savepoint(); !begun.ok())
        return busy_response(begun.error());
    auto response = route(state, request, transaction, foreseen);
    if (!response.ok()) {
        sql.rollback_to_savepoint();
        return busy_response(response.error());
    }
    if (const auto released = sql.release_savepoint(); !released.ok()) {
        sql.rollback_to_savepoint();
        return busy_response(released.error());
    }
    return std::move(*response);
}

std::vector<EndpointResponse> handle_once(EndpointParts& state, std::span<const EndpointRequest> requests) {
    const auto all_busy = [&](const Error& error) {
        return std::vector<EndpointResponse>(requests.size(), busy_response(error));
    };
    auto transaction = state.store.begin();
    if (!transaction.ok())
        return all_busy(transaction.error());
    Ahead ahead(state, requests);
    if (const auto begun = begin_batch(state, requests, ahead); !begun.ok())
        return all_busy(begun.error());
    std::vector<EndpointResponse> responses;
    responses.reserve(requests.size());
    std::size_t alone = 0;
    while (responses.size() < requests.size()) {
        const auto i = responses.size();
        TakenTogether taken;
        if (alone == 0)
            taken = take_together(state, *transaction, ahead.pushes_from(i));
        alone = std::max(alone, taken.alone);
        if (alone > 0) {
            taken.responses.push_back(answer(state, requests[i], *transaction, ahead.of(i)));
            --alone;
        }
        std::move(taken.responses.begin(), taken.responses.end(), std::back_inserter(responses));
        ahead.let_go(i, responses.size());
    }
    // Parts of it may be missing, and it is repeated as a whole.
    if (may_repeat(state.sql))
        return all_busy(Error{Fault::conflict, "Another transaction stood in the way.", ""});
    const auto committed = transaction->commit();
    return committed.ok() ? responses : all_busy(committed.error());
}

// Of two transactions that wait for each other the server ends one.
constexpr int repeats_max = 5;

}  // namespace

Result<void> read_again(EndpointParts& state) {
    return state.sql.engine() == SqlConnection::Engine::postgresql ? read_public_halves(state.sql, state)
                                                                   : Result<void>{};
}

Endpoint::Endpoint(std::unique_ptr<State> state) : state_(std::move(state)) {}
Endpoint::Endpoint(Endpoint&&) noexcept = default;
Endpoint::~Endpoint() = default;

Result<Endpoint> Endpoint::open(SqlConnection& sql, const Directory& directory, const Clock& clock,
                                Random& random, const FirstSafeguardingKey& first_key) {
    TRY(auto store, Store::open(sql, StoreRole::endpoint, clock, random));
    auto state = std::make_unique<State>(State{{sql, directory, clock, random, std::move(store), {}, {}}});
    TRY_DO(make_ready(*state, first_key));
    return Endpoint(std::move(state));
}

Result<void> Endpoint::use_keys(WorkingKeys keys) {
    TRY_DO(read_again(*state_));
    const auto& safeguarding = keys.safeguarding.bytes;
    const bool given = !state_->sealing_key.empty();
    TRY(const auto enrolled, tablets());
    if ((given && state_->sealing_key != keys.sealing.public_key.bytes) ||
        (!enrolled.empty() && state_->safeguarding_key != safeguarding))
        return Error{Fault::conflict,
                     "These are the keys of another endpoint: its tablets seal to other ones.",
                     "Put back the keys that were made with this endpoint."};
    if (state_->safeguarding_key != safeguarding) {
        TRY(auto transaction, state_->store.begin());
        TRY_DO(write_safeguarding_key(transaction.sql(), safeguarding));
        TRY_DO(transaction.commit());
    }
    state_->safeguarding_key = safeguarding;
    state_->made_here.reset();
    state_->keys = std::move(keys);
    state_->subject_keys = std::make_unique<SubjectKeys>(state_->sql, SubjectSeal(state_->keys->sealing));
    TRY_DO(state_->store.use_subject_keys(*state_->subject_keys));
    return seal_plain_bodies(state_->store, *state_->subject_keys, state_->keys->sealing.public_key);
}

void Endpoint::work_ahead() {
    state_->ahead = std::make_unique<AheadOfTurn>();
}

void Endpoint::use_books(std::shared_ptr<const wire::PhraseBooks> books) {
    state_->books = std::move(books);
}

Result<void> Endpoint::ask_for_app(const std::string& version) {
    if (!version.empty() && !wire::is_app_version(version))
        return Error{Fault::bad_input, "The version of an app is numbers with dots between.",
                     "Give one like 0.2.0."};
    state_->min_app = version;
    return {};
}

const WorkingKeys* Endpoint::keys() const {
    return state_->keys ? &*state_->keys : nullptr;
}

PublicKey Endpoint::sealing_key() const {
    return {state_->sealing_key};
}

std::vector<EndpointResponse> Endpoint::handle(std::span<const EndpointRequest> requests) {
    auto responses = handle_once(*state_, requests);
    for (int i = 0; i < repeats_max && may_repeat(state_->sql); ++i)
        responses = handle_once(*state_, requests);
    for (std::size_t i = 0; state_->keys && i < requests.size(); ++i)
        sign_reply(state_->keys->signing, requests[i], responses[i]);
    return responses;
}

Result<Counts> Endpoint::report(const Period& period, const std::string& column_set) {
    return count(state_->sql, state_->directory, period, column_set);
}

Result<void> Endpoint::note(const AuditEntry& entry) {
    TRY(auto transaction, state_->store.begin());
    TRY_DO(note_in_audit(transaction.sql(), state_->clock, entry));
    return transaction.commit();
}

PublicKey Endpoint::safeguarding_key() const {
    return {state_->safeguarding_key};
}

Result<Forgetting> Endpoint::forgetting(const ErasureList& list) {
    if (!state_->keys || !state_->subject_keys)
        return Error{Fault::refused,
                     "This endpoint has no keys yet: nothing is sealed, and nothing forgotten.",
                     "Make them with doorstep-endpoint keys make."};
    return Forgetting{state_->store,  *state_->subject_keys, state_->keys->sealing,
                      *state_->books, state_->random,        list};
}

Store& Endpoint::store() {
    return state_->store;
}

const KeyPair* Endpoint::safeguarding_pair() const {
    return state_->made_here ? &*state_->made_here : nullptr;
}

}  // namespace doorstep
