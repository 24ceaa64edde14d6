#include "sync/listener/parcel_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <filesystem>
#include <map>

#include "forms/base/counted.h"
#include "sync/listener/parcel_commands.h"
#include "sync/search/address_list.h"
#include "sync/search/address_pack.h"
#include "sync/vault/durable_file.h"
#include "sync/wire/codec.h"

namespace doorstep {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t table_bytes_max = std::size_t{1} << 30;
constexpr std::size_t rows_told_max = 50;

Error rows_left_out(const AddressList& list) {
    std::string what;
    for (std::size_t i = 0; i < std::min(list.refused.size(), rows_told_max); ++i) {
        const auto& one = list.refused[i];
        what += fmt::format("row {}{}: {} {}\n", one.row,
                            one.header.empty() ? std::string{} : ", " + one.header, one.why, one.mend);
    }
    if (list.refused.size() > rows_told_max)
        what += fmt::format("... and {} more: --report FILE has all.\n", list.refused.size() - rows_told_max);
    return {Fault::bad_input, what,
            "Nothing was loaded. Mend these rows, or load the others with --leave-out."};
}

Result<std::map<std::string, std::vector<HomeAddress>>> by_area(const ParcelWords& words, AddressList list) {
    std::map<std::string, std::vector<HomeAddress>> areas;
    for (auto& home : list.homes) {
        if (!words.area.empty() && home.area.empty())
            home.area = words.area;
        if (home.area.empty())
            return Error{Fault::bad_input, fmt::format("The home with the UPRN {} has no area.", home.uprn),
                         "Fill in the column area, or say of which area all of them are: --area BE."};
        if (!words.area.empty() && home.area != words.area)
            return Error{Fault::bad_input,
                         fmt::format("The home with the UPRN {} is of the area \"{}\", not of {}.", home.uprn,
                                     home.area, words.area),
                         "Leave out --area where the column area says it."};
        areas[home.area].push_back(std::move(home));
    }
    return areas;
}

Result<std::string> make_addresses_ready(const ParcelWords& words, const std::string& folder) {
    TRY(const auto text, read_small_file(words.path, table_bytes_max));
    TRY(auto list, read_address_list(text, fs::path(words.path).filename().string()));
    if (!words.report.empty())
        TRY_DO(write_durably(words.report, refused_as_csv(list.refused), 0644));
    if (!list.refused.empty() && !words.leave_out)
        return rows_left_out(list);
    std::string said = in_words(list);
    if (list.homes.empty())
        return Error{Fault::bad_input, said, "Nothing was loaded."};
    TRY(auto areas, by_area(words, std::move(list)));
    std::vector<AddressesReady> ready;
    for (auto& [area, homes] : areas)
        ready.push_back({area, wire::compress_once(packed_addresses(std::move(homes)))});
    TRY_DO(write_durably(addresses_file(folder), encode(ready), 0600));
    return said;
}

}  // namespace

void declare_parcels(CLI::App& app, ParcelWords& words, Command& command) {
    auto& forms = *app.add_subcommand("forms", "The questionnaires of the tablets");
    forms.require_subcommand(1);
    forms.fallthrough();
    auto& publish =
        *forms.add_subcommand("publish", "Check a questionnaire, sign it, give it to the tablets");
    publish.add_option("form", words.path, "An .xlsx, a folder with its sheets as CSV, or an XForm .xml")
        ->required();
    publish.add_option("--from", command.from, "First day of visits that are asked it (today)");
    forms.add_subcommand("list", "What is published, and since when");

    auto& directory = *app.add_subcommand("directory", "Agencies, services, offers and programmes");
    directory.require_subcommand(1);
    directory.fallthrough();
    directory.add_subcommand("publish", "Check it, sign it, use it here and give it to the tablets")
        ->add_option("folder", words.path, "With agencies.csv and the other tables")
        ->required();
    directory.add_subcommand("list", "What is published, and since when");

    auto& addresses = *app.add_subcommand("addresses", "The address lists of the tablets");
    addresses.require_subcommand(1);
    addresses.fallthrough();
    auto& load = *addresses.add_subcommand("load", "The homes of one area or of several, in place of before");
    load.add_option("file", words.path, "CSV with uprn, the parts of BS 7666, and area")->required();
    load.add_option("--area", words.area, "Of which area all of them are");
    load.add_option("--report", words.report, "Where rows that are wrong are told, as CSV");
    load.add_flag("--leave-out", words.leave_out, "Load the good rows although others are wrong");
    addresses.add_subcommand("list", "What is published, and since when");
    auto& give = *addresses.add_subcommand(
        "give", "Of which areas a tablet is given the addresses, and the facts that it pulls");
    give.add_option("tablet", command.tablet, "Its name")->required();
    give.add_option("areas", command.columns, "BE,SX; none: all");
    addresses.add_subcommand("drop", "Take the addresses of an area from the tablets")
        ->add_option("area", words.area, "Its code")
        ->required();
}

Result<std::string> fill_parcel_command(const ParcelWords& words, const std::string& folder,
                                        Command& command) {
    if (command.name == "addresses-load")
        return make_addresses_ready(words, folder);
    // A `serve` that runs stands elsewhere.
    std::error_code problem;
    if (!words.path.empty())
        command.words["path"] = fs::absolute(words.path, problem).lexically_normal().string();
    if (!words.area.empty())
        command.words["area"] = words.area;
    return std::string{};
}

}  // namespace doorstep
