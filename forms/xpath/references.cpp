// What an expression reads.
//
// Every path is followed from its start.  Inside a predicate the context is the
// path that is filtered, so what the predicate reads is joined to that path:
// /data/person[age > 5]/name reads /data/person/age and /data/person/name.
#include <algorithm>
#include <utility>

#include "forms/xpath/function.h"
#include "forms/xpath/syntax.h"

namespace doorstep::xpath {
namespace {

using From = Reference::From;
using To = ReferenceStep::To;
using References = std::vector<Reference>;

// Unions inside predicates multiply, and so do long paths with predicates; beyond
// this the answer is "everything".
constexpr std::size_t reference_limit = 1024;
constexpr std::size_t work_limit = 200'000;  // steps copied and compared

bool same(const ReferenceStep& a, const ReferenceStep& b) {
    return a.to == b.to && a.name_space == b.name_space && a.name == b.name && a.predicate == b.predicate &&
           a.position_only == b.position_only;
}

bool same(const Reference& a, const Reference& b) {
    return a.from == b.from && a.instance == b.instance && a.structure_only == b.structure_only &&
           std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(),
                      [](const auto& l, const auto& r) { return same(l, r); });
}

class Finder {
public:
    explicit Finder(const Expression::Syntax& syntax) : syntax_(syntax) {}

    References find() {
        read(syntax_.top, Reference{});
        if (overflow_)
            return {subtree_of_all()};
        return std::move(found_);
    }

private:
    static Reference subtree_of_all() {
        Reference all;
        all.from = From::root;
        all.steps.push_back({To::subtree, "", "", false, false});
        return all;
    }

    bool spend(const Reference& on) {
        work_ += 1 + on.steps.size();
        overflow_ = overflow_ || work_ > work_limit;
        return !overflow_;
    }

    void emit(Reference reference) {
        overflow_ = overflow_ || found_.size() >= reference_limit;
        if (!spend(reference))
            return;
        const auto known = [&](const Reference& one) { return same(one, reference); };
        if (std::none_of(found_.begin(), found_.end(), known))
            found_.push_back(std::move(reference));
    }

    void emit_structure(Reference reference) {
        reference.structure_only = true;
        emit(std::move(reference));
    }

    void read(SyntaxId id, const Reference& focus) {
        for (auto& reference : resolve(id, focus))
            emit(std::move(reference));
    }

    // The node-sets that an expression gives, not yet read; what it reads to find
    // them is emitted.
    References resolve(SyntaxId id, const Reference& focus) {
        const SyntaxNode& node = syntax_.nodes[id];
        if (!spend(focus))
            return {};
        switch (node.kind) {
        case SyntaxNode::Kind::path:
            return path(node, focus);
        case SyntaxNode::Kind::call:
            return call(node, focus);
        case SyntaxNode::Kind::chain:
            if (node.operators.front() == Operator::unite)
                return resolve_all(node.operands, focus);
            break;
        default:
            break;
        }
        for (const SyntaxId operand : node.operands)
            read(operand, focus);
        return {};
    }

    References resolve_all(const std::vector<SyntaxId>& ids, const Reference& focus) {
        References all;
        for (const SyntaxId id : ids) {
            auto some = resolve(id, focus);
            all.insert(all.end(), some.begin(), some.end());
            overflow_ = overflow_ || all.size() > reference_limit;
        }
        return all;
    }

    References path(const SyntaxNode& node, const Reference& focus) {
        References bases;
        if (node.start == SyntaxNode::Start::expression) {
            bases = resolve(node.operands[0], focus);
        } else {
            bases.push_back(focus);
            if (node.start == SyntaxNode::Start::root)
                bases.back() = Reference{From::root, "", {}, false};
        }
        for (Reference& base : bases) {
            predicates(node.predicates, base);
            for (const Step& step : node.steps) {
                walk(step, base);
                predicates(step.predicates, base);
            }
        }
        return bases;
    }

    static bool ends_in_subtree(const Reference& base) {
        return !base.steps.empty() && base.steps.back().to == To::subtree;
    }

    static ReferenceStep below(const Step& step, To named, To otherwise) {
        const bool is_named = step.test.kind == NodeTest::Kind::name;
        return {is_named ? named : otherwise, is_named ? step.test.name_space : "",
                is_named ? step.test.name : "", false, false};
    }

    static void walk(const Step& step, Reference& base) {
        if (ends_in_subtree(base))
            return;
        switch (step.axis) {
        case Axis::self:
        case Axis::name_space:
            break;
        case Axis::child:
            // A text is read with its element.
            if (step.test.kind != NodeTest::Kind::text && step.test.kind != NodeTest::Kind::comment &&
                step.test.kind != NodeTest::Kind::instruction)
                base.steps.push_back(below(step, To::child, To::any_child));
            break;
        case Axis::attribute:
            base.steps.push_back(below(step, To::attribute, To::attribute));
            break;
        case Axis::parent:
            base.steps.push_back({To::parent, "", "", false, false});
            break;
        case Axis::following_sibling:
        case Axis::preceding_sibling:
            base.steps.push_back({To::parent, "", "", false, false});
            base.steps.push_back(below(step, To::child, To::any_child));
            break;
        case Axis::descendant:
        case Axis::descendant_or_self:
            base.steps.push_back({To::subtree, "", "", false, false});
            break;
        case Axis::ancestor:
        case Axis::ancestor_or_self:
        case Axis::following:
        case Axis::preceding:
            base.steps.assign({{To::subtree, "", "", false, false}});
            // Upwards from the context is somewhere in the primary instance.
            if (base.from != From::instance)
                base.from = From::root;
            break;
        }
    }

    void predicates(const std::vector<SyntaxId>& ids, Reference& base) {
        for (const SyntaxId id : ids) {
            read(id, base);
            if (base.steps.empty() || ends_in_subtree(base))
                continue;
            ReferenceStep& filtered = base.steps.back();
            filtered.position_only = picks_position(id) && (!filtered.predicate || filtered.position_only);
            filtered.predicate = true;
        }
    }

    bool is_number(SyntaxId id) const {
        const SyntaxNode& node = syntax_.nodes[id];
        if (node.kind == SyntaxNode::Kind::chain)
            return precedence(node.operators.front()) == 5 || precedence(node.operators.front()) == 6;
        if (node.kind == SyntaxNode::Kind::call)
            return node.function && node.function->gives == Gives::number;
        return node.kind == SyntaxNode::Kind::number || node.kind == SyntaxNode::Kind::minus;
    }

    bool is_bare_position(SyntaxId id) const {
        const SyntaxNode& node = syntax_.nodes[id];
        return node.kind == SyntaxNode::Kind::call && node.text == "position" && node.operands.empty();
    }

    // [3], [position() = ..], [last()].
    bool picks_position(SyntaxId id) const {
        const SyntaxNode& node = syntax_.nodes[id];
        if (is_number(id))
            return true;
        return node.kind == SyntaxNode::Kind::chain && node.operators.size() == 1 &&
               node.operators.front() == Operator::equal &&
               (is_bare_position(node.operands[0]) || is_bare_position(node.operands[1]));
    }

    std::string literal(const SyntaxNode& node, std::size_t index) const {
        if (index >= node.operands.size())
            return {};
        const SyntaxNode& argument = syntax_.nodes[node.operands[index]];
        return argument.kind == SyntaxNode::Kind::text ? argument.text : std::string{};
    }

    References call(const SyntaxNode& node, const Reference& focus) {
        const auto& arguments = node.operands;
        if (node.text == "current")
            return {Reference{From::current, "", {}, false}};
        if (node.text == "instance")
            return instance(node, focus);
        if (node.text == "indexed-repeat" && arguments.size() >= 3)
            return indexed_repeat(node, focus);
        if (node.text == "pulldata" && arguments.size() == 4)
            return pulldata(node, focus);
        if (node.text == "if" && arguments.size() == 3) {
            read(arguments[0], focus);
            return resolve_all({arguments[1], arguments[2]}, focus);
        }
        if (node.text == "randomize" && !arguments.empty()) {
            for (std::size_t i = 1; i < arguments.size(); ++i)
                read(arguments[i], focus);
            return resolve(arguments[0], focus);
        }
        if (node.text == "count" || node.text == "position" || node.text == "last")
            return counted(node, focus);
        if (node.text == "id")
            emit(subtree_of_all());
        if (node.function && (node.function->reads == Reads::focus ||
                              (node.function->reads == Reads::focus_if_bare && arguments.empty())))
            emit(focus);
        for (const SyntaxId argument : arguments)
            read(argument, focus);
        return {};
    }

    References counted(const SyntaxNode& node, const Reference& focus) {
        if (node.operands.empty())
            emit_structure(focus);
        for (const SyntaxId argument : node.operands)
            for (auto& reference : resolve(argument, focus))
                emit_structure(std::move(reference));
        return {};
    }

    References instance(const SyntaxNode& node, const Reference& focus) {
        for (const SyntaxId argument : node.operands)
            read(argument, focus);
        return {Reference{From::instance, literal(node, 0), {}, false}};
    }

    // indexed-repeat(/r/x, /r, 2) is /r[2]/x.
    References indexed_repeat(const SyntaxNode& node, const Reference& focus) {
        References targets = resolve(node.operands[0], focus);
        for (std::size_t i = 1; i + 1 < node.operands.size(); i += 2) {
            read(node.operands[i + 1], focus);
            for (auto& repeat : resolve(node.operands[i], focus)) {
                for (Reference& target : targets)
                    mark_picked(target, repeat);
                emit_structure(std::move(repeat));
            }
        }
        return targets;
    }

    static void mark_picked(Reference& target, const Reference& repeat) {
        const std::size_t depth = repeat.steps.size();
        if (depth == 0 || target.from != repeat.from || target.steps.size() < depth)
            return;
        for (std::size_t i = 0; i < depth; ++i)
            if (target.steps[i].to != repeat.steps[i].to || target.steps[i].name != repeat.steps[i].name)
                return;
        target.steps[depth - 1].predicate = true;
        target.steps[depth - 1].position_only = true;
    }

    // pulldata('list', 'out', 'key', value) is instance('list')/root/item[key = value]/out.
    References pulldata(const SyntaxNode& node, const Reference& focus) {
        for (const SyntaxId argument : node.operands)
            read(argument, focus);
        Reference row{From::instance, literal(node, 0), {}, false};
        row.steps = {{To::child, "", "root", false, false}, {To::child, "", "item", false, false}};
        Reference key = row;
        Reference out = row;
        out.steps.back().predicate = true;
        for (auto& [reference, index] : {std::pair{&key, 2u}, std::pair{&out, 1u}}) {
            const std::string column = literal(node, index);
            reference->steps.push_back(
                {column.empty() ? To::any_child : To::child, "", column, false, false});
        }
        emit(std::move(key));
        return {std::move(out)};
    }

    const Expression::Syntax& syntax_;
    References found_;
    std::size_t work_ = 0;
    bool overflow_ = false;
};

}  // namespace

std::vector<Reference> find_references(const Expression::Syntax& syntax) {
    return Finder(syntax).find();
}

}  // namespace doorstep::xpath
