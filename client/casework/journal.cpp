#include "client/casework/journal.h"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "forms/base/encoding.h"

namespace doorstep::journal {
namespace {

using nlohmann::json;

template<class Value>
struct Named {
    Value value;
    std::string_view word;
};

constexpr std::array answer_kinds{
    Named{AnswerKind::blank, "blank"},         Named{AnswerKind::given, "given"},
    Named{AnswerKind::dont_know, "dont_know"}, Named{AnswerKind::prefer_not, "prefer_not"},
    Named{AnswerKind::not_asked, "not_asked"}, Named{AnswerKind::sealed, "sealed"},
};
using What = JournalEntry::What;
constexpr std::array events{
    Named{What::answer, "answer"},
    Named{What::add_repeat, "add_repeat"},
    Named{What::remove_repeat, "remove_repeat"},
    Named{What::language, "language"},
};
using Decision = ProposedReferral::Decision;
constexpr std::array decisions{
    Named{Decision::open, "open"},
    Named{Decision::agreed, "agreed"},
    Named{Decision::refused, "refused"},
    Named{Decision::dropped, "dropped"},
};
constexpr std::array urgencies{
    Named{Urgency::routine, "routine"},
    Named{Urgency::soon, "soon"},
    Named{Urgency::today, "today"},
};
constexpr std::array parts{
    Named{Part::act, "act"},
    Named{Part::more, "more"},
    Named{Part::beside, "beside"},
};
constexpr std::array consents{
    Named{Consent::yes, "yes"},
    Named{Consent::safeguarding, "safeguarding"},
};

template<class Table, class Value>
std::string named(const Table& table, Value value) {
    for (const auto& each : table)
        if (each.value == value)
            return std::string(each.word);
    return {};
}

// Reads fields of one object and remembers whether each was there and of its type.
class Reader {
public:
    explicit Reader(const json& object) : object_(object), good_(object.is_object()) {}

    bool good() const { return good_; }
    void spoil() { good_ = false; }

    const json* member(const char* name) {
        if (good_)
            if (const auto found = object_.find(name); found != object_.end())
                return &*found;
        good_ = false;
        return nullptr;
    }
    std::string text(const char* name) {
        const json* found = member(name);
        if (found && found->is_string())
            return found->get<std::string>();
        good_ = false;
        return {};
    }
    std::int64_t integer(const char* name) {
        const json* found = member(name);
        if (found && found->is_number_integer())
            return found->get<std::int64_t>();
        good_ = false;
        return 0;
    }
    std::uint64_t whole(const char* name) {
        const json* found = member(name);
        if (found && found->is_number_unsigned())
            return found->get<std::uint64_t>();
        good_ = false;
        return 0;
    }
    bool flag(const char* name) {
        const json* found = member(name);
        if (found && found->is_boolean())
            return found->get<bool>();
        good_ = false;
        return false;
    }
    Uuid uuid(const char* name) {
        const auto id = Uuid::parse(text(name));
        good_ = good_ && id.has_value();
        return id.value_or(Uuid{});
    }
    template<class Table>
    auto choice(const char* name, const Table& table) {
        const std::string word = text(name);
        for (const auto& each : table)
            if (each.word == word)
                return each.value;
        good_ = false;
        return table.front().value;
    }

private:
    const json& object_;
    bool good_;
};

std::string dumped(const json& object) {
    // Bytes that are no UTF-8 were refused before they came here.
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

json to_json(const Answer& answer) {
    return {{"kind", named(answer_kinds, answer.kind)}, {"text", answer.text}};
}

Answer answer_from(Reader& parent, const char* name) {
    const json* found = parent.member(name);
    if (!found)
        return {};
    Reader in(*found);
    Answer answer{in.choice("kind", answer_kinds), in.text("text")};
    if (!in.good())
        parent.spoil();
    return answer;
}

json to_json(const JournalEntry& entry) {
    return {{"path", entry.path},
            {"now", to_json(entry.now)},
            {"text", entry.text},
            {"at", entry.at_ms},
            {"dice", entry.random_seed}};
}

JournalEntry entry_from(Reader& in, What what) {
    JournalEntry entry;
    entry.what = what;
    entry.path = in.text("path");
    entry.now = answer_from(in, "now");
    entry.text = in.text("text");
    entry.at_ms = in.integer("at");
    entry.random_seed = in.whole("dice");
    return entry;
}

json to_json(const Agreement& agreement) {
    return {{"basis", word(agreement.basis)},
            {"given_by", agreement.given_by},
            {"wording", agreement.wording_version},
            {"language", agreement.language},
            {"channel", agreement.channel},
            {"taken_by", agreement.taken_by},
            {"at", agreement.at_ms},
            {"lawful_reason", agreement.lawful_reason}};
}

Agreement agreement_from(Reader& parent) {
    const json* found = parent.member("agreement");
    if (!found)
        return {};
    Reader in(*found);
    Agreement agreement;
    const auto basis = share_basis(in.text("basis"));
    agreement.basis = basis.value_or(ShareBasis::agreement);
    agreement.given_by = in.text("given_by");
    agreement.wording_version = in.text("wording");
    agreement.language = in.text("language");
    agreement.channel = in.text("channel");
    agreement.taken_by = in.text("taken_by");
    agreement.at_ms = in.integer("at");
    agreement.lawful_reason = in.text("lawful_reason");
    if (!in.good() || !basis)
        parent.spoil();
    return agreement;
}

json to_json(const Suggestion& suggestion) {
    return {{"rule", suggestion.id},
            {"reason", suggestion.reason},
            {"shares", suggestion.shares},
            {"consent", named(consents, suggestion.consent)},
            {"urgency", named(urgencies, suggestion.urgency)},
            {"service", suggestion.service}};
}

Suggestion suggestion_from(const json& object, const std::string& agency, Reader& parent) {
    Reader in(object);
    Suggestion suggestion;
    suggestion.code = agency;
    suggestion.id = in.text("rule");
    suggestion.reason = in.text("reason");
    suggestion.consent = in.choice("consent", consents);
    suggestion.urgency = in.choice("urgency", urgencies);
    suggestion.service = in.text("service");
    if (const json* shares = in.member("shares"); shares && shares->is_array())
        for (const json& name : *shares)
            name.is_string() ? suggestion.shares.push_back(name.get<std::string>()) : in.spoil();
    if (!in.good())
        parent.spoil();
    return suggestion;
}

Decided decided_from(Reader& in) {
    Decided decided;
    decided.agency = in.text("agency");
    decided.decision = in.choice("decision", decisions);
    decided.agreement = agreement_from(in);
    decided.kept = in.flag("kept");
    if (const json* because = in.member("because"); because && because->is_array())
        for (const json& each : *because)
            decided.because.push_back(suggestion_from(each, decided.agency, in));
    return decided;
}

struct ToJson {
    json operator()(const JournalEntry& entry) const {
        json object = to_json(entry);
        object["did"] = named(events, entry.what);
        return object;
    }
    json operator()(const Stood& stood) const { return {{"did", "stood"}, {"path", stood.path}}; }
    json operator()(const Sealed& sealed) const {
        return {{"did", "sealed"}, {"bytes", to_base64(sealed.bytes)}};
    }
    json operator()(const Decided& decided) const {
        json because = json::array();
        for (const Suggestion& each : decided.because)
            because.push_back(to_json(each));
        return {{"did", "decided"},
                {"agency", decided.agency},
                {"decision", named(decisions, decided.decision)},
                {"agreement", to_json(decided.agreement)},
                {"because", because},
                {"kept", decided.kept}};
    }
    json operator()(const Added& added) const {
        return {{"did", "added"}, {"agency", added.agency}, {"reason", added.reason}};
    }
    json operator()(const OfferSet& set) const {
        return {
            {"did", "offer"}, {"code", set.code}, {"status", word(set.status)}, {"quantity", set.quantity}};
    }
    json operator()(const OfferUndecided& undecided) const {
        return {{"did", "offer_undecided"}, {"code", undecided.code}};
    }
    json operator()(const Undone&) const { return {{"did", "undone"}}; }
    json operator()(const Redone&) const { return {{"did", "redone"}}; }
};

std::optional<Line> line_from(Reader& in) {
    const std::string did = in.text("did");
    for (const auto& event : events)
        if (event.word == did)
            return entry_from(in, event.value);
    if (did == "stood")
        return Stood{in.text("path")};
    if (did == "decided")
        return decided_from(in);
    if (did == "added")
        return Added{in.text("agency"), in.text("reason")};
    if (did == "sealed") {
        auto bytes = from_base64(in.text("bytes"));
        return bytes ? std::optional<Line>(Sealed{*std::move(bytes)}) : std::nullopt;
    }
    if (did == "undone")
        return Undone{};
    if (did == "redone")
        return Redone{};
    if (did == "offer_undecided")
        return OfferUndecided{in.text("code")};
    if (did == "offer") {
        const auto status = offer_status(in.text("status"));
        const OfferSet set{in.text("code"), status.value_or(OfferStatus::offered), in.integer("quantity")};
        return status ? std::optional<Line>(set) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<Kept> kept_from(const json& pair, Reader& parent) {
    if (pair.is_array() && pair.size() == 2 && pair[0].is_number_unsigned() && pair[1].is_number_unsigned())
        return Kept{pair[0].get<std::size_t>(), pair[1].get<std::size_t>()};
    parent.spoil();
    return std::nullopt;
}

Error damaged(const char* what) {
    return Error{Fault::damaged, what,
                 "The draft is kept. Sync this tablet and ask for help before its data is removed."};
}

json to_json(const Door& door) {
    json object{{"contact", door.contact.text()},     {"visit", door.visit.text()},
                {"household", door.household.text()}, {"area", door.area},
                {"road_code", door.road_code},        {"number_or_name", door.address.number_or_name},
                {"flat", door.address.flat},          {"road", door.address.road},
                {"postcode", door.address.postcode}};
    if (door.address.uprn)
        object["uprn"] = *door.address.uprn;
    return object;
}

Door door_from(const json& object, Reader& parent) {
    Reader in(object);
    Door door;
    door.contact = in.uuid("contact");
    door.visit = in.uuid("visit");
    door.household = in.uuid("household");
    door.area = in.text("area");
    door.road_code = in.text("road_code");
    door.address.number_or_name = in.text("number_or_name");
    door.address.flat = in.text("flat");
    door.address.road = in.text("road");
    door.address.postcode = in.text("postcode");
    if (object.contains("uprn"))
        door.address.uprn = in.whole("uprn");
    if (!in.good())
        parent.spoil();
    return door;
}

}  // namespace

std::string encode(const Written& written) {
    json object = std::visit(ToJson{}, written.line);
    if (written.part != Part::act)
        object["part"] = named(parts, written.part);
    if (written.kept)
        object["around"] = {written.kept->head, written.kept->tail};
    return dumped(object);
}

Result<Written> decode(std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    Reader in(object);
    std::optional<Line> line = line_from(in);
    Written written;
    if (line)
        written.line = *std::move(line);
    if (in.good() && object.contains("part"))
        written.part = in.choice("part", parts);
    if (in.good() && object.contains("around"))
        written.kept = kept_from(object["around"], in);
    if (!line || !in.good())
        return damaged("A line of a draft cannot be read.");
    return written;
}

std::string encode(const Begun& begun) {
    return dumped({{"door", to_json(begun.door)},
                   {"language", begun.at.language},
                   {"device", begun.at.device},
                   {"officer", begun.at.officer},
                   {"entry", to_json(begun.entry)}});
}

Result<Begun> decode_begun(std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    Reader in(object);
    Begun begun;
    if (const json* door = in.member("door"))
        begun.door = door_from(*door, in);
    begun.at = {in.text("language"), in.text("device"), in.text("officer")};
    if (const json* entry = in.member("entry")) {
        Reader inner(*entry);
        begun.entry = entry_from(inner, What::answer);
        if (!inner.good())
            in.spoil();
    }
    if (!in.good())
        return damaged("The head of a draft cannot be read.");
    return begun;
}

}  // namespace doorstep::journal
