// What envelopes repeat: the words of our own JSON, and those of a form.  Tablet and
// endpoint make the same book from the same form, so that a phrase travels as its place
// in the book (shorthand.h), and the book never travels.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "forms/base/sha256.h"
#include "forms/definition/vocabulary.h"
#include "sync/wire/odds.h"
#include "sync/wire/officers_words.h"

namespace doorstep::wire {

class PhraseBook {
public:
    // `form` null: our own words alone, for what is not a questionnaire.
    explicit PhraseBook(const Vocabulary* form);

    // 4 bytes of the SHA-256 of all that stands in it.
    const std::string& id() const { return id_; }
    std::size_t size() const { return phrases_.size(); }
    const std::string& at(std::size_t place) const { return phrases_[place]; }
    // How many numbers stand within it, and whether it begins an answer by its question's name.
    std::size_t numbers_in(std::size_t place) const { return marks_[place].numbers; }
    bool names_question(std::size_t place) const { return marks_[place].names_question; }

    // What follows on what in a short form; learnt when it is asked for first.
    const Odds& odds() const;
    const OfficersWords& officers_words() const { return officers_words_; }

    // The places of those whose first two bytes are the text's.
    std::span<const std::uint32_t> beginning_like(std::string_view text) const;

private:
    void add(std::string phrase);
    void add_questions(const Vocabulary& form);
    void add_rules(const Vocabulary& form);
    void add_offers(const Vocabulary& form);

    struct Marks {
        std::uint32_t numbers = 0;
        bool names_question = false;
    };

    std::vector<std::string> phrases_;
    std::vector<Marks> marks_;  // of each; asked for with every symbol that is read
    std::unordered_map<std::uint16_t, std::vector<std::uint32_t>> by_beginning_;  // its first two bytes
    std::string id_;
    std::optional<Vocabulary> form_;
    OfficersWords officers_words_;
    mutable std::once_flag learning_;
    mutable Odds odds_;
};

// What it costs to go there from `last`, in bytes.
std::size_t step_cost(std::size_t last, std::size_t place);

// The books of all forms at hand, and the one without a form.  Immutable once shared.
class PhraseBooks {
public:
    PhraseBooks();
    void add(const Vocabulary& form);
    void add(std::shared_ptr<const PhraseBook> book, const Sha256& form);

    const PhraseBook& without_form() const { return *plain_; }
    // Of that form, else the one without.
    const PhraseBook& of(const Sha256& form) const;
    // Null when no book at hand has that id.
    const PhraseBook* by_id(std::string_view id) const;

private:
    std::shared_ptr<const PhraseBook> plain_;
    std::map<std::string, std::shared_ptr<const PhraseBook>, std::less<>> by_id_;
    std::map<std::string, std::shared_ptr<const PhraseBook>, std::less<>> by_form_;  // raw hash
};

// Of those forms; null ones are passed over.
std::shared_ptr<const PhraseBooks> books_of(const std::vector<std::shared_ptr<const FormDefinition>>& forms);

}  // namespace doorstep::wire
