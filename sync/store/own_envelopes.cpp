#include "sync/store/own_envelopes.h"

#include <utility>

#include "sync/store/endpoint_seal.h"
#include "sync/store/rows_at_once.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"
#include "sync/wire/shorthand.h"

namespace doorstep {

namespace {

constexpr std::string_view new_envelope =
    "insert into envelope(partnership, enrolment, first_seq, last_seq, envelope_id, body, chain, plain) "
    "values(:partnership, :enrolment, :first, :last, :id, :body, :chain, :plain)";
constexpr std::string_view envelope_once =
    "insert into envelope(partnership, enrolment, first_seq, last_seq, envelope_id, body, chain, plain) "
    "values(:partnership, :enrolment, :first, :last, :id, :body, :chain, :plain) on conflict do nothing";

Result<void> insert_envelope(SqlConnection& sql, std::string_view statement, const Uuid& enrolment,
                             const wire::Envelope& envelope, const Sha256& chain_after,
                             const std::string& plain) {
    TRY_DO(sql.run(statement, {{"partnership", home_partnership},
                               {"enrolment", sql_value(enrolment)},
                               {"first", sql_value(envelope.first_sequence)},
                               {"last", sql_value(envelope.last_sequence())},
                               {"id", sql_value(envelope.id)},
                               {"body", Blob{envelope.body}},
                               {"chain", sql_value(chain_after)},
                               {"plain", Blob{plain}}}));
    return {};
}

// A push of this envelope alone must be one that the endpoint takes.
Result<void> check_size(const wire::Envelope& envelope, std::size_t bytes) {
    const auto too_large = Error{Fault::bad_input, "What was recorded is too large to be sent in one piece.",
                                 "Shorten the longest answers."};
    if (bytes > limits::envelope_bytes_max || envelope.count > limits::push_operations_max)
        return too_large;
    if (envelope.body.size() < limits::push_bytes_max / 2)
        return {};
    wire::PushRequest push;
    push.envelopes.push_back(envelope);
    return wire::encode(push).size() > limits::push_bytes_max ? too_large : Result<void>{};
}

}  // namespace

Result<OwnPlace> own_place(SqlConnection& sql) {
    OwnPlace place;
    TRY_DO(
        sql.query("select enrolment, last_seq, last_chain, (select sealing_key from tablet_identity i where "
                  "i.partnership = sync_state.partnership and i.enrolment = sync_state.enrolment) "
                  "from sync_state where partnership = :partnership",
                  {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                      place = {row.uuid(0), unsigned_column(row, 1), sha256_column(row, 2), {row.blob(3)}};
                      return false;
                  }));
    return place;
}

Result<void> write_own_envelope(SqlConnection& sql, const OwnPlace& place, const Uuid& id,
                                const std::vector<std::string>& encoded, const wire::PhraseBook& book) {
    std::size_t bytes = 128;  // what stands around the operations
    for (const auto& one : encoded)
        bytes += one.size() + 1;
    auto envelope = wire::seal_envelope(id, place.last_sequence + 1, encoded);
    std::string plain;
    if (!place.sealing_key.bytes.empty()) {
        const auto brief = wire::shorten(wire::envelope_text(id, envelope.first_sequence, encoded), book,
                                         {id, envelope.first_sequence});
        plain = envelope.body;
        envelope.body = seal_body_to(place.sealing_key, brief.empty() ? plain : brief);
        if (envelope.body.empty())
            return no_sealing_key();
    }
    TRY_DO(check_size(envelope, bytes));
    const auto chain = wire::chain(place.last_chain, envelope);
    TRY_DO(insert_envelope(sql, new_envelope, place.enrolment, envelope, chain, plain));
    TRY_DO(sql.run(
        "update sync_state set last_seq = :last, last_chain = :chain where partnership = :partnership",
        {{"last", sql_value(envelope.last_sequence())},
         {"chain", sql_value(chain)},
         {"partnership", home_partnership}}));
    return {};
}

Result<void> keep_envelope_once(SqlConnection& sql, const Uuid& enrolment, const wire::Envelope& envelope,
                                const Sha256& chain_after) {
    return insert_envelope(sql, envelope_once, enrolment, envelope, chain_after, {});
}

namespace {

RowsAtOnce rows_of(std::span<const PlacesOf> all) {
    static const RowShape shape("envelope", {{"enrolment", RowShape::blob},
                                             {"first_seq", RowShape::number},
                                             {"last_seq", RowShape::number},
                                             {"envelope_id", RowShape::blob},
                                             {"body", RowShape::blob},
                                             {"chain", RowShape::blob},
                                             {"plain", RowShape::blob}});
    RowsAtOnce rows(shape);
    for (const auto& [enrolment, places] : all)
        for (const auto& one : places)
            rows.add(enrolment, sql_value(one.first), sql_value(one.last), one.id, Blob{},
                     sql_value(one.chain_after), Blob{});
    return rows;
}

}  // namespace

Result<void> keep_places_once(SqlConnection& sql, const Uuid& enrolment, std::vector<PlacedEnvelope> places) {
    const PlacesOf of_one{enrolment, std::move(places)};
    return rows_of({&of_one, 1}).insert_later(sql);
}

Result<void> keep_new_places(SqlConnection& sql, std::span<const PlacesOf> all) {
    return rows_of(all).insert_new_later(sql);
}

}  // namespace doorstep
