// Each shipped questionnaire, answered anyhow, in any order.
#include <catch2/catch.hpp>

#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {
namespace {

constexpr int visits = 20;
constexpr int tries_per_visit = 250;  // a good part is refused

std::string any_of(Random& random, const std::vector<std::string>& from) {
    return from[random.below(from.size())];
}

// Mostly what fits; sometimes two choices, sometimes something else altogether.
Answer any_answer(const FormSession& session, const QuestionView& question, Random& random) {
    if (random.chance(0.1))
        return Answer{std::vector{AnswerKind::dont_know, AnswerKind::prefer_not,
                                  AnswerKind::not_asked}[random.below(3)],
                      {}};
    std::vector<std::string> choices;
    if (const auto listed = session.choices(question.node))
        for (const Choice& choice : *listed)
            choices.push_back(choice.value);
    if (choices.empty() || random.chance(0.05))
        return Answer::given(any_of(
            random, {"0", "1", "2", "4", "17", "18", "65", "120", "-1", "2.5", "", "Most nights", "no one"}));
    std::string text = any_of(random, choices);
    if (question.type == QuestionType::select_multiple && random.chance(0.5))
        text += " " + any_of(random, choices);
    return Answer::given(text);
}

struct Visit {
    ManualClock clock{1'773'500'000'000, 0};
    SeededRandom random;
    std::shared_ptr<const FormDefinition> form;
    FormSession session;
    std::vector<JournalEntry> journal;

    Visit(std::shared_ptr<const FormDefinition> of, std::uint64_t seed)
        : random(seed), form(std::move(of)), session(*FormSession::begin(form, {}, clock, random)) {}

    // Now and then in another language.
    bool answer_something() {
        JournalEntry entry;
        const auto languages = form->languages();
        bool done = false;
        if (languages.size() > 1 && random.chance(0.05)) {
            done = session.set_language(languages[random.below(languages.size())], &entry).ok();
        } else {
            const auto shown = session.nodes();
            const auto question = session.view(shown[random.below(shown.size())]);
            done = session.answer(question->node, any_answer(session, *question, random), &entry).ok();
        }
        if (done)
            journal.push_back(entry);
        return done;
    }
};

}  // namespace

TEST_CASE("whatever is answered, each vertex is evaluated at most once, and nothing is forgotten",
          "[questionnaires]") {
    const std::string version = GENERATE("2013", "current", "safe_and_well/current",
                                         "silver_streets_session/current", "watch_signup/current");
    CAPTURE(version);
    std::uint64_t evaluations = 0;
    for (std::uint64_t seed = 1; seed <= visits; ++seed) {
        CAPTURE(seed);
        Visit visit(shipped_form(version).form, seed);
        for (int i = 0; i < tries_per_visit; ++i) {
            if (!visit.answer_something())
                continue;
            const FormSession::Cost cost = visit.session.last_cost();
            evaluations += cost.evaluations;
            // These forms set nothing on a change and count no repeats: a change is one pass.
            if (cost.most_per_vertex > 1 || cost.passes > 1)
                FAIL(visit.journal.back().path << " = " << visit.journal.back().now.text);
        }
        CHECK(visit.journal.size() > 40);
        CHECK(visit.session.dump() == visit.session.dump_from_scratch());
        const auto again = FormSession::replay(visit.form, {}, visit.clock, visit.random,
                                               visit.session.begun(), visit.journal);
        INFO((again.ok() ? "" : again.error().text()));
        REQUIRE(again.ok());
        // What is restricted is in no journal.
        (void)visit.session.take_restricted();
        CHECK(again->dump() == visit.session.dump());
    }
    CHECK(evaluations > visits * 40);
}

}  // namespace doorstep
