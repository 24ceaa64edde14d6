// The way to an agency, as the operator set it: a row of agency_line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/result.h"
#include "forms/directory/directory.h"
#include "sync/store/sql_connection.h"
#include "sync/vault/endpoint_keys.h"

namespace doorstep {

enum class AdapterKind : std::uint8_t {
    inbox,    // rows that the agency's pages read
    webhook,  // one signed POST a referral
    folder    // one CSV file a referral, answers beside
};
enum class WebhookSigning : std::uint8_t { none, hmac, ed25519 };

std::string_view word(AdapterKind kind);
std::string_view word(WebhookSigning signing);
std::optional<AdapterKind> adapter_kind(std::string_view word);
std::optional<WebhookSigning> webhook_signing(std::string_view word);

struct AgencyLine {
    std::string agency;
    AdapterKind adapter = AdapterKind::inbox;
    std::string url;     // webhook: "https://fire.example/doorstep", without a slash at its end
    std::string folder;  // folder: absolute
    WebhookSigning signing = WebhookSigning::none;
    std::string sealed_secret;  // webhook with hmac: to the endpoint's own key
    bool can_be_asked = true;   // webhook: whether GET url/ID answers
    bool paused = false;        // nothing is sent
    // Raised and not received within so many hours: an alarm.  1 .. 8,760.
    int alarm_hours = 24;
    int urgent_alarm_hours = 1;
    std::int64_t reconciled_ms = 0;
};

// The way and, hashed, the place there: what was handed over by one cannot be asked for by another.
std::string way_of(const AgencyLine& line);

// By agency.
Result<std::vector<AgencyLine>> agency_lines(SqlConnection& sql);
Result<std::optional<AgencyLine>> agency_line(SqlConnection& sql, const std::string& agency);

// What the operator wrote, before it is a line; empty: as it was, or the usual.
struct LineWish {
    std::string agency;
    std::string adapter;
    std::string url;
    std::string folder;
    std::string signing;
    std::string secret;  // the secret itself, 16 to 256 characters
    std::string ask;     // yes, no
    std::string paused;  // yes, no
    std::string alarm_hours;
    std::string urgent_alarm_hours;
};
// bad_input or not_found in words that name the option; `keys` seal the secret.
Result<AgencyLine> line_of(const LineWish& wish, const std::optional<AgencyLine>& before,
                           const Directory& directory, const WorkingKeys* keys);
// conflict: another agency is reached at the same folder or address, and would read what is not for it.
Result<void> is_of_no_other(SqlConnection& sql, const AgencyLine& line);
Result<void> keep_line(SqlConnection& sql, const Clock& clock, const AgencyLine& line);

// Where a webhook is: what one connects to, and the path there.
struct WebhookPlace {
    std::string origin;  // "https://fire.example:8443"
    std::string path;    // "/doorstep", or empty
};
// bad_input with what is wrong.  Without TLS only this machine may be named.
Result<WebhookPlace> webhook_place(const std::string& url);

}  // namespace doorstep
