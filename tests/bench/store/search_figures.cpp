#include "tests/bench/store/search_figures.h"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "sync/search/address_list.h"
#include "sync/search/household_search.h"
#include "sync/store/address_base.h"
#include "sync/store/sealed_connection.h"
#include "sync/store/store.h"
#include "tests/bench/child.h"
#include "tests/bench/forms/stopwatch.h"
#include "tests/sync/search/made_up_borough.h"

namespace doorstep::bench {

namespace {

constexpr std::size_t borough = 42'700;
constexpr std::size_t county = 500'000;

HouseholdSearch index_of(const std::vector<HomeAddress>& homes, const std::vector<Uuid>& ids,
                         std::size_t with_names) {
    HouseholdSearch search;
    search.reserve(homes.size());
    for (std::size_t i = 0; i < homes.size(); ++i) {
        HouseholdText text = search_text(homes[i]);
        const std::string name = i < with_names ? made_up_name(i) : std::string{};
        text.names = name;
        search.put(ids[i], text);
    }
    return search;
}

std::vector<Uuid> ids_for(const std::vector<HomeAddress>& homes) {
    std::vector<Uuid> ids;
    ids.reserve(homes.size());
    for (const HomeAddress& home : homes)
        ids.push_back(household_of_uprn(home.uprn));
    return ids;
}

std::string with_a_slip(std::string text, Random& random) {
    if (text.size() < 3)
        return text;
    const std::size_t at = random.below(text.size() - 1);
    switch (random.below(3)) {
    case 0:
        return text.erase(at, 1);
    case 1:
        return text.insert(at, 1, static_cast<char>('a' + random.below(26)));
    default:
        std::swap(text[at], text[at + 1]);
        return text;
    }
}

// What an officer types for one home or another; every keystroke of it is a question.
std::vector<std::string> questions(const std::vector<HomeAddress>& homes, std::size_t people) {
    SeededRandom random(9);
    std::vector<std::string> all;
    for (int i = 0; i < 60; ++i) {
        const std::size_t at = random.below(homes.size());
        const HomeAddress& home = homes[at];
        const std::string typed[] = {home.house + " " + home.road,
                                     home.house + " " + with_a_slip(home.road, random),
                                     home.postcode,
                                     with_a_slip(made_up_name(at % people), random),
                                     std::to_string(home.uprn),
                                     home.road + " " + home.town,
                                     "xyzzyfoobarbaz 12"};
        for (const std::string& text : typed)
            for (std::size_t length = 1; length <= text.size(); ++length)
                all.push_back(text.substr(0, length));
    }
    return all;
}

void measure_keystrokes(const HouseholdSearch& search, const std::vector<HomeAddress>& homes, double aim_ms,
                        Figures& figures) {
    std::vector<double> all;
    std::size_t found = 0;
    for (const std::string& typed : questions(homes, borough))
        all.push_back(spent_ms([&] { found += search.find(typed).matches; }));
    const std::size_t count = homes.size();
    figures.add(fmt::format("search_keystroke_median_ms_{}", count), quantile(all, 0.5), "ms");
    figures.add(fmt::format("search_keystroke_p99_ms_{}", count), quantile(all, 0.99), "ms",
                fmt::format("<= {}", aim_ms));
    figures.add(fmt::format("search_keystroke_worst_ms_{}", count), quantile(std::move(all), 1), "ms");
    figures.add(fmt::format("search_index_bytes_per_address_{}", count),
                static_cast<double>(search.bytes()) / static_cast<double>(count), "bytes");
    if (found == 0)
        figures.skip("search", "nothing was found");
}

void measure_borough(std::size_t count, double aim_ms, Figures& figures) {
    const auto homes = made_up_borough(count);
    const auto ids = ids_for(homes);
    HouseholdSearch search;
    figures.add(fmt::format("search_index_build_ms_{}", count),
                spent_ms([&] { search = index_of(homes, ids, borough); }), "ms");
    measure_keystrokes(search, homes, aim_ms, figures);
}

double since_ms(std::int64_t begun_ns) {
    return static_cast<double>(now_ns() - begun_ns) / 1e6;
}

// A list of addresses, from the text of its file to the sealed store on the disk, and from
// there into an index.
Result<void> measure_import(const std::string& file, std::size_t count, Figures& figures) {
    const std::string csv = as_gazetteer(made_up_borough(count));
    RowKeys keys;
    keys.add(1, SecretBytes(std::string(RowKeys::key_size, 'b')));
    const SystemClock clock;
    SeededRandom random(1);
    {
        TRY(auto sql, open_sealed(file, keys));
        TRY(Store store, Store::open(*sql, StoreRole::tablet, clock, random));
        AddressBase base(store);
        auto begun = now_ns();
        TRY(AddressList list, read_address_list(csv, "borough.csv"));
        figures.add(fmt::format("addresses_read_ms_{}", count), since_ms(begun), "ms");
        begun = now_ns();
        TRY_DO(base.keep(std::move(list.homes)));
        figures.add(fmt::format("addresses_kept_ms_{}", count), since_ms(begun), "ms");
        TRY_DO(checkpoint(*sql));
    }
    figures.add(fmt::format("addresses_file_bytes_per_address_{}", count),
                static_cast<double>(std::filesystem::file_size(file)) / static_cast<double>(count), "bytes");
    auto begun = now_ns();
    TRY(auto sql, open_sealed(file, keys));
    TRY(Store store, Store::open(*sql, StoreRole::tablet, clock, random));
    figures.add(fmt::format("addresses_unlock_ms_{}", count), since_ms(begun), "ms");
    begun = now_ns();
    HouseholdSearch search;
    TRY_DO(index_addresses(AddressBase(store), search));
    figures.add(fmt::format("addresses_to_index_ms_{}", count), since_ms(begun), "ms");
    return {};
}

Result<void> measure_imports(Figures& figures) {
    std::string folder = (std::filesystem::temp_directory_path() / "bench-addresses-XXXXXX").string();
    if (!::mkdtemp(folder.data()))
        return Error{Fault::not_writable, "There is no temporary folder.", ""};
    auto measured = measure_import(folder + "/borough.sqlite", borough, figures);
    if (measured.ok())
        measured = measure_import(folder + "/county.sqlite", county, figures);
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    return measured;
}

}  // namespace

Result<void> measure_search(Figures& figures) {
    {
        const auto homes = made_up_borough(50'000);
        const auto ids = ids_for(homes);
        HouseholdSearch search;
        figures.add("search_index_build_ms_50000_contacts_with_names",
                    usual_ms(3, [&] { search = index_of(homes, ids, homes.size()); }), "ms", "<= 150");
    }
    measure_borough(borough, 1, figures);
    measure_borough(county, 16, figures);
    return measure_imports(figures);
}

}  // namespace doorstep::bench
