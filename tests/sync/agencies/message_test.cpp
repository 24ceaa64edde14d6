#include "sync/agencies/referral_message.h"

#include <nlohmann/json.hpp>

#include "tests/sync/agencies/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::vector<std::string> names_of(const nlohmann::ordered_json& object) {
    std::vector<std::string> names;
    for (const auto& [name, value] : object.items())
        names.push_back(name);
    return names;
}

}  // namespace

TEST_CASE("an agency receives what its rule names, safe contact first, and nothing else", "[message]") {
    Rig rig;
    const auto contact = rig.door(Uuid::random(rig.random));
    auto referral = rig.raised(contact, "fire");
    referral.shares = {{"reach_phone", "01632 960999", "01632 960999"},
                       {"safe_contact", "text", "Text message"},
                       {"smoke_alarms", "none", "None"},
                       {"safe_contact_note", "not while the car is there", "not while the car is there"}};
    QuestionnaireFinished finished;
    finished.questionnaire = Uuid::random(rig.random);
    finished.contact = contact.contact;
    finished.form.id = "safer_streets_doorstep";
    finished.answers = {{"feel_safe", "feel_safe", "given", "CANARY-ANSWER"}};
    finished.restricted = "CANARY-RESTRICTED";
    auto police = rig.raised(contact, "police");
    police.shares = {{"concern_detail", "CANARY-POLICE", "CANARY-POLICE"}};
    rig.arrive({rig.fact(contact), rig.fact(finished), rig.fact(referral), rig.fact(police)});

    const auto message = must(referral_message(rig.store(), rig.directory, referral.referral));
    const auto text = as_json(message);
    CHECK(text.find("CANARY") == std::string::npos);
    const auto json = nlohmann::ordered_json::parse(text);
    CHECK(names_of(json) == std::vector<std::string>{"referral", "agency", "urgency", "raised",
                                                     "safe_contact", "services", "reasons", "address",
                                                     "language", "answers", "agreement"});
    CHECK(json.at("safe_contact").size() == 2);
    CHECK(json.at("answers").size() == 2);
    CHECK(json.at("services").at(0).at("label") == "Smoke alarms: supply and fitting");
    CHECK(text.find("not while the car is there") < text.find("Quartzmeadow"));
    CHECK(text.find("Text message") < text.find("01632 960999"));

    const auto fields = as_fields(message);
    const auto place = [&](const std::string& name) {
        return std::find_if(fields.begin(), fields.end(),
                            [&](const auto& one) { return one.field == name; }) -
               fields.begin();
    };
    CHECK(place("safe_contact_note") < place("road"));
    CHECK(place("safe_contact") < place("reach_phone"));
    CHECK(std::none_of(fields.begin(), fields.end(),
                       [](const auto& one) { return one.value.find("CANARY") != std::string::npos; }));
}

TEST_CASE("a referral without its door waits for it, and one without content says so", "[message]") {
    Rig rig;
    rig.webhook("fire");
    const auto contact = rig.door(Uuid::random(rig.random));
    const auto referral = rig.fact(rig.raised(contact, "fire"));
    const auto id = std::get<ReferralRaised>(referral.payload).referral;
    rig.arrive({referral});
    rig.work();
    CHECK(rig.state(id) == "waiting");
    CHECK(rig.row(id).problem == "The record of the door has not arrived yet.");
    CHECK(rig.stubs["fire"].seen.empty());
    SECTION("the door comes") {
        rig.arrive({rig.fact(contact)});
        rig.work_for(10 * 60'000);
        CHECK(rig.state(id) == "sent");
    }
    SECTION("the content goes") {
        must(rig.sql->run("delete from operation_body where partnership = 1 and operation_id = :id",
                          {{"id", sql_value(referral.id)}}));
        rig.work_for(10 * 60'000);
        CHECK(rig.state(id) == "refused");
        CHECK(rig.stubs["fire"].seen.empty());
    }
}

TEST_CASE("a corrected referral leaves as it was corrected", "[message]") {
    Rig rig;
    rig.webhook("fire");
    const auto contact = rig.door(Uuid::random(rig.random));
    auto raised = rig.raised(contact, "fire");
    const auto first = rig.fact(raised);
    raised.reasons = {"You would like the alarms that we left to be fitted."};
    auto corrected = rig.fact(raised);
    corrected.supersedes = first.id;
    rig.arrive({rig.fact(contact), first, corrected});
    rig.work();
    REQUIRE(rig.stubs["fire"].seen.size() == 1);
    CHECK(rig.stubs["fire"].seen[0].body.find("to be fitted") != std::string::npos);
    CHECK(rig.stubs["fire"].effects_of(raised.referral) == 1);
}
