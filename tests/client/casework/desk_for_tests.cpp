#include "tests/client/casework/desk_for_tests.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace doorstep::test {
namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

TabletIdentity identity_of(const std::string& safeguarding_key) {
    TabletIdentity identity;
    identity.enrolment = *Uuid::parse("00000000-0000-4000-8000-000000000001");
    identity.tablet = "tab-01";
    identity.endpoint = "http://127.0.0.1:1";
    identity.seed = std::string(64, 'a');
    identity.safeguarding_key = safeguarding_key;
    return identity;
}

}  // namespace

Folder::Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "doorstep-casework-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()));
    path = name;
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
}

Library small_library(const std::string& replace, const std::string& by) {
    Library library;
    for (const char* code :
         {"police", "fire", "red_cross", "housing_hbc", "adult_care", "trading_standards"}) {
        Agency agency;
        agency.code = code;
        agency.label = code;
        if (agency.code == "fire")
            agency.services.push_back({"fire_safe_and_well", "Safe and Well", {}});
        library.directory.agencies.push_back(agency);
    }
    library.directory.agencies.back().valid.to = Day::of(2012, 12, 31);
    for (const char* code :
         {"smoke_detector", "smoke_detector_fitting", "crime_prevention_advice", "purse_bell"})
        library.directory.offers.push_back({code, code, {}});
    std::string text = read_file("tests/client/casework/forms/doorstep_test_1.md");
    if (!replace.empty()) {
        const std::size_t at = text.find(replace);
        REQUIRE(at != std::string::npos);
        text.replace(at, replace.size(), by);
    }
    const Folder folder;
    const std::string file = folder.path + "/doorstep_test.md";
    std::ofstream(file) << text;
    library.packages.push_back(open_package(file, &library.directory));
    for (const Diagnostic& each : library.packages.back().found)
        UNSCOPED_INFO(each.text());
    REQUIRE(library.packages.back().form);
    return library;
}

Tablet::Tablet(Library forms) : library(std::move(forms)) {
    reopen();
    REQUIRE(store->enrol(identity_of(safeguarding.public_key.bytes)).ok());
}

void Tablet::reopen() {
    casework.reset();
    store.reset();
    sql.reset();
    auto opened = open_sealed(folder.path + "/doorstep.sqlite", keys);
    REQUIRE(opened.ok());
    sql = std::move(opened).value();
    auto kept = Store::open(*sql, StoreRole::tablet, clock, random);
    REQUIRE(kept.ok());
    store = std::make_unique<Store>(std::move(kept).value());
    casework = std::make_unique<Casework>(*store, library, clock, random,
                                          OnDuty{"off-pol-01", "off-fire-02", "team-1"});
}

void Tablet::enrol_without_key() {
    REQUIRE(store->enrol(identity_of({})).ok());
}

Door Tablet::a_door() {
    const auto visit =
        casework->plan_visit("SS-2013-06-08-BE", "safer_streets", "BE", Day::of(2013, 6, 8), {"team-1"});
    REQUIRE(visit.ok());
    return casework->door(*visit, "BE", "BE-001", {"4", "", "Quillfeather Road", "WD6 9OV", 990000000004});
}

OpenQuestionnaire Tablet::open(const std::string& language) {
    auto opened = casework->open_questionnaire(a_door(), "doorstep_test", "1", language);
    if (!opened.ok())
        FAIL(opened.error().text());
    return std::move(opened).value();
}

OpenQuestionnaire Tablet::begun() {
    OpenQuestionnaire at = open();
    REQUIRE(say(at, "language", "en"));
    REQUIRE(say(at, "privacy_given", "OK"));
    REQUIRE(say(at, "adult_respondent", "yes"));
    REQUIRE(say(at, "household_size", "1"));
    REQUIRE(say(at, "age_bands", "65_74"));
    return at;
}

std::string Tablet::every_byte_on_disk() const {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path))
        if (entry.is_regular_file())
            all += read_file(entry.path());
    return all;
}

NodeRef node(const OpenQuestionnaire& at, const std::string& name) {
    const auto found = at.session().find(name);
    INFO(name);
    REQUIRE(found);
    return *found;
}

Answer answer_to(const OpenQuestionnaire& at, const std::string& name) {
    const auto view = at.session().view(node(at, name));
    REQUIRE(view.ok());
    return view->answer;
}

bool say(OpenQuestionnaire& at, const std::string& name, const std::string& text) {
    return at.answer(node(at, name), Answer::given(text)).ok();
}

bool say(OpenQuestionnaire& at, const std::string& name, AnswerKind kind) {
    return at.answer(node(at, name), {kind, {}}).ok();
}

Agreement by_resident() {
    Agreement agreement;
    agreement.given_by = "resident";
    return agreement;
}

const ProposedReferral* proposed(const std::vector<ProposedReferral>& all, const std::string& agency) {
    for (const ProposedReferral& each : all)
        if (each.agency == agency)
            return &each;
    return nullptr;
}

}  // namespace doorstep::test
