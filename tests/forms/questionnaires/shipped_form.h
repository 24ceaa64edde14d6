// A shipped questionnaire, through every room from its CSV sheets to a session, and
// a door at which it is filled.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/directory/directory.h"
#include "forms/session/session.h"
#include "forms/workbook/workbook.h"

namespace doorstep {

using Codes = std::set<std::string>;

std::string shipped(const std::string& below);  // a path below forms/questionnaires
const Directory& shipped_directory();

struct ShippedForm {
    Workbook workbook;
    std::string xml;
    std::shared_ptr<const FormDefinition> form;
    std::vector<std::string> errors;
    std::vector<Diagnostic> warnings;
};
// "watch_signup/current"; "2013" and "current" are Safer Streets.  Loaded once.
const ShippedForm& shipped_form(const std::string& version);

// One door.  Every call checks that the session took it.
class TestDoor {
public:
    explicit TestDoor(const std::string& version);
    // Privacy step confirmed, an adult answers.
    static std::unique_ptr<TestDoor> opened(const std::string& version);

    TestDoor& say(std::string_view question, const std::string& text);
    TestDoor& say(std::string_view question, AnswerKind kind);
    TestDoor& speak(const std::string& language);
    // What another form has asked already, in a hidden question: the record is reopened with it.
    TestDoor& carry(std::string_view hidden, const std::string& text);

    QuestionView question(std::string_view name) const;
    bool shown(std::string_view name) const { return question(name).relevant; }
    Violation fault(std::string_view name) const { return question(name).violation; }
    std::string value(std::string_view name) const { return question(name).answer.text; }

    // "police", or "fire:alarm_fitting" where the rule names a service.
    Codes referrals() const;
    Codes offers() const;
    // The restricted ones alone.
    Codes concerns() const;
    std::vector<Suggestion> all() const { return session_.suggestions(true); }
    const Suggestion* find(const std::string& code) const;
    std::int64_t quantity(const std::string& offer) const;  // the largest; 0 when not suggested

    FormSession& session() { return session_; }

private:
    Result<ChangeList> give(std::string_view question, const Answer& answer);

    ManualClock clock_{1'773'500'000'000, 0};
    SeededRandom random_{7};
    std::shared_ptr<const FormDefinition> form_;
    FormSession session_;
    mutable std::vector<Suggestion> found_;
};

}  // namespace doorstep
