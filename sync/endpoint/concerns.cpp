#include "sync/endpoint/concerns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "forms/base/packing.h"
#include "sync/store/concern_notice.h"
#include "sync/store/rows_at_once.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr std::array<std::string_view, 5> states = {"unopened", "raised", "acknowledged", "released",
                                                    "unreadable"};

ConcernState state_of(const std::string& text) {
    const auto found = std::find(states.begin(), states.end(), text);
    return found == states.end() ? ConcernState::raised : static_cast<ConcernState>(found - states.begin());
}

bool is_plain_code(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == ' ';
    });
}

// In a transaction of its own, all or nothing.
template<class Work>
Result<void> in_transaction(SqlConnection& sql, Work work) {
    TRY_DO(sql.begin());
    Result<void> done = work();
    if (done.ok())
        done = sql.commit();
    if (!done.ok())
        sql.rollback();
    return done;
}

Error no_such_concern() {
    return {Fault::not_found, "There is no such concern.", "See doorstep-endpoint concerns list."};
}

struct Standing {
    ConcernState state = ConcernState::raised;
    std::string sealed;
};

Result<Standing> standing(SqlConnection& sql, const Uuid& concern) {
    std::optional<Standing> found;
    TRY_DO(sql.query("select state, sealed from concern where partnership = :partnership and concern = :id",
                     {{"partnership", home_partnership}, {"id", sql_value(concern)}}, [&](const SqlRow& row) {
                         found = Standing{state_of(row.text(0)), row.blob(1)};
                         return false;
                     }));
    if (!found)
        return no_such_concern();
    return std::move(*found);
}

Result<void> drop(SqlConnection& sql, const Uuid& concern) {
    TRY_DO(sql.run("delete from concern where partnership = :partnership and concern = :id",
                   {{"partnership", home_partnership}, {"id", sql_value(concern)}}));
    return {};
}

Result<void> set_state(SqlConnection& sql, const Uuid& concern, ConcernState state, std::string_view column,
                       std::int64_t now_ms) {
    return in_transaction(sql, [&]() -> Result<void> {
        TRY_DO(sql.run(fmt::format("update concern set state = :state, {} = :now where partnership = "
                                   ":partnership and concern = :id",
                                   column),
                       {{"state", std::string(word(state))},
                        {"now", now_ms},
                        {"partnership", home_partnership},
                        {"id", sql_value(concern)}}));
        return {};
    });
}

// --- a part in slots, as it is kept: what it is read with and where it was, beside it --------------

constexpr std::string_view kept_mark = "DSC3";
constexpr std::size_t page_text_max = 64 * 1024;
// Both halves are read: what is in it may be urgent, and which home it means is for a person to find out.
constexpr std::string_view other_home =
    R"("warning":"It was recorded at another home than the one it came with. Ask the officer which.",)";

std::string as_it_is_kept(const TakingConcerns& by, const Uuid& household,
                          const QuestionnaireFinished& finished, const RestrictedPart& part) {
    if (!part.in_slots)
        return part.sealed;
    Packer door;
    door(std::string(finished.contact.raw()), std::string(household.raw()));
    door.number(static_cast<std::uint64_t>(finished.finished_ms));
    // Not even the home stands beside it in clear.
    auto where = usable(by.safeguarding) ? seal(by.safeguarding, door.bytes()) : std::string{};
    Packer kept;
    kept.raw(kept_mark);
    kept(by.words != nullptr ? by.words->bytes() : std::string{}, where, part.sealed);
    return kept.bytes();
}

struct AtTheDoor {
    std::string contact, household;
    std::uint64_t at_ms = 0;
};

AtTheDoor door_in(const KeyPair& safeguarding, std::string_view where) {
    AtTheDoor door;
    const auto text = open_sealed(safeguarding, where);
    if (!text)
        return door;
    Unpacker packed(text->view());
    std::string contact, household;
    packed(contact, household);
    door.at_ms = packed.number();
    door.contact = Uuid::from_bytes(contact).value_or(Uuid{}).text();
    door.household = Uuid::from_bytes(household).value_or(Uuid{}).text();
    return door;
}

// A line for each page; empty where nothing was recorded.
Result<SecretText> read_kept(std::string_view kept, const KeyPair& safeguarding) {
    Unpacker packed(kept.substr(kept_mark.size()));
    std::string words_text, where, sealed;
    packed(words_text, where, sealed);
    if (!packed.ok())
        return Error{Fault::damaged, "This concern cannot be read: it was altered.", ""};
    TRY(const auto pages, pages_of(sealed, safeguarding));
    if (pages.empty())
        return SecretText();
    const auto words = wire::OfficersWords::read(words_text);
    if (!words)
        return Error{Fault::not_found, "The words of its questionnaire are not kept with this concern.",
                     "Publish that questionnaire again and let the tablet sync once more."};
    const auto door = door_in(safeguarding, where);
    const auto home = Uuid::parse(door.household);
    const auto before = fmt::format(R"({{"contact":"{}","household":"{}","at_ms":"{}",)", door.contact,
                                    door.household, door.at_ms);
    std::string lines;
    lines.reserve(pages.size() * (before.size() + other_home.size() +
                                  page_text_max));  // it never moves, so that wiping it wipes all
    for (const auto& page : pages) {
        const auto text = words->read_text(page.text.view(), page_text_max);
        if (!text || !text->view().starts_with('{')) {
            wipe_text(lines);
            return Error{Fault::damaged, "This concern cannot be read: it was altered.", ""};
        }
        lines += lines.empty() ? "" : "\n";
        lines += before;
        lines += home && page.is_of(*home) ? std::string_view{} : other_home;
        lines += text->view().substr(1);
    }
    SecretText found(lines);
    wipe_text(lines);
    return found;
}

}  // namespace

std::string_view word(ConcernState state) {
    return states.at(static_cast<std::size_t>(state));
}

std::vector<RestrictedPart> parts_to_keep(const TakingConcerns& by, const Uuid& household,
                                          const QuestionnaireFinished& finished) {
    const auto known = by.words != nullptr ? by.words->agencies() : std::vector<std::string>{};
    auto parts = restricted_parts(finished.restricted, by.sealing, known);
    std::erase_if(parts, [](const auto& part) { return part.notice && part.notice->concern.is_nil(); });
    for (auto& part : parts)
        part.sealed = as_it_is_kept(by, household, finished, part);
    return parts;
}

Result<void> take_concerns(SqlConnection& sql, const TakingConcerns& by, const Uuid& household,
                           const QuestionnaireFinished& finished, std::int64_t now_ms) {
    return take_concerns(sql, parts_to_keep(by, household, finished), now_ms);
}

Result<void> take_concerns(SqlConnection& sql, std::span<const RestrictedPart> parts, std::int64_t now_ms) {
    static const RowShape shape("concern", {{"concern", RowShape::blob},
                                            {"suggested", RowShape::text},
                                            {"urgency", RowShape::text},
                                            {"state", RowShape::text},
                                            {"received_ms", RowShape::number},
                                            {"acknowledged_ms", RowShape::number},
                                            {"released_ms", RowShape::number},
                                            {"sealed", RowShape::blob}});
    RowsAtOnce rows(shape);
    for (const auto& part : parts) {
        if (part.notice && part.notice->concern.is_nil())
            continue;  // nothing was recorded
        const auto id = part.notice ? part.notice->concern
                        : part.in_slots
                            ? part.id
                            : Uuid::from_bytes(Sha256::of(part.sealed).raw().substr(0, 16)).value_or(Uuid{});
        const bool plain = part.notice && is_plain_code(part.notice->agencies + part.notice->urgency);
        const auto state = part.notice ? ConcernState::raised : ConcernState::unopened;
        rows.add(id, plain ? part.notice->agencies : std::string{},
                 plain ? part.notice->urgency : std::string{}, std::string(word(state)), now_ms,
                 std::int64_t{0}, std::int64_t{0}, Blob{part.sealed});
    }
    return rows.insert_later(sql);
}

// A name of a member is the only place where it can stand between plain quotes.
std::string without_restricted_part(std::string json) {
    constexpr std::string_view member = "\"restricted\"";
    const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    for (std::size_t at = json.find(member); at != std::string::npos; at = json.find(member, at)) {
        at += member.size();
        while (at < json.size() && (is_space(json[at]) || json[at] == ':'))
            ++at;
        if (at >= json.size() || json[at] != '"')
            continue;
        const auto end = json.find('"', at + 1);
        if (end != std::string::npos)
            json.erase(at + 1, end - at - 1);
    }
    return json;
}

Result<std::vector<ConcernRow>> concerns(SqlConnection& sql) {
    std::vector<ConcernRow> rows;
    TRY_DO(
        sql.query("select concern, suggested, urgency, state, received_ms, acknowledged_ms, released_ms from "
                  "concern where partnership = :partnership order by received_ms, concern",
                  {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                      rows.push_back({row.uuid(0), row.text(1), row.text(2), state_of(row.text(3)),
                                      row.integer(4), row.integer(5), row.integer(6)});
                      return true;
                  }));
    return rows;
}

namespace {

Result<std::vector<Uuid>> concerns_in(SqlConnection& sql, ConcernState state, ConcernState or_state) {
    std::vector<Uuid> ids;
    TRY_DO(sql.query("select concern from concern where partnership = :partnership and state in (:state, "
                     ":or_state) order by received_ms, concern",
                     {{"partnership", home_partnership},
                      {"state", std::string(word(state))},
                      {"or_state", std::string(word(or_state))}},
                     [&](const SqlRow& row) {
                         ids.push_back(row.uuid(0));
                         return true;
                     }));
    return ids;
}

}  // namespace

Result<std::vector<Uuid>> silent_concerns(SqlConnection& sql) {
    // That it does not open is no answer to it.
    return concerns_in(sql, ConcernState::raised, ConcernState::unreadable);
}

Result<std::vector<Uuid>> unopened_concerns(SqlConnection& sql) {
    return concerns_in(sql, ConcernState::unopened, ConcernState::unopened);
}

Result<void> acknowledge_concern(SqlConnection& sql, const Uuid& concern, std::int64_t now_ms) {
    TRY(const auto stands, standing(sql, concern));
    if (stands.state == ConcernState::acknowledged || stands.state == ConcernState::released)
        return {};
    return set_state(sql, concern, ConcernState::acknowledged, "acknowledged_ms", now_ms);
}

Result<void> release_concern(SqlConnection& sql, const Uuid& concern, std::int64_t now_ms) {
    TRY(const auto stands, standing(sql, concern));
    if (stands.state == ConcernState::released)
        return Error{Fault::refused, "It was released before.", "See doorstep-endpoint concerns list."};
    if (stands.state != ConcernState::acknowledged)
        return Error{Fault::refused, "Nobody has acknowledged this concern yet.",
                     "First: doorstep-endpoint concerns acknowledge, then release it."};
    return set_state(sql, concern, ConcernState::released, "released_ms", now_ms);
}

Result<SecretText> open_concern(SqlConnection& sql, const Uuid& concern, const KeyPair& safeguarding) {
    TRY(const auto stands, standing(sql, concern));
    if (stands.sealed.starts_with(kept_mark))
        return read_kept(stands.sealed, safeguarding);
    auto text = open_sealed(safeguarding, stands.sealed);
    if (!text)
        return Error{Fault::damaged, "This concern does not open: it was altered, or sealed to another key.",
                     "Ask the officer of that day; the audit names the tablet."};
    return std::move(*text);
}

Result<std::int64_t> look_into_unopened(SqlConnection& sql, const KeyPair& safeguarding) {
    TRY(const auto rows, concerns(sql));
    std::int64_t raised = 0;
    const auto look = [&]() -> Result<void> {
        for (const auto& row : rows) {
            if (row.state != ConcernState::unopened && row.state != ConcernState::unreadable)
                continue;
            const auto text = open_concern(sql, row.concern, safeguarding);
            if (text.ok() && (text->empty() || text->view() == "{}")) {
                TRY_DO(drop(sql, row.concern));
                continue;
            }
            // From a tablet without a key it is empty, but nobody can see that on it; and it may be the key
            // of the leads that is the wrong one.
            const bool opens = text.ok() || text.error().fault != Fault::damaged;
            const auto state = opens ? ConcernState::raised : ConcernState::unreadable;
            TRY_DO(sql.run(
                "update concern set state = :state where partnership = :partnership and concern = :id",
                {{"state", std::string(word(state))},
                 {"partnership", home_partnership},
                 {"id", sql_value(row.concern)}}));
            raised += opens ? 1 : 0;
        }
        return {};
    };
    TRY_DO(in_transaction(sql, look));
    return raised;
}

std::vector<Uuid> ConcernAlarm::due(const std::vector<Uuid>& silent, std::int64_t now_ms) {
    const bool something_new = std::any_of(silent.begin(), silent.end(), [&](const Uuid& id) {
        return std::find(told_.begin(), told_.end(), id) == told_.end();
    });
    // A clock that was set back must not silence it.
    const bool time_is_up = now_ms - last_ms_ >= every_ms || now_ms < last_ms_;
    if (silent.empty() || (!something_new && !time_is_up)) {
        if (silent.empty())
            told_.clear();
        return {};
    }
    told_ = silent;
    last_ms_ = now_ms;
    return silent;
}

}  // namespace doorstep
