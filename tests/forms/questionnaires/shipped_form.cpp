#include "tests/forms/questionnaires/shipped_form.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <regex>

#include "forms/xlsform/convert.h"

namespace doorstep {
namespace {

void sort_out(const Diagnostics& found, ShippedForm& into) {
    for (const Diagnostic& one : found)
        if (one.severity == Severity::error)
            into.errors.push_back(one.text());
        else
            into.warnings.push_back(one);
}

ShippedForm load(const std::string& version) {
    ShippedForm shipped_form;
    Diagnostics found;
    const bool whole = version.find('/') != std::string::npos;
    shipped_form.workbook =
        read_workbook(shipped(whole ? version : "safer_streets_doorstep/" + version), found);
    ConvertOptions options;
    options.directory = &shipped_directory();
    shipped_form.xml = convert(shipped_form.workbook, options, found).xml;
    std::vector<FormFault> faults;
    if (!shipped_form.xml.empty())
        shipped_form.form = FormDefinition::load(shipped_form.xml, {}, faults);
    for (const FormFault& fault : faults) {
        found.push_back(fault.diagnostic);
        found.back().what += " [" + fault.node + "#" + fault.property + "]";
    }
    sort_out(found, shipped_form);
    return shipped_form;
}

FormSession begin(const std::string& version, const Clock& clock, Random& random) {
    const ShippedForm& known = shipped_form(version);
    for (const std::string& error : known.errors)
        UNSCOPED_INFO(error);
    REQUIRE(known.form);
    auto session = FormSession::begin(known.form, {}, clock, random);
    REQUIRE(session.ok());
    return std::move(session).value();
}

}  // namespace

std::string shipped(const std::string& below) {
    return std::string(DOORSTEP_QUESTIONNAIRE_FILES "/") + below;
}

const Directory& shipped_directory() {
    static const Directory directory = [] {
        Diagnostics found;
        Directory read = read_directory(shipped("directory"), found);
        for (const Diagnostic& one : found)
            UNSCOPED_INFO(one.text());
        REQUIRE(found.empty());
        return read;
    }();
    return directory;
}

const ShippedForm& shipped_form(const std::string& version) {
    static std::map<std::string, ShippedForm> known;
    const auto found = known.find(version);
    return found != known.end() ? found->second : known.emplace(version, load(version)).first->second;
}

TestDoor::TestDoor(const std::string& version)
    : form_(shipped_form(version).form), session_(begin(version, clock_, random_)) {}

std::unique_ptr<TestDoor> TestDoor::opened(const std::string& version) {
    auto door = std::make_unique<TestDoor>(version);
    door->say("privacy_given", "OK").say("adult_respondent", "yes");
    return door;
}

Result<ChangeList> TestDoor::give(std::string_view question, const Answer& answer) {
    const auto node = session_.find(question);
    if (!node)
        return Error{Fault::not_found, "no such question", ""};
    return session_.answer(*node, answer);
}

TestDoor& TestDoor::say(std::string_view question, const std::string& text) {
    const auto taken = give(question, Answer::given(text));
    INFO(question << " = " << text << (taken.ok() ? "" : ": " + taken.error().text()));
    REQUIRE(taken.ok());
    return *this;
}

TestDoor& TestDoor::say(std::string_view question, AnswerKind kind) {
    const auto taken = give(question, Answer{kind, ""});
    INFO(question << (taken.ok() ? "" : ": " + taken.error().text()));
    REQUIRE(taken.ok());
    return *this;
}

TestDoor& TestDoor::speak(const std::string& language) {
    REQUIRE(session_.set_language(language).ok());
    return *this;
}

TestDoor& TestDoor::carry(std::string_view hidden, const std::string& text) {
    std::string record = session_.submission();
    const std::string name(hidden);
    const std::string element =
        text.empty() ? "<" + name + "/>" : "<" + name + ">" + text + "</" + name + ">";
    const std::regex now("<" + name + "(/>|>[^<]*</" + name + ">)");
    INFO(record);
    REQUIRE(std::regex_search(record, now));
    record = std::regex_replace(record, now, element);
    auto again = FormSession::reopen(form_, {}, clock_, random_, record);
    REQUIRE(again.ok());
    session_ = std::move(again).value();
    return *this;
}

QuestionView TestDoor::question(std::string_view name) const {
    INFO(name);
    const auto node = session_.find(name);
    REQUIRE(node);
    auto view = session_.view(*node);
    REQUIRE(view.ok());
    return std::move(view).value();
}

Codes TestDoor::referrals() const {
    Codes codes;
    for (const Suggestion& one : session_.suggestions())
        if (one.kind == SuggestionKind::referral)
            codes.insert(one.service.empty() ? one.code : one.code + ":" + one.service);
    return codes;
}

Codes TestDoor::offers() const {
    Codes codes;
    for (const Suggestion& one : session_.suggestions())
        if (one.kind == SuggestionKind::offer)
            codes.insert(one.code);
    return codes;
}

Codes TestDoor::concerns() const {
    Codes codes;
    for (const Suggestion& one : all())
        if (one.restricted)
            codes.insert(one.code);
    return codes;
}

const Suggestion* TestDoor::find(const std::string& code) const {
    found_ = all();
    const auto found =
        std::find_if(found_.begin(), found_.end(), [&](const Suggestion& one) { return one.code == code; });
    return found == found_.end() ? nullptr : &*found;
}

std::int64_t TestDoor::quantity(const std::string& offer) const {
    std::int64_t most = 0;
    for (const Suggestion& one : session_.suggestions())
        if (one.kind == SuggestionKind::offer && one.code == offer)
            most = std::max(most, one.quantity);
    return most;
}

}  // namespace doorstep
