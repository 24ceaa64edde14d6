#include "sync/wire/phrases.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sync/wire/shorthand.h"

namespace doorstep::wire {

namespace {

constexpr std::size_t phrase_bytes_min = 3;
constexpr std::size_t phrases_max = 0xffff;  // a place is at most two bytes

// Every phrase below is frozen with the envelopes that were written with it: a later
// edition is another book beside this one.
// \x1b, \x1c, \x1d and \x1e stand for an id or a number (shorthand.h).
constexpr std::string_view beginning[] = {
    "{\"envelope\":\"\x1d \",\"first_sequence\":",
    ",\"operations\":[{\"id\":\"\x1b\",\"sequence\":",
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
    "\",\"uprn\":\x1e}}},{\"id\":\"\x1b\",\"sequence\":",
    "\"}}}]}",
    "\"}}},{\"id\":\"\x1b\",\"sequence\":",
    "\"}}]}",
    "\"}},{\"id\":\"\x1b\",\"sequence\":",
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
    "],\"restricted\":\"",
    "\"}},{\"id\":\"\x1b\",\"sequence\":",
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
    "\"}},{\"id\":\"\x1b\",\"sequence\":",
    "\"}}]}",
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
    "\"}},{\"id\":\"\x1b\",\"sequence\":",
    "\"}}]}",
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

PhraseBook::PhraseBook(const Vocabulary* form) {
    for (const auto phrase : beginning)
        add(std::string(phrase));
    for (const auto phrase : finished)
        add(std::string(phrase));
    if (form != nullptr)
        add_form(*form);
    for (const auto phrase : afterwards)
        add(std::string(phrase));
    if (form != nullptr) {
        for (const auto& rule : form->rules) {
            if (!rule.service.empty())
                add(written(rule.code) + "\",\"services\":[\"" + written(rule.service));
            add(written(rule.code) + (rule.referral ? "\",\"rules\":[\"" : "\",\"status\":\""));
            add(written(rule.rule) + "\"],\"reasons\":[\"" + written(rule.reason));
            add(written(rule.rule));
            add(written(rule.reason));
        }
        for (const auto& question : form->questions) {
            add("{\"name\":\"" + written(question.name) + "\",\"value\":\"");
            for (const auto& choice : question.choices)
                add(written(choice.value) + "\",\"label\":\"" + written(choice.label));
        }
    }
    std::string all;
    for (const auto& phrase : phrases_)
        all += fmt::format("{}:{}", phrase.size(), phrase);
    id_ = std::string(Sha256::of(all).raw().substr(0, shorthand::book_id_bytes));
}

// An answer is its question's phrase and, next to it, its choice's: two small steps.
void PhraseBook::add_form(const Vocabulary& form) {
    add(fmt::format(R"({}","version":"{}","sha256":"{}"}},"complete":true,"day":")", written(form.form),
                    written(form.version), form.hash.hex()));
    add(fmt::format(R"({}","version":"{}","sha256":"{}"}},"complete":false,"day":")", written(form.form),
                    written(form.version), form.hash.hex()));
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
        if (question.choices.empty())
            add("\"},");
    }
}

void PhraseBook::add(std::string phrase) {
    if (phrase.size() < phrase_bytes_min || phrases_.size() >= phrases_max)
        return;
    by_beginning_[beginning_of(phrase)].push_back(static_cast<std::uint32_t>(phrases_.size()));
    phrases_.push_back(std::move(phrase));
}

PhraseBook::Found PhraseBook::find(std::string_view text, std::size_t last) const {
    Found best;
    std::size_t saved = 0;
    if (text.size() < phrase_bytes_min)
        return best;
    const auto group = by_beginning_.find(beginning_of(text));
    if (group == by_beginning_.end())
        return best;
    for (const auto place : group->second) {
        const auto& phrase = phrases_[place];
        const auto cost = step_cost(last, place);
        if (phrase.size() > cost + saved && text.starts_with(phrase)) {
            saved = phrase.size() - cost;
            best = {place, phrase.size()};
        }
    }
    return best;
}

PhraseBooks::PhraseBooks() : plain_(std::make_shared<const PhraseBook>(nullptr)) {
    by_id_.emplace(plain_->id(), plain_);
}

void PhraseBooks::add(const Vocabulary& form) {
    const auto book = std::make_shared<const PhraseBook>(&form);
    by_id_.insert_or_assign(book->id(), book);
    by_form_.insert_or_assign(std::string(form.hash.raw()), book);
}

const PhraseBook& PhraseBooks::of(const Sha256& form) const {
    const auto found = by_form_.find(form.raw());
    return found == by_form_.end() ? *plain_ : *found->second;
}

const PhraseBook* PhraseBooks::by_id(std::string_view id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second.get();
}

}  // namespace doorstep::wire
