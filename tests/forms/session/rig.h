// One questionnaire on the bench: a form in a few lines, a clock, dice, and short
// words for what a test does.
#pragma once

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "forms/session/session.h"
#include "tests/forms/definition/form_text.h"

namespace doorstep::test {

inline std::shared_ptr<const FormDefinition> load(const std::string& xml) {
    std::vector<FormFault> faults;
    auto form = FormDefinition::load(xml, {}, faults);
    for (const FormFault& fault : faults)
        UNSCOPED_INFO(fault.node << "#" << fault.property << ": " << fault.diagnostic.what);
    REQUIRE(form);
    return form;
}

struct Bench {
    ManualClock clock{1'370'696'700'000, 60};
    SeededRandom random{7};
    std::shared_ptr<const FormDefinition> form;
    FormSession session;
    std::vector<JournalEntry> journal;
    ChangeList changes;

    explicit Bench(const FormText& text, Circumstances at = {})
        : form(load(text.xml())), session(begin(form, at, clock, random)), at_(std::move(at)) {}

    static FormSession begin(const std::shared_ptr<const FormDefinition>& form, const Circumstances& at,
                             const Clock& clock, Random& random) {
        auto begun = FormSession::begin(form, at, clock, random);
        REQUIRE(begun.ok());
        return std::move(*begun);
    }

    NodeRef node(std::string_view path) const {
        INFO(path);
        const auto found = session.find(path);
        REQUIRE(found);
        return *found;
    }
    QuestionView view(std::string_view path) const { return *session.view(node(path)); }
    std::string text(std::string_view path) const { return view(path).answer.text; }
    bool relevant(std::string_view path) const { return view(path).relevant; }
    Violation violation(std::string_view path) const { return view(path).violation; }

    void answer(std::string_view path, const std::string& text) { answer(path, Answer::given(text)); }
    void answer(std::string_view path, Answer what) {
        JournalEntry entry;
        keep(session.answer(node(path), std::move(what), &entry), entry);
    }
    void add(std::string_view repeat) {
        JournalEntry entry;
        keep(session.add_repeat(repeat, &entry), entry);
    }
    void remove(std::string_view instance) {
        JournalEntry entry;
        keep(session.remove_repeat(node(instance), &entry), entry);
    }
    void speak(std::string_view language) {
        JournalEntry entry;
        keep(session.set_language(language, &entry), entry);
    }

    bool changed(ChangeKind kind, std::string_view path) const {
        const NodeRef at = node(path);
        return std::any_of(changes.begin(), changes.end(),
                           [&](const Change& one) { return one.kind == kind && one.node == at; });
    }
    bool told(ChangeKind kind, std::string_view rule) const {
        return std::any_of(changes.begin(), changes.end(),
                           [&](const Change& one) { return one.kind == kind && one.suggestion == rule; });
    }
    std::vector<std::string> suggested(bool with_restricted = false) const {
        std::vector<std::string> ids;
        for (const Suggestion& one : session.suggestions(with_restricted))
            ids.push_back(one.id);
        return ids;
    }
    std::vector<std::string> blocked() const {
        std::vector<std::string> paths;
        for (const Blocked& one : session.blocked())
            paths.push_back(one.path);
        return paths;
    }
    FormSession replayed() {
        auto again = FormSession::replay(form, at_, clock, random, session.begun(), journal);
        if (!again.ok())
            UNSCOPED_INFO(again.error().text());
        REQUIRE(again.ok());
        return std::move(*again);
    }

private:
    void keep(Result<ChangeList> done, const JournalEntry& entry) {
        if (!done.ok())
            UNSCOPED_INFO(done.error().text());
        REQUIRE(done.ok());
        changes = *done;
        journal.push_back(entry);
        CHECK(session.last_cost().most_per_vertex <= 1);
        CHECK(session.dump() == session.dump_from_scratch());
    }

    Circumstances at_;
};

}  // namespace doorstep::test
