// What is written of a questionnaire, hidden in it, or said in another language.
#include <algorithm>
#include <map>

#include "forms/definition/content.h"
#include "tests/properties/filling.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

// What officers answered; calculations follow, and are no answers.
std::map<std::string, Answer> answers(const Filling& filling) {
    std::map<std::string, Answer> all;
    for (const NodeRef node : filling.session->nodes(true)) {
        const QuestionView view = *filling.session->view(node);
        const FormContent& content = filling.loaded.form->content();
        if (!content.at(*content.by_path(without_numbers(view.path))).bind.calculate && view.name != "gate")
            all[view.path] = view.answer;
    }
    return all;
}

// How many people stand in a hidden group is counted as long as the form is open, and is not
// written down.
bool hides_a_group(const FormSession& session) {
    const auto nodes = session.nodes(true);
    return std::any_of(nodes.begin(), nodes.end(), [&](NodeRef node) {
        const QuestionView view = *session.view(node);
        return !view.relevant && (view.type == QuestionType::repeat || view.type == QuestionType::group);
    });
}

// As often in the submission as it is shown.
void only_relevant_ones(const FormSession& session) {
    const std::string submission = session.submission();
    std::map<std::string, std::size_t> wanted;
    for (const NodeRef node : session.nodes(true)) {
        const QuestionView view = *session.view(node);
        wanted[view.name] += view.relevant ? 1 : 0;
    }
    for (const auto& [name, count] : wanted) {
        std::size_t found = 0;
        for (const std::string end : {">", "/>", " "})
            for (std::size_t at = submission.find("<" + name + end); at != std::string::npos;
                 at = submission.find("<" + name + end, at + 1))
                ++found;
        RC_ASSERT(found == count);
    }
}

void another_language_changes_no_value(FormSession& session) {
    const std::string before = session.submission();
    for (const char* language : {"pl", "en"}) {
        RC_ASSERT(session.set_language(language).ok());
        RC_ASSERT(session.submission() == before);
    }
}

std::string suggested(const FormSession& session) {
    std::string all;
    for (const Suggestion& one : session.suggestions(true))
        all += one.id + " " + std::to_string(one.quantity) + "\n";
    return all;
}

}  // namespace

TEST_CASE("a submission holds what is relevant, in whatever language it was asked", "[properties]") {
    holds_while_filling("only what is relevant; no value of another language", {}, [](Filling& filling) {
        filling.all_steps();
        only_relevant_ones(*filling.session);
        another_language_changes_no_value(*filling.session);
    });
}

// Where nothing but the officer writes answers.
TEST_CASE("hiding and showing again restores", "[properties]") {
    const FormWishes wishes{.actions = false, .calculated_too = false};
    holds_while_filling("hide then show restores", wishes, [](Filling& filling) {
        filling.all_steps();
        FormSession& session = *filling.session;
        const auto gate = session.find("gate");
        RC_ASSERT(session.answer(*gate, Answer::given("open")).ok());
        const auto before = answers(filling);
        RC_ASSERT(session.answer(*gate, Answer::given("shut")).ok());
        for (const NodeRef node : session.nodes())
            RC_ASSERT(node == *gate || session.view(node)->name == "secret");
        RC_ASSERT(answers(filling) == before);
        RC_ASSERT(session.answer(*gate, Answer::given("open")).ok());
        RC_ASSERT(answers(filling) == before);
    });
}

TEST_CASE("a submission read back is written as it was, and suggests what was suggested", "[properties]") {
    const FormWishes wishes{.once = false, .actions = false, .calculated_too = false};
    holds_while_filling("serialise, parse, serialise", wishes, [](Filling& filling) {
        filling.all_steps();
        (void)filling.session->take_restricted();
        if (hides_a_group(*filling.session))
            return;
        // A new session of the same answers knows nothing of what came between; it begins in
        // the form's own language.
        const std::string first = filling.session->submission();
        const auto opened =
            FormSession::reopen(filling.loaded.form, {}, filling.clock, filling.random, first);
        RC_ASSERT(opened.ok());
        RC_ASSERT(opened->submission() == first);
        RC_ASSERT(suggested(*opened) == suggested(*filling.session));
    });
}
