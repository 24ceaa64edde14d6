#include "sync/store/salvage.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "sync/store/attachment_rows.h"
#include "sync/store/clear_columns.h"
#include "sync/store/sealed_tables.h"
#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "sync/wire/messages.h"

namespace doorstep {

namespace {

struct Column {
    std::string name;
    std::string type;
    bool may_be_null = true;
};

struct Table {
    std::string name;
    std::vector<Column> columns;
    std::optional<std::size_t> rowid;  // the column that is the rowid
    std::int64_t saved = 0;
    std::int64_t refused = 0;
};

bool fits(const Column& column, const SqlValue& value) {
    if (std::holds_alternative<Null>(value))
        return column.may_be_null;
    if (column.type == "text")
        return std::holds_alternative<std::string>(value);
    if (column.type == "blob")
        return std::holds_alternative<Blob>(value);
    return std::holds_alternative<std::int64_t>(value);
}

// Columns that a later version added are missing from older rows.
bool fits(const Table& table, const StoredRow& row) {
    if (row.values.empty() || row.values.size() > table.columns.size())
        return false;
    for (std::size_t i = 0; i < row.values.size(); ++i) {
        const bool is_rowid = table.rowid == i;
        if (is_rowid ? !std::holds_alternative<Null>(row.values[i]) : !fits(table.columns[i], row.values[i]))
            return false;
    }
    return true;
}

Result<std::vector<Table>> tables_of(SqlConnection& sql, const std::string& schema) {
    std::vector<Table> tables;
    TRY_DO(sql.query(
        fmt::format("select name from {}.sqlite_master where type = 'table' order by rowid", schema), {},
        [&](const SqlRow& row) {
            tables.push_back({row.text(0), {}, {}});
            return true;
        }));
    for (auto& table : tables) {
        int keys = 0;
        TRY_DO(sql.query(
            fmt::format("pragma {}.table_info({})", schema, table.name), {}, [&](const SqlRow& row) {
                auto type = row.text(2);
                std::transform(type.begin(), type.end(), type.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
                const bool key = row.integer(5) > 0;
                keys += key ? 1 : 0;
                if (key && type == "integer")
                    table.rowid = table.columns.size();
                table.columns.push_back({row.text(1), type, row.integer(3) == 0});
                return true;
            }));
        if (keys != 1)
            table.rowid.reset();
    }
    return tables;
}

class Salvage {
public:
    Salvage(const SqlitePages& damaged, SqlConnection& fresh, std::string schema, const RowProof& proof)
        : damaged_(damaged), fresh_(fresh), schema_(std::move(schema)), proof_(proof) {}

    Result<Salvaged> run() {
        TRY(tables_, tables_of(fresh_, schema_));
        read_roots();
        // Down from the roots, where they are known; then the pages that nothing leads to.
        for (auto& table : tables_)
            if (const auto root = roots_.find(table.name); root != roots_.end())
                TRY_DO(descend(root->second, table));
        for (std::uint32_t page = 2; page <= damaged_.count(); ++page)
            if (!done_.contains(page))
                TRY_DO(take_leaf(page, nullptr));
        return report();
    }

private:
    // Rows of SQLite's own table of tables; it may reach over several pages.
    void read_roots() {
        for (std::uint32_t page = 1; page <= damaged_.count(); ++page) {
            const auto leaf = damaged_.leaf(page);
            if (!leaf)
                continue;
            for (const auto& row : leaf->rows)
                if (row.values.size() == 5 && row.values[0] == SqlValue(std::string("table")))
                    if (const auto* name = std::get_if<std::string>(&row.values[1]))
                        if (const auto* root = std::get_if<std::int64_t>(&row.values[3]))
                            roots_.emplace(*name, static_cast<std::uint32_t>(*root));
        }
    }

    Result<void> descend(std::uint32_t page, Table& table) {
        std::vector<std::uint32_t> waiting{page};
        std::set<std::uint32_t> seen;
        while (!waiting.empty()) {
            const auto next = waiting.back();
            waiting.pop_back();
            if (next < 2 || !seen.insert(next).second || done_.contains(next))
                continue;
            if (const auto below = damaged_.children(next)) {
                done_.insert(next);
                waiting.insert(waiting.end(), below->begin(), below->end());
            } else {
                TRY_DO(take_leaf(next, &table));
            }
        }
        return {};
    }

    // `expected`: to which table the page should belong.  Pages may have been swapped, so
    // that the rows say it, and a page that fits not at all waits for the second pass.
    Result<void> take_leaf(std::uint32_t page, Table* expected) {
        const auto leaf = damaged_.leaf(page);
        if (!leaf)
            return {};
        if (expected && !leaf->rows.empty() &&
            std::none_of(leaf->rows.begin(), leaf->rows.end(),
                         [&](const StoredRow& row) { return fits(*expected, row); }))
            return {};
        done_.insert(page);
        found_.broken_rows += leaf->broken;
        for (const auto& row : leaf->rows)
            TRY_DO(take(row, expected));
        return {};
    }

    Result<void> take(const StoredRow& row, Table* expected) {
        if (is_of_sqlite(row))
            return {};
        std::vector<Table*> candidates;
        for (auto& table : tables_)
            if (fits(table, row))
                candidates.push_back(&table);
        // What the row proves to be counts for more than the page it was reached from.
        auto* likely = candidates.size() == 1 ? candidates[0] : nullptr;
        if (expected && std::count(candidates.begin(), candidates.end(), expected) > 0)
            likely = expected;
        if (proof_)
            std::erase_if(candidates, [&](Table* table) { return !proves(*table, row); });
        else if (likely)
            candidates = {likely};
        if (candidates.size() == 1)
            return insert(*candidates[0], row);
        likely&& candidates.empty() ? ++likely->refused : ++found_.unplaced;
        return {};
    }

    static bool is_of_sqlite(const StoredRow& row) {
        const auto* kind = row.values.size() == 5 ? std::get_if<std::string>(&row.values[0]) : nullptr;
        return kind && (*kind == "table" || *kind == "index" || *kind == "view" || *kind == "trigger");
    }

    static std::vector<SqlValue> with_rowid(const Table& table, const StoredRow& row) {
        auto values = row.values;
        if (table.rowid && *table.rowid < values.size())
            values[*table.rowid] = row.rowid;
        return values;
    }

    bool proves(const Table& table, const StoredRow& row) const {
        return proof_(table.name, with_rowid(table, row));
    }

    Result<void> insert(Table& table, const StoredRow& row) {
        auto values = with_rowid(table, row);
        std::string names;
        std::string slots;
        std::vector<SqlParameter> parameters;
        for (std::size_t i = 0; i < values.size(); ++i) {
            names += (i > 0 ? ", " : "") + table.columns[i].name;
            slots += (i > 0 ? ", :" : ":") + table.columns[i].name;
            parameters.push_back({table.columns[i].name, std::move(values[i])});
        }
        TRY(const auto added, fresh_.run(fmt::format("insert or ignore into {}.{}({}) values({})", schema_,
                                                     table.name, names, slots),
                                         parameters));
        table.saved += added;
        return {};
    }

    Salvaged report() {
        found_.pages = damaged_.count();
        for (const auto& table : tables_)
            found_.tables.push_back({table.name, table.saved, table.refused});
        return std::move(found_);
    }

    const SqlitePages& damaged_;
    SqlConnection& fresh_;
    std::string schema_;
    const RowProof& proof_;
    std::vector<Table> tables_;
    std::map<std::string, std::uint32_t> roots_;
    std::set<std::uint32_t> done_;
    Salvaged found_;
};

std::string bytes_of(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return {};
    struct stat found {};
    std::string bytes;
    if (::fstat(file, &found) == 0)
        bytes.resize(static_cast<std::size_t>(std::max<off_t>(found.st_size, 0)));
    // In pieces of a sector's size: a disk that cannot read one may read the next.
    constexpr std::size_t piece = 4096;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        static_cast<void>(
            ::pread(file, bytes.data() + at, std::min(piece, bytes.size() - at), static_cast<off_t>(at)));
    ::close(file);
    return bytes;
}

const std::string& blob(const SqlValue& value) {
    static const std::string nothing;
    const auto* found = std::get_if<Blob>(&value);
    return found ? found->bytes : nothing;
}

std::int64_t integer(const SqlValue& value) {
    const auto* found = std::get_if<std::int64_t>(&value);
    return found ? *found : 0;
}

// The columns of sealed_tables.cpp.
bool row_opens(const RowKeys& keys, const std::vector<SqlValue>& values) {
    const auto identity =
        row_identity(integer(values[0]), integer(values[3]), static_cast<int>(integer(values[4])));
    return integer(values[1]) == 0 &&
           keys.open(identity, static_cast<KeyGeneration>(integer(values[2])), blob(values[5])).ok();
}

Result<SecretText> content(const RowKeys& keys, std::string_view kind, const SqlValue& id,
                           const SqlValue& generation, const SqlValue& sealed) {
    return keys.open(content_identity(Uuid::from_bytes(blob(id)).value_or(Uuid{}), kind),
                     static_cast<KeyGeneration>(integer(generation)), blob(sealed));
}

// Its sequences stand in the body too; its enrolment and chain prove nothing here.
bool envelope_opens(const RowKeys& keys, const std::vector<SqlValue>& values) {
    const auto body = content(keys, "envelope", values[3], values[5], values[6]);
    const auto first = integer(values[1]);
    const auto last = integer(values[2]);
    if (!blob(values[8]).empty() && !is_checked(blob(values[8])))
        return false;  // the second copy has what travels
    if (!body.ok() || integer(values[4]) != 0 || first < 1 || last < first || last - first > 1'000'000)
        return false;
    const wire::Envelope envelope{Uuid::from_bytes(blob(values[3])).value_or(Uuid{}),
                                  static_cast<Sequence>(first), static_cast<std::uint32_t>(last - first + 1),
                                  std::string(body->view())};
    return wire::open_envelope(envelope).ok();
}

Uuid id_in(const SqlValue& value) {
    return Uuid::from_bytes(blob(value)).value_or(Uuid{});
}

std::optional<AttachmentHead> attachment_in(const RowKeys& keys, const std::vector<SqlValue>& values) {
    if (values.size() != 5 || integer(values[2]) != 0)
        return std::nullopt;
    const auto text = content(keys, "attachment", values[0], values[3], values[4]);
    auto head = text.ok() ? decode_head(id_in(values[0]), text->view()) : std::nullopt;
    return head && head->told.questionnaire == id_in(values[1]) ? std::move(head) : std::nullopt;
}

// Pieces are sealed to keys that stand in the rows of their attachments: those are looked
// for first, wherever they lie.
std::map<Uuid, AttachmentHead> attachments_in(const SqlitePages& pages, const RowKeys& keys) {
    std::map<Uuid, AttachmentHead> found;
    for (std::uint32_t page = 2; page <= pages.count(); ++page)
        if (const auto leaf = pages.leaf(page))
            for (const auto& row : leaf->rows)
                if (auto head = attachment_in(keys, row.values))
                    found.emplace(head->told.id, std::move(*head));
    return found;
}

// Where push and pull stand is worked out again, and pages that wait are pulled once more:
// neither is taken from a damaged file, nor missed.  What stands in clear without a hash (standing.h) cannot
// be told from what the damage made of it.
bool is_left_behind(std::string_view table) {
    return table == "sync_position" || table == "waiting" || table == "sent_mark" ||
           table == "witnessed_head" || table == "held_patch" || table == "outbound_media";
}

class Proof {
public:
    Proof(const SqlitePages& pages, const RowKeys& keys)
        : keys_(keys), attachments_(attachments_in(pages, keys)) {}

    bool operator()(std::string_view table, const std::vector<SqlValue>& values) const {
        if (table == "sealed_row" && values.size() == 6)
            return row_opens(keys_, values);
        if (table == "sealed_body" && values.size() == 4)
            return integer(values[1]) == 0 &&
                   content(keys_, "operation", values[0], values[2], values[3]).ok();
        if (table == "sealed_envelope" && values.size() == 9)
            return envelope_opens(keys_, values);
        if (table == "rescued" && values.size() == 4)
            return Sha256::of(blob(values[3])).raw() == blob(values[0]);
        if (table == "sealed_attachment")
            return attachment_in(keys_, values).has_value();
        return table == "sealed_piece" && values.size() == 3 && piece_opens(values);
    }

private:
    bool piece_opens(const std::vector<SqlValue>& values) const {
        const auto head = attachments_.find(id_in(values[0]));
        const auto number = integer(values[1]);
        return head != attachments_.end() && number >= 0 && number < head->second.told.pieces &&
               head->second.key
                   .open(piece_identity(head->first, static_cast<std::uint32_t>(number)), 1, blob(values[2]))
                   .ok();
    }

    const RowKeys& keys_;
    std::map<Uuid, AttachmentHead> attachments_;
};

}  // namespace

std::int64_t Salvaged::saved() const {
    std::int64_t all = 0;
    for (const auto& table : tables)
        all += table.saved;
    return all;
}

std::string Salvaged::text() const {
    std::int64_t refused = 0;
    for (const auto& table : tables)
        refused += table.refused;
    return fmt::format("{} rows were saved. Not saved: {} that were altered, {} that cannot be read, {} of "
                       "which nobody can tell what they were, and {} of {} pages of which nothing is left.",
                       saved(), refused, broken_rows, unplaced, lost_pages, pages);
}

Result<SqlitePages> read_pages(const std::string& file) {
    auto bytes = bytes_of(file);
    if (bytes.empty())
        return Error{Fault::not_found, fmt::format("Nothing can be read from {}.", file),
                     "Look whether the disk is there."};
    return SqlitePages(std::move(bytes), bytes_of(file + "-wal"));
}

Result<Salvaged> salvage(const SqlitePages& damaged, SqlConnection& fresh, const std::string& schema,
                         const RowProof& proof) {
    // What a row refers to may be lost.
    TRY_DO(fresh.script("pragma foreign_keys = off"));
    TRY_DO(fresh.begin());
    auto found = Salvage(damaged, fresh, schema, proof).run();
    if (!found.ok()) {
        fresh.rollback();
        return found;
    }
    TRY_DO(fresh.commit());
    TRY_DO(fresh.script("pragma foreign_keys = on"));
    for (std::uint32_t page = 1; page <= damaged.count(); ++page)
        found->lost_pages += damaged.is_lost(page) ? 1U : 0U;
    return found;
}

Result<Salvaged> salvage_sealed(const SqlitePages& damaged, const std::string& fresh_file,
                                const RowKeys& keys, const SqliteOptions& options) {
    TRY(const auto fresh, open_in_memory_beside(fresh_file, options));
    TRY_DO(prepare_file(*fresh));
    const Proof proof(damaged, keys);
    TRY(auto salvaged, salvage(damaged, *fresh, "disk", std::cref(proof)));
    TRY_DO(fresh->begin());
    auto lost = drop_torn_attachments(*fresh, keys);
    if (!lost.ok()) {
        fresh->rollback();
        return lost.error();
    }
    TRY_DO(fresh->commit());
    salvaged.lost_attachments = *lost;
    std::erase_if(salvaged.tables, [](const SalvagedTable& table) { return is_left_behind(table.name); });
    return salvaged;
}

}  // namespace doorstep
