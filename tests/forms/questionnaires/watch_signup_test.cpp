// The Watch sign-up: what is asked, in which order, and what follows from it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/forms/questionnaires/every_branch.h"
#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {
namespace {

const std::string form = "watch_signup/current";

const Walked& walked() {
    return walk_every_branch(form, {{"mobile", {"07700 900123", "07700 90012"}},
                                    {"email", {"layla@example.org", "layla at example"}},
                                    {"landline", {"01632 960123", "07700 900123"}},
                                    {"carried_language", {"pl"}},
                                    {"carried_adult", {"yes"}},
                                    {"carried_agreement", {"yes"}}});
}

struct Asked {
    std::string name;
    QuestionType type;
    std::vector<std::string> choices;
    std::string label;
};

// Written down from the field's own table; the language comes first, before the privacy
// step that is read out in it.
using enum QuestionType;
const std::vector<Asked> table{
    {"language", select_one, {"en", "ar", "zh_hans", "pl", "pa", "other"}, "Language for messages"},
    {"privacy_given",
     acknowledge,
     {},
     "I have explained that the details go to the Watch messaging service, and to the street "
     "coordinator only with a yes"},
    {"adult", select_one, {"yes", "no"}, "Is the person signing up 18 or over?"},
    {"watch_types",
     select_multiple,
     {"neighbourhood", "allotment", "business", "dog", "pub", "senior"},
     "Which watches?"},
    {"member_name", text, {}, "Full name"},
    {"business_name", text, {}, "Business, pub or allotment site name"},
    {"senior_for",
     select_one,
     {"parent", "relative", "friend", "neighbour"},
     "Who is being looked out for? (relationship only, no name)"},
    {"channels", select_multiple, {"mobile", "email", "landline"}, "How would you like messages?"},
    {"mobile", text, {}, "Mobile number"},
    {"email", text, {}, "Email address"},
    {"landline", text, {}, "Landline number"},
    {"coordinator",
     select_one,
     {"yes", "maybe", "no", "already_coordinator"},
     "Would you help run the watch?"},
    {"share_with_coordinator",
     select_one,
     {"yes", "no"},
     "May the street coordinator see your name and contact details?"},
    {"agree_messages", acknowledge, {}, "I agree to receive Watch messages and know I can leave at any time"},
};

std::unique_ptr<TestDoor> opened() {
    auto door = std::make_unique<TestDoor>(form);
    door->say("privacy_given", "OK").say("adult", "yes");
    return door;
}

bool fits(TestDoor& door, const std::string& question, const std::string& answer) {
    door.say(question, answer);
    CHECK(door.value(question) == answer);
    return door.fault(question) == Violation::none;
}

std::size_t reasons(const TestDoor& door) {
    const auto all = door.all();
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [](const Suggestion& one) { return one.code == "nhw"; }));
}

const std::vector<std::string> details{"member_name",
                                       "watch_types",
                                       "business_name",
                                       "senior_for",
                                       "channels",
                                       "mobile",
                                       "email",
                                       "landline",
                                       "language",
                                       "language_other",
                                       "carried_language",
                                       "carried_language_other",
                                       "share_with_coordinator"};

}  // namespace

TEST_CASE("the sign-up converts and loads without an error or a warning", "[questionnaires][watch]") {
    for (const std::string& error : shipped_form(form).errors)
        UNSCOPED_INFO(error);
    CHECK(shipped_form(form).errors.empty());
    CHECK(shipped_form(form).warnings.empty());
    REQUIRE(shipped_form(form).form);
    CHECK(shipped_form(form).form->id() == "watch_signup");
    CHECK(shipped_form(form).form->version() == "2026-1");
    CHECK(shipped_form(form).form->privacy_version() == "2026-1");
    CHECK(shipped_form(form).form->languages().size() == 5);
}

TEST_CASE("each of the 14 questions is there, in order, with its choices and words",
          "[questionnaires][watch]") {
    REQUIRE(table.size() == 14);
    const auto door = opened();
    door->say("watch_types", "business senior").say("channels", "mobile email landline");
    std::vector<std::string> asked;
    for (const NodeRef node : door->session().nodes()) {
        const auto view = door->session().view(node);
        REQUIRE(view.ok());
        // Beside the table: which other language it is, and words without an answer.
        if (view->type != group && view->type != note && view->name != "language_other")
            asked.push_back(view->name);
    }
    std::vector<std::string> expected;
    for (const Asked& row : table) {
        INFO(row.name);
        expected.push_back(row.name);
        const QuestionView view = door->question(row.name);
        CHECK(view.type == row.type);
        CHECK(view.label == row.label);
        CHECK(view.relevant);
        std::vector<std::string> values;
        if (row.type == select_one || row.type == select_multiple)
            for (const auto offered = door->session().choices(view.node);
                 const Choice& choice : offered.value())
                values.push_back(choice.value);
        CHECK(values == row.choices);
    }
    CHECK(asked == expected);
}

TEST_CASE("every branch of the sign-up can be taken", "[questionnaires][watch][branches]") {
    for (const std::string& one : walked().missed)
        UNSCOPED_INFO(one);
    CHECK(walked().missed.empty());
    for (const std::string& one : walked().wrong)
        UNSCOPED_INFO(one);
    CHECK(walked().wrong.empty());
    CHECK(walked().raised == Codes{"referral:nhw", "referral:nhw-2", "referral:nhw-3", "referral:nhw-4",
                                   "offer:community_involvement_info", "offer:watch_signup"});
    std::size_t choices = 0;
    for (const auto& [question, chosen] : walked().chosen)
        choices += chosen.size();
    CHECK(choices == 6 + 2 + 6 + 4 + 3 + 4 + 2);
    using Longest = std::map<std::string, std::size_t>;
    CHECK(walked().longest == Longest{{"language_other", 60}, {"member_name", 80}, {"business_name", 120}});
}

TEST_CASE("nothing opens before the privacy step, and nobody under 18 joins", "[questionnaires][watch]") {
    TestDoor door(form);
    CHECK(door.shown("language"));
    CHECK(door.shown("privacy_given"));
    CHECK_FALSE(door.shown("adult"));
    CHECK_FALSE(door.shown("watch_types"));
    door.say("privacy_given", "OK");
    CHECK(door.shown("adult"));
    door.say("watch_types", "dog").say("coordinator", "yes").say("agree_messages", "OK");
    CHECK(door.referrals() == Codes{"nhw"});
    door.say("adult", "no");
    CHECK(door.shown("adults_only"));
    CHECK(door.all().empty());
    CHECK(door.session().blocked().empty());
    for (const std::string name : {"watch_types", "member_name", "channels", "coordinator",
                                   "share_with_coordinator", "agree_messages"}) {
        INFO(name);
        CHECK_FALSE(door.shown(name));
    }
}

TEST_CASE("the place is asked for three of the watches, the relationship for one",
          "[questionnaires][watch]") {
    const auto door = opened();
    for (const std::string watch : {"business", "pub", "allotment", "dog pub", "business allotment senior"}) {
        door->say("watch_types", watch);
        CHECK(door->shown("business_name"));
    }
    for (const std::string watch : {"neighbourhood", "dog", "senior", "neighbourhood dog"}) {
        door->say("watch_types", watch);
        CHECK_FALSE(door->shown("business_name"));
    }
    door->say("watch_types", "senior dog");
    CHECK(door->shown("senior_for"));
    door->say("watch_types", "dog");
    CHECK_FALSE(door->shown("senior_for"));
}

TEST_CASE("each chosen way needs its number or address, and no other is asked", "[questionnaires][watch]") {
    const auto door = opened();
    const std::vector<std::pair<std::string, std::string>> ways{
        {"mobile", "07700 900123"}, {"email", "layla@example.org"}, {"landline", "01632 960123"}};
    door->say("watch_types", "neighbourhood").say("member_name", "Nilufar").say("agree_messages", "OK");
    for (const auto& [way, reach] : ways) {
        INFO(way);
        door->say("channels", way);
        for (const auto& [other, unused] : ways)
            CHECK(door->shown(other) == (other == way));
        REQUIRE(door->session().blocked().size() == 1);
        CHECK(door->session().blocked().front().violation == Violation::required);
        door->say(way, reach);
        CHECK(door->session().blocked().empty());
    }
    // Landline and email: both, and no mobile number.
    door->say("channels", "email landline");
    CHECK_FALSE(door->shown("mobile"));
    CHECK(door->session().blocked().empty());
    door->say("email", "");
    CHECK(door->session().blocked().size() == 1);
}

TEST_CASE("telephone numbers and addresses at their edges", "[questionnaires][watch]") {
    const auto door = opened();
    door->say("channels", "mobile email landline");
    for (const std::string good : {"07700900123", "+447700900123", "07700 900 123", "(07700) 900-123"})
        CHECK(fits(*door, "mobile", good));
    for (const std::string bad : {"0770090012", "077009001234", "+44770090012", "+4477009001234",
                                  "01632960123", "08700900123", "447700900123", "mobile"})
        CHECK_FALSE(fits(*door, "mobile", bad));
    for (const std::string good : {"0163296012", "01632960123", "020 7946 0123", "0303 123 4567"})
        CHECK(fits(*door, "landline", good));
    for (const std::string bad :
         {"016329601", "016329601234", "07700900123", "04632960123", "00632960123", "landline"})
        CHECK_FALSE(fits(*door, "landline", bad));
    for (const std::string good : {"a@b.c", "zoë.o'thistle@example.org"})
        CHECK(fits(*door, "email", good));
    for (const std::string bad : {"a@b", "a.b", "a@@b.c", "a@b@c.d", "@b.c", "a@.", "a b@c.d", "a@b."})
        CHECK_FALSE(fits(*door, "email", bad));
    const std::string ending = "@example.org";
    CHECK(fits(*door, "email", std::string(254 - ending.size(), 'a') + ending));
    CHECK_FALSE(fits(*door, "email", std::string(255 - ending.size(), 'a') + ending));
}

TEST_CASE("names of every script, up to 80 letters", "[questionnaires][watch]") {
    const auto door = opened();
    for (const std::string name :
         {"Łucja Brzozanek", "张晓岚 (Zhang Xiaolan)", "ليلى القمراوي", "ਜਸਲੀਨ ਢਲਵਾਲ", "'Ailbhe"})
        CHECK(fits(*door, "member_name", name));
    std::string eighty;
    for (int i = 0; i < 80; ++i)
        eighty += "ਜ";
    CHECK(fits(*door, "member_name", eighty));
    CHECK_FALSE(fits(*door, "member_name", eighty + "ਜ"));
}

TEST_CASE("what must be answered for a sign-up", "[questionnaires][watch]") {
    CHECK(walked().required == Codes{"privacy_given", "watch_types", "member_name", "business_name",
                                     "channels", "mobile", "email", "landline", "agree_messages"});
}

TEST_CASE("choosing a watch asks Neighbourhood Watch, with what it needs", "[questionnaires][watch]") {
    const auto door = opened();
    CHECK(door->all().empty());
    for (const std::string watch : {"neighbourhood", "allotment", "business", "dog", "pub", "senior"}) {
        door->say("watch_types", watch);
        CHECK(door->referrals() == Codes{"nhw"});
        CHECK(door->offers().empty());
    }
    CHECK(door->find("nhw")->reason == "You would like to join a watch.");
    CHECK(door->find("nhw")->shares == details);
    CHECK(door->find("nhw")->urgency == Urgency::routine);
    CHECK(door->find("nhw")->consent == Consent::yes);
    CHECK(door->find("nhw")->service.empty());
}

TEST_CASE("helping to run the watch is a note to Neighbourhood Watch", "[questionnaires][watch]") {
    std::vector<std::string> with_note = details;
    with_note.emplace_back("coordinator");
    const auto door = opened();
    for (const std::string answer : {"yes", "maybe"}) {
        door->say("coordinator", answer);
        CHECK(door->referrals() == Codes{"nhw"});
        CHECK(door->offers() == Codes{"community_involvement_info"});
        CHECK(door->quantity("community_involvement_info") == 1);
        CHECK(door->find("nhw")->shares == with_note);
        CHECK(reasons(*door) == 1);
    }
    for (const std::string answer : {"no", "already_coordinator"}) {
        door->say("coordinator", answer);
        CHECK(door->all().empty());
    }
}

TEST_CASE("agreeing to messages is the sign-up; the coordinator's sight does not stand in its way",
          "[questionnaires][watch]") {
    const auto door = opened();
    door->say("watch_types", "neighbourhood").say("member_name", "Seun Abradale");
    door->say("channels", "email").say("email", "seun@example.org");
    CHECK(door->session().blocked().size() == 1);
    CHECK(door->session().blocked().front().text == "The sign-up is sent only with this yes");
    CHECK(door->offers().empty());
    door->say("agree_messages", "OK");
    CHECK(door->session().blocked().empty());
    for (const std::string answer : {"no", "yes", ""}) {
        door->say("share_with_coordinator", answer);
        CHECK(door->offers() == Codes{"watch_signup"});
        CHECK(door->quantity("watch_signup") == 1);
        CHECK(door->referrals() == Codes{"nhw"});
        CHECK(reasons(*door) == 2);
        CHECK(door->session().blocked().empty());
    }
    door->say("agree_messages", "");
    CHECK(door->offers().empty());
    CHECK(reasons(*door) == 1);
}

TEST_CASE("don't know, prefer not to say and not asked make no sign-up", "[questionnaires][watch]") {
    for (const AnswerKind kind : {AnswerKind::dont_know, AnswerKind::prefer_not, AnswerKind::not_asked}) {
        const auto door = opened();
        for (const std::string name : {"watch_types", "coordinator", "agree_messages"})
            door->say(name, kind);
        CHECK(door->all().empty());
    }
}

TEST_CASE("language, adult and agreement come from the doorstep form and are not asked again",
          "[questionnaires][watch]") {
    TestDoor door(form);
    door.carry("carried_language", "pl").carry("carried_adult", "yes").carry("carried_agreement", "yes");
    CHECK_FALSE(door.shown("language"));
    door.say("privacy_given", "OK");
    CHECK_FALSE(door.shown("adult"));
    CHECK_FALSE(door.shown("agree_messages"));
    door.say("watch_types", "neighbourhood").say("member_name", "Łucja Brzozanek");
    door.say("channels", "landline").say("landline", "01632 960123");
    CHECK(door.session().blocked().empty());
    CHECK(door.offers() == Codes{"watch_signup"});
    CHECK(door.referrals() == Codes{"nhw"});
    CHECK(door.session().submission().find("<carried_language>pl</carried_language>") != std::string::npos);
    // Without the agreement it is asked here, once.
    TestDoor before(form);
    before.carry("carried_language", "en").carry("carried_adult", "yes");
    before.say("privacy_given", "OK");
    CHECK(before.shown("agree_messages"));
    CHECK(before.offers().empty());
}

}  // namespace doorstep
