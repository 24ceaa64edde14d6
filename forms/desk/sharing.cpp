#include "forms/desk/sharing.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "forms/definition/content.h"
#include "forms/definition/graph.h"
#include "forms/definition/resolve.h"

namespace doorstep {
namespace {

constexpr std::string_view nothing_more = "address, service and reason only";

// " /data/people/age " -> "[age]": an answer, whatever it will be.
std::string shown_answer(const Formula& formula) {
    std::string_view text = formula.written;
    while (text.ends_with(' '))
        text.remove_suffix(1);
    const std::size_t slash = text.rfind('/');
    const std::string_view name = slash == std::string_view::npos ? text : text.substr(slash + 1);
    const bool plain = name.find_first_of("()[]=<>+* ") == std::string_view::npos;
    return plain ? fmt::format("[{}]", name) : "[calculated]";
}

std::size_t english(const FormContent& content) {
    for (std::size_t i = 0; i < content.languages.size(); ++i)
        if (content.languages[i].starts_with("English") || content.languages[i] == "en" ||
            content.languages[i].find("(en)") != std::string::npos)
            return i;
    return content.language_index(content.default_language);
}

std::string in_english(const FormContent& content, const FormWording& wording) {
    if (wording.formula)
        return shown_answer(*wording.formula);
    if (wording.by_language.empty())
        return {};
    const bool one = wording.by_language.size() == 1 || content.languages.empty();
    std::string text;
    for (const Piece& piece : wording.by_language[one ? 0 : english(content)])
        text += piece.formula ? shown_answer(*piece.formula) : piece.text;
    std::replace(text.begin(), text.end(), '\n', ' ');
    const std::size_t begin = text.find_first_not_of(' ');
    const std::size_t end = text.find_last_not_of(' ');
    return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

// A question before a place of the same name that nobody sees.
const Template* named(const FormContent& content, const std::string& name) {
    const Template* found = nullptr;
    for (const Template& one : content.templates)
        if (one.name == name && !one.attribute &&
            (found == nullptr || (found->control == nowhere && one.control != nowhere)))
            found = &one;
    return found;
}

// A calculation is as sensitive as what it is worked out from.
Sensitivity strictest(const FormContent& content, TemplateId id, std::set<TemplateId>& seen) {
    const Bind& bind = content.at(id).bind;
    Sensitivity most = bind.sensitivity;
    if (!bind.calculate || !seen.insert(id).second)
        return most;
    for (const auto& reference : bind.calculate->expression.references())
        for (const Read& one : resolve(content, reference, id).values)
            most = std::max(most, strictest(content, one.place, seen));
    return most;
}

SharedField field(const FormContent& content, const std::string& name) {
    const Template* place = named(content, name);
    if (place == nullptr)
        return {name, "", Sensitivity::ordinary};
    std::set<TemplateId> seen;
    const std::string label =
        place->control == nowhere ? "" : in_english(content, content.controls[place->control].label);
    return {name, label.empty() && place->bind.calculate ? "worked out from other answers" : label,
            strictest(content, static_cast<TemplateId>(place - content.templates.data()), seen)};
}

std::string word(Consent consent) {
    return consent == Consent::yes ? "agreement" : "agreement, or a lawful reason recorded";
}

std::string word(Urgency urgency) {
    return urgency == Urgency::today ? "today" : urgency == Urgency::soon ? "soon" : "routine";
}

std::string word(Sensitivity sensitivity) {
    return sensitivity == Sensitivity::restricted  ? "restricted"
           : sensitivity == Sensitivity::sensitive ? "sensitive"
                                                   : "ordinary";
}

std::size_t letters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Words on lines of at most `width` letters; a longer word stands alone.
std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
    std::vector<std::string> lines;
    std::string line;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        const std::string word = text.substr(at, end - at);
        if (!line.empty() && letters(line) + 1 + letters(word) > width) {
            lines.push_back(std::move(line));
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
        at = end + 1;
    }
    if (!line.empty())
        lines.push_back(std::move(line));
    return lines;
}

constexpr std::size_t page_width = 100;
constexpr std::size_t margin = 4;      // of what belongs to a rule
constexpr std::size_t mark_width = 4;  // of a rule's number, and of the marks below it
constexpr std::size_t most_marks = 12;

std::string indented(const std::string& text) {
    std::string out;
    for (const std::string& line : wrapped(text, page_width - margin))
        out += std::string(margin, ' ') + line + "\n";
    return out;
}

using Rules = std::vector<const Sharing*>;  // of one agency

// " 3  You are worried about burglary." and, below it, on which terms.
std::string numbered(std::size_t number, const Sharing& rule) {
    std::string out = indented(rule.reason);
    const std::string label = fmt::format("{:>2}", number);
    out.replace(0, std::min(out.size(), label.size()), label);
    out += indented(fmt::format("{}; {}; {}", rule.service.empty() ? "no service named" : rule.service_name,
                                word(rule.consent), word(rule.urgency)));
    if (rule.restricted)
        out += indented("from the officer's page: goes to the safeguarding lead first");
    return rule.fields.empty() ? out + indented(std::string(nothing_more)) : out;
}

std::string field_text(const SharedField& field) {
    const std::string mark = field.sensitivity == Sensitivity::ordinary ? "" : ", " + word(field.sensitivity);
    return field.label.empty() ? field.name + mark : fmt::format("{} ({}{})", field.label, field.name, mark);
}

// Which answers go with which of the rules `first` to `end`: a line each, a mark a rule.
std::string marked(const Rules& rules, std::size_t first, std::size_t end) {
    std::vector<std::pair<SharedField, std::string>> lines;
    std::string heads;
    for (std::size_t i = first; i < end; ++i) {
        heads += fmt::format("{:>{}}", i + 1, mark_width);
        for (const SharedField& field : rules[i]->fields) {
            auto at = std::find_if(lines.begin(), lines.end(),
                                   [&](const auto& one) { return one.first.name == field.name; });
            if (at == lines.end())
                at = lines.insert(lines.end(), {field, std::string((end - first) * mark_width, ' ')});
            at->second[(i - first + 1) * mark_width - 1] = 'x';
        }
    }
    if (lines.empty())
        return {};
    const std::size_t width = page_width - margin - heads.size();
    const auto line = [&](const std::string& text, const std::string& marks) {
        std::string out(margin, ' ');
        out += text + std::string(width > letters(text) ? width - letters(text) : 0, ' ') + marks;
        return out.substr(0, out.find_last_not_of(' ') + 1) + "\n";
    };
    std::string out = "\n" + line("Answers that go with it", heads);
    for (const auto& [field, marks] : lines) {
        const auto texts = wrapped(field_text(field), width);
        for (std::size_t i = 0; i < texts.size(); ++i)
            out += line(texts[i], i == 0 ? marks : "");
    }
    return out;
}

std::string printed(const Rules& rules) {
    const Sharing& agency = *rules.front();
    const std::string head = fmt::format("{} ({})", agency.agency_name, agency.agency);
    std::string out = "\n" + head + "\n" + std::string(letters(head), '=') + "\n";
    const std::string agreement =
        agency.agreement_reference.empty() ? "" : "sharing agreement " + agency.agreement_reference;
    if (const std::string& basis = agency.lawful_basis; !basis.empty() || !agreement.empty())
        out += indented(basis + (basis.empty() || agreement.empty() ? "" : "; ") + agreement);
    for (std::size_t i = 0; i < rules.size(); ++i)
        out += numbered(i + 1, *rules[i]);
    for (std::size_t first = 0; first < rules.size(); first += most_marks)
        out += marked(rules, first, std::min(first + most_marks, rules.size()));
    return out;
}

// A text that a spreadsheet would compute is written as text.
std::string csv_cell(std::string text) {
    if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
        text.insert(text.begin(), '\'');
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string csv_row(const std::vector<std::string>& cells) {
    std::string row;
    for (std::size_t i = 0; i < cells.size(); ++i)
        row += (i == 0 ? "" : ",") + csv_cell(cells[i]);
    return row + "\r\n";
}

}  // namespace

std::vector<Sharing> sharing_of(const FormDefinition& form, const Directory& directory) {
    const FormContent& content = form.content();
    std::vector<Sharing> all;
    for (std::size_t i = 0; i < content.rules.size(); ++i) {
        const Rule& rule = content.rules[i];
        if (!rule.referral)
            continue;
        Sharing one{.rule = rule.id,
                    .agency = rule.code,
                    .agency_name = rule.code,
                    .service = rule.service,
                    .service_name = rule.service,
                    .consent = rule.consent,
                    .urgency = rule.urgency,
                    .reason = in_english(content, rule.reason),
                    .restricted = form.graph().rules[i].restricted};
        if (const Agency* agency = directory.agency(rule.code)) {
            one.agency_name = agency->label;
            one.lawful_basis = agency->lawful_basis;
            one.agreement_reference = agency->agreement_reference;
            if (const Service* service = agency->service(rule.service))
                one.service_name = service->label;
        }
        for (const std::string& name : rule.shares)
            one.fields.push_back(field(content, name));
        all.push_back(std::move(one));
    }
    return all;
}

std::string sharing_table(const FormDefinition& form, const std::vector<Sharing>& rules) {
    std::string out =
        fmt::format("{}, version {}{}\n", form.title().empty() ? form.id() : form.title(),
                    form.version().empty() ? "not given" : form.version(),
                    form.privacy_version().empty() ? "" : ", privacy wording " + form.privacy_version());
    if (rules.empty())
        return out + "\nThis form refers to no agency: nothing is shared.\n";
    out += "\nEvery referral carries the address, the service and the reason. Beyond that an agency\n"
           "receives only the answers marked x under the number of the rule.\n";
    std::vector<Rules> agencies;  // as the form first names them
    for (const Sharing& rule : rules) {
        auto at = std::find_if(agencies.begin(), agencies.end(),
                               [&](const Rules& one) { return one.front()->agency == rule.agency; });
        if (at == agencies.end())
            at = agencies.insert(agencies.end(), Rules{});
        at->push_back(&rule);
    }
    for (const Rules& of_one : agencies)
        out += printed(of_one);
    return out;
}

std::string sharing_csv(const std::vector<Sharing>& rules) {
    std::string out =
        csv_row({"agency", "agency_name", "service", "service_name", "consent", "urgency", "rule", "reason",
                 "field", "field_label", "sensitivity", "lawful_basis", "agreement_reference"});
    for (const Sharing& rule : rules) {
        const auto add = [&](const std::string& name, const std::string& label,
                             const std::string& sensitivity) {
            out +=
                csv_row({rule.agency, rule.agency_name, rule.service, rule.service_name,
                         rule.consent == Consent::yes ? "yes" : "safeguarding", word(rule.urgency), rule.rule,
                         rule.reason, name, label, sensitivity, rule.lawful_basis, rule.agreement_reference});
        };
        for (const SharedField& one : rule.fields)
            add(one.name, one.label, word(one.sensitivity));
        if (rule.fields.empty())
            add("", std::string(nothing_more), "");
    }
    return out;
}

}  // namespace doorstep
