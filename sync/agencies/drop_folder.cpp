#include "sync/agencies/drop_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <utility>

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

std::string in_small_letters(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

// Whatever stands in it, somebody means it as answers.  Other names are of files under way, or notes.
enum class Meant : std::uint8_t { no, answers, table };
Meant meant_by(const std::string& name) {
    const auto low = in_small_letters(name);
    if (name.size() <= 4 || name.size() >= 200 || name.front() == '.' || name.front() == '~' ||
        low.ends_with(".errors.csv"))
        return Meant::no;
    if (low.ends_with(".csv"))
        return Meant::answers;
    for (const std::string_view ending : {".csv.txt", ".xls", ".xlsx", ".ods"})
        if (low.ends_with(ending))
            return Meant::table;
    return Meant::no;
}

// Empty: it can be read.
std::string_view why_not_read(const std::string& path) {
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0)
        return "It cannot be read.";
    if (!S_ISREG(facts.st_mode))
        return "It is no file but a link, a pipe or a folder.";
    return facts.st_size > static_cast<off_t>(answers_file_bytes_max) ? "It is larger than 1 MiB."
                                                                      : std::string_view{};
}

}  // namespace

std::string DropFolder::ours(const Uuid& referral, const char* ending) const {
    return folder_ + "/.doorstep/" + referral.text() + ending;
}

// Begun without its content would say that the agency has it.  What cannot be unlinked now is found by the
// next question.
void DropFolder::drop_unsent(const Uuid& referral, Begun begun) const {
    if (begun == Begun::goes) {
        ::unlink(ours(referral, ".begun").c_str());
        static_cast<void>(sync_folder(folder_ + "/.doorstep"));
    }
    for (const char* ending : {".part", ".part.new"})
        ::unlink(ours(referral, ending).c_str());
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
    const auto before = exists(ours(parcel.referral, ".begun"));
    if (!before.ok())
        return nothing_left(before.error());
    // What did not leave does not stay behind either; that an earlier attempt left is still known.
    const auto taken_back = [&](const Error& error) {
        drop_unsent(parcel.referral, *before ? Begun::stays : Begun::goes);
        return nothing_left(error);
    };
    if (const auto kept = write_durably(part, as_csv(*parcel.message), for_the_agency); !kept.ok())
        return taken_back(kept.error());
    if (const auto begun = write_durably(ours(parcel.referral, ".begun"), "", 0600); !begun.ok())
        return taken_back(begun.error());
    const auto named = folder_ + "/" + parcel.referral.text() + ".csv";
    if (::rename(part.c_str(), named.c_str()) != 0)
        return taken_back(unusable(folder_, "cannot be written"));
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
    if (*begun && !*part)
        return {Came::held, {}, {}};
    drop_unsent(parcel.referral, Begun::goes);
    return {Came::not_there, {}, {}};
}

Delivery DropFolder::withdraw(const Parcel& parcel) {
    if (const auto ready = make_ready(); !ready.ok())
        return {Came::unknown, {}, ready.error().what};
    if (const auto part = exists(ours(parcel.referral, ".part")); part.ok() && *part)
        drop_unsent(parcel.referral, Begun::goes);
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

void AnswersFolder::leave(const std::string& folder, const std::string& name, std::string_view why,
                          std::string_view mend) {
    left_.push_back(name);
    const auto beside = folder + "/answers/" + name + ".errors.csv";
    std::error_code problem;
    if (fs::exists(fs::symlink_status(beside, problem)))
        return;
    // Where it cannot be written the log alone says it.
    static_cast<void>(write_durably(
        beside,
        "\xEF\xBB\xBF" + csv_row(std::array<std::string, 3>{"row", "what is wrong", "how to mend it"}) +
            csv_row(std::array<std::string, 3>{"", std::string(why), std::string(mend)}),
        0660));
}

std::vector<std::string> AnswersFolder::newly_left() const {
    std::vector<std::string> fresh;
    std::set_difference(left_.begin(), left_.end(), left_before_.begin(), left_before_.end(),
                        std::back_inserter(fresh));
    return fresh;
}

Result<std::vector<AnswersFile>> AnswersFolder::look(const std::string& folder) {
    std::vector<AnswersFile> ready;
    std::map<std::string, Sha256> now;
    left_before_ = std::exchange(left_, {});
    std::error_code problem;
    std::vector<std::string> names;
    for (fs::directory_iterator each(folder + "/answers", problem), end; !problem && each != end;
         each.increment(problem))
        if (const auto name = each->path().filename().string(); meant_by(name) != Meant::no)
            names.push_back(name);
    if (problem && problem != std::errc::no_such_file_or_directory)
        return unusable(folder, "cannot be read");
    std::sort(names.begin(), names.end());
    for (const auto& name : names) {
        const auto path = folder + "/answers/" + name;
        constexpr std::string_view as_csv_mend =
            "Save it as CSV, in files of at most 1 MiB, and put that here.";
        if (meant_by(name) == Meant::table) {
            leave(folder, name, "Answers are taken from files whose names end in .csv.", as_csv_mend);
        } else if (const auto why = why_not_read(path); !why.empty()) {
            leave(folder, name, why, as_csv_mend);
        } else if (now.size() < files_a_look) {
            auto content = read_small_file(path, answers_file_bytes_max);
            if (!content.ok()) {
                leave(folder, name, "It cannot be read.", "Let the endpoint's user read it.");
                continue;
            }
            const auto hash = Sha256::of(*content);
            const auto before = seen_.find(name);
            if (before != seen_.end() && before->second == hash)
                ready.push_back({name, std::move(*content)});
            now.emplace(name, hash);
        }
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
