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

}  // namespace

TEST_CASE("hiding and showing again restores", "[properties]") {
    holds_while_filling("hide then show restores", {.actions = false}, [](Filling& filling) {
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

TEST_CASE("nothing that is not relevant is in a submission", "[properties]") {
    holds_while_filling("submission holds what is relevant", {}, [](Filling& filling) {
        filling.all_steps();
        const std::string submission = filling.session->submission();
        std::map<std::string, std::size_t> wanted;
        for (const NodeRef node : filling.session->nodes(true)) {
            const QuestionView view = *filling.session->view(node);
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
    });
}

TEST_CASE("another language changes no value", "[properties]") {
    holds_while_filling("language changes no value", {}, [](Filling& filling) {
        filling.all_steps();
        const std::string before = filling.session->submission();
        RC_ASSERT(filling.session->set_language("pl").ok());
        RC_ASSERT(filling.session->submission() == before);
        RC_ASSERT(filling.session->set_language("en").ok());
        RC_ASSERT(filling.session->submission() == before);
    });
}

TEST_CASE("a submission read back is written as it was", "[properties]") {
    holds_while_filling("serialise, parse, serialise",
                        {.once = false, .actions = false, .calculated_too = false}, [](Filling& filling) {
                            filling.all_steps();
                            (void)filling.session->take_restricted();
                            if (hides_a_group(*filling.session))
                                return;
                            const std::string first = filling.session->submission();
                            const auto opened = FormSession::reopen(filling.loaded.form, {}, filling.clock,
                                                                    filling.random, first);
                            RC_ASSERT(opened.ok());
                            RC_ASSERT(opened->submission() == first);
                        });
}

TEST_CASE("suggestions kept up are those found from scratch", "[properties]") {
    holds_while_filling(
        "suggestions", {.once = false, .actions = false, .calculated_too = false}, [](Filling& filling) {
            filling.all_steps();
            (void)filling.session->take_restricted();
            if (hides_a_group(*filling.session))
                return;
            // A new session of the same answers knows nothing of what came between; it begins in
            // the form's own language.
            const auto opened = FormSession::reopen(filling.loaded.form, {}, filling.clock, filling.random,
                                                    filling.session->submission());
            RC_ASSERT(opened.ok());
            const auto ids = [](const FormSession& session) {
                std::string all;
                for (const Suggestion& one : session.suggestions(true))
                    all += one.id + " " + std::to_string(one.quantity) + "\n";
                return all;
            };
            if (opened->submission() == filling.session->submission())
                RC_ASSERT(ids(*opened) == ids(*filling.session));
        });
}
