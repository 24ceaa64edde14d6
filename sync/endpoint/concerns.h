// Concerns: what the officer's page sealed to the safeguarding leads.
//
// Id, agencies, urgency, state and times stand in clear, everything else opens with the
// safeguarding key only, whose secret half rests here wrapped by each lead's passphrase.  In
// no count, list, page or outbox stands that there is one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "forms/base/secret.h"
#include "sync/operation/operation.h"
#include "sync/store/concern_notice.h"
#include "sync/store/sql_connection.h"
#include "sync/vault/endpoint_keys.h"
#include "sync/wire/officers_words.h"

namespace doorstep {

// unopened: from a tablet that could give no notice; whoever opens the list looks into it.
// unreadable: it was looked into, and does not open with the key of the leads.
enum class ConcernState : std::uint8_t { unopened, raised, acknowledged, released, unreadable };
std::string_view word(ConcernState state);

struct ConcernRow {
    Uuid concern;
    std::string agencies;  // codes; empty where nothing was suggested
    std::string urgency;
    ConcernState state = ConcernState::raised;
    std::int64_t received_ms = 0;
    std::int64_t acknowledged_ms = 0;  // 0: not yet
    std::int64_t released_ms = 0;
};

// What a concern is taken in with.
struct TakingConcerns {
    const KeyPair* sealing = nullptr;            // null: of an endpoint without keys; nothing opens
    PublicKey safeguarding{};                    // what is known of the door is sealed to it
    const wire::OfficersWords* words = nullptr;  // of the questionnaire's form; null: it is not at hand
};
// Of a questionnaire that was pushed, in its transaction; the same again changes nothing.
Result<void> take_concerns(SqlConnection& sql, const TakingConcerns& by, const Uuid& household,
                           const QuestionnaireFinished& finished, std::int64_t now_ms);
// What of it is to be kept, with its door and its words beside it; without the database.
std::vector<RestrictedPart> parts_to_keep(const TakingConcerns& by, const Uuid& household,
                                          const QuestionnaireFinished& finished);
// The same of several, whose parts were made ready before.
Result<void> take_concerns(SqlConnection& sql, std::span<const RestrictedPart> parts, std::int64_t now_ms);
// The JSON of a page without the sealed part.
std::string without_restricted_part(std::string json);

// Oldest first.
Result<std::vector<ConcernRow>> concerns(SqlConnection& sql);
// Ids of those that nobody has acknowledged, those that do not open among them.
Result<std::vector<Uuid>> silent_concerns(SqlConnection& sql);
// Ids of those of which nobody knows yet whether anything was recorded: a lead looks (look_into_unopened).
Result<std::vector<Uuid>> unopened_concerns(SqlConnection& sql);
// In transactions of their own.  not_found; refused when it stands elsewhere already.
Result<void> acknowledge_concern(SqlConnection& sql, const Uuid& concern, std::int64_t now_ms);
Result<void> release_concern(SqlConnection& sql, const Uuid& concern, std::int64_t now_ms);
// What was recorded, as JSON: a line for each time that the page was left.
Result<SecretText> open_concern(SqlConnection& sql, const Uuid& concern, const KeyPair& safeguarding);
// Opens what came without a notice: those that open and are empty go, the others are raised; what does not
// open stays as unreadable, and is tried again each time.  How many were raised.
Result<std::int64_t> look_into_unopened(SqlConnection& sql, const KeyPair& safeguarding);

// A safeguarding lead, by the name given with `concerns leads add`.
Result<void> add_safeguarding_lead(SqlConnection& sql, Random& random, const std::string& name,
                                   const KeyPair& safeguarding, std::string_view passphrase,
                                   PasswordCost cost, const DeviceSecret& device);
Result<std::vector<std::string>> safeguarding_leads(SqlConnection& sql);
// Every try is durable before the passphrase is looked at; after ten in vain that lead has to be
// added again.  refused: the passphrase; not_found.
Result<KeyPair> sign_in_safeguarding_lead(SqlConnection& sql, const std::string& name,
                                          std::string_view passphrase, const PublicKey& safeguarding,
                                          const DeviceSecret& device);

// When the alarm is due: as soon as a concern waits, and every five minutes until somebody has
// acknowledged it.
class ConcernAlarm {
public:
    static constexpr std::int64_t every_ms = 5 * 60'000;

    // What is to be told now: the ids that wait, or nothing.
    std::vector<Uuid> due(const std::vector<Uuid>& silent, std::int64_t now_ms);

private:
    std::vector<Uuid> told_;
    std::int64_t last_ms_ = 0;
};

}  // namespace doorstep
