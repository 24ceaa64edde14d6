#include "forms/desk/answers.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "forms/base/encoding.h"
#include "forms/definition/content.h"
#include "forms/desk/files.h"
#include "forms/desk/json_shape.h"
#include "forms/workbook/cells.h"

namespace doorstep {
namespace {

using Json = nlohmann::ordered_json;

void report(Diagnostics& found, const Place& place, std::string what, std::string mend) {
    found.push_back({.code = "answer", .place = place, .what = std::move(what), .mend = std::move(mend)});
}

std::optional<AnswerKind> kind_named(const std::string& word) {
    if (word.empty() || word == "given")
        return AnswerKind::given;
    if (word == "dont_know")
        return AnswerKind::dont_know;
    if (word == "prefer_not")
        return AnswerKind::prefer_not;
    return word == "not_asked" ? std::optional(AnswerKind::not_asked) : std::nullopt;
}

void add(std::vector<FiledAnswer>& answers, const Place& place, std::string path, std::string value,
         const std::string& kind, Diagnostics& found) {
    const auto known = kind_named(kind);
    if (path.empty())
        return report(found, place, "the row names no question.", "write its name under path.");
    if (!known)
        return report(found, place, fmt::format("\"{}\" is no kind of answer.", kind),
                      "Write given, dont_know, prefer_not or not_asked.");
    if (*known != AnswerKind::given && !value.empty())
        return report(found, place, fmt::format("an answer of kind {} has no value.", kind),
                      "empty one of the two cells.");
    answers.push_back({place, std::move(path),
                       *known == AnswerKind::given ? Answer::given(std::move(value)) : Answer{*known, {}}});
}

std::vector<FiledAnswer> read_csv_answers(const std::string& text, const Place& file, Diagnostics& found) {
    std::vector<FiledAnswer> answers;
    CellBudget budget;
    const auto records = read_records(text, file, budget, found);
    if (records.empty()) {
        report(found, file, "the file is empty.", "write a first row path,value and one answer a row.");
        return answers;
    }
    std::map<std::string, std::size_t> columns;
    for (std::size_t i = 0; i < records.front().cells.size(); ++i)
        columns.emplace(clean_cell(records.front().cells[i]), i);
    if (!columns.contains("path") || !columns.contains("value")) {
        Place header = file;
        header.row = records.front().number;
        report(found, header, "the first row does not name the columns path and value.",
               "write path,value as the first row.");
        return answers;
    }
    for (std::size_t i = 1; i < records.size(); ++i) {
        Place place = file;
        place.row = records[i].number;
        if (all_blank(records[i].cells, 0))
            continue;
        const auto cell = [&](const char* name) {
            const auto at = columns.find(name);
            const bool there = at != columns.end() && at->second < records[i].cells.size();
            return there ? records[i].cells[at->second] : std::string();
        };
        add(answers, place, clean_cell(cell("path")), cell("value"), clean_cell(cell("kind")), found);
    }
    return answers;
}

// Nothing for what no answer can be.
std::optional<std::string> scalar(const Json& value) {
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_boolean())
        return value.get<bool>() ? "true" : "false";
    if (value.is_number())
        return value.dump();
    return value.is_null() ? std::optional(std::string()) : std::nullopt;
}

std::optional<std::string> several(const Json& list) {
    std::string text;
    for (const Json& one : list) {
        const auto value = scalar(one);
        if (!value)
            return std::nullopt;
        text += (text.empty() ? "" : " ") + *value;
    }
    return text;
}

std::vector<FiledAnswer> read_json_answers(const std::string& text, const Place& file, Diagnostics& found) {
    std::vector<FiledAnswer> answers;
    if (const std::string much = too_much_json(text); !much.empty()) {
        report(found, file, fmt::format("the file {}.", much),
               "write as many answers as the form has questions.");
        return answers;
    }
    const Json all = Json::parse(text, nullptr, false);
    if (!all.is_object()) {
        report(found, file, all.is_discarded() ? "the file is no JSON." : "the file is no JSON object.",
               "write it as {\"name_of_question\": \"answer\"}.");
        return answers;
    }
    for (const auto& [path, value] : all.items()) {
        Place place = file;
        place.header = path;
        const bool by_kind =
            value.is_object() && value.size() == 1 && value.contains("kind") && value["kind"].is_string();
        const auto given = value.is_array() ? several(value) : scalar(value);
        if (by_kind)
            add(answers, place, path, "", value["kind"].get<std::string>(), found);
        else if (given)
            add(answers, place, path, *given, "", found);
        else
            report(found, place, "this is no answer.",
                   "write a text, a number, a list of choices or {\"kind\": \"dont_know\"}.");
    }
    return answers;
}

// Makes /data/people[2] when /data/people[2]/age is named and there is only one.
Result<void> make_instances(FormSession& session, const std::string& path) {
    constexpr std::size_t most_instances = 1000;
    for (std::size_t close = path.find(']'); close != std::string::npos; close = path.find(']', close + 1)) {
        const std::string instance = path.substr(0, close + 1);
        const std::size_t open = instance.rfind('[');
        const std::string repeat = instance.substr(0, open);
        for (std::size_t made = 0; !session.find(instance); ++made) {
            if (open == std::string::npos || made == most_instances)
                return Error{Fault::bad_input, fmt::format("{} cannot be made.", instance), ""};
            TRY_DO([&]() -> Result<void> {
                TRY(const ChangeList changes, session.add_repeat(repeat));
                return {};
            }());
        }
    }
    return {};
}

std::string nearest_question(const FormSession& session, const std::string& path) {
    std::vector<std::string> names;
    const bool whole = path.starts_with('/');
    for (const Template& one : session.form().content().templates)
        if (one.control != nowhere && one.leaf())
            names.push_back(whole ? one.path : one.name);
    return std::string(nearest(path, names));
}

// What the form itself says of the answer once all are given; the row it came from.
using Rows = std::map<std::string, Place>;

void give_one(FormSession& session, const FiledAnswer& filed, Rows& rows, Diagnostics& found) {
    if (const auto made = make_instances(session, filed.path); !made)
        return report(found, filed.place, made.error().what, made.error().mend);
    const auto node = session.find(filed.path);
    if (!node) {
        const std::string near = nearest_question(session, filed.path);
        return report(found, filed.place, fmt::format("\"{}\" is no question of this form.", filed.path),
                      near.empty() ? "write the name of a question."
                                   : fmt::format("Did you mean \"{}\"?", near));
    }
    if (const auto answered = session.answer(*node, filed.answer); !answered)
        return report(found, filed.place, answered.error().what, answered.error().mend);
    if (const auto view = session.view(*node))
        rows[view->path] = filed.place;
}

// The same place of a form reads better by its name than by its path.
std::string named(const FormSession& session, const Blocked& blocked) {
    const auto view = session.view(blocked.node);
    return view && !view->name.empty() && blocked.path.find('#') == std::string::npos ? view->name
                                                                                      : blocked.path;
}

}  // namespace

std::vector<FiledAnswer> read_answers(const std::string& file, Diagnostics& found) {
    const std::filesystem::path path(file);
    const Place place{.file = path.filename().string()};
    const auto text = read_file(file);
    if (!text) {
        report(found, place, text.error().what, text.error().mend);
        return {};
    }
    if (!check_text(*text, place, found))
        return {};
    const std::string extension = lower_case(path.extension().string());
    if (extension == ".json")
        return read_json_answers(*text, place, found);
    if (extension == ".csv")
        return read_csv_answers(*text, place, found);
    report(found, place, "this is no file of answers.",
           "Name a .csv with the columns path and value, or a .json.");
    return {};
}

void give(FormSession& session, const std::vector<FiledAnswer>& answers, const Origins& origins,
          Diagnostics& found) {
    Rows rows;
    for (const FiledAnswer& one : answers)
        give_one(session, one, rows, found);
    for (const Blocked& blocked : session.blocked()) {
        Diagnostic one = diagnosed(blocked, origins);
        one.what = fmt::format("{} {}", named(session, blocked), one.what);
        const auto row = rows.find(blocked.path);
        if (row != rows.end() && blocked.violation != Violation::cannot_compute)
            one.place = row->second;
        found.push_back(std::move(one));
    }
}

}  // namespace doorstep
