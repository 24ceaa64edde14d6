// Settling, replaying, adding and removing: for every form and whatever is done to it.
#include <algorithm>
#include <map>

#include "tests/properties/filling.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

std::string key_of(NodeRef node) {
    return std::to_string(node.index) + "." + std::to_string(node.generation);
}

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
        all[key_of(node)] = text;
    }
    return all;
}

// The instance that an add made.
NodeRef added_in(const ChangeList& changes) {
    const auto added = std::find_if(changes.begin(), changes.end(),
                                    [](const Change& one) { return one.kind == ChangeKind::added; });
    RC_ASSERT(added != changes.end());
    return added->node;
}

}  // namespace

// The oracle costs more than the sequence: it is asked at some of its steps.
TEST_CASE("settling step by step equals settling from scratch", "[properties]") {
    holds_while_filling("incremental equals from scratch", {}, [](Filling& filling) {
        const auto settled = [&] { return filling.session->dump() == filling.session->dump_from_scratch(); };
        while (filling.step())
            if (filling.random.chance(0.1))
                RC_ASSERT(settled());
        RC_ASSERT(settled());
    });
}

TEST_CASE("each vertex is evaluated at most once per change", "[properties]") {
    holds_while_filling("at most once in a pass", {}, [](Filling& filling) {
        while (filling.step())
            RC_ASSERT(filling.session->last_cost().most_per_vertex <= 1u);
    });
    // Where no action runs and no repeat is counted, a change is one pass.
    holds_while_filling("at most once", {.counts = false, .actions = false}, [](Filling& filling) {
        while (filling.step()) {
            RC_ASSERT(filling.session->last_cost().most_per_vertex <= 1u);
            RC_ASSERT(filling.session->last_cost().passes <= 1u);
        }
    });
}

TEST_CASE("a replayed journal is the same questionnaire, with the form from the cache too", "[properties]") {
    holds_while_filling("replay equals", {}, [](Filling& filling) {
        filling.all_steps();
        // What is restricted is in no journal.
        (void)filling.session->take_restricted();
        const std::string dump = filling.session->dump();
        RC_ASSERT(filling.again(filling.loaded.form).dump() == dump);
        RC_ASSERT(filling.again(filling.loaded.cached).dump() == dump);
    });
}

TEST_CASE("what the change list does not name has not changed", "[properties]") {
    holds_while_filling("the change list is complete", {}, [](Filling& filling) {
        auto before = seen(*filling.session);
        while (filling.step()) {
            auto after = seen(*filling.session);
            if (filling.changes()) {
                for (const Change& change : *filling.changes())
                    before.erase(key_of(change.node));
                // Below an instance that came or went everything did.
                for (const auto& [key, text] : before)
                    if (const auto at = after.find(key); at != after.end())
                        RC_ASSERT(at->second == text);
            }
            before = std::move(after);
        }
    });
}

// Where the form counts no repeats and keeps nothing of what was: with those, what is gone
// may stay gone.
TEST_CASE("an added repeat that is removed again is nothing", "[properties]") {
    const FormWishes wishes{.counts = false, .once = false, .actions = false, .calculated_too = false};
    holds_while_filling("add then remove is the identity", wishes, [](Filling& filling) {
        filling.all_steps();
        FormSession& session = *filling.session;
        const std::string before = session.dump();
        for (const NodeRef node : session.nodes(true)) {
            const QuestionView view = *session.view(node);
            if (view.type != QuestionType::repeat)
                continue;
            const auto changes = session.add_repeat(view.path.substr(0, view.path.rfind('[')));
            RC_ASSERT(changes.ok());
            RC_ASSERT(session.remove_repeat(added_in(*changes)).ok());
            RC_ASSERT(session.last_cost().most_per_vertex <= 1u);
            RC_ASSERT(session.dump() == before);
        }
    });
}
