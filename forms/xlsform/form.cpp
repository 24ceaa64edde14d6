#include "forms/xlsform/form.h"

#include <algorithm>

namespace doorstep::xlsform {
namespace {

bool starts_name(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

}  // namespace

const Written* Entry::cell(std::string_view column) const {
    const auto found = cells.find(column);
    return found == cells.end() ? nullptr : &found->second;
}

std::string Entry::text(std::string_view column) const {
    const Written* written = cell(column);
    return written == nullptr ? std::string() : written->text;
}

const Wording* Entry::wording(std::string_view column) const {
    const auto found = wordings.find(column);
    return found == wordings.end() ? nullptr : &found->second;
}

const Item* Item::repeat() const {
    const Item* at = parent;
    while (at != nullptr && at->kind != Kind::repeat)
        at = at->parent;
    return at;
}

ChoiceList* Form::list(std::string_view name) {
    const auto at = list_index_.find(name);
    return at == list_index_.end() ? nullptr : &lists[at->second];
}

ChoiceList& Form::add_list(const std::string& name) {
    const auto [at, added] = list_index_.emplace(name, lists.size());
    if (added)
        lists.push_back({name, {}, false});
    return lists[at->second];
}

bool Form::is_attribute_name(std::string_view name) const {
    const std::size_t colon = name.find(':');
    if (colon == std::string_view::npos)
        return is_xml_name(name) && name != "xmlns";
    const std::string prefix(name.substr(0, colon));
    const bool declared = prefix == "jr" || prefix == "orx" || prefix == "odk" || prefix == "ev" ||
                          prefix == "xsd" || prefix == "h" || settings.namespaces.contains(prefix);
    return declared && is_xml_name(name.substr(colon + 1));
}

std::string Form::nearest_name(std::string_view word) {
    if (compared_ > most_compared || word.size() > 100)
        return {};
    if (names_.empty())
        for (auto at = by_name.begin(); at != by_name.end(); at = by_name.upper_bound(at->first))
            names_.push_back(at->first);
    compared_ += names_.size();
    return std::string(nearest(word, names_));
}

void Form::add(Severity severity, std::string code, const Place& place, const std::string& value,
               std::string what, std::string why, std::string mend, std::vector<Place> related) {
    const bool last = told_ == most_told;
    // An error always gets through, or a form could slip past behind a wall of warnings.
    if (++told_ > most_told + 1 && (severity == Severity::warning || refused_late_))
        return;
    refused_late_ = refused_late_ || (told_ > most_told && severity == Severity::error);
    Diagnostic one;
    one.code = std::move(code);
    one.severity = severity;
    one.place = place;
    one.value = value.substr(0, 200);
    one.what = std::move(what);
    one.why = std::move(why);
    one.mend = std::move(mend);
    one.related = std::move(related);
    found.push_back(std::move(one));
    if (last) {
        Diagnostic more;
        more.code = "more-mistakes";
        more.severity = Severity::warning;
        more.place.file = workbook.file;
        more.what = "there are more mistakes than are listed here.";
        more.mend = "mend these first.";
        found.push_back(std::move(more));
    }
}

void Form::error(std::string code, const Written& cell, std::string what, std::string why, std::string mend,
                 std::vector<Place> related) {
    add(Severity::error, std::move(code), cell.place, cell.text, std::move(what), std::move(why),
        std::move(mend), std::move(related));
}

void Form::error(std::string code, const Place& place, std::string what, std::string why, std::string mend,
                 std::vector<Place> related) {
    add(Severity::error, std::move(code), place, "", std::move(what), std::move(why), std::move(mend),
        std::move(related));
}

void Form::warning(std::string code, const Written& cell, std::string what, std::string why, std::string mend,
                   std::vector<Place> related) {
    add(Severity::warning, std::move(code), cell.place, cell.text, std::move(what), std::move(why),
        std::move(mend), std::move(related));
}

bool is_xml_name(std::string_view name) {
    if (name.empty() || !starts_name(static_cast<unsigned char>(name.front())))
        return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        const auto u = static_cast<unsigned char>(c);
        return starts_name(u) || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::optional<bool> yes_or_no(std::string_view text) {
    const std::string word = lower_case(text);
    if (word == "yes" || word == "true" || word == "true()")
        return true;
    if (word == "no" || word == "false" || word == "false()")
        return false;
    return std::nullopt;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string out;
    for (const std::string& word : words) {
        if (!out.empty())
            out += between;
        out += word;
    }
    return out;
}

}  // namespace doorstep::xlsform
