#include "client/app/homes.h"

#include <algorithm>
#include <unordered_set>

#include "forms/base/secret.h"
#include "sync/search/home_address.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

// A row of the address base each: a few milliseconds.
constexpr std::size_t rows_per_step = 3;

HouseholdText text_of(const PeopleRow& row) {
    HouseholdText text;
    text.names = row.respondent;
    text.flat = row.flat;
    text.house = row.number_or_name;
    text.road = row.road;
    text.postcode = row.postcode;
    text.uprn = row.uprn;
    return text;
}

DoorAddress address_of(const PeopleRow& row) {
    return {std::string(row.number_or_name), std::string(row.flat), std::string(row.road),
            std::string(row.postcode), row.uprn};
}

void wipe(DoorAddress& address) {
    for (std::string* part : {&address.number_or_name, &address.flat, &address.road, &address.postcode})
        wipe_text(*part);
}

bool is_empty(const DoorAddress& address) {
    return address.number_or_name.empty() && address.flat.empty() && address.road.empty();
}

}  // namespace

void Homes::put(const Uuid& household, const HouseholdText& text, Source source) {
    const std::uint32_t row = search_.put(household, text);
    if (row >= sources_.size())
        sources_.resize(row + std::size_t{1}, of_tables);
    sources_[row] = source;
}

void Homes::note_recent(const Uuid& household, bool newest) {
    const auto known = std::find(recent_.begin(), recent_.end(), household);
    if (!newest) {
        if (recent_.size() < recent_max && known == recent_.end())
            recent_.push_back(household);
        return;
    }
    if (known != recent_.end())
        recent_.erase(known);
    recent_.push_front(household);
    if (recent_.size() > recent_max)
        recent_.pop_back();
}

void Homes::take_row(const PeopleRow& row) {
    if (search_.contains(row.household))
        return;
    put(row.household, text_of(row), of_batches | static_cast<Source>(rows_.size()));
    rows_.push_back(&row);
    note_recent(row.household, false);
}

// What they told of their homes does not hold; another contact there may still.
void Homes::take_out(const std::vector<Uuid>& contacts) {
    const std::unordered_set<Uuid> gone(contacts.begin(), contacts.end());
    std::unordered_set<Uuid> homes;
    for (PeopleBatch& batch : batches_)
        for (PeopleRow& row : batch.rows)
            if (gone.contains(row.contact)) {
                homes.insert(row.household);
                row.household = {};
            }
    for (const Uuid& home : homes) {
        search_.remove(home);
        std::erase(recent_, home);
    }
    for (const PeopleBatch& batch : batches_)
        for (const PeopleRow& row : batch.rows)
            if (homes.contains(row.household))
                take_row(row);
}

void Homes::take(PeopleBatch batch) {
    if (!batch.gone.empty())
        take_out(batch.gone);
    batches_.push_back(std::move(batch));
    for (const PeopleRow& row : batches_.back().rows)
        take_row(row);
}

Result<void> Homes::tables_are_whole(SqlConnection& sql) {
    for (Source& source : sources_)
        source = of_tables;
    rows_.clear();
    batches_.clear();
    return sql.query("select coalesce(max(rowid), 0) from people_contact", {}, [&](const SqlRow& row) {
        followed_ = row.integer(0);
        return false;
    });
}

// A name that was told once is not forgotten for a try at which nobody opened.
Result<void> Homes::follow(SqlConnection& sql) {
    // Where the last ones went (sync/store/retention.h) their places are given out again.
    TRY_DO(sql.query("select coalesce(max(rowid), 0) from people_contact", {}, [&](const SqlRow& row) {
        followed_ = std::min(followed_, row.integer(0));
        return false;
    }));
    return sql.query("select rowid, household, number_or_name, flat, road, postcode, uprn, respondent "
                     "from people_contact where rowid > :seen order by rowid",
                     {{"seen", followed_}}, [&](const SqlRow& row) {
                         followed_ = row.integer(0);
                         const Uuid household = row.uuid(1);
                         note_recent(household, true);
                         SecretText name{row.bytes(7)};
                         if (search_.contains(household) && row.bytes(7).empty())
                             return true;
                         DoorAddress address{row.blob(2), row.blob(3), row.blob(4), row.blob(5), {}};
                         if (!row.is_null(6))
                             address.uprn = unsigned_column(row, 6);
                         HouseholdText text = search_text(address);
                         text.names = name.view();
                         put(household, text, source_of(household));
                         wipe(address);
                         return true;
                     });
}

void Homes::know(const Uuid& household, const DoorAddress& address) {
    doors_.insert_or_assign(household, address);
    if (!search_.contains(household))
        put(household, search_text(address), of_tables);
}

Result<bool> Homes::read_addresses(Store& store) {
    if (addresses_read_)
        return false;
    const AddressBase base(store);
    if (!addresses_known_) {
        TRY(addresses_, base.count());
        addresses_known_ = true;
        search_.reserve(addresses_);
        sources_.reserve(sources_.size() + addresses_);
    }
    for (std::size_t rows = 0; rows < rows_per_step && place_ < addresses_; ++rows) {
        const std::size_t end = std::min(addresses_, place_ + AddressBase::homes_per_row);
        std::vector<std::uint32_t> places;
        for (std::size_t place = place_; place < end; ++place)
            places.push_back(static_cast<std::uint32_t>(place));
        TRY(const auto homes, base.at(places));
        for (const HomeAddress& home : homes) {
            const auto place = static_cast<Source>(place_++);
            if (const Uuid household = household_of_uprn(home.uprn); !search_.contains(household))
                put(household, search_text(home), place);
        }
    }
    addresses_read_ = place_ >= addresses_;
    return !addresses_read_;
}

double Homes::share_of_addresses() const {
    return addresses_ == 0 ? 1 : static_cast<double>(place_) / static_cast<double>(addresses_);
}

Homes::Source Homes::source_of(const Uuid& household) const {
    const auto row = search_.row(household);
    return row && *row < sources_.size() ? sources_[*row] : of_tables;
}

Result<KnownHomes> Homes::find(std::string_view typed, Store* store) const {
    KnownHomes found;
    std::vector<Uuid> households;
    if (typed.find_first_not_of(' ') == std::string_view::npos) {
        households.assign(recent_.begin(), recent_.end());
        found.matches = households.size();
    } else {
        const FoundHouseholds answer = search_.find(typed);
        for (const FoundHousehold& each : answer.first)
            households.push_back(each.household);
        found.matches = answer.matches;
    }
    TRY(found.first, homes(households, store));
    return found;
}

Result<KnownHome> Homes::home(const Uuid& household, Store* store) const {
    if (search_.contains(household)) {
        TRY(auto found, homes({household}, store));
        if (!found.empty())
            return std::move(found.front());
    }
    return Error{Fault::not_found, "That home is not on this tablet.", ""};
}

// A home of which nothing is left to show (its only try was taken back) is left out.
Result<std::vector<KnownHome>> Homes::homes(const std::vector<Uuid>& households, Store* store) const {
    std::vector<KnownHome> all;
    for (const Uuid& household : households) {
        KnownHome home;
        home.household = household;
        if (const auto door = doors_.find(household); door != doors_.end())
            home.address = door->second;
        all.push_back(std::move(home));
    }
    for (KnownHome& home : all) {
        const Source source = source_of(home.household);
        if (source != of_tables && (source & of_batches) != 0)
            home.address = address_of(*rows_[source & ~of_batches]);
        if (store)
            TRY_DO(read_last_try(home, *store));
    }
    if (store)
        TRY_DO(read_addresses_of(all, *store));
    std::erase_if(all, [](const KnownHome& home) { return is_empty(home.address); });
    return all;
}

Result<void> Homes::read_last_try(KnownHome& home, Store& store) const {
    TRY(auto tries, tries_at(store.sql(), home.household));
    if (tries.empty())
        return {};
    home.last = std::move(tries.front());
    if (is_empty(home.address))
        home.address = home.last->address;
    return {};
}

Result<void> Homes::read_addresses_of(std::vector<KnownHome>& homes, Store& store) const {
    std::vector<std::uint32_t> places;
    std::vector<KnownHome*> wanted;
    for (KnownHome& home : homes)
        if (const Source source = source_of(home.household); source != of_tables && source < of_batches) {
            places.push_back(source);
            wanted.push_back(&home);
        }
    if (places.empty())
        return {};
    TRY(const auto addresses, AddressBase(store).at(places));
    for (std::size_t i = 0; i < wanted.size() && i < addresses.size(); ++i) {
        wanted[i]->address = door_address(addresses[i]);
        wanted[i]->area = addresses[i].area;
        wanted[i]->road_code = addresses[i].road_code;
    }
    return {};
}

void Homes::clear() {
    for (auto& [household, address] : doors_)
        wipe(address);
    *this = Homes{};
}

}  // namespace doorstep
