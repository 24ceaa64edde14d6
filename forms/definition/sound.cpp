#include "forms/definition/sound.h"

#include <algorithm>

namespace doorstep {
namespace {

class Soundness {
public:
    Soundness(const FormContent& content, const FormGraph& graph) : content_(content), graph_(graph) {}

    bool check() const {
        if (content_.templates.empty() || content_.beginning.of != 0 ||
            graph_.places.size() != content_.templates.size() || graph_.rules.size() != content_.rules.size())
            return false;
        const auto& languages = content_.languages;
        if (!languages.empty() &&
            std::find(languages.begin(), languages.end(), content_.default_language) == languages.end())
            return false;
        return templates() && controls() && seeds() && vertices() && places() && rules() && actions();
    }

private:
    bool place(TemplateId id) const { return id < content_.templates.size(); }
    bool place_or_none(TemplateId id) const { return id == nowhere || place(id); }
    bool vertex(std::uint32_t id) const { return id < graph_.vertices.size(); }
    bool vertex_or_none(std::uint32_t id) const { return id == nowhere || vertex(id); }

    bool wording(const FormWording& one) const {
        return one.by_language.size() <= 1 || content_.languages.empty() ||
               one.by_language.size() == content_.languages.size();
    }

    template<class All, class Check>
    static bool each(const All& all, const Check& check) {
        return std::all_of(all.begin(), all.end(), check);
    }

    bool templates() const {
        return each(content_.templates,
                    [&](const Template& one) {
                        return (one.control == nowhere || one.control < content_.controls.size()) &&
                               wording(one.bind.constraint_message) && wording(one.bind.required_message) &&
                               (!one.repeat || content_.new_instance.contains(static_cast<TemplateId>(
                                                   &one - content_.templates.data())));
                    }) &&
               !content_.templates.front().repeat &&
               each(content_.itext, [&](const auto& one) { return wording(one.second); });
    }

    bool controls() const {
        return each(content_.controls, [&](const Control& one) {
            return place(one.of) && one.kind <= ControlKind::repeat && wording(one.label) &&
                   wording(one.hint) &&
                   each(one.items, [&](const Item& item) { return wording(item.label); });
        });
    }

    // Stands where its place says, and so do its children.
    bool seed(const Seed& one) const {
        return place(one.of) && each(one.children, [&](const Seed& child) {
                   return place(child.of) && content_.at(child.of).parent == one.of && seed(child);
               });
    }

    bool seeds() const {
        return seed(content_.beginning) && each(content_.new_instance, [&](const auto& one) {
                   return one.second.of == one.first && seed(one.second);
               });
    }

    bool vertices() const {
        return each(graph_.vertices, [&](const Vertex& one) {
            const bool of_rule = one.property >= Property::when;
            return place(one.owner) && one.property <= Property::quantity &&
                   of_rule == (one.rule != nowhere) &&
                   (of_rule ? one.rule < content_.rules.size() : has(one));
        });
    }

    // What the vertex computes is there.
    bool has(const Vertex& one) const {
        const Template& at = content_.at(one.owner);
        switch (one.property) {
        case Property::relevant:
            return at.bind.relevant.has_value();
        case Property::calculate:
            return at.bind.calculate.has_value();
        case Property::readonly:
            return at.bind.readonly.has_value();
        case Property::required:
            return at.bind.required.has_value();
        case Property::count:
            return at.repeat && at.control != nowhere && content_.controls[at.control].count.has_value();
        default:
            return true;
        }
    }

    bool readers(const std::vector<Reader>& all, TemplateId from) const {
        return each(all, [&](const Reader& one) {
            return vertex(one.vertex) && place(one.shared) && content_.is_within(from, one.shared) &&
                   (graph_.vertices[one.vertex].rule != nowhere ||
                    content_.is_within(graph_.vertices[one.vertex].owner, one.shared));
        });
    }

    bool places() const {
        for (TemplateId id = 0; id < graph_.places.size(); ++id) {
            const PlaceGraph& one = graph_.places[id];
            const auto own = [&](std::uint32_t at) { return vertex(at) && graph_.vertices[at].owner == id; };
            const auto inside = [&](std::uint32_t at) {
                return vertex(at) && content_.is_within(graph_.vertices[at].owner, id);
            };
            if (!each(one.vertices, own) || !readers(one.value_readers, id) ||
                !readers(one.structure_readers, id) || !each(one.position_readers, inside))
                return false;
        }
        return true;
    }

    bool rules() const {
        return each(graph_.rules,
                    [&](const RuleGraph& one) {
                        return vertex(one.when) && vertex(one.reason) && vertex_or_none(one.quantity) &&
                               each(one.causes, [&](TemplateId id) { return place(id); });
                    }) &&
               each(content_.rules, [&](const Rule& one) { return wording(one.reason); });
    }

    bool actions() const {
        return each(content_.actions, [&](const Action& one) {
            return place_or_none(one.around) && place(one.target) && one.target_nodes.has_value();
        });
    }

    const FormContent& content_;
    const FormGraph& graph_;
};

}  // namespace

bool is_sound(const FormContent& content, const FormGraph& graph) {
    return Soundness(content, graph).check();
}

}  // namespace doorstep
