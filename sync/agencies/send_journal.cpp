#include "sync/agencies/send_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <optional>

#include "sync/store/sql_values.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

constexpr std::string_view first_word = "attempt ";
constexpr std::size_t journal_bytes_max = std::size_t{1} << 30;

Result<void> keep(SqlConnection& sql, const SendAttempt& attempt, std::string_view step,
                  std::string_view outcome, std::int64_t at_ms) {
    TRY_DO(
        sql.run("insert into send_journal(partnership, referral, attempt, step, agency, at_ms, outcome, way) "
                "values(:partnership, :referral, :attempt, :step, :agency, :at, :outcome, :way) "
                "on conflict do nothing",
                {{"partnership", home_partnership},
                 {"referral", sql_value(attempt.referral)},
                 {"attempt", std::int64_t{attempt.attempt}},
                 {"step", std::string(step)},
                 {"agency", attempt.agency},
                 {"at", at_ms},
                 {"outcome", std::string(outcome)},
                 {"way", attempt.way}}));
    return {};
}

Error unwritable(const std::string& file) {
    return {errno == ENOSPC ? Fault::disk_full : Fault::not_writable,
            fmt::format("The send journal {} cannot be written.", file),
            "Nothing is sent until it can: look at its disk and its rights."};
}

bool write_all(int handle, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(handle, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

template<class Number>
std::optional<Number> number(std::string_view text) {
    Number value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() ? std::optional(value)
                                                                           : std::nullopt;
}

// "attempt REFERRAL N AT AGENCY WAY"; the way may be missing
std::optional<SendAttempt> attempt_in(std::string_view line) {
    if (!line.starts_with(first_word))
        return std::nullopt;
    line.remove_prefix(first_word.size());
    std::vector<std::string_view> words;
    for (std::size_t from = 0; from <= line.size();) {
        const auto to = std::min(line.find(' ', from), line.size());
        words.push_back(line.substr(from, to - from));
        from = to + 1;
    }
    if (words.size() != 4 && words.size() != 5)
        return std::nullopt;
    const auto referral = Uuid::parse(words[0]);
    const auto count = number<int>(words[1]);
    const auto at = number<std::int64_t>(words[2]);
    if (!referral || !count || !at || words[3].empty())
        return std::nullopt;
    return SendAttempt{*referral, std::string(words[3]), *count, *at,
                       std::string(words.size() == 5 ? words[4] : std::string_view{})};
}

}  // namespace

Result<void> journal_attempt(SqlConnection& sql, const SendAttempt& attempt) {
    return keep(sql, attempt, "attempt", "", attempt.at_ms);
}

Result<void> journal_outcome(SqlConnection& sql, const SendAttempt& attempt, std::string_view outcome) {
    return keep(sql, attempt, "outcome", outcome, attempt.at_ms);
}

Result<JournalFile> JournalFile::open(const std::string& file) {
    const int handle = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (handle < 0)
        return unwritable(file);
    JournalFile journal(file, handle);
    struct stat facts {};
    if (::fstat(handle, &facts) != 0 || !S_ISREG(facts.st_mode))
        return unwritable(file);
    char last = '\n';
    if (facts.st_size > 0 && ::pread(handle, &last, 1, facts.st_size - 1) != 1)
        return unwritable(file);
    if (last != '\n' && !write_all(handle, "\n"))
        return unwritable(file);
    // The file's name is durable too, or a power cut takes all of it.
    const auto parent = std::filesystem::path(file).parent_path();
    const int folder = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = ::fsync(handle) == 0 && folder >= 0 && ::fsync(folder) == 0;
    if (folder >= 0)
        ::close(folder);
    if (!synced)
        return unwritable(file);
    return journal;
}

JournalFile::JournalFile(JournalFile&& other) noexcept
    : file_(std::move(other.file_)), handle_(std::exchange(other.handle_, -1)) {}

JournalFile::~JournalFile() {
    if (handle_ >= 0)
        ::close(handle_);
}

Result<void> JournalFile::append(const SendAttempt& attempt) {
    const auto line = fmt::format("{}{} {} {} {}{}{}\n", first_word, attempt.referral.text(), attempt.attempt,
                                  attempt.at_ms, attempt.agency, attempt.way.empty() ? "" : " ", attempt.way);
    if (!write_all(handle_, line) || ::fsync(handle_) != 0)
        return unwritable(file_);
    return {};
}

Result<std::vector<SendAttempt>> read_journal_file(const std::string& file) {
    TRY(const auto text, read_small_file(file, journal_bytes_max));
    std::vector<SendAttempt> attempts;
    std::size_t number_of_line = 0;
    for (std::size_t from = 0; from < text.size();) {
        const auto end = text.find('\n', from);
        if (end == std::string::npos)
            break;  // torn: the try was never made
        const auto line = std::string_view(text).substr(from, end - from);
        from = end + 1;
        ++number_of_line;
        if (const auto attempt = attempt_in(line))
            attempts.push_back(*attempt);
        else if (std::string_view("attempt ").substr(0, line.size()) != line.substr(0, first_word.size()))
            return Error{Fault::damaged,
                         fmt::format("Line {} of the send journal {} cannot be read.", number_of_line, file),
                         "Restore without it: what may have left is then verified before it is sent."};
    }
    return attempts;
}

}  // namespace doorstep
