#include "sync/endpoint/backup.h"

#include <fmt/format.h>

#include <algorithm>

#include "forms/base/packing.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

enum class Part : std::uint8_t { head = 1, table, row, trailer };
enum class Kind : std::uint8_t { null = 0, integer, real, text, blob };

constexpr std::uint64_t format_version = 1;
constexpr std::size_t length_bytes = 4;
// More than any row of ours: a damaged length must not cost memory.
constexpr std::uint32_t part_bytes_max = 64u * 1024 * 1024;

Error damaged(std::string what) {
    return {Fault::damaged, std::move(what), "Take another backup."};
}

// Parts with their lengths, and a hash over all of them.
class PartWriter {
public:
    explicit PartWriter(SealedStreamWriter& out) : out_(out) {}

    Result<void> put(Part part, const Packer& content) {
        std::string bytes(length_bytes, '\0');
        bytes += static_cast<char>(part);
        bytes += content.bytes();
        const auto length = bytes.size() - length_bytes;
        for (std::size_t i = 0; i < length_bytes; ++i)
            bytes[i] = static_cast<char>((length >> (8 * i)) & 0xff);
        hash_ = Sha256::of(std::string(hash_.raw()) + std::string(Sha256::of(bytes).raw()));
        return out_.write(bytes);
    }
    const Sha256& hash() const { return hash_; }

private:
    SealedStreamWriter& out_;
    Sha256 hash_;
};

struct ReadPart {
    Part part = Part::head;
    std::string content;
    Sha256 hash_before;
};

class PartReader {
public:
    explicit PartReader(SealedStreamReader& in) : in_(in) {}

    Result<ReadPart> next() {
        TRY(auto length, in_.read(length_bytes));
        std::uint32_t size = 0;
        for (std::size_t i = 0; i < length_bytes; ++i)
            size |= static_cast<std::uint32_t>(static_cast<unsigned char>(length[i])) << (8 * i);
        if (size == 0 || size > part_bytes_max)
            return damaged("The backup is damaged: a part of it has no possible length.");
        TRY(auto bytes, in_.read(size));
        ReadPart read{static_cast<Part>(bytes[0]), bytes.substr(1), hash_};
        hash_ = Sha256::of(std::string(hash_.raw()) + std::string(Sha256::of(length + bytes).raw()));
        return read;
    }

private:
    SealedStreamReader& in_;
    Sha256 hash_;
};

void pack_value(Packer& packed, const SqlValue& value) {
    if (std::holds_alternative<Null>(value))
        packed(Kind::null);
    else if (const auto* integer = std::get_if<std::int64_t>(&value))
        packed(Kind::integer, *integer);
    else if (const auto* real = std::get_if<double>(&value))
        packed(Kind::real, *real);
    else if (const auto* text = std::get_if<std::string>(&value))
        packed(Kind::text, *text);
    else
        packed(Kind::blob, std::get<Blob>(value).bytes);
}

SqlValue unpack_value(Unpacker& packed) {
    Kind kind{};
    packed(kind);
    std::int64_t integer = 0;
    double real = 0;
    std::string bytes;
    switch (kind) {
    case Kind::null:
        return Null{};
    case Kind::integer:
        return packed(integer), integer;
    case Kind::real:
        return packed(real), real;
    case Kind::text:
        return packed(bytes), bytes;
    case Kind::blob:
        return packed(bytes), Blob{bytes};
    }
    packed.fail();
    return Null{};
}

Packer packed_head(const BackupHead& head) {
    Packer packed;
    packed(format_version, head.made_ms, std::string(head.epoch.raw()), head.cursor, head.store_version,
           head.endpoint_version, head.keys);
    return packed;
}

Result<BackupHead> unpacked_head(std::string_view content) {
    Unpacker packed(content);
    BackupHead head;
    std::uint64_t format = 0;
    std::string epoch;
    packed(format);
    if (format > format_version)
        return Error{Fault::newer_version, "The backup was written by a newer Doorstep.",
                     "Install the newer Doorstep first."};
    packed(head.made_ms, epoch, head.cursor, head.store_version, head.endpoint_version, head.keys);
    const auto id = Uuid::from_bytes(epoch);
    if (!packed.ok() || !id)
        return damaged("The backup is damaged: its head cannot be read.");
    head.epoch = *id;
    return head;
}

struct Trailer {
    std::vector<std::pair<std::string, std::uint64_t>> rows;
    std::uint64_t audit_number = 0;
    std::string audit_hash;
    std::vector<std::pair<std::string, std::uint64_t>> tablets;
    std::string hash;  // over every part before
};
template<class Archive, Is<Trailer> T>
void pack(Archive& archive, T& trailer) {
    auto& [rows, number, audit_hash, tablets, hash] = trailer;
    archive(rows, number, audit_hash, tablets, hash);
}

Result<std::map<Uuid, Sequence>> acknowledged(SqlConnection& sql) {
    std::map<Uuid, Sequence> tablets;
    TRY_DO(sql.query("select enrolment, acked_seq from tablet where partnership = :partnership",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         tablets[row.uuid(0)] = unsigned_column(row, 1);
                         return true;
                     }));
    return tablets;
}

Result<std::uint64_t> write_table(SqlConnection& sql, const std::string& table, PartWriter& out) {
    TRY(const auto columns, columns_of(sql, table));
    Packer announced;
    announced(table, columns);
    TRY_DO(out.put(Part::table, announced));
    std::uint64_t rows = 0;
    Result<void> written;
    TRY_DO(sql.query(fmt::format("select {} from {}", fmt::join(columns, ", "), table), {},
                     [&](const SqlRow& row) {
                         Packer packed;
                         for (std::size_t i = 0; i < columns.size(); ++i)
                             pack_value(packed, row.value(static_cast<int>(i)));
                         written = out.put(Part::row, packed);
                         ++rows;
                         return written.ok();
                     }));
    TRY_DO(written);
    return rows;
}

// A name that may stand in SQL as it is.
bool is_plain_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

// Puts the rows of one table after another into a database.
class Putting {
public:
    explicit Putting(SqlConnection* into) : into_(into) {}

    Result<void> begin() {
        if (into_ == nullptr)
            return {};
        TRY(known_, tables_of(*into_));
        return {};
    }

    Result<void> table(const std::string& name, const std::vector<std::string>& columns) {
        names_ = columns;
        insert_.clear();
        if (!is_plain_name(name) || columns.empty() ||
            !std::all_of(columns.begin(), columns.end(), is_plain_name))
            return damaged("The backup is damaged: a table of it has no possible name.");
        if (into_ == nullptr)
            return {};
        if (std::find(known_.begin(), known_.end(), name) == known_.end())
            return newer();
        TRY(const auto here, columns_of(*into_, name));
        for (const auto& column : columns)
            if (std::find(here.begin(), here.end(), column) == here.end())
                return newer();
        insert_ = fmt::format("insert into {}({}) values(:{})", name, fmt::join(columns, ", "),
                              fmt::join(columns, ", :"));
        return empty(name);
    }

    Result<void> row(std::string_view content) {
        Unpacker packed(content);
        std::vector<SqlParameter> values;
        for (const auto& name : names_)
            values.push_back({name, unpack_value(packed)});
        if (!packed.ok() || !packed.at_end())
            return damaged("The backup is damaged: a row of it cannot be read.");
        if (into_ == nullptr)
            return {};
        TRY_DO(into_->run(insert_, values));
        return {};
    }

private:
    static Error newer() {
        return {Fault::newer_version, "The backup holds tables that this Doorstep does not know.",
                "Install the Doorstep that made it, or a newer one."};
    }
    // A fresh endpoint's own first rows.
    Result<void> empty(const std::string& name) {
        if (name == "audit_entry")
            return {};
        TRY_DO(into_->run(fmt::format("delete from {}", name)));
        return {};
    }

    SqlConnection* into_;
    std::vector<std::string> known_;
    std::vector<std::string> names_;
    std::string insert_;
};

Result<BackupSummary> check_trailer(BackupSummary summary, const ReadPart& read) {
    Unpacker packed(read.content);
    Trailer trailer;
    packed(trailer);
    if (!packed.ok() || !packed.at_end() || trailer.hash != read.hash_before.raw())
        return damaged("The backup is damaged: its hash is not that of its content.");
    const std::map<std::string, std::uint64_t> counts(trailer.rows.begin(), trailer.rows.end());
    if (counts != summary.rows)
        return damaged("The backup is damaged: it does not hold as many rows as it says.");
    summary.audit.number = trailer.audit_number;
    std::copy_n(trailer.audit_hash.begin(),
                std::min(trailer.audit_hash.size(), summary.audit.hash.bytes.size()),
                summary.audit.hash.bytes.begin());
    for (const auto& [enrolment, acked] : trailer.tablets)
        summary.tablets[Uuid::from_bytes(enrolment).value_or(Uuid{})] = acked;
    return summary;
}

Result<std::int64_t> number_of(SqlConnection& sql, std::string_view question) {
    std::int64_t number = 0;
    TRY_DO(sql.query(question, {}, [&](const SqlRow& row) {
        number = row.integer(0);
        return false;
    }));
    return number;
}

}  // namespace

std::uint64_t BackupSummary::total() const {
    std::uint64_t sum = 0;
    for (const auto& [table, count] : rows)
        sum += count;
    return sum;
}

Result<std::vector<std::string>> tables_of(SqlConnection& sql) {
    const bool sqlite = sql.engine() == SqlConnection::Engine::sqlite;
    std::vector<std::string> names;
    TRY_DO(sql.query(sqlite
                         ? "select name from sqlite_master where type = 'table' and name not like 'sqlite%' "
                           "order by name"
                         : "select table_name::text from information_schema.tables where table_schema = "
                           "current_schema() and table_type = 'BASE TABLE' and table_name <> "
                           "'schema_version' order by table_name",
                     {}, [&](const SqlRow& row) {
                         names.push_back(row.text(0));
                         return true;
                     }));
    return names;
}

Result<std::vector<std::string>> columns_of(SqlConnection& sql, const std::string& table) {
    const bool sqlite = sql.engine() == SqlConnection::Engine::sqlite;
    std::vector<std::string> names;
    TRY_DO(sql.query(sqlite ? "select name from pragma_table_info(:table) order by cid"
                            : "select column_name::text from information_schema.columns where table_schema = "
                              "current_schema() and table_name = :table order by ordinal_position",
                     {{"table", table}}, [&](const SqlRow& row) {
                         names.push_back(row.text(0));
                         return true;
                     }));
    return names;
}

Result<BackupHead> head_of(SqlConnection& sql, const Clock& clock) {
    BackupHead head;
    head.made_ms = clock.now_ms();
    TRY(head.epoch, current_epoch(sql));
    TRY(const auto cursor, number_of(sql, "select seq from partnership_clock where partnership = 1"));
    head.cursor = static_cast<std::uint64_t>(cursor);
    TRY(head.endpoint_version,
        number_of(sql, "select schema_version from endpoint_state where partnership = 1"));
    TRY(head.store_version, number_of(sql, "select fold_version from store_state where partnership = 1"));
    return head;
}

Result<BackupSummary> write_backup(SqlConnection& sql, const BackupHead& head, SealedStreamWriter& out) {
    PartWriter parts(out);
    TRY_DO(parts.put(Part::head, packed_head(head)));
    BackupSummary summary{head, {}, {}, {}};
    TRY(const auto tables, tables_of(sql));
    for (const auto& table : tables) {
        TRY(summary.rows[table], write_table(sql, table, parts));
    }
    TRY(summary.audit, audit_place(sql));
    TRY(summary.tablets, acknowledged(sql));
    Trailer trailer{{summary.rows.begin(), summary.rows.end()},
                    summary.audit.number,
                    std::string(summary.audit.hash.raw()),
                    {},
                    std::string(parts.hash().raw())};
    for (const auto& [enrolment, acked] : summary.tablets)
        trailer.tablets.emplace_back(std::string(enrolment.raw()), acked);
    Packer packed;
    packed(trailer);
    TRY_DO(parts.put(Part::trailer, packed));
    TRY_DO(out.finish());
    return summary;
}

Result<BackupSummary> read_backup(SealedStreamReader& in, SqlConnection* into) {
    PartReader parts(in);
    TRY(const auto first, parts.next());
    if (first.part != Part::head)
        return damaged("The backup is damaged: it does not begin with its head.");
    BackupSummary summary;
    TRY(summary.head, unpacked_head(first.content));
    Putting putting(into);
    TRY_DO(putting.begin());
    for (std::uint64_t* rows = nullptr;;) {
        TRY(const auto read, parts.next());
        if (read.part == Part::trailer) {
            TRY(const bool ended, in.at_end());
            return ended ? check_trailer(std::move(summary), read)
                         : damaged("The backup is damaged: something follows its end.");
        }
        if (read.part == Part::table) {
            Unpacker packed(read.content);
            std::string name;
            std::vector<std::string> columns;
            packed(name, columns);
            TRY_DO(putting.table(packed.ok() ? name : std::string{}, columns));
            rows = &summary.rows[name];
        } else if (read.part == Part::row && rows != nullptr) {
            TRY_DO(putting.row(read.content));
            ++*rows;
        } else {
            return damaged("The backup is damaged: a part of it stands in the wrong place.");
        }
    }
}

Result<EpochStep> go_on_from_backup(SqlConnection& sql, const Clock& clock, Random& random,
                                    const BackupSummary& backup, const RestoreOrder& order) {
    TRY(const auto place, audit_place(sql));
    if (place != backup.audit)
        return damaged("The backup is damaged: its audit does not end where it says.");
    TRY(const auto step, begin_epoch(sql, clock, random, true, order.sent));
    TRY_DO(note_in_audit(
        sql, clock,
        {order.who, "restore",
         fmt::format("epoch {} after {}, feed {}", step.epoch.text(), step.parent.text(), step.parent_cut),
         order.reason}));
    return step;
}

}  // namespace doorstep
