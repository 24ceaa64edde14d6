// The words that the questionnaires of one form repeat: names, choices, labels, reasons.
// Whoever holds the same form derives the same words in the same order, so that two
// programs can write them short without sending them.
#pragma once

#include <string>
#include <vector>

#include "forms/base/sha256.h"
#include "forms/definition/definition.h"

namespace doorstep {

struct Vocabulary {
    struct Choice {
        std::string value;
        std::string label;  // in the language that agencies read; empty when it is computed
        bool operator==(const Choice&) const = default;
    };
    struct Question {
        std::string name;
        std::string path;      // without the root: "people/age"
        bool several = false;  // takes several choices at once
        std::vector<Choice> choices;
        std::string type = {};                // "int", "string"
        std::vector<std::string> words = {};  // that its calculation writes out
        bool restricted = false;
        bool operator==(const Question&) const = default;
    };
    struct Because {
        std::string rule;  // its id
        std::string code;  // agency or offer
        std::string service;
        std::string reason;  // empty when it is computed
        bool referral = true;
        std::vector<std::string> shares = {};  // names of questions
        bool restricted = false;
        bool operator==(const Because&) const = default;
    };
    std::string form, version, privacy_version;
    std::vector<std::string> languages;  // as the form names them
    Sha256 hash;
    std::vector<Question> questions;  // in the form's order
    std::vector<Because> rules;
    bool operator==(const Vocabulary&) const = default;
};

Vocabulary vocabulary_of(const FormDefinition& form);

}  // namespace doorstep
