#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "forms/xlsform/expressions.h"
#include "forms/xlsform/headers.h"
#include "forms/xlsform/model.h"
#include "forms/xlsform/rule_checks.h"

namespace doorstep::xlsform {
namespace {

std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : text + " ") {
        if (c != ' ' && c != ',' && c != '\n' && c != '\t') {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    return words;
}

template<class Entries>
std::vector<std::string> codes_of(const Entries& entries) {
    std::vector<std::string> codes;
    for (const auto& one : entries)
        codes.push_back(one.code);
    return codes;
}

std::string some_of(const std::vector<std::string>& codes) {
    constexpr std::size_t shown = 8;
    const std::vector<std::string> first(
        codes.begin(), codes.begin() + static_cast<std::ptrdiff_t>(std::min(shown, codes.size())));
    return joined(first, ", ") + (codes.size() > shown ? " ..." : "");
}

// One of the two sheets, row by row.
class RuleReader {
public:
    RuleReader(const Sheet& sheet, bool referrals, Form& form, Output& output, Xml& xml)
        : sheet_(sheet), referrals_(referrals), form_(form), output_(output), xml_(xml) {}

    void read() {
        columns_ = read_headers(sheet_, referrals_ ? SheetKind::referrals : SheetKind::offers, form_);
        const std::string code = referrals_ ? "agency" : "offer";
        for (const std::string& needed : {code, std::string("when")})
            if (column_of(columns_, needed) == nullptr) {
                report_missing_column(
                    sheet_, needed,
                    referrals_ ? "a referrals sheet has the columns agency, when, reason and shares."
                               : "an offers sheet has the columns offer, when and reason.",
                    form_);
                return;
            }
        for (const Row& row : sheet_.rows)
            if (!row.cells.empty())
                read_rule(read_entry(sheet_, row, columns_, false, form_));
    }

private:
    void read_rule(Entry row) {
        Rule rule;
        rule.referral = referrals_;
        rule.row = std::move(row);
        const std::string column = referrals_ ? "agency" : "offer";
        rule.code = rule.row.text(column);
        if (rule.code.empty())
            form_.error("missing-" + column, place(rule.row, column), "empty.", "",
                        referrals_ ? "Write the agency that is suggested."
                                   : "Write the offer that is suggested.");
        else if (referrals_)
            check_agency(rule);
        else
            check_offer(rule);
        const int number = ++numbers_[rule.code];
        rule.id = number == 1 ? rule.code : fmt::format("{}-{}", rule.code, number);
        read_when(rule);
        if (referrals_)
            read_referral(rule);
        else
            read_quantity(rule);
        read_reason(rule);
        report_same_rule(rule);
        write(rule);
    }

    std::string key(const Rule& rule, std::string_view property) const {
        return fmt::format("{}:{}#{}", referrals_ ? "referral" : "offer", rule.id, property);
    }

    void check_agency(const Rule& rule) {
        if (form_.options.directory == nullptr)
            return;
        const Written& cell = *rule.row.cell("agency");
        const Agency* agency = form_.options.directory->agency(rule.code);
        if (agency == nullptr) {
            const auto codes = codes_of(form_.options.directory->agencies);
            const std::string_view near = nearest(rule.code, codes);
            form_.error("unknown-agency", cell,
                        fmt::format("\"{}\" is not in the agency directory.", rule.code), "",
                        near.empty() ? fmt::format("write one that is there: {}.", some_of(codes))
                                     : fmt::format("Did you mean \"{}\"?", near));
        } else {
            check_valid(rule.code, agency->valid, cell);
        }
    }

    void check_offer(const Rule& rule) {
        if (form_.options.directory == nullptr)
            return;
        const Written& cell = *rule.row.cell("offer");
        const OfferKind* offer = form_.options.directory->offer(rule.code);
        if (offer == nullptr) {
            const auto codes = codes_of(form_.options.directory->offers);
            const std::string_view near = nearest_of_any_length(rule.code, codes);
            form_.error("unknown-offer", cell, fmt::format("\"{}\" is not on the offer list.", rule.code),
                        near.empty() ? std::string() : fmt::format("Nearest: \"{}\".", near),
                        near.empty() ? fmt::format("write one that is there: {}.", some_of(codes))
                                     : fmt::format("{} -> {}.", rule.code, near));
        } else {
            check_valid(rule.code, offer->valid, cell);
        }
    }

    void check_valid(const std::string& code, const Validity& valid, const Written& cell) {
        if (!covers(valid, form_.settings.valid))
            form_.error("not-valid-then", cell,
                        fmt::format("\"{}\" is not valid on the dates of this form ({}).", code,
                                    dates_text(form_.settings.valid)),
                        fmt::format("It is valid {}.", dates_text(valid)),
                        "write another that is valid then, or correct valid_from and valid_to on the "
                        "settings sheet.");
    }

    void read_when(Rule& rule) {
        const Written* cell = rule.row.cell("when");
        if (cell == nullptr) {
            form_.error("missing-when", place(rule.row, "when"), "empty.", "",
                        "Write when this is suggested, for example ${alarms} = 0. To suggest it always, "
                        "write true().");
            return;
        }
        form_.origins[key(rule, "when")] = cell->place;
        const Expressed when = express(*cell, {}, form_, true);
        rule.when = when.text;
        rule.restricted = std::any_of(when.reads.begin(), when.reads.end(),
                                      [](const Item* item) { return item->sensitive == "restricted"; });
        if (when.good) {
            check_first_only(*cell, form_);
            check_never_true(*cell, when, form_);
        }
    }

    void read_quantity(Rule& rule) {
        rule.quantity = "1";
        const Written* cell = rule.row.cell("quantity");
        if (cell == nullptr)
            return;
        form_.origins[key(rule, "quantity")] = cell->place;
        const Expressed quantity = express(*cell, {}, form_, true);
        rule.quantity = quantity.text;
        if (quantity.good) {
            check_first_only(*cell, form_);
            check_number(*cell, quantity, form_);
        }
    }

    void read_referral(Rule& rule) {
        rule.consent = word(rule, "consent", "yes", {"yes", "safeguarding"}, [](const std::string& given) {
            return std::pair(
                fmt::format("\"{}\" is not allowed.", given),
                std::string("Write yes or safeguarding; nothing is shared without one of them."));
        });
        rule.urgency =
            word(rule, "urgency", "routine", {"routine", "soon", "today"}, [](const std::string& given) {
                return std::pair(fmt::format("\"{}\" is not known.", given),
                                 std::string("Write routine, soon or today."));
            });
        check_service(rule);
        if (const Written* cell = rule.row.cell("shares")) {
            form_.origins[key(rule, "shares")] = cell->place;
            for (const std::string& name : words_of(cell->text))
                share(rule, name, *cell);
        }
    }

    template<class Say>
    std::string word(const Rule& rule, std::string_view column, std::string otherwise,
                     const std::vector<std::string>& allowed, const Say& say) {
        const Written* cell = rule.row.cell(column);
        if (cell == nullptr)
            return otherwise;
        std::string given = lower_case(cell->text);
        if (std::find(allowed.begin(), allowed.end(), given) != allowed.end())
            return given;
        const auto [what, mend] = say(cell->text);
        form_.error(fmt::format("bad-{}", column), *cell, what, "", mend);
        return otherwise;
    }

    void check_service(Rule& rule) {
        const Written* cell = rule.row.cell("service");
        if (cell == nullptr)
            return;
        rule.service = cell->text;
        form_.origins[key(rule, "service")] = cell->place;
        const Agency* agency =
            form_.options.directory == nullptr ? nullptr : form_.options.directory->agency(rule.code);
        if (agency == nullptr)
            return;
        const Service* service = agency->service(rule.service);
        if (service != nullptr)
            return check_valid(rule.service, service->valid, *cell);
        const auto codes = codes_of(agency->services);
        const std::string_view near = nearest(rule.service, codes);
        form_.error(
            "unknown-service", *cell, fmt::format("{} has no service \"{}\".", rule.code, rule.service),
            codes.empty() ? "It has none." : fmt::format("It has: {}.", joined(codes, ", ")),
            near.empty()
                ? std::string(codes.empty() ? "empty the cell." : "write one of these, or empty the cell.")
                : fmt::format("{} -> {}.", rule.service, near));
    }

    void share(Rule& rule, std::string name, const Written& cell) {
        if (name.starts_with("${") && name.ends_with('}'))
            name = name.substr(2, name.size() - 3);
        const auto [first, last] = form_.by_name.equal_range(name);
        if (first == last) {
            const std::string near = form_.nearest_name(name);
            std::string why;
            if (!near.empty())
                why = fmt::format("Nearest: \"{}\" (survey row {}).", near,
                                  form_.by_name.find(near)->second->row.number);
            form_.error("shares-unknown", cell, fmt::format("\"{}\" is no question.", name), why,
                        near.empty() ? std::string("write names of questions, separated by spaces.")
                                     : fmt::format("{} -> {}.", name, near));
            return;
        }
        if (std::next(first) != last) {
            Reference reference;
            reference.name = name;
            resolve(reference, cell, form_);
            return;
        }
        const Item& item = *first->second;
        if (item.kind == Kind::repeat)
            form_.warning("shares-repeat", cell,
                          fmt::format("\"{}\" passes on every {} in the home.", name, one_of(item)), "",
                          "name single questions instead, or leave it so if the agency needs them all.",
                          {item.row.place});
        if (item.is_group())
            each_item(item, [&](const Item& below) { share_question(rule, below, cell, true); });
        else
            share_question(rule, item, cell, false);
    }

    // What one instance of a repeat is called: its label, where it is one word.
    std::string one_of(const Item& repeat) const {
        const Wording* label = repeat.row.wording("label");
        const std::string text = label == nullptr ? "" : lower_case(label->front().second.text);
        const bool word =
            !text.empty() && text.find_first_of(" ${") == std::string::npos && !text.ends_with('s');
        return word ? text : "person";
    }

    void share_question(Rule& rule, const Item& item, const Written& cell, bool by_group) {
        if (item.is_group())
            return;
        if (item.type.name == "note" || item.type.control == Control::external_instance) {
            if (!by_group)
                form_.error("shares-note", cell,
                            fmt::format("\"{}\" is a note and has no answer.", item.name), "",
                            "take it out of shares.");
            return;
        }
        if (!item.sensitive.empty() && !(rule.restricted && item.sensitive == "restricted"))
            form_.warning("shares-sensitive", cell,
                          fmt::format("\"{}\" is marked {} (survey row {}) and would reach {}.", item.name,
                                      item.sensitive == "yes" ? "sensitive" : "restricted", item.row.number,
                                      rule.code),
                          "", fmt::format("Keep it only if {} needs it.", rule.code), {item.row.place});
        if (std::find(rule.shares.begin(), rule.shares.end(), item.path) == rule.shares.end())
            rule.shares.push_back(item.path);
    }

    void read_reason(const Rule& rule) {
        const Wording* reason = rule.row.wording("reason");
        const std::string id = fmt::format("{}:{}:reason", referrals_ ? "referral" : "offer", rule.id);
        if (reason != nullptr) {
            form_.origins[key(rule, "reason")] = reason->front().second.place;
            output_.translations.add(id, "", *reason, nullptr, form_, true);
            if (referrals_)
                check_leaks(rule, *reason);
        }
        check_reason_languages(rule, reason);
    }

    void check_reason_languages(const Rule& rule, const Wording* reason) {
        const std::vector<std::string>& spoken = form_.languages;
        if (spoken.empty()) {
            if (reason == nullptr)
                form_.error("missing-wording", place(rule.row, "reason"), "there is no reason.",
                            "It is said aloud and tells the agency why.", "fill column reason.");
            return;
        }
        for (const std::string& language : spoken) {
            const bool said =
                reason != nullptr && std::any_of(reason->begin(), reason->end(), [&](const auto& one) {
                    return one.first == language ||
                           (one.first.empty() && language == form_.settings.default_language);
                });
            if (!said)
                form_.error("missing-wording", reason_place(rule.row, language),
                            fmt::format("there is no reason in {}.", language),
                            fmt::format("The form speaks {}.", joined(spoken, ", ")),
                            fmt::format("fill column reason::{}.", language));
        }
    }

    void check_leaks(const Rule& rule, const Wording& reason) {
        for (const auto& [language, said] : reason)
            for (const Reference& reference : references_in(said.text)) {
                const auto [first, last] = form_.by_name.equal_range(reference.name);
                if (first == last || std::next(first) != last)
                    continue;
                const Item& shown = *first->second;
                if (std::find(rule.shares.begin(), rule.shares.end(), shown.path) == rule.shares.end())
                    form_.error(
                        "reason-leaks", said,
                        fmt::format("shows ${{{}}}, which shares does not name; {} would learn it.",
                                    reference.name, rule.code),
                        "", fmt::format("add {} to shares, or take it out of the reason.", reference.name),
                        {shown.row.place});
            }
    }

    void report_same_rule(const Rule& rule) {
        const std::string same = rule.code + "\n" + rule.service + "\n" + rule.row.text("when");
        const auto [first, added] = rows_.emplace(same, rule.row.number);
        if (!added)
            form_.warning("same-rule", {"", form_.workbook.place(sheet_, rule.row.number, 0)},
                          fmt::format("rows {} and {}: the same {}.", first->second, rule.row.number,
                                      referrals_ ? "agency, service and when" : "offer and when"),
                          "", "One of them is enough.", {form_.workbook.place(sheet_, first->second, 0)});
    }

    void write(const Rule& rule) {
        output_.uses_our_namespace = true;
        const std::string reason = fmt::format("{}:{}:reason", referrals_ ? "referral" : "offer", rule.id);
        if (!referrals_) {
            xml_.leaf("d:offer", {{"id", rule.id},
                                  {"offer", rule.code},
                                  {"when", rule.when},
                                  {"reason", reason},
                                  {"quantity", rule.quantity}});
            return;
        }
        Attributes attributes{
            {"id", rule.id}, {"agency", rule.code}, {"when", rule.when}, {"reason", reason}};
        if (!rule.shares.empty())
            attributes.emplace_back("shares", joined(rule.shares, " "));
        attributes.emplace_back("consent", rule.consent);
        attributes.emplace_back("urgency", rule.urgency);
        if (!rule.service.empty())
            attributes.emplace_back("service", rule.service);
        xml_.leaf("d:referral", attributes);
    }

    Place place(const Entry& row, std::string_view column_name) const {
        const Column* column = column_of(columns_, column_name);
        return form_.workbook.place(sheet_, row.number, column == nullptr ? 0 : column->column);
    }

    Place reason_place(const Entry& row, const std::string& language) const {
        for (const Column& column : columns_)
            if (column.key == "reason" && column.language == language)
                return form_.workbook.place(sheet_, row.number, column.column);
        return row.place;
    }

    const Sheet& sheet_;
    bool referrals_;
    Form& form_;
    Output& output_;
    Xml& xml_;
    std::vector<Column> columns_;
    std::map<std::string, int> numbers_;
    std::map<std::string, int> rows_;
};

void check_privacy_version(const Sheet& referrals, Form& form) {
    if (referrals.rows.empty() || !form.settings.privacy_version.empty())
        return;
    Place place{form.workbook.file, "settings", 0, 0, ""};
    if (const Sheet* settings = form.workbook.sheet("settings")) {
        place = form.workbook.place(*settings, 0, 0);
        for (const Cell& cell : settings->header.cells)
            if (lower_case(cell.text) == "privacy_version")
                place = form.workbook.place(*settings, 2, cell.column);
    }
    form.error("missing-privacy-version", place, "there is a referrals sheet, but no privacy_version.", "",
               "Write the version of the privacy wording that is read out.");
}

}  // namespace

void write_rules(Form& form, Output& output, Xml& xml) {
    if (const Sheet* sheet = form.workbook.sheet("referrals")) {
        check_privacy_version(*sheet, form);
        RuleReader(*sheet, true, form, output, xml).read();
    }
    if (const Sheet* sheet = form.workbook.sheet("offers"))
        RuleReader(*sheet, false, form, output, xml).read();
}

}  // namespace doorstep::xlsform
