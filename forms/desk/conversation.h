// A questionnaire filled in at a terminal, line by line: how an author tries a form.
#pragma once

#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "forms/desk/package.h"
#include "forms/desk/steps.h"
#include "forms/directory/directory.h"
#include "forms/session/session.h"

namespace doorstep {

// Asks the questions in order; a line is an answer, or a command that begins with a
// colon (":back", ":dk", ":language", ":finish"; ":help" names them all).
class Conversation {
public:
    enum class End { finished, given_up, input_ended };

    // All must outlive the conversation.  `echo`: what is read is also written, so
    // that a transcript of piped input reads like one at a keyboard.
    Conversation(FormSession& session, const FormPackage& package, const Directory& directory,
                 std::istream& in, std::ostream& out, bool echo);

    // The submission is written when the form is finished, and only then.
    End run();

private:
    std::optional<std::string> read_line();
    void say(std::string_view text);

    void show();
    void show_headings(const Step& step);
    void take(const std::string& line);
    void answer(std::string_view typed);
    void give(Answer answer);
    void one_more(const std::string& typed);
    void go_on();

    void command(const std::string& line);
    void go_back();
    void go_to(const std::string& name);
    void speak(const std::string& language);
    void add();
    void remove();
    void try_to_finish();
    void tell_blocked(const std::vector<Blocked>& blocked);

    // Something changed: the steps, and what is suggested.
    void changed();
    void tell_suggestions(bool all);
    std::string suggestion_text(const Suggestion& one) const;
    std::vector<Choice> choices(NodeRef node) const;
    const Step* step() const { return at_ < steps_.size() ? &steps_[at_] : nullptr; }

    FormSession& session_;
    const FormPackage& package_;
    const Directory& directory_;
    std::istream& in_;
    std::ostream& out_;
    bool echo_;
    std::vector<Step> steps_;
    std::size_t at_ = 0;  // steps_.size(): behind the last question
    std::string page_;
    std::vector<NodeRef> headed_;                   // groups whose heading stands above
    std::map<std::string, std::string> suggested_;  // kind and id -> reason
    std::optional<End> end_;
};

}  // namespace doorstep
