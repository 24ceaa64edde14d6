// Every home that this tablet knows: where a contact was, the doors of its visits, and the
// addresses of the borough; found by what is typed.  The writer's.
//
// Filled in three steps: people while the store is being opened, the doors of visits when
// the tables are whole, addresses when the page is opened.  What is shown of a home is then
// read from the tables, a home at a time; here stands only what finds it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "forms/base/result.h"
#include "sync/operation/operation.h"
#include "sync/report/lists.h"
#include "sync/search/household_search.h"
#include "sync/store/address_base.h"
#include "sync/store/people_feed.h"
#include "sync/store/store.h"

namespace doorstep {

struct KnownHome {
    Uuid household;
    DoorAddress address;
    std::string area;                // of the address base; mostly empty
    std::string road_code;           // as above
    std::optional<ContactRow> last;  // try there on any visit; nothing while the tables load
};

struct KnownHomes {
    std::vector<KnownHome> first;
    std::size_t matches = 0;
};

class Homes {
public:
    // Of those that nothing was typed for: where somebody was last.
    static constexpr std::size_t recent_max = 200;

    // While the store is being opened: the newest first.
    void take(PeopleBatch batch);
    // The tables are whole: from now on what is shown comes from there.
    Result<void> tables_are_whole(SqlConnection& sql);
    // Contacts that came since; costs as much as there are new ones.
    Result<void> follow(SqlConnection& sql);
    void know(const Uuid& household, const DoorAddress& address);

    // A step of at most some ten milliseconds; whether more is left.
    Result<bool> read_addresses(Store& store);
    bool addresses_read() const { return addresses_read_; }
    // 0..1
    double share_of_addresses() const;

    std::size_t size() const { return search_.size(); }
    // `store` as soon as its tables are whole.
    Result<KnownHomes> find(std::string_view typed, Store* store) const;
    // not_found: a home that is none of these.
    Result<KnownHome> home(const Uuid& household, Store* store) const;

    void clear();  // wiped

private:
    // Where the address of a row of the index stands: a place in the address base, a row of
    // the batches, or the tables.
    using Source = std::uint32_t;
    static constexpr Source of_batches = 0x80000000;
    static constexpr Source of_tables = 0xFFFFFFFF;

    void put(const Uuid& household, const HouseholdText& text, Source source);
    void take_out(const std::vector<Uuid>& contacts);
    void take_row(const PeopleRow& row);
    void note_recent(const Uuid& household, bool newest);
    Source source_of(const Uuid& household) const;
    Result<std::vector<KnownHome>> homes(const std::vector<Uuid>& households, Store* store) const;
    Result<void> read_addresses_of(std::vector<KnownHome>& homes, Store& store) const;
    Result<void> read_last_try(KnownHome& home, Store& store) const;

    HouseholdSearch search_;
    std::vector<Source> sources_;                  // by row of the index
    std::unordered_map<Uuid, DoorAddress> doors_;  // of visits
    std::deque<PeopleBatch> batches_;              // until the tables are whole
    std::vector<const PeopleRow*> rows_;           // of the batches that stand in the index
    std::deque<Uuid> recent_;
    std::int64_t followed_ = 0;  // the last row of people_contact that was seen
    std::size_t addresses_ = 0;  // of the base
    std::size_t place_ = 0;      // the next of them
    bool addresses_known_ = false;
    bool addresses_read_ = false;
};

// While homes are read in some hundred batches: whether a page that was drawn from `drawn` of
// them is drawn anew.  Each drawing searches all that is there; for each batch it would keep
// the reader waiting longer than reading takes.
constexpr bool worth_drawing(std::size_t now, std::size_t drawn) {
    return now >= drawn + drawn / 4;
}

}  // namespace doorstep
