#include <fmt/format.h>

#include <algorithm>

#include "forms/xlsform/headers.h"
#include "forms/xlsform/sheets.h"

namespace doorstep::xlsform {
namespace {

constexpr std::size_t deepest_group = 64;
// Ten times the longest form of the field; what is longer is no questionnaire.
constexpr std::size_t most_rows = 30'000;

// "Do you smoke?" -> "write Do_you_smoke."
std::string name_from(const std::string& text) {
    constexpr std::size_t most = 40;
    std::string name;
    for (const char c : text.substr(0, most)) {
        const bool digit = c >= '0' && c <= '9';
        const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || digit;
        if ((digit || c == '-') && name.empty())
            name += '_';
        if (fits)
            name += c;
        else if (!name.empty() && name.back() != '_')
            name += '_';
    }
    while (name.ends_with('_'))
        name.pop_back();
    return name.empty() ? "write a short name, for example age." : fmt::format("write for example {}.", name);
}

std::string_view end_word(Kind kind) {
    return kind == Kind::repeat ? "repeat" : "group";
}

// The rows of the survey sheet, one after the other, on a stack of open groups.
class SurveyReader {
public:
    SurveyReader(const Sheet& sheet, Form& form) : sheet_(sheet), form_(form) {
        form_.root.kind = Kind::group;
        open_ = {&form_.root};
    }

    void read() {
        columns_ = read_headers(sheet_, SheetKind::survey, form_);
        for (const Column& column : columns_)
            if (column.key == "label" && column.what == Column::What::wording)
                form_.label_columns[column.language] = column.column;
        if (!has_columns() || !has_bounded_rows())
            return;
        for (const Row& row : sheet_.rows) {
            Entry entry = read_entry(sheet_, row, columns_, form_.settings.keep_spaces, form_);
            if (!too_deep_ && !yes_or_no(entry.text("disabled")).value_or(false))
                read_row(std::move(entry));
        }
        if (form_.root.children.empty())
            form_.warning("no-questions", {"", form_.workbook.place(sheet_, 0, 0)}, "the sheet asks nothing.",
                          "", "write one question a row below the header.");
        for (std::size_t i = 1; i < open_.size() && !too_deep_; ++i)
            form_.error(
                "open-group", *open_[i]->row.cell("type"),
                fmt::format("\"{}\" is begun here as a {} and never ended.", open_[i]->name,
                            end_word(open_[i]->kind)),
                "", fmt::format("add a row \"end {}\" after its last question.", end_word(open_[i]->kind)));
    }

private:
    bool has_bounded_rows() {
        if (sheet_.rows.size() <= most_rows)
            return true;
        form_.error(
            "too-many-rows", {"", form_.workbook.place(sheet_, sheet_.rows[most_rows].number, 0)},
            fmt::format("the sheet has {} rows, and a form has at most {}.", sheet_.rows.size(), most_rows),
            "", "ask what repeats in a repeat, and put long lists into a file of their own.");
        return false;
    }

    bool has_columns() {
        for (const std::string needed : {"type", "name"})
            if (column_of(columns_, needed) == nullptr && (needed == "type" || !only_nameless())) {
                report_missing_column(sheet_, needed, "a survey sheet has the columns type, name and label.",
                                      form_);
                return false;
            }
        return true;
    }

    // Rows of type audit may do without a name.
    bool only_nameless() const {
        const Column* type = column_of(columns_, "type");
        return type != nullptr && std::all_of(sheet_.rows.begin(), sheet_.rows.end(), [&](const Row& row) {
                   const Cell* cell = row.at(type->column);
                   return cell == nullptr || lower_case(cell->text) == "audit";
               });
    }

    void read_row(Entry entry) {
        const Written* type = entry.cell("type");
        if (type == nullptr) {
            if (entry.cell("name") != nullptr || entry.wording("label") != nullptr)
                form_.error("missing-type", place(entry, "type"), "the row has no type.", "",
                            "write what kind of question it is, for example text or select_one yes_no.");
            return;
        }
        std::optional<TypeCell> read = read_type(type->text);
        if (!read) {
            const std::string near = nearest_type(type->text);
            form_.error("unknown-type", *type, fmt::format("\"{}\" is not a question type.", type->text), "",
                        near.empty() ? std::string("write for example text, integer, date, note, "
                                                   "select_one LIST or select_multiple LIST.")
                                     : fmt::format("Did you mean \"{}\"?", near));
            read = read_type("text");
        }
        const Control control = read->type.control;
        if (control == Control::end_group || control == Control::end_repeat || control == Control::end_loop)
            end_group(entry, *type, control);
        else
            add_item(std::move(entry), std::move(*read));
    }

    void end_group(const Entry& entry, const Written& type, Control control) {
        if (open_.size() == 1) {
            form_.error("unbalanced-group", type,
                        fmt::format("{} closes nothing: no group or repeat is open here.", type.text), "",
                        "take the row out, or add the row that begins it.");
            return;
        }
        Item* group = open_.back();
        if (const Written* saved = entry.cell("save_to"))
            form_.error("saves-group", *saved, "a group cannot be saved as a property.", "",
                        "move save_to to a question.");
        const bool fits = group->type.control == Control::loop ? control == Control::end_loop
                          : group->kind == Kind::repeat        ? control == Control::end_repeat
                                                               : control == Control::end_group;
        if (!fits) {
            form_.error("unbalanced-group", type,
                        fmt::format("{} closes \"{}\", begun as a {} in row {}.", type.text, group->name,
                                    end_word(group->kind), group->row.number),
                        "", fmt::format("end {} here, or move the row.", end_word(group->kind)),
                        {group->row.cell("type")->place});
        }
        const Written* name = entry.cell("name");
        if (fits && name != nullptr && name->text != group->name) {
            form_.warning("group-name", *name,
                          fmt::format("this ends \"{}\" (row {}), not \"{}\".", group->name,
                                      group->row.number, name->text),
                          "", fmt::format("{} -> {}, or move the row.", name->text, group->name));
        }
        open_.pop_back();
    }

    void add_item(Entry entry, TypeCell read) {
        auto item = std::make_unique<Item>();
        item->type = read.type;
        item->row = std::move(entry);
        item->parent = open_.back();
        if (read.type.control == Control::repeat)
            item->kind = Kind::repeat;
        else if (read.type.control == Control::group || read.type.control == Control::loop)
            item->kind = Kind::group;
        name_item(*item);
        attach_list(*item, read);
        check_sensitive(*item);
        Item* const added = item.get();
        open_.back()->children.push_back(std::move(item));
        if (!added->is_group())
            return;
        if (open_.size() > deepest_group) {
            form_.error("too-deep", *added->row.cell("type"),
                        fmt::format("groups stand in one another more than {} deep.", deepest_group), "",
                        "end some of them earlier, or take the outer ones away.");
            too_deep_ = true;
        }
        open_.push_back(added);
    }

    void name_item(Item& item) {
        const Written* cell = item.row.cell("name");
        if (item.type.control == Control::audit) {
            if (cell != nullptr && cell->text != "audit")
                form_.error("audit-name", *cell, "an audit is always named audit.", "",
                            "leave the name blank.");
            item.name = "audit";
            return;
        }
        if (cell == nullptr) {
            item.name = fmt::format("generated_note_name_{}", item.row.number);
            if (item.type.name != "note")
                form_.error("missing-name", place(item.row, "name"), "the row has no name.",
                            "Its answer is stored and found under the name.",
                            "write a short name, for example age.");
            return;
        }
        item.name = cell->text;
        if (!is_xml_name(item.name) || item.name.size() > 200)
            form_.error(
                "bad-name", *cell, fmt::format("\"{}\" cannot be a name.", item.name.substr(0, 80)),
                "A name begins with a letter or _ and goes on with letters, digits, _, - and full stops.",
                name_from(item.name));
        else if (item.name == "meta")
            form_.error("reserved-name", *cell, "\"meta\" is reserved for what every form records by itself.",
                        "", "choose another name.");
    }

    void attach_list(Item& item, const TypeCell& read) {
        item.or_other = read.or_other;
        item.list = read.list;
        if (!read.type.is_select() && read.type.control != Control::loop)
            return;
        const Written& cell = *item.row.cell("type");
        if (read.list.empty()) {
            form_.error("missing-list", cell, fmt::format("{} needs the name of a list.", read.type.name), "",
                        fmt::format("write for example \"{} yes_no\".", read.type.name));
        } else if (read.type.choices == ChoiceSource::file) {
            attach_file(item, cell);
        } else if (read.list.starts_with("${") && read.list.ends_with('}')) {
            item.from_item = read.list.substr(2, read.list.size() - 3);
            item.list.clear();
        } else if (read.type.choices == ChoiceSource::external) {
            check_external(cell);
        } else if (form_.list(read.list) == nullptr) {
            report_unknown_list(cell, read.list);
        }
        if (item.or_other && item.row.cell("choice_filter") != nullptr)
            form_.error("or-other-filter", *item.row.cell("choice_filter"),
                        "or_other cannot be used together with a choice_filter.", "",
                        "add a choice \"other\" and a question of its own for it.");
    }

    void attach_file(Item& item, const Written& cell) {
        const std::size_t dot = item.list.rfind('.');
        const std::string extension = dot == std::string::npos ? "" : lower_case(item.list.substr(dot));
        if (extension != ".csv" && extension != ".xml" && extension != ".geojson") {
            form_.error("bad-file", cell, fmt::format("\"{}\" is not a file of choices.", item.list), "",
                        "name a file that ends in .csv, .geojson or .xml.");
            return;
        }
        item.file = item.list;
        item.list.resize(dot);
        if (const Written* look = item.row.cell("appearance");
            look != nullptr && look->text.starts_with("search("))
            form_.error("search-and-file", *look, "search() cannot be used on a select from a file.", "",
                        "take search() out, or use select_one.");
    }

    void check_external(const Written& cell) {
        if (form_.workbook.sheet("external_choices") == nullptr && !reported_external_) {
            reported_external_ = true;
            report_missing_sheet(cell, "external_choices");
        }
    }

    void report_missing_sheet(const Written& cell, const std::string& name) {
        const auto similar = similar_sheets(form_.workbook, name);
        form_.error(
            "missing-sheet", cell, fmt::format("there is no sheet {}.", name),
            similar.empty() ? std::string() : fmt::format("There is \"{}\".", joined(similar, "\", \"")),
            similar.empty() ? fmt::format("add a sheet {} with the columns list_name, name and label.", name)
                            : fmt::format("{} -> {}.", similar.front(), name));
    }

    void report_unknown_list(const Written& cell, const std::string& list) {
        if (form_.workbook.sheet("choices") == nullptr) {
            if (!reported_choices_)
                report_missing_sheet(cell, "choices");
            reported_choices_ = true;
            return;
        }
        std::vector<std::string> names;
        for (const ChoiceList& one : form_.lists)
            if (names.size() < 12)
                names.push_back(one.name);
        const std::string_view near = nearest(list, names);
        form_.error("unknown-list", cell, fmt::format("the list \"{}\" is not on the choices sheet.", list),
                    names.empty() ? "No list is there."
                                  : fmt::format("Lists there: {}{}.", joined(names, ", "),
                                                form_.lists.size() > names.size() ? " ..." : ""),
                    near.empty() ? fmt::format("write one of them, or add rows with list_name {}.", list)
                                 : fmt::format("{} -> {}, or add rows with list_name {}.", list, near, list));
    }

    void check_sensitive(Item& item) {
        const Written* cell = item.row.cell("sensitive");
        if (cell == nullptr)
            return;
        const std::string word = lower_case(cell->text);
        if (word == "yes" || word == "restricted")
            item.sensitive = word;
        else if (word != "no")
            form_.error("bad-word", *cell, fmt::format("\"{}\" is not allowed.", cell->text), "",
                        "write yes or restricted, or leave it blank.");
    }

    Place place(const Entry& entry, std::string_view key) const {
        const Column* column = column_of(columns_, key);
        return form_.workbook.place(sheet_, entry.number, column == nullptr ? 0 : column->column);
    }

    const Sheet& sheet_;
    Form& form_;
    std::vector<Column> columns_;
    std::vector<Item*> open_;
    bool too_deep_ = false;
    bool reported_choices_ = false;
    bool reported_external_ = false;
};

}  // namespace

void read_survey(Form& form) {
    const Sheet* sheet = form.workbook.sheet("survey");
    if (sheet != nullptr) {
        SurveyReader(*sheet, form).read();
        return;
    }
    if (form.workbook.sheets.empty())
        return form.error("empty", Place{form.workbook.file, "", 0, 0, ""}, "there is nothing in this file.",
                          "",
                          "choose the file again; a form has a sheet survey with the columns type, name and "
                          "label.");
    const auto similar = similar_sheets(form.workbook, "survey");
    form.error("missing-sheet", Place{form.workbook.file, "", 0, 0, ""}, "there is no sheet survey.",
               similar.empty() ? std::string() : fmt::format("There is \"{}\".", joined(similar, "\", \"")),
               similar.empty() ? "add a sheet survey with the columns type, name and label."
                               : fmt::format("{} -> survey.", similar.front()));
}

}  // namespace doorstep::xlsform
