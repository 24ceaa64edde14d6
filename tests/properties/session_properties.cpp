// What must hold for every form and whatever is done to it.
//
// Seeds are fixed unless RC_PARAMS says otherwise (RC_PARAMS="max_success=2000
// seed=7"), and a failure prints how to see it again.
#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <cstdlib>
#include <map>

#include "forms/definition/content.h"
#include "tests/properties/random_form.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

struct Filling {
    ManualClock clock{1'370'696'700'000, 60};
    SeededRandom random;
    std::shared_ptr<const FormDefinition> form;
    std::unique_ptr<FormSession> session;
    std::vector<JournalEntry> journal;

    explicit Filling(std::uint64_t seed) : random(seed) {
        const std::string xml = random_form(random);
        std::vector<FormFault> faults;
        form = FormDefinition::load(xml, {}, faults);
        for (const FormFault& fault : faults)
            if (fault.diagnostic.severity == Severity::error)
                RC_FAIL(fault.node + "#" + fault.property + ": " + fault.diagnostic.what + "\n" + xml);
        auto begun = FormSession::begin(form, {}, clock, random);
        RC_ASSERT(begun.ok());
        session = std::make_unique<FormSession>(std::move(*begun));
    }

    bool step() {
        clock.advance_ms(1'000);
        JournalEntry entry;
        const bool done = act(*session, random_act(random), entry);
        if (done)
            journal.push_back(entry);
        return done;
    }
};

constexpr int steps = 12;

template<class Property>
void holds(const char* name, const Property& property) {
    // rapidcheck reads RC_PARAMS itself; without it every run is the same.
    if (std::getenv("RC_PARAMS") == nullptr)
        setenv("RC_PARAMS", "seed=20130608 max_success=600", 0);
    CHECK(rc::check(name, [&property] { property(*rc::gen::arbitrary<std::uint64_t>()); }));
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
        all[std::to_string(node.index) + "." + std::to_string(node.generation)] = text;
    }
    return all;
}

// What officers answered; calculations follow, and are no answers.
std::map<std::string, Answer> answers(const Filling& filling) {
    std::map<std::string, Answer> all;
    for (const NodeRef node : filling.session->nodes(true)) {
        const QuestionView view = *filling.session->view(node);
        std::string plain;
        for (std::size_t at = 0; at < view.path.size(); ++at) {
            if (view.path[at] == '[')
                at = view.path.find(']', at);
            else
                plain += view.path[at];
        }
        const FormContent& content = filling.form->content();
        if (!content.at(*content.by_path(plain)).bind.calculate && view.name != "gate")
            all[view.path] = view.answer;
    }
    return all;
}

}  // namespace

TEST_CASE("settling step by step equals settling from scratch", "[properties]") {
    holds("incremental equals from scratch, each vertex at most once", [](std::uint64_t seed) {
        Filling filling(seed);
        RC_ASSERT(filling.session->dump() == filling.session->dump_from_scratch());
        for (int i = 0; i < steps; ++i) {
            filling.step();
            RC_ASSERT(filling.session->last_cost().most_per_vertex <= 1u);
            RC_ASSERT(filling.session->dump() == filling.session->dump_from_scratch());
        }
    });
}

TEST_CASE("a replayed journal is the same questionnaire", "[properties]") {
    holds("replay equals", [](std::uint64_t seed) {
        Filling filling(seed);
        for (int i = 0; i < steps; ++i)
            filling.step();
        const auto again = FormSession::replay(filling.form, {}, filling.clock, filling.random,
                                               filling.session->begun(), filling.journal);
        RC_ASSERT(again.ok());
        RC_ASSERT(again->dump() == filling.session->dump());
    });
}

TEST_CASE("what the change list does not name has not changed", "[properties]") {
    holds("the change list is complete", [](std::uint64_t seed) {
        Filling filling(seed);
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

TEST_CASE("hiding and showing again restores", "[properties]") {
    holds("hide then show restores", [](std::uint64_t seed) {
        Filling filling(seed);
        for (int i = 0; i < steps; ++i)
            filling.step();
        FormSession& session = *filling.session;
        const auto gate = session.find("gate");
        RC_ASSERT(session.answer(*gate, Answer::given("open")).ok());
        const auto before = answers(filling);
        RC_ASSERT(session.answer(*gate, Answer::given("shut")).ok());
        for (const NodeRef node : session.nodes())
            RC_ASSERT(node == *gate);
        RC_ASSERT(answers(filling) == before);
        RC_ASSERT(session.answer(*gate, Answer::given("open")).ok());
        RC_ASSERT(answers(filling) == before);
    });
}

TEST_CASE("nothing that is not relevant is in a submission", "[properties]") {
    holds("submission holds what is relevant", [](std::uint64_t seed) {
        Filling filling(seed);
        for (int i = 0; i < steps; ++i)
            filling.step();
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
    holds("language changes no value", [](std::uint64_t seed) {
        Filling filling(seed);
        for (int i = 0; i < steps; ++i)
            filling.step();
        const std::string before = filling.session->submission();
        RC_ASSERT(filling.session->set_language("pl").ok());
        RC_ASSERT(filling.session->submission() == before);
        RC_ASSERT(filling.session->set_language("en").ok());
        RC_ASSERT(filling.session->submission() == before);
    });
}

TEST_CASE("an added repeat that is removed again is nothing", "[properties]") {
    holds("add then remove is nothing", [](std::uint64_t seed) {
        Filling filling(seed);
        for (int i = 0; i < steps; ++i)
            filling.step();
        FormSession& session = *filling.session;
        const auto nodes = session.nodes(true);
        for (const NodeRef node : nodes) {
            const QuestionView view = *session.view(node);
            if (view.type != QuestionType::repeat)
                continue;
            const std::string before = session.dump();
            const std::string path = view.path.substr(0, view.path.rfind('['));
            const auto changes = session.add_repeat(path);
            if (!changes.ok())
                continue;
            const auto added = std::find_if(changes->begin(), changes->end(),
                                            [](const Change& one) { return one.kind == ChangeKind::added; });
            RC_ASSERT(added != changes->end());
            RC_ASSERT(session.remove_repeat(added->node).ok());
            RC_ASSERT(session.dump() == session.dump_from_scratch());
        }
    });
}
