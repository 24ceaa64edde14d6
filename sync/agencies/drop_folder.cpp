#include "sync/agencies/drop_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "forms/base/calendar.h"
#include "sync/agencies/csv_text.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace fs = std::filesystem;

namespace {

constexpr unsigned for_the_agency = 0640;
constexpr std::size_t files_a_look = 100;

Error unusable(const std::string& folder, std::string_view what) {
    return {Fault::not_writable, fmt::format("The drop folder {} {}.", folder, what),
            "Look whether its disk is there, and whether the endpoint's user may write it."};
}

Result<void> make_folder(const std::string& folder, unsigned mode) {
    if (::mkdir(folder.c_str(), mode) == 0 || errno == EEXIST)
        return {};
    return unusable(folder, "cannot be made");
}

Result<void> sync_folder(const std::string& folder) {
    const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = handle >= 0 && ::fsync(handle) == 0;
    if (handle >= 0)
        ::close(handle);
    return synced ? Result<void>{} : unusable(folder, "cannot be synced");
}

Result<bool> exists(const std::string& file) {
    struct stat facts {};
    if (::lstat(file.c_str(), &facts) == 0)
        return true;
    if (errno == ENOENT)
        return false;
    return unusable(fs::path(file).parent_path().string(), "cannot be read");
}

std::string as_csv(const ReferralMessage& message) {
    std::string text = "\xEF\xBB\xBF" + csv_row(std::array<std::string, 3>{"field", "value", "words"});
    for (const auto& field : as_fields(message))
        text += csv_row(std::array<std::string, 3>{field.field, field.value, field.words});
    return text;
}

bool is_answers_name(const std::string& name) {
    return name.size() > 4 && name.size() < 200 && name.front() != '.' && name.ends_with(".csv") &&
           !name.ends_with(".errors.csv");
}

}  // namespace

std::string DropFolder::ours(const Uuid& referral, const char* ending) const {
    return folder_ + "/.doorstep/" + referral.text() + ending;
}

// The folder itself is never made: where it is missing its disk may be.
Result<void> DropFolder::make_ready() const {
    std::error_code problem;
    if (!fs::is_directory(folder_, problem))
        return unusable(folder_, "is not there");
    TRY_DO(make_folder(folder_ + "/.doorstep", 0700));
    TRY_DO(make_folder(folder_ + "/answers", 0770));
    return make_folder(folder_ + "/answers/taken", 0770);
}

Delivery DropFolder::send(const Parcel& parcel) {
    const auto nothing_left = [](const Error& error) { return Delivery{Came::not_there, {}, error.what}; };
    if (!parcel.message)
        return {Came::not_there, {}, "There is nothing to send."};
    if (const auto ready = make_ready(); !ready.ok())
        return nothing_left(ready.error());
    const auto part = ours(parcel.referral, ".part");
    if (const auto kept = write_durably(part, as_csv(*parcel.message), for_the_agency); !kept.ok())
        return nothing_left(kept.error());
    if (const auto begun = write_durably(ours(parcel.referral, ".begun"), "", 0600); !begun.ok())
        return nothing_left(begun.error());
    const auto named = folder_ + "/" + parcel.referral.text() + ".csv";
    if (::rename(part.c_str(), named.c_str()) != 0)
        return nothing_left(unusable(folder_, "cannot be written"));
    for (const auto& folder : {folder_, folder_ + "/.doorstep"})
        if (const auto synced = sync_folder(folder); !synced.ok())
            return {Came::unknown, {}, synced.error().what};
    return {Came::held, {}, {}};
}

Delivery DropFolder::ask(const Parcel& parcel) {
    if (const auto ready = make_ready(); !ready.ok())
        return {Came::unknown, {}, ready.error().what};
    const auto begun = exists(ours(parcel.referral, ".begun"));
    const auto part = exists(ours(parcel.referral, ".part"));
    if (!begun.ok() || !part.ok())
        return {Came::unknown, {}, (begun.ok() ? part : begun).error().what};
    return {*begun && !*part ? Came::held : Came::not_there, {}, {}};
}

Delivery DropFolder::withdraw(const Parcel& parcel) {
    if (const auto ready = make_ready(); !ready.ok())
        return {Came::unknown, {}, ready.error().what};
    const auto text =
        csv_row(std::array<std::string, 3>{"field", "value", "words"}) +
        csv_row(std::array<std::string, 3>{"referral", parcel.referral.text(), parcel.referral.text()}) +
        csv_row(std::array<std::string, 3>{"withdrawn", instant_text(parcel.at_ms, 0),
                                           "The resident has withdrawn it. Stop work on it."});
    const auto told =
        write_durably(folder_ + "/" + parcel.referral.text() + ".withdrawn.csv", text, for_the_agency);
    return told.ok() ? Delivery{Came::held, {}, {}} : Delivery{Came::unknown, {}, told.error().what};
}

Result<void> DropFolder::test(const std::string&) {
    TRY_DO(make_ready());
    const auto file = folder_ + "/.doorstep/test";
    TRY_DO(write_durably(file, "test\n", 0600));
    return ::unlink(file.c_str()) == 0 ? Result<void>{} : unusable(folder_, "cannot be written");
}

Result<std::vector<AnswersFile>> AnswersFolder::look(const std::string& folder) {
    std::vector<AnswersFile> ready;
    std::map<std::string, Sha256> now;
    left_ = 0;
    std::error_code problem;
    std::vector<std::string> names;
    for (fs::directory_iterator each(folder + "/answers", problem), end; !problem && each != end;
         each.increment(problem))
        if (const auto name = each->path().filename().string(); is_answers_name(name))
            names.push_back(name);
    if (problem && problem != std::errc::no_such_file_or_directory)
        return unusable(folder, "cannot be read");
    std::sort(names.begin(), names.end());
    for (const auto& name : names) {
        const auto path = folder + "/answers/" + name;
        struct stat facts {};
        if (now.size() >= files_a_look || ::lstat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode) ||
            facts.st_size > static_cast<off_t>(answers_file_bytes_max)) {
            ++left_;
            continue;
        }
        auto content = read_small_file(path, answers_file_bytes_max);
        if (!content.ok()) {
            ++left_;
            continue;
        }
        const auto hash = Sha256::of(*content);
        const auto before = seen_.find(name);
        if (before != seen_.end() && before->second == hash)
            ready.push_back({name, std::move(*content)});
        now.emplace(name, hash);
    }
    seen_ = std::move(now);
    return ready;
}

Result<void> AnswersFolder::put_away(const std::string& folder, const AnswersFile& file,
                                     const std::string& errors) {
    const auto answers = folder + "/answers";
    TRY_DO(make_folder(answers + "/taken", 0770));
    if (!errors.empty())
        TRY_DO(write_durably(answers + "/" + file.name + ".errors.csv", "\xEF\xBB\xBF" + errors, 0660));
    const auto from = answers + "/" + file.name;
    const auto to = answers + "/taken/" + Sha256::of(file.content).hex().substr(0, 12) + "-" + file.name;
    if (::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT)
        return unusable(answers, "cannot be written");
    return sync_folder(answers);
}

}  // namespace doorstep
