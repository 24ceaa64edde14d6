#include "tests/fuzz/filling.h"

#include <algorithm>

#include "forms/session/session.h"
#include "tests/fuzz/fuzz.h"

namespace doorstep::fuzz {
namespace {

// A form that the fuzzer grows may be large; one that it understands is small.
constexpr std::size_t nodes_max = 60;

std::string some_answer(const FormSession& session, const QuestionView& question, std::size_t turn) {
    if (const auto choices = session.choices(question.node); choices && !choices->empty())
        return (*choices)[turn % choices->size()].value;
    constexpr const char* answers[] = {"1", "2013-06-08", "x", "0", "-2.5"};
    return answers[turn % std::size(answers)];
}

void answer_all(FormSession& session) {
    const std::vector<NodeRef> nodes = session.nodes(true);
    for (std::size_t turn = 0; turn < std::min(nodes.size(), nodes_max); ++turn) {
        if (!session.alive(nodes[turn]))
            continue;
        const auto question = session.view(nodes[turn]);
        if (!question)
            continue;
        if (question->type == QuestionType::repeat) {
            const std::string path = question->path.substr(0, question->path.rfind('['));
            if (session.add_repeat(path).ok() && turn % 2 == 0)
                (void)session.remove_repeat(nodes[turn]).ok();
        } else if (session.answer(nodes[turn], Answer::given(some_answer(session, *question, turn))).ok()) {
            promise(session.last_cost().most_per_vertex <= 1, "a vertex is evaluated once a change");
        }
    }
}

}  // namespace

void fill(const std::shared_ptr<const FormDefinition>& form) {
    ManualClock clock(1'370'696'700'000, 60);
    SeededRandom random(7);
    auto session = FormSession::begin(form, {}, clock, random);
    if (!session)
        return;
    answer_all(*session);
    for (const std::string& language : form->languages())
        (void)session->set_language(language).ok();
    (void)session->blocked();
    (void)session->answered();
    (void)session->suggestions(true);
    const std::string submission = session->submission();
    (void)FormSession::reopen(form, {}, clock, random, submission).ok();
}

}  // namespace doorstep::fuzz
