// What a tablet sends of its signatures and photos: where it stands, and one piece after the other.
//
// The hash of a piece stands in the text that the tablet signed (PROTOCOL.md 2.1); the hash of the whole is
// its name.  Role and signature are the router's.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "forms/base/encoding.h"
#include "sync/endpoint/endpoint_state.h"
#include "sync/endpoint/media.h"
#include "sync/endpoint/replies.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"
#include "sync/wire/media.h"
#include "sync/wire/parcels.h"

namespace doorstep {

namespace {

constexpr std::int64_t ms_of_a_day = 86'400'000;
constexpr int wait_for_tomorrow_s = 900;

struct NamedMedia {
    Sha256 hash;
    std::uint64_t length = 0;
    std::size_t pieces = 0;
    bool complete = false;
};

std::optional<Sha256> hash_in(std::string_view text) {
    const auto raw = from_hex(text);
    Sha256 hash;
    if (!raw || raw->size() != hash.bytes.size())
        return std::nullopt;
    std::copy(raw->begin(), raw->end(), hash.bytes.begin());
    return hash;
}

std::string_view asked(const Call& call, std::string_view name) {
    const auto found = call.query.find(name);
    return found == call.query.end() ? std::string_view{} : std::string_view(found->second);
}

std::optional<std::size_t> asked_piece(const Call& call) {
    const auto text = asked(call, "piece");
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() ||
        number >= limits::media_pieces_max)
        return std::nullopt;
    return number;
}

// By a fact of any enrolment of this partnership: a tablet that was enrolled anew under another name still
// has what it named before, and nobody else learns the name, which the whole must match.
Result<std::optional<NamedMedia>> named(const Call& call, const Sha256& hash) {
    std::optional<NamedMedia> found;
    TRY_DO(call.transaction.sql().query(
        "select m.length, m.pieces, m.done_ms from media m where m.partnership = :partnership and m.sha256 = "
        ":hash and exists (select 1 from media_named n where n.partnership = m.partnership and n.sha256 = "
        "m.sha256)",
        {{"partnership", home_partnership}, {"hash", sql_value(hash)}}, [&](const SqlRow& row) {
            found = NamedMedia{hash, unsigned_column(row, 0), static_cast<std::size_t>(row.integer(1)),
                               row.integer(2) != 0};
            return false;
        }));
    return found;
}

Result<wire::MediaStand> stand_of(const Call& call, const NamedMedia& media) {
    wire::MediaStand stand{media.hash, media.complete, {}};
    if (media.complete)
        return stand;
    stand.have.resize(media.pieces);
    TRY_DO(call.transaction.sql().query(
        "select number from media_piece where partnership = :partnership and sha256 = :hash",
        {{"partnership", home_partnership}, {"hash", sql_value(media.hash)}}, [&](const SqlRow& row) {
            if (const auto number = static_cast<std::size_t>(row.integer(0)); number < media.pieces)
                stand.have[number] = true;
            return true;
        }));
    return stand;
}

Result<EndpointResponse> told(const Call& call, std::vector<wire::MediaStand> media) {
    TRY(const auto epoch, call.store.epoch());
    return frame_response(wire::encode(wire::MediaReply{epoch, std::move(media)}));
}

// False: that was enough for one day.
Result<bool> count_taken(const Call& call) {
    auto& sql = call.transaction.sql();
    const auto today = call.clock.now_ms() / ms_of_a_day;
    const auto bytes = static_cast<std::int64_t>(call.request.body.size());
    TRY_DO(sql.run("delete from media_taken where partnership = :partnership and enrolment = :enrolment and "
                   "day < :today",
                   {{"partnership", home_partnership},
                    {"enrolment", sql_value(call.tablet.enrolment)},
                    {"today", today}}));
    TRY_DO(sql.run("insert into media_taken(partnership, enrolment, day, bytes) values(:partnership, "
                   ":enrolment, :today, :bytes) on conflict(partnership, enrolment, day) do update set bytes "
                   "= media_taken.bytes + excluded.bytes",
                   {{"partnership", home_partnership},
                    {"enrolment", sql_value(call.tablet.enrolment)},
                    {"today", today},
                    {"bytes", bytes}}));
    bool enough = false;
    TRY_DO(sql.query("select bytes from media_taken where partnership = :partnership and enrolment = "
                     ":enrolment and day = :today",
                     {{"partnership", home_partnership},
                      {"enrolment", sql_value(call.tablet.enrolment)},
                      {"today", today}},
                     [&](const SqlRow& row) {
                         enough = unsigned_column(row, 0) > limits::media_day_bytes_max;
                         return false;
                     }));
    return !enough;
}

struct Gathered {
    std::size_t pieces = 0;
    std::string sealed;
};

Result<Gathered> gathered(SqlConnection& sql, const NamedMedia& media) {
    Gathered all;
    TRY_DO(sql.query("select sealed from media_piece where partnership = :partnership and sha256 = :hash "
                     "order by number",
                     {{"partnership", home_partnership}, {"hash", sql_value(media.hash)}},
                     [&](const SqlRow& row) {
                         ++all.pieces;
                         all.sealed += row.blob(0);
                         return true;
                     }));
    return all;
}

// Whoever waits for this signature goes on.
Result<void> complete(const Call& call, const NamedMedia& media) {
    auto& sql = call.transaction.sql();
    TRY_DO(sql.run("update media set done_ms = :now where partnership = :partnership and sha256 = :hash",
                   {{"now", std::max<std::int64_t>(call.clock.now_ms(), 1)},
                    {"partnership", home_partnership},
                    {"hash", sql_value(media.hash)}}));
    std::vector<Uuid> facts;
    TRY_DO(sql.query("select distinct operation_id from media_named where partnership = :partnership and "
                     "sha256 = :hash and required_for = 'send'",
                     {{"partnership", home_partnership}, {"hash", sql_value(media.hash)}},
                     [&](const SqlRow& row) {
                         facts.push_back(row.uuid(0));
                         return true;
                     }));
    for (const auto& fact : facts)
        TRY_DO(open_gates(sql, call.clock, fact));
    return {};
}

Result<EndpointResponse> throw_away(const Call& call, const NamedMedia& media) {
    TRY_DO(call.transaction.sql().run(
        "delete from media_piece where partnership = :partnership and sha256 = :hash",
        {{"partnership", home_partnership}, {"hash", sql_value(media.hash)}}));
    return refusal_response(409, "altered",
                            "What came is not what that fact named. Nothing of it was kept: send it anew.");
}

Result<void> keep_piece(const Call& call, const NamedMedia& media, std::size_t number) {
    TRY_DO(call.transaction.sql().run(
        "insert into media_piece(partnership, sha256, number, sealed) values(:partnership, :hash, :number, "
        ":sealed) on conflict(partnership, sha256, number) do update set sealed = excluded.sealed",
        {{"partnership", home_partnership},
         {"hash", sql_value(media.hash)},
         {"number", static_cast<std::int64_t>(number)},
         {"sealed", Blob{call.request.body}}}));
    return {};
}

Result<EndpointResponse> take_piece(const Call& call, const NamedMedia& media, std::size_t number) {
    TRY_DO(keep_piece(call, media, number));
    TRY(auto stand, stand_of(call, media));
    if (std::count(stand.have.begin(), stand.have.end(), true) <
        static_cast<std::ptrdiff_t>(stand.have.size()))
        return told(call, {std::move(stand)});
    TRY(const auto all, gathered(call.transaction.sql(), media));
    if (all.pieces != media.pieces || all.sealed.size() != media.length ||
        Sha256::of(all.sealed) != media.hash)
        return throw_away(call, media);
    TRY_DO(complete(call, media));
    return told(call, {wire::MediaStand{media.hash, true, {}}});
}

}  // namespace

Result<EndpointResponse> media_stand(Call& call) {
    std::vector<wire::MediaStand> stands;
    auto list = asked(call, "of");
    for (std::size_t count = 0; !list.empty(); ++count) {
        const auto one = list.substr(0, list.find(','));
        list.remove_prefix(std::min(one.size() + 1, list.size()));
        const auto hash = hash_in(one);
        if (!hash || count >= limits::media_asked_max)
            return refusal_response(400, "bad_request", "Pictures are asked for by at most 64 hashes.");
        TRY(const auto media, named(call, *hash));
        if (!media)
            continue;
        TRY(auto stand, stand_of(call, *media));
        stands.push_back(std::move(stand));
    }
    return told(call, std::move(stands));
}

Result<EndpointResponse> media_piece(Call& call) {
    const auto hash = hash_in(asked(call, "sha256"));
    const auto number = asked_piece(call);
    if (!hash || !number || call.request.body.empty())
        return refusal_response(400, "bad_request",
                                "A piece has the hash of its picture, a number and bytes.");
    if (call.request.content_type != wire::content_type_bytes)
        return refusal_response(415, "bad_request", "A piece is of the type application/octet-stream.");
    if (call.request.body.size() > limits::media_piece_bytes_max)
        return refusal_response(413, "too_large", "A piece has at most 64 KiB.");
    TRY(const auto media, named(call, *hash));
    if (!media)
        return refusal_response(404, "unnamed", "No fact named that. The facts come first.");
    if (media->complete)
        return told(call, {wire::MediaStand{media->hash, true, {}}});
    if (*number >= media->pieces || call.request.body.size() > media->length)
        return refusal_response(400, "bad_request", "That picture was named with fewer or shorter pieces.");
    TRY(const bool room, count_taken(call));
    if (!room) {
        auto enough = refusal_response(429, "busy", "This tablet sent as many pictures as it may in a day.");
        enough.retry_after_s = wait_for_tomorrow_s;
        return enough;
    }
    return take_piece(call, *media, *number);
}

}  // namespace doorstep
