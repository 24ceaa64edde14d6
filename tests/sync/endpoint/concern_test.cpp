// Concerns reach the safeguarding leads, and nobody else learns that there is one.
#include "sync/endpoint/concerns.h"
#include "tests/sync/endpoint/subjects.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr const char* passphrase = "copper kettle lantern";

std::string part(const std::string& bytes) {
    std::string out;
    for (const int shift : {24, 16, 8, 0})
        out += static_cast<char>((bytes.size() >> shift) & 0xff);
    return out + bytes;
}

Vocabulary officers_form() {
    Vocabulary form{"doors", "2", "p1", {"English (en)"}, Sha256::of("doors 2"), {}, {}};
    Vocabulary::Question concern{
        "officer_concern", "officer_concern", true, {{"adult", "An adult"}, {"child", "A child"}}};
    concern.restricted = true;
    Vocabulary::Question words{"words", "words", false, {}};
    words.restricted = true;
    form.questions = {concern, words};
    for (const std::string agency : {"adult_care", "child_services"}) {
        Vocabulary::Because rule{agency, agency, "", "Somebody here may be at risk.", true};
        rule.restricted = true;
        form.rules.push_back(rule);
    }
    return form;
}

struct ConcernCentre : CentreOnDisk {
    Uuid household{};
    std::unique_ptr<HandOnDisk> tablet;
    DeviceSecret device{SecretBytes(std::string(32, 'd'))};

    ConcernCentre() {
        open();
        tablet = std::make_unique<HandOnDisk>(*this);
    }
    void push_part(const std::string& text, const std::optional<ConcernNotice>& notice) {
        CanaryHome home(random, Uuid::random(random), Day::of(2013, 6, 8), clock.now_ms(), "x");
        auto bytes = part(seal(made.safeguarding.public_key, text, 1024));
        if (notice)
            bytes += part(seal_notice(made.sealing.public_key, *notice));
        std::get<QuestionnaireFinished>(home.facts.at(1).payload).restricted = bytes;
        acknowledged(tablet->push(home.facts));
    }
    // As tablets write it now.
    CanaryHome next_home() {
        return {random, Uuid::random(random), Day::of(2013, 6, 8), clock.now_ms(), "x"};
    }
    void push_slots(const std::string& restricted) { push_slots(next_home(), restricted); }
    void push_slots(CanaryHome home, const std::string& restricted) {
        auto& finished = std::get<QuestionnaireFinished>(home.facts.at(1).payload);
        finished.restricted = restricted;
        finished.form.hash = officers_form().hash;
        auto books = std::make_shared<wire::PhraseBooks>();
        books->add(officers_form());
        endpoint->use_books(std::move(books));
        acknowledged(tablet->push(home.facts));
        household = home.facts.at(1).subject;
    }
    void add_lead(const std::string& name) {
        const auto added = add_safeguarding_lead(*sql, random, name, made.safeguarding, passphrase,
                                                 PasswordCost::floor(), device);
        INFO((added.ok() ? std::string{} : added.error().text()));
        REQUIRE(added.ok());
    }
    Result<KeyPair> sign_in(const std::string& name, const std::string& with) {
        return sign_in_safeguarding_lead(*sql, name, with, made.safeguarding.public_key, device);
    }
};

}  // namespace

TEST_CASE("a concern is taken in by its notice alone, and opens with a lead's passphrase only", "[concern]") {
    ConcernCentre centre;
    const ConcernNotice notice{Uuid::random(centre.random), "police adult_care", "today"};
    centre.push_part(R"({"answers":{"words":"CANARY000123"}})", notice);
    centre.push_part("{}", ConcernNotice{});  // nothing was recorded
    const auto listed = concerns(*centre.sql);
    REQUIRE(listed.ok());
    REQUIRE(listed->size() == 1);
    CHECK(listed->front().concern == notice.concern);
    CHECK(listed->front().agencies == "police adult_care");
    CHECK(listed->front().urgency == "today");
    CHECK(listed->front().state == ConcernState::raised);
    CHECK(bytes_of_folder(centre.folder.path()).find(canary) == std::string::npos);
    // In no ordinary count or outbox.
    CHECK(centre.number("select count(*) from outbox where agency <> 'fire'") == 0);

    centre.add_lead("lead-1");
    CHECK(centre.sign_in("lead-1", "copper kettle lamp").error().fault == Fault::refused);
    CHECK(centre.sign_in("lead-2", passphrase).error().fault == Fault::not_found);
    const auto key = centre.sign_in("lead-1", passphrase);
    REQUIRE(key.ok());
    const auto text = open_concern(*centre.sql, notice.concern, *key);
    REQUIRE(text.ok());
    CHECK(text->view().find(canary) != std::string_view::npos);
    CHECK(open_concern(*centre.sql, Uuid::random(centre.random), *key).error().fault == Fault::not_found);

    CHECK(release_concern(*centre.sql, notice.concern, 5).error().fault == Fault::refused);
    REQUIRE(acknowledge_concern(*centre.sql, notice.concern, 6).ok());
    CHECK(acknowledge_concern(*centre.sql, notice.concern, 7).ok());
    REQUIRE(release_concern(*centre.sql, notice.concern, 8).ok());
    const auto after = concerns(*centre.sql)->front();
    CHECK(after.state == ConcernState::released);
    CHECK(after.acknowledged_ms == 6);
    CHECK(after.released_ms == 8);
}

TEST_CASE("a concern in slots opens with its door beside it, and without its form at hand", "[concern]") {
    ConcernCentre centre;
    const wire::OfficersWords words(officers_form());
    const RestrictedKeys keys{centre.made.safeguarding.public_key, centre.made.sealing.public_key};
    centre.push_slots(restricted_field(empty_restricted(keys)));
    CHECK(concerns(*centre.sql)->empty());
    const ConcernNotice told{{}, "child_services", "today"};
    const auto home = centre.next_home();
    const auto at = home.facts.at(1).subject;
    const auto first = seal_restricted(
        keys, at,
        words.write(R"({"answers":{"officer_concern":"child","words":"CANARY000123"},"referrals":[]})"), told,
        words.agencies());
    const auto second =
        seal_restricted(keys, at, words.write(R"({"answers":{"words":"and a dog"},"referrals":[]})"),
                        {{}, "", "routine"}, words.agencies());
    centre.push_slots(home, restricted_field(first + empty_restricted(keys) + second));
    const auto listed = concerns(*centre.sql);
    REQUIRE(listed->size() == 1);
    CHECK(listed->front().agencies == "child_services");
    CHECK(listed->front().urgency == "today");
    CHECK(listed->front().state == ConcernState::raised);
    CHECK(bytes_of_folder(centre.folder.path()).find(canary) == std::string::npos);

    centre.endpoint->use_books(std::make_shared<wire::PhraseBooks>());
    const auto text = open_concern(*centre.sql, listed->front().concern, centre.made.safeguarding);
    INFO((text.ok() ? std::string{} : text.error().text()));
    REQUIRE(text.ok());
    CHECK(text->view().find(canary) != std::string_view::npos);
    CHECK(text->view().find("and a dog") != std::string_view::npos);
    CHECK(text->view().find(centre.household.text()) != std::string_view::npos);
    CHECK(text->view().find("warning") == std::string_view::npos);
    CHECK(open_concern(*centre.sql, listed->front().concern, centre.made.sealing).error().fault ==
          Fault::damaged);
}

TEST_CASE("a page that was recorded at another home is read, with a warning", "[concern]") {
    ConcernCentre centre;
    const wire::OfficersWords words(officers_form());
    const RestrictedKeys keys{centre.made.safeguarding.public_key, centre.made.sealing.public_key};
    centre.push_slots(restricted_field(seal_restricted(
        keys, Uuid::random(centre.random), words.write(R"({"answers":{"words":"help"},"referrals":[]})"),
        {{}, "", "today"}, words.agencies())));
    const auto text =
        open_concern(*centre.sql, concerns(*centre.sql)->front().concern, centre.made.safeguarding);
    REQUIRE(text.ok());
    CHECK(text->view().find("another home") != std::string_view::npos);
    CHECK(text->view().find("help") != std::string_view::npos);
}

TEST_CASE("slots whose notices do not open are looked into by a lead", "[concern]") {
    ConcernCentre centre;
    const wire::OfficersWords words(officers_form());
    const auto nobody = KeyPair::make();
    const RestrictedKeys keys{centre.made.safeguarding.public_key, nobody.public_key};
    centre.push_slots(restricted_field(empty_restricted(keys)));
    centre.push_slots(restricted_field(seal_restricted(
        keys, {}, words.write(R"({"answers":{"words":"help"},"referrals":[]})"), {}, words.agencies())));
    CHECK(silent_concerns(*centre.sql)->empty());
    CHECK(unopened_concerns(*centre.sql)->size() == 2);
    CHECK(concerns(*centre.sql)->size() == 2);
    CHECK(*look_into_unopened(*centre.sql, centre.made.safeguarding) == 1);
    CHECK(concerns(*centre.sql)->size() == 1);
    CHECK(silent_concerns(*centre.sql)->size() == 1);
}

TEST_CASE("a concern that does not open goes on alarming until somebody acknowledges it",
          "[concern][alarm]") {
    ConcernCentre centre;
    centre.push_part(R"({"answers":{"words":"help"}})", std::nullopt);
    const auto id = concerns(*centre.sql)->front().concern;
    CHECK(*unopened_concerns(*centre.sql) == std::vector<Uuid>{id});
    CHECK(*look_into_unopened(*centre.sql, KeyPair::make()) == 0);
    REQUIRE(concerns(*centre.sql)->front().state == ConcernState::unreadable);
    CHECK(unopened_concerns(*centre.sql)->empty());
    ConcernAlarm alarm;
    const auto due = [&] { return alarm.due(*silent_concerns(*centre.sql), centre.clock.now_ms()); };
    for (int i = 0; i < 3; ++i) {
        CHECK(due() == std::vector<Uuid>{id});
        centre.clock.advance_ms(ConcernAlarm::every_ms);
        CHECK(*look_into_unopened(*centre.sql, KeyPair::make()) == 0);  // listed again meanwhile
    }
    REQUIRE(acknowledge_concern(*centre.sql, id, centre.clock.now_ms()).ok());
    CHECK(concerns(*centre.sql)->front().state == ConcernState::acknowledged);
    CHECK(due().empty());
    // Acknowledged it stays so, and can still be opened with the right key.
    CHECK(*look_into_unopened(*centre.sql, KeyPair::make()) == 0);
    CHECK(concerns(*centre.sql)->front().state == ConcernState::acknowledged);
    CHECK(open_concern(*centre.sql, id, centre.made.safeguarding).ok());
}

TEST_CASE("ten passphrases in vain close a lead's way, and the right one in between opens it anew",
          "[concern]") {
    ConcernCentre centre;
    centre.add_lead("lead-1");
    REQUIRE(centre.sql->script("update passphrase_holder set tries = 9").ok());
    REQUIRE(centre.sign_in("lead-1", passphrase).ok());
    CHECK(centre.number("select tries from passphrase_holder") == 0);
    REQUIRE(centre.sql->script("update passphrase_holder set tries = 10").ok());
    CHECK(centre.sign_in("lead-1", passphrase).error().fault == Fault::refused);
    centre.add_lead("lead-1");
    CHECK(centre.sign_in("lead-1", passphrase).ok());
}

TEST_CASE("what came from a tablet without the endpoint's key is looked into by a lead", "[concern]") {
    ConcernCentre centre;
    centre.push_part("{}", std::nullopt);
    centre.push_part(R"({"answers":{"words":"help"}})", std::nullopt);
    CHECK(silent_concerns(*centre.sql)->empty());
    CHECK(unopened_concerns(*centre.sql)->size() == 2);
    CHECK(concerns(*centre.sql)->size() == 2);
    CHECK(*look_into_unopened(*centre.sql, centre.made.safeguarding) == 1);
    CHECK(concerns(*centre.sql)->size() == 1);
    CHECK(silent_concerns(*centre.sql)->size() == 1);
}

TEST_CASE("a concern that does not open is kept and shown, and opens with the right key", "[concern]") {
    ConcernCentre centre;
    centre.push_part(R"({"answers":{"words":"help"}})", std::nullopt);
    const auto wrong = KeyPair::make();
    CHECK(*look_into_unopened(*centre.sql, wrong) == 0);
    REQUIRE(concerns(*centre.sql)->size() == 1);
    CHECK(concerns(*centre.sql)->front().state == ConcernState::unreadable);
    CHECK(word(ConcernState::unreadable) == "unreadable");
    CHECK(*look_into_unopened(*centre.sql, centre.made.safeguarding) == 1);
    CHECK(concerns(*centre.sql)->front().state == ConcernState::raised);
}

TEST_CASE("silence on a concern raises its alarm on time, until somebody acknowledges it",
          "[concern][alarm]") {
    ConcernCentre centre;
    ConcernAlarm alarm;
    const auto due = [&] { return alarm.due(*silent_concerns(*centre.sql), centre.clock.now_ms()); };
    CHECK(due().empty());
    const ConcernNotice first{Uuid::random(centre.random), "police", "today"};
    centre.push_part(R"({"a":1})", first);
    CHECK(due() == std::vector<Uuid>{first.concern});
    CHECK(due().empty());
    centre.clock.advance_ms(ConcernAlarm::every_ms - 1);
    CHECK(due().empty());
    centre.clock.advance_ms(1);
    CHECK(due().size() == 1);
    // A second one does not wait for the first one's turn.
    centre.clock.advance_ms(1000);
    centre.push_part(R"({"a":2})", ConcernNotice{Uuid::random(centre.random), "", "routine"});
    CHECK(due().size() == 2);
    centre.clock.advance_ms(-3'600'000);  // the clock is set back: better once too often
    CHECK(due().size() == 2);
    REQUIRE(acknowledge_concern(*centre.sql, first.concern, centre.clock.now_ms()).ok());
    centre.clock.advance_ms(ConcernAlarm::every_ms);
    CHECK(due().size() == 1);
    const auto all = *concerns(*centre.sql);
    for (const auto& one : all)
        REQUIRE(acknowledge_concern(*centre.sql, one.concern, centre.clock.now_ms()).ok());
    centre.clock.advance_ms(ConcernAlarm::every_ms);
    CHECK(due().empty());
}
