#include "tests/client/app/desk_in_hand.h"

#include <catch2/catch.hpp>

namespace doorstep::test {
namespace {

Error no_space() {
    return {Fault::disk_full, "The tablet is full.", "Free some space."};
}

}  // namespace

Result<void> DiskThatFills::begin() {
    return full ? no_space() : under_->begin();
}

Result<void> DiskThatFills::commit() {
    if (!full)
        return under_->commit();
    under_->rollback();
    return no_space();
}

DeskInHand::DeskInHand() : DeskInHand(open_library("forms/questionnaires")) {}

DeskInHand::DeskInHand(Library library) : tablet(std::move(library)) {
    auto read = Wordings::read_all();
    REQUIRE(read.ok());
    wordings = *std::move(read);
    tablet.clock.set_ms(1'795'254'120'000);  // 21 November 2026, 10:42 at the door
    begin();
    // The doorstep form as it is today, whatever else the library holds; else its only form.
    std::shared_ptr<const FormDefinition> form = tablet.library.packages.back().form;
    for (const FormPackage& each : tablet.library.packages)
        if (each.form && each.form->id() == "safer_streets_doorstep" && each.form->version() != "2013")
            form = each.form;
    auto opened = tablet.casework->open_questionnaire(tablet.a_door(), form->id(), form->version());
    if (!opened.ok())
        FAIL(opened.error().text());
    questionnaire = opened->id();
    sitting = std::make_unique<Sitting>(*std::move(opened), tablet.library, tablet.clock, wordings,
                                        "4 Quillfeather Road");
}

void DeskInHand::begin() {
    tablet.reopen();
    tablet.casework.reset();
    tablet.store.reset();
    auto filling = std::make_unique<DiskThatFills>(std::move(tablet.sql));
    disk = filling.get();
    tablet.sql = std::move(filling);
    auto kept = Store::open(*tablet.sql, StoreRole::tablet, tablet.clock, tablet.random);
    REQUIRE(kept.ok());
    tablet.store = std::make_unique<Store>(std::move(kept).value());
    tablet.casework = std::make_unique<Casework>(*tablet.store, tablet.library, tablet.clock, tablet.random,
                                                 OnDuty{"off-pol-01", "off-fire-02", "team-1"});
}

void DeskInHand::resume() {
    sitting.reset();
    begin();
    auto opened = tablet.casework->resume(questionnaire);
    if (!opened.ok())
        FAIL(opened.error().text());
    sitting = std::make_unique<Sitting>(*std::move(opened), tablet.library, tablet.clock, wordings,
                                        "4 Quillfeather Road");
}

void DeskInHand::fill_disk(bool full) {
    disk->full = full;
}

SittingTold DeskInHand::act(const Intent& intent) {
    REQUIRE(Sitting::takes(intent));
    auto told = sitting->act(intent);
    if (!told.ok())
        FAIL(told.error().text());
    return *std::move(told);
}

std::string DeskInHand::refused(const Intent& intent) {
    REQUIRE(Sitting::takes(intent));
    const auto told = sitting->act(intent);
    REQUIRE_FALSE(told.ok());
    return told.error().text();
}

SittingTold DeskInHand::say(const std::string& name, const std::string& text) {
    return act(intent::GiveAnswer{node(name), Answer::given(text)});
}

NodeRef DeskInHand::node(const std::string& name) const {
    return test::node(sitting->questionnaire(), name);
}

Answer DeskInHand::answer(const std::string& name) const {
    return answer_to(sitting->questionnaire(), name);
}

PageView DeskInHand::page() const {
    const SittingScreen screen = sitting->screen();
    INFO(sitting->place());
    REQUIRE(std::holds_alternative<PageView>(screen));
    return std::get<PageView>(screen);
}

SummaryView DeskInHand::summary() const {
    const SittingScreen screen = sitting->screen();
    INFO(sitting->place());
    REQUIRE(std::holds_alternative<SummaryView>(screen));
    return std::get<SummaryView>(screen);
}

ResidentView DeskInHand::resident() const {
    const SittingScreen screen = sitting->screen();
    INFO(sitting->place());
    REQUIRE(std::holds_alternative<ResidentView>(screen));
    return std::get<ResidentView>(screen);
}

std::optional<QuestionItem> DeskInHand::item(const std::string& name) const {
    for (const QuestionItem& each : page().items)
        if (each.question.name == name)
            return each;
    return std::nullopt;
}

void DeskInHand::to_the_questions() {
    say("language", "en");
    say("format", "standard");
    next();
    say("privacy_given", "OK");
    next();
    say("adult_respondent", "yes");
    next();
    REQUIRE(page().section == "Your home");
}

std::optional<ReferralCard> DeskInHand::card(const std::string& agency) const {
    for (const ReferralCard& each : summary().referrals)
        if (each.agency == agency)
            return each;
    return std::nullopt;
}

}  // namespace doorstep::test
