#include "forms/definition/compiled.h"

#include <algorithm>
#include <bit>

#include "forms/base/packing.h"
#include "forms/definition/loading.h"
#include "forms/definition/sound.h"
#include "forms/xpath/packed.h"

namespace doorstep {
namespace {

constexpr std::string_view magic{"DSFORM\0\0", 8};
// Of the layout below and of every struct that it names.
constexpr std::uint32_t layout_version = 2;
constexpr std::size_t checksum_size = 8;

// Every step can be turned back, so that one changed word always changes the end.
std::uint64_t checksum(std::string_view bytes) {
    std::uint64_t sum = 0x9e3779b97f4a7c15u ^ bytes.size();
    const auto mix = [&](std::uint64_t word) { sum = std::rotl((sum ^ word) * 0xff51afd7ed558ccdu, 29); };
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, 8);
        mix(word);
    }
    for (; at < bytes.size(); ++at)
        mix(static_cast<std::uint8_t>(bytes[at]));
    return sum ^ (sum >> 32);
}

std::string fixed(std::uint64_t value, std::size_t width) {
    std::string bytes;
    for (std::size_t i = 0; i < width; ++i)
        bytes += static_cast<char>(value >> (8 * i) & 0xff);
    return bytes;
}

std::string head_of(const Sha256& hash) {
    std::string head(magic);
    head += fixed(layout_version, 4);
    head += hash.raw();
    return head;
}

using Syntax = xpath::Expression::Syntax;

// The same expression stands in many places: kept once, and named by number.
class FormPacker final : public PackerOf<FormPacker> {
public:
    std::uint32_t number_of(const xpath::Expression& expression) {
        const auto [at, fresh] =
            numbers_.try_emplace(&expression.syntax(), static_cast<std::uint32_t>(expressions_.size()));
        if (fresh)
            expressions_.push_back(&expression);
        return at->second;
    }
    const std::vector<const xpath::Expression*>& expressions() const { return expressions_; }

private:
    std::unordered_map<const Syntax*, std::uint32_t> numbers_;
    std::vector<const xpath::Expression*> expressions_;
};

class FormUnpacker final : public UnpackerOf<FormUnpacker> {
public:
    FormUnpacker(std::string_view bytes, const std::vector<xpath::Expression>& expressions)
        : UnpackerOf(bytes), expressions_(expressions) {}

    const std::vector<xpath::Expression>& expressions() const { return expressions_; }

private:
    const std::vector<xpath::Expression>& expressions_;
};

const xpath::Expression& blank_expression() {
    static const xpath::Expression blank = std::get<xpath::Expression>(xpath::Expression::parse("''"));
    return blank;
}

}  // namespace

template<>
struct Blank<Formula> {
    static Formula make() { return {blank_expression(), {}, false}; }
};
template<>
struct Blank<Itemset> {
    static Itemset make() { return {Blank<Formula>::make(), Blank<Formula>::make(), {}}; }
};
template<>
struct Blank<Rule> {
    static Rule make() { return {.id = {}, .code = {}, .when = Blank<Formula>::make()}; }
};

void pack(FormPacker& archive, const Formula& formula) {
    const auto& [expression, written, by_clock_or_chance] = formula;
    archive(archive.number_of(expression), by_clock_or_chance);
    // As its author wrote it is mostly as it was parsed.
    archive(expression.text() == written);
    if (expression.text() != written)
        archive(written);
}

void pack(FormUnpacker& archive, Formula& formula) {
    std::uint32_t number = 0;
    bool as_parsed = false;
    archive(number, formula.by_clock_or_chance, as_parsed);
    if (number >= archive.expressions().size()) {
        archive.fail();
        return;
    }
    formula.expression = archive.expressions()[number];
    if (as_parsed)
        formula.written = formula.expression.text();
    else
        archive(formula.written);
}

template<class Archive, Is<Piece> T>
void pack(Archive& archive, T& piece) {
    auto& [text, formula] = piece;
    archive(text, formula);
}

template<class Archive, Is<FormWording> T>
void pack(Archive& archive, T& wording) {
    auto& [by_language, formula] = wording;
    archive(by_language, formula);
}

template<class Archive, Is<Bind> T>
void pack(Archive& archive, T& bind) {
    auto& [type, relevant, readonly, required, calculate, constraint, constraint_message, required_message,
           preload, preload_parameter, sensitivity] = bind;
    archive(type, relevant, readonly, required, calculate, constraint, constraint_message, required_message,
            preload, preload_parameter, sensitivity);
}

template<class Archive, Is<Seed> T>
void pack(Archive& archive, T& seed) {
    auto& [of, text, children, missing] = seed;
    (void)missing;  // of records only
    if constexpr (Archive::reading) {
        if (!archive.deeper())
            archive.fail();
    }
    archive(of, text, children);
    if constexpr (Archive::reading)
        archive.back();
}

template<class Archive, Is<Item> T>
void pack(Archive& archive, T& item) {
    auto& [value, label] = item;
    archive(value, label);
}

template<class Archive, Is<Itemset> T>
void pack(Archive& archive, T& itemset) {
    auto& [nodes, value, label] = itemset;
    archive(nodes, value, label);
}

template<class Archive, Is<Control> T>
void pack(Archive& archive, T& control) {
    auto& [kind, of, label, hint, appearance, media_type, items, itemset, start, end, count, no_add_remove] =
        control;
    archive(kind, of, label, hint, appearance, media_type, items, itemset, start, end, count, no_add_remove);
}

template<class Archive, Is<Action> T>
void pack(Archive& archive, T& action) {
    auto& [on_first_load, on_load, on_new_repeat, on_value_changed, around, target, target_nodes, value,
           literal] = action;
    archive(on_first_load, on_load, on_new_repeat, on_value_changed, around, target, target_nodes, value,
            literal);
}

template<class Archive, Is<Rule> T>
void pack(Archive& archive, T& rule) {
    auto& [id, referral, code, when, reason, quantity, shares, consent, urgency, service] = rule;
    archive(id, referral, code, when, reason, quantity, shares, consent, urgency, service);
}

template<class Archive, Is<Vertex> T>
void pack(Archive& archive, T& vertex) {
    auto& [property, owner, rule, rank, late, when_shown] = vertex;
    archive(property, owner, rule, rank, late, when_shown);
}

template<class Archive, Is<Reader> T>
void pack(Archive& archive, T& reader) {
    auto& [vertex, shared, number] = reader;
    archive(vertex, shared, number);
}

template<class Archive, Is<PlaceGraph> T>
void pack(Archive& archive, T& place) {
    auto& [vertices, value_readers, structure_readers, position_readers] = place;
    archive(vertices, value_readers, structure_readers, position_readers);
}

template<class Archive, Is<RuleGraph> T>
void pack(Archive& archive, T& rule) {
    auto& [when, reason, quantity, causes, restricted] = rule;
    archive(when, reason, quantity, causes, restricted);
}

template<class Archive, Is<FormGraph> T>
void pack(Archive& archive, T& graph) {
    auto& [vertices, places, rules] = graph;
    archive(vertices, places, rules);
}

template<class Archive, Is<Place> T>
void pack(Archive& archive, T& place) {
    auto& [file, sheet, row, column, header] = place;
    archive(file, sheet, row, column, header);
}

template<class Archive, Is<Diagnostic> T>
void pack(Archive& archive, T& diagnostic) {
    auto& [code, severity, place, value, what, why, mend, related] = diagnostic;
    archive(code, severity, place, value, what, why, mend, related);
}

template<class Archive, Is<FormFault> T>
void pack(Archive& archive, T& fault) {
    auto& [node, property, diagnostic, related] = fault;
    archive(node, property, diagnostic, related);
}

namespace {

// Parents stand before their children, so each is made again as it was when it was read.
void pack_templates(FormPacker& archive, const FormContent& content) {
    archive.number(content.templates.size());
    for (const Template& one : content.templates) {
        const auto& [parent, name_space, name, prefix, path, attribute, repeat, slot, children, bind, control,
                     elements] = one;
        (void)path, (void)slot, (void)children, (void)elements;
        archive(parent, name_space, name, prefix, attribute, repeat, bind, control);
    }
}

void unpack_templates(FormUnpacker& archive, FormContent& content) {
    const std::size_t size = archive.count();
    for (std::size_t i = 0; i < size && archive.ok(); ++i) {
        Template one;
        archive(one.parent, one.name_space, one.name, one.prefix, one.attribute);
        if ((i == 0) != (one.parent == nowhere) || (i > 0 && one.parent >= i)) {
            archive.fail();
            return;
        }
        Template& made = content.templates[content.add(std::move(one))];
        archive(made.repeat, made.bind, made.control);
    }
}

// In the order of the keys, so that one form always gives the same bytes.
template<class Map>
void pack_map(FormPacker& archive, const Map& map) {
    std::vector<const typename Map::value_type*> entries;
    for (const auto& entry : map)
        entries.push_back(&entry);
    std::sort(entries.begin(), entries.end(),
              [](const auto* left, const auto* right) { return left->first < right->first; });
    archive.number(entries.size());
    for (const auto* entry : entries)
        archive(entry->first, entry->second);
}

template<class Map>
void unpack_map(FormUnpacker& archive, Map& map) {
    const std::size_t size = archive.count();
    for (std::size_t i = 0; i < size && archive.ok(); ++i) {
        typename Map::key_type key{};
        archive(key);
        archive(map[std::move(key)]);
    }
}

void pack_lists(FormPacker& archive, const FormContent& content) {
    std::vector<std::string_view> ids(content.secondary.size());
    for (const auto& [id, number] : content.secondary_by_id)
        ids[number] = id;
    archive.number(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        Packer list;
        content.secondary[i]->pack_into(list);
        archive(std::string(ids[i]), content.secondary[i]->source, list.bytes());
    }
}

bool unpack_lists(FormUnpacker& archive, const FormAttachments& attachments, FormContent& content) {
    const std::size_t size = archive.count();
    for (std::size_t i = 0; i < size && archive.ok(); ++i) {
        std::string id;
        std::string source;
        std::string bytes;
        archive(id, source, bytes);
        std::unique_ptr<SecondaryInstance> list;
        if (source.empty()) {
            Unpacker inner(bytes);
            list = SecondaryInstance::unpack(inner);
        } else if (attachments) {
            // Files beside the form may have changed since.
            if (const auto rows = attachments(source))
                if (auto outside = outside_list(*rows))
                    list = std::move(*outside);
        }
        if (!list || !content.secondary_by_id.emplace(id, static_cast<std::uint32_t>(i)).second)
            return false;
        list->source = std::move(source);
        content.secondary.push_back(std::move(list));
    }
    return archive.ok();
}

void pack_content(FormPacker& archive, const FormContent& content) {
    const auto& [id, version, title, privacy_version, languages, default_language, name_spaces,
                 root_name_space, templates, beginning, new_instance, controls, actions, rules, itext,
                 secondary, secondary_by_id, paths, by_parent_and_name] = content;
    (void)templates, (void)secondary, (void)secondary_by_id, (void)paths, (void)by_parent_and_name;
    archive(id, version, title, privacy_version, languages, default_language, name_spaces, root_name_space);
    pack_templates(archive, content);
    archive(beginning, controls, actions, rules);
    pack_map(archive, new_instance);
    pack_map(archive, itext);
    pack_lists(archive, content);
}

bool unpack_content(FormUnpacker& archive, const FormAttachments& attachments, FormContent& content) {
    archive(content.id, content.version, content.title, content.privacy_version, content.languages,
            content.default_language, content.name_spaces, content.root_name_space);
    unpack_templates(archive, content);
    archive(content.beginning, content.controls, content.actions, content.rules);
    unpack_map(archive, content.new_instance);
    unpack_map(archive, content.itext);
    return unpack_lists(archive, attachments, content);
}

std::optional<std::vector<xpath::Expression>> unpack_expressions(std::string_view bytes) {
    Unpacker archive(bytes);
    const std::size_t size = archive.count();
    std::vector<xpath::Expression> all;
    for (std::size_t i = 0; i < size; ++i) {
        auto one = xpath::unpack_expression(archive);
        if (!one)
            return std::nullopt;
        all.push_back(std::move(*one));
    }
    return archive.ok() && archive.at_end() ? std::optional(std::move(all)) : std::nullopt;
}

}  // namespace

std::string pack_form(const LoadedForm& form) {
    FormPacker rest;
    pack_content(rest, form.content);
    rest(form.graph, form.warnings);
    Packer expressions;
    expressions.number(rest.expressions().size());
    for (const xpath::Expression* one : rest.expressions())
        expressions(*one);
    std::string bytes = head_of(form.hash);
    bytes += fixed(expressions.bytes().size(), 8);
    bytes += expressions.bytes();
    bytes += rest.bytes();
    return bytes + fixed(checksum(bytes), checksum_size);
}

bool unpack_form(std::string_view bytes, const Sha256& hash, const FormAttachments& attachments,
                 LoadedForm& into) {
    const std::string head = head_of(hash);
    constexpr std::size_t size_width = 8;
    if (bytes.size() < head.size() + size_width + checksum_size || !bytes.starts_with(head))
        return false;
    const std::string_view covered = bytes.substr(0, bytes.size() - checksum_size);
    if (bytes.substr(covered.size()) != fixed(checksum(covered), checksum_size))
        return false;
    std::string_view rest = covered.substr(head.size());
    std::uint64_t size = 0;
    for (std::size_t i = 0; i < size_width; ++i)
        size |= std::uint64_t{static_cast<std::uint8_t>(rest[i])} << (8 * i);
    rest.remove_prefix(size_width);
    if (size > rest.size())
        return false;
    const auto expressions = unpack_expressions(rest.substr(0, size));
    if (!expressions)
        return false;
    FormUnpacker archive(rest.substr(size), *expressions);
    if (!unpack_content(archive, attachments, into.content))
        return false;
    archive(into.graph, into.warnings);
    into.hash = hash;
    return archive.ok() && archive.at_end() && is_sound(into.content, into.graph);
}

}  // namespace doorstep
