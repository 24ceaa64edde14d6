#include "tests/bench/forms/fillings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tests/bench/forms/generated_form.h"
#include "tests/bench/forms/stopwatch.h"

namespace doorstep::bench {

std::shared_ptr<const FormDefinition> loaded(const std::string& xml, const FormAttachments& attachments) {
    std::vector<FormFault> faults;
    auto form = FormDefinition::load(xml, attachments, faults);
    if (!form) {
        std::fputs(("A generated form does not load: " + faults.front().diagnostic.what + "\n").c_str(),
                   stderr);
        std::abort();
    }
    return form;
}

std::shared_ptr<const FormDefinition> loaded_again(const std::string& bytes, const Sha256& hash) {
    std::vector<FormFault> faults;
    auto form = FormDefinition::load_compiled(bytes, hash, {}, faults);
    if (!form)
        std::abort();
    return form;
}

FormSession Filling::begun(std::shared_ptr<const FormDefinition> form, const Clock& clock, Random& random) {
    auto session = FormSession::begin(std::move(form), {}, clock, random);
    if (!session)
        std::abort();
    return std::move(*session);
}

namespace {

constexpr std::size_t page_size = 20;

// The question and what stands on its page with it.
struct Visible {
    NodeRef asked;
    std::vector<NodeRef> page;
    bool choosing = false;
};

std::vector<Visible> asked_in(const FormSession& session) {
    std::vector<NodeRef> questions;
    std::vector<Visible> all;
    for (const NodeRef node : session.nodes()) {
        const auto view = session.view(node);
        if (view->type == QuestionType::group || view->type == QuestionType::repeat)
            continue;
        all.push_back({node, {}, view->type == QuestionType::select_one});
        questions.push_back(node);
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::size_t from = i / page_size * page_size;
        const std::size_t to = std::min(from + page_size, questions.size());
        all[i].page.assign(questions.begin() + static_cast<std::ptrdiff_t>(from),
                           questions.begin() + static_cast<std::ptrdiff_t>(to));
    }
    return all;
}

// As a screen does: label, validity and choices.
std::size_t looked_at(const FormSession& session, NodeRef node) {
    const auto view = session.view(node);
    if (!view)
        return 0;
    std::size_t seen = view->label.size() + view->violation_text.size();
    if (view->type == QuestionType::select_one)
        seen += session.choices(node)->size();
    return seen;
}

struct Answering {
    std::vector<double> settled_ms;  // answer and what changed of what is visible
    std::vector<double> page_ms;     // all of the page drawn anew
    std::vector<double> evaluations;
    std::size_t seen = 0;
};

void answer_once(FormSession& session, const Visible& at, const std::string& text, Answering& into) {
    std::size_t seen = 0;
    into.settled_ms.push_back(spent_ms([&] {
        const auto changes = session.answer(at.asked, Answer::given(text));
        seen += session.suggestions().size();
        if (!changes)
            return;
        std::vector<NodeRef> changed;
        for (const Change& one : *changes)
            if (std::find(at.page.begin(), at.page.end(), one.node) != at.page.end() &&
                std::find(changed.begin(), changed.end(), one.node) == changed.end())
                changed.push_back(one.node);
        for (const NodeRef node : changed)
            seen += looked_at(session, node);
    }));
    into.page_ms.push_back(spent_ms([&] {
        for (const NodeRef node : at.page)
            seen += looked_at(session, node);
    }));
    into.evaluations.push_back(static_cast<double>(session.last_cost().evaluations));
    into.seen += seen;
}

Answering answer_all(FormSession& session, Random& random, int answers) {
    const auto asked = asked_in(session);
    Answering all;
    for (int i = 0; i < answers; ++i) {
        const Visible& at = asked[random.below(asked.size())];
        const std::uint64_t number = random.below(130);
        answer_once(session, at, at.choosing ? fmt::format("c{}", number % 10) : std::to_string(number), all);
    }
    return all;
}

void add_answering(const std::string& name, const Answering& all, Figures& figures, bool aims) {
    figures.add(name + "/answer_p50", quantile(all.settled_ms, 0.5), "ms", aims ? "< 0.05" : "");
    figures.add(name + "/answer_p99", quantile(all.settled_ms, 0.99), "ms", aims ? "< 1" : "");
    figures.add(name + "/page_of_20_p50", quantile(all.page_ms, 0.5), "ms");
    figures.add(name + "/page_of_20_p99", quantile(all.page_ms, 0.99), "ms");
    figures.add(name + "/evaluations_per_answer_p50", quantile(all.evaluations, 0.5), "count");
    figures.add(name + "/evaluations_per_answer_most", quantile(all.evaluations, 1), "count");
}

// Aims of the sizes that have one.
std::string aim(int questions, double at_1000, double at_3000) {
    if (questions == 1000)
        return fmt::format("< {}", at_1000);
    return questions == 3000 ? fmt::format("< {}", at_3000) : "";
}

void measure_loading(const std::string& name, int questions, const std::string& xml, Figures& figures) {
    const int times = questions > 3000 ? 5 : 15;
    std::shared_ptr<const FormDefinition> form;
    const auto put_away = [&] { form.reset(); };
    const auto load = [&] { form = loaded(xml); };
    // As a program that has just begun does it, and as one that has loaded others.
    figures.add(name + "/load_first", spent_ms(load), "ms", aim(questions, 40, 120));
    put_away();
    figures.add(name + "/load", usual_ms(times, load, put_away), "ms", aim(questions, 40, 120));
    load();
    const Sha256 hash = form->hash();
    std::string bytes;
    figures.add(name + "/compile", usual_ms(times, [&] { bytes = form->compiled(); }), "ms");
    figures.add(name + "/compiled", static_cast<double>(bytes.size()) / 1024, "KiB");
    figures.add(name + "/load_from_cache",
                usual_ms(
                    times, [&] { form = loaded_again(bytes, hash); }, put_away),
                "ms", questions == 1000 ? "< 5" : "");
}

void measure_repeats(const std::string& name, const std::string& path, Filling& filling, Figures& figures) {
    std::vector<double> added;
    std::vector<double> removed;
    for (int i = 0; i < 200; ++i) {
        std::vector<Change> changes;
        added.push_back(spent_ms([&] { changes = *filling.session.add_repeat(path); }));
        const auto fresh = std::find_if(changes.begin(), changes.end(),
                                        [](const Change& one) { return one.kind == ChangeKind::added; });
        const NodeRef made = fresh->node;
        // Some stay, as in a household that is told person by person.
        if (i % 10 != 0)
            removed.push_back(spent_ms([&] { (void)filling.session.remove_repeat(made).ok(); }));
    }
    figures.add(name + "/add_repeat_p50", quantile(added, 0.5), "ms", "< 0.5");
    figures.add(name + "/add_repeat_p99", quantile(added, 0.99), "ms");
    figures.add(name + "/remove_repeat_p50", quantile(removed, 0.5), "ms");
}

}  // namespace

void measure_mixed(int questions, Figures& figures) {
    const std::string name = fmt::format("questions_{}", questions);
    const std::string xml = mixed_form(questions);
    figures.add(name + "/xform", static_cast<double>(xml.size()) / 1024, "KiB");
    measure_loading(name, questions, xml, figures);
    const auto form = loaded(xml);
    const int times = questions > 3000 ? 5 : 15;
    figures.add(name + "/begin", usual_ms(times, [&] { Filling filling(form); }), "ms");
    Filling filling(form);
    add_answering(name, answer_all(filling.session, filling.random, 4'000), figures,
                  questions == 1000 || questions == 3000);
    measure_repeats(name, "/data/r0", filling, figures);
    figures.add(name + "/submission", usual_ms(15, [&] { filling.session.submission(); }), "ms",
                aim(questions, 2, 5));
}

void measure_roster(int lines, Figures& figures) {
    const std::string name = fmt::format("roster_{}x20", lines);
    const auto form = loaded(roster_form());
    Filling filling(form);
    FormSession& session = filling.session;
    figures.add(name + "/fill_by_adding", spent_ms([&] {
                    while (session.nodes(true).size() < 3)
                        (void)session.add_repeat("/data/r").ok();
                    for (int i = 0; i < lines; ++i)
                        (void)session.add_repeat("/data/r").ok();
                }),
                "ms");
    std::vector<double> line_ms;
    std::vector<double> line_evaluations;
    for (int i = 0; i < 1'000; ++i) {
        const auto line = filling.random.below(static_cast<std::uint64_t>(lines)) + 1;
        const auto node = session.find(fmt::format("/data/r[{}]/f18", line));
        line_ms.push_back(spent_ms([&] {
            (void)session.answer(*node, Answer::given(std::to_string(filling.random.below(90)))).ok();
        }));
        line_evaluations.push_back(static_cast<double>(session.last_cost().evaluations));
    }
    figures.add(name + "/answer_in_line_p50", quantile(line_ms, 0.5), "ms");
    figures.add(name + "/answer_in_line_p99", quantile(line_ms, 0.99), "ms");
    figures.add(name + "/evaluations_in_line_most", quantile(line_evaluations, 1), "count", "2");
    std::vector<double> all_ms;
    const auto rate = session.find("/data/rate");
    for (int i = 0; i < 20; ++i)
        all_ms.push_back(
            spent_ms([&] { (void)session.answer(*rate, Answer::given(std::to_string(i + 2))).ok(); }));
    figures.add(name + "/answer_all_lines_read_p50", quantile(all_ms, 0.5), "ms");
    figures.add(name + "/evaluations_of_all_lines", static_cast<double>(session.last_cost().evaluations),
                "count");
    measure_repeats(name, "/data/r", filling, figures);
    figures.add(name + "/remove_first",
                spent_ms([&] { (void)session.remove_repeat(*session.find("/data/r[1]")).ok(); }), "ms");
    figures.add(name + "/submission", usual_ms(15, [&] { session.submission(); }), "ms");
}

namespace {

// The same answer again and again, in a form of so many questions.
struct OneQuestion {
    Filling filling;
    NodeRef node;
    std::vector<double> ms;
    double evaluations = 0;

    explicit OneQuestion(int questions)
        : filling(loaded(unrelated_form(questions))), node(*filling.session.find("/data/page2/q50")) {}

    void answer(int times) {
        for (int i = 0; i < times; ++i) {
            const Answer answer = Answer::given(std::to_string(i % 11));
            ms.push_back(spent_ms([&] { (void)filling.session.answer(node, answer).ok(); }));
            evaluations = std::max(evaluations, static_cast<double>(filling.session.last_cost().evaluations));
        }
    }
};

}  // namespace

void measure_unrelated(Figures& figures) {
    OneQuestion few(100);
    OneQuestion many(10'000);
    // By turns: whatever else the machine does meets both.
    for (int turn = 0; turn < 100; ++turn) {
        few.answer(200);
        many.answer(200);
    }
    const double few_ms = quantile(few.ms, 0.5);
    const double many_ms = quantile(many.ms, 0.5);
    figures.add("unrelated/answer_among_100", few_ms * 1000, "us");
    figures.add("unrelated/answer_among_10000", many_ms * 1000, "us");
    figures.add("unrelated/time_ratio", many_ms / few_ms, "ratio", "<= 1.2");
    figures.add("unrelated/evaluations_among_100", few.evaluations, "count");
    figures.add("unrelated/evaluations_ratio", many.evaluations / few.evaluations, "ratio", "1");
}

}  // namespace doorstep::bench
