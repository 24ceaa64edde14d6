#include "sync/agencies/agency_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include "forms/base/sha256.h"
#include "sync/store/sql_values.h"
#include "sync/vault/sealed_box.h"

namespace doorstep {

namespace {

constexpr std::array<std::string_view, 3> adapters{"inbox", "webhook", "folder"};
constexpr std::array<std::string_view, 3> signings{"none", "hmac", "ed25519"};

template<class Enum, std::size_t size>
std::optional<Enum> of_word(const std::array<std::string_view, size>& words, std::string_view word) {
    for (std::size_t i = 0; i < size; ++i)
        if (words.at(i) == word)
            return static_cast<Enum>(i);
    return std::nullopt;
}

constexpr std::string_view columns =
    "agency, adapter, url, folder, signing, secret, ask, paused, alarm_hours, urgent_alarm_hours, "
    "reconciled_ms from agency_line where partnership = :partnership";

AgencyLine line_in(const SqlRow& row) {
    AgencyLine line;
    line.agency = row.text(0);
    line.adapter = adapter_kind(row.text(1)).value_or(AdapterKind::inbox);
    line.url = row.text(2);
    line.folder = row.blob(3);
    line.signing = webhook_signing(row.text(4)).value_or(WebhookSigning::none);
    line.sealed_secret = row.blob(5);
    line.can_be_asked = row.integer(6) != 0;
    line.paused = row.integer(7) != 0;
    line.alarm_hours = static_cast<int>(row.integer(8));
    line.urgent_alarm_hours = static_cast<int>(row.integer(9));
    line.reconciled_ms = row.integer(10);
    return line;
}

Error wrong(std::string what, std::string mend) {
    return {Fault::bad_input, std::move(what), std::move(mend)};
}

Result<bool> yes_or_no(const char* option, const std::string& text, bool before) {
    if (text.empty())
        return before;
    if (text != "yes" && text != "no")
        return wrong(fmt::format("{} \"{}\" is neither yes nor no.", option, text), "Write yes or no.");
    return text == "yes";
}

Result<int> hours(const char* option, const std::string& text, int before) {
    if (text.empty())
        return before;
    int value = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc{} || read.ptr != end || value < 1 || value > 8'760)
        return wrong(fmt::format("{} \"{}\" is not a number of hours from 1 to 8760.", option, text),
                     "Write whole hours, as 24.");
    return value;
}

Result<void> set_secret(AgencyLine& line, const LineWish& wish, const WorkingKeys* keys) {
    if (wish.secret.empty())
        return {};
    if (line.signing != WebhookSigning::hmac)
        return wrong("Only a webhook that signs with hmac has a secret.",
                     "Add --sign hmac, or leave it out.");
    if (wish.secret.size() < 16 || wish.secret.size() > 256)
        return wrong("The secret does not have 16 to 256 characters.", "Agree on a longer one.");
    if (!keys)
        return Error{Fault::refused, "The endpoint has no keys yet under which to keep the secret.",
                     "Make them with doorstep-endpoint keys make."};
    line.sealed_secret = seal(keys->sealing.public_key, wish.secret);
    return {};
}

Result<void> set_webhook(AgencyLine& line, const LineWish& wish, const WorkingKeys* keys) {
    if (!wish.url.empty())
        line.url = wish.url;
    while (line.url.ends_with('/'))
        line.url.pop_back();
    if (line.url.empty())
        return wrong("A webhook needs the address to which referrals are posted.",
                     "Add --url https://agency.example/doorstep.");
    TRY_DO(webhook_place(line.url));
    if (!wish.signing.empty()) {
        const auto signing = webhook_signing(wish.signing);
        if (!signing || *signing == WebhookSigning::none)
            return wrong(fmt::format("--sign \"{}\" is no way of signing.", wish.signing),
                         "Write hmac or ed25519.");
        line.signing = *signing;
    } else if (line.signing == WebhookSigning::none) {
        line.signing = WebhookSigning::ed25519;
    }
    TRY_DO(set_secret(line, wish, keys));
    if (line.signing == WebhookSigning::hmac && line.sealed_secret.empty())
        return wrong("A webhook that signs with hmac needs the secret agreed with the agency.",
                     "Add --secret-file FILE, or use --sign ed25519.");
    if (line.signing == WebhookSigning::ed25519)
        line.sealed_secret.clear();
    return {};
}

Result<void> set_folder(AgencyLine& line, const LineWish& wish) {
    if (!wish.folder.empty())
        line.folder = wish.folder;
    if (line.folder.empty() || line.folder.front() != '/')
        return wrong("A drop folder is named by its whole path.", "Add --folder /srv/doorstep/fire.");
    std::error_code problem;
    if (!std::filesystem::is_directory(line.folder, problem))
        return Error{Fault::not_found, fmt::format("There is no folder {}.", line.folder),
                     "Make it, writable for the endpoint's user and readable for the agency alone."};
    return {};
}

Result<void> no_foreign_options(const AgencyLine& line, const LineWish& wish) {
    if (line.adapter != AdapterKind::webhook &&
        !(wish.url.empty() && wish.signing.empty() && wish.secret.empty() && wish.ask.empty()))
        return wrong("--url, --sign, --secret-file and --ask belong to --adapter webhook.",
                     "Leave them out, or set that adapter.");
    if (line.adapter != AdapterKind::folder && !wish.folder.empty())
        return wrong("--folder belongs to --adapter folder.", "Leave it out, or set that adapter.");
    return {};
}

bool is_loopback(std::string_view host) {
    return host == "localhost" || host == "[::1]" ||
           (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

}  // namespace

std::string_view word(AdapterKind kind) {
    return adapters.at(static_cast<std::size_t>(kind));
}
std::string_view word(WebhookSigning signing) {
    return signings.at(static_cast<std::size_t>(signing));
}
std::optional<AdapterKind> adapter_kind(std::string_view word) {
    return of_word<AdapterKind>(adapters, word);
}
std::optional<WebhookSigning> webhook_signing(std::string_view word) {
    return of_word<WebhookSigning>(signings, word);
}

std::string way_of(const AgencyLine& line) {
    if (line.adapter == AdapterKind::inbox)
        return std::string(word(line.adapter));
    // An address may hold what only the agency and we know.
    const auto& place = line.adapter == AdapterKind::webhook ? line.url : line.folder;
    return fmt::format("{}:{}", word(line.adapter), Sha256::of(place).hex().substr(0, 12));
}

Result<std::vector<AgencyLine>> agency_lines(SqlConnection& sql) {
    std::vector<AgencyLine> lines;
    TRY_DO(sql.query(fmt::format("select {} order by agency", columns), {{"partnership", home_partnership}},
                     [&](const SqlRow& row) {
                         lines.push_back(line_in(row));
                         return true;
                     }));
    return lines;
}

Result<std::optional<AgencyLine>> agency_line(SqlConnection& sql, const std::string& agency) {
    std::optional<AgencyLine> line;
    TRY_DO(sql.query(fmt::format("select {} and agency = :agency", columns),
                     {{"partnership", home_partnership}, {"agency", agency}}, [&](const SqlRow& row) {
                         line = line_in(row);
                         return false;
                     }));
    return line;
}

Result<AgencyLine> line_of(const LineWish& wish, const std::optional<AgencyLine>& before,
                           const Directory& directory, const WorkingKeys* keys) {
    if (!directory.agency(wish.agency))
        return Error{Fault::not_found, fmt::format("The directory has no agency \"{}\".", wish.agency),
                     "Take a code from agencies.csv."};
    AgencyLine line = before.value_or(AgencyLine{});
    line.agency = wish.agency;
    if (!before && wish.adapter.empty())
        return wrong("It is not said how this agency is reached.", "Add --adapter inbox, webhook or folder.");
    if (!wish.adapter.empty()) {
        const auto kind = adapter_kind(wish.adapter);
        if (!kind)
            return wrong(fmt::format("--adapter \"{}\" is no way to an agency.", wish.adapter),
                         "Write inbox, webhook or folder.");
        line.adapter = *kind;
    }
    TRY_DO(no_foreign_options(line, wish));
    if (line.adapter == AdapterKind::webhook)
        TRY_DO(set_webhook(line, wish, keys));
    if (line.adapter == AdapterKind::folder)
        TRY_DO(set_folder(line, wish));
    TRY(line.can_be_asked, yes_or_no("--ask", wish.ask, line.can_be_asked));
    TRY(line.paused, yes_or_no("--paused", wish.paused, line.paused));
    TRY(line.alarm_hours, hours("--alarm-hours", wish.alarm_hours, line.alarm_hours));
    TRY(line.urgent_alarm_hours,
        hours("--urgent-alarm-hours", wish.urgent_alarm_hours, line.urgent_alarm_hours));
    return line;
}

Result<void> is_of_no_other(SqlConnection& sql, const AgencyLine& line) {
    TRY(const auto all, agency_lines(sql));
    const auto is_same_place = [&](const AgencyLine& other) {
        if (other.agency == line.agency || other.adapter != line.adapter ||
            line.adapter == AdapterKind::inbox)
            return false;
        std::error_code problem;
        return line.adapter == AdapterKind::webhook
                   ? other.url == line.url
                   : other.folder == line.folder ||
                         std::filesystem::equivalent(other.folder, line.folder, problem);
    };
    const auto other = std::find_if(all.begin(), all.end(), is_same_place);
    if (other == all.end())
        return {};
    return Error{
        Fault::conflict,
        fmt::format("{} is reached there already: each would read what is for the other.", other->agency),
        line.adapter == AdapterKind::folder ? "Give each agency a folder of its own."
                                            : "Give each agency an address of its own."};
}

Result<void> keep_line(SqlConnection& sql, const Clock& clock, const AgencyLine& line) {
    TRY_DO(sql.run(
        "insert into agency_line(partnership, agency, adapter, url, folder, signing, secret, ask, paused, "
        "alarm_hours, urgent_alarm_hours, changed_ms) values(:partnership, :agency, :adapter, :url, :folder, "
        ":signing, :secret, :ask, :paused, :hours, :urgent, :now) on conflict(partnership, agency) do update "
        "set adapter = excluded.adapter, url = excluded.url, folder = excluded.folder, "
        "signing = excluded.signing, secret = excluded.secret, ask = excluded.ask, paused = excluded.paused, "
        "alarm_hours = excluded.alarm_hours, urgent_alarm_hours = excluded.urgent_alarm_hours, "
        "changed_ms = excluded.changed_ms",
        {{"partnership", home_partnership},
         {"agency", line.agency},
         {"adapter", std::string(word(line.adapter))},
         {"url", line.url},
         {"folder", Blob{line.folder}},
         {"signing", std::string(word(line.signing))},
         {"secret", Blob{line.sealed_secret}},
         {"ask", std::int64_t{line.can_be_asked ? 1 : 0}},
         {"paused", std::int64_t{line.paused ? 1 : 0}},
         {"hours", std::int64_t{line.alarm_hours}},
         {"urgent", std::int64_t{line.urgent_alarm_hours}},
         {"now", clock.now_ms()}}));
    return {};
}

Result<WebhookPlace> webhook_place(const std::string& url) {
    const bool sealed = url.starts_with("https://");
    if (!sealed && !url.starts_with("http://"))
        return wrong("The address of the webhook does not begin with https://.",
                     "Write it as the agency gave it.");
    if (url.size() > 1'000 || url.find_first_of(" \t\r\n\"<>\\^`{}|?#@") != std::string::npos ||
        url.find('\0') != std::string::npos)
        return wrong(
            "The address of the webhook holds a character that none may hold (a space, ?, #, @ ...).",
            "Write https://host/path.");
    const std::size_t host = sealed ? 8 : 7;
    const auto slash = url.find('/', host);
    WebhookPlace place{url.substr(0, slash), slash == std::string::npos ? "" : url.substr(slash)};
    while (place.path.ends_with('/'))
        place.path.pop_back();
    const auto name = place.origin.substr(host);
    const auto colon = name.rfind(':');
    const bool has_port = colon != std::string::npos && name.find(']', colon) == std::string::npos;
    const auto bare = name.substr(0, has_port ? colon : std::string::npos);
    if (bare.empty())
        return wrong("The address of the webhook names no host.", "Write https://host/path.");
    if (!sealed && !is_loopback(bare))
        return wrong("Referrals leave this machine over TLS only.", "Give an address with https://.");
    return place;
}

}  // namespace doorstep
