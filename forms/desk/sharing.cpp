#include "forms/desk/sharing.h"

#include <fmt/format.h>

#include <algorithm>

#include "forms/definition/content.h"
#include "forms/definition/graph.h"

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

SharedField field(const FormContent& content, const std::string& name) {
    const Template* place = named(content, name);
    if (place == nullptr)
        return {name, "", Sensitivity::ordinary};
    const std::string label =
        place->control == nowhere ? "" : in_english(content, content.controls[place->control].label);
    return {name, label.empty() && place->bind.calculate ? "worked out from other answers" : label,
            place->bind.sensitivity};
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
void wrap(const std::string& text, std::size_t width, std::vector<std::string>& lines) {
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
}

constexpr std::size_t columns = 5;
constexpr std::size_t widths[columns] = {28, 22, 16, 38, 42};
using Cells = std::vector<std::string>[columns];

std::string printed(const Cells& cells) {
    std::size_t height = 0;
    for (const auto& lines : cells)
        height = std::max(height, lines.size());
    std::string out;
    for (std::size_t row = 0; row < height; ++row) {
        std::string line;
        std::size_t filled = 0;
        for (std::size_t column = 0, at = 0; column < columns; at += widths[column] + 2, ++column) {
            if (row >= cells[column].size())
                continue;
            line += std::string(at > filled ? at - filled : 0, ' ') + cells[column][row];
            filled = std::max(at, filled) + letters(cells[column][row]);
        }
        out += line + "\n";
    }
    return out;
}

std::string printed(const Sharing& rule) {
    Cells cells;
    wrap(fmt::format("{} ({})", rule.agency_name, rule.agency), widths[0], cells[0]);
    wrap(rule.service.empty() ? "-" : rule.service_name, widths[1], cells[1]);
    wrap(word(rule.consent), widths[2], cells[2]);
    wrap(word(rule.urgency), widths[2], cells[2]);
    wrap(rule.reason, widths[3], cells[3]);
    if (rule.restricted)
        wrap("(officer's page: goes to the safeguarding lead first)", widths[3], cells[3]);
    for (const SharedField& one : rule.fields) {
        const std::string mark = one.sensitivity == Sensitivity::ordinary ? "" : ", " + word(one.sensitivity);
        wrap(one.label.empty() ? one.name + mark : fmt::format("{} ({}{})", one.label, one.name, mark),
             widths[4], cells[4]);
    }
    if (rule.fields.empty())
        wrap(std::string(nothing_more), widths[4], cells[4]);
    return printed(cells);
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
           "receives only the answers named in the last column of its rule.\n\n";
    Cells heads{{"Agency"}, {"Service"}, {"Consent, urgency"}, {"Reason"}, {"Answers shared"}};
    out += printed(heads);
    std::size_t wide = 2 * (columns - 1);
    for (const std::size_t width : widths)
        wide += width;
    for (const Sharing& rule : rules)
        out += std::string(wide, '-') + "\n" + printed(rule);
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
