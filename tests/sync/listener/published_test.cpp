// Published while `serve` runs: the real program, a real tablet's store, folder and curl.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "forms/desk/bundle.h"
#include "sync/search/address_pack.h"
#include "sync/wire/phrases.h"
#include "tests/sync/listener/real_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;
namespace fs = std::filesystem;

namespace {

// With the folder of what its centre published.
struct FieldTablet : RealTablet {
    TemporaryFolder folder;

    FieldTablet(const EndpointProgram& program, const std::string& name) : RealTablet(program, name) {
        parcels.emplace(folder / "published", VerifyKey{identity.signing_key});
    }
    SyncOutcome sync(const std::string& address) { return RealTablet::sync(address, 5, 50); }
    std::vector<std::string> has() const {
        std::vector<std::string> names;
        for (const auto& one : parcels->parcels())
            names.push_back(one.name);
        return names;
    }
    std::string content(const std::string& name) const {
        for (const auto& one : parcels->parcels())
            if (one.name == name) {
                const auto found = parcels->content(one);
                REQUIRE(found.ok());
                return *found;
            }
        return {};
    }
    // A finish with that form, written short with it.
    void finish(const std::shared_ptr<const FormDefinition>& form) {
        store.write_short(wire::books_of({form}));
        ContactRecorded met;
        met.contact = Uuid::random(random);
        met.household = Uuid::random(random);
        met.outcome = ContactOutcome::completed;
        met.day = Day::of(2026, 9, 21);
        QuestionnaireFinished filled;
        filled.questionnaire = Uuid::random(random);
        filled.contact = met.contact;
        filled.form = {form->id(), form->version(), form->hash()};
        filled.complete = true;
        filled.day = met.day;
        std::vector<Operation> facts(2);
        facts[0].subject = facts[1].subject = met.household;
        facts[0].payload = met;
        facts[1].payload = filled;
        auto transaction = store.begin();
        REQUIRE(transaction.ok());
        REQUIRE(transaction->append(facts).ok());
        REQUIRE(transaction->commit().ok());
    }
};

std::string small_form(const std::string& folder, const std::string& version) {
    fs::create_directories(folder);
    std::ofstream(fs::path(folder) / "survey.csv") << "type,name,label\ntext,said,What did they say?\n";
    std::ofstream(fs::path(folder) / "settings.csv") << "form_id,version\nsmall_form," << version << "\n";
    return folder;
}

struct Published {
    TemporaryFolder temporary;
    EndpointProgram program{(fs::path(temporary.path()) / "data").string()};
};

}  // namespace

TEST_CASE("a form that is published while serve runs reaches the tablet, and its next finish is folded",
          "[listener][parcels]") {
    Published p;
    REQUIRE(p.program.serve());
    FieldTablet tablet(p.program, "tab-01");
    CHECK(tablet.sync(p.program.address()).up_to_date);
    CHECK(tablet.has().empty());

    // Written with a form that the centre does not have yet, by a tablet that was ahead of it.
    const auto path = small_form(p.temporary / "small", "1");
    FieldTablet ahead(p.program, "tab-02");
    const auto early = open_package(path, nullptr);
    REQUIRE(early.form);
    ahead.finish(early.form);
    CHECK(ahead.sync(p.program.address()).up_to_date);
    CHECK(ahead.store.quarantined()->size() == 1);

    const auto published = p.program.run({"forms", "publish", path, "--from", "2026-09-01"});
    INFO(published.err);
    CHECK(published.status == 0);
    CHECK(published.out.find("small_form/1") != std::string::npos);
    CHECK(published.out.find("2 facts that waited for this form are read") != std::string::npos);
    CHECK(p.program.run({"forms", "list"}).out.find("2026-09-01") != std::string::npos);

    CHECK(tablet.sync(p.program.address()).up_to_date);
    CHECK(tablet.has() == std::vector<std::string>{"small_form/1"});
    CHECK(tablet.parcels->parcels().front().from == Day::of(2026, 9, 1));
    const auto form = open_bundled_form(tablet.content("small_form/1"), "small_form", nullptr);
    REQUIRE(form.form);
    CHECK(form.form->hash() == early.form->hash());
    tablet.finish(form.form);
    CHECK(tablet.sync(p.program.address()).up_to_date);
    CHECK(tablet.store.quarantined()->empty());
    CHECK(ahead.sync(p.program.address()).up_to_date);
    CHECK(ahead.store.quarantined()->empty());
    CHECK(p.program.end() == 0);
    CHECK(rows_in(p.program, "fact_questionnaire") == 2);

    // It is known at the next start as well, where the folder of questionnaires does not have it.
    REQUIRE(p.program.serve());
    tablet.finish(form.form);
    CHECK(tablet.sync(p.program.address()).up_to_date);
    CHECK(tablet.store.quarantined()->empty());
    CHECK(p.program.end() == 0);
    CHECK(rows_in(p.program, "fact_questionnaire") == 3);
}

TEST_CASE("a form with mistakes is told at its cells, and nothing is published", "[listener][parcels]") {
    Published p;
    REQUIRE(p.program.prepare().status == 0);
    const auto path = small_form(p.temporary / "wrong", "1");
    std::ofstream(fs::path(path) / "survey.csv", std::ios::app) << "txet,more,More?\n";
    const auto refused = p.program.run({"forms", "publish", path});
    CHECK(refused.status == 2);
    CHECK(refused.err.find("survey") != std::string::npos);
    CHECK(refused.err.find("row 3") != std::string::npos);
    CHECK(refused.err.find("Nothing was published") != std::string::npos);
    CHECK(p.program.run({"forms", "publish", p.temporary / "nowhere"}).status == 2);
    CHECK(p.program.run({"forms", "publish", path, "--from", "tomorrow"}).status == 2);
    const auto without = small_form(p.temporary / "without", "");
    CHECK(p.program.run({"forms", "publish", without}).status == 2);
    CHECK(p.program.run({"forms", "list"}).out == "Nothing is published.\n");
    // Another one under the version that came with Doorstep.
    const auto right = small_form(p.temporary / "right", "1");
    CHECK(p.program.run({"forms", "publish", right}).status == 0);
    std::ofstream(fs::path(right) / "survey.csv", std::ios::app) << "text,more,More?\n";
    const auto changed = p.program.run({"forms", "publish", right});
    CHECK(changed.status == 1);
    CHECK(changed.err.find("new version") != std::string::npos);
}

TEST_CASE("address lists and the directory reach the tablet; rows that are wrong are told",
          "[listener][parcels]") {
    Published p;
    REQUIRE(p.program.serve());
    FieldTablet tablet(p.program, "tab-01");
    const auto list = p.temporary / "homes.csv";
    std::ofstream(list) << "uprn,street,house,postcode,area\n1001,Mill Lane,14,WD6 1AA,BE\n"
                           "1002,Mill Lane,16,WD6 1AA,BE\n1003,Lark Rise,1,WD6 1AB,SX\nx,Lark Rise,2,,SX\n";
    const auto refused = p.program.run({"addresses", "load", list});
    CHECK(refused.status == 2);
    CHECK(refused.err.find("row 5, uprn") != std::string::npos);
    CHECK(refused.err.find("Nothing was loaded") != std::string::npos);
    CHECK(p.program.run({"addresses", "list"}).out == "Nothing is published.\n");
    const auto loaded = p.program.run({"addresses", "load", list, "--leave-out"});
    INFO(loaded.err);
    CHECK(loaded.status == 0);
    CHECK_FALSE(fs::exists(p.program.folder() + "/addresses.coming"));
    CHECK(p.program.run({"addresses", "give", "tab-01", "BE"}).status == 0);
    CHECK(p.program.run({"addresses", "give", "tab-01", "XX"}).status == 2);
    // Who it was given to may be lost: then this is what it could have told of.
    const auto lost = p.program.run({"tablets", "lost", "tab-01"}).out;
    INFO(lost);
    CHECK(lost.find("given          BE\nfacts of BE    0\nfacts of none  ") != std::string::npos);

    const auto directory =
        p.program.run({"directory", "publish", std::string(DOORSTEP_QUESTIONNAIRES_HERE) + "/directory"});
    INFO(directory.err);
    CHECK(directory.status == 0);
    CHECK(p.program.run({"directory", "publish", p.temporary.path()}).status == 2);

    CHECK(tablet.sync(p.program.address()).up_to_date);
    CHECK(tablet.has() == std::vector<std::string>{"directory", "BE"});
    const auto homes = unpacked_addresses(tablet.content("BE"));
    REQUIRE(homes.ok());
    REQUIRE(homes->size() == 2);
    CHECK(homes->front().house == "14");
    Diagnostics found;
    CHECK(read_bundled_directory(tablet.content("directory"), found).agency("fire"));

    CHECK(p.program.run({"addresses", "give", "tab-01"}).status == 0);
    CHECK(p.program.run({"tablets", "lost", "tab-01"}).out.find("given          the whole partnership\n") !=
          std::string::npos);
    CHECK(tablet.sync(p.program.address()).up_to_date);
    CHECK(tablet.has().size() == 3);
    CHECK(p.program.run({"addresses", "drop", "SX"}).status == 0);
    CHECK(tablet.sync(p.program.address()).up_to_date);
    CHECK(tablet.has().size() == 2);
    CHECK(p.program.end() == 0);
    // The published directory is the endpoint's own from then on.
    REQUIRE(p.program.serve());
    CHECK(tablet.sync(p.program.address()).up_to_date);
    CHECK(p.program.end() == 0);
}
