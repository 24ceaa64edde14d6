#include "forms/definition/resolve.h"

namespace doorstep {
namespace {

using To = xpath::ReferenceStep::To;

struct At {
    TemplateId place = nowhere;  // nowhere: the document, above the root
    TemplateId shared = 0;
    bool picked = false;
};

class Resolver {
public:
    Resolver(const FormContent& content, const xpath::Reference& reference, TemplateId context)
        : content_(content), reference_(reference), context_(context) {}

    Reads run() {
        const bool from_root = reference_.from == xpath::Reference::From::root;
        rebasing_ = from_root;
        std::vector<At> at{from_root ? At{nowhere, 0, false} : At{context_, context_, false}};
        for (std::size_t i = 0; i < reference_.steps.size() && !at.empty(); ++i)
            at = step(reference_.steps[i], i + 1 == reference_.steps.size(), at);
        reads_.unknown_place = at.empty();
        for (const At& end : at)
            finish(end);
        return std::move(reads_);
    }

private:
    std::vector<At> step(const xpath::ReferenceStep& step, bool last, const std::vector<At>& from) {
        std::vector<At> to;
        for (const At& at : from) {
            switch (step.to) {
            case To::parent:
                parent(at, to);
                break;
            case To::child:
            case To::attribute:
            case To::any_child:
                below(step, at, to);
                break;
            case To::subtree:
                subtree(at.place == nowhere ? At{0, 0, at.picked} : at, to);
                break;
            }
        }
        // Only one own chain can be followed, and only by plain names.
        rebasing_ = rebasing_ && to.size() == 1 && step.to == To::child && !step.predicate && !last &&
                    content_.is_within(context_, to.front().place);
        if (rebasing_)
            to.front().shared = to.front().place;
        for (At& at : to) {
            at.picked |= step.predicate;
            if (at.shared != at.place && at.place != nowhere && content_.at(at.place).repeat &&
                step.to != To::parent)
                reads_.structure.push_back({at.place, at.shared, false, at.picked});
        }
        return to;
    }

    void parent(const At& at, std::vector<At>& to) const {
        if (at.place == nowhere)
            return;
        const TemplateId above = content_.at(at.place).parent;
        to.push_back({above, at.place == at.shared && above != nowhere ? above : at.shared, at.picked});
    }

    void below(const xpath::ReferenceStep& step, const At& at, std::vector<At>& to) const {
        const bool attribute = step.to == To::attribute;
        const bool any = step.to == To::any_child || step.name.empty();
        const auto fits = [&](TemplateId id) {
            const Template& one = content_.at(id);
            return one.attribute == attribute &&
                   (any || (one.name == step.name && one.name_space == step.name_space));
        };
        if (at.place == nowhere) {
            if (!attribute && fits(0))
                to.push_back({0, 0, at.picked});
            return;
        }
        for (const TemplateId child :
             any ? content_.at(at.place).children : content_.named(at.place, step.name))
            if (fits(child))
                to.push_back({child, at.shared, at.picked});
    }

    void subtree(const At& at, std::vector<At>& to) const {
        std::vector<TemplateId> open{at.place};
        while (!open.empty()) {
            const TemplateId id = open.back();
            open.pop_back();
            to.push_back({id, at.shared, at.picked});
            open.insert(open.end(), content_.at(id).children.begin(), content_.at(id).children.end());
        }
    }

    void finish(const At& end) {
        if (end.place == nowhere)
            return;
        const Template& place = content_.at(end.place);
        const bool own = end.place == context_ && end.shared == context_ && reference_.steps.empty();
        if (reference_.structure_only) {
            if (place.repeat && end.shared == end.place)
                reads_.positions.push_back(end.place);
            return;
        }
        if (place.leaf()) {
            reads_.values.push_back({end.place, end.shared, own, end.picked});
            return;
        }
        // The text of a group is all that stands in it.
        std::vector<At> inside;
        subtree(end, inside);
        for (const At& one : inside) {
            if (content_.at(one.place).repeat && one.place != end.place)
                reads_.structure.push_back({one.place, one.shared, false, one.picked});
            if (content_.at(one.place).leaf())
                reads_.values.push_back({one.place, one.shared, false, one.picked});
        }
    }

    const FormContent& content_;
    const xpath::Reference& reference_;
    const TemplateId context_;
    Reads reads_;
    bool rebasing_ = false;
};

}  // namespace

Reads resolve(const FormContent& content, const xpath::Reference& reference, TemplateId context) {
    if (reference.from == xpath::Reference::From::instance)
        return {};
    return Resolver(content, reference, context).run();
}

}  // namespace doorstep
