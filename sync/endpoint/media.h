// Signatures and photos at the centre: rows of pieces, sealed as the tablet sealed them, for SQLite and
// PostgreSQL alike.  So a piece is durable with the reply that says so, every backup has it, and several
// endpoints on one database keep nothing of their own.
//
// Nothing comes in that no fact named: length and hash are known before the first piece.
// The key stands in the body of that fact alone, which is sealed under the key of its subject.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/result.h"
#include "forms/base/sha256.h"
#include "forms/base/uuid.h"
#include "sync/operation/operation.h"
#include "sync/store/sql_connection.h"
#include "sync/vault/secret_bytes.h"

namespace doorstep {

// Of every fact that was taken in, in the transaction that took it in: what a questionnaire names may come,
// from that enrolment or any other, as when its tablet is enrolled anew under another name.
Result<void> name_media(SqlConnection& sql, const Clock& clock, const Uuid& enrolment,
                        const Operation& operation);
// Referrals of that questionnaire's contact that wait for a signature go on, once all of its required_for
// "send" are here.
Result<void> open_gates(SqlConnection& sql, const Clock& clock, const Uuid& operation);

// Of these facts; what another fact names too stays.
Result<void> forget_media(SqlConnection& sql, std::span<const Uuid> operations);

// Which of what a questionnaire names is here, whole.
Result<std::vector<Sha256>> media_here(SqlConnection& sql, const QuestionnaireFinished& finished);
// Opened for one request.  not_found: it is not here yet; damaged: not what was sealed on the tablet.
Result<SecretBytes> open_media(SqlConnection& sql, const MediaItem& item);

// Whether all that is said to be whole is; tells each fault in words, without content.  How many there are.
Result<std::uint64_t> check_media(SqlConnection& sql, const std::function<void(std::string)>& tell);

// A page that tablets pull names no pictures: their keys are for the centre.
std::string without_media(std::string json);

}  // namespace doorstep
