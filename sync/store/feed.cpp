// The feed, as the endpoint reads it for a tablet.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "sync/operation/whose.h"
#include "sync/store/in_doubt.h"
#include "sync/store/sql_values.h"
#include "sync/store/store_state.h"

namespace doorstep {

namespace {

// What is sealed to the endpoint nobody else could read: its place alone, as of one's own.
bool is_for_endpoint_alone(std::string_view body) {
    return body.starts_with("DSB1");
}

// Set aside for who said it.  A tablet that read it would obey.
bool is_no_officers(std::string_view json) {
    const auto opened = wire::open_operation(std::string(json));
    return opened.operation && !why_not_an_officers(*opened.operation).empty();
}

struct FeedRow {
    wire::PulledOperation told;
    bool aside = false;     // and a tablet pushed it
    bool in_doubt = false;  // it may be of a home that was forgotten since
};

// A body that does not open here is told as unreadable, and stops nobody's page.
Result<void> open_body_for_page(const StoreParts& store, wire::PulledOperation& one) {
    if (one.json.empty() || !store.subject_keys)
        return {};
    auto body = store.subject_keys->open(one.id, std::move(one.json));
    if (!body.ok() && body.error().fault != Fault::damaged)
        return body.error();
    one.json = body.ok() ? std::move(*body) : std::string("unreadable");
    if (is_for_endpoint_alone(one.json))
        one.json.clear();
    return {};
}

Result<std::vector<wire::PulledOperation>> opened_for_page(const StoreParts& store,
                                                           std::vector<FeedRow> rows) {
    std::vector<wire::PulledOperation> page;
    page.reserve(rows.size());
    for (auto& row : rows) {
        if (row.in_doubt)
            row.told.json.clear();
        TRY_DO(open_body_for_page(store, row.told));
        if (row.aside && is_no_officers(row.told.json))
            row.told.json.clear();
        page.push_back(std::move(row.told));
    }
    return page;
}

constexpr std::string_view feed_columns =
    "select o.pull_seq, o.operation_id, o.enrolment, b.body, o.patch, o.status, o.reason from operation o "
    "join operation_body b on b.partnership = o.partnership and b.operation_id = o.operation_id where "
    "o.partnership = "
    ":partnership ";

FeedRow pulled_from(const SqlRow& row, const Uuid& own) {
    const bool is_own = !row.is_null(2) && row.uuid(2) == own;
    return {{unsigned_column(row, 0), row.uuid(1), is_own ? std::string{} : row.blob(3),
             row.is_null(4) ? std::string{} : row.text(4)},
            !row.is_null(2) && row.integer(5) != 0,
            row.integer(5) != 0 && row.text(6) == in_doubt_reason};
}

// At most so many patches in one question: SQLite takes 500.
constexpr std::size_t asked_at_once = 100;

// A parameter only looks at its name.
std::string_view parameter_name(std::size_t number) {
    static const auto names = [] {
        std::array<std::string, asked_at_once> made;
        for (std::size_t i = 0; i < made.size(); ++i)
            made[i] = fmt::format("p{}", i);
        return made;
    }();
    return names.at(number);
}

// Each patch from its own end of the index, so that what belongs to others costs nothing.
Result<void> add_places(SqlConnection& sql, std::span<const std::string> patches, std::uint64_t after,
                        std::uint64_t through, std::uint64_t limit, std::vector<std::uint64_t>& places) {
    std::vector<SqlParameter> parameters{{"partnership", home_partnership},
                                         {"after", sql_value(after)},
                                         {"through", sql_value(through)},
                                         {"limit", sql_value(limit)}};
    std::string question;
    for (std::size_t i = 0; i < patches.size(); ++i) {
        question +=
            fmt::format("{0}select f{1}.pull_seq from (select pull_seq from operation where partnership = "
                        ":partnership and patch = :p{1} and pull_seq > :after and pull_seq <= :through "
                        "order by pull_seq limit :limit) f{1}",
                        i == 0 ? "" : " union all ", i);
        parameters.push_back({parameter_name(i), patches[i]});
    }
    return sql.query(question, parameters, [&](const SqlRow& row) {
        places.push_back(unsigned_column(row, 0));
        return true;
    });
}

}  // namespace

Result<std::vector<wire::PulledOperation>> Store::feed(std::uint64_t after, int limit, const Uuid& own,
                                                       std::span<const std::string> scope) const {
    TRY_DO(check_unlocked(*state_));
    std::vector<FeedRow> rows;
    TRY_DO(state_->sql->query(
        std::string(feed_columns) + "and o.pull_seq > :after order by o.pull_seq limit :limit",
        {{"partnership", home_partnership}, {"after", sql_value(after)}, {"limit", std::int64_t{limit}}},
        [&](const SqlRow& row) {
            auto& one = rows.emplace_back(pulled_from(row, own)).told;
            if (!scope.empty() && !one.patch->empty() &&
                std::find(scope.begin(), scope.end(), *one.patch) == scope.end())
                one.json.clear();
            one.patch.reset();
            return true;
        }));
    return opened_for_page(*state_, std::move(rows));
}

Result<std::vector<std::uint64_t>> Store::feed_places(std::span<const std::string> patches,
                                                      std::uint64_t after, std::uint64_t through,
                                                      std::uint64_t limit) const {
    TRY_DO(check_unlocked(*state_));
    std::vector<std::uint64_t> places;
    for (std::size_t i = 0; i < patches.size(); i += asked_at_once)
        TRY_DO(add_places(*state_->sql, patches.subspan(i, std::min(asked_at_once, patches.size() - i)),
                          after, through, limit, places));
    std::sort(places.begin(), places.end());
    places.resize(std::min<std::size_t>(places.size(), limit));
    return places;
}

Result<std::vector<wire::PulledOperation>> Store::feed_at(std::span<const std::uint64_t> places,
                                                          const Uuid& own) const {
    TRY_DO(check_unlocked(*state_));
    assert(!places.empty() && places.size() <= feed_step);
    std::string question(feed_columns);
    std::vector<SqlParameter> parameters{{"partnership", home_partnership}};
    for (std::size_t i = 0; i < feed_step; ++i) {
        question += fmt::format("{}:p{}", i == 0 ? "and o.pull_seq in (" : ", ", i);
        parameters.push_back({parameter_name(i), sql_value(places[std::min(i, places.size() - 1)])});
    }
    std::vector<FeedRow> rows;
    TRY_DO(state_->sql->query(question + ") order by o.pull_seq", parameters, [&](const SqlRow& row) {
        rows.push_back(pulled_from(row, own));
        return true;
    }));
    return opened_for_page(*state_, std::move(rows));
}

}  // namespace doorstep
