#include "forms/desk/steps.h"

#include <fmt/format.h>

#include "forms/definition/content.h"

namespace doorstep {
namespace {

class Walk {
public:
    explicit Walk(const FormSession& session) : session_(session), content_(session.form().content()) {}

    std::vector<Step> steps() {
        below(0, content_.templates.front().path);
        return std::move(steps_);
    }

private:
    void below(TemplateId parent, const std::string& path) {
        for (const TemplateId id : content_.at(parent).children) {
            const Template& place = content_.at(id);
            if (place.attribute)
                continue;
            const std::string name = place.prefix.empty() ? place.name : place.prefix + ":" + place.name;
            const std::string at = path + "/" + name;
            if (place.repeat)
                repeat(id, at);
            else if (place.leaf())
                question(place, at);
            else
                group(id, at);
        }
    }

    bool shown(const std::string& path, NodeRef& node) const {
        const auto found = session_.find(path);
        const auto view = found ? session_.view(*found) : Result<QuestionView>(Error{});
        if (!view || !view->relevant)
            return false;
        node = *found;
        return true;
    }

    void question(const Template& place, const std::string& path) {
        Step step;
        if (place.control == nowhere || !shown(path, step.node))
            return;
        step.path = path;
        step.page = page_.empty() ? path : page_;
        step.inside = inside_;
        steps_.push_back(std::move(step));
    }

    void group(TemplateId id, const std::string& path) {
        NodeRef node;
        if (!shown(path, node))
            return;
        const std::string before = page_;
        const std::uint32_t control = content_.at(id).control;
        if (page_.empty() && control != nowhere &&
            content_.controls[control].appearance.find("field-list") != std::string::npos)
            page_ = path;
        inside_.push_back(node);
        below(id, path);
        inside_.pop_back();
        page_ = before;
    }

    void repeat(TemplateId id, const std::string& path) {
        Step more{.kind = Step::Kind::one_more, .path = path, .page = path, .inside = inside_};
        bool any_shown = false;
        for (;; ++more.instances) {
            const std::string instance = fmt::format("{}[{}]", path, more.instances + 1);
            if (!session_.find(instance))
                break;
            NodeRef node;
            any_shown = shown(instance, node) || any_shown;
            group(id, instance);
        }
        const std::uint32_t control = content_.at(id).control;
        const bool by_hand = control != nowhere && !content_.controls[control].count &&
                             !content_.controls[control].no_add_remove;
        if (by_hand && (any_shown || more.instances == 0))
            steps_.push_back(std::move(more));
    }

    const FormSession& session_;
    const FormContent& content_;
    std::vector<Step> steps_;
    std::vector<NodeRef> inside_;
    std::string page_;
};

}  // namespace

std::vector<Step> steps_of(const FormSession& session) {
    return Walk(session).steps();
}

}  // namespace doorstep
