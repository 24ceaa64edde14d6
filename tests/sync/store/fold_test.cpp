#include <algorithm>
#include <catch2/catch.hpp>

#include "forms/base/encoding.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/random_operations.h"
#include "tests/sync/store/facts.h"
#include "tests/sync/store/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

template<class T>
void shuffle(std::vector<T>& values, Random& random) {
    for (std::size_t i = values.size(); i > 1; --i)
        std::swap(values[i - 1], values[random.below(i)]);
}

// Split at random into transactions.
void receive_in_pieces(Rig& rig, const std::vector<wire::OpenedOperation>& all, Random& random) {
    for (std::size_t at = 0; at < all.size();) {
        const auto size = std::min<std::size_t>(1 + random.below(10), all.size() - at);
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at);
        rig.receive({begin, begin + static_cast<std::ptrdiff_t>(size)}, Uuid{});
        at += size;
    }
}

}  // namespace

TEST_CASE("any order and any repetition of the same facts fold to the same read model", "[store][fold]") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        RandomOperations source(seed);
        const auto operations = source.several(1 + source.random().below(40));
        const auto facts = opened(operations);
        // Only a tablet has the people half.
        const auto role = source.random().chance(0.5) ? StoreRole::tablet : StoreRole::endpoint;
        Rig straight(":memory:", role);
        straight.receive(facts, Uuid{});

        auto mixed = facts;
        for (std::size_t n = source.random().below(facts.size() + 1); n > 0; --n)
            mixed.push_back(facts[source.random().below(facts.size())]);
        shuffle(mixed, source.random());
        Rig other(":memory:", role);
        receive_in_pieces(other, mixed, source.random());

        INFO("seed " << seed);
        REQUIRE(other.dump() == straight.dump());
        REQUIRE(other.store->log()->size() == operations.size());
        const auto before = other.dump();
        REQUIRE(other.store->rebuild().ok());
        REQUIRE(other.dump() == before);
    }
}

TEST_CASE("three tries at one door are one contact, and the latest says how it ended", "[store][fold]") {
    Rig rig(":memory:");
    const auto door = Uuid::random(rig.random);
    rig.receive(arrived({a_contact(door, ContactOutcome::no_answer, 20),
                         a_contact(door, ContactOutcome::completed, 30),
                         a_contact(door, ContactOutcome::no_access, 10)},
                        rig.random),
                Uuid{});
    CHECK(rig.rows("select outcome, attempts from contact") == std::vector<std::string>{"completed|3"});
}

TEST_CASE("a correction takes the place of what it supersedes, even when its clock is behind",
          "[store][fold]") {
    Rig rig(":memory:");
    const auto door = Uuid::random(rig.random);
    auto wrong = a_contact(door, ContactOutcome::empty, 900);
    wrong.id = Uuid::random(rig.random);
    auto right = a_contact(door, ContactOutcome::declined, 5);
    right.supersedes = wrong.id;
    rig.receive(arrived({right, wrong}, rig.random), Uuid{});
    CHECK(rig.rows("select outcome, attempts from contact") == std::vector<std::string>{"declined|1"});
}

TEST_CASE("a fact of another type supersedes nothing", "[store][fold]") {
    Rig rig(":memory:");
    auto contact = a_contact(Uuid::random(rig.random), ContactOutcome::declined);
    contact.id = Uuid::random(rig.random);
    auto visit = a_visit(rig.random);
    visit.supersedes = contact.id;
    rig.receive(arrived({contact, visit}, rig.random), Uuid{});
    CHECK(rig.rows("select outcome from contact").size() == 1);
}

TEST_CASE("two corrections of one questionnaire both stay to be seen", "[store][fold]") {
    Rig rig(":memory:");
    QuestionnaireFinished finished;
    finished.questionnaire = Uuid::random(rig.random);
    finished.form = {"safer_streets_doorstep", "2013", {}};
    auto first = fact(finished);
    first.id = Uuid::random(rig.random);
    auto second = fact(finished);
    second.supersedes = first.id;
    rig.receive(arrived({first, second, second}, rig.random), Uuid{});
    CHECK(rig.rows("select form_id from questionnaire").size() == 2);
}

TEST_CASE("a referral's rank only rises within a cycle, ends win, and a new cycle begins again",
          "[store][fold]") {
    Rig rig(":memory:");
    const auto status = [&] { return rig.rows("select cycle, word, withdrawals from referral_status"); };
    const auto referral = Uuid::random(rig.random);
    const auto set = [&](int cycle, ReferralState state) {
        rig.receive(arrived({a_state(referral, cycle, state)}, rig.random), Uuid{});
    };
    set(1, ReferralState::accepted);
    set(1, ReferralState::sent);
    CHECK(status() == std::vector<std::string>{"1|accepted|0"});
    set(1, ReferralState::completed);
    set(1, ReferralState::declined);
    set(1, ReferralState::in_progress);
    CHECK(status() == std::vector<std::string>{"1|declined|0"});
    set(2, ReferralState::raised);
    CHECK(status() == std::vector<std::string>{"2|raised|0"});
    set(1, ReferralState::withdrawn);
    CHECK(status() == std::vector<std::string>{"2|raised|1"});
}

TEST_CASE("the counts half of the dump holds no address", "[store][fold]") {
    Rig rig(":memory:");
    auto contact = a_contact(Uuid::random(rig.random), ContactOutcome::declined);
    std::get<ContactRecorded>(contact.payload).address.road = "CANARY";
    rig.append({contact});
    const auto canary = to_hex("CANARY");
    CHECK(rig.store->dump_read_model(true)->find(canary) == std::string::npos);
    CHECK(rig.store->dump_read_model(false)->find(canary) != std::string::npos);
}

TEST_CASE("an outcome that was taken back never was, in whatever order the two arrive", "[store][fold]") {
    SeededRandom random(5);
    const auto door = Uuid::random(random);
    auto first = a_contact(door, ContactOutcome::no_answer, 10);
    auto second = a_contact(door, ContactOutcome::declined, 20);
    first.id = Uuid::random(random);
    second.id = Uuid::random(random);
    auto back = fact(ContactTakenBack{door, second.id}, 30);
    back.id = Uuid::random(random);
    auto back_too = fact(ContactTakenBack{door, first.id}, 40);
    back_too.id = Uuid::random(random);
    const std::vector<std::vector<Operation>> orders = {
        {first, second, back}, {back, second, first}, {second, back, first}, {back, first, second}};
    std::string dump;
    for (const auto& order : orders) {
        Rig rig(":memory:");
        rig.receive(opened(order), Uuid{});
        CHECK(rig.rows("select outcome, attempts from contact") == std::vector<std::string>{"no_answer|1"});
        CHECK((dump.empty() || dump == rig.dump()));
        dump = rig.dump();
        rig.receive(opened({back_too}), Uuid{});
        CHECK(rig.rows("select outcome from contact").empty());
        CHECK(rig.rows("select count(*) from people_contact_now") == std::vector<std::string>{"0"});
    }
}

TEST_CASE("what a questionnaire ended is not taken back, and nothing but a contact is", "[store][fold]") {
    Rig rig(":memory:");
    const auto door = Uuid::random(rig.random);
    auto done = a_contact(door, ContactOutcome::completed, 10);
    auto partial = a_contact(Uuid::random(rig.random), ContactOutcome::partial, 11);
    auto visit = a_visit(rig.random);
    for (auto* each : {&done, &partial, &visit})
        each->id = Uuid::random(rig.random);
    rig.receive(arrived({done, partial, visit, fact(ContactTakenBack{door, done.id}),
                         fact(ContactTakenBack{door, partial.id}), fact(ContactTakenBack{door, visit.id})},
                        rig.random),
                Uuid{});
    CHECK(rig.rows("select outcome from contact order by outcome") ==
          std::vector<std::string>{"completed", "partial"});
    CHECK(rig.rows("select count(*) from visit") == std::vector<std::string>{"1"});
    CHECK(rig.store->quarantined()->empty());
}

TEST_CASE("what takes back and supersedes at once is set aside", "[store][fold]") {
    Rig rig(":memory:");
    auto both = fact(ContactTakenBack{Uuid::random(rig.random), Uuid::random(rig.random)});
    both.supersedes = Uuid::random(rig.random);
    rig.receive(arrived({both}, rig.random), Uuid{});
    CHECK(rig.store->quarantined()->size() == 1);
    CHECK(rig.rows("select count(*) from superseded") == std::vector<std::string>{"0"});
}
