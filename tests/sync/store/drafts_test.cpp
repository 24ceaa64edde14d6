#include "sync/store/drafts.h"

#include <catch2/catch.hpp>

#include "tests/support/temporary_folder.h"
#include "tests/sync/store/facts.h"
#include "tests/sync/store/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

DraftHeader a_draft(Random& random, const std::string& version = "2013") {
    DraftHeader header;
    header.questionnaire = Uuid::random(random);
    header.contact = Uuid::random(random);
    header.form = {"safer_streets_doorstep", version, Sha256::of(version)};
    header.begun = std::string("{\"today\":1}\0", 12);
    header.started_ms = 5;
    header.changed_ms = 6;
    return header;
}

}  // namespace

TEST_CASE("a line that was kept is on the disk, without closing anything", "[store][drafts]") {
    TemporaryFolder folder;
    Rig rig(folder / "doorstep.sqlite");
    Drafts drafts(*rig.store);
    const auto header = a_draft(rig.random);
    REQUIRE(drafts.begin(header, "<form/>").ok());
    CHECK(drafts.keep(header.questionnaire, {"one", std::string("t\0wo\xff", 5)}).value() == 2);
    CHECK(drafts.keep(header.questionnaire, {"ਤਿੰਨ"}).value() == 3);
    CHECK(drafts.keep(header.questionnaire, {}).value() == 3);

    // As a power cut would find it.
    for (const char* part : {"", "-wal"})
        std::filesystem::copy_file(folder / ("doorstep.sqlite" + std::string(part)),
                                   folder / ("cut.sqlite" + std::string(part)));
    Rig cut(folder / "cut.sqlite");
    Drafts found(*cut.store);
    const auto lines = found.lines(header.questionnaire).value();
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].number == 1);
    CHECK(lines[1].text == std::string("t\0wo\xff", 5));
    CHECK(lines[2].text == "ਤਿੰਨ");
    const auto again = found.find(header.questionnaire).value();
    REQUIRE(again);
    CHECK(again->contact == header.contact);
    CHECK(again->form == header.form);
    CHECK(again->begun == header.begun);
    CHECK(again->started_ms == 5);
    CHECK(again->changed_ms == rig.clock.now_ms());
    CHECK(found.form_xml(header.form.hash).value() == "<form/>");
}

TEST_CASE("drafts come with the latest change first", "[store][drafts]") {
    Rig rig(":memory:");
    Drafts drafts(*rig.store);
    const auto first = a_draft(rig.random);
    const auto second = a_draft(rig.random);
    REQUIRE(drafts.begin(first, "<form/>").ok());
    REQUIRE(drafts.begin(second, "<form/>").ok());
    rig.clock.advance_ms(1);
    REQUIRE(drafts.keep(second.questionnaire, {"x"}).ok());
    rig.clock.advance_ms(1);
    REQUIRE(drafts.keep(first.questionnaire, {"x"}).ok());
    const auto all = drafts.all().value();
    REQUIRE(all.size() == 2);
    CHECK(all[0].questionnaire == first.questionnaire);
    CHECK_FALSE(drafts.find(Uuid::random(rig.random)).value());
    CHECK(drafts.begin(first, "<form/>").error().fault == Fault::conflict);
    CHECK(drafts.keep(Uuid::random(rig.random), {"x"}).error().fault == Fault::not_found);
}

TEST_CASE("a draft goes in the transaction that brings its facts, or stays", "[store][drafts]") {
    Rig rig(":memory:");
    Drafts drafts(*rig.store);
    const auto old_form = a_draft(rig.random, "2013");
    const auto new_form = a_draft(rig.random, "2016");
    REQUIRE(drafts.begin(old_form, "<old/>").ok());
    REQUIRE(drafts.begin(new_form, "<new/>").ok());
    REQUIRE(drafts.keep(old_form.questionnaire, {"x"}).ok());
    {
        auto transaction = rig.store->begin();
        REQUIRE(transaction->append({a_visit(rig.random)}).ok());
        REQUIRE(Drafts::remove(*transaction, old_form.questionnaire).ok());
    }
    CHECK(drafts.lines(old_form.questionnaire)->size() == 1);
    CHECK(rig.store->log()->empty());

    auto transaction = rig.store->begin();
    REQUIRE(transaction->append({a_visit(rig.random)}).ok());
    REQUIRE(Drafts::remove(*transaction, old_form.questionnaire).ok());
    REQUIRE(transaction->commit().ok());
    CHECK_FALSE(drafts.find(old_form.questionnaire).value());
    CHECK(drafts.lines(old_form.questionnaire)->empty());
    CHECK_FALSE(drafts.form_xml(old_form.form.hash).value());
    CHECK(drafts.form_xml(new_form.form.hash).value() == "<new/>");
    CHECK(rig.store->log()->size() == 1);
}
