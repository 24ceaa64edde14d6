#include "sync/store/second_copy.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "forms/base/packing.h"
#include "sync/store/sealed_tables.h"
#include "sync/store/sql_values.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

// Mark, length, content, hash of the content.
constexpr std::string_view mark = "DSE2";
constexpr std::size_t head = 8;
constexpr std::size_t tail = 32;
constexpr std::size_t copy_bytes_max = std::size_t{1} << 30;

std::string packed(const CopiedEnvelope& one) {
    Packer packer;
    packer(std::string(one.enrolment.raw()), one.first, one.last, std::string(one.id.raw()),
           std::uint64_t{one.generation}, one.sealed, std::string(one.chain.raw()), one.outbound,
           one.chain_before ? std::string(one.chain_before->raw()) : std::string{});
    return packer.bytes();
}

std::string framed(const CopiedEnvelope& one) {
    const auto content = packed(one);
    std::string frame(mark);
    for (int shift = 24; shift >= 0; shift -= 8)
        frame += static_cast<char>(static_cast<unsigned char>(content.size() >> shift));
    frame += content;
    frame += Sha256::of(content).raw();
    return frame;
}

std::optional<CopiedEnvelope> unpacked(std::string_view content) {
    Unpacker unpacker(content);
    CopiedEnvelope one;
    std::string enrolment, id, chain, before;
    std::uint64_t generation = 0;
    unpacker(enrolment, one.first, one.last, id, generation, one.sealed, chain, one.outbound, before);
    const auto enrolled = Uuid::from_bytes(enrolment);
    const auto named = Uuid::from_bytes(id);
    if (!unpacker.ok() || !unpacker.at_end() || !enrolled || !named || chain.size() != one.chain.bytes.size())
        return std::nullopt;
    one.enrolment = *enrolled;
    one.id = *named;
    one.generation = static_cast<KeyGeneration>(generation);
    std::copy(chain.begin(), chain.end(), one.chain.bytes.begin());
    if (before.size() == one.chain.bytes.size())
        std::copy(before.begin(), before.end(), one.chain_before.emplace().bytes.begin());
    return one;
}

std::size_t length_at(std::string_view bytes, std::size_t at) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
        length = length << 8 | static_cast<unsigned char>(bytes[at + mark.size() + i]);
    return length;
}

// And where the last of them ends.
std::pair<std::vector<CopiedEnvelope>, std::size_t> whole_ones(std::string_view bytes) {
    std::vector<CopiedEnvelope> envelopes;
    std::size_t end = 0;
    for (std::size_t at = 0; at + head + tail <= bytes.size();) {
        const auto found = bytes.find(mark, at);
        if (found == std::string_view::npos || found + head + tail > bytes.size())
            break;
        const auto length = length_at(bytes, found);
        at = found + 1;
        if (length > bytes.size() - found - head - tail)
            continue;
        const auto content = bytes.substr(found + head, length);
        if (Sha256::of(content).raw() != bytes.substr(found + head + length, tail))
            continue;
        auto one = unpacked(content);
        if (!one)
            continue;
        envelopes.push_back(std::move(*one));
        at = end = found + head + length + tail;
    }
    return {std::move(envelopes), end};
}

}  // namespace

SecondCopy::SecondCopy(std::unique_ptr<VfsFile> file) : file_(std::move(file)) {}
SecondCopy::SecondCopy(SecondCopy&&) noexcept = default;
SecondCopy& SecondCopy::operator=(SecondCopy&&) noexcept = default;
SecondCopy::~SecondCopy() = default;

Result<SecondCopy> SecondCopy::open(const std::string& store_file, const SqliteOptions& options) {
    TRY(auto file, VfsFile::open(store_file + "-unsent", options.vfs));
    SecondCopy copy(std::move(file));
    TRY_DO(copy.read());
    return copy;
}

Result<void> SecondCopy::read() {
    TRY(const auto bytes, file_->read_all());
    std::tie(envelopes_, end_) = whole_ones(bytes);
    return end_ < bytes.size() ? file_->cut(end_) : Result<void>{};
}

Result<std::vector<CopiedEnvelope>> SecondCopy::look(const std::string& store_file) {
    TRY(const auto bytes, read_small_file(store_file + "-unsent", copy_bytes_max));
    return whole_ones(bytes).first;
}

Result<void> SecondCopy::catch_up(SqlConnection& sealed) {
    std::optional<Uuid> enrolment;
    TRY_DO(sealed.query("select enrolment from sync_state where partnership = :partnership",
                        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                            enrolment = row.uuid(0);
                            return false;
                        }));
    if (!enrolment)
        return {};
    std::uint64_t through = 0;
    for (const auto& one : envelopes_)
        if (one.enrolment == *enrolment)
            through = std::max(through, one.last);
    std::vector<CopiedEnvelope> missing;
    std::string bytes;
    TRY_DO(sealed.query("select e.first_seq, e.last_seq, e.id, e.generation, e.sealed, e.chain, e.outbound, "
                        "case when s.acked_seq = e.first_seq - 1 then s.acked_chain else (select p.chain "
                        "from disk.sealed_envelope p where p.enrolment = e.enrolment and p.last_seq = "
                        "e.first_seq - 1) end "
                        "from disk.sealed_envelope e join sync_state s on s.enrolment = e.enrolment "
                        "where e.first_seq > :through and e.first_seq > s.acked_seq order by e.first_seq",
                        {{"through", sql_value(through)}}, [&](const SqlRow& row) {
                            missing.push_back(
                                {*enrolment, unsigned_column(row, 0), unsigned_column(row, 1), row.uuid(2),
                                 static_cast<KeyGeneration>(row.integer(3)), row.blob(4),
                                 sha256_column(row, 5), row.blob(6),
                                 row.is_null(7) ? std::nullopt : std::optional(sha256_column(row, 7))});
                            bytes += framed(missing.back());
                            return true;
                        }));
    if (missing.empty())
        return {};
    TRY_DO(file_->write(bytes, end_));
    TRY_DO(file_->sync());
    end_ += bytes.size();
    std::move(missing.begin(), missing.end(), std::back_inserter(envelopes_));
    return {};
}

// Not synced: what comes back after a power cut was acknowledged, and is known there.
Result<void> SecondCopy::empty() {
    if (end_ == 0)
        return {};
    TRY_DO(file_->cut(0));
    end_ = 0;
    envelopes_.clear();
    return {};
}

Result<void> SecondCopy::begin_anew(SqlConnection& sealed) {
    TRY_DO(empty());
    return catch_up(sealed);
}

Result<std::int64_t> SecondCopy::put_back(SqlConnection& sql, const RowKeys& keys) const {
    std::int64_t added = 0;
    TRY_DO(sql.begin());
    for (const auto& one : envelopes_) {
        if (!keys.open(content_identity(one.id, "envelope"), one.generation, one.sealed).ok())
            continue;
        const auto put = sql.run("insert or ignore into disk.sealed_envelope(enrolment, first_seq, last_seq, "
                                 "id, compartment, generation, sealed, chain, outbound) values(:enrolment, "
                                 ":first, :last, :id, 0, :generation, :sealed, :chain, :outbound)",
                                 {{"enrolment", sql_value(one.enrolment)},
                                  {"first", sql_value(one.first)},
                                  {"last", sql_value(one.last)},
                                  {"id", sql_value(one.id)},
                                  {"generation", std::int64_t{one.generation}},
                                  {"sealed", Blob{one.sealed}},
                                  {"chain", sql_value(one.chain)},
                                  {"outbound", Blob{one.outbound}}});
        if (!put.ok()) {
            sql.rollback();
            return put;
        }
        added += *put;
    }
    TRY_DO(sql.commit());
    return added;
}

}  // namespace doorstep
