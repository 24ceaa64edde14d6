#include "forms/xlsform/references.h"

#include <fmt/format.h>

#include <algorithm>

namespace doorstep::xlsform {
namespace {

constexpr std::string_view last_saved_mark = "last-saved#";

bool name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

// Follows brackets, functions and quotes through an expression.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    std::vector<Reference> scan() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (text_.substr(at_).starts_with("${"))
                take_reference();
            else if (c == '\'' || c == '"')
                quote(c);
            else
                step(c);
        }
        return std::move(found_);
    }

private:
    struct Open {
        char bracket;
        bool instance = false;
        std::string function;
        std::size_t argument = 0;
        std::size_t argument_begin = 0;
    };

    // References inside a text literal are replaced too, as the reference converter
    // does; the literal only hides brackets and commas.
    void quote(char mark) {
        if (mark_ == 0)
            mark_ = mark;
        else if (mark_ == mark)
            mark_ = 0;
        path_begin_ = at_ + 1;
        ++at_;
    }

    void step(char c) {
        ++at_;
        if (mark_ != 0)
            return;
        if (c == '(' || c == '[') {
            push(c);
        } else if ((c == ')' || c == ']') && !open_.empty()) {
            path_begin_ = opened_at_.back();
            open_.pop_back();
            opened_at_.pop_back();
        } else if (c == ',') {
            path_begin_ = at_;
            if (!open_.empty()) {
                ++open_.back().argument;
                open_.back().argument_begin = at_;
            }
        } else if (!name_char(c) && c != '/' && c != '@' && c != '*') {
            path_begin_ = at_;
        }
    }

    void push(char bracket) {
        const std::string_view before = text_.substr(path_begin_, at_ - 1 - path_begin_);
        Open open{bracket, before.starts_with("instance("), "", 0, at_};
        if (bracket == '(') {
            std::size_t from = before.size();
            while (from > 0 && name_char(before[from - 1]))
                --from;
            open.function = before.substr(from);
        }
        open_.push_back(std::move(open));
        opened_at_.push_back(path_begin_);
        path_begin_ = at_;
    }

    void take_reference() {
        const std::size_t close = text_.find('}', at_);
        Reference one;
        one.begin = at_;
        one.end = close == std::string_view::npos ? text_.size() : close + 1;
        const std::size_t inside = at_ + 2;
        one.name = trimmed(text_.substr(inside, std::min(close, text_.size()) - inside));
        if (close == std::string_view::npos)
            one.name.clear();
        if (one.name.starts_with(last_saved_mark)) {
            one.last_saved = true;
            one.name.erase(0, last_saved_mark.size());
        }
        one.in_instance_predicate = std::any_of(open_.begin(), open_.end(), [](const Open& open) {
            return open.bracket == '[' && open.instance;
        });
        if (!open_.empty() && open_.back().bracket == '(') {
            const Open& call = open_.back();
            one.function = call.function;
            const std::size_t stop = std::min(text_.find_first_of(",)", one.end), text_.size());
            one.whole_argument =
                trimmed(text_.substr(call.argument_begin, one.begin - call.argument_begin)).empty() &&
                trimmed(text_.substr(one.end, stop - one.end)).empty();
            one.keep_absolute =
                call.function == "indexed-repeat" && (call.argument == 0 || call.argument % 2 == 1);
        }
        at_ = one.end;
        found_.push_back(std::move(one));
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t path_begin_ = 0;
    char mark_ = 0;
    std::vector<Open> open_;
    std::vector<std::size_t> opened_at_;  // where the path before each open bracket begins
    std::vector<Reference> found_;
};

std::vector<const Item*> line_of(const Item& item) {
    std::vector<const Item*> line;
    for (const Item* at = &item; at != nullptr; at = at->parent)
        line.push_back(at);
    std::reverse(line.begin(), line.end());
    return line;
}

// From `context` to `target` by "..", when both stand in one repeat.
std::optional<std::string> relative(const Item& target, const Item& context) {
    const auto there = line_of(target), here = line_of(context);
    std::size_t common = 0;
    bool in_repeat = false;
    while (common + 1 < there.size() && common + 1 < here.size() && there[common] == here[common]) {
        in_repeat = in_repeat || there[common]->kind == Kind::repeat;
        ++common;
    }
    if (!in_repeat)
        return std::nullopt;
    std::string path;
    for (std::size_t i = common; i < here.size(); ++i)
        path += path.empty() ? ".." : "/..";
    for (std::size_t i = common; i < there.size(); ++i)
        path += "/" + there[i]->name;
    return path;
}

// "./age" for a question inside the repeat that a list walks.
std::optional<std::string> below(const Item& target, const Item& repeat) {
    std::string path;
    for (const Item* at = &target; at != nullptr; at = at->parent) {
        if (at == &repeat)
            return "." + path;
        path = "/" + at->name + path;
    }
    return std::nullopt;
}

void report_unknown(const Reference& reference, const Written& cell, Form& form) {
    if (reference.name.empty()) {
        form.error("bad-reference", cell, "${ names no question.", "",
                   "write ${name}, with the name of a question.");
        return;
    }
    const std::string near = form.nearest_name(reference.name);
    std::vector<Place> related;
    std::string why;
    if (!near.empty()) {
        const Item& item = *form.by_name.find(near)->second;
        why = item.row.number > 0 ? fmt::format("Nearest: ${{{}}} (row {}).", near, item.row.number)
                                  : fmt::format("Nearest: ${{{}}}.", near);
        related.push_back(item.row.place);
    }
    form.error("unknown-reference", cell, fmt::format("${{{}}} is no question.", reference.name), why,
               near.empty() ? std::string("write the name of a question of the survey sheet.")
                            : fmt::format("{} -> {}.", reference.name, near),
               std::move(related));
}

}  // namespace

std::vector<Reference> references_in(std::string_view text) {
    return text.find("${") == std::string_view::npos ? std::vector<Reference>() : Scanner(text).scan();
}

const Item* resolve(const Reference& reference, const Written& cell, Form& form) {
    const auto [first, last] = form.by_name.equal_range(reference.name);
    if (first == last) {
        report_unknown(reference, cell, form);
        return nullptr;
    }
    if (std::next(first) != last) {
        const Item &one = *first->second, &other = *std::next(first)->second;
        form.error("ambiguous-reference", cell,
                   fmt::format("${{{}}} could be row {} or row {}.", reference.name, one.row.number,
                               other.row.number),
                   "A name that is used in ${} must stand once in the whole form.", "rename one of the two.",
                   {one.row.place, other.row.place});
        return nullptr;
    }
    return first->second;
}

std::string path_to(const Item& target, const Reference& reference, const Viewpoint& from, Form& form) {
    if (reference.last_saved) {
        form.uses_last_saved = true;
        return "instance('__last-saved')" + target.path;
    }
    if (from.over != nullptr)
        if (auto path = below(target, *from.over))
            return *path;
    if (from.context == nullptr || reference.keep_absolute)
        return target.path;
    const auto path = relative(target, *from.context);
    if (!path)
        return target.path;
    return from.filters_list || reference.in_instance_predicate ? "current()/" + *path : *path;
}

Rewritten rewrite(const Written& cell, const Viewpoint& from, Form& form) {
    Rewritten result;
    std::size_t at = 0;
    const auto literal = [&](std::size_t to) {
        if (to > at)
            result.pieces.push_back({result.text.size(), at, false});
        result.text += cell.text.substr(at, to - at);
    };
    for (const Reference& reference : references_in(cell.text)) {
        literal(reference.begin);
        result.pieces.push_back({result.text.size(), reference.begin, true});
        const Item* target = resolve(reference, cell, form);
        result.complete = result.complete && target != nullptr;
        if (target != nullptr)
            result.reads.push_back(target);
        // A name that was not found reads as some node, so that the rest is still checked.
        result.text +=
            " " + (target == nullptr ? form.root.path : path_to(*target, reference, from, form)) + " ";
        at = reference.end;
    }
    literal(cell.text.size());
    return result;
}

std::size_t Rewritten::author_offset(std::size_t offset) const {
    const auto after =
        std::upper_bound(pieces.begin(), pieces.end(), offset,
                         [](std::size_t wanted, const Piece& piece) { return wanted < piece.out; });
    if (after == pieces.begin())
        return offset;
    const Piece& piece = *std::prev(after);
    return piece.reference ? piece.in : piece.in + (offset - piece.out);
}

std::vector<std::pair<std::size_t, std::size_t>> instance_paths(std::string_view text) {
    std::vector<std::pair<std::size_t, std::size_t>> found;
    for (std::size_t begin = text.find("instance("); begin != std::string_view::npos;
         begin = text.find("instance(", begin + 1)) {
        if (begin > 0 && name_char(text[begin - 1]))
            continue;
        std::size_t at = begin, depth = 0;
        char mark = 0;
        for (; at < text.size(); ++at) {
            const char c = text[at];
            if (mark != 0)
                mark = c == mark ? '\0' : mark;
            else if (depth > 0 && (c == '\'' || c == '"'))
                mark = c;
            else if (c == '(' || c == '[')
                ++depth;
            else if ((c == ')' || c == ']') && depth > 0)
                --depth;
            else if (depth == 0 && !name_char(c) && c != '/' && c != '@')
                break;
        }
        if (depth > 0)
            break;
        while (at > begin && (text[at - 1] == '.' || text[at - 1] == ':'))
            --at;
        if (text.substr(begin, at - begin).find(")/") != std::string_view::npos)
            found.emplace_back(begin, at);
        begin = at - 1;
    }
    return found;
}

}  // namespace doorstep::xlsform
