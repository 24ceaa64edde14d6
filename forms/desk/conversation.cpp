#include "forms/desk/conversation.h"

#include <fmt/format.h>

#include <algorithm>
#include <istream>
#include <ostream>

#include "forms/desk/question_text.h"

namespace doorstep {
namespace {

constexpr std::size_t longest_line = std::size_t{1} << 20;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r";
    const std::size_t begin = text.find_first_not_of(blank);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

}  // namespace

Conversation::Conversation(FormSession& session, const FormPackage& package, const Directory& directory,
                           std::istream& in, std::ostream& out, bool echo)
    : session_(session), package_(package), directory_(directory), in_(in), out_(out), echo_(echo),
      steps_(steps_of(session)) {}

Conversation::End Conversation::run() {
    const FormDefinition& form = session_.form();
    say(fmt::format("{}{}\nType an answer and press Enter. :help names the commands.\n",
                    form.title().empty() ? form.id() : form.title(),
                    form.version().empty() ? "" : ", version " + form.version()));
    changed();
    while (!end_) {
        show();
        const auto line = read_line();
        if (!line) {
            say("\nThe input ended before the questionnaire was finished. Nothing is kept.\n");
            return End::input_ended;
        }
        take(*line);
    }
    return *end_;
}

// The rest of a line that is too long is dropped, and said.
std::optional<std::string> Conversation::read_line() {
    say("> ");
    out_.flush();
    std::string line;
    bool cut = false;
    int c = in_.get();
    if (c == std::istream::traits_type::eof())
        return std::nullopt;
    for (; c != std::istream::traits_type::eof() && c != '\n'; c = in_.get()) {
        if (line.size() < longest_line)
            line += static_cast<char>(c);
        else
            cut = true;
    }
    if (echo_)
        say(line + "\n");
    if (cut)
        say("The line was too long; its end is left out.\n");
    return line;
}

void Conversation::say(std::string_view text) {
    out_ << printable(text);
}

std::vector<Choice> Conversation::choices(NodeRef node) const {
    auto found = session_.choices(node);
    return found ? std::move(found).value() : std::vector<Choice>{};
}

void Conversation::show_headings(const Step& step) {
    if (step.page != page_) {
        page_ = step.page;
        std::vector<std::string> pages;
        std::size_t number = 0;
        for (const Step& one : steps_)
            if (pages.empty() || pages.back() != one.page) {
                pages.push_back(one.page);
                number = one.page == page_ && number == 0 ? pages.size() : number;
            }
        say(fmt::format("\n[page {} of {}]\n", number, pages.size()));
    }
    for (const NodeRef group : step.inside) {
        const auto view = session_.view(group);
        if (!view || view->label.empty() || std::find(headed_.begin(), headed_.end(), group) != headed_.end())
            continue;
        const std::size_t open = view->path.rfind('[');
        const bool instance = view->type == QuestionType::repeat && open != std::string::npos;
        say(fmt::format("== {}{} ==\n", view->label,
                        instance ? " " + view->path.substr(open + 1, view->path.size() - open - 2) : ""));
    }
    headed_ = step.inside;
}

void Conversation::show() {
    const Step* now = step();
    if (now == nullptr) {
        say("\nThat was the last question. :finish ends it, :back and :goto NAME go back.\n");
        return;
    }
    show_headings(*now);
    if (now->kind == Step::Kind::one_more) {
        const auto view = session_.find(now->path + "[1]");
        const auto first = view ? session_.view(*view) : Result<QuestionView>(Error{});
        const std::string name = now->path.substr(now->path.rfind('/') + 1);
        say(fmt::format("One more \"{}\"? {} so far.  (y; Enter: no)\n",
                        first && !first->label.empty() ? first->label : name, now->instances));
        return;
    }
    if (const auto view = session_.view(now->node)) {
        say(question_text(*view, choices(now->node)));
        if (view->violation == Violation::cannot_compute) {
            const Blocked here{view->node, view->path, view->violation, view->violation_text};
            const auto blocked = session_.blocked();
            const auto at = std::find_if(blocked.begin(), blocked.end(),
                                         [&](const Blocked& one) { return one.path == view->path; });
            say("   ! " + diagnosed(at == blocked.end() ? here : *at, package_.origins).what + "\n");
        }
    }
}

void Conversation::take(const std::string& line) {
    const std::string text(trimmed(line));
    if (text.starts_with(':'))
        return command(text);
    if (step() == nullptr) {
        if (!text.empty())
            say("There is no question here. :help names the commands.\n");
        return;
    }
    if (step()->kind == Step::Kind::one_more)
        return one_more(text);
    if (text.empty())
        return go_on();
    answer(text);
}

void Conversation::answer(std::string_view typed) {
    const auto view = session_.view(step()->node);
    if (!view)
        return say(view.error().text() + "\n");
    auto made = answer_from(typed, *view, choices(step()->node));
    if (!made)
        return say(made.error().text() + "\n");
    give(std::move(*made));
}

// A constraint never refuses what was typed; it keeps the page from being turned.
void Conversation::give(Answer answer) {
    if (step() == nullptr || step()->kind != Step::Kind::question)
        return say("There is no question here.\n");
    const NodeRef node = step()->node;
    const bool cleared = answer.kind == AnswerKind::blank;
    if (const auto done = session_.answer(node, std::move(answer)); !done)
        return say(done.error().text() + "\n");
    changed();
    if (!cleared && session_.alive(node))
        go_on();
}

void Conversation::go_on() {
    const auto view = session_.view(step()->node);
    const bool held = view && view->relevant && view->violation != Violation::none &&
                      view->violation != Violation::cannot_compute;
    if (!held) {
        ++at_;
        return;
    }
    const Blocked here{view->node, view->path, view->violation, view->violation_text, "type"};
    const Diagnostic why = diagnosed(here, {});
    if (!why.why.empty())
        return say("   ! " + why.why + "\n");
    std::string mend = why.mend;
    if (view->violation == Violation::required)
        mend = "answer it, or type :dk (don't know), :pn (prefer not to say) or :na (not asked).";
    say(fmt::format("   ! This {} Please {}\n", why.what, mend));
}

void Conversation::one_more(const std::string& typed) {
    if (typed.empty() || typed == "n" || typed == "no") {
        ++at_;
    } else if (typed == "y" || typed == "yes") {
        add();
    } else {
        say("Type y for one more, or press Enter.\n");
    }
}

void Conversation::changed() {
    const std::optional<Step> before = step() ? std::optional(*step()) : std::nullopt;
    steps_ = steps_of(session_);
    if (before) {
        const auto same = std::find(steps_.begin(), steps_.end(), *before);
        at_ = same != steps_.end() ? static_cast<std::size_t>(same - steps_.begin())
                                   : std::min(at_, steps_.size());
    } else {
        at_ = std::min(at_, steps_.size());
    }
    tell_suggestions(false);
}

std::string Conversation::suggestion_text(const Suggestion& one) const {
    std::string name = one.code;
    if (one.kind == SuggestionKind::referral) {
        if (const Agency* agency = directory_.agency(one.code)) {
            name = agency->label;
            const Service* service = agency->service(one.service);
            if (!one.service.empty())
                name += ": " + (service ? service->label : one.service);
        }
        if (one.urgency != Urgency::routine)
            name += one.urgency == Urgency::today ? ", today" : ", soon";
    } else {
        if (const OfferKind* offer = directory_.offer(one.code))
            name = offer->label;
        if (one.quantity != 1)
            name = fmt::format("{} x {}", one.quantity, name);
    }
    std::string because;
    for (const NodeRef cause : one.causes)
        if (const auto view = session_.view(cause))
            because += fmt::format("{}{}: {}", because.empty() ? "" : "; ", view->name,
                                   answer_text(*view, choices(cause)));
    return fmt::format("{} {}{}\n      {}\n{}", one.kind == SuggestionKind::referral ? "refer to" : "offer",
                       name, one.restricted ? " (officer's page)" : "", one.reason,
                       because.empty() ? "" : "      because of " + because + "\n");
}

void Conversation::tell_suggestions(bool all) {
    std::map<std::string, std::string> now;
    const auto suggestions = session_.suggestions(true);
    for (const Suggestion& one : suggestions) {
        const std::string key = (one.kind == SuggestionKind::referral ? "referral:" : "offer:") + one.id;
        now[key] = fmt::format("{} x{}", one.reason, one.quantity);
        const auto before = suggested_.find(key);
        if (all || before == suggested_.end())
            say(fmt::format("   + {}", suggestion_text(one)));
        else if (before->second != now[key])
            say(fmt::format("   ~ {}", suggestion_text(one)));
    }
    for (const auto& [key, reason] : suggested_)
        if (!now.contains(key))
            say(fmt::format("   - no longer suggested: {}\n", key.substr(key.find(':') + 1)));
    if (all && suggestions.empty())
        say("Nothing is suggested.\n");
    suggested_ = std::move(now);
}

}  // namespace doorstep
