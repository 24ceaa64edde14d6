#include "tests/forms/questionnaires/every_branch.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <regex>

#include "forms/definition/content.h"
#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {
namespace {

using Texts = std::vector<std::string>;

bool is_select(const Control& control) {
    return control.kind == ControlKind::select_one || control.kind == ControlKind::select_multiple;
}

// Quoted words hold no numbers of the expression.
std::string without_quotes(const std::string& written) {
    static const std::regex quoted("'[^']*'|\"[^\"]*\"");
    return std::regex_replace(written, quoted, " ");
}

std::vector<long> numbers_in(const std::string& written) {
    static const std::regex number("(^|[^A-Za-z0-9_.-])([0-9]{1,6})(?![A-Za-z0-9_.])");
    std::vector<long> all;
    const std::string text = without_quotes(written);
    for (std::sregex_iterator at(text.begin(), text.end(), number), end; at != end; ++at)
        all.push_back(std::stol((*at)[2]));
    return all;
}

// The bound of string-length(.) <= N; 0 without one.
std::size_t longest_allowed(const Bind& bind) {
    static const std::regex length("string-length\\( *\\. *\\) *<= *([0-9]+)");
    std::smatch found;
    if (!bind.constraint || !std::regex_search(bind.constraint->written, found, length))
        return 0;
    return std::stoul(found[1]);
}

// What one might answer, question by question.
class Answers {
public:
    Answers(const FormContent& form, const FormSession& empty, const Examples& examples)
        : form_(form), examples_(examples) {
        for (const Template& place : form.templates)
            if (place.control != nowhere && is_select(form.controls[place.control]))
                for (const auto offered = empty.choices(*empty.find(place.path));
                     const Choice& choice : offered.value())
                    choices_[place.path].push_back(choice.value);
        for (const Template& place : form.templates) {
            for (const auto* formula : {&place.bind.relevant, &place.bind.constraint, &place.bind.required,
                                        &place.bind.calculate, &place.bind.readonly})
                if (*formula)
                    learn(**formula, place.name);
        }
        for (const Rule& rule : form.rules) {
            learn(rule.when, "");
            if (rule.quantity)
                learn(*rule.quantity, "");
        }
    }

    // Pairs of choices matter to what counts them, and to the question's own constraint.
    enum class Pairs : std::uint8_t { no, yes };

    Texts of(const Template& place, Pairs pairs = Pairs::yes) const {
        Texts all = examples_of(place.name);
        for (const std::string& text : by_type(place, pairs))
            if (std::find(all.begin(), all.end(), text) == all.end())
                all.push_back(text);
        return all;
    }

    Texts examples_of(const std::string& name) const {
        const auto given = examples_.find(name);
        return given != examples_.end() ? given->second : Texts{};
    }

    std::vector<long> numbers(const Template& place) const {
        std::set<long> near{-1, 0, 1};
        if (const auto named = named_.find(place.name); named != named_.end())
            for (const long number : named->second)
                near.insert({number - 1, number, number + 1});
        return {near.begin(), near.end()};
    }

    const Texts& choices(const Template& place) const {
        static const Texts none;
        const auto found = choices_.find(place.path);
        return found != choices_.end() ? found->second : none;
    }

private:
    void learn(const Formula& formula, const std::string& own) {
        const auto numbers = numbers_in(formula.written);
        const auto add = [&](const std::string& name) {
            named_[name].insert(named_[name].end(), numbers.begin(), numbers.end());
        };
        add(own);
        for (const xpath::Reference& reference : formula.expression.references())
            if (!reference.steps.empty())
                add(reference.steps.back().name);
    }

    Texts by_type(const Template& place, Pairs pairs) const {
        const Control& control = form_.controls[place.control];
        if (control.kind == ControlKind::trigger)
            return {"OK"};
        if (is_select(control))
            return chosen(place, pairs);
        if (place.bind.type == "int" || place.bind.type == "decimal") {
            Texts all;
            for (const long number : numbers(place))
                all.push_back(std::to_string(number));
            return all;
        }
        if (place.bind.type == "date")
            return {"2026-01-31", "1999-12-31", "2040-02-29"};
        Texts all{"a"};
        if (const std::size_t longest = longest_allowed(place.bind); longest > 0) {
            all.emplace_back(longest, 'a');
            all.emplace_back(longest + 1, 'a');
        }
        return all;
    }

    Texts chosen(const Template& place, Pairs pairs) const {
        Texts all = choices(place);
        const std::size_t count = all.size();
        if (form_.controls[place.control].kind == ControlKind::select_multiple && pairs == Pairs::yes)
            for (std::size_t i = 0; i < count; ++i)
                for (std::size_t j = i + 1; j < count; ++j)
                    all.push_back(all[i] + " " + all[j]);
        return all;
    }

    const FormContent& form_;
    const Examples& examples_;
    std::map<std::string, std::vector<long>> named_;
    std::map<std::string, Texts> choices_;
};

// One session, walked to one branch.
class Walk {
public:
    using Test = std::function<bool(const FormSession&)>;

    Walk(const std::string& name, const FormContent& form, const Answers& answers, Walked& seen)
        : form_(form), answers_(answers), seen_(seen), door_(name) {}

    FormSession& session() { return door_.session(); }

    QuestionView view(const Template& place) {
        const auto node = session().find(place.path);
        if (!node) {
            wrong(place.path + " is not in the session");
            return {};
        }
        auto view = session().view(*node);
        return view.ok() ? std::move(view).value() : QuestionView{};
    }

    bool give(const Template& place, const std::string& text) {
        ++seen_.answers;
        if (place.control == nowhere) {
            door_.carry(place.name, text);
            return true;
        }
        const auto node = session().find(place.path);
        if (!node || !session().answer(*node, Answer::given(text)).ok()) {
            wrong(place.name + " does not take " + text);
            return false;
        }
        if (session().last_cost().most_per_vertex > 1)
            wrong(place.name + " = " + text + " evaluates a vertex more than once");
        return true;
    }

    // Shows the question, whatever hides it.
    bool open(const Template& place, int depth = 0) {
        if (depth > 8)
            return false;
        std::vector<const Template*> around;
        for (TemplateId at = id(place); at != 0 && at != nowhere; at = form_.templates[at].parent)
            around.push_back(&form_.templates[at]);
        return std::all_of(around.rbegin(), around.rend(), [&](const Template* one) {
            return !one->bind.relevant || reach(*one->bind.relevant, one->name, depth + 1,
                                                [&](const FormSession&) { return view(*one).relevant; });
        });
    }

    // Answers what the formula reads until the test holds.
    bool reach(const Formula& formula, const std::string& own, int depth, const Test& test) {
        if (test(session()))
            return true;
        const std::vector<const Template*> inputs = inputs_of(formula, own);
        for (const Template* input : inputs)
            open(*input, depth);
        const bool counts = formula.written.find("count-selected") != std::string::npos;
        pairs_ = counts ? Answers::Pairs::yes : Answers::Pairs::no;
        for (std::size_t at_once = 1; at_once <= 3; ++at_once)
            if (vary(inputs, 0, at_once, test))
                return true;
        return false;
    }

    void compare_with_scratch(const std::string& where) {
        if (session().dump() != session().dump_from_scratch())
            wrong(where + ": the session is not what it would be from scratch");
    }

    void wrong(const std::string& what) { seen_.wrong.push_back(what); }

private:
    TemplateId id(const Template& place) const {
        return static_cast<TemplateId>(&place - form_.templates.data());
    }

    // The questions whose answers decide it, through calculations.
    std::vector<const Template*> inputs_of(const Formula& formula, const std::string& own) const {
        std::vector<const Template*> inputs;
        std::set<std::string> met;
        std::function<void(const Formula&, const std::string&)> read = [&](const Formula& one,
                                                                           const std::string& self) {
            for (const xpath::Reference& reference : one.expression.references()) {
                const std::string& name = reference.steps.empty() ? self : reference.steps.back().name;
                if (name.empty() || !met.insert(name).second)
                    continue;
                for (const Template& place : form_.templates)
                    if (place.name != name || !place.leaf())
                        continue;
                    else if (place.bind.calculate)
                        read(*place.bind.calculate, place.name);
                    else if (place.control != nowhere || place.bind.type == "string")
                        inputs.push_back(&place);
            }
        };
        read(formula, own);
        return inputs;
    }

    // Everything, and at last nothing: an answer taken back.
    Texts texts_for(const Template& place) const {
        if (place.control == nowhere)
            return answers_of_hidden(place);
        Texts all = answers_.of(place, pairs_);
        all.emplace_back("");
        return all;
    }
    // What another form or the app writes there.
    Texts answers_of_hidden(const Template& place) const {
        Texts all = answers_.examples_of(place.name);
        all.emplace_back("");
        return all;
    }

    bool vary(const std::vector<const Template*>& inputs, std::size_t from, std::size_t at_once,
              const Test& test) {
        for (std::size_t i = from; i < inputs.size(); ++i) {
            const std::string before = view(*inputs[i]).answer.text;
            for (const std::string& text : texts_for(*inputs[i])) {
                if (!give(*inputs[i], text))
                    return false;
                if (at_once == 1 ? test(session()) : vary(inputs, i + 1, at_once - 1, test))
                    return true;
            }
            give(*inputs[i], before);
        }
        return false;
    }

    const FormContent& form_;
    const Answers& answers_;
    Walked& seen_;
    TestDoor door_;
    Answers::Pairs pairs_ = Answers::Pairs::no;
};

class EveryBranch {
public:
    EveryBranch(std::string name, const FormContent& form, const Examples& examples)
        : name_(std::move(name)), form_(form), answers_(form, TestDoor(name_).session(), examples) {}

    Walked walk() {
        for (const Template& place : form_.templates) {
            if (place.bind.relevant)
                both(place, "relevant", *place.bind.relevant,
                     [this, &place](Walk& walk) { return walk.view(place).relevant; });
            if (place.control == nowhere || !place.leaf())
                continue;
            if (is_select(form_.controls[place.control]))
                every_choice(place);
            if (place.bind.constraint)
                edges(place);
            if (place.bind.required)
                must_be_answered(place);
        }
        for (const Rule& rule : form_.rules)
            raise_and_withdraw(rule);
        return std::move(seen_);
    }

private:
    using Holds = std::function<bool(Walk&)>;

    void miss(const std::string& name, const std::string& what) {
        seen_.missed.push_back(name + ": " + what);
    }

    void both(const Template& place, const std::string& what, const Formula& formula, const Holds& holds) {
        seen_.conditions.insert(place.name);
        const Template& around = form_.templates[place.parent];
        for (const bool wanted : {true, false}) {
            Walk walk(name_, form_, answers_, seen_);
            walk.open(around);
            if (!walk.reach(formula, place.name, 0,
                            [&](const FormSession&) { return holds(walk) == wanted; }))
                miss(place.name, fmt::format("{} is never {}", what, wanted));
            walk.compare_with_scratch(place.name);
        }
    }

    void every_choice(const Template& place) {
        Walk walk(name_, form_, answers_, seen_);
        if (!walk.open(place))
            miss(place.name, "is never shown");
        for (const std::string& choice : answers_.choices(place)) {
            walk.give(place, choice);
            const QuestionView view = walk.view(place);
            if (view.answer.text == choice && view.relevant && view.violation == Violation::none)
                seen_.chosen[place.name].insert(choice);
            else
                miss(place.name, choice + " alone does not fit");
            walk.compare_with_scratch(place.name + " = " + choice);
        }
    }

    // What the constraint takes and what it does not, at its very edge.
    void edges(const Template& place) {
        Walk walk(name_, form_, answers_, seen_);
        walk.open(place);
        const auto fits = [&](const std::string& text) {
            walk.give(place, text);
            return walk.view(place).violation == Violation::none;
        };
        bool kept = false;
        bool broken = false;
        for (const std::string& text : answers_.of(place))
            (fits(text) ? kept : broken) = true;
        if (!kept)
            miss(place.name, "the constraint is never kept");
        if (place.bind.type == "int")
            note_numbers(place, fits);
        if (const std::size_t longest = longest_allowed(place.bind);
            longest > 0 && fits(std::string(longest, 'a')))
            seen_.longest[place.name] = longest;
        if (form_.controls[place.control].kind == ControlKind::select_multiple)
            note_exclusive(place, fits);
        walk.compare_with_scratch(place.name);
        if (!broken && !broken_by_others(place))
            miss(place.name, "the constraint is never broken");
    }

    // A constraint that another answer breaks: more age groups than people.
    bool broken_by_others(const Template& place) {
        Walk walk(name_, form_, answers_, seen_);
        walk.open(place);
        return walk.reach(*place.bind.constraint, place.name, 0, [&](const FormSession&) {
            return walk.view(place).violation == Violation::constraint;
        });
    }

    void note_numbers(const Template& place, const std::function<bool(const std::string&)>& fits) {
        std::vector<long> taken;
        for (const long number : answers_.numbers(place))
            if (fits(std::to_string(number)))
                taken.push_back(number);
        if (!taken.empty())
            seen_.numbers[place.name] = {taken.front(), taken.back()};
    }

    void note_exclusive(const Template& place, const std::function<bool(const std::string&)>& fits) {
        const Texts all = answers_.choices(place);
        for (const std::string& one : all)
            if (std::none_of(all.begin(), all.end(), [&](const std::string& other) {
                    return other != one && fits(one + " " + other);
                }))
                seen_.exclusive.insert(place.name + " " + one);
    }

    void must_be_answered(const Template& place) {
        Walk walk(name_, form_, answers_, seen_);
        walk.open(place);
        walk.give(place, "");
        if (!walk.view(place).required)
            return;
        seen_.required.insert(place.name);
        const auto stands_in_the_way = [&] {
            const auto blocked = walk.session().blocked();
            return std::any_of(blocked.begin(), blocked.end(), [&](const Blocked& one) {
                return one.path == place.path && one.violation == Violation::required;
            });
        };
        if (!stands_in_the_way())
            miss(place.name, "is required and yet may be left out");
        walk.give(place, answers_.of(place).front());
        if (stands_in_the_way())
            miss(place.name, "is asked for again after it was answered");
    }

    void raise_and_withdraw(const Rule& rule) {
        for (const bool wanted : {true, false}) {
            Walk walk(name_, form_, answers_, seen_);
            const auto raised = [&](const FormSession& session) {
                const auto all = session.suggestions(true);
                return std::any_of(all.begin(), all.end(), [&](const Suggestion& one) {
                    return one.id == rule.id && (one.kind == SuggestionKind::referral) == rule.referral;
                });
            };
            const auto is = [&](bool up) {
                return walk.reach(rule.when, "", 0,
                                  [&](const FormSession& session) { return raised(session) == up; });
            };
            // Withdrawing means after it was raised.
            if (!is(true) || (!wanted && !is(false)))
                miss(rule.place(), wanted ? "is never raised" : "is never withdrawn");
            else if (wanted)
                seen_.raised.insert(rule.place());
            walk.compare_with_scratch(rule.place());
        }
    }

    std::string name_;
    const FormContent& form_;
    Answers answers_;
    Walked seen_;
};

}  // namespace

const Walked& walk_every_branch(const std::string& name, const Examples& examples) {
    static std::map<std::string, Walked> walked;
    const auto found = walked.find(name);
    if (found != walked.end())
        return found->second;
    EveryBranch walk(name, shipped_form(name).form->content(), examples);
    return walked.emplace(name, walk.walk()).first->second;
}

}  // namespace doorstep
