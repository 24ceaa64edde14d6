// The officer's page: what it holds stays in memory while it is open and is sealed
// to the safeguarding key when it is left.  This tablet can never read it back.

#include <algorithm>
#include <fmt/format.h>

#include "client/casework/state.h"
#include "forms/base/secret.h"
#include "sync/store/concern_notice.h"
#include "sync/vault/sealed_box.h"

namespace doorstep {
namespace {

// JSON written by hand: no library may keep a copy.  The buffer never moves, so
// that wiping it wipes all.
class SecretJson {
public:
    explicit SecretJson(std::size_t bytes) { text_.reserve(bytes); }
    ~SecretJson() { sodium_memzero(text_.data(), text_.size()); }
    SecretJson(const SecretJson&) = delete;
    SecretJson& operator=(const SecretJson&) = delete;

    void raw(std::string_view text) { text_ += text; }
    void quoted(std::string_view text) {
        text_ += '"';
        for (const char c : text)
            escaped(c);
        text_ += '"';
    }
    void member(std::string_view name, std::string_view value) {
        if (text_.back() != '{')
            text_ += ',';
        quoted(name);
        text_ += ':';
        quoted(value);
    }
    std::string_view view() const { return text_; }

private:
    void escaped(char c) {
        constexpr std::string_view digits = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            text_ += '\\';
            text_ += c;
        } else if (byte < 0x20) {
            text_ += "\\u00";
            text_ += digits[byte >> 4];
            text_ += digits[byte & 15];
        } else {
            text_ += c;
        }
    }
    std::string text_;
};

using Held = std::vector<std::pair<std::string, SecretText>>;

std::size_t bytes_needed(const Held& held, const std::vector<Concern>& concerns) {
    // A character is at most six when escaped; names of members and ids are short.
    std::size_t text = 512;
    for (const auto& [name, answer] : held)
        text += name.size() + answer.view().size() + 16;
    for (const Concern& each : concerns)
        text += each.because.code.size() + each.because.id.size() + each.because.reason.size() +
                each.because.service.size() + each.basis.lawful_reason.size() + each.basis.given_by.size() +
                each.basis.taken_by.size() + 256;
    for (const Concern& each : concerns)
        for (const std::string& name : each.because.shares)
            text += name.size() + 1;
    return 6 * text;
}

std::string_view word_of(Concern::Send send) {
    switch (send) {
    case Concern::Send::yes:
        return "yes";
    case Concern::Send::no:
        return "no";
    case Concern::Send::undecided:
        break;
    }
    return "safeguarding_lead_decides";
}

std::string_view word_of(Urgency urgency) {
    switch (urgency) {
    case Urgency::today:
        return "today";
    case Urgency::soon:
        return "soon";
    case Urgency::routine:
        break;
    }
    return "routine";
}

void write(SecretJson& out, const Concern& concern, const std::string& officer) {
    out.raw("{");
    out.member("agency", concern.because.code);
    out.member("rule", concern.because.id);
    out.member("reason", concern.because.reason);
    if (!concern.because.service.empty())
        out.member("service", concern.because.service);
    if (!concern.because.shares.empty())
        out.member("shares", fmt::format("{}", fmt::join(concern.because.shares, " ")));
    out.member("urgency", word_of(concern.because.urgency));
    out.member("send", word_of(concern.send));
    const bool decided = concern.send == Concern::Send::yes;
    out.member("basis", word(decided ? concern.basis.basis : ShareBasis::safeguarding));
    if (!concern.basis.lawful_reason.empty())
        out.member("lawful_reason", concern.basis.lawful_reason);
    if (!concern.basis.given_by.empty())
        out.member("given_by", concern.basis.given_by);
    out.member("officer", concern.basis.taken_by.empty() ? officer : concern.basis.taken_by);
    out.raw("}");
}

ConcernNotice notice_of(const std::vector<Concern>& concerns) {
    ConcernNotice notice{{}, {}, std::string(word_of(Urgency::routine))};
    auto most = Urgency::routine;
    for (const Concern& each : concerns) {
        notice.agencies += (notice.agencies.empty() ? "" : " ") + each.because.code;
        const auto urgency = each.because.urgency;
        if (urgency == Urgency::today || (urgency == Urgency::soon && most == Urgency::routine))
            most = urgency;
    }
    notice.urgency = word_of(most);
    return notice;
}

// {"answers":{name: text},"referrals":[..]}; when it was, the endpoint knows; where, both say.
std::string seal_page(const OpenQuestionnaire::State& state, const RestrictedKeys& keys,
                      const wire::OfficersWords& words, const Held& held,
                      const std::vector<Concern>& concerns) {
    SecretJson out(bytes_needed(held, concerns));
    out.raw("{\"answers\":{");
    for (const auto& [name, answer] : held)
        out.member(name, answer.view());
    out.raw("},\"referrals\":[");
    for (std::size_t i = 0; i < concerns.size(); ++i) {
        out.raw(i == 0 ? "" : ",");
        write(out, concerns[i], state.on_duty.officer);
    }
    out.raw("]}");
    auto page = words.write(out.view());
    auto sealed = seal_restricted(keys, state.door.household, page, notice_of(concerns), words.agencies());
    wipe_text(page);
    return sealed;
}

// A tablet without the endpoint's key has nobody to tell: the box is there all the same.
PublicKey endpoint_key(const Store& store, const PublicKey& safeguarding) {
    const auto identity = store.identity();
    PublicKey told{identity.ok() && *identity ? (*identity)->sealing_key : std::string{}};
    return usable(told) && told != safeguarding ? told : KeyPair::make().public_key;
}

}  // namespace

Result<std::string> safeguarding_key(const Store& store) {
    TRY(const auto identity, store.identity());
    if (identity && usable(PublicKey{identity->safeguarding_key}))
        return identity->safeguarding_key;
    return Error{Fault::refused, "This tablet does not have the key of the safeguarding lead yet.",
                 "Sync once with the endpoint, then record it; telephone if it cannot wait."};
}

std::vector<Concern> OpenQuestionnaire::concerns() const {
    std::vector<Concern> all;
    if (state_->unsealed.empty())
        return all;
    for (const Suggestion& each : state_->session.suggestions(true)) {
        if (!each.restricted || each.kind != SuggestionKind::referral)
            continue;
        const auto known = state_->concerned.find(each.id);
        all.push_back(known == state_->concerned.end() ? Concern{} : known->second);
        all.back().because = each;
    }
    return all;
}

Result<void> OpenQuestionnaire::decide_concern(std::string_view rule, Concern::Send send,
                                               const Agreement& basis) {
    TRY_DO(state_->still_open());
    const auto all = concerns();
    const auto known =
        std::find_if(all.begin(), all.end(), [&](const Concern& each) { return each.because.id == rule; });
    if (known == all.end())
        return Error{Fault::not_found, "The officer's page suggests no such referral.",
                     "Open the page and record the concern again."};
    Concern decided{known->because, send, {}};
    if (send == Concern::Send::yes) {
        TRY(decided.basis, state_->completed(basis, true));
    }
    state_->concerned.insert_or_assign(std::string(rule), std::move(decided));
    return {};
}

Result<void> OpenQuestionnaire::leave_officers_page() {
    TRY_DO(state_->still_open());
    if (state_->unsealed.empty())
        return {};
    TRY(const std::string key, safeguarding_key(state_->store));
    const std::vector<Concern> concerns_now = concerns();
    const Held held = state_->session.take_restricted();
    const PublicKey safeguarding{key};
    const PublicKey endpoint = endpoint_key(state_->store, safeguarding);
    const std::string bytes =
        seal_page(*state_, {safeguarding, endpoint}, state_->officers_words(), held, concerns_now);
    std::vector<journal::Written> lines;
    for (auto& [path, entry] : state_->unsealed) {
        const auto node = state_->session.find(path);
        const auto view = node ? state_->session.view(*node) : Error{Fault::not_found, "", ""};
        if (!view.ok())
            continue;
        entry.now = {view->answer.kind, {}};
        entry.before = {};
        lines.push_back({entry, journal::Part::beside});
    }
    if (!held.empty())
        lines.push_back({journal::Sealed{bytes}, journal::Part::beside});
    state_->unsealed.clear();
    state_->concerned.clear();
    if (!held.empty())
        state_->sealed.push_back(bytes);
    if (const auto kept = state_->keep(lines); !kept.ok()) {
        // The text is gone from memory already; its sealed lines go before the next.
        state_->owe(lines);
        return kept.error();
    }
    return {};
}

const wire::OfficersWords& OpenQuestionnaire::State::officers_words() const {
    if (!words_of_officer)
        words_of_officer.emplace(vocabulary_of(session.form()));
    return *words_of_officer;
}

Result<std::string> restricted_part(const OpenQuestionnaire::State& state) {
    std::string slots;
    for (const std::string& each : state.sealed)
        slots += each;
    if (slots.empty() && state.officers_words().empty())
        return std::string{};  // the form has no such page
    // A tablet without the key has recorded nothing; to whom a sealed text is
    // addressed cannot be seen on it.
    const auto key = safeguarding_key(state.store);
    const PublicKey safeguarding = key.ok() ? PublicKey{key.value()} : KeyPair::make().public_key;
    const PublicKey endpoint = endpoint_key(state.store, safeguarding);
    const auto wanted = slots_to_travel(restricted_slots(slots), state.random.below(slots_draws));
    while (restricted_slots(slots) < wanted) {
        const auto one = empty_restricted({safeguarding, endpoint});
        if (one.empty())
            return Error{Fault::broken, "The officer's page could not be sealed.", {}};
        slots += one;
    }
    return restricted_field(slots);
}

}  // namespace doorstep
