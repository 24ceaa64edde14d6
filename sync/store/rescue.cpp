#include "sync/store/rescue.h"

#include <map>
#include <optional>

#include "forms/base/counted.h"
#include "forms/base/encoding.h"
#include "forms/base/packing.h"
#include "sync/store/clear_columns.h"
#include "sync/store/endpoint_seal.h"
#include "sync/store/sql_values.h"
#include "sync/store/store_state.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

constexpr std::string_view file_mark = "doorstep rescue ";
constexpr std::string_view file_header = "doorstep rescue 1\n";
constexpr std::string_view frame_mark = "DSR2";
constexpr std::size_t hash_bytes = 32;
constexpr std::size_t seed_bytes = 32;
constexpr std::string_view rescue_purpose = "doorstep rescue 2";

Error damaged(std::string what) {
    return {Fault::damaged, std::move(what), "Take the file from the tablet once more."};
}

Result<std::string> frame_of(const wire::PushRequest& push, const TabletIdentity& identity) {
    const auto seed = from_hex(identity.seed);
    if (!seed || seed->size() != seed_bytes)
        return damaged("What this tablet signs with cannot be read.");
    const auto pair = SigningPair::from_seed(SecretBytes(*seed));
    const auto encoded = wire::encode(push);
    Packer packed;
    packed(pair.public_key.bytes, encoded, sign(pair, rescue_purpose, encoded));
    return std::string(frame_mark) + packed.bytes();
}

Result<wire::PushRequest> next_push(const Store& store, const Uuid& enrolment, Sequence after,
                                    Sequence last) {
    wire::PushRequest push;
    TRY(push.envelopes, store.unsent(after, limits::push_bytes_start, limits::push_operations_max));
    TRY(push.chain_before, store.chain_at(after));
    push.proto = limits::protocol;
    push.enrolment = enrolment;
    push.first_sequence = after + 1;
    push.unsent = last - after;
    push.chain_after = push.chain_before;
    for (const auto& envelope : push.envelopes) {
        push.chain_after = wire::chain(push.chain_after, envelope);
        if (!is_sealed(envelope))
            return Error{
                Fault::refused,
                "Some of what is unsent was recorded before this tablet had the key of its endpoint, "
                "and would stand readable in the file.",
                "Sync the tablet instead."};
    }
    if (push.envelopes.empty())
        return Error{Fault::damaged, "What this tablet has to send could not be read from its storage.",
                     "Take the tablet to whoever looks after Doorstep."};
    return push;
}

std::string file_of(const std::vector<std::string>& frames) {
    Packer packed;
    packed(frames);
    auto file = std::string(file_header) + packed.bytes();
    file += Sha256::of(file).raw();
    return file;
}

// Nothing when it would stand readable in the file, or is not what it was.
std::optional<wire::Envelope> as_it_travels(const CopiedEnvelope& copied) {
    if (!is_checked(copied.outbound) || !copied.chain_before)
        return std::nullopt;
    const wire::Envelope envelope{copied.id, copied.first,
                                  static_cast<std::uint32_t>(copied.last - copied.first + 1),
                                  copied.outbound.substr(0, copied.outbound.size() - hash_bytes)};
    if (!is_sealed(envelope) || wire::chain(*copied.chain_before, envelope) != copied.chain)
        return std::nullopt;
    return envelope;
}

bool has_room_for(const wire::PushRequest& push, const wire::Envelope& next) {
    std::size_t bytes = next.body.size();
    std::size_t operations = next.count;
    for (const auto& one : push.envelopes) {
        bytes += one.body.size();
        operations += one.count;
    }
    return bytes <= limits::push_bytes_start && operations <= limits::push_operations_max;
}

// In their order; a place that is missing begins another push.
std::vector<wire::PushRequest> pushes_of(const std::vector<CopiedEnvelope>& copied, const Uuid& enrolment,
                                         Rescue& counted) {
    std::map<Sequence, const CopiedEnvelope*> in_order;
    for (const auto& one : copied)
        if (one.enrolment == enrolment)
            in_order[one.first] = &one;
    std::vector<wire::PushRequest> pushes;
    for (const auto& [first, one] : in_order) {
        auto envelope = as_it_travels(*one);
        const auto facts = one->last - first + 1;
        (envelope ? counted.facts : counted.left_behind) += facts;
        if (!envelope)
            continue;
        const bool follows = !pushes.empty() && pushes.back().chain_after == *one->chain_before &&
                             has_room_for(pushes.back(), *envelope);
        if (!follows) {
            auto& push = pushes.emplace_back();
            push.proto = limits::protocol;
            push.enrolment = enrolment;
            push.first_sequence = first;
            push.chain_before = *one->chain_before;
        }
        pushes.back().chain_after = one->chain;
        pushes.back().envelopes.push_back(std::move(*envelope));
    }
    // How many it still had then, for who reads the endpoint's list of tablets.
    std::uint64_t left = 0;
    for (auto push = pushes.rbegin(); push != pushes.rend(); ++push) {
        for (const auto& one : push->envelopes)
            left += one.count;
        push->unsent = left;
    }
    return pushes;
}

}  // namespace

Result<Rescue> write_rescue(const Store& store, const TabletIdentity& identity) {
    TRY(const auto enrolment, store.enrolment());
    TRY(const auto stands, store.position());
    TRY(auto frames, store.rescued_frames());
    Rescue rescue{{}, stands.last_sequence - stands.acked_through, stands.only_unlocked, frames.size()};
    if (rescue.facts == 0 && rescue.carried > 0) {
        rescue.file = file_of(frames);
        return rescue;
    }
    if (rescue.facts == 0)
        return Error{Fault::not_found,
                     rescue.left_behind == 0
                         ? std::string("Everything on this tablet was sent: there is nothing to rescue.")
                         : counted(rescue.left_behind, "fact can only be sent after somebody signed in.",
                                   "facts can only be sent after somebody signed in."),
                     ""};
    if (enrolment != identity.enrolment)
        return Error{Fault::conflict,
                     "What is unsent was recorded before this tablet was enrolled as it is now.",
                     "Sign in once: it is taken over then, and goes out with the next sync."};
    for (Sequence after = stands.acked_through; after < stands.last_sequence;) {
        TRY(const auto push, next_push(store, identity.enrolment, after, stands.last_sequence));
        TRY(auto frame, frame_of(push, identity));
        frames.push_back(std::move(frame));
        after = push.envelopes.back().last_sequence();
    }
    rescue.file = file_of(frames);
    return rescue;
}

Result<Rescue> write_rescue(const std::vector<CopiedEnvelope>& copied, const TabletIdentity& identity) {
    Rescue rescue;
    std::vector<std::string> frames;
    for (const auto& push : pushes_of(copied, identity.enrolment, rescue)) {
        TRY(auto frame, frame_of(push, identity));
        frames.push_back(std::move(frame));
    }
    if (frames.empty())
        return Error{Fault::not_found, "The second copy of what was not sent holds nothing that can be sent.",
                     ""};
    rescue.file = file_of(frames);
    return rescue;
}

Result<std::vector<std::string>> rescue_frames(std::string_view file) {
    if (!file.starts_with(file_mark))
        return Error{Fault::bad_input, "This is not a rescue file of Doorstep.",
                     "Choose the file that the tablet wrote."};
    if (!file.starts_with(file_header))
        return Error{Fault::newer_version, "The rescue file is of another version of Doorstep.",
                     "Install the newer Doorstep here."};
    if (file.size() < file_header.size() + hash_bytes || file.size() > rescue_file_bytes_max ||
        Sha256::of(file.substr(0, file.size() - hash_bytes)).raw() != file.substr(file.size() - hash_bytes))
        return damaged("The rescue file is cut off, or was altered.");
    file.remove_suffix(hash_bytes);
    Unpacker packed(file.substr(file_header.size()));
    std::vector<std::string> frames;
    packed(frames);
    if (!packed.ok() || !packed.at_end() || frames.empty())
        return damaged("The rescue file does not hold what it must.");
    for (const auto& frame : frames)
        if (const auto opened = open_rescue_frame(frame); !opened.ok())
            return opened.error();
    return frames;
}

Result<RescuedPush> open_rescue_frame(std::string_view frame) {
    const auto wrong =
        damaged("A part of the rescue file was altered, or was not signed by the tablet it names.");
    if (!frame.starts_with(frame_mark))
        return wrong;
    RescuedPush rescued;
    std::string encoded, signature;
    Unpacker packed(frame.substr(frame_mark.size()));
    packed(rescued.tablet_key.bytes, encoded, signature);
    if (!packed.ok() || !packed.at_end() || !verify(rescued.tablet_key, rescue_purpose, encoded, signature))
        return wrong;
    auto push = wire::decode_push_request(encoded);
    if (!push.ok() || push->envelopes.empty())
        return wrong;
    rescued.push = std::move(*push);
    return rescued;
}

Result<std::int64_t> keep_rescued(Store& store, std::string_view file) {
    TRY(const auto frames, rescue_frames(file));
    std::int64_t kept = 0;
    for (const auto& frame : frames) {
        TRY(const bool added, store.carry_rescued(frame));
        kept += added ? 1 : 0;
    }
    return kept;
}

Result<bool> Store::carry_rescued(std::string_view frame) {
    auto& sql = *state_->sql;
    TRY_DO(sql.begin());
    const auto added =
        sql.run("insert into rescued(frame_hash, arrived, refused, frame) values(:hash, (select "
                "coalesce(max(arrived), 0) + 1 from rescued), 0, :frame) on conflict do nothing",
                {{"hash", sql_value(Sha256::of(frame))}, {"frame", Blob{std::string(frame)}}});
    auto kept = added.ok() ? sql.commit() : Result<void>(added.error());
    if (kept.ok())
        return *added > 0;
    sql.rollback();
    return kept.error();
}

Result<std::string> Store::next_rescued(std::uint64_t passed_over) const {
    std::string frame;
    TRY_DO(state_->sql->query(
        "select frame from rescued where refused = 0 order by arrived limit 1 offset :over",
        {{"over", sql_value(passed_over)}}, [&](const SqlRow& row) {
            frame = row.blob(0);
            return false;
        }));
    return frame;
}

Result<std::vector<std::string>> Store::rescued_frames() const {
    std::vector<std::string> frames;
    TRY_DO(state_->sql->query("select frame from rescued where refused = 0 order by arrived", {},
                              [&](const SqlRow& row) {
                                  frames.push_back(row.blob(0));
                                  return true;
                              }));
    return frames;
}

// One that the endpoint refused stays, for whoever wants to know why.
Result<void> Store::drop_rescued(std::string_view frame, bool refused) {
    TRY(auto transaction, begin_any());
    TRY_DO(transaction.sql().run(refused ? "update rescued set refused = 1 where frame_hash = :hash"
                                         : "delete from rescued where frame_hash = :hash",
                                 {{"hash", sql_value(Sha256::of(frame))}}));
    return transaction.commit();
}

}  // namespace doorstep
