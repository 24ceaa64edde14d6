// What is known of homes: two who did not see each other are both heard, in any order of arrival.
#include "sync/store/home_notes.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "sync/store/erase.h"
#include "sync/wire/limits.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/store/facts.h"
#include "tests/sync/store/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

const Day today = Day::of(2026, 3, 14);

Operation a_note(const Uuid& home, HomeNoteKind kind, const std::string& text, std::vector<Uuid> seen = {},
                 bool holds = true) {
    HomeNoted noted;
    noted.household = home;
    noted.area = "BE";
    noted.kind = kind;
    noted.holds = holds;
    noted.text = text;
    noted.officer = "off-pol-01";
    noted.day = today;
    noted.review = today.plus(183);
    noted.until = today.plus(730);
    auto operation = fact(noted);
    operation.subject = home;
    operation.base = std::move(seen);
    return operation;
}

std::vector<std::string> said(Rig& rig, const Uuid& home, Day on = today) {
    const auto notes = notes_of(*rig.sql, home, on);
    REQUIRE(notes.ok());
    std::vector<std::string> texts;
    for (const auto& one : *notes)
        texts.push_back(std::string(word(one.noted.kind)) + (one.noted.holds ? " " : " no longer ") +
                        one.noted.text);
    return texts;
}

// An oracle that knows of sets alone.
std::set<Uuid> standing_of(const std::vector<Operation>& all) {
    std::set<Uuid> standing;
    for (const auto& one : all)
        if (const auto* noted = std::get_if<HomeNoted>(&one.payload); noted && !noted->officer.empty())
            standing.insert(one.id);
    const auto is_of_one_register = [&](const Uuid& seen, const HomeNoted& by) {
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == seen; });
        const auto* noted = found == all.end() ? nullptr : std::get_if<HomeNoted>(&found->payload);
        return noted && noted->household == by.household && noted->kind == by.kind;
    };
    for (const auto& one : all)
        if (const auto* noted = std::get_if<HomeNoted>(&one.payload)) {
            for (const auto& seen : one.base)
                if (noted->officer.empty() || is_of_one_register(seen, *noted))
                    standing.erase(seen);
            if (one.supersedes)
                standing.erase(*one.supersedes);
        }
    return standing;
}

}  // namespace

TEST_CASE("what was seen is replaced, what was not seen stands beside it", "[store][notes]") {
    Rig rig(":memory:");
    const Uuid home = Uuid::random(rig.random);
    const Uuid other = Uuid::random(rig.random);
    const auto first = rig.append({a_note(home, HomeNoteKind::hazard, "Loose dog.")}).front();
    rig.append({a_note(home, HomeNoteKind::access, "Round the back.")});
    rig.append({a_note(other, HomeNoteKind::hazard, "Wet steps.")});
    // A colleague who saw the dog, and one who saw nothing.
    auto seen = a_note(home, HomeNoteKind::hazard, "Dog is on a chain.", {first.id});
    auto unseen = a_note(home, HomeNoteKind::hazard, "Broken step.");
    rig.receive(arrived({seen}, rig.random), Uuid{});
    rig.receive(arrived({unseen}, rig.random), Uuid{});
    const auto both = notes_of(*rig.sql, home, today);
    REQUIRE(both.ok());
    REQUIRE(both->size() == 3);
    CHECK(said(rig, other) == std::vector<std::string>{"hazard Wet steps."});
    // Whoever sees both says which.
    rig.append({a_note(home, HomeNoteKind::hazard, "Dog on a chain, step is mended.",
                       {(*both)[0].fact, (*both)[1].fact})});
    CHECK(said(rig, home) ==
          std::vector<std::string>{"hazard Dog on a chain, step is mended.", "access Round the back."});
    REQUIRE(rig.store->rebuild().ok());
    CHECK(said(rig, home).size() == 2);
}

TEST_CASE("while two stand, what protects somebody counts, and else the later one", "[store][notes]") {
    Rig rig(":memory:");
    const Uuid home = Uuid::random(rig.random);
    auto dog = a_note(home, HomeNoteKind::hazard, "Loose dog.");
    auto gone = a_note(home, HomeNoteKind::hazard, "", {}, false);
    auto front = a_note(home, HomeNoteKind::access, "Use the front.");
    auto closed = a_note(home, HomeNoteKind::access, "", {}, false);
    dog.hybrid_clock = front.hybrid_clock = 10;
    gone.hybrid_clock = closed.hybrid_clock = 20;
    std::vector<Operation> all{gone, dog, closed, front};
    for (auto& one : all)
        one.id = Uuid::random(rig.random);
    rig.receive(opened(all), Uuid{});
    CHECK(said(rig, home) == std::vector<std::string>{"hazard Loose dog.", "hazard no longer ",
                                                      "access no longer ", "access Use the front."});
}

TEST_CASE("an entry takes the place of nothing in another register or at another home",
          "[store][notes][evil]") {
    Rig rig(":memory:");
    const Uuid home = Uuid::random(rig.random);
    const Uuid other = Uuid::random(rig.random);
    const auto dog = rig.append({a_note(home, HomeNoteKind::hazard, "Loose dog.")}).front();
    const auto shouts = rig.append({a_note(home, HomeNoteKind::safety, "Shouts.")}).front();
    rig.receive(arrived({a_note(other, HomeNoteKind::hazard, "Wet steps.", {dog.id, shouts.id}),
                         a_note(home, HomeNoteKind::safety, "Calm.", {dog.id, shouts.id})},
                        rig.random),
                Uuid{});
    CHECK(said(rig, home) == std::vector<std::string>{"hazard Loose dog.", "safety Calm."});
    REQUIRE(rig.store->rebuild().ok());
    CHECK(said(rig, home) == std::vector<std::string>{"hazard Loose dog.", "safety Calm."});
}

TEST_CASE("one that says it is of another home, or goes on and on, is set aside", "[store][notes][evil]") {
    Rig rig(":memory:");
    const Uuid home = Uuid::random(rig.random);
    auto elsewhere = a_note(home, HomeNoteKind::hazard, "Not here.");
    elsewhere.subject = Uuid::random(rig.random);
    const auto longer = a_note(home, HomeNoteKind::hazard, std::string(limits::note_bytes_max + 1, 'x'));
    const auto long_one = a_note(home, HomeNoteKind::access, std::string(limits::note_bytes_max, 'x'));
    CHECK(rig.receive(arrived({elsewhere, longer, long_one}, rig.random), Uuid{}).quarantined.size() == 2);
    CHECK(said(rig, home).size() == 1);
}

TEST_CASE("one of a wrong clock counts for as long as its officer meant", "[store][notes][clock]") {
    for (const bool corrected_first : {false, true}) {
        Rig rig(":memory:");
        const Uuid home = Uuid::random(rig.random);
        auto note = a_note(home, HomeNoteKind::hazard, "Loose dog.");
        // The battery was flat: three years behind.
        auto& noted = std::get<HomeNoted>(note.payload);
        for (Day* day : {&noted.day, &noted.review, &noted.until})
            *day = day->plus(-3 * 365);
        note.id = Uuid::random(rig.random);
        note.hybrid_clock = 5;
        auto told = fact(ClockCorrected{Uuid::random(rig.random), {{note.id, 0, today, 50}}});
        told.id = Uuid::random(rig.random);
        told.hybrid_clock = 60;
        for (const auto& one : corrected_first ? std::vector{told, note} : std::vector{note, told})
            rig.receive(opened({one}), Uuid{});
        const auto is_right = [&] {
            const auto notes = notes_of(*rig.sql, home, today);
            REQUIRE(notes.ok());
            REQUIRE(notes->size() == 1);
            CHECK(notes->front().noted.day == today);
            CHECK(notes->front().noted.review == today.plus(183));
            CHECK(notes->front().noted.until == today.plus(730));
        };
        is_right();
        // Said once more it does not move again.
        told.id = Uuid::random(rig.random);
        told.hybrid_clock = 70;
        rig.receive(opened({told}), Uuid{});
        is_right();
        REQUIRE(rig.store->rebuild().ok());
        is_right();
    }
}

TEST_CASE("what ran out counts no longer, and every home has its own", "[store][notes]") {
    Rig rig(":memory:");
    const Uuid home = Uuid::random(rig.random);
    rig.append({a_note(home, HomeNoteKind::safety, "Two officers together.")});
    CHECK(said(rig, home, today.plus(730)).size() == 1);
    CHECK(said(rig, home, today.plus(731)).empty());
    const auto homes = notes_by_home(*rig.sql, today);
    REQUIRE(homes.ok());
    REQUIRE(homes->size() == 1);
    CHECK(homes->at(home).front().noted.text == "Two officers together.");
}

TEST_CASE("a register is what the notes say, in whatever order they come", "[store][notes][property]") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SeededRandom random(seed);
        const Uuid home = Uuid::random(random);
        std::vector<Operation> all;
        while (all.size() < 2 + random.below(12)) {
            std::vector<Uuid> seen;
            for (const auto& one : all)
                if (random.chance(0.3))
                    seen.push_back(one.id);
            auto one =
                a_note(home, static_cast<HomeNoteKind>(random.below(2)), "note", seen, random.chance(0.7));
            one.id = Uuid::random(random);
            one.hybrid_clock = random.below(5);
            all.push_back(one);
        }
        const auto expected = standing_of(all);
        auto mixed = all;
        for (std::size_t i = mixed.size(); i > 1; --i)
            std::swap(mixed[i - 1], mixed[random.below(i)]);
        Rig rig(":memory:");
        for (const auto& one : mixed)
            rig.receive(opened({one}), Uuid{});
        rig.receive(opened(mixed), Uuid{});
        const auto notes = notes_of(*rig.sql, home, today);
        REQUIRE(notes.ok());
        std::set<Uuid> found;
        for (const auto& one : *notes)
            found.insert(one.fact);
        INFO("seed " << seed);
        REQUIRE(found == expected);
        REQUIRE(std::is_sorted(notes->begin(), notes->end(), [](const auto& a, const auto& b) {
            return a.noted.kind != b.noted.kind ? a.noted.kind < b.noted.kind : counts_before(a, b);
        }));
    }
}

TEST_CASE("a sealed tablet opens with its notes, and an order to forget takes them", "[store][notes]") {
    TemporaryFolder folder;
    Rig rig(folder.file("tablet.db"));
    const Uuid home = Uuid::random(rig.random);
    const auto first = rig.append({a_note(home, HomeNoteKind::safety, "Shouts at uniforms.")}).front();
    const auto second = rig.append({a_note(home, HomeNoteKind::safety, "Calm since.", {first.id})}).front();
    rig.open();
    CHECK(said(rig, home) == std::vector<std::string>{"safety Calm since."});
    {
        auto transaction = rig.store->begin();
        REQUIRE(transaction.ok());
        const RecordsErased order{Uuid::random(rig.random), {second.id}, {}};
        REQUIRE(forget_on_tablet(transaction->sql(), order, UINT64_MAX).ok());
        REQUIRE(transaction->commit().ok());
    }
    // What it had taken the place of does not come back.
    CHECK(said(rig, home).empty());
    rig.open();
    CHECK(said(rig, home).empty());
    const auto log = rig.store->log();
    REQUIRE(log.ok());
    for (const auto& one : *log)
        CHECK(wire::encode(one).find("Calm since") == std::string::npos);
}

TEST_CASE("an entry that takes its own place, or says an unknown register, is set aside", "[store][notes]") {
    Rig rig(":memory:");
    auto own = a_note(Uuid::random(rig.random), HomeNoteKind::hazard, "Loose dog.");
    own.id = Uuid::random(rig.random);
    own.base = {own.id};
    auto json = wire::encode(a_note(Uuid::random(rig.random), HomeNoteKind::hazard, "Loose dog."));
    json.replace(json.find("\"hazard\""), 8, "\"ghost\"");
    json.replace(json.find("00000000-"), 36, Uuid::random(rig.random).text());
    auto facts = opened({own});
    facts.push_back(wire::open_operation(json));
    const auto appended = rig.receive(facts, Uuid{});
    CHECK(appended.quarantined.size() == 2);
}
