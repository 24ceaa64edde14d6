#include "tests/journeys/season_plan.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <set>

#include "forms/directory/table.h"

namespace doorstep::journey {
namespace {

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> parts;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t to = std::min(text.find(at, from), text.size());
        if (to > from)
            parts.push_back(text.substr(from, to - from));
        from = to + 1;
    }
    return parts;
}

std::optional<int> whole_number(std::string_view text) {
    int value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = fault == std::errc{} && end == text.data() + text.size();
    return whole && value >= 0 ? std::optional(value) : std::nullopt;
}

int number(Table& table, const Row& row, std::string_view column, int most = 10'000) {
    const auto value = whole_number(table.text(row, column));
    if (!value || *value > most) {
        table.report(row, column, "not-a-number", "This is not a whole number.",
                     fmt::format("Write a number from 0 to {}.", most));
        return 0;
    }
    return *value;
}

int minutes_of_day(Table& table, const Row& row) {
    const std::string text = table.text(row, "begins");
    if (text.size() == 5 && text[2] == ':') {
        const auto hours = whole_number(std::string_view(text).substr(0, 2));
        const auto minutes = whole_number(std::string_view(text).substr(3));
        if (hours && minutes && *hours < 24 && *minutes < 60)
            return *hours * 60 + *minutes;
    }
    table.report(row, "begins", "not-a-time", "This is not a time of day.", "Write it as 17:30.");
    return 0;
}

PlannedVisit visit_of(Table& table, const Row& row) {
    PlannedVisit visit;
    if (const auto day = Day::parse(table.text(row, "date")))
        visit.day = *day;
    else
        table.report(row, "date", "not-a-date", "This is not a date.", "Write it as 2013-06-08.");
    visit.begins_minutes = minutes_of_day(table, row);
    visit.area = table.needed(row, "area");
    visit.label = table.needed(row, "label");
    visit.tablets = split(table.needed(row, "tablets"), ' ');
    visit.homes = number(table, row, "homes");
    visit.declined = number(table, row, "declined");
    visit.no_answer = number(table, row, "no_answer");
    visit.partial = number(table, row, "partial");
    visit.call_back = number(table, row, "call_back");
    visit.again = number(table, row, "again");
    if (visit.call_back > visit.homes)
        table.report(row, "call_back", "too-many", "More homes are called back than there are.",
                     "Call backs are some of the homes of the row.");
    return visit;
}

void read_visits(const std::string& folder, SeasonPlan& plan, Diagnostics& found) {
    Table table(folder, "visits.csv",
                {"date", "begins", "area", "label", "tablets", "homes", "declined", "no_answer", "partial",
                 "call_back", "again"},
                {}, found);
    for (const Row& row : table.rows()) {
        plan.visits.push_back(visit_of(table, row));
        const std::size_t count = plan.visits.size();
        if (count > 1 && plan.visits[count - 1].day <= plan.visits[count - 2].day)
            table.report(row, "date", "out-of-order", "This visit is not after the one above.",
                         "Sort the visits by date, one a day.");
    }
}

std::map<std::string, std::string> answers_of(Table& table, const Row& row) {
    std::map<std::string, std::string> answers;
    for (const std::string& part : split(table.needed(row, "answers"), ';')) {
        const std::size_t equals = part.find('=');
        const bool well_formed = equals != std::string::npos && equals > 0 && equals + 1 < part.size();
        if (!well_formed || !answers.emplace(part.substr(0, equals), part.substr(equals + 1)).second)
            table.report(row, "answers", "bad-answer", "This is not a list of answers.",
                         "Write question=value;question=value, each question once.");
    }
    return answers;
}

Card card_of(Table& table, const Row& row) {
    Card card;
    card.row = row.number;
    card.need = table.code(row, "need");
    card.about = table.code(row, "about");
    card.homes = number(table, row, "homes");
    card.answers = answers_of(table, row);
    const std::string agree = table.needed(row, "agree");
    card.agrees = agree == card.about;
    if (!card.agrees && agree != "none")
        table.report(row, "agree", "bad-agreement",
                     "A card agrees to the agency that it is about, or to none.",
                     fmt::format("Write \"{}\" or \"none\".", card.about));
    const std::string then = table.text(row, "then");
    card.withdrawn = then == "withdrawn";
    if (!then.empty() && (!card.withdrawn || !card.agrees))
        table.report(row, "then", "bad-then", "Only what was agreed to can be withdrawn.",
                     "Write \"withdrawn\", or nothing.");
    return card;
}

// Two cards that a home can hold at once must not speak of the same question.
void read_needs(const std::string& folder, SeasonPlan& plan, Diagnostics& found) {
    Table table(folder, "needs.csv", {"need", "about", "homes", "answers", "agree", "then"}, {}, found);
    std::map<std::string, std::pair<std::string, const Row*>> spoken_of;
    std::map<std::string, int> dealt;
    for (const Row& row : table.rows()) {
        const Card card = card_of(table, row);
        for (const auto& [question, answer] : card.answers) {
            const auto [first, fresh] = spoken_of.emplace(question, std::pair(card.about, &row));
            if (!fresh && first->second.first != card.about)
                table.report(row, "answers", "shared-question",
                             fmt::format("Cards about \"{}\" and about \"{}\" both answer {}.",
                                         first->second.first, card.about, question),
                             "A home may draw both: let one of them answer it.",
                             {table.place(*first->second.second, "answers")});
        }
        dealt[card.about] += card.homes;
        if (dealt[card.about] > plan.homes())
            table.report(row, "homes", "too-many",
                         fmt::format("With this row {} homes draw a card about \"{}\", and there are {}.",
                                     dealt[card.about], card.about, plan.homes()),
                         "Deal fewer, or add homes to visits.csv.");
        plan.cards.push_back(card);
    }
}

void read_usual(const std::string& folder, SeasonPlan& plan, Diagnostics& found) {
    Table table(folder, "usual.csv", {"question", "answer", "weight"}, {}, found);
    for (const Row& row : table.rows()) {
        const int weight = number(table, row, "weight");
        if (weight == 0)
            table.report(row, "weight", "no-weight", "An answer without weight is never drawn.",
                         "Write a number from 1, or leave the row out.");
        plan.usual[table.needed(row, "question")].push_back(
            {table.needed(row, "answer"), std::max(weight, 1)});
    }
}

}  // namespace

int SeasonPlan::homes() const {
    int count = 0;
    for (const PlannedVisit& visit : visits)
        count += visit.homes;
    return count;
}

std::vector<std::string> SeasonPlan::tablets() const {
    std::set<std::string> names;
    for (const PlannedVisit& visit : visits)
        names.insert(visit.tablets.begin(), visit.tablets.end());
    return {names.begin(), names.end()};
}

SeasonPlan read_plan(const std::string& folder, Diagnostics& found) {
    SeasonPlan plan;
    read_visits(folder, plan, found);
    read_needs(folder, plan, found);
    read_usual(folder, plan, found);
    return plan;
}

}  // namespace doorstep::journey
