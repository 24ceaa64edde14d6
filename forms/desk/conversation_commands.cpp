// What a line that begins with a colon does.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ostream>

#include "forms/definition/content.h"
#include "forms/desk/conversation.h"
#include "forms/desk/question_text.h"

namespace doorstep {
namespace {

constexpr std::string_view help =
    "   Enter          go on, keeping what is there\n"
    "   :back  :b      the question before\n"
    "   :dk            don't know\n"
    "   :pn            prefer not to say\n"
    "   :na            not asked\n"
    "   :clear         take the answer away\n"
    "   :goto NAME     the question of that name\n"
    "   :language L    another language, by number or name; alone it lists them\n"
    "   :add           one more of the repeat one stands in or at\n"
    "   :remove        remove the instance one stands in\n"
    "   :suggestions   everything that is suggested now, and why\n"
    "   :blocked       what stands in the way of a finish\n"
    "   :finish        check everything and print the submission\n"
    "   :quit          end without finishing\n"
    "   A text that begins with a colon is typed with two.\n";

struct Word {
    std::string_view name, short_name;
};
constexpr std::array words = std::to_array<Word>({{"back", "b"},
                                                  {"dk", "dont_know"},
                                                  {"pn", "prefer_not"},
                                                  {"na", "not_asked"},
                                                  {"clear", ""},
                                                  {"goto", "g"},
                                                  {"language", "l"},
                                                  {"add", "a"},
                                                  {"remove", "r"},
                                                  {"suggestions", "s"},
                                                  {"blocked", ""},
                                                  {"finish", "f"},
                                                  {"quit", "q"},
                                                  {"help", "h"}});

}  // namespace

void Conversation::command(const std::string& line) {
    if (line.starts_with("::") && step() != nullptr && step()->kind == Step::Kind::question)
        return answer(std::string_view(line).substr(1));
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string typed = line.substr(1, space - 1);
    const std::string rest = space < line.size() ? line.substr(line.find_first_not_of(' ', space)) : "";
    const auto known = std::find_if(words.begin(), words.end(), [&](const Word& one) {
        return one.name == typed || (!one.short_name.empty() && one.short_name == typed);
    });
    const std::string_view name = known == words.end() ? "" : known->name;
    if (name == "back")
        go_back();
    else if (name == "dk")
        give({AnswerKind::dont_know, {}});
    else if (name == "pn")
        give({AnswerKind::prefer_not, {}});
    else if (name == "na")
        give({AnswerKind::not_asked, {}});
    else if (name == "clear")
        give({});
    else if (name == "goto")
        go_to(rest);
    else if (name == "language")
        speak(rest);
    else if (name == "add")
        add();
    else if (name == "remove")
        remove();
    else if (name == "suggestions")
        tell_suggestions(true);
    else if (name == "blocked")
        tell_blocked(session_.blocked());
    else if (name == "finish")
        try_to_finish();
    else if (name == "quit")
        end_ = End::given_up;
    else if (name == "help")
        say(help);
    else
        say(fmt::format("There is no command :{}. :help names them.\n", typed));
}

void Conversation::go_back() {
    if (at_ == 0)
        return say("This is the first question.\n");
    --at_;
}

void Conversation::go_to(const std::string& name) {
    const auto matches = [&](const Step& one) {
        return one.path == name || one.path.substr(one.path.rfind('/') + 1) == name;
    };
    // From here on first, so that the same name in the next instance can be reached.
    for (std::size_t i = 1; i <= steps_.size(); ++i) {
        const std::size_t at = (at_ + i) % steps_.size();
        if (matches(steps_[at])) {
            at_ = at;
            return;
        }
    }
    std::vector<std::string> names;
    for (const Step& one : steps_)
        names.push_back(one.path.substr(one.path.rfind('/') + 1));
    const std::string near(nearest(name, names));
    say(fmt::format("No question of that name is shown now.{}\n",
                    near.empty() ? "" : fmt::format(" Did you mean {}?", near)));
}

void Conversation::speak(const std::string& language) {
    const auto& spoken = session_.form().languages();
    if (spoken.empty())
        return say("The form has one language only.\n");
    std::size_t number = 0;
    const auto [end, problem] = std::from_chars(language.data(), language.data() + language.size(), number);
    const bool by_number = problem == std::errc() && end == language.data() + language.size() &&
                           number >= 1 && number <= spoken.size();
    const auto named = std::find_if(spoken.begin(), spoken.end(), [&](const std::string& one) {
        return !language.empty() && one.starts_with(language);
    });
    if (!by_number && named == spoken.end()) {
        for (std::size_t i = 0; i < spoken.size(); ++i)
            say(fmt::format("  {:>2}  {}\n", i + 1, spoken[i]));
        return;
    }
    if (const auto done = session_.set_language(by_number ? spoken[number - 1] : *named); !done)
        return say(done.error().text() + "\n");
    headed_.clear();
    // Reasons are said in the other language now; nothing new is suggested by that.
    suggested_.clear();
    for (const Suggestion& one : session_.suggestions(true))
        suggested_[(one.kind == SuggestionKind::referral ? "referral:" : "offer:") + one.id] =
            fmt::format("{} x{}", one.reason, one.quantity);
    changed();
}

void Conversation::add() {
    std::string repeat;
    if (const Step* now = step()) {
        if (now->kind == Step::Kind::one_more)
            repeat = now->path;
        else
            for (const NodeRef around : now->inside)
                if (const auto view = session_.view(around); view && view->type == QuestionType::repeat)
                    repeat = view->path.substr(0, view->path.rfind('['));
    }
    if (repeat.empty())
        return say("There is no repeat here.\n");
    if (const auto done = session_.add_repeat(repeat); !done)
        return say(done.error().text() + "\n");
    changed();
    // To the first question of the new one: the last instance before "one more".
    std::size_t instances = 0;
    while (session_.find(fmt::format("{}[{}]", repeat, instances + 1)))
        ++instances;
    const std::string made = fmt::format("{}[{}]", repeat, instances);
    const auto first = std::find_if(steps_.begin(), steps_.end(),
                                    [&](const Step& one) { return one.path.starts_with(made + "/"); });
    if (first != steps_.end())
        at_ = static_cast<std::size_t>(first - steps_.begin());
}

void Conversation::remove() {
    std::optional<NodeRef> instance;
    if (const Step* now = step())
        for (const NodeRef around : now->inside)
            if (const auto view = session_.view(around); view && view->type == QuestionType::repeat)
                instance = around;
    if (!instance)
        return say("There is no repeat here.\n");
    if (const auto done = session_.remove_repeat(*instance); !done)
        return say(done.error().text() + "\n");
    headed_.clear();
    changed();
}

void Conversation::tell_blocked(const std::vector<Blocked>& blocked) {
    if (blocked.empty())
        return say("Nothing stands in the way of a finish.\n");
    say(fmt::format("{} in the way of a finish:\n", blocked.size() == 1
                                                        ? "One thing stands"
                                                        : fmt::format("{} things stand", blocked.size())));
    for (const Blocked& one : blocked) {
        const auto view = session_.view(one.node);
        const bool of_rule = one.path.find('#') != std::string::npos;
        const std::string name = of_rule || !view ? one.path.substr(0, one.path.find('#')) : view->name;
        const Diagnostic found = diagnosed(one, package_.origins);
        say(fmt::format("   {} {}{}\n", name, found.what, found.why.empty() ? "" : " " + found.why));
    }
}

void Conversation::try_to_finish() {
    const auto blocked = session_.blocked();
    if (!blocked.empty()) {
        tell_blocked(blocked);
        const auto first = std::find_if(steps_.begin(), steps_.end(), [&](const Step& one) {
            return one.kind == Step::Kind::question && one.node == blocked.front().node;
        });
        if (first != steps_.end())
            at_ = static_cast<std::size_t>(first - steps_.begin());
        return;
    }
    out_ << "\n" << session_.submission() << "\n";
    end_ = End::finished;
}

}  // namespace doorstep
