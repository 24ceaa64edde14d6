#include "sync/endpoint/pull_page.h"

#include <algorithm>
#include <span>

#include "sync/endpoint/concerns.h"
#include "sync/endpoint/media.h"
#include "sync/store/patches.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

// A page ends here even when the tablet asked for more: with the largest operation on
// top it still expands to less than limits::frame_bytes_max.
constexpr std::size_t page_bytes_max = 2 * 1024 * 1024;
// Rows fetched at a time, so that few large ones never fill the memory.
constexpr int page_step = static_cast<int>(Store::feed_step);

// Of the tablet's own places, so that it can drop what it sent while it is locked.  Whether it was an order.
Result<bool> name_forgotten(const Call& call, const wire::PulledOperation& row, wire::PullReply& page) {
    if (row.json.find("\"records_erased\"") == std::string::npos)
        return false;
    const auto opened = wire::open_operation(row.json);
    const auto* erased = opened.operation ? std::get_if<RecordsErased>(&opened.operation->payload) : nullptr;
    for (const auto& id : erased ? erased->operations : std::vector<Uuid>{})
        TRY_DO(call.transaction.sql().query(
            "select tablet_seq from operation where partnership = :partnership and operation_id = :id and "
            "enrolment = :enrolment",
            {{"partnership", home_partnership},
             {"id", sql_value(id)},
             {"enrolment", sql_value(call.tablet.enrolment)}},
            [&](const SqlRow& found) {
                page.forgotten.push_back(unsigned_column(found, 0));
                return false;
            }));
    return erased != nullptr;
}

class Page {
public:
    Page(const Call& call, const PageAsked& asked) : call_(call), asked_(asked), end_(asked.through) {
        page_.from = page_.cursor = asked.after;
    }

    // Every place of the feed.
    Result<void> fill() {
        while (page_.operations.size() < asked_.limit && bytes_ < page_bytes_max && page_.cursor < end_) {
            const auto want = std::min<std::uint64_t>(page_step, asked_.limit - page_.operations.size());
            const std::span<const std::string> scope = asked_.areas;
            TRY(auto rows,
                call_.store.feed(page_.cursor, static_cast<int>(want), call_.tablet.enrolment, scope));
            if (rows.empty())
                break;
            for (auto& row : rows) {
                if (bytes_ >= page_bytes_max || row.pull_sequence > end_)
                    break;
                TRY_DO(take(std::move(row)));
            }
        }
        return {};
    }

    // What belongs to these patches; the cursor passes by all else.
    Result<void> fill_with(const std::vector<std::string>& patches) {
        TRY(const auto places, call_.store.feed_places(patches, asked_.after, end_, asked_.limit + 1));
        const auto wanted = std::min<std::size_t>(places.size(), asked_.limit);
        const auto all = std::span(places).first(wanted);
        for (std::size_t i = 0; i < wanted && bytes_ < page_bytes_max; i += Store::feed_step) {
            TRY(auto rows, call_.store.feed_at(all.subspan(i, std::min(Store::feed_step, wanted - i)),
                                               call_.tablet.enrolment));
            for (auto& row : rows) {
                if (bytes_ >= page_bytes_max || row.pull_sequence > end_)
                    break;
                TRY_DO(take(std::move(row)));
            }
        }
        const auto next = std::upper_bound(places.begin(), places.end(), page_.cursor);
        const bool more_below = next != places.end() && *next <= end_;
        if (!more_below)
            page_.cursor = end_;
        return {};
    }

    wire::PullReply taken() {
        page_.more = page_.cursor < asked_.through;
        return std::move(page_);
    }

private:
    // Who asks for what follows an order is taken to have kept it (pull.cpp): so no page goes further beyond
    // one than a page without holes does.
    Result<void> take(wire::PulledOperation&& row) {
        row.json = without_media(without_restricted_part(std::move(row.json)));
        bytes_ += row.json.size() + 80;
        page_.cursor = row.pull_sequence;
        TRY(const bool order, name_forgotten(call_, row, page_));
        if (order)
            end_ = std::min<std::uint64_t>(end_, row.pull_sequence + limits::pull_operations_max - 1);
        page_.operations.push_back(std::move(row));
        return {};
    }

    const Call& call_;
    const PageAsked& asked_;
    std::uint64_t end_;
    std::size_t bytes_ = 0;
    wire::PullReply page_{};
};

// Of the areas of this tablet, and of what belongs to none.
Result<std::vector<wire::PatchTotal>> totals_for(const Call& call, const PageAsked& asked) {
    TRY(const auto all, patch_totals(call.transaction.sql(), asked.through));
    std::vector<wire::PatchTotal> told;
    if (all.empty())
        return told;
    auto patches = asked.areas;
    patches.emplace_back(wire::no_patch);
    for (const auto& patch : patches) {
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.patch == patch; });
        told.push_back(found == all.end() ? wire::PatchTotal{patch, 0, {}} : *found);
    }
    return told;
}

}  // namespace

Result<wire::PullReply> page_for(const Call& call, const PageAsked& asked) {
    Page page(call, asked);
    const bool without_holes =
        asked.areas.empty() || !asked.names_scope || asked.patch == std::string(wire::every_patch);
    auto patches = asked.patch ? std::vector{*asked.patch} : asked.areas;
    if (!asked.patch)
        patches.emplace_back(wire::no_patch);
    TRY_DO(without_holes ? page.fill() : page.fill_with(patches));
    auto filled = page.taken();
    filled.patch = asked.patch;
    filled.through = asked.patch ? asked.through : 0;
    if (!without_holes)
        filled.scope = wire::scope_name(asked.areas);
    if (!without_holes && !asked.patch && !filled.more) {
        TRY(filled.patches, totals_for(call, asked));
    }
    return filled;
}

}  // namespace doorstep
