#include "sync/wire/phrases.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sync/wire/seeded_fills.h"
#include "sync/wire/shorthand.h"
#include "sync/wire/shorthand_streams.h"

namespace doorstep::wire {

namespace {

constexpr std::size_t phrase_bytes_min = 3;
constexpr std::size_t made_max = 32;         // books that are kept for the next time
constexpr std::size_t phrases_max = 0xffff;  // a place is at most two bytes
constexpr std::string_view naming = "{\"name\":\"";

// Every phrase below is frozen with the envelopes that were written with it: a later
// edition is another book beside this one.
// \x1b, \x1c, \x1d and \x1e stand for an id or a number (shorthand.h).
constexpr std::string_view beginning[] = {
    "{\"envelope\":\"\x1d \",\"first_sequence\":\x18,\"operations\":[{\"id\":\"\x1b\",\"sequence\":\x18",
    ",\"type\":\"contact_recorded\",\"type_version\":1,\"at_ms\":\x1e,\"utc_offset_minutes\":60,\"hybrid_"
    "clock\":"
    "\x1e,\"subject\":\"\x1c\",\"payload\":{\"contact\":\"\x1c\",\"visit\":\"\x1c\",\"household\":\"\x1d",
    ",\"type\":\"contact_recorded\",\"type_version\":1,\"at_ms\":\x1e,\"utc_offset_minutes\":0,\"hybrid_"
    "clock\":"
    "\x1e,\"subject\":\"\x1c\",\"payload\":{\"contact\":\"\x1c\",\"visit\":\"\x1c\",\"household\":\"\x1d",
    "\",\"area\":\"",
    "\",\"road_code\":\"",
    "\",\"team\":\"",
    "\",\"officer\":\"",
    "\",\"companion\":\"",
    "\",\"outcome\":\"completed\",\"day\":\"",
    "\",\"outcome\":\"partial\",\"day\":\"",
    "\",\"outcome\":\"no_answer\",\"day\":\"",
    "\",\"outcome\":\"declined\",\"day\":\"",
    "\",\"outcome\":\"call_back\",\"day\":\"",
    "\",\"outcome\":\"",
    "\",\"day\":\"",
    "\",\"language\":\"en\",\"formats\":[\"standard\"],\"respondent\":\"resident",
    "\",\"language\":\"",
    "\",\"formats\":[\"",
    "\"],\"respondent\":\"",
    "\",\"respondent\":\"",
    "\",\"address\":{\"number_or_name\":\"",
    "\",\"flat\":\"",
    "\",\"road\":\"",
    "\",\"postcode\":\"",
    "\",\"uprn\":\x1e}}}]}",
    "\",\"uprn\":\x1e}}},{\"id\":\"\x1b\",\"sequence\":\x18",
    "\"}}}]}",
    "\"}}},{\"id\":\"\x1b\",\"sequence\":\x18",
    "\"}}]}",
    "\"}},{\"id\":\"\x1b\",\"sequence\":\x18",
    "\"}]}",
    "\",\"supersedes\":\"",
    "\",\"base\":[\"",
};
constexpr std::string_view finished[] = {
    ",\"type\":\"questionnaire_finished\",\"type_version\":1,\"at_ms\":\x1e,\"utc_offset_minutes\":60,"
    "\"hybrid_clock\":\x1e,\"subject\":\"\x1d",
    ",\"type\":\"questionnaire_finished\",\"type_version\":1,\"at_ms\":\x1e,\"utc_offset_minutes\":0,"
    "\"hybrid_clock\":\x1e,\"subject\":\"\x1d",
    "\",\"payload\":{\"questionnaire\":\"\x1c\",\"contact\":\"\x1d",
    "\",\"form\":{\"id\":\"",
};
constexpr std::string_view afterwards[] = {
    "\"}},{\"id\":\"\x1b\",\"sequence\":\x18,\"type\":\"referral_raised\",\"type_version\":1,\"at_ms\":\x1e,"
    "\"utc_offset_minutes\":60,\"hybrid_clock\":\x1e,\"subject\":\"\x1d!\",\"payload\":{\"referral\":\"\x1a$",
    "\"}},{\"id\":\"\x1b\",\"sequence\":\x18,\"type\":\"referral_raised\",\"type_version\":1,\"at_ms\":\x1e,"
    "\"utc_offset_minutes\":0,\"hybrid_clock\":\x1e,\"subject\":\"\x1d!\",\"payload\":{\"referral\":\"\x1a$",
    "\",\"contact\":\"\x1d\"\",\"household\":\"\x1d!\",\"agency\":\"",
    "],\"restricted\":\"",
    "\"}},{\"id\":\"\x1b\",\"sequence\":\x18",
    ",\"type\":\"referral_raised\",\"type_version\":1,\"at_ms\":\x1e,\"utc_offset_minutes\":60,\"hybrid_"
    "clock\":"
    "\x1e,\"subject\":\"\x1d",
    ",\"type\":\"referral_raised\",\"type_version\":1,\"at_ms\":\x1e,\"utc_offset_minutes\":0,\"hybrid_"
    "clock\":"
    "\x1e,\"subject\":\"\x1d",
    "\",\"payload\":{\"referral\":\"",
    "\",\"contact\":\"\x1d",
    "\",\"household\":\"\x1d",
    "\",\"agency\":\"",
    "\",\"services\":[\"",
    "\"],\"rules\":[\"",
    "\",\"rules\":[\"",
    "\"],\"reasons\":[\"",
    "\"],\"shares\":[{\"name\":\"",
    "\",\"value\":\"",
    "\",\"label\":\"",
    "\"},{\"name\":\"",
    "\"}],\"urgency\":\"routine\",\"agreement\":{\"basis\":\"agreement\",\"given_by\":\"resident\",\"wording_"
    "version\":\"",
    "\"],\"urgency\":\"routine\",\"agreement\":{\"basis\":\"agreement\",\"given_by\":\"resident\",\"wording_"
    "version\":\"",
    "\"}],\"urgency\":\"",
    "\"],\"urgency\":\"",
    "soon\",\"agreement\":{\"basis\":\"",
    "today\",\"agreement\":{\"basis\":\"",
    "\",\"agreement\":{\"basis\":\"",
    "agreement\",\"given_by\":\"",
    "\",\"given_by\":\"",
    "\",\"wording_version\":\"",
    "\",\"language\":\"en\",\"channel\":\"spoken\",\"taken_by\":\"",
    "\",\"language\":\"",
    "\",\"channel\":\"spoken\",\"taken_by\":\"",
    "\",\"channel\":\"signature\",\"taken_by\":\"",
    "\",\"taken_by\":\"",
    "\",\"at_ms\":\x1e},\"day\":\"",
    "\",\"at_ms\":\x1e,\"lawful_reason\":\"",
    "\"},\"day\":\"",
    "\"}},{\"id\":\"\x1b\",\"sequence\":\x18",
    "\"}}]}",
};
constexpr std::string_view offering[] = {
    ",\"type\":\"offer_made\",\"type_version\":1,\"at_ms\":\x1e,\"utc_offset_minutes\":60,\"hybrid_clock\":"
    "\x1e,"
    "\"subject\":\"\x1d!\",\"payload\":{\"offer\":\"\x1a$\",\"contact\":\"\x1d\"\",\"code\":\"",
    ",\"type\":\"offer_made\",\"type_version\":1,\"at_ms\":\x1e,\"utc_offset_minutes\":0,\"hybrid_clock\":"
    "\x1e,"
    "\"subject\":\"\x1d!\",\"payload\":{\"offer\":\"\x1a$\",\"contact\":\"\x1d\"\",\"code\":\"",
    ",\"type\":\"offer_made\",\"type_version\":1,\"at_ms\":\x1e,\"utc_offset_minutes\":60,\"hybrid_clock\":"
    "\x1e,"
    "\"subject\":\"\x1d",
    ",\"type\":\"offer_made\",\"type_version\":1,\"at_ms\":\x1e,\"utc_offset_minutes\":0,\"hybrid_clock\":"
    "\x1e,"
    "\"subject\":\"\x1d",
    "\",\"payload\":{\"offer\":\"",
    "\",\"code\":\"",
    "\",\"status\":\"offered\",\"quantity\":1,\"day\":\"",
    "\",\"status\":\"accepted\",\"quantity\":1,\"day\":\"",
    "\",\"status\":\"",
    "\",\"quantity\":",
    ",\"day\":\"",
    "\",\"rule\":\"",
    "\"}},{\"id\":\"\x1b\",\"sequence\":\x18",
    "\"}}]}",
};
constexpr std::string_view seldom[] = {
    ",\"type\":\"visit_planned\",\"type_version\":1,\"at_ms\":\x1e,\"utc_offset_minutes\":",
    ",\"type\":\"contact_taken_back\",\"type_version\":1,\"at_ms\":\x1e,\"utc_offset_minutes\":",
    ",\"type\":\"referral_state_set\",\"type_version\":1,\"at_ms\":\x1e,\"utc_offset_minutes\":",
    ",\"type\":\"",
    "\",\"type_version\":1,\"at_ms\":\x1e,\"utc_offset_minutes\":",
    ",\"hybrid_clock\":\x1e,\"subject\":\"",
    "\",\"payload\":{\"visit\":\"\x1d",
    "\",\"payload\":{\"contact\":\"\x1c\",\"of\":\"",
    "\",\"label\":\"",
    "\",\"programme\":\"",
    "\",\"teams\":[\"",
    "\",\"cycle\":1,\"state\":\"",
    "\",\"reason\":\"",
    "\",\"by\":\"",
};

// As it stands in JSON, without its quotes.
std::string written(const std::string& text) {
    const auto json = nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return json.substr(1, json.size() - 2);
}

std::uint16_t beginning_of(std::string_view text) {
    return static_cast<std::uint16_t>((static_cast<unsigned char>(text[0]) << 8) |
                                      static_cast<unsigned char>(text[1]));
}

}  // namespace

std::size_t step_cost(std::size_t last, std::size_t place) {
    if (place > last && place - last <= shorthand::step_last)
        return 1;
    return place > last && place - last <= shorthand::jump_max ? 2 : 3;
}

PhraseBook::PhraseBook(const Vocabulary* form)
    : form_(form ? std::optional(*form) : std::nullopt),
      officers_words_(form ? OfficersWords(*form) : OfficersWords()) {
    for (const auto phrase : beginning)
        add(std::string(phrase));
    for (const auto phrase : finished)
        add(std::string(phrase));
    if (form != nullptr)
        add_questions(*form);
    for (const auto phrase : afterwards)
        add(std::string(phrase));
    if (form != nullptr)
        add_rules(*form);
    for (const auto phrase : offering)
        add(std::string(phrase));
    if (form != nullptr)
        add_offers(*form);
    for (const auto phrase : seldom)
        add(std::string(phrase));
    std::string all;
    for (const auto& phrase : phrases_)
        all += fmt::format("{}:{}", phrase.size(), phrase);
    id_ = std::string(Sha256::of(all).raw().substr(0, shorthand::book_id_bytes));
}

// An answer is its question's phrase and, next to it, its choice's: two small steps.
void PhraseBook::add_questions(const Vocabulary& form) {
    for (const std::string complete : {"true", "false"})
        add(fmt::format(R"({}","version":"{}","sha256":"{}"}},"complete":{},"day":")", written(form.form),
                        written(form.version), form.hash.hex(), complete));
    add(fmt::format("\",\"started_ms\":\x1e,\"finished_ms\":\x1e,\"privacy_version\":\"{}\",\"answers\":[",
                    written(form.privacy_version)));
    for (const auto& question : form.questions) {
        const auto name = "{\"name\":\"" + written(question.name);
        const auto path = question.path == question.name ? "" : "\",\"path\":\"" + written(question.path);
        add(name + path + "\",\"value\":\"");
        add(name + path + "\",\"kind\":\"dont_know\"},");
        add(name + path + "\",\"kind\":\"prefer_not\"},");
        add(name + path + "\",\"kind\":\"not_asked\"},");
        for (const auto& choice : question.choices)
            add(written(choice.value) + "\"},");
        if (question.several)
            for (const auto& choice : question.choices)
                add(written(choice.value) + " ");
        if (question.choices.empty()) {
            add("yes\"},");
            add("no\"},");
            add("\"},");
        }
    }
    add("{\"name\":\"instanceID\",\"path\":\"meta/instanceID\",\"value\":\"uuid:\x1c\"},");
    add("{\"name\":\"privacy_version\",\"path\":\"meta/d:privacy_version\",\"value\":\"" +
        written(form.privacy_version) + "\"}],\"restricted\":\"");
}

void PhraseBook::add_rules(const Vocabulary& form) {
    for (const auto& language : form.languages)
        add("\"}],\"urgency\":\"routine\",\"agreement\":{\"basis\":\"agreement\",\"given_by\":\"resident\","
            "\"wording_version\":\"" +
            written(form.privacy_version) + "\",\"language\":\"" + written(language) +
            "\",\"channel\":\"spoken\",\"taken_by\":\"");
    for (const auto& rule : form.rules) {
        if (!rule.referral)
            continue;
        if (!rule.service.empty())
            add(written(rule.code) + "\",\"services\":[\"" + written(rule.service) + "\"],\"rules\":[\"" +
                written(rule.rule) + "\"],\"reasons\":[\"" + written(rule.reason));
        add(written(rule.code) + "\",\"rules\":[\"" + written(rule.rule) + "\"],\"reasons\":[\"" +
            written(rule.reason));
        if (!rule.service.empty())
            add(written(rule.code) + "\",\"services\":[\"" + written(rule.service));
        add(written(rule.code) + "\",\"rules\":[\"");
        add(written(rule.rule) + "\",\"");
        add(written(rule.rule) + "\"],\"reasons\":[\"");
        add(written(rule.reason) + "\",\"");
        add(written(rule.reason) + "\"],\"shares\":[");
    }
    for (const auto& question : form.questions) {
        add("{\"name\":\"" + written(question.name) + "\",\"value\":\"");
        for (const auto& choice : question.choices)
            add(written(choice.value) + "\",\"label\":\"" + written(choice.label) + "\"},");
    }
}

void PhraseBook::add_offers(const Vocabulary& form) {
    for (const auto& rule : form.rules) {
        if (rule.referral)
            continue;
        for (const std::string status : {"offered", "accepted", "declined"})
            add(written(rule.code) + "\",\"status\":\"" + status + "\",\"quantity\":1,\"day\":\"");
        add("\",\"rule\":\"" + written(rule.rule) + "\"}},{\"id\":\"\x1b\",\"sequence\":\x18");
        add("\",\"rule\":\"" + written(rule.rule) + "\"}}]}");
    }
}

void PhraseBook::add(std::string phrase) {
    if (phrase.size() < phrase_bytes_min || phrases_.size() >= phrases_max)
        return;
    by_beginning_[beginning_of(phrase)].push_back(static_cast<std::uint32_t>(phrases_.size()));
    marks_.push_back(
        {static_cast<std::uint32_t>(std::count(phrase.begin(), phrase.end(), shorthand::a_number)),
         phrase.starts_with(naming)});
    phrases_.push_back(std::move(phrase));
}

const Odds& PhraseBook::odds() const {
    std::call_once(learning_, [this] { odds_ = odds_of(*this, form_ ? &*form_ : nullptr); });
    return odds_;
}

std::span<const std::uint32_t> PhraseBook::beginning_like(std::string_view text) const {
    if (text.size() < phrase_bytes_min)
        return {};
    const auto group = by_beginning_.find(beginning_of(text));
    return group == by_beginning_.end() ? std::span<const std::uint32_t>{} : group->second;
}

PhraseBooks::PhraseBooks() {
    static const auto plain = std::make_shared<const PhraseBook>(nullptr);  // learnt once in a program
    plain_ = plain;
    by_id_.emplace(plain_->id(), plain_);
}

void PhraseBooks::add(const Vocabulary& form) {
    add(std::make_shared<const PhraseBook>(&form), form.hash);
}

const PhraseBook& PhraseBooks::of(const Sha256& form) const {
    const auto found = by_form_.find(form.raw());
    return found == by_form_.end() ? *plain_ : *found->second;
}

const PhraseBook* PhraseBooks::by_id(std::string_view id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second.get();
}

void PhraseBooks::add(std::shared_ptr<const PhraseBook> book, const Sha256& form) {
    by_id_.insert_or_assign(book->id(), book);
    by_form_.insert_or_assign(std::string(form.raw()), std::move(book));
}

std::shared_ptr<const PhraseBooks> books_of(const std::vector<std::shared_ptr<const FormDefinition>>& forms) {
    // A form never changes, and its odds take time to learn: once in a program.
    static std::mutex made_by_one;
    static std::map<std::string, std::shared_ptr<const PhraseBook>, std::less<>> made;
    auto books = std::make_shared<PhraseBooks>();
    const std::lock_guard lock(made_by_one);
    if (made.size() > made_max)
        made.clear();
    for (const auto& form : forms) {
        if (!form)
            continue;
        auto& book = made[std::string(form->hash().raw())];
        if (!book) {
            const auto words = vocabulary_of(*form);
            book = std::make_shared<const PhraseBook>(&words);
        }
        books->add(book, form->hash());
    }
    return books;
}

}  // namespace doorstep::wire
