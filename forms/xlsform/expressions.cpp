#include "forms/xlsform/expressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "forms/xpath/expression.h"

namespace doorstep::xlsform {
namespace {

constexpr std::size_t most_externals = 500;

const xpath::Namespaces& namespaces() {
    static const xpath::Namespaces known{
        {"h", "http://www.w3.org/1999/xhtml"},
        {"jr", "http://openrosa.org/javarosa"},
        {"orx", "http://openrosa.org/xforms"},
        {"odk", "http://www.opendatakit.org/xforms"},
        {"ev", "http://www.w3.org/2001/xml-events"},
        {"xsd", "http://www.w3.org/2001/XMLSchema"},
        {"entities", "http://www.opendatakit.org/xforms/entities"},
    };
    return known;
}

// For the nearest name only; what exists is known to the parser.
const std::vector<std::string>& function_names() {
    static const std::vector<std::string> names{"selected",
                                                "selected-at",
                                                "count-selected",
                                                "jr:choice-name",
                                                "if",
                                                "coalesce",
                                                "once",
                                                "concat",
                                                "join",
                                                "string-length",
                                                "substr",
                                                "contains",
                                                "starts-with",
                                                "ends-with",
                                                "substring-before",
                                                "substring-after",
                                                "normalize-space",
                                                "translate",
                                                "regex",
                                                "int",
                                                "number",
                                                "string",
                                                "boolean",
                                                "round",
                                                "sum",
                                                "count",
                                                "count-non-empty",
                                                "min",
                                                "max",
                                                "abs",
                                                "today",
                                                "now",
                                                "date",
                                                "date-time",
                                                "format-date",
                                                "format-date-time",
                                                "decimal-date-time",
                                                "not",
                                                "true",
                                                "false",
                                                "boolean-from-string",
                                                "position",
                                                "indexed-repeat",
                                                "instance",
                                                "current",
                                                "pulldata",
                                                "uuid",
                                                "random",
                                                "randomize",
                                                "jr:itext",
                                                "checklist",
                                                "weighted-checklist",
                                                "digest",
                                                "pow",
                                                "log",
                                                "sqrt",
                                                "exp",
                                                "pi",
                                                "area",
                                                "distance",
                                                "floor",
                                                "ceiling",
                                                "last",
                                                "name",
                                                "substring"};
    return names;
}

std::size_t byte_of(std::string_view text, std::size_t character) {
    std::size_t at = 0;
    for (std::size_t i = 1; i < character && at < text.size(); ++i)
        for (++at; at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;)
            ++at;
    return at;
}

std::size_t character_of(std::string_view text, std::size_t byte) {
    std::size_t character = 1;
    for (std::size_t at = 0; at < std::min(byte, text.size()); ++at)
        if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80)
            ++character;
    return character;
}

// The author's text up to and with the word at `at`; the ends of a long one give way.
std::string excerpt(const std::string& text, std::size_t at) {
    std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
    end = std::min(end, at + 24);
    std::size_t begin = at > 40 ? text.find(' ', at - 40) : 0;
    begin = begin == std::string::npos || begin > at ? at : begin;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        ++end;
    return (begin > 0 ? "..." : "") + text.substr(begin, end - begin) + (end < text.size() ? " ..." : "");
}

// What the parser expects, in the words of somebody who writes sheets.
std::string expected_words(const xpath::SyntaxError& error) {
    if (error.expected == "a value, a path or a function")
        return "; expected a number, a text in quotes, a ${question} or a function";
    constexpr std::string_view operators = "and, or, or an operator";
    if (error.expected == operators)
        return "; expected \"and\", \"or\", or a sign such as = or <";
    if (error.expected.starts_with(operators))
        return "; expected \"and\", \"or\", a sign such as = or <" + error.expected.substr(operators.size());
    if (!error.expected.empty())
        return "; expected " + error.expected;
    return error.what.empty() ? "" : "; " + error.what;
}

// The way out: the parser's own, a sign of another program put right, or an example.
std::string syntax_mend(const xpath::SyntaxError& error, std::string_view text, std::size_t at) {
    if (!error.mend.empty())
        return error.mend + ".";
    for (const auto& [wrong, right] :
         {std::pair("==", "="), std::pair("<>", "!="), std::pair("=<", "<="), std::pair("=>", ">=")}) {
        const std::size_t from = at == 0 ? 0 : at - 1;
        if (text.substr(from, 2) == wrong || text.substr(at, 2) == wrong)
            return fmt::format("{} -> {}.", wrong, right);
    }
    if (error.found == ")")
        return "take this bracket out, or open it before with (.";
    if (at >= text.size() && error.expected.ends_with(" )"))
        return "close the bracket with ).";
    return at >= text.size()
               ? "write to its end what is compared, for example ${age} > 5."
               : "correct it there; a whole one is for example ${age} > 5 and ${smoker} = 'yes'.";
}

void report_syntax(const xpath::SyntaxError& error, const Written& cell, const Rewritten& rewritten,
                   Form& form) {
    const std::size_t at = rewritten.author_offset(byte_of(rewritten.text, error.character));
    const std::string mend = syntax_mend(error, cell.text, at);
    const std::string expected = expected_words(error);
    if (at >= cell.text.size())
        form.error("syntax", cell,
                   fmt::format("the expression is not finished: \"{}\"{}.",
                               excerpt(cell.text, cell.text.size()), expected),
                   "", mend);
    else
        form.error("syntax", cell,
                   fmt::format("the expression stops at character {}: \"{}\"{}.", character_of(cell.text, at),
                               excerpt(cell.text, at), expected),
                   "", mend);
}

std::string arguments_wanted(const xpath::FunctionUse& use) {
    constexpr std::size_t many = 100;
    const std::string least = use.least == 1 ? "one value" : fmt::format("{} values", use.least);
    if (use.most == 0)
        return "leave the brackets empty.";
    if (use.least == use.most)
        return fmt::format("write {} between its brackets{}.", least,
                           use.least > 1 ? ", separated by commas" : "");
    if (use.most > many)
        return fmt::format("write at least {} between its brackets, separated by commas.", least);
    return fmt::format("write {} to {} values between its brackets, separated by commas.", use.least,
                       use.most);
}

void check_functions(const xpath::Expression& expression, const Written& cell, const Rewritten& rewritten,
                     Form& form) {
    for (const xpath::FunctionUse& use : expression.functions()) {
        const std::size_t at =
            character_of(cell.text, rewritten.author_offset(byte_of(rewritten.text, use.character)));
        if (!use.known) {
            const std::string_view near = nearest(use.name, function_names());
            form.error("unknown-function", cell,
                       fmt::format("there is no function {}() (character {}).", use.name, at), "",
                       near.empty()
                           ? std::string("write one that is known, for example selected(), if() or count().")
                           : fmt::format("{} -> {}.", use.name, near));
        } else if (!use.arity_ok) {
            form.error("arguments", cell,
                       fmt::format("{}() cannot be used with {} argument{} (character {}).", use.name,
                                   use.arguments, use.arguments == 1 ? "" : "s", at),
                       "", arguments_wanted(use));
        } else if (!use.pattern_fault.empty()) {
            form.error("bad-pattern", cell, fmt::format("regex() (character {}): {}.", at, use.pattern_fault),
                       "", use.pattern_mend + ".");
        }
    }
}

// sum() over answers that may stay blank: blanks count as 0 here.
void check_sums(const Written& cell, Form& form) {
    for (const Reference& reference : references_in(cell.text)) {
        if (reference.function != "sum" || !reference.whole_argument)
            continue;
        const auto found = form.by_name.find(reference.name);
        if (found == form.by_name.end())
            continue;
        const Item& item = *found->second;
        const bool always =
            item.row.cell("calculation") != nullptr || item.row.cell("default") != nullptr ||
            yes_or_no(item.row.text("required")).value_or(item.row.cell("required") != nullptr);
        if (!always && !item.is_group())
            form.warning(
                "sum-over-blanks", cell,
                fmt::format("sum(${{{0}}}): {0} (row {1}) is not required; blanks count as 0 here, other "
                            "tools may show nothing.",
                            item.name, item.row.number),
                "", fmt::format("write yes under required in row {}, or leave it so.", item.row.number),
                {item.row.place});
    }
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-' ||
           c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

// "2022-03-14", "01:02:55+10:00", "-12.5": nothing to compute in them.
bool is_date_or_number(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_digit(c) || c == '-' || c == '+' || c == ':' || c == '.' || c == 'T' || c == 'Z';
    }) && (is_digit(text[0]) || (text.size() > 1 && text[0] == '-' && is_digit(text[1])));
}

// A call, a predicate or a reference: whoever writes one means an expression.
bool looks_computed(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i).starts_with("${"))
            return true;
        if ((text[i] == '(' || text[i] == '[') && i > 0 && is_name_char(text[i - 1]))
            return true;
    }
    return false;
}

// An operator outside quotes and outside words; a minus inside "f-4" is part of a name.
bool has_operator(std::string_view text, bool dated) {
    char mark = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (mark != 0 || c == '\'' || c == '"') {
            mark = mark == 0 ? c : c == mark ? '\0' : mark;
            continue;
        }
        const bool in_word = i > 0 && is_name_char(text[i - 1]);
        if (c == '*' || c == '|' || (c == '+' && !dated) || (c == '-' && !dated && !in_word && !(i == 0)))
            return true;
        if (text.substr(i).starts_with(" mod ") || text.substr(i).starts_with(" div "))
            return true;
    }
    return false;
}

}  // namespace

bool parses(const std::string& xpath) {
    return std::holds_alternative<xpath::Expression>(xpath::Expression::parse(xpath, namespaces()));
}

void check_restricted(const Written& cell, const std::vector<const Item*>& reads, const Item* reader,
                      Form& form) {
    for (const Item* item : reads)
        if (item->sensitive == "restricted" && item != reader)
            form.error(
                "restricted-read", cell,
                fmt::format("reads ${{{}}}, which is restricted; only referrals and offers may.", item->name),
                "", "take it out, or ask in a question that is not restricted.", {item->row.place});
}

Expressed express(const Written& cell, const Viewpoint& from, Form& form, bool rule) {
    const Rewritten rewritten = rewrite(cell, from, form);
    if (!rule)
        check_restricted(cell, rewritten.reads, from.context, form);
    Expressed result{rewritten.text, rewritten.reads, false};
    const std::size_t before = form.found.size();
    const auto parsed = xpath::Expression::parse(rewritten.text, namespaces());
    if (const auto* error = std::get_if<xpath::SyntaxError>(&parsed))
        report_syntax(*error, cell, rewritten, form);
    else
        check_functions(*std::get_if<xpath::Expression>(&parsed), cell, rewritten, form);
    check_sums(cell, form);
    note_pulldata(cell, form);
    result.good = rewritten.complete &&
                  std::none_of(form.found.begin() + static_cast<std::ptrdiff_t>(before), form.found.end(),
                               [](const Diagnostic& one) { return one.severity == Severity::error; });
    // The form is refused; what is broken reads nothing, so that no later check takes
    // it for a cycle.
    if (!result.good)
        result.text = "''";
    return result;
}

std::string expression_at(const Item& item, std::string_view property, const Written& cell,
                          const Viewpoint& from, Form& form) {
    form.origins[fmt::format("{}#{}", item.path, property)] = cell.place;
    return express(cell, from, form).text;
}

bool is_dynamic_default(const std::string& text, std::string_view type) {
    if (text.empty())
        return false;
    if (looks_computed(text))
        return true;
    constexpr std::array dated_types =
        std::to_array<std::string_view>({"date", "dateTime", "time", "geopoint", "geotrace", "geoshape"});
    const bool dated = std::find(dated_types.begin(), dated_types.end(), type) != dated_types.end();
    // Beyond pyxform: words that happen to hold a '*' or a dash are words.
    return !is_date_or_number(text) && has_operator(text, dated) && parses(text);
}

void add_external(const std::string& id, const std::string& source, const Written& cell, Form& form,
                  bool attached) {
    if (form.externals.size() > most_externals) {
        form.error("too-large", cell, fmt::format("the form reads more than {} files.", most_externals), "",
                   "join some of them.");
        return;
    }
    const auto twin = std::find_if(form.externals.begin(), form.externals.end(),
                                   [&](const ExternalInstance& one) { return one.id == id; });
    if (twin == form.externals.end()) {
        form.externals.push_back({id, source, attached});
        form.origins.emplace(fmt::format("instance:{}#src", id), cell.place);
    } else if (twin->source != source) {
        form.error("instance-twice", cell,
                   fmt::format("\"{}\" would be read both from {} and from {}.", id, twin->source, source),
                   "", "rename one of the two files.");
    }
    if (form.list(id) != nullptr)
        form.error("instance-twice", cell,
                   fmt::format("\"{}\" is a file here and a list on the choices sheet.", id), "",
                   "rename the file or the list.");
}

void note_pulldata(const Written& cell, Form& form) {
    const std::string& text = cell.text;
    for (std::size_t at = text.find("pulldata("); at != std::string::npos;
         at = text.find("pulldata(", at + 1)) {
        const std::size_t open = text.find_first_not_of(' ', at + 9);
        if (open == std::string::npos || (text[open] != '\'' && text[open] != '"'))
            continue;
        const std::size_t close = text.find(text[open], open + 1);
        if (close == std::string::npos)
            continue;
        const std::string file = text.substr(open + 1, close - open - 1);
        add_external(file, "jr://file-csv/" + file + ".csv", cell, form, false);
    }
}

}  // namespace doorstep::xlsform
