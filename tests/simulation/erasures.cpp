#include "tests/simulation/erasures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "sync/endpoint/backup.h"
#include "sync/store/endpoint_seal.h"
#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "sync/wire/codec.h"
#include "tests/simulation/fresh_images.h"
#include "tests/simulation/must.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/sim_tablet.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

namespace {

constexpr std::size_t digits = 16;
// Of a sealed blob: more than chance could repeat.
constexpr std::size_t beginning = 16;

// Every canary in these bytes.
template<class Each>
void each_word(std::string_view bytes, const Each& each) {
    if (bytes.empty())
        return;  // of an empty file there may be no first byte
    const auto* const end = bytes.data() + bytes.size();
    const auto next = [end](const char* from) {
        return static_cast<const char*>(
            ::memmem(from, static_cast<std::size_t>(end - from), canary_word.data(), canary_word.size()));
    };
    for (const char* at = next(bytes.data()); at != nullptr; at = next(at + 1))
        if (static_cast<std::size_t>(end - at) >= canary_word.size() + digits)
            each(std::string(at, canary_word.size() + digits));
}

std::size_t two_bytes(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]) * std::size_t{256} +
           static_cast<unsigned char>(bytes[at + 1]);
}

std::vector<std::string> beginnings_now(SqlConnection& sql, const char* query) {
    std::vector<std::string> found;
    static_cast<void>(sql.query(query, {}, [&](const SqlRow& row) {
        if (auto blob = row.blob(0); blob.size() >= beginning)
            found.push_back(blob.substr(0, beginning));
        return true;
    }));
    return found;
}

}  // namespace

bool may_be_either(World& world, const Model::Fact& fact) {
    return fact.wrong_clock && had_its_clock_set(world, fact);
}

bool had_its_clock_set(World& world, const Model::Fact& fact) {
    const auto& tablets = world.tablets();
    return std::any_of(tablets.begin(), tablets.end(), [&](const auto& tablet) {
        return tablet->name() == fact.tablet && tablet->had_its_clock_set();
    });
}

const ErasureList& Erasures::list() {
    if (!list_) {
        folder_.emplace();
        list_.emplace(folder_->file("erasures.list"));
    }
    return *list_;
}

void Erasures::learn() {
    if (!list_)
        return;
    orders_ = must(list_->orders(), "the erasure list");
    judge();
}

void Erasures::judge() {
    std::set<Uuid> named;
    for (const auto& order : orders_)
        named.insert(order.operations.begin(), order.operations.end());
    for (auto& [id, fact] : world_.model.facts) {
        if (fact.forgotten || fact.judged_by == orders_.size())
            continue;
        fact.judged_by = orders_.size();
        const auto read = wire::decode(fact.bytes);
        // A clock that was off says nothing of what was first.
        const auto is_before = [&](const ErasureOrder& order) {
            return fact.wrong_clock ? fact.recorded_ms <= order.at_ms
                                    : read->hybrid_clock <= order.hybrid_clock;
        };
        fact.named = named.count(id) != 0;
        fact.forgotten =
            fact.named || std::any_of(orders_.begin(), orders_.end(), [&](const ErasureOrder& order) {
                return read.ok() && read->subject == order.subject && is_before(order);
            });
    }
}

void Erasures::note_sealed(const std::string& whose, SqlConnection& sql, const char* query) {
    for (auto& one : beginnings_now(sql, query))
        sealed_[whose].insert(std::move(one));
}

std::set<std::string> Erasures::words_that_must_be_gone() const {
    std::set<std::string> gone;
    const auto must_be = [&](const Model::Fact& fact) {
        return fact.named || (fact.forgotten && !may_be_either(world_, fact));
    };
    for (const auto& [id, fact] : world_.model.facts)
        if (must_be(fact))
            each_word(fact.bytes, [&](const std::string& word) { gone.insert(word); });
    // What a later fact says again is that one's.
    for (const auto& [id, fact] : world_.model.facts)
        if (!must_be(fact))
            each_word(fact.bytes, [&](const std::string& word) { gone.erase(word); });
    return gone;
}

void Erasures::find_words(const std::string& where, std::string_view bytes) {
    each_word(bytes, [&](const std::string& word) {
        if (words_.count(word) != 0)
            world_.broken(fmt::format("I12 erasure: {} still holds what was to be forgotten", where));
    });
}

void Erasures::search_tables(const std::string& where, SqlConnection& sql,
                             const std::vector<std::string>& tables) {
    for (const auto& table : tables) {
        const auto columns = must(columns_of(sql, table), where);
        must(sql.query(fmt::format("select {} from {}", fmt::join(columns, ", "), table), {},
                       [&](const SqlRow& row) {
                           for (int i = 0; i < static_cast<int>(columns.size()); ++i)
                               if (!row.is_null(i))
                                   find_words(where + ", table " + table, row.bytes(i));
                           return true;
                       }),
             where);
    }
}

void Erasures::search_files(const std::string& whose, const faults::Files& files) {
    const auto& sealed = sealed_[whose];
    // Of nearly every place two bytes tell that none of them begins there.
    std::vector<bool> begins(std::size_t{1} << 16);
    for (const auto& one : sealed)
        begins[two_bytes(one, 0)] = true;
    for (const auto& [name, bytes] : files) {
        find_words(whose + ", file " + name, bytes);
        for (std::size_t at = 0; !sealed.empty() && at + beginning <= bytes.size(); ++at)
            if (begins[two_bytes(bytes, at)] && sealed.count(bytes.substr(at, beginning)) != 0)
                return world_.broken(fmt::format("I12 erasure: {} still holds, sealed, what was replaced "
                                                 "there after something was to be forgotten, in {}",
                                                 whose, name));
    }
}

void Erasures::search_tablet(SimTablet& tablet) {
    auto& sql = tablet.sql();
    auto tables = must(tables_of(sql), tablet.name());
    tables.insert(tables.end(), {"operation_body", "waiting", "rescued"});
    search_tables(tablet.name(), sql, tables);
    const auto* keys = world_.endpoint().working_keys();
    must(sql.query("select envelope_id, first_seq, last_seq, body, plain from envelope", {},
                   [&](const SqlRow& row) {
                       const auto first = unsigned_column(row, 1);
                       const auto count = static_cast<std::uint32_t>(unsigned_column(row, 2) - first + 1);
                       for (const int form : {3, 4}) {
                           const auto plain = unsealed({row.uuid(0), first, count, row.blob(form)},
                                                       &keys->sealing, wire::PhraseBooks{});
                           const auto opened = plain.ok()
                                                   ? wire::open_envelope(*plain)
                                                   : Result<std::vector<wire::OpenedOperation>>(Error{});
                           for (const auto& one :
                                opened.ok() ? *opened : std::vector<wire::OpenedOperation>{})
                               find_words(tablet.name() + ", its own envelopes", one.json);
                       }
                       return true;
                   }),
         tablet.name());
    for (const char* live : sealed_on_tablet)
        for (const auto& one : beginnings_now(sql, live))
            sealed_[tablet.name()].erase(one);
    search_files(tablet.name(), tablet.image());
}

void Erasures::search_centre(const std::string& where, Endpoint& endpoint) {
    auto& sql = endpoint.store().sql();
    search_tables(where, sql, must(tables_of(sql), where));
    for (const auto& id : held_facts(sql))
        if (const auto body = endpoint.store().body(id); body.ok() && *body)
            find_words(where + ", a fact", **body);
    must(sql.query("select envelope_id, first_seq, last_seq, body from forked_envelope", {},
                   [&](const SqlRow& row) {
                       const auto first = unsigned_column(row, 1);
                       const auto count = static_cast<std::uint32_t>(unsigned_column(row, 2) - first + 1);
                       const auto plain = unsealed({row.uuid(0), first, count, row.blob(3)},
                                                   &endpoint.keys()->sealing, wire::PhraseBooks{});
                       const auto opened = plain.ok() ? wire::open_envelope(*plain)
                                                      : Result<std::vector<wire::OpenedOperation>>(Error{});
                       for (const auto& one : opened.ok() ? *opened : std::vector<wire::OpenedOperation>{})
                           find_words(where + ", the other branch of a copied tablet", one.json);
                       return true;
                   }),
         where);
}

// Each as it would serve, were it restored today.
void Erasures::search_backups() {
    const auto count = world_.endpoint().backups();
    for (std::size_t i = 0; i < count; ++i) {
        const std::string where = fmt::format("backup {} once restored", i + 1);
        SimDisk disk("restored-again", fresh_tables());
        {
            const auto sql = must(open_sqlite(store_name, disk.options()), where);
            auto restored = must(world_.endpoint().restored_from(i, *sql), where);
            search_centre(where, restored);
            must(checkpoint(*sql), where);
        }
        search_files(where, disk.image());
    }
}

void Erasures::check() {
    learn();
    words_ = words_that_must_be_gone();
    if (orders_.empty())
        return;
    for (const auto& tablet : world_.tablets()) {
        tablet->be_idle();
        if (tablet->is_open())
            search_tablet(*tablet);
    }
    auto& centre = world_.endpoint();
    centre.be_idle();
    search_centre("the endpoint", centre.endpoint());
    for (const char* live : sealed_at_centre)
        for (const auto& one : beginnings_now(centre.sql(), live))
            sealed_["the endpoint"].erase(one);
    search_files("the endpoint", centre.image());
    search_backups();
}

}  // namespace doorstep::simulation
