#include "tests/properties/random_act.h"

#include "forms/definition/content.h"

namespace doorstep::test {
namespace {

// The first of that kind from some place on; the test is quick for looking at few.
std::optional<NodeRef> one_of(const FormSession& session, bool repeats, std::uint32_t from) {
    const auto nodes = session.nodes(true);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const NodeRef node = nodes[(from + i) % nodes.size()];
        const QuestionType type = session.view(node)->type;
        if (type != QuestionType::group && type != QuestionType::hidden &&
            repeats == (type == QuestionType::repeat))
            return node;
    }
    return std::nullopt;
}

bool is_calculated(const FormSession& session, NodeRef node) {
    const FormContent& content = session.form().content();
    const auto place = content.by_path(without_numbers(session.view(node)->path));
    return place && content.at(*place).bind.calculate;
}

Result<ChangeList> answer(FormSession& session, const Act& one, JournalEntry& entry, bool calculated_too) {
    const auto node = one_of(session, false, one.where);
    if (!node || (!calculated_too && is_calculated(session, *node)))
        return Error{Fault::refused, "There is nothing to answer.", ""};
    const bool given = one.kind == AnswerKind::given;
    return session.answer(*node, given ? Answer::given(one.text) : Answer{one.kind, {}}, &entry);
}

Result<ChangeList> add(FormSession& session, const Act& one, JournalEntry& entry) {
    const auto node = one_of(session, true, one.where);
    const std::string path = node ? session.view(*node)->path : "";
    // Beyond this the test is only slower.
    if (path.empty() || path.ends_with("[6]"))
        return Error{Fault::refused, "There are enough.", ""};
    return session.add_repeat(path.substr(0, path.rfind('[')), &entry);
}

Result<ChangeList> undo(FormSession& session, JournalEntry& entry, const std::vector<JournalEntry>& journal) {
    const bool answered = !journal.empty() && journal.back().what == JournalEntry::What::answer;
    const auto node = answered ? session.find(journal.back().path) : std::nullopt;
    if (!node)
        return Error{Fault::refused, "There is nothing to undo.", ""};
    return session.answer(*node, journal.back().before, &entry);
}

Result<ChangeList> done(FormSession& session, const Act& one, JournalEntry& entry,
                        const std::vector<JournalEntry>& journal, bool calculated_too) {
    switch (one.what) {
    case Act::What::language:
        return session.set_language(one.where % 2 == 0 ? "pl" : "en", &entry);
    case Act::What::hide:
        return session.answer(*session.find("gate"), Answer::given(one.where % 2 == 0 ? "shut" : "open"),
                              &entry);
    case Act::What::undo:
        return undo(session, entry, journal);
    case Act::What::add:
        return add(session, one, entry);
    case Act::What::remove: {
        const auto node = one_of(session, true, one.where);
        return session.remove_repeat(node.value_or(NodeRef{}), &entry);
    }
    default:
        return answer(session, one, entry, calculated_too);
    }
}

}  // namespace

Act random_act(Random& random) {
    static const std::vector<std::string> texts{"0",   "1", "2",   "3",  "5",   "a",          "b",
                                                "a c", "",  "x y", "-1", "2.5", "2013-06-08", "08/06/2013"};
    static const std::vector<Act::What> most{Act::What::language, Act::What::hide, Act::What::undo,
                                             Act::What::close, Act::What::answer};
    Act one;
    const std::uint64_t dice = random.below(24);
    one.what = dice < 13   ? Act::What::answer
               : dice < 16 ? Act::What::add
               : dice < 19 ? Act::What::remove
                           : most[dice - 19];
    one.where = static_cast<std::uint32_t>(random.below(1'000));
    one.text = texts[random.below(texts.size())];
    if (random.below(8) == 0)
        one.kind = std::vector{AnswerKind::dont_know, AnswerKind::prefer_not,
                               AnswerKind::not_asked}[random.below(3)];
    return one;
}

std::optional<ChangeList> act(FormSession& session, const Act& one, std::vector<JournalEntry>& journal,
                              bool calculated_too) {
    JournalEntry entry;
    auto changes = done(session, one, entry, journal, calculated_too);
    if (!changes)
        return std::nullopt;
    journal.push_back(entry);
    return std::move(*changes);
}

std::string without_numbers(const std::string& path) {
    std::string plain;
    for (std::size_t at = 0; at < path.size(); ++at) {
        if (path[at] == '[')
            at = path.find(']', at);
        else
            plain += path[at];
    }
    return plain;
}

}  // namespace doorstep::test
