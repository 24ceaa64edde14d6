#include "sync/listener/high_water.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <charconv>

#include "sync/endpoint/epochs.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

constexpr std::int64_t not_sooner_ms = 1'000;
constexpr std::size_t uuid_digits = 36;

struct Mark {
    Uuid epoch;
    std::uint64_t cursor = 0;
};

// "EPOCH CURSOR\n"
Result<Mark> read_mark(const std::string& file, std::string_view text) {
    const auto epoch = Uuid::parse(text.substr(0, uuid_digits));
    Mark mark;
    const char* const end = text.data() + text.size();
    if (epoch && text.size() > uuid_digits + 2 && text.back() == '\n') {
        mark.epoch = *epoch;
        const auto [last, failed] = std::from_chars(text.data() + uuid_digits + 1, end - 1, mark.cursor);
        if (failed == std::errc{} && last == end - 1)
            return mark;
    }
    return Error{Fault::damaged, fmt::format("{} is no high-water mark of an endpoint.", file),
                 "Put back the file as it was, or remove it when you are sure that the database was not set "
                 "back."};
}

Result<std::string> mark_of(const Store& store) {
    TRY(const auto epoch, store.epoch());
    TRY(const auto cursor, store.cursor_max());
    return fmt::format("{} {}\n", epoch.text(), cursor);
}

}  // namespace

Result<void> HighWater::check(const Store& store) const {
    if (file_.empty())
        return {};
    const auto text = read_small_file(file_, 4096);
    if (!text.ok() && text.error().fault == Fault::not_found)
        return {};  // the first start
    if (!text.ok())
        return text.error();
    TRY(const auto mark, read_mark(file_, *text));
    TRY(const auto lineage, read_lineage(store.sql()));
    TRY(const auto cursor, store.cursor_max());
    if (mark.epoch != lineage.epoch && lineage.comes_from(mark.epoch))
        return {};  // restored, in words: a new epoch
    if (mark.epoch == lineage.epoch && mark.cursor <= cursor)
        return {};
    return Error{
        Fault::refused,
        mark.epoch == lineage.epoch
            ? fmt::format(
                  "This database was set back: it holds the feed through {}, and {} had been given out.",
                  cursor, mark.cursor)
            : "This database was set back: it stands before the last restore.",
        "Restore the newest backup (doorstep-endpoint restore), or, where nothing newer is to be had, say "
        "that it goes on as it is: doorstep-endpoint epoch new. The tablets then send again what it lacks."};
}

void HighWater::rise(const Store& store, std::int64_t now_ms) {
    if (!file_.empty() && (now_ms - written_ms_ >= not_sooner_ms || now_ms < written_ms_)) {
        written_ms_ = now_ms;
        write(store);
    }
}

void HighWater::settle(const Store& store) {
    if (!file_.empty())
        write(store);
}

void HighWater::write(const Store& store) {
    const auto mark = mark_of(store);
    if (!mark.ok() || *mark == written_)
        return;
    const auto kept = write_durably(file_, *mark, 0600);
    if (kept.ok())
        written_ = *mark;
    else if (!told_)
        spdlog::warn("The high-water mark could not be written: {}", kept.error().text());
    told_ = !kept.ok();
}

}  // namespace doorstep
