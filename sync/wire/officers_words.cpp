#include "sync/wire/officers_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "forms/base/packing.h"
#include "forms/base/random.h"
#include "sync/wire/codec.h"
#include "sync/wire/seeded_fills.h"

namespace doorstep::wire {

namespace {

constexpr std::size_t words_bytes_max = 256 * 1024;
constexpr int pages = 48;
constexpr std::uint64_t pages_seed = 19990101;
constexpr Odds::Symbol page_end = 0x100;
constexpr std::uint32_t page_bound = 0x101;
constexpr std::array<std::size_t, 5> orders = {6, 4, 3, 2, 1};

constexpr std::array<std::string_view, 28> what_officers_write = {
    "Call her on weekdays before three. The husband and his mother must not know.",
    "Daughter holds the money, he has not eaten since Tuesday.",
    "Use the name Sam. Do not leave a message, he checks her phone.",
    "The house is very dirty and there is no food in the kitchen.",
    "She was afraid to speak while her son was in the room.",
    "The child had marks on the neck and would not say where they came from.",
    "He said that he does not want to live any more.",
    "Three men sleep in the back room, the passports are with the employer.",
    "Partner would not let her come to the door alone.",
    "Safe to write to her sister's address only.",
    "Old man left alone all day, he is confused and was wearing wet clothes.",
    "Someone threatened to set fire to the house last night.",
    "Please phone the school, not the home.",
    "She asked for help but is worried about losing the children.",
    "Neighbours have heard shouting and things being thrown.",
    "The carer is not coming and takes money from the purse.",
    "Young people use the flat to sell drugs, he cannot make them leave.",
    "No contact by telephone or letter. Meet her at the library on Friday morning.",
    "Her father must not know that we talked.",
    "Wants to leave but has nowhere to go with the baby.",
    "Not safe when the white van is outside.",
    "Ring after five in the evening, ask about the book club.",
    "Mother drinks, the older girl looks after the small ones.",
    "He has lost a lot of weight and has bed sores.",
    "Text only, between nine and eleven, from a number that is not known.",
    "The doctor knows about it already, so does the social worker.",
    "There was a knife on the table and he was very angry.",
    "She has bruises on her face and says that she fell."};

std::string what_was_seen(std::uint64_t which) {
    return which % 3 == 0 ? made_up_note(which / 3)
                          : std::string(what_officers_write[(which / 3) % what_officers_write.size()]);
}

// The contexts of what comes after the last letters.
class Behind {
public:
    std::array<OddsWriter::Told, orders.size() + 1> ways(Odds::Symbol symbol) const {
        std::array<OddsWriter::Told, orders.size() + 1> all;
        for (std::size_t i = 0; i < orders.size(); ++i)
            all[i] = {context_of(20 + i, 0, last_ & ((std::uint64_t{1} << (8 * orders[i])) - 1)), symbol};
        all.back() = {context_of(25), symbol};
        return all;
    }
    std::array<Odds::Context, orders.size() + 1> contexts() const {
        std::array<Odds::Context, orders.size() + 1> all;
        const auto told = ways(0);
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = told[i].context;
        return all;
    }
    void read(Odds::Symbol letter) { last_ = last_ << 8 | letter; }

private:
    std::uint64_t last_ = 0;
};

void learn_page(Odds& odds, std::string_view text) {
    Behind behind;
    const auto one = [&](Odds::Symbol symbol) {
        for (const auto& way : behind.ways(symbol))
            odds.learn(way.context, way.symbol);
        behind.read(symbol);
    };
    for (const char c : text)
        one(static_cast<unsigned char>(c));
    one(page_end);
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out;
}

// Pages as officers could leave them, in the way that the tablet writes them.
class Pages {
public:
    Pages(const std::vector<Vocabulary::Question>& questions, const std::vector<Vocabulary::Because>& rules)
        : questions_(questions), rules_(rules) {}

    std::string next() {
        std::string answers, referrals;
        for (const auto& question : questions_)
            if (below(4) < 3)
                answers += fmt::format("{}\"{}\":\"{}\"", answers.empty() ? "" : ",", escaped(question.name),
                                       escaped(value(question)));
        const auto first = rules_.empty() ? 0 : below(rules_.size());
        for (std::size_t i = first; i < rules_.size(); ++i)
            if (i == first || below(5) == 0)
                referrals += (referrals.empty() ? "" : ",") + referral(rules_[i]);
        return "{\"answers\":{" + answers + "},\"referrals\":[" + referrals + "]}";
    }

private:
    std::uint64_t below(std::uint64_t count) { return random_.below(count); }

    std::string value(const Vocabulary::Question& question) {
        if (question.choices.empty())
            return what_was_seen(below(1000));
        const auto first = below(question.choices.size());
        auto value = question.choices[first].value;
        for (auto i = first + 1; question.several && i < question.choices.size(); ++i)
            if (below(4) == 0)
                value += " " + question.choices[i].value;
        return value;
    }
    std::string referral(const Vocabulary::Because& rule) {
        constexpr std::array<const char*, 3> urgencies = {"routine", "soon", "today"};
        auto out = fmt::format("{{\"agency\":\"{}\",\"rule\":\"{}\",\"reason\":\"{}\"", escaped(rule.code),
                               escaped(rule.rule), escaped(rule.reason));
        if (!rule.service.empty())
            out += ",\"service\":\"" + escaped(rule.service) + "\"";
        if (!rule.shares.empty())
            out += fmt::format(",\"shares\":\"{}\"", fmt::join(rule.shares, " "));
        out += fmt::format(",\"urgency\":\"{}\",\"send\":\"", urgencies[below(3)]);
        switch (below(4)) {
        case 0:
            out += "no\",\"basis\":\"safeguarding\"";
            break;
        case 1:
            out += "safeguarding_lead_decides\",\"basis\":\"safeguarding\"";
            break;
        case 2:
            out += fmt::format("yes\",\"basis\":\"{}\",\"lawful_reason\":\"{}\"",
                               below(4) == 0 ? "vital_interest" : "safeguarding", what_was_seen(below(1000)));
            break;
        default:
            out += "yes\",\"basis\":\"agreement\",\"given_by\":\"resident\"";
        }
        return out + ",\"officer\":\"" + made_up_officer(below(1000)) + "\"}";
    }

    const std::vector<Vocabulary::Question>& questions_;
    const std::vector<Vocabulary::Because>& rules_;
    SeededRandom random_{pages_seed};
};

}  // namespace

OfficersWords::OfficersWords(const Vocabulary& form) {
    for (const auto& question : form.questions)
        if (question.restricted)
            questions_.push_back(question);
    for (const auto& rule : form.rules)
        if (rule.restricted && rule.referral)
            rules_.push_back(rule);
}

std::string OfficersWords::bytes() const {
    Packer packed;
    packed.number(questions_.size());
    for (const auto& question : questions_) {
        packed(question.name, question.several);
        packed.number(question.choices.size());
        for (const auto& choice : question.choices)
            packed(choice.value);
    }
    packed.number(rules_.size());
    for (const auto& rule : rules_)
        packed(rule.code, rule.rule, rule.reason, rule.service, rule.shares);
    return compress(packed.bytes());
}

std::optional<OfficersWords> OfficersWords::read(std::string_view bytes) {
    const auto plain = expand(bytes, words_bytes_max);
    if (!plain.ok())
        return std::nullopt;
    Unpacker packed(*plain);
    OfficersWords words;
    for (auto left = packed.count(); left > 0 && packed.ok(); --left) {
        auto& question = words.questions_.emplace_back();
        packed(question.name, question.several);
        for (auto choices = packed.count(); choices > 0 && packed.ok(); --choices)
            packed(question.choices.emplace_back().value);
    }
    for (auto left = packed.count(); left > 0 && packed.ok(); --left) {
        auto& rule = words.rules_.emplace_back();
        packed(rule.code, rule.rule, rule.reason, rule.service, rule.shares);
    }
    return packed.ok() && packed.at_end() ? std::optional(std::move(words)) : std::nullopt;
}

std::vector<std::string> OfficersWords::agencies() const {
    std::vector<std::string> all;
    for (const auto& rule : rules_)
        if (std::find(all.begin(), all.end(), rule.code) == all.end())
            all.push_back(rule.code);
    return all;
}

const Odds& OfficersWords::odds() const {
    if (!odds_) {
        odds_.emplace();
        for (const auto text : what_officers_write)
            learn_page(*odds_, std::string(text) + "\"");
        Pages made(questions_, rules_);
        for (int i = 0; i < pages; ++i)
            learn_page(*odds_, made.next());
        odds_->settle();
    }
    return *odds_;
}

void OfficersWords::prepare() const {
    odds();
}

std::string OfficersWords::write(std::string_view text) const {
    const auto& known = odds();
    OddsWriter out;
    Behind behind;
    const auto one = [&](Odds::Symbol symbol) {
        out.put(known, behind.ways(symbol), symbol, page_bound);
        behind.read(symbol);
    };
    for (const char c : text)
        one(static_cast<unsigned char>(c));
    one(page_end);
    return out.finish();
}

std::optional<SecretText> OfficersWords::read_text(std::string_view written, std::size_t bytes_max) const {
    const auto& known = odds();
    OddsReader in(written);
    Behind behind;
    std::string text;
    text.reserve(bytes_max);  // it never moves, so that wiping it wipes all
    while (!in.failed() && text.size() < bytes_max) {
        const auto symbol = in.take(known, behind.contexts(), page_bound);
        if (in.failed() || symbol == page_end)
            break;
        text += static_cast<char>(symbol);
        behind.read(symbol);
    }
    std::optional<SecretText> found;
    if (!in.failed() && text.size() < bytes_max)
        found.emplace(text);
    wipe_text(text);
    return found;
}

}  // namespace doorstep::wire
