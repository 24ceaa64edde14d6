// What a form of record holds once it is read: templates, controls, wordings,
// choices, rules.  Expressions are parsed; nothing here changes while one answers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "forms/definition/definition.h"
#include "forms/definition/secondary.h"
#include "forms/xpath/expression.h"

namespace doorstep {

using TemplateId = std::uint32_t;
inline constexpr std::uint32_t nowhere = 0xffffffff;

// An expression in its place: absolute paths to repeated nodes are already
// re-based on the repeats around it (rebase.h).
struct Formula {
    xpath::Expression expression;
    std::string written;  // as its author wrote it
    // Reads the clock or chance: computed when something it reads changes or its
    // question appears, and otherwise left as it is.
    bool by_clock_or_chance = false;

    bool calls(std::string_view function) const;
};

struct Piece {
    std::string text;
    std::optional<Formula> formula;  // an <output>
};
using Pieces = std::vector<Piece>;

// A label, hint, message or reason: one row of pieces per language of the form,
// or a single one without itext, or an expression that gives the text.
struct FormWording {
    std::vector<Pieces> by_language;
    std::optional<Formula> formula;

    bool empty() const { return by_language.empty() && !formula; }
};

struct Bind {
    std::string type;  // without its prefix: "int", "string", "geopoint"
    std::optional<Formula> relevant, readonly, required, calculate, constraint;
    FormWording constraint_message, required_message;
    std::string preload, preload_parameter;
    Sensitivity sensitivity = Sensitivity::ordinary;
};

// A place of the primary instance; every node there is made after one of them.
// Attributes are templates too (bind nodeset="/data/meta/entity/@id").
struct Template {
    TemplateId parent = nowhere;
    std::string name_space, name, prefix;  // no name space without a prefix
    std::string path;                      // "/data/people/age"
    bool attribute = false;
    bool repeat = false;
    std::uint32_t slot = 0;  // its place among the children of its parent
    std::vector<TemplateId> children;
    Bind bind;
    std::uint32_t control = nowhere;

    bool leaf() const {
        // Attributes do not make a group of a question.
        return !repeat && elements == 0;
    }
    std::uint32_t elements = 0;  // children that are elements
};

// An answer that is no text, in a record that is read back.
enum class Missing : std::uint8_t { none, dont_know, prefer_not, not_asked, sealed };

// The primary instance as the form begins it; also the model of a new repeat.
struct Seed {
    TemplateId of = nowhere;
    std::string text;
    std::vector<Seed> children;
    Missing missing = Missing::none;
};

enum class ControlKind { input, select_one, select_multiple, rank, range, trigger, upload, group, repeat };

struct Item {
    std::string value;
    FormWording label;
};

struct Itemset {
    Formula nodes;
    Formula value;                 // from an item
    std::optional<Formula> label;  // from an item
};

struct Control {
    ControlKind kind = ControlKind::input;
    TemplateId of = nowhere;
    FormWording label, hint;
    std::string appearance;
    std::string media_type;  // upload
    std::vector<Item> items;
    std::optional<Itemset> itemset;
    std::optional<double> start, end;  // range
    std::optional<Formula> count;      // jr:count, from the place of the repeat
    bool no_add_remove = false;
};

struct Action {
    bool on_first_load = false, on_load = false, on_new_repeat = false, on_value_changed = false;
    // The question whose change, or the repeat whose new instance, sets it off;
    // nowhere for actions of the whole form.
    TemplateId around = nowhere;
    TemplateId target = nowhere;
    std::optional<Formula> target_nodes;
    std::optional<Formula> value;
    std::string literal;
};

struct Rule {
    std::string id;
    bool referral = true;
    std::string code;  // agency or offer
    Formula when;
    FormWording reason;
    std::optional<Formula> quantity;
    std::vector<std::string> shares;  // names of questions
    Consent consent = Consent::yes;
    Urgency urgency = Urgency::routine;
    std::string service;

    std::string place() const { return (referral ? "referral:" : "offer:") + id; }
};

struct FormContent {
    std::string id, version, title, privacy_version;
    std::vector<std::string> languages;
    std::string default_language;
    // xmlns declarations that a submission repeats: prefix, URI.
    std::vector<std::pair<std::string, std::string>> name_spaces;
    std::string root_name_space;  // of the root element, as written

    std::vector<Template> templates;  // parents before children; 0 is the root
    Seed beginning;
    std::map<TemplateId, Seed> new_instance;  // of each repeat
    std::vector<Control> controls;
    std::vector<Action> actions;
    std::vector<Rule> rules;
    std::unordered_map<std::string, FormWording> itext;  // for ids that are computed
    std::vector<std::unique_ptr<SecondaryInstance>> secondary;
    std::unordered_map<std::string, std::uint32_t> secondary_by_id;

    // A place below its parent, known by its name and path; only what the XML says of it
    // need be filled in.
    TemplateId add(Template fresh);

    const Template& at(TemplateId place) const { return templates[place]; }
    // Whether `outer` is `inner` or one of its ancestors.
    bool is_within(TemplateId inner, TemplateId outer) const;
    std::optional<TemplateId> by_path(std::string_view path) const;
    std::optional<TemplateId> child(TemplateId parent, std::string_view name_space, std::string_view name,
                                    bool attribute) const;
    std::size_t language_index(std::string_view language) const;  // REQUIRES: languages not empty

    // Children and attributes of that name, whatever their name space.
    const std::vector<TemplateId>& named(TemplateId parent, std::string_view name) const;

    // Looked up while answering: without making a string first.
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
        template<class Name>
        std::size_t operator()(const std::pair<TemplateId, Name>& child) const {
            return (*this)(std::string_view(child.second)) ^ (child.first * std::size_t{0x9e3779b97f4a7c15});
        }
    };
    struct Same {
        using is_transparent = void;
        bool operator()(std::string_view left, std::string_view right) const { return left == right; }
        template<class Left, class Right>
        bool operator()(const std::pair<TemplateId, Left>& left,
                        const std::pair<TemplateId, Right>& right) const {
            return left.first == right.first && left.second == right.second;
        }
    };
    std::unordered_map<std::string, TemplateId, Hash, Same> paths;
    std::unordered_map<std::pair<TemplateId, std::string>, std::vector<TemplateId>, Hash, Same>
        by_parent_and_name;
};

}  // namespace doorstep
