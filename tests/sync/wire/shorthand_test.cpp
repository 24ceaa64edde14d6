#include "sync/wire/shorthand.h"

#include <catch2/catch.hpp>

#include "forms/base/derived_id.h"
#include "sync/wire/codec.h"
#include "sync/wire/likely_text.h"
#include "sync/wire/limits.h"
#include "sync/wire/messages.h"
#include "tests/sync/random_operations.h"

using namespace doorstep;
using namespace doorstep::wire;

namespace {

Vocabulary small_form() {
    Vocabulary form{"doors", "2026-01", "p1", {"English (en)"}, Sha256::of("doors"), {}, {}};
    form.questions = {{"alarms", "alarms", false, {{"none", "No working alarm"}, {"one", "One"}}},
                      {"needs", "home/needs", true, {{"hearing", "Hearing"}, {"sight", "Sight"}}},
                      {"said", "said", false, {}}};
    form.rules = {{"fire", "fire", "alarms", "There is no working \"alarm\".", true}};
    return form;
}

// Learnt once.
const PhraseBooks& small_books() {
    static const PhraseBooks books = [] {
        PhraseBooks made;
        made.add(small_form());
        return made;
    }();
    return books;
}

struct Door {
    SeededRandom random{7};
    OfEnvelope envelope{Uuid::random(random), 1};
    const PhraseBooks& books = small_books();

    const PhraseBook& book() const { return books.of(small_form().hash); }
    // One finish as a tablet writes it, with a referral to each of `agencies`.
    std::vector<Operation> finish(int agencies) {
        const Uuid contact = Uuid::random(random);
        std::vector<Operation> all(2);
        ContactRecorded met;
        met.contact = contact;
        met.outcome = ContactOutcome::completed;
        met.day = *Day::parse("2026-09-21");
        met.address = {"12A", "", "Zażółć Road", "DA5 1AA", 100020000001};
        all[0].payload = met;
        QuestionnaireFinished filled;
        filled.questionnaire = Uuid::random(random);
        filled.contact = contact;
        filled.form = {"doors", "2026-01", small_form().hash};
        filled.complete = true;
        filled.day = met.day;
        filled.privacy_version = "p1";
        filled.started_ms = 1'790'000'000'000;
        filled.finished_ms = 1'790'000'400'000;
        filled.restricted.resize(100);
        for (auto& byte : filled.restricted)
            byte = static_cast<char>(random.below(256));
        filled.answers = {{"alarms", "alarms", "given", "none"},
                          {"needs", "home/needs", "given", "hearing sight"},
                          {"said", "said", "given", "the gate is \"stuck\"\n"}};
        all[1].payload = filled;
        const Uuid root = Uuid::random(random);
        for (int i = 0; i < agencies; ++i) {
            ReferralRaised raised;
            raised.referral = i == 0 ? root : derived_id(root, static_cast<std::uint32_t>(i));
            raised.contact = contact;
            raised.agency = "fire";
            raised.services = {"alarms"};
            raised.rules = {"fire"};
            raised.reasons = {"There is no working \"alarm\"."};
            raised.urgency = "routine";
            raised.day = met.day;
            all.emplace_back().payload = raised;
        }
        const Uuid household = Uuid::random(random);
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i].id = derived_id(envelope.id, static_cast<std::uint32_t>(i));
            all[i].sequence = i + 1;
            all[i].at_ms = 1'790'000'400'000;
            all[i].utc_offset_minutes = 60;
            all[i].hybrid_clock = (std::uint64_t{1'790'000'400'000} << 16) + i;
            all[i].subject = household;
        }
        return all;
    }
    std::string text(const std::vector<Operation>& operations) const {
        std::vector<std::string> encoded;
        for (const auto& one : operations)
            encoded.push_back(encode(one));
        return envelope_text(envelope.id, 1, encoded);
    }
};

}  // namespace

TEST_CASE("What was written short comes back byte for byte") {
    Door door;
    const auto text = door.text(door.finish(3));
    const auto brief = shorten(text, door.book(), door.envelope);
    REQUIRE(is_short(brief));
    const auto back = lengthen(brief, door.books, door.envelope, limits::envelope_bytes_max);
    REQUIRE(back.ok());
    CHECK(*back == text);
    CHECK(brief.size() * 2 < compress(text).size());
}

TEST_CASE("Another referral of the same finish costs few bytes: its ids follow from others") {
    Door door;
    const auto two = shorten(door.text(door.finish(2)), door.book(), door.envelope).size();
    const auto three = shorten(door.text(door.finish(3)), door.book(), door.envelope).size();
    CHECK(three < two + 24);
}

TEST_CASE("Whatever operations say comes back byte for byte, with every book") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        testing::RandomOperations source(seed);
        Door door;
        const auto text = door.text(source.several(1 + seed % 7));
        for (const auto* book : {&door.book(), &door.books.without_form()}) {
            const auto brief = shorten(text, *book, door.envelope);
            INFO("seed " << seed);
            REQUIRE_FALSE(brief.empty());
            const auto back = lengthen(brief, door.books, door.envelope, limits::envelope_bytes_max);
            REQUIRE(back.ok());
            REQUIRE(*back == text);
        }
    }
}

TEST_CASE("Numbers come back whatever their size") {
    Door door;
    for (const std::string number :
         {"1000000000", "999999999999999999", "100000000000000000", "4611686018427387903",
          "18446744073709551615", "01234567890", "-1790000000000", "1790000000000.5", "1790000000000"}) {
        const auto text = "{\"a\":" + number + ",\"b\":1790000000001,\"c\":" + number + "}";
        const auto back =
            lengthen(shorten(text, door.book(), door.envelope), door.books, door.envelope, 4096);
        REQUIRE(back.ok());
        CHECK(*back == text);
    }
}

TEST_CASE("Text with control characters is not written short: no JSON has them") {
    Door door;
    CHECK(shorten(std::string("{\"a\":\"\x1c\"}"), door.book(), door.envelope).empty());
}

TEST_CASE("A short form of a form that is not at hand says so") {
    Door door;
    const auto brief = shorten(door.text(door.finish(1)), door.book(), door.envelope);
    const auto back = lengthen(brief, PhraseBooks(), door.envelope, limits::envelope_bytes_max);
    REQUIRE_FALSE(back.ok());
    CHECK(back.error().fault == Fault::not_found);
}

TEST_CASE("A short form that was altered, cut or blown up is refused or bounded, never more") {
    Door door;
    const auto brief = shorten(door.text(door.finish(3)), door.book(), door.envelope);
    for (std::size_t cut = 0; cut < brief.size(); ++cut) {
        const auto part =
            lengthen(std::string_view(brief).substr(0, cut), door.books, door.envelope, 100'000);
        CHECK((!part.ok() || part->size() <= 100'000));
    }
    for (int i = 0; i < 6'000; ++i) {
        auto altered = brief;
        for (std::uint64_t n = 0; n <= door.random.below(3); ++n)
            altered[door.random.below(altered.size())] = static_cast<char>(door.random.below(256));
        const auto back = lengthen(altered, door.books, door.envelope, 3'000);
        if (back.ok())
            CHECK(back->size() <= 3'000);
    }
    std::string bomb = "s" + door.book().id() + std::string(3, '\0');
    for (int i = 0; i < 5'000; ++i)
        bomb += '\x01';
    CHECK_FALSE(lengthen(bomb, door.books, door.envelope, 10'000).ok());
}

TEST_CASE("Two programs that know the same form write the same bytes, and they stay what they are") {
    Door door;
    PhraseBooks others;
    others.add(small_form());
    const auto text = door.text(door.finish(2));
    const auto brief = shorten(text, door.book(), door.envelope);
    CHECK(brief == shorten(text, others.of(small_form().hash), door.envelope));
    // Envelopes that wait somewhere were written so: a change needs a letter of its own.
    const auto phrased = in_phrases_of(text, door.book(), door.envelope);
    const auto likely = write_likely(door.book().odds(), phrased, door.book());
    CHECK(read_likely(door.book().odds(), likely, door.book(), 10'000) == phrased);
    CHECK(likely.size() < 200);
    CHECK(Sha256::of(likely).hex().substr(0, 16) == "7695a8241e48bb8e");
}

TEST_CASE("A page of the officer is written in few bytes, and read with the words that went along") {
    auto form = small_form();
    form.questions.back().restricted = true;
    const OfficersWords words(form);
    for (const auto& text : {std::string("{\"answers\":{},\"referrals\":[]}"),
                             std::string("{\"answers\":{\"said\":\"bruises\"},\"referrals\":[]}"),
                             std::string("\x00\xff no page at all", 18), std::string()}) {
        const auto written = words.write(text);
        const auto again = OfficersWords::read(words.bytes());
        REQUIRE(again);
        const auto back = again->read_text(written, 1'000);
        REQUIRE(back);
        CHECK(back->view() == text);
        if (text.starts_with('{'))
            CHECK(written.size() < 14);
    }
    const auto long_one = words.write(std::string(2'000, 'x'));
    CHECK_FALSE(words.read_text(long_one, 1'000));
    CHECK_FALSE(OfficersWords::read("none"));
}
