#include "sync/store/second_copy.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include "forms/base/packing.h"
#include "sync/store/sealed_tables.h"
#include "sync/store/sql_values.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

// Mark, length, content, hash of the content.
constexpr std::string_view envelope_mark = "DSE2";
constexpr std::string_view through_mark = "DSM1";
constexpr std::string_view mark = "DS";  // of both
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

std::string framed(std::string_view kind, const std::string& content) {
    std::string frame(kind);
    for (int shift = 24; shift >= 0; shift -= 8)
        frame += static_cast<char>(static_cast<unsigned char>(content.size() >> shift));
    frame += content;
    frame += Sha256::of(content).raw();
    return frame;
}

std::string framed(const CopiedEnvelope& one) {
    return framed(envelope_mark, packed(one));
}

std::string framed(const CopyMark& through) {
    Packer packer;
    packer(std::string(through.enrolment.raw()), through.last, std::string(through.chain.raw()));
    return framed(through_mark, packer.bytes());
}

std::optional<CopyMark> unpacked_mark(std::string_view content) {
    Unpacker unpacker(content);
    CopyMark through;
    std::string enrolment, chain;
    unpacker(enrolment, through.last, chain);
    const auto enrolled = Uuid::from_bytes(enrolment);
    if (!unpacker.ok() || !unpacker.at_end() || !enrolled || chain.size() != through.chain.bytes.size())
        return std::nullopt;
    through.enrolment = *enrolled;
    std::copy(chain.begin(), chain.end(), through.chain.bytes.begin());
    return through;
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
        length = length << 8 | static_cast<unsigned char>(bytes[at + envelope_mark.size() + i]);
    return length;
}

bool take(CopyContent& content, std::string_view kind, std::string_view bytes) {
    if (kind == through_mark) {
        auto through = unpacked_mark(bytes);
        if (through)
            content.mark = std::move(through);
        return through.has_value();
    }
    auto one = kind == envelope_mark ? unpacked(bytes) : std::nullopt;
    if (one)
        content.envelopes.push_back(std::move(*one));
    return one.has_value();
}

// And where the last of them ends.
std::pair<CopyContent, std::size_t> whole_ones(std::string_view bytes) {
    CopyContent content;
    std::size_t end = 0;
    for (std::size_t at = 0; at + head + tail <= bytes.size();) {
        const auto found = bytes.find(mark, at);
        if (found == std::string_view::npos || found + head + tail > bytes.size())
            break;
        const auto length = length_at(bytes, found);
        at = found + 1;
        if (length > bytes.size() - found - head - tail)
            continue;
        const auto inside = bytes.substr(found + head, length);
        const auto kind = bytes.substr(found, envelope_mark.size());
        if ((kind != envelope_mark && kind != through_mark) ||
            Sha256::of(inside).raw() != bytes.substr(found + head + length, tail) ||
            !take(content, kind, inside))
            continue;
        at = end = found + head + length + tail;
    }
    return {std::move(content), end};
}

struct Stands {
    Uuid enrolment;
    std::uint64_t acked = 0;
    Sha256 acked_chain;
    std::uint64_t last = 0;
};

Result<std::optional<Stands>> stands_of(SqlConnection& sealed) {
    std::optional<Stands> stands;
    TRY_DO(sealed.query("select enrolment, acked_seq, acked_chain, last_seq from sync_state where "
                        "partnership = :partnership",
                        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                            stands = Stands{row.uuid(0), unsigned_column(row, 1), sha256_column(row, 2),
                                            unsigned_column(row, 3)};
                            return false;
                        }));
    return stands;
}

std::optional<CopyMark> mark_of(const std::optional<Stands>& stands) {
    if (!stands || stands->acked == 0 || stands->enrolment.is_nil())
        return std::nullopt;
    return CopyMark{stands->enrolment, stands->acked, stands->acked_chain};
}

}  // namespace

SecondCopy::SecondCopy(std::unique_ptr<VfsFile> file, std::string store_file, std::string vfs)
    : file_(std::move(file)), store_file_(std::move(store_file)), vfs_(std::move(vfs)) {}
SecondCopy::SecondCopy(SecondCopy&&) noexcept = default;
SecondCopy& SecondCopy::operator=(SecondCopy&&) noexcept = default;
SecondCopy::~SecondCopy() = default;

Result<SecondCopy> SecondCopy::open(const std::string& store_file, const SqliteOptions& options) {
    TRY(auto file, VfsFile::open(store_file + "-unsent", options.vfs));
    SecondCopy copy(std::move(file), store_file, options.vfs);
    TRY_DO(copy.read());
    return copy;
}

Result<void> SecondCopy::read() {
    TRY(const auto bytes, file_->read_all());
    std::tie(content_, end_) = whole_ones(bytes);
    return end_ < bytes.size() ? file_->cut(end_) : Result<void>{};
}

Result<std::vector<CopiedEnvelope>> SecondCopy::look(const std::string& store_file) {
    TRY(const auto bytes, read_small_file(store_file + "-unsent", copy_bytes_max));
    return whole_ones(bytes).first.envelopes;
}

CopyContent SecondCopy::look_at_all(const std::string& store_file) {
    const auto bytes = read_small_file(store_file + "-unsent", copy_bytes_max);
    return bytes.ok() ? whole_ones(*bytes).first : CopyContent{};
}

Result<std::vector<CopiedEnvelope>> SecondCopy::missing(SqlConnection& sealed) const {
    std::set<Uuid> here;
    for (const auto& one : content_.envelopes)
        here.insert(one.id);
    std::vector<std::uint64_t> places;
    TRY_DO(sealed.query("select e.first_seq, e.id from disk.sealed_envelope e join sync_state s on "
                        "s.enrolment = e.enrolment where e.first_seq > s.acked_seq order by e.first_seq",
                        {}, [&](const SqlRow& row) {
                            if (!here.contains(row.uuid(1)))
                                places.push_back(unsigned_column(row, 0));
                            return true;
                        }));
    std::vector<CopiedEnvelope> found;
    for (const auto first : places)
        TRY_DO(sealed.query(
            "select e.enrolment, e.first_seq, e.last_seq, e.id, e.generation, e.sealed, e.chain, e.outbound, "
            "case when s.acked_seq = e.first_seq - 1 then s.acked_chain else (select p.chain "
            "from disk.sealed_envelope p where p.enrolment = e.enrolment and p.last_seq = e.first_seq - 1) "
            "end from disk.sealed_envelope e join sync_state s on s.enrolment = e.enrolment "
            "where e.first_seq = :first",
            {{"first", sql_value(first)}}, [&](const SqlRow& row) {
                found.push_back({row.uuid(0), unsigned_column(row, 1), unsigned_column(row, 2), row.uuid(3),
                                 static_cast<KeyGeneration>(row.integer(4)), row.blob(5),
                                 sha256_column(row, 6), row.blob(7),
                                 row.is_null(8) ? std::nullopt : std::optional(sha256_column(row, 8))});
                return true;
            }));
    return found;
}

Result<void> SecondCopy::catch_up(SqlConnection& sealed) {
    TRY(auto wanted, missing(sealed));
    std::string bytes;
    for (const auto& one : wanted)
        bytes += framed(one);
    if (bytes.empty())
        return {};
    const bool was_untidy = std::exchange(untidy_, true);
    TRY_DO(file_->write(bytes, end_));
    TRY_DO(file_->sync());
    untidy_ = was_untidy;  // what it could not keep before may have been longer
    end_ += bytes.size();
    std::move(wanted.begin(), wanted.end(), std::back_inserter(content_.envelopes));
    return {};
}

// Not synced: what comes back after a power cut was acknowledged, and is known there.
Result<void> SecondCopy::drop_acknowledged(SqlConnection& sealed) {
    if (content_.envelopes.empty() && !untidy_)
        return {};
    TRY(const auto stands, stands_of(sealed));
    // What is not sent yet stays, counted or not, until the next finish writes it whole.
    if (!stands || stands->acked < stands->last)
        return {};
    for (const auto& one : content_.envelopes)
        if (one.enrolment != stands->enrolment || one.last > stands->acked)
            return {};
    const auto through = mark_of(stands);
    const auto bytes = through ? framed(*through) : std::string{};
    if (!bytes.empty())
        TRY_DO(file_->write(bytes, 0));
    TRY_DO(file_->cut(bytes.size()));
    content_ = {{}, through};
    end_ = bytes.size();
    untidy_ = false;
    return {};
}

// Over what was there, and then cut: whatever a kill leaves, some of it whole, the store has it all.
Result<void> SecondCopy::begin_anew(SqlConnection& sealed) {
    TRY(const auto stands, stands_of(sealed));
    // Until it is written nothing is known to be in the file: the next finish writes it all.
    content_ = {{}, mark_of(stands)};
    end_ = 0;
    untidy_ = true;
    TRY(auto wanted, missing(sealed));
    std::string bytes = content_.mark ? framed(*content_.mark) : std::string{};
    for (const auto& one : wanted)
        bytes += framed(one);
    if (!bytes.empty())
        TRY_DO(file_->write(bytes, 0));
    TRY_DO(file_->cut(bytes.size()));
    TRY_DO(file_->sync());
    content_.envelopes = std::move(wanted);
    end_ = bytes.size();
    untidy_ = false;
    return {};
}

Result<void> SecondCopy::keep_aside(const std::vector<CopiedEnvelope>& unreadable) const {
    TRY(const auto file, VfsFile::open(store_file_ + "-unreadable", vfs_));
    TRY(const auto before, file->read_all());
    std::string bytes;
    for (const auto& one : unreadable)
        bytes += framed(one);
    if (before.find(bytes) != std::string::npos)
        return {};
    TRY_DO(file->write(bytes, before.size()));
    return file->sync();
}

Result<std::int64_t> put_copied(SqlConnection& sql, const CopiedEnvelope& one) {
    return sql.run("insert or ignore into disk.sealed_envelope(enrolment, first_seq, last_seq, id, "
                   "compartment, generation, sealed, chain, outbound) values(:enrolment, :first, :last, "
                   ":id, 0, :generation, :sealed, :chain, :outbound)",
                   {{"enrolment", sql_value(one.enrolment)},
                    {"first", sql_value(one.first)},
                    {"last", sql_value(one.last)},
                    {"id", sql_value(one.id)},
                    {"generation", std::int64_t{one.generation}},
                    {"sealed", Blob{one.sealed}},
                    {"chain", sql_value(one.chain)},
                    {"outbound", Blob{one.outbound}}});
}

Result<std::int64_t> SecondCopy::put_back(SqlConnection& sql, const RowKeys& keys) const {
    return put_back_rows(sql, content_, keys);
}

Result<std::int64_t> put_back_rows(SqlConnection& sql, const CopyContent& copy, const RowKeys& keys) {
    std::int64_t added = 0;
    TRY_DO(sql.begin());
    for (const auto& one : copy.envelopes) {
        if (!keys.open(content_identity(one.id, "envelope"), one.generation, one.sealed).ok())
            continue;
        const auto put = put_copied(sql, one);
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
