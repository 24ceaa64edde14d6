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

// What the change list does not name has not changed.  Below an instance that came or went
// everything did.
void only_named_changed(std::map<std::string, std::string> before,
                        const std::map<std::string, std::string>& after, const ChangeList& changes) {
    for (const Change& change : changes)
        before.erase(key_of(change.node));
    for (const auto& [key, text] : before)
        if (const auto at = after.find(key); at != after.end())
            RC_ASSERT(at->second == text);
}

// The instance that an add made.
NodeRef added_in(const ChangeList& changes) {
    const auto added = std::find_if(changes.begin(), changes.end(),
                                    [](const Change& one) { return one.kind == ChangeKind::added; });
    RC_ASSERT(added != changes.end());
    return added->node;
}

void add_and_remove_each(FormSession& session) {
    const std::string before = session.dump();
    for (const NodeRef node : session.nodes(true)) {
        const QuestionView view = *session.view(node);
        if (view.type != QuestionType::repeat)
            continue;
        const auto changes = session.add_repeat(view.path.substr(0, view.path.rfind('[')));
        RC_ASSERT(changes.ok());
        RC_ASSERT(session.remove_repeat(added_in(*changes)).ok());
        RC_ASSERT(session.last_cost().passes <= 1u);
        RC_ASSERT(session.dump() == before);
    }
}

}  // namespace

// Each sequence is asked all that holds of every form: making and walking it costs the most.
TEST_CASE("settling step by step equals settling from scratch, each vertex at most once; the change list "
          "names all that changed; the replayed journal is the same questionnaire",
          "[properties]") {
    holds_while_filling("settled, counted, told and replayed", {}, [](Filling& filling) {
        auto before = seen(*filling.session);
        while (filling.step()) {
            const FormSession& session = *filling.session;
            RC_ASSERT(session.last_cost().most_per_vertex <= 1u);
            auto after = seen(session);
            if (filling.changes())
                only_named_changed(std::move(before), after, *filling.changes());
            before = std::move(after);
            if (filling.random.chance(0.1))
                RC_ASSERT(session.dump() == session.dump_from_scratch());
        }
        FormSession& session = *filling.session;
        RC_ASSERT(session.dump() == session.dump_from_scratch());
        // What is restricted is in no journal.
        (void)session.take_restricted();
        const std::string dump = session.dump();
        RC_ASSERT(filling.again(filling.loaded.form).dump() == dump);
        RC_ASSERT(filling.again(filling.loaded.cached).dump() == dump);
    });
}

// Where the form sets and counts nothing itself, a change is one pass of settling.  With those,
// and where something keeps what was, what is gone may stay gone.
TEST_CASE("a change is one pass, and an added repeat that is removed again is nothing", "[properties]") {
    const FormWishes wishes{.counts = false, .once = false, .actions = false, .calculated_too = false};
    holds_while_filling("one pass; add then remove is the identity", wishes, [](Filling& filling) {
        while (filling.step()) {
            RC_ASSERT(filling.session->last_cost().most_per_vertex <= 1u);
            RC_ASSERT(filling.session->last_cost().passes <= 1u);
        }
        add_and_remove_each(*filling.session);
    });
}
