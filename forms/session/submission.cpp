// The OpenRosa submission: what is relevant, as XML.
#include <fmt/format.h>

#include <algorithm>

#include "forms/base/calendar.h"
#include "forms/base/encoding.h"
#include "forms/session/state.h"

namespace doorstep {
namespace {

constexpr std::string_view ours = "urn:doorstep:forms:1";

// Control characters that XML 1.0 cannot hold are left out.
void escape(std::string_view text, bool attribute, std::string& out) {
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"' && attribute)
            out += "&quot;";
        else if (c == '\r' || (attribute && (c == '\n' || c == '\t')))
            out += fmt::format("&#{};", static_cast<int>(c));
        else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t')
            out += c;
    }
}

std::string_view missing_word(AnswerKind kind) {
    switch (kind) {
    case AnswerKind::dont_know:
        return "dont_know";
    case AnswerKind::prefer_not:
        return "prefer_not";
    case AnswerKind::not_asked:
        return "not_asked";
    case AnswerKind::sealed:
        return "sealed";
    case AnswerKind::blank:
    case AnswerKind::given:
        break;
    }
    return {};
}

class SubmissionWriter {
public:
    explicit SubmissionWriter(const SessionState& state) : state_(state), instance_(state.instance) {
        for (const auto& [prefix, uri] : state.content->name_spaces) {
            if (uri == ours && ours_.empty())
                ours_ = prefix;
        }
    }

    std::string write() {
        element(instance_.root());
        return std::move(out_);
    }

private:
    static std::string name_of(const Template& form) {
        return form.prefix.empty() ? form.name : form.prefix + ":" + form.name;
    }

    void attribute(std::string_view name, std::string_view value) {
        out_ += fmt::format(" {}=\"", name);
        escape(value, true, out_);
        out_ += '"';
    }

    // A restricted answer is never written, only that there is one.
    AnswerKind kind_of(NodeId node) const {
        const AnswerKind kind = instance_[node].kind;
        const bool restricted = instance_.form_of(node).bind.sensitivity == Sensitivity::restricted;
        return restricted && kind != AnswerKind::blank ? AnswerKind::sealed : kind;
    }

    bool anything_missing() const {
        for (NodeId node = 0; node < instance_.size(); ++node)
            if (instance_[node].alive && instance_[node].relevant && !missing_word(kind_of(node)).empty())
                return true;
        return false;
    }

    void declarations() {
        const FormContent& content = *state_.content;
        if (!content.root_name_space.empty())
            attribute("xmlns", content.root_name_space);
        std::vector<std::string> used;
        for (const Template& form : content.templates)
            if (!form.prefix.empty() && form.prefix != "xml")
                used.push_back(form.prefix);
        if (anything_missing()) {
            ours_ = ours_.empty() ? "d" : ours_;
            used.push_back(ours_);
        }
        std::sort(used.begin(), used.end());
        used.erase(std::unique(used.begin(), used.end()), used.end());
        for (const std::string& prefix : used)
            attribute("xmlns:" + prefix, uri_of(prefix));
    }

    std::string uri_of(const std::string& prefix) const {
        for (const auto& [known, uri] : state_.content->name_spaces)
            if (known == prefix)
                return uri;
        return std::string(ours);
    }

    // The moment of the last event is when the questionnaire was last worked on.
    std::string text_of(NodeId node) const {
        const Bind& bind = instance_.form_of(node).bind;
        if (bind.preload == "timestamp" && bind.preload_parameter == "end")
            return instant_text(state_.now.at_ms, state_.now.utc_offset_minutes);
        const bool open = kind_of(node) == AnswerKind::given && instance_[node].has_value();
        // Names that look the same must compare the same wherever records are joined.
        return open ? composed(instance_[node].text) : std::string();
    }

    void element(NodeId node) {
        const InstanceNode& one = instance_[node];
        const Template& form = instance_.form_of(node);
        if (!one.relevant)
            return;
        const std::string name = name_of(form);
        out_ += "<" + name;
        if (node == instance_.root())
            declarations();
        NodeId first_element = nowhere;
        for (NodeId child = one.first_child; child != nowhere; child = instance_[child].next) {
            const Template& below = instance_.form_of(child);
            if (!below.attribute)
                first_element = first_element == nowhere ? child : first_element;
            else if (instance_[child].relevant)
                attribute(name_of(below), text_of(child));
        }
        if (const auto word = form.leaf() ? missing_word(kind_of(node)) : ""; !word.empty())
            attribute(ours_ + ":missing", word);
        const std::size_t opened = out_.size();
        out_ += '>';
        escape(text_of(node), false, out_);
        for (NodeId child = first_element; child != nowhere; child = instance_[child].next)
            if (!instance_.form_of(child).attribute)
                element(child);
        if (out_.size() == opened + 1)
            out_.replace(opened, 1, "/>");
        else
            out_ += "</" + name + ">";
    }

    const SessionState& state_;
    const Instance& instance_;
    std::string ours_;
    std::string out_;
};

}  // namespace

std::string submission_of(const SessionState& state) {
    return SubmissionWriter(state).write();
}

}  // namespace doorstep
