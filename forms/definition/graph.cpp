#include "forms/definition/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "forms/definition/ranks.h"
#include "forms/definition/resolve.h"

namespace doorstep {

namespace {

// What the longest forms of the field read, many times over; each costs memory.
constexpr std::size_t most_reads = 2'000'000;

class GraphBuilder {
public:
    GraphBuilder(const FormContent& content, std::vector<FormFault>& faults)
        : content_(content), faults_(faults) {
        graph_.places.resize(content.templates.size());
    }

    FormGraph build() {
        for (TemplateId id = 0; id < content_.templates.size(); ++id) {
            bind_vertices(id);
            if (content_.at(id).control != nowhere)
                control_vertices(id);
        }
        for (std::uint32_t rule = 0; rule < content_.rules.size(); ++rule)
            rule_vertices(rule);
        for (const Action& action : content_.actions)
            check_action(action);
        edges_.resize(graph_.vertices.size());
        connect();
        for (std::uint32_t rule = 0; rule < content_.rules.size(); ++rule)
            trace_causes(rule);
        return std::move(graph_);
    }

private:
    std::uint32_t add(Property property, TemplateId owner, std::uint32_t rule = nowhere) {
        const auto id = static_cast<std::uint32_t>(graph_.vertices.size());
        graph_.vertices.push_back({property, owner, rule, 0, false, false});
        if (rule == nowhere)
            graph_.places[owner].vertices.push_back(id);
        reads_.emplace_back();
        return id;
    }

    void bind_vertices(TemplateId id) {
        const Template& place = content_.at(id);
        const std::pair<Property, const std::optional<Formula>*> formulas[] = {
            {Property::relevant, &place.bind.relevant},
            {Property::calculate, &place.bind.calculate},
            {Property::readonly, &place.bind.readonly},
            {Property::required, &place.bind.required},
        };
        for (const auto& [property, formula] : formulas)
            if (*formula)
                read(add(property, id), **formula, id);
        const Control* control = place.control == nowhere ? nullptr : &content_.controls[place.control];
        const bool typed = control && !place.bind.type.empty() && place.bind.type != "string";
        const bool chosen = control && (!control->items.empty() || control->itemset);
        if (place.leaf() && (place.bind.constraint || typed || chosen)) {
            const std::uint32_t validity = add(Property::validity, id);
            reads_[validity].values.push_back({id, id, true, false});
            if (place.bind.constraint)
                read(validity, *place.bind.constraint, id);
            if (chosen && control->itemset)
                read(validity, control->itemset->nodes, id);
        }
    }

    void control_vertices(TemplateId id) {
        const Control& control = content_.controls[content_.at(id).control];
        const Bind& bind = content_.at(id).bind;
        if (control.count)
            read(add(Property::count, id), *control.count, id);
        const FormWording* words[] = {&control.label, &control.hint, &bind.constraint_message,
                                      &bind.required_message};
        if (std::any_of(std::begin(words), std::end(words),
                        [](const FormWording* one) { return has_formula(*one); })) {
            const std::uint32_t label = add(Property::label, id);
            for (const FormWording* one : words)
                read(label, *one, id);
        }
        const bool worded = std::any_of(control.items.begin(), control.items.end(),
                                        [](const Item& item) { return has_formula(item.label); });
        if (control.itemset || worded) {
            const std::uint32_t choices = add(Property::choices, id);
            for (const Item& item : control.items)
                read(choices, item.label, id);
            if (control.itemset)
                read(choices, control.itemset->nodes, id);
        }
    }

    void rule_vertices(std::uint32_t rule) {
        const Rule& one = content_.rules[rule];
        RuleGraph made;
        made.when = add(Property::when, 0, rule);
        read(made.when, one.when, 0);
        made.reason = add(Property::reason, 0, rule);
        read(made.reason, one.reason, 0);
        if (one.quantity) {
            made.quantity = add(Property::quantity, 0, rule);
            read(made.quantity, *one.quantity, 0);
        }
        graph_.rules.push_back(made);
    }

    static bool has_formula(const FormWording& wording) {
        if (wording.formula)
            return true;
        for (const Pieces& pieces : wording.by_language)
            for (const Piece& piece : pieces)
                if (piece.formula)
                    return true;
        return false;
    }

    void read(std::uint32_t vertex, const FormWording& wording, TemplateId context) {
        if (wording.formula)
            read(vertex, *wording.formula, context);
        for (const Pieces& pieces : wording.by_language)
            for (const Piece& piece : pieces)
                if (piece.formula)
                    read(vertex, *piece.formula, context);
    }

    void read(std::uint32_t vertex, const Formula& formula, TemplateId context) {
        read_named_lists(vertex, formula, context);
        Reads& all = reads_[vertex];
        for (const auto& reference : formula.expression.references()) {
            if (reads_kept_ > most_reads)
                return;
            Reads some = resolve(content_, reference, context);
            reads_kept_ += some.values.size() + some.structure.size();
            if (reads_kept_ > most_reads)
                fault(vertex, Severity::error, "too-many-reads",
                      fmt::format("reads {} questions; with the expressions before it that is more than a "
                                  "form can follow.",
                                  some.values.size()),
                      "name the questions that it needs instead of all of them (* or //).");
            all.values.insert(all.values.end(), some.values.begin(), some.values.end());
            all.structure.insert(all.structure.end(), some.structure.begin(), some.structure.end());
            all.positions.insert(all.positions.end(), some.positions.begin(), some.positions.end());
            if (some.unknown_place && !reference.steps.empty())
                warn_blank(vertex, reference);
            for (const Read& one : some.values)
                check_restricted(vertex, one);
        }
    }

    // jr:choice-name('a', '/data/q') reads the list of q, whose place is only a text.
    void read_named_lists(std::uint32_t vertex, const Formula& formula, TemplateId context) {
        if (!formula.calls("jr:choice-name"))
            return;
        const std::string& text = formula.written;
        std::size_t from = 0;
        while ((from = text.find_first_of("'\"", from)) != std::string::npos) {
            const std::size_t end = std::min(text.find(text[from], from + 1), text.size());
            const TemplateId place = named_place(text.substr(from + 1, end - from - 1), context);
            if (place != nowhere && content_.at(place).control != nowhere)
                if (const auto& itemset = content_.controls[content_.at(place).control].itemset)
                    read_list(vertex, itemset->nodes, place, context);
            from = end + 1;
            if (from >= text.size())
                break;
        }
    }

    TemplateId named_place(std::string path, TemplateId context) const {
        std::erase(path, ' ');
        if (const auto absolute = content_.by_path(path))
            return *absolute;
        TemplateId at = context;
        while (path.starts_with("../") && at != nowhere) {
            at = content_.at(at).parent;
            path.erase(0, 3);
        }
        return at == nowhere ? nowhere : content_.child(at, "", path, false).value_or(nowhere);
    }

    void read_list(std::uint32_t vertex, const Formula& nodes, TemplateId place, TemplateId context) {
        const auto common = [&](std::vector<Read> some, std::vector<Read>& all) {
            for (Read& one : some) {
                // What the list shares with its question, this reader may not.
                while (!content_.is_within(context, one.shared))
                    one.shared = content_.at(one.shared).parent;
                one.own_step = false;
                all.push_back(one);
            }
        };
        for (const auto& reference : nodes.expression.references()) {
            const Reads some = resolve(content_, reference, place);
            common(some.values, reads_[vertex].values);
            common(some.structure, reads_[vertex].structure);
        }
    }

    std::string node_of(std::uint32_t vertex) const {
        const Vertex& one = graph_.vertices[vertex];
        return one.rule == nowhere ? content_.at(one.owner).path : content_.rules[one.rule].place();
    }

    void fault(std::uint32_t vertex, Severity severity, std::string code, std::string what,
               std::string mend) {
        FormFault made;
        made.node = node_of(vertex);
        made.property = property_name(graph_.vertices[vertex].property);
        made.diagnostic.code = std::move(code);
        made.diagnostic.severity = severity;
        made.diagnostic.what = std::move(what);
        made.diagnostic.mend = std::move(mend);
        faults_.push_back(std::move(made));
    }

    void warn_blank(std::uint32_t vertex, const xpath::Reference& reference) {
        std::string path = reference.from == xpath::Reference::From::root ? "" : ".";
        for (const auto& step : reference.steps)
            path += step.to == xpath::ReferenceStep::To::parent ? "/.." : "/" + step.name;
        const std::string& name = reference.steps.back().name;
        fault(
            vertex, Severity::warning, "unknown-node",
            fmt::format("reads {}, which is no place of the form and so is always blank.",
                        reference.steps.size() == 1 ? name : path),
            // Typographic quotes are letters to an expression.
            static_cast<unsigned char>(name.empty() ? '\0' : name.front()) >= 0x80
                ? std::string("put a text into plain quotes, like 'yes'.")
                : fmt::format("write ${{{}}} for the answer to a question of that name, or '{}' for a text.",
                              name, name));
    }

    void check_restricted(std::uint32_t vertex, const Read& one) {
        const Vertex& reader = graph_.vertices[vertex];
        const Template& place = content_.at(one.place);
        if (place.bind.sensitivity != Sensitivity::restricted || reader.rule != nowhere ||
            (reader.owner == one.place && reader.property == Property::validity))
            return;
        fault(vertex, Severity::error, "restricted-read",
              fmt::format("reads {}, which is restricted; only referrals and offers may.", place.name),
              "Take it out, or ask it in a question that is not restricted.");
    }

    void check_action(const Action& action) {
        const TemplateId context = action.around == nowhere ? 0 : action.around;
        if (action.value)
            for (const auto& reference : action.value->expression.references())
                for (const Read& one : resolve(content_, reference, context).values)
                    keep_restricted(action, one.place, "default", "reads");
        // Even that it was answered, and when, is nobody else's.
        if (action.on_value_changed && action.around != nowhere &&
            content_.at(action.target).bind.sensitivity != Sensitivity::restricted)
            keep_restricted(action, action.around, "trigger", "is set when one answers");
    }

    void keep_restricted(const Action& action, TemplateId read, const char* property, const char* how) {
        if (content_.at(read).bind.sensitivity != Sensitivity::restricted)
            return;
        FormFault made;
        made.node = content_.at(action.target).path;
        made.property = property;
        made.diagnostic.code = "restricted-read";
        made.diagnostic.what = fmt::format("{} {}, which is restricted; only referrals and offers may.", how,
                                           content_.at(read).name);
        made.diagnostic.mend = "Take it out, or ask it in a question that is not restricted.";
        faults_.push_back(std::move(made));
    }

    // A calculation may keep what it held before: that is no reading of itself.
    bool own_previous(std::uint32_t vertex, const Read& one) const {
        const Vertex& reader = graph_.vertices[vertex];
        return one.own_step && reader.property == Property::calculate && reader.owner == one.place;
    }

    bool waits(std::uint32_t vertex) const {
        const Vertex& one = graph_.vertices[vertex];
        return one.property == Property::calculate &&
               (content_.at(one.owner).bind.calculate->by_clock_or_chance ||
                std::any_of(reads_[vertex].values.begin(), reads_[vertex].values.end(),
                            [&](const Read& read) { return own_previous(vertex, read); }));
    }

    void connect() {
        for (std::uint32_t vertex = 0; vertex < graph_.vertices.size(); ++vertex) {
            graph_.vertices[vertex].when_shown = waits(vertex);
            for (const Read& one : reads_[vertex].values)
                if (!own_previous(vertex, one))
                    connect_value(vertex, one);
            for (const Read& one : reads_[vertex].structure)
                connect_structure(vertex, one);
            for (const TemplateId repeat : reads_[vertex].positions) {
                insert(graph_.places[repeat].position_readers, vertex);
                edge(graph_.vertex(repeat, Property::count), vertex);
            }
            connect_surroundings(vertex);
        }
        for (const RuleGraph& rule : graph_.rules) {
            edge(rule.when, rule.reason);
            if (rule.quantity != nowhere)
                edge(rule.when, rule.quantity);
        }
        for (auto& to : edges_) {
            std::sort(to.begin(), to.end());
            to.erase(std::unique(to.begin(), to.end()), to.end());
        }
        Ranks ranks = rank(edges_);
        const bool counted = put_counts_last(ranks);
        if (open_relevance_rings(ranks) || counted)
            ranks = rank(edges_);
        for (std::uint32_t vertex = 0; vertex < graph_.vertices.size(); ++vertex)
            graph_.vertices[vertex].rank = ranks.rank[vertex];
        for (const auto& cycle : ranks.cycles)
            refuse(cycle);
    }

    template<class T>
    static void insert(std::vector<T>& into, const T& one) {
        // Reads of one vertex come together, so a double is near the end.
        const auto from = into.end() - std::min<std::ptrdiff_t>(std::ssize(into), 16);
        if (std::find(from, into.end(), one) == into.end())
            into.push_back(one);
    }

    void edge(std::uint32_t from, std::uint32_t to) {
        // What is only shown is never waited for, nor settled.
        if (from != nowhere && !graph_.vertices[to].shown())
            edges_[from].push_back(to);
    }

    void connect_value(std::uint32_t vertex, const Read& one) {
        insert(graph_.places[one.place].value_readers, Reader{vertex, one.shared, readers_++});
        const std::uint32_t calculation = graph_.vertex(one.place, Property::calculate);
        // Another instance of the same question (a running total) is no cycle:
        // instances are settled in their order.
        if (!(calculation == vertex && one.picked))
            edge(calculation, vertex);
        // What is hidden reads as blank, so hiding comes before reading.
        for (TemplateId at = one.place; at != nowhere; at = content_.at(at).parent)
            edge(graph_.vertex(at, Property::relevant), vertex);
    }

    void connect_structure(std::uint32_t vertex, const Read& one) {
        insert(graph_.places[one.place].structure_readers, Reader{vertex, one.shared, readers_++});
        edge(graph_.vertex(one.place, Property::count), vertex);
    }

    void connect_surroundings(std::uint32_t vertex) {
        const Vertex& own = graph_.vertices[vertex];
        for (TemplateId at = own.owner; at != nowhere; at = content_.at(at).parent) {
            const std::uint32_t count = graph_.vertex(at, Property::count);
            if (count != vertex)
                edge(count, vertex);
            // Nothing is counted away while it is hidden.
            const bool counts = own.property == Property::count && at != own.owner;
            if (own.when_shown || counts)
                edge(graph_.vertex(at, Property::relevant), vertex);
        }
    }

    bool put_counts_last(const Ranks& ranks) {
        bool any = false;
        for (const auto& cycle : ranks.cycles)
            for (const std::uint32_t vertex : cycle)
                if (graph_.vertices[vertex].property == Property::count) {
                    graph_.vertices[vertex].late = true;
                    edges_[vertex].clear();
                    any = true;
                }
        return any;
    }

    // Questions that show each other begin hidden and are looked at once in a change,
    // in the order of the form: such forms are in use.
    bool open_relevance_rings(const Ranks& ranks) {
        bool any = false;
        for (const auto& ring : ranks.cycles) {
            const bool only_relevance = std::all_of(ring.begin(), ring.end(), [&](std::uint32_t vertex) {
                return graph_.vertices[vertex].property == Property::relevant;
            });
            if (ring.size() < 2 || !only_relevance)
                continue;
            for (const std::uint32_t vertex : ring) {
                std::erase_if(edges_[vertex], [&](std::uint32_t to) {
                    return to <= vertex && std::binary_search(ring.begin(), ring.end(), to);
                });
            }
            fault(ring.front(), Severity::warning, "relevance-ring",
                  fmt::format("{} and {} are each shown only when the other is answered.",
                              content_.at(graph_.vertices[ring.front()].owner).name,
                              content_.at(graph_.vertices[ring.back()].owner).name),
                  "Let one of them be shown for a reason of its own.");
            any = true;
        }
        return any;
    }

    std::string shown(std::uint32_t vertex) const {
        const Vertex& one = graph_.vertices[vertex];
        return fmt::format("{} ({})", content_.at(one.owner).name, property_name(one.property));
    }

    void refuse(const std::vector<std::uint32_t>& cycle) {
        auto way = way_round(edges_, cycle);
        std::reverse(way.begin(), way.end());  // now each needs the next
        std::string what;
        for (std::size_t i = 0; i + 1 < way.size(); ++i)
            what += fmt::format("{}{} needs {}", i == 0 ? "" : ", ", shown(way[i]), shown(way[i + 1]));
        const bool alone = way.size() <= 2;
        fault(way.front(), Severity::error, "cycle", what + ".",
              alone             ? "It must not look at itself; a calculation may through once()."
              : way.size() == 3 ? "One of the two must not look at the other."
                                : "One of them must not look at the next.");
        for (std::size_t i = 0; i < way.size(); ++i)
            faults_.back().related.emplace_back(node_of(way[i]),
                                                property_name(graph_.vertices[way[i]].property));
    }

    void trace_causes(std::uint32_t rule) {
        RuleGraph& made = graph_.rules[rule];
        std::set<TemplateId> seen;
        std::vector<std::uint32_t> open{made.when};
        while (!open.empty()) {
            const std::uint32_t vertex = open.back();
            open.pop_back();
            for (const Read& one : reads_[vertex].values) {
                if (!seen.insert(one.place).second)
                    continue;
                const Template& place = content_.at(one.place);
                made.restricted |= place.bind.sensitivity == Sensitivity::restricted;
                const std::uint32_t calculation = graph_.vertex(one.place, Property::calculate);
                if (calculation != nowhere)
                    open.push_back(calculation);
                else if (place.control != nowhere)
                    made.causes.push_back(one.place);
            }
        }
        for (const std::uint32_t vertex : {made.reason, made.quantity})
            if (vertex != nowhere)
                for (const Read& one : reads_[vertex].values)
                    made.restricted |= content_.at(one.place).bind.sensitivity == Sensitivity::restricted;
        std::sort(made.causes.begin(), made.causes.end());
    }

    const FormContent& content_;
    std::vector<FormFault>& faults_;
    FormGraph graph_;
    std::uint32_t readers_ = 0;
    std::vector<Reads> reads_;  // by vertex
    std::size_t reads_kept_ = 0;
    std::vector<std::vector<std::uint32_t>> edges_;
};

}  // namespace

FormGraph build_graph(const FormContent& content, std::vector<FormFault>& faults) {
    return GraphBuilder(content, faults).build();
}

}  // namespace doorstep
