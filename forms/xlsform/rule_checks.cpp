#include "forms/xlsform/rule_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "forms/xpath/expression.h"

namespace doorstep::xlsform {
namespace {

constexpr int most_given = 1000;  // of one thing to one home; more is a slip of the hand

// Nothing at all: for expressions that read nothing.
class NoTree final : public xpath::Tree {
public:
    xpath::NodeKind kind(xpath::Node) const override { return xpath::NodeKind::document; }
    xpath::Name name(xpath::Node) const override { return {}; }
    std::optional<xpath::Node> parent(xpath::Node) const override { return std::nullopt; }
    std::optional<xpath::Node> first_child(xpath::Node) const override { return std::nullopt; }
    std::optional<xpath::Node> next_sibling(xpath::Node) const override { return std::nullopt; }
    std::optional<xpath::Node> previous_sibling(xpath::Node) const override { return std::nullopt; }
    std::vector<xpath::Node> attributes(xpath::Node) const override { return {}; }
    std::string text(xpath::Node) const override { return {}; }
    int compare(xpath::Node, xpath::Node) const override { return 0; }
    xpath::Node root(xpath::Node context) const override { return context; }
    std::optional<xpath::Node> instance(std::string_view) const override { return std::nullopt; }
};

// The value of an expression that reads nothing; nothing for any other.
std::optional<xpath::Value> constant(const std::string& text, const NoTree& tree) {
    const auto parsed = xpath::Expression::parse(text);
    const auto* expression = std::get_if<xpath::Expression>(&parsed);
    if (expression == nullptr || !expression->is_constant())
        return std::nullopt;
    auto value = expression->evaluate({.tree = tree, .context = {}});
    return value.ok() ? std::optional(std::move(value).value()) : std::nullopt;
}

constexpr std::array over_many = std::to_array<std::string_view>(
    {"sum", "count", "count-non-empty", "min", "max", "join", "concat", "not", "boolean", "indexed-repeat",
     "position", "randomize", "checklist", "weighted-checklist", "coalesce", ""});

struct Comparison {
    std::string left, sign, right;
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

// "left SIGN right" with one sign in it; nothing for anything richer.
std::optional<Comparison> comparison(std::string_view text) {
    const std::size_t at = text.find_first_of("<>=!");
    if (at == std::string_view::npos)
        return std::nullopt;
    const std::size_t length = at + 1 < text.size() && text[at + 1] == '=' ? 2 : 1;
    Comparison found{std::string(trimmed(text.substr(0, at))), std::string(text.substr(at, length)),
                     std::string(trimmed(text.substr(at + length)))};
    return found.right.find_first_of("<>=!") == std::string::npos ? std::optional(found) : std::nullopt;
}

std::optional<double> number(const std::string& text) {
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, value);
    return problem == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

struct Range {
    double least = -std::numeric_limits<double>::infinity(), most = std::numeric_limits<double>::infinity();
    bool least_open = false, most_open = false;
};

// ". >= 0 and . < 120"
Range allowed_by(const std::string& constraint) {
    Range range;
    for (std::size_t at = 0; at <= constraint.size();) {
        const std::size_t end = std::min(constraint.find(" and ", at), constraint.size());
        const auto one = comparison(std::string_view(constraint).substr(at, end - at));
        const auto bound = one && one->left == "." ? number(one->right) : std::nullopt;
        if (!bound)
            return {};
        if (one->sign[0] == '>' && *bound >= range.least) {
            range.least = *bound;
            range.least_open = one->sign == ">";
        } else if (one->sign[0] == '<' && *bound <= range.most) {
            range.most = *bound;
            range.most_open = one->sign == "<";
        }
        at = end + 5;
    }
    return range;
}

std::string plain(double value) {
    return fmt::format("{}", value);
}

// Why `sign bound` cannot hold inside the range, in words; nothing when it can.
std::string impossible(const Range& range, const std::string& sign, double bound, const std::string& name) {
    const bool below =
        sign == "<" ? bound <= range.least
                    : sign == "<=" && (bound < range.least || (range.least_open && bound == range.least));
    if (below)
        return range.least_open ? fmt::format("${{{}}} is always above {}", name, plain(range.least))
                                : fmt::format("${{{}}} is never below {}", name, plain(range.least));
    const bool above = sign == ">"
                           ? bound >= range.most
                           : sign == ">=" && (bound > range.most || (range.most_open && bound == range.most));
    if (above)
        return range.most_open ? fmt::format("${{{}}} is always below {}", name, plain(range.most))
                               : fmt::format("${{{}}} is never above {}", name, plain(range.most));
    if (sign == "=" && (bound < range.least || bound > range.most))
        return fmt::format("${{{}}} is never {}", name, plain(bound));
    return {};
}

std::string date_text(Day day) {
    constexpr std::array months =
        std::to_array<std::string_view>({"January", "February", "March", "April", "May", "June", "July",
                                         "August", "September", "October", "November", "December"});
    const std::string iso = day.text();
    int month = 1, date = 1;
    std::from_chars(iso.data() + iso.size() - 5, iso.data() + iso.size() - 3, month);
    std::from_chars(iso.data() + iso.size() - 2, iso.data() + iso.size(), date);
    return fmt::format("{} {} {}", date, months[static_cast<std::size_t>(month - 1)],
                       iso.substr(0, iso.size() - 6));
}

}  // namespace

void check_first_only(const Written& cell, Form& form) {
    for (const Reference& reference : references_in(cell.text)) {
        const auto found = form.by_name.find(reference.name);
        if (found == form.by_name.end() || !reference.whole_argument ||
            std::find(over_many.begin(), over_many.end(), reference.function) != over_many.end())
            continue;
        const Item& item = *found->second;
        const Item* repeat = item.repeat();
        if (repeat == nullptr)
            continue;
        const std::size_t open = cell.text.rfind(reference.function + "(", reference.begin);
        const std::size_t close = cell.text.find(')', reference.end);
        if (open == std::string::npos || close == std::string::npos)
            continue;
        const std::string call = cell.text.substr(open, close + 1 - open);
        std::string inside = call;
        inside.replace(reference.begin - open, reference.end - reference.begin,
                       item.path.substr(repeat->path.size() + 1));
        form.warning("first-only", cell, fmt::format("{} looks at the first person only.", call), "",
                     fmt::format("For anyone write count(${{{}}}[{}]) > 0.", repeat->name, inside),
                     {item.row.place});
    }
}

void check_never_true(const Written& cell, const Expressed& when, Form& form) {
    const NoTree tree;
    if (const auto value = constant(when.text, tree)) {
        if (!xpath::to_boolean(*value, tree))
            form.warning("never-true", cell, "always false.", "",
                         "change the condition, or take the row out.");
        return;
    }
    const auto one = comparison(cell.text);
    const auto bound = one ? number(one->right) : std::nullopt;
    if (!bound || when.reads.size() != 1 || one->left != "${" + when.reads[0]->name + "}")
        return;
    const Item& item = *when.reads[0];
    const Written* constraint = item.row.cell("constraint");
    const std::string why =
        constraint == nullptr ? "" : impossible(allowed_by(constraint->text), one->sign, *bound, item.name);
    if (!why.empty())
        form.warning("never-true", cell,
                     fmt::format("always false; {} (constraint, survey row {}).", why, item.row.number), "",
                     "change the condition, or take the row out.", {constraint->place});
}

void check_number(const Written& cell, const Expressed& quantity, Form& form) {
    const NoTree tree;
    bool text = false;
    if (const auto value = constant(quantity.text, tree)) {
        const double amount = xpath::to_number(*value, tree);
        text = std::isnan(amount);
        if (!text && std::floor(amount) < 1)
            form.error("quantity-range", cell,
                       fmt::format("the quantity is always {}, so nothing is ever offered.", plain(amount)),
                       "Quantities are rounded down, and below 1 the offer is withdrawn.",
                       "write 1 or more, or leave the cell empty for 1.");
        else if (amount > most_given)
            form.error("quantity-range", cell,
                       fmt::format("the quantity is always {}; more than {} of one thing cannot be offered.",
                                   plain(amount), most_given),
                       "", "write a smaller number.");
    } else if (quantity.reads.size() == 1 && cell.text == "${" + quantity.reads[0]->name + "}") {
        text = quantity.reads[0]->type.name == "text" || quantity.reads[0]->type.name == "note";
    }
    if (text)
        form.error("quantity-text", cell, "the result is text, not a number.", "",
                   "write a number such as 2, or a calculation such as ${floors} - 1.");
}

bool covers(const Validity& entry, const Validity& form) {
    const bool from = !entry.from || (form.from && *entry.from <= *form.from);
    const bool to = !entry.to || (form.to && *form.to <= *entry.to);
    return from && to;
}

std::string dates_text(const Validity& valid) {
    if (valid.from && valid.to)
        return fmt::format("{} to {}", date_text(*valid.from), date_text(*valid.to));
    if (valid.from)
        return "from " + date_text(*valid.from);
    return valid.to ? "until " + date_text(*valid.to) : "any time";
}

std::string_view nearest_of_any_length(std::string_view word, const std::vector<std::string>& candidates) {
    if (const std::string_view near = nearest(word, candidates); !near.empty())
        return near;
    const std::string_view first = word.substr(0, word.find('_'));
    for (const std::string& candidate : candidates)
        if (first.size() >= 4 && std::string_view(candidate).substr(0, candidate.find('_')) == first)
            return candidate;
    return {};
}

}  // namespace doorstep::xlsform
