#include "sync/listener/parcel_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "forms/base/counted.h"
#include "forms/base/packing.h"
#include "forms/desk/bundle.h"
#include "sync/endpoint/parcels.h"
#include "sync/search/address_pack.h"
#include "sync/vault/durable_file.h"
#include "sync/wire/codec.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace fs = std::filesystem;

namespace {

using wire::ParcelKind;

constexpr std::size_t mistakes_told_max = 50;
constexpr std::size_t areas_max = 500;
constexpr std::size_t handed_over_max = std::size_t{512} * 1024 * 1024;

CommandOutcome said(const Result<std::string>& text) {
    return text.ok() ? CommandOutcome{0, *text, {}} : failed(text.error());
}

std::string mistakes_in(const Diagnostics& found) {
    std::string text;
    for (std::size_t i = 0; i < std::min(found.size(), mistakes_told_max); ++i)
        text += found[i].text() + "\n";
    if (found.size() > mistakes_told_max)
        text += fmt::format("... and {} more.\n", found.size() - mistakes_told_max);
    return text;
}

Error with_mistakes(const Diagnostics& found) {
    return {Fault::bad_input, mistakes_in(found), "Nothing was published. Mend them and publish again."};
}

Result<std::optional<Day>> first_day(const DataFolder& data, const Command& command) {
    if (command.from.empty()) {
        const auto now = data.clock().now_ms();
        return std::optional(Day::at(now, data.clock().utc_offset_minutes(now)));
    }
    if (const auto day = Day::parse(command.from))
        return std::optional(*day);
    return Error{Fault::bad_input, fmt::format("--from \"{}\" is not a date.", command.from),
                 "Write dates as 2026-12-01."};
}

// What the tablets have from their own package, under the same version, would not be what is published.
Result<void> not_another_of_ours(const DataFolder& data, const FormDefinition& form) {
    const auto ours = data.library().form(form.id(), form.version());
    if (!ours || ours->hash() == form.hash())
        return {};
    return Error{Fault::conflict,
                 fmt::format("{} version {} comes with Doorstep already, with other content.", form.id(),
                             form.version()),
                 "Give it a new version (column version of the sheet settings)."};
}

std::string how_it_went(const PublishedParcel& one) {
    if (!one.changed)
        return fmt::format("{} was published already.\n", one.parcel.name);
    std::string text =
        fmt::format("Published: {}{}, {} bytes on the way", one.parcel.name,
                    one.parcel.from ? ", from " + one.parcel.from->text() : std::string{}, one.parcel.bytes);
    if (one.parcel.delta)
        text += fmt::format(" ({} for who has the one before)", one.parcel.delta->bytes);
    return text + ". Tablets fetch it with their next sync.\n";
}

Result<std::string> published(DataFolder& data, const Command& command,
                              const std::vector<NewParcel>& wanted) {
    TRY(const auto made, data.endpoint().publish(wanted, operator_of(command)));
    std::string text;
    for (const auto& one : made)
        text += how_it_went(one);
    TRY(const auto read, data.follow_published());
    if (read > 0)
        text += fmt::format("{} that waited for this form {} read.\n", counted(read, "fact", "facts"),
                            read == 1 ? "is" : "are");
    return text;
}

CommandOutcome publish_form(DataFolder& data, const Command& command) {
    const auto path = command.word("path");
    const auto from = first_day(data, command);
    if (!from.ok())
        return failed(from.error());
    std::error_code problem;
    if (!fs::exists(path, problem))
        return failed({Fault::not_found, path + " is not there.", "Check the name."});
    auto package = open_package(path, &data.directory());
    if (!package.form)
        return failed(with_mistakes(package.found));
    if (package.form->version().empty())
        return failed({Fault::bad_input, fmt::format("{} has no version.", package.form->id()),
                       "Fill in the column version of the sheet settings."});
    // Of the folder of questionnaires, if nobody has read it yet.
    if (const auto read = data.read_forms(); !read.ok())
        return failed(read.error());
    if (const auto free = not_another_of_ours(data, *package.form); !free.ok())
        return failed(free.error());
    auto content = bundle_form(package, path);
    if (!content.ok())
        return failed(content.error());
    const auto name = fmt::format("{}/{}", package.form->id(), package.form->version());
    auto outcome = said(published(data, command, {{ParcelKind::form, name, std::move(*content), *from, {}}}));
    outcome.err += mistakes_in(package.found);  // warnings
    return outcome;
}

Result<std::string> publish_directory(DataFolder& data, const Command& command) {
    const auto path = command.word("path");
    Diagnostics found;
    const auto directory = read_directory(path, found);
    if (has_error(found))
        return with_mistakes(found);
    TRY(auto content, bundle_directory(path));
    return published(data, command,
                     {{ParcelKind::directory, published_directory, std::move(content), {}, {}}});
}

Result<std::string> list_of(DataFolder& data, ParcelKind kind) {
    TRY(const auto all, published_parcels(data.endpoint().store().sql()));
    std::string text;
    for (const auto& one : all)
        if (one.parcel.kind == kind)
            text += fmt::format("{:<40} {:<10} {:>9} bytes  {}  published {} UTC\n", one.parcel.name,
                                one.parcel.from ? one.parcel.from->text() : "always", one.parcel.bytes,
                                one.parcel.version.hex().substr(0, 16), instant_text(one.published_ms, 0));
    return text.empty() ? std::string("Nothing is published.\n") : text;
}

Result<std::string> load_addresses(DataFolder& data, const Command& command) {
    const auto file = addresses_file(data.folder());
    const auto bytes = read_small_file(file, handed_over_max);
    std::error_code left;
    fs::remove(file, left);
    if (!bytes.ok())
        return bytes.error();
    TRY(auto areas, decode_addresses(*bytes));
    std::vector<NewParcel> wanted;
    for (auto& one : areas) {
        TRY(auto content, wire::expand(one.frame, limits::parcel_content_max));
        TRY_DO(unpacked_addresses(content));
        wanted.push_back({ParcelKind::addresses, one.area, std::move(content), {}, std::move(one.frame)});
    }
    return published(data, command, wanted);
}

Result<std::string> give_addresses(DataFolder& data, const Command& command) {
    std::vector<std::string> areas;
    std::string_view rest = command.columns;
    while (!rest.empty()) {
        const auto one = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        if (!one.empty())
            areas.emplace_back(one);
    }
    TRY_DO(data.endpoint().give_addresses(command.tablet, areas, operator_of(command)));
    return areas.empty() ? fmt::format("{} is given the addresses of all areas.\n", command.tablet)
                         : fmt::format("{} is given the addresses of {}.\n", command.tablet, command.columns);
}

Result<std::string> drop_addresses(DataFolder& data, const Command& command) {
    TRY_DO(data.endpoint().unpublish(ParcelKind::addresses, command.word("area"), operator_of(command)));
    return fmt::format("Tablets drop the addresses of {} with their next sync.\n", command.word("area"));
}

}  // namespace

std::string addresses_file(const std::string& folder) {
    return (fs::path(folder) / "addresses.coming").string();
}

std::string encode(const std::vector<AddressesReady>& areas) {
    Packer packed;
    packed.number(areas.size());
    for (const auto& one : areas)
        packed(one.area, one.frame);
    return packed.bytes();
}

Result<std::vector<AddressesReady>> decode_addresses(std::string_view bytes) {
    Unpacker unpacked(bytes);
    std::vector<AddressesReady> areas(std::min(unpacked.count(), areas_max));
    for (auto& one : areas)
        unpacked(one.area, one.frame);
    if (!unpacked.ok() || !unpacked.at_end())
        return Error{Fault::damaged, "The addresses were not handed over whole.", "Load them again."};
    return areas;
}

std::optional<CommandOutcome> parcel_commands(DataFolder& data, const Command& command) {
    const auto& name = command.name;
    if (name == "forms-publish")
        return publish_form(data, command);
    if (name == "forms-list")
        return said(list_of(data, ParcelKind::form));
    if (name == "directory-publish")
        return said(publish_directory(data, command));
    if (name == "directory-list")
        return said(list_of(data, ParcelKind::directory));
    if (name == "addresses-load")
        return said(load_addresses(data, command));
    if (name == "addresses-list")
        return said(list_of(data, ParcelKind::addresses));
    if (name == "addresses-give")
        return said(give_addresses(data, command));
    if (name == "addresses-drop")
        return said(drop_addresses(data, command));
    return std::nullopt;
}

}  // namespace doorstep
