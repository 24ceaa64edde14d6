#include "client/app/published.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "forms/base/encoding.h"
#include "forms/desk/bundle.h"
#include "sync/search/address_pack.h"
#include "sync/store/address_base.h"
#include "sync/store/identity_file.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace fs = std::filesystem;

namespace {

using wire::ParcelKind;

constexpr const char* taken_head = "doorstep addresses 1\n";
constexpr std::size_t taken_bytes_max = std::size_t{1} << 20;

std::string folder_of(const std::string& questionnaires) {
    return questionnaires.empty() ? shipped_questionnaires() : questionnaires;
}

// Over the one that came along, where it can be read.
void use_directory(const ParcelFolder& parcels, Directory& directory) {
    for (const auto& parcel : parcels.parcels()) {
        if (parcel.kind != ParcelKind::directory)
            continue;
        Diagnostics mistakes;
        const auto content = parcels.content(parcel);
        auto published = content.ok() ? read_bundled_directory(*content, mistakes) : Directory{};
        if (content.ok() && !has_error(mistakes))
            directory = std::move(published);
    }
}

// A file beside the store, which may be older than the store or newer: then the same is taken once more.
std::string taken_file(const std::string& folder) {
    return (fs::path(folder) / "addresses.taken").string();
}

// Version by area.
std::map<std::string, std::string> read_taken(const std::string& folder) {
    std::map<std::string, std::string> taken;
    const auto text = read_small_file(taken_file(folder), taken_bytes_max);
    if (!text.ok() || !text->starts_with(taken_head))
        return taken;
    std::string_view rest = std::string_view(*text).substr(std::string_view(taken_head).size());
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (const auto space = line.find(' '); space != std::string_view::npos)
            taken.emplace(line.substr(space + 1), line.substr(0, space));
    }
    return taken;
}

Result<void> write_taken(const std::string& folder, const std::map<std::string, std::string>& taken) {
    std::string text = taken_head;
    for (const auto& [area, version] : taken)
        text += version + " " + area + "\n";
    return write_durably(taken_file(folder), text, 0600);
}

}  // namespace

ParcelFolder parcels_at(const std::string& folder, const VerifyKey& endpoint) {
    return {(fs::path(folder) / "published").string(), endpoint};
}

ParcelFolder parcels_of(const TabletPlaces& places) {
    const auto device = DeviceSecret::load(places.device_secret);
    const auto identity =
        device.ok() ? read_identity(places.identity, *device) : Result<TabletIdentity>(device.error());
    return parcels_at(places.folder, VerifyKey{identity.ok() ? identity->signing_key : std::string{}});
}

Directory directory_with(const std::string& questionnaires, const ParcelFolder& parcels, Diagnostics& found) {
    auto directory = read_directory((fs::path(folder_of(questionnaires)) / "directory").string(), found);
    use_directory(parcels, directory);
    return directory;
}

Library library_with(const std::string& questionnaires, const ParcelFolder& parcels) {
    Library library = open_library(folder_of(questionnaires));
    use_directory(parcels, library.directory);
    for (const auto& parcel : parcels.parcels()) {
        const auto content =
            parcel.kind == ParcelKind::form ? parcels.content(parcel) : Result<std::string>(std::string{});
        if (parcel.kind != ParcelKind::form || !content.ok())
            continue;
        auto package = open_bundled_form(*content, parcel.name, nullptr);
        package.from = parcel.from;
        if (!package.form)
            library.found.insert(library.found.end(), package.found.begin(), package.found.end());
        else
            std::erase_if(library.packages, [&](const FormPackage& other) {
                return other.form && other.form->id() == package.form->id() &&
                       other.form->version() == package.form->version();
            });
        library.packages.push_back(std::move(package));
    }
    return library;
}

Result<bool> take_published_addresses(const std::string& folder, const ParcelFolder& parcels, Store& store) {
    AddressBase base(store);
    TRY(const auto known, base.count());
    auto taken = known == 0 ? std::map<std::string, std::string>{} : read_taken(folder);
    std::map<std::string, std::string> now;
    std::vector<std::string> areas;
    std::vector<HomeAddress> homes;
    for (const auto& parcel : parcels.parcels()) {
        if (parcel.kind != ParcelKind::addresses)
            continue;
        now.emplace(parcel.name, parcel.version.hex());
        const auto before = taken.find(parcel.name);
        if (before != taken.end() && before->second == parcel.version.hex())
            continue;
        TRY(const auto content, parcels.content(parcel));
        TRY(auto of_area, unpacked_addresses(content));
        homes.insert(homes.end(), std::make_move_iterator(of_area.begin()),
                     std::make_move_iterator(of_area.end()));
        areas.push_back(parcel.name);
    }
    for (const auto& [area, version] : taken)
        if (!now.contains(area))
            areas.push_back(area);
    if (areas.empty())
        return false;
    TRY_DO(base.replace(areas, std::move(homes)));
    TRY_DO(write_taken(folder, now));
    return true;
}

}  // namespace doorstep
