#include "client/app/pages.h"

#include <algorithm>
#include <fmt/format.h>

#include "forms/definition/content.h"

namespace doorstep {
namespace {

bool has_word(std::string_view appearance, std::string_view word) {
    for (std::size_t at = appearance.find(word); at != std::string_view::npos;
         at = appearance.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || appearance[at - 1] == ' ') && (end == appearance.size() || appearance[end] == ' '))
            return true;
    }
    return false;
}

enum class Stands : std::uint8_t { on_a_page, on_the_closing_page, on_the_officers_page };

bool is_note(const FormContent& content, const Template& place) {
    const Control& control = content.controls[place.control];
    return control.kind == ControlKind::input && place.bind.readonly &&
           place.bind.readonly->written == "true()";
}

// Where each place of the form stands; by template, so that it does not move when
// something is hidden.
std::vector<Stands> standing(const FormContent& content) {
    struct Asks {
        int restricted = 0;
        int other = 0;
    };
    std::vector<Asks> asks(content.templates.size());
    for (std::size_t i = content.templates.size(); i-- > 0;) {
        const Template& place = content.templates[i];
        if (place.leaf() && place.control != nowhere && !is_note(content, place))
            ++(place.bind.sensitivity == Sensitivity::restricted ? asks[i].restricted : asks[i].other);
        if (place.parent != nowhere) {
            asks[place.parent].restricted += asks[i].restricted;
            asks[place.parent].other += asks[i].other;
        }
    }
    std::vector<Stands> all(content.templates.size(), Stands::on_a_page);
    for (std::size_t i = 1; i < content.templates.size(); ++i) {
        const Template& place = content.templates[i];
        all[i] = all[place.parent];
        if (place.bind.sensitivity == Sensitivity::restricted ||
            (!place.leaf() && asks[i].restricted > 0 && asks[i].other == 0))
            all[i] = Stands::on_the_officers_page;
        else if (all[i] == Stands::on_a_page && !place.leaf() && place.control != nowhere &&
                 has_word(content.controls[place.control].appearance, "closing-page"))
            all[i] = Stands::on_the_closing_page;
    }
    return all;
}

// "People 2" for the second instance of a repeat.
std::string label_of(const QuestionView& group) {
    if (group.type != QuestionType::repeat || group.label.empty() || !group.path.ends_with(']'))
        return group.label;
    const std::size_t from = group.path.rfind('[') + 1;
    return fmt::format("{} {}", group.label, group.path.substr(from, group.path.size() - from - 1));
}

class Walk {
public:
    explicit Walk(const FormSession& session)
        : session_(session), standing_(standing(session.form().content())) {}

    void visit(NodeRef node) {
        const auto view = session_.view(node);
        if (!view.ok())
            return;
        while (!around_.empty() && !view->path.starts_with(around_.back().path + "/"))
            around_.pop_back();
        if (view->type == QuestionType::group || view->type == QuestionType::repeat)
            around_.push_back({view->path, label_of(*view), node, has_word(view->appearance, "field-list")});
        else if (view->type != QuestionType::hidden)
            put(node, *view);
    }
    FormPages take() { return std::move(all_); }

private:
    struct Group {
        std::string path;
        std::string label;
        NodeRef node;
        bool field_list = false;
    };

    std::string nearest_label() const {
        for (auto group = around_.rbegin(); group != around_.rend(); ++group)
            if (!group->label.empty())
                return group->label;
        return {};
    }

    Stands stands(const QuestionView& view) const {
        const auto place = session_.form().content().by_path(without_indexes(view.path));
        return place ? standing_[*place] : Stands::on_a_page;
    }

    void put(NodeRef node, const QuestionView& view) {
        switch (stands(view)) {
        case Stands::on_the_officers_page:
            if (all_.officers.empty())
                all_.officers_title = nearest_label();
            all_.officers.push_back(node);
            return;
        case Stands::on_the_closing_page:
            all_.closing.push_back(node);
            all_.closing_sections.push_back(nearest_label());
            return;
        case Stands::on_a_page:
            break;
        }
        const auto list =
            std::find_if(around_.begin(), around_.end(), [](const Group& group) { return group.field_list; });
        const NodeRef place = list == around_.end() ? node : list->node;
        if (all_.pages.empty() || all_.pages.back().place != place)
            all_.pages.push_back(
                {place, list == around_.end() || list->label.empty() ? nearest_label() : list->label, {}});
        all_.pages.back().items.push_back(node);
    }

    const FormSession& session_;
    std::vector<Stands> standing_;
    std::vector<Group> around_;  // the groups one is inside of, outermost first
    FormPages all_;
};

}  // namespace

std::string without_indexes(std::string_view path) {
    std::string plain;
    bool inside = false;
    for (const char c : path) {
        inside = inside || c == '[';
        if (!inside)
            plain += c;
        inside = inside && c != ']';
    }
    return plain;
}

bool has(const std::vector<NodeRef>& nodes, NodeRef node) {
    return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

std::optional<std::size_t> FormPages::at_place(NodeRef place) const {
    for (std::size_t i = 0; i < pages.size(); ++i)
        if (pages[i].place == place)
            return i;
    return std::nullopt;
}

std::optional<std::size_t> FormPages::with_item(NodeRef item) const {
    for (std::size_t i = 0; i < pages.size(); ++i)
        if (has(pages[i].items, item))
            return i;
    return std::nullopt;
}

FormPages pages_of(const FormSession& session) {
    Walk walk(session);
    for (const NodeRef node : session.nodes())
        walk.visit(node);
    return walk.take();
}

}  // namespace doorstep
