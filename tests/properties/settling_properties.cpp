// Settling, replaying, adding and removing: for every form and whatever is done to it.
#include <algorithm>
#include <map>

#include "tests/properties/filling.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

constexpr int steps = 12;

std::map<std::string, std::string> seen(const FormSession& session) {
    std::map<std::string, std::string> all;
    for (const NodeRef node : session.nodes(true)) {
        const QuestionView view = *session.view(node);
        std::string text = view.label + "|" + view.answer.text + "|" + view.violation_text + "|" +
                           std::to_string(static_cast<int>(view.answer.kind)) +
                           std::to_string(static_cast<int>(view.violation)) + std::to_string(view.relevant) +
                           std::to_string(view.required) + std::to_string(view.readonly);
        if (const auto choices = session.choices(node))
            for (const Choice& choice : *choices)
                text += "|" + choice.value + "=" + choice.label;
        all[std::to_string(node.index) + "." + std::to_string(node.generation)] = text;
    }
    return all;
}

}  // namespace

// The oracle costs more than the sequence: it is asked at some of its steps.
TEST_CASE("settling step by step equals settling from scratch", "[properties]") {
    holds_while_filling(
        "incremental equals from scratch, each vertex at most once", {}, [](Filling& filling) {
            const std::uint64_t asked = filling.random.below(steps);
            for (std::uint64_t i = 0; i < steps; ++i) {
                filling.step();
                RC_ASSERT(filling.session->last_cost().most_per_vertex <= 1u);
                if (i == asked || i + 1 == steps)
                    RC_ASSERT(filling.session->dump() == filling.session->dump_from_scratch());
            }
        });
}

TEST_CASE("a replayed journal is the same questionnaire, with the form from the cache too", "[properties]") {
    holds_while_filling("replay equals", {}, [](Filling& filling) {
        filling.steps(steps);
        const std::string dump = filling.session->dump();
        RC_ASSERT(filling.again(filling.form).dump() == dump);
        // One filling of each form is enough to know its cache.
        if (!filling.random.chance(1.0 / fillings_of_one_form))
            return;
        std::vector<FormFault> faults;
        const auto cached =
            FormDefinition::load_compiled(filling.form->compiled(), filling.form->hash(), {}, faults);
        RC_ASSERT(static_cast<bool>(cached));
        RC_ASSERT(filling.again(cached).dump() == dump);
    });
}

TEST_CASE("what the change list does not name has not changed", "[properties]") {
    holds_while_filling("the change list is complete", {}, [](Filling& filling) {
        for (int i = 0; i < steps; ++i) {
            auto before = seen(*filling.session);
            const Act one = random_act(filling.random);
            const auto nodes = filling.session->nodes(true);
            if (one.what != Act::What::answer || nodes.empty()) {
                JournalEntry entry;
                act(*filling.session, one, entry);
                continue;
            }
            const auto changes =
                filling.session->answer(nodes[one.where % nodes.size()], Answer::given(one.text));
            if (!changes.ok()) {
                RC_ASSERT(seen(*filling.session) == before);
                continue;
            }
            auto after = seen(*filling.session);
            for (const Change& change : *changes) {
                const std::string key =
                    std::to_string(change.node.index) + "." + std::to_string(change.node.generation);
                // Below an instance that came or went everything did.
                before.erase(key);
                after.erase(key);
            }
            for (const auto& [key, text] : before)
                if (const auto at = after.find(key); at != after.end())
                    RC_ASSERT(at->second == text);
        }
    });
}

// Where the form counts no repeats and keeps nothing of what was: with those, what is gone
// may stay gone.
TEST_CASE("an added repeat that is removed again is nothing", "[properties]") {
    holds_while_filling("add then remove is the identity",
                        {.counts = false, .once = false, .calculated_too = false}, [](Filling& filling) {
                            filling.steps(steps);
                            FormSession& session = *filling.session;
                            const std::string before = session.dump();
                            for (const NodeRef node : session.nodes(true)) {
                                const QuestionView view = *session.view(node);
                                if (view.type != QuestionType::repeat)
                                    continue;
                                const auto changes =
                                    session.add_repeat(view.path.substr(0, view.path.rfind('[')));
                                RC_ASSERT(changes.ok());
                                const auto added =
                                    std::find_if(changes->begin(), changes->end(), [](const Change& one) {
                                        return one.kind == ChangeKind::added;
                                    });
                                RC_ASSERT(added != changes->end());
                                RC_ASSERT(session.remove_repeat(added->node).ok());
                                RC_ASSERT(session.last_cost().most_per_vertex <= 1u);
                                RC_ASSERT(session.dump() == before);
                            }
                        });
}
