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
#include <string>
#include <string_view>
#include <vector>

#include "client/wording/plural_rule.h"
#include "forms/base/result.h"

namespace doorstep {

class Wording {
public:
    Wording();  // English: every text is itself
    // Reads a .po file: comments, contexts, several lines, plural forms with the header's
    // Plural-Forms.  Errors name file and line.  Fuzzy entries are taken as drafts.
    static Result<Wording> read(const std::string& path);
    // The same from memory; `file` is what errors name.
    static Result<Wording> parse(std::string_view text, const std::string& file);

    std::string say(std::string_view english) const;
    // A word that has several translations: msgctxt in the catalogue.
    std::string say_in(std::string_view context, std::string_view english) const;
    std::string say_n(std::string_view one, std::string_view many, long n) const;  // %d replaced by n
    const std::string& language() const { return language_; }  // "pl"; "en" for the source
    // As the catalogue says, "draft, awaiting a native reader"; empty for the source and
    // for what somebody has read.
    const std::string& status() const { return status_; }
    bool right_to_left() const;
    bool knows(std::string_view english) const;  // has a translation of its own

private:
    std::string language_ = "en";
    std::string status_;
    std::map<std::string, std::vector<std::string>, std::less<>> texts_;  // the forms, by English text
    PluralRule plurals_;
};

// All catalogues below `folder` (empty: the shipped ones), by language: "ar", "zh-Hans",
// "pl", "pa"; "en" is always there.
class Wordings {
public:
    static Result<Wordings> read_all(const std::string& folder = {});
    // For a form's language as it is written, "Polish (pl)", or a bare code.  English for
    // one without a catalogue.
    const Wording& of(std::string_view language) const;
    std::vector<std::string> languages() const;  // codes, "en" among them

private:
    std::map<std::string, Wording, std::less<>> by_language_;
};

// Where the shipped catalogues are: wording in DOORSTEP_ASSETS, else in
// ../share/doorstep/assets beside the program, else in the source tree.
std::string shipped_wording();

}  // namespace doorstep
