// The words of the app itself, from .po catalogues (assets/wording/<lang>.po); the
// words of forms are in the forms.  English is the source: a text without a
// translation is shown in English.
//
//   say("Continue")                         the word in the language of the wording
//   say_n("%d door left", "%d doors left", n)
//
// Loaded once, immutable, shared between threads.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"

namespace doorstep {

class Wording {
public:
    Wording();  // English: every text is itself
    // Reads a .po file: comments, contexts, several lines, plural forms with the header's
    // Plural-Forms.  Errors name file and line.  Fuzzy entries are taken as drafts.
    static Result<Wording> read(const std::string& path);

    std::string say(std::string_view english) const;
    std::string say_n(std::string_view one, std::string_view many, long n) const;  // %d replaced by n
    const std::string& language() const { return language_; }  // "pl"; "en" for the source
    bool right_to_left() const;

private:
    std::string language_ = "en";
    std::map<std::string, std::vector<std::string>, std::less<>> texts_;
    std::string plural_rule_;
};

// All catalogues below `folder` (empty: the shipped ones), by language: "ar", "zh-Hans",
// "pl", "pa"; "en" is always there.
class Wordings {
public:
    static Result<Wordings> read_all(const std::string& folder = {});
    // For a form's language as it is written, "Polish (pl)", or a bare code.
    const Wording& of(std::string_view language) const;

private:
    std::map<std::string, Wording, std::less<>> by_language_;
};

}  // namespace doorstep
