#include "forms/desk/bundle.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "forms/base/packing.h"
#include "forms/desk/attachments.h"
#include "forms/desk/files.h"

namespace doorstep {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t bundle_version = 1;
constexpr const char* form_file = "form.xml";
constexpr std::size_t files_max = 1'000;
constexpr std::size_t name_bytes_max = 200;

Error no_bundle() {
    return {Fault::damaged, "What was published cannot be read.", "Publish it again."};
}

bool is_plain(std::string_view name) {
    return !name.empty() && name.size() <= name_bytes_max && name.front() != '.' &&
           std::none_of(name.begin(), name.end(),
                        [](char c) { return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20; });
}

MediaSource media_of(Bundle files) {
    return [files = std::move(files)](const std::string& name) -> Result<std::string> {
        if (const auto found = files.find(name); found != files.end())
            return found->second;
        return Error{Fault::not_found, fmt::format("The list \"{}\" was not published with its form.", name),
                     "Publish the form again, with the list beside it."};
    };
}

}  // namespace

std::string bundled(const Bundle& files) {
    Packer packed;
    packed.number(bundle_version);
    packed.number(files.size());
    for (const auto& [name, bytes] : files)
        packed(name, bytes);
    return packed.bytes();
}

Result<Bundle> unbundled(std::string_view bytes) {
    Unpacker unpacked(bytes);
    if (unpacked.number() != bundle_version)
        return no_bundle();
    const auto count = unpacked.count();
    if (count > files_max)
        return no_bundle();
    Bundle files;
    for (std::size_t i = 0; i < count; ++i) {
        std::string name;
        std::string content;
        unpacked(name, content);
        if (!unpacked.ok() || !is_plain(name) || !files.emplace(std::move(name), std::move(content)).second)
            return no_bundle();
    }
    if (!unpacked.ok() || !unpacked.at_end())
        return no_bundle();
    return files;
}

Result<std::string> bundle_form(const FormPackage& package, const std::string& path) {
    const std::string folder = fs::is_directory(path) ? path : fs::path(path).parent_path().string();
    const auto beside = media_in(folder);
    Bundle files{{form_file, package.xml}};
    std::optional<Error> failed;
    const auto noting = [&](const std::string& name) -> Result<std::string> {
        auto text = beside(name);
        if (text.ok() && name == form_file)
            text =
                Error{Fault::bad_input, "A list beside the form is called form.xml.", "Call it otherwise."};
        if (text.ok())
            files.insert_or_assign(name, *text);
        else if (!failed)
            failed = text.error();
        return text;
    };
    std::vector<FormFault> faults;
    FormDefinition::load(package.xml, attachments_from(noting), faults);
    if (failed)
        return *failed;
    return bundled(files);
}

FormPackage open_bundled_form(std::string_view bytes, const std::string& file, const Directory* directory) {
    const auto files = unbundled(bytes);
    if (!files.ok() || !files->contains(form_file)) {
        FormPackage broken;
        broken.file = file;
        broken.found.push_back({.code = "unreadable", .place = {.file = file}, .what = no_bundle().text()});
        return broken;
    }
    return open_xform_with(files->find(form_file)->second, attachments_from(media_of(*files)), file,
                           directory);
}

Result<std::string> bundle_directory(const std::string& folder) {
    Bundle files;
    for (const auto name : directory_files) {
        TRY(files[std::string(name)], read_file((fs::path(folder) / name).string()));
    }
    return bundled(files);
}

Directory read_bundled_directory(std::string_view bytes, Diagnostics& found) {
    auto files = unbundled(bytes);
    return read_directory(
        [&](const std::string& name) {
            const auto one = files.ok() ? files->find(name) : Bundle::iterator{};
            return files.ok() && one != files->end() ? std::optional(one->second) : std::nullopt;
        },
        found);
}

}  // namespace doorstep
