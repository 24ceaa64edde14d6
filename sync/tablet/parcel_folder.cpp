#include "sync/tablet/parcel_folder.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "sync/vault/durable_file.h"
#include "sync/wire/codec.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace fs = std::filesystem;

namespace {

constexpr const char* list_in_use = "list";
constexpr const char* list_coming = "coming";

Error not_as_published() {
    return {Fault::damaged, "What came of the questionnaires and addresses is not what was published.",
            "It is fetched again with the next sync."};
}

bool is_signed(const wire::ParcelList& list, const VerifyKey& endpoint) {
    return std::all_of(list.parcels.begin(), list.parcels.end(), [&](const wire::Parcel& one) {
        return verify(endpoint, wire::parcel_purpose, wire::parcel_text(one), one.signature);
    });
}

}  // namespace

ParcelFolder::ParcelFolder(std::string folder, VerifyKey endpoint)
    : folder_(std::move(folder)), endpoint_(std::move(endpoint)) {}

std::string ParcelFolder::at(const std::string& name) const {
    return (fs::path(folder_) / name).string();
}

std::string ParcelFolder::part_file(const ParcelWant& want) const {
    return at(want.base ? fmt::format("{}.{}.part", want.version.hex(), want.base->hex())
                        : want.version.hex() + ".part");
}

std::optional<wire::ParcelList> ParcelFolder::read_list(const char* name) const {
    const auto frame = read_small_file(at(name), limits::frame_bytes_max);
    auto list = frame.ok() ? wire::decode_parcel_list(*frame) : Result<wire::ParcelList>(frame.error());
    if (!list.ok() || !is_signed(*list, endpoint_))
        return std::nullopt;
    return std::move(*list);
}

ParcelStand ParcelFolder::stand() const {
    if (in_use_)
        return {*in_use_, {}};
    const auto list = read_list(list_in_use);
    // Where a file of it is gone, all is looked at again.
    const bool whole = list && std::all_of(list->parcels.begin(), list->parcels.end(),
                                           [&](const wire::Parcel& one) { return is_here(one); });
    in_use_ = whole ? wire::list_hash(*list) : Sha256{};
    return {*in_use_, {}};
}

std::vector<wire::Parcel> ParcelFolder::parcels() const {
    const auto list = read_list(list_in_use);
    return list ? list->parcels : std::vector<wire::Parcel>{};
}

std::int64_t ParcelFolder::came_ms() const {
    struct stat facts {};
    return ::stat(at(list_in_use).c_str(), &facts) == 0 ? std::int64_t{facts.st_mtime} * 1000 : 0;
}

Result<std::string> ParcelFolder::content(const wire::Parcel& parcel) const {
    TRY(const auto frame, read_small_file(at(parcel.version.hex()), limits::parcel_bytes_max * 2));
    auto content = wire::expand(frame, limits::parcel_content_max);
    if (!content.ok() || Sha256::of(*content) != parcel.version) {
        std::error_code left;
        fs::remove(at(parcel.version.hex()), left);
        in_use_.reset();
        return not_as_published();
    }
    return content;
}

bool ParcelFolder::is_here(const wire::Parcel& parcel) const {
    std::error_code problem;
    return fs::is_regular_file(at(parcel.version.hex()), problem);
}

// By the shorter way where what it begins from is here.
ParcelWant ParcelFolder::want_of(const wire::Parcel& parcel) const {
    ParcelWant want{parcel.version, {}, 0, parcel.bytes};
    std::error_code problem;
    if (parcel.delta && !whole_only_.contains(parcel.version) &&
        fs::is_regular_file(at(parcel.delta->base.hex()), problem)) {
        want.base = parcel.delta->base;
        want.bytes = parcel.delta->bytes;
    }
    const auto size = fs::file_size(part_file(want), problem);
    // Longer than it can be: rubbish of another publication.
    if (!problem && size <= want.bytes)
        want.from = size;
    else if (!problem)
        fs::remove(part_file(want), problem);
    return want;
}

Result<ParcelStand> ParcelFolder::begin(const wire::ParcelList& list) {
    if (!is_signed(list, endpoint_))
        return Error{Fault::refused, "Questionnaires or addresses came that the endpoint has not signed.",
                     "Nothing of them was taken."};
    std::error_code problem;
    fs::create_directories(folder_, problem);
    fs::permissions(folder_, fs::perms::owner_all, problem);
    TRY_DO(write_durably(at(list_coming), wire::encode(list), 0600));
    return go_on(list);
}

Result<ParcelStand> ParcelFolder::add(const ParcelWant& asked, std::string_view part) {
    const auto coming = read_list(list_coming);
    if (!coming)
        return not_as_published();
    if (part.empty() || asked.from >= asked.bytes || part.size() > asked.bytes - asked.from)
        return not_as_published();
    TRY_DO(extend_durably(part_file(asked), asked.from, part, 0600));
    if (asked.from + part.size() == asked.bytes)
        TRY_DO(take_whole(asked));
    return go_on(*coming);
}

Result<void> ParcelFolder::take_whole(const ParcelWant& asked) {
    const auto frame = read_small_file(part_file(asked), limits::parcel_bytes_max);
    std::string known;
    if (asked.base) {
        wire::Parcel base;
        base.version = *asked.base;
        if (auto content_of_base = this->content(base); content_of_base.ok())
            known = std::move(*content_of_base);
    }
    auto content = frame.ok() ? wire::expand_beside(*frame, known, limits::parcel_content_max)
                              : Result<std::string>(frame.error());
    const bool good = content.ok() && Sha256::of(*content) == asked.version;
    // It comes as it lies, but for the shorter way.
    if (good)
        TRY_DO(write_durably(at(asked.version.hex()), asked.base ? wire::compress(*content) : *frame, 0600));
    std::error_code left;
    fs::remove(part_file(asked), left);
    if (!good && asked.base)
        whole_only_.insert(asked.version);
    return good ? Result<void>{} : not_as_published();
}

Result<ParcelStand> ParcelFolder::go_on(const wire::ParcelList& coming) {
    for (const auto& parcel : coming.parcels)
        if (!is_here(parcel))
            return ParcelStand{stand().list, want_of(parcel)};
    TRY_DO(write_durably(at(list_in_use), wire::encode(coming), 0600));
    tidy(coming);
    in_use_ = wire::list_hash(coming);
    return ParcelStand{*in_use_, {}};
}

// What nobody needs any more; what stays by a cut goes the next time.
void ParcelFolder::tidy(const wire::ParcelList& in_use) const {
    std::set<std::string> needed{list_in_use};
    for (const auto& parcel : in_use.parcels)
        needed.insert(parcel.version.hex());
    std::error_code problem;
    for (const auto& file : fs::directory_iterator(folder_, problem))
        if (std::error_code left; !needed.contains(file.path().filename().string()))
            fs::remove(file.path(), left);
}

}  // namespace doorstep
