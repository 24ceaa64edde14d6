#include "forms/session/instance.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "forms/session/typed.h"

namespace doorstep {

Instance::Instance(const FormContent& content, const Seed& beginning) : content_(&content) {
    root_ = make(beginning, nowhere);
}

NodeId Instance::allocate(TemplateId of, NodeId parent) {
    NodeId node = static_cast<NodeId>(nodes_.size());
    if (free_.empty()) {
        nodes_.emplace_back();
    } else {
        node = free_.back();
        free_.pop_back();
    }
    const std::uint32_t generation = nodes_[node].generation + 1;
    InstanceNode& fresh = nodes_[node] = InstanceNode{};
    fresh.generation = generation;
    fresh.of = of;
    fresh.parent = parent;
    fresh.birth = births_++;
    fresh.alive = true;
    fresh.runs.resize(content_->at(of).children.size());
    ++alive_;
    return node;
}

namespace {

AnswerKind kind_of(Missing missing) {
    switch (missing) {
    case Missing::none:
        break;
    case Missing::dont_know:
        return AnswerKind::dont_know;
    case Missing::prefer_not:
        return AnswerKind::prefer_not;
    case Missing::not_asked:
        return AnswerKind::not_asked;
    case Missing::sealed:
        return AnswerKind::sealed;
    }
    return AnswerKind::blank;
}

}  // namespace

NodeId Instance::make(const Seed& seed, NodeId parent) {
    const NodeId node = allocate(seed.of, parent);
    nodes_[node].text = seed.text;
    nodes_[node].kind = seed.text.empty() ? kind_of(seed.missing) : AnswerKind::given;
    nodes_[node].type_fits = seed.text.empty() || fits_type(*content_, content_->at(seed.of), seed.text);
    if (parent != nowhere) {
        nodes_[node].relevant = nodes_[parent].relevant;
        nodes_[node].readonly = nodes_[parent].readonly;
        link(node);
    }
    for (const Seed& child : seed.children)
        make(child, node);
    for (const TemplateId child : content_->at(seed.of).children) {
        const Template& form = content_->at(child);
        if (!form.repeat)
            continue;
        const NodeId whole = allocate(child, node);
        nodes_[whole].is_whole = true;
        nodes_[whole].relevant = nodes_[node].relevant;
        nodes_[whole].readonly = nodes_[node].readonly;
        nodes_[node].runs[form.slot].whole = whole;
    }
    return node;
}

void Instance::link(NodeId node) {
    InstanceNode& fresh = nodes_[node];
    InstanceNode& parent = nodes_[fresh.parent];
    const std::uint32_t slot = content_->at(fresh.of).slot;
    auto& run = parent.runs[slot];
    NodeId after = run.last;
    for (std::uint32_t before = slot; after == nowhere && before > 0; --before)
        after = parent.runs[before - 1].last;
    fresh.previous = after;
    fresh.next = after == nowhere ? parent.first_child : nodes_[after].next;
    (after == nowhere ? parent.first_child : nodes_[after].next) = node;
    (fresh.next == nowhere ? parent.last_child : nodes_[fresh.next].previous) = node;
    if (run.first == nowhere)
        run.first = node;
    run.last = node;
    fresh.position = ++run.size;
}

void Instance::unlink(NodeId node) {
    InstanceNode& gone = nodes_[node];
    InstanceNode& parent = nodes_[gone.parent];
    auto& run = parent.runs[content_->at(gone.of).slot];
    if (run.first == node)
        run.first = next_same(node);
    // Those behind it move up.
    run.numbered = run.numbered && run.last == node;
    if (run.last == node)
        run.last = run.size > 1 ? gone.previous : nowhere;
    --run.size;
    (gone.previous == nowhere ? parent.first_child : nodes_[gone.previous].next) = gone.next;
    (gone.next == nowhere ? parent.last_child : nodes_[gone.next].previous) = gone.previous;
}

void Instance::release(NodeId node) {
    for (NodeId child = nodes_[node].first_child; child != nowhere;) {
        const NodeId next = nodes_[child].next;
        release(child);
        child = next;
    }
    for (const auto& run : nodes_[node].runs)
        if (run.whole != nowhere)
            release(run.whole);
    InstanceNode& gone = nodes_[node];
    gone.alive = false;
    gone.text.clear();
    gone.runs.clear();
    --alive_;
    free_.push_back(node);
}

void Instance::remove(NodeId node) {
    unlink(node);
    release(node);
}

std::optional<NodeId> Instance::id(NodeRef node) const {
    if (node.index >= nodes_.size() || !nodes_[node.index].alive ||
        nodes_[node.index].generation != node.generation)
        return std::nullopt;
    return node.index;
}

NodeId Instance::ancestor(NodeId node, TemplateId of) const {
    while (nodes_[node].of != of && nodes_[node].parent != nowhere)
        node = nodes_[node].parent;
    return node;
}

void Instance::each(NodeId top, TemplateId of, bool wholes, const std::function<void(NodeId)>& visit) const {
    std::vector<TemplateId> chain;
    for (TemplateId at = of; at != nowhere && at != nodes_[top].of; at = content_->at(at).parent)
        chain.push_back(at);
    const std::function<void(NodeId, std::size_t)> walk = [&](NodeId node, std::size_t left) {
        if (left == 0) {
            visit(node);
            return;
        }
        const auto& below = run(node, chain[left - 1]);
        if (left == 1 && wholes) {
            if (below.whole != nowhere)
                visit(below.whole);
            return;
        }
        for (NodeId child = below.first; child != nowhere; child = next_same(child))
            walk(child, left - 1);
    };
    walk(top, chain.size());
}

const InstanceNode::Run& Instance::run(NodeId parent, TemplateId of) const {
    return nodes_[parent].runs[content_->at(of).slot];
}

NodeId Instance::next_same(NodeId node) const {
    const NodeId next = nodes_[node].next;
    return next != nowhere && nodes_[next].of == nodes_[node].of ? next : nowhere;
}

// Five hundred that ask after one was removed number themselves once.
std::uint32_t Instance::position(NodeId node) const {
    const InstanceNode& one = nodes_[node];
    if (one.parent == nowhere || one.is_whole)
        return 1;
    const auto& siblings = run(one.parent, one.of);
    if (!siblings.numbered) {
        std::uint32_t place = 0;
        for (NodeId at = siblings.first; at != nowhere; at = next_same(at))
            nodes_[at].position = ++place;
        siblings.numbered = true;
    }
    return one.position;
}

std::uint32_t Instance::depth(NodeId node) const {
    std::uint32_t levels = 0;
    for (; nodes_[node].parent != nowhere; node = nodes_[node].parent)
        ++levels;
    return levels;
}

int Instance::compare(NodeId left, NodeId right) const {
    if (left == right)
        return 0;
    std::uint32_t left_depth = depth(left);
    std::uint32_t right_depth = depth(right);
    const bool left_deeper = left_depth > right_depth;
    for (; left_depth > right_depth; --left_depth)
        left = nodes_[left].parent;
    for (; right_depth > left_depth; --right_depth)
        right = nodes_[right].parent;
    if (left == right)
        return left_deeper ? 1 : -1;
    while (nodes_[left].parent != nodes_[right].parent) {
        left = nodes_[left].parent;
        right = nodes_[right].parent;
    }
    const auto key = [&](NodeId node) { return std::pair(form_of(node).slot, nodes_[node].birth); };
    return key(left) < key(right) ? -1 : 1;
}

std::size_t Instance::seed_size(const Seed& seed) const {
    std::size_t total = 1;
    for (const Seed& child : seed.children)
        total += seed_size(child);
    return total;
}

std::string Instance::path(NodeId node) const {
    std::vector<NodeId> chain;
    for (NodeId at = node; at != nowhere; at = nodes_[at].parent)
        chain.push_back(at);
    std::string out;
    for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
        const Template& form = form_of(*at);
        out += form.attribute ? "/@" : "/";
        if (!form.prefix.empty())
            out += form.prefix + ":";
        out += form.name;
        if (form.repeat && !nodes_[*at].is_whole)
            out += fmt::format("[{}]", position(*at));
    }
    return out;
}

namespace {

struct PathStep {
    std::string_view name;
    std::uint32_t index = 0;  // 0: none
};

std::optional<std::vector<PathStep>> steps_of(std::string_view path) {
    std::vector<PathStep> steps;
    if (!path.starts_with('/'))
        return std::nullopt;
    path.remove_prefix(1);
    while (true) {
        const std::string_view step = path.substr(0, path.find('/'));
        PathStep made{step.substr(0, step.find('['))};
        if (made.name.size() < step.size()) {
            const std::string_view digits = step.substr(made.name.size() + 1);
            const auto [end, fault] =
                std::from_chars(digits.data(), digits.data() + digits.size(), made.index);
            if (fault != std::errc() || end + 1 != digits.data() + digits.size() || *end != ']' ||
                made.index == 0)
                return std::nullopt;
        }
        steps.push_back(made);
        if (step.size() == path.size())
            return steps;
        path.remove_prefix(step.size() + 1);
    }
}

}  // namespace

std::optional<NodeId> Instance::find(std::string_view path) const {
    const auto steps = steps_of(path);
    if (!steps)
        return std::nullopt;
    std::string plain;
    NodeId at = nowhere;
    for (const PathStep& step : *steps) {
        plain += "/" + std::string(step.name);
        const auto of = content_->by_path(plain);
        if (!of)
            return std::nullopt;
        if (at == nowhere) {
            at = root_;
            continue;
        }
        at = run(at, *of).first;
        for (std::uint32_t left = step.index; left > 1 && at != nowhere; --left)
            at = next_same(at);
        if (at == nowhere)
            return std::nullopt;
    }
    return at;
}

std::optional<NodeId> Instance::nearest(TemplateId of, NodeId from) const {
    NodeId top = from;
    while (!content_->is_within(of, nodes_[top].of))
        top = nodes_[top].parent;
    std::optional<NodeId> found;
    each(top, of, false, [&](NodeId node) {
        if (!found)
            found = node;
    });
    return found;
}

}  // namespace doorstep
