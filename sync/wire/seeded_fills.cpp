#include "sync/wire/seeded_fills.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "forms/base/derived_id.h"
#include "forms/base/random.h"
#include "sync/wire/codec.h"
#include "sync/wire/likely_text.h"
#include "sync/wire/messages.h"
#include "sync/wire/shorthand.h"

namespace doorstep::wire {

namespace {

constexpr int finishes = 64;
constexpr int doors = 24;  // without a questionnaire
constexpr std::uint64_t fills_seed = 20130608;
constexpr std::int64_t first_ms = 1'767'225'600'000;  // 2026
constexpr std::int64_t minute_ms = 60'000;
constexpr std::uint64_t days = 5 * 366;

template<std::size_t n>
using Words = std::array<std::string_view, n>;

constexpr Words<32> roads = {
    "Mill Lane",     "High Street",  "Station Road",   "Church Road",      "Park Avenue",   "Victoria Road",
    "Green Lane",    "Manor Road",   "Kings Road",     "Queens Road",      "The Avenue",    "New Road",
    "Grange Road",   "The Crescent", "Highfield Road", "Springfield Road", "George Street", "Park Lane",
    "North Road",    "South Street", "Mill Road",      "Albert Road",      "Chester Close", "Oakwood Drive",
    "Elm Grove",     "Windsor Way",  "Hill View",      "Woodland Gardens", "Shenley Road",  "Theobald Street",
    "Brook Terrace", "London Road"};
constexpr Words<16> homes = {"Wicket Cottage",
                             "Rose Cottage",
                             "The Lodge",
                             "Flat 1",
                             "Flat 2a",
                             "Ground floor flat",
                             "Top flat",
                             "Oak House",
                             "The Annexe",
                             "Unit 3",
                             "1A",
                             "2B",
                             "12A",
                             "Meadow View",
                             "Old Forge",
                             "Hillside"};
constexpr Words<12> officers = {"off-pol-01",  "off-pol-02", "off-pol-11", "off-fire-01",
                                "off-fire-02", "off-ts-01",  "off-vol-01", "off-vol-02",
                                "off-hbc-01",  "off-nhs-01", "pcso-03",    "warden-2"};
constexpr Words<24> names = {
    "Mary Smith",    "John Brown",    "Anna Kowalska", "Amir Khan",     "Margaret Jones", "David Taylor",
    "Susan Wilson",  "Harpreet Kaur", "Li Wei",        "Peter Evans",   "Sarah Thomas",   "James Johnson",
    "Fatima Ali",    "Robert Walker", "Helen White",   "Patricia Hall", "Michael Green",  "Linda Wood",
    "George Harris", "Joan Clarke",   "Paul Martin",   "Carol Cooper",  "Brian Ward",     "Elizabeth Turner"};
constexpr Words<24> notes = {
    "There are often young people drinking in the alley in the evening.",
    "The gate at the back is broken and the side door does not lock.",
    "She has trouble getting up the stairs since the fall last winter.",
    "He would like somebody to call in the morning, not after five.",
    "Cars are being broken into on this street at night.",
    "Please ring the bell twice and wait, he is hard of hearing.",
    "The street light outside has been out for a few weeks.",
    "A man came to the door selling and would not leave.",
    "Lives alone and does not see many people since her husband died.",
    "The smoke alarm is old and there is no battery in it.",
    "Wants to know more about help with heating bills.",
    "Has a dog, it is friendly. Use the front door.",
    "The neighbour holds a key and helps with shopping.",
    "Noise from the flat above every weekend until late.",
    "They have had phone calls about the bank and are worried it is a scam.",
    "Bins were set on fire at the end of the road.",
    "Would like a visit from the fire service next week.",
    "Needs a letter in large print, his eyes are bad.",
    "The carer comes on Monday and Thursday.",
    "Asking would raise the risk.",
    "Her brother must not know. Call only when she is at work, between ten and twelve.",
    "Safe to text, never leave a message. Ask for the name Anna.",
    "Bruises on both arms, said it was the stairs. The partner answered for her.",
    "The children were not at school and the house was very cold."};

// Made-up doors, one after the other.
class Filling {
public:
    explicit Filling(const Vocabulary* form) : form_(form), random_(fills_seed) {}

    std::string door() {
        begin();
        add(contact(false));
        return text();
    }
    std::string finish() {
        begin();
        const bool complete = one_in(8, 7);
        add(contact(complete));
        const auto said = questionnaire(complete);
        add(said);
        std::uint32_t given = 0;
        const auto next = [&] { return derived_id(said.questionnaire, ++given); };
        for (const auto& agency : agencies())
            add(referral(next(), agency, said));
        for (const auto& rule : form_->rules)
            if (!rule.referral && below(3) == 0)
                add(offer(next(), rule));
        return text();
    }
    const OfEnvelope& envelope() const { return envelope_; }

private:
    std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
    bool one_in(std::uint64_t of, std::uint64_t lucky = 1) { return below(of) < lucky; }
    template<class List>
    std::string one_of(const List& list) {
        return std::string(list[below(list.size())]);
    }

    void begin() {
        const auto midnight = first_ms + static_cast<std::int64_t>(below(days)) * 1440 * minute_ms;
        at_ms_ = midnight + static_cast<std::int64_t>((9 * 60 + below(600)) * 60'000 + below(60'000));
        day_ = Day::at(midnight, 0);
        offset_ = one_in(12, 7) ? 60 : 0;
        contact_ = Uuid::random(random_);
        household_ = Uuid::random(random_);
        visit_ = Uuid::random(random_);
        officer_ = one_of(officers);
        envelope_ = {Uuid::random(random_), 1 + below(5'000)};
        encoded_.clear();
    }
    template<class Fact>
    void add(Fact payload) {
        Operation fact;
        fact.id = derived_id(envelope_.id, static_cast<std::uint32_t>(encoded_.size()));
        fact.sequence = envelope_.first_sequence + encoded_.size();
        fact.at_ms = at_ms_;
        fact.utc_offset_minutes = offset_;
        fact.hybrid_clock = (static_cast<std::uint64_t>(at_ms_) << 16) + encoded_.size();
        fact.subject = household_;
        fact.payload = std::move(payload);
        encoded_.push_back(encode(fact));
    }
    std::string text() const { return envelope_text(envelope_.id, envelope_.first_sequence, encoded_); }

    // "English (en)" is en.
    std::string language() {
        if (form_ == nullptr || form_->languages.empty() || one_in(4, 3))
            return "en";
        const auto name = one_of(form_->languages);
        const auto from = name.find('('), to = name.find(')');
        return from < to && to != std::string::npos ? name.substr(from + 1, to - from - 1) : name;
    }
    std::string capital() { return std::string(1, static_cast<char>('A' + below(26))); }

    ContactRecorded contact(bool complete) {
        ContactRecorded met;
        met.contact = contact_;
        met.visit = visit_;
        met.household = household_;
        met.area = one_in(2) ? capital() + capital() : one_of(Words<3>{"BE", "PB", "AB"});
        met.road_code = met.area + fmt::format("-{:03}", 1 + below(60));
        met.team = fmt::format("team-{}", 1 + below(9));
        met.officer = officer_;
        if (one_in(2))
            met.companion = one_of(officers);
        met.outcome = complete           ? ContactOutcome::completed
                      : form_ != nullptr ? ContactOutcome::partial
                                         : static_cast<ContactOutcome>(2 + below(10));
        met.day = day_;
        if (form_ != nullptr) {
            met.language = language();
            met.formats = {one_in(8, 7) ? "standard" : one_of(Words<3>{"large_print", "easy_read", "audio"})};
            met.respondent = one_in(8, 7) ? "resident" : one_of(Words<3>{"family", "carer", "neighbour"});
        }
        auto& address = met.address;
        address.number_or_name =
            one_in(12) ? one_of(homes) : std::to_string(1 + below(below(2) == 0 ? 40 : 150));
        if (one_in(10))
            address.flat = fmt::format("{}", 1 + below(40));
        address.road = one_of(roads);
        address.postcode = fmt::format("{}{} {}{}{}", one_in(2) ? "WD" : capital() + capital(), 1 + below(25),
                                       below(10), capital(), capital());
        if (one_in(3))
            address.uprn = 100'000'000'000 + below(99'999'999);
        return met;
    }

    std::string value(const Vocabulary::Question& question) {
        if (!question.choices.empty()) {
            const auto& all = question.choices;
            const auto first = below(all.size());
            auto value = all[first].value;
            for (auto i = first + 1; question.several && i < all.size(); ++i)
                if (one_in(6))
                    value += " " + all[i].value;
            return value;
        }
        if (question.type == "int" || question.type == "decimal")
            return std::to_string(below(one_in(4) ? 100 : 6));
        if (question.type == "date")
            return Day::at(first_ms - static_cast<std::int64_t>(below(30'000)) * 1440 * minute_ms, 0).text();
        if (!question.words.empty())
            return one_of(question.words);
        if (one_in(4))
            return "OK";
        if (one_in(3))
            return one_of(names);
        return one_in(4) ? fmt::format("0{}{:09}", one_in(2) ? 7 : 2, below(999'999'999)) : one_of(notes);
    }

    RecordedAnswer answer(const Vocabulary::Question& question) {
        const auto kind = below(32);
        if (kind < 3)
            return {question.name,
                    question.path,
                    kind == 0   ? "dont_know"
                    : kind == 1 ? "prefer_not"
                                : "not_asked",
                    {}};
        return {question.name, question.path, "given", value(question)};
    }

    QuestionnaireFinished questionnaire(bool complete) {
        QuestionnaireFinished said;
        said.questionnaire = Uuid::random(random_);
        said.contact = contact_;
        said.form = {form_->form, form_->version, form_->hash};
        said.complete = complete;
        said.day = day_;
        said.finished_ms = at_ms_;
        said.started_ms =
            at_ms_ - static_cast<std::int64_t>(minute_ms + static_cast<std::int64_t>(below(1'200'000)));
        said.privacy_version = form_->privacy_version;
        bool officers_page = false;
        for (const auto& question : form_->questions) {
            officers_page = officers_page || question.restricted;
            const bool meta = question.path.starts_with("meta/");
            const bool text = question.choices.empty() && question.words.empty() && question.type == "string";
            if (!meta && !question.restricted && (text ? one_in(4) : one_in(16, 13)))
                said.answers.push_back(answer(question));
        }
        said.answers.push_back(
            {"instanceID", "meta/instanceID", "given", "uuid:" + said.questionnaire.text()});
        said.answers.push_back(
            {"privacy_version", "meta/d:privacy_version", "given", form_->privacy_version});
        if (officers_page)
            said.restricted.assign(128, 'x');
        return said;
    }

    // Those that a finish goes to: each rule has its turn.
    std::vector<std::string> agencies() {
        std::vector<std::string> all;
        for (const auto& rule : form_->rules)
            if (rule.referral && !rule.restricted && below(6) == 0 &&
                std::find(all.begin(), all.end(), rule.code) == all.end())
                all.push_back(rule.code);
        return all;
    }

    SharedAnswer shared(const RecordedAnswer& answer) const {
        for (const auto& question : form_->questions)
            if (question.name == answer.name)
                for (const auto& choice : question.choices)
                    if (choice.value == answer.value)
                        return {answer.name, answer.value, choice.label};
        return {answer.name, answer.value, answer.value};
    }

    ReferralRaised referral(const Uuid& id, const std::string& agency, const QuestionnaireFinished& said) {
        ReferralRaised raised;
        raised.referral = id;
        raised.contact = contact_;
        raised.household = household_;
        raised.agency = agency;
        for (const auto& rule : form_->rules) {
            if (!rule.referral || rule.code != agency || (!raised.rules.empty() && !one_in(4)) ||
                (raised.rules.empty() && one_in(2) && &rule != &last_rule(agency)))
                continue;
            if (!rule.service.empty())
                raised.services.push_back(rule.service);
            raised.rules.push_back(rule.rule);
            raised.reasons.push_back(rule.reason);
            for (const auto& answer : said.answers)
                if (answer.kind == "given" &&
                    std::find(rule.shares.begin(), rule.shares.end(), answer.name) != rule.shares.end() &&
                    std::none_of(raised.shares.begin(), raised.shares.end(),
                                 [&](const SharedAnswer& one) { return one.name == answer.name; }))
                    raised.shares.push_back(shared(answer));
        }
        raised.urgency = one_in(2) ? "routine" : one_in(2) ? "soon" : "today";
        auto& agreement = raised.agreement;
        agreement.given_by = one_in(8, 7) ? "resident" : "interpreter";
        agreement.wording_version = form_->privacy_version;
        agreement.language = form_->languages.empty() || one_in(2) ? "en" : one_of(form_->languages);
        agreement.channel = one_in(8) ? "signature" : "spoken";
        agreement.taken_by = officer_;
        agreement.at_ms = at_ms_ - static_cast<std::int64_t>(below(60'000));
        raised.day = day_;
        return raised;
    }
    const Vocabulary::Because& last_rule(const std::string& agency) const {
        const auto last = std::find_if(form_->rules.rbegin(), form_->rules.rend(), [&](const auto& rule) {
            return rule.referral && rule.code == agency;
        });
        return *last;
    }

    OfferMade offer(const Uuid& id, const Vocabulary::Because& rule) {
        OfferMade made;
        made.offer = id;
        made.contact = contact_;
        made.code = rule.code;
        made.status = static_cast<OfferStatus>(below(3));
        made.quantity = one_in(8, 7) ? 1 : 2;
        made.day = day_;
        made.rule = rule.rule;
        return made;
    }

    const Vocabulary* form_;
    SeededRandom random_;
    std::int64_t at_ms_ = 0;
    Day day_;
    int offset_ = 0;
    Uuid contact_, household_, visit_;
    std::string officer_;
    OfEnvelope envelope_;
    std::vector<std::string> encoded_;
};

std::string letters_of(const Vocabulary* form) {
    std::string words;
    const auto add = [&](std::string_view text) { words.append(text).append("\n"); };
    for (const auto list :
         {std::span<const std::string_view>(roads), std::span<const std::string_view>(homes),
          std::span<const std::string_view>(names), std::span<const std::string_view>(notes)})
        for (const auto one : list)
            add(one);
    if (form == nullptr)
        return words;
    for (const auto& question : form->questions)
        for (const auto& choice : question.choices)
            add(choice.label);
    for (const auto& rule : form->rules)
        add(rule.reason);
    return words;
}

}  // namespace

Odds odds_of(const PhraseBook& book, const Vocabulary* form) {
    Odds odds;
    Filling filling(form);
    for (int i = 0; i < (form == nullptr ? doors : finishes); ++i) {
        const auto json = form == nullptr ? filling.door() : filling.finish();
        learn_likely(odds, in_phrases_of(json, book, filling.envelope()), book);
    }
    learn_letters(odds, letters_of(form));
    odds.settle();
    return odds;
}

std::string made_up_note(std::size_t which) {
    return std::string(notes[which % notes.size()]);
}

std::string made_up_officer(std::size_t which) {
    return std::string(officers[which % officers.size()]);
}

}  // namespace doorstep::wire
