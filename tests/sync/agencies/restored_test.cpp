#include "sync/agencies/referral_list.h"
#include "sync/agencies/restored.h"

#include <filesystem>

#include "sync/endpoint/erasure.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/agencies/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

// A centre in a file that can be set back.
struct SetBack {
    TemporaryFolder folder;
    std::string file = folder.path() + "/centre.sqlite";
    std::string journal_file = folder.path() + "/send.journal";
    std::unique_ptr<Rig> rig = std::make_unique<Rig>(5, file);
    std::optional<JournalFile> journal;

    explicit SetBack(bool with_journal) {
        if (with_journal) {
            journal.emplace(must(JournalFile::open(journal_file)));
            rig->start(&*journal);
        }
        rig->webhook("fire");
    }
    void copy(const std::string& from, const std::string& to) {
        must(checkpoint(*rig->sql));
        std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
    }
    void back_up() { copy(file, file + ".backup"); }
    // The agencies remember what the centre forgets.
    void restore() {
        must(checkpoint(*rig->sql));
        const auto* const now = rig->endpoint->keys();
        WorkingKeys keys{KeyPair::from_secret(now->sealing.secret_key.view()).value(),
                         SigningPair::from_seed(now->signing.seed.duplicate()), now->safeguarding,
                         now->recovery};
        rig->sender.reset();
        rig->endpoint.reset();
        rig->sql.reset();
        for (const char* more : {"-wal", "-shm"})
            std::filesystem::remove(file + more);
        std::filesystem::copy_file(file + ".backup", file, std::filesystem::copy_options::overwrite_existing);
        rig->sql = must(open_sqlite(file));
        rig->start(journal ? &*journal : nullptr);
        must(rig->endpoint->use_keys(std::move(keys)));
        auto transaction = must(rig->store().begin());
        std::optional<std::vector<SendAttempt>> attempts;
        if (journal)
            attempts = must(read_journal_file(journal_file));
        must(verify_before_send(transaction.sql(), rig->clock, attempts));
        must(transaction.commit());
    }
    // The home is forgotten, the centre set back, the order given again, and then the tablet sends once more.
    void forget_and_bring_again(const Uuid& home, const std::vector<Operation>& facts) {
        const ErasureList list(folder / "erasures.list");
        REQUIRE(erase_subject(must(rig->endpoint->forgetting(list)), home).ok());
        rig->clock.advance_ms(hour_ms);
        restore();
        REQUIRE(must(reapply_erasures(must(rig->endpoint->forgetting(list)))) == 1);
        rig->arrive(facts);
    }
};

}  // namespace

TEST_CASE("after a restore nothing that left is sent again, with the other disk's journal or without",
          "[restored]") {
    const bool with_journal = GENERATE(true, false);
    SetBack centre(with_journal);
    auto& rig = *centre.rig;
    const auto before = rig.refer("fire");
    rig.work();
    const auto in_backup = rig.refer("fire");
    const auto never_left = rig.refer("fire");
    centre.back_up();
    rig.clock.advance_ms(hour_ms);
    // After the backup: one of it leaves, a new one comes and leaves.
    auto taken = must(rig.sender->take());
    REQUIRE(taken.parcel);
    const auto left = taken.parcel->referral;
    const auto stayed = left == in_backup ? never_left : in_backup;
    must(rig.sender->record(*taken.parcel, deliver(*taken.parcel, rig.connect(), rig.clock, rig.random)));
    const auto contact = rig.door(Uuid::random(rig.random));
    const auto raised = rig.raised(contact, "fire", "today");
    const std::vector<Operation> later{rig.fact(contact), rig.fact(raised)};
    rig.arrive(later);
    taken = must(rig.sender->take());
    REQUIRE(taken.parcel);
    REQUIRE(taken.parcel->referral == raised.referral);
    must(rig.sender->record(*taken.parcel, deliver(*taken.parcel, rig.connect(), rig.clock, rig.random)));

    rig.clock.advance_ms(hour_ms);
    centre.restore();
    CHECK(rig.state(before) == "sent");
    CHECK(rig.state(left) == "verify");
    CHECK(rig.state(stayed) == (with_journal ? "waiting" : "verify"));
    rig.arrive(later);  // the tablet offers it again
    CHECK(rig.state(raised.referral) == "verify");
    rig.clock.advance_ms(1);
    const auto fresh = rig.refer("fire");
    CHECK(rig.state(fresh) == "waiting");

    rig.work_for(3 * hour_ms);
    for (const auto& each : {before, left, stayed, raised.referral, fresh}) {
        CHECK(rig.state(each) == "sent");
        CHECK(rig.stubs["fire"].effects_of(each) == 1);
    }
}

TEST_CASE(
    "what left, was forgotten and comes again after a restore is asked for, so that its agency hears of a "
    "withdrawal",
    "[restored][erase]") {
    const bool with_journal = GENERATE(true, false);
    const bool had_left = GENERATE(true, false);
    SetBack centre(with_journal);
    auto& rig = *centre.rig;
    centre.back_up();
    rig.clock.advance_ms(hour_ms);
    const auto home = Uuid::random(rig.random);
    const auto contact = rig.door(home);
    const auto raised = rig.raised(contact, "fire");
    const std::vector<Operation> facts{rig.fact(contact), rig.fact(raised)};
    rig.arrive(facts);
    if (had_left)
        rig.work();
    REQUIRE(rig.state(raised.referral) == (had_left ? "sent" : "waiting"));
    centre.forget_and_bring_again(home, facts);
    const bool may_be_there = had_left || !with_journal;
    CHECK(rig.state(raised.referral) == (may_be_there ? "verify" : "erased"));
    SECTION("withdrawn before it was asked for") {
        rig.withdraw_on_tablet(raised.referral);
        rig.work_for(3 * hour_ms);
        CHECK(rig.state(raised.referral) == "withdrawn");
        CHECK(rig.stubs["fire"].withdrawals[raised.referral] == (may_be_there ? 1 : 0));
    }
    SECTION("asked for") {
        rig.work_for(3 * hour_ms);
        CHECK(rig.state(raised.referral) == (had_left ? "sent" : "erased"));
        rig.withdraw_on_tablet(raised.referral);
        rig.work_for(3 * hour_ms);
        CHECK(rig.stubs["fire"].withdrawals[raised.referral] == (had_left ? 1 : 0));
    }
    CHECK(rig.stubs["fire"].effects_of(raised.referral) == (had_left ? 1 : 0));
}

TEST_CASE("one that was refused, handed over once more and taken is asked for after a restore",
          "[restored]") {
    SetBack centre(true);
    auto& rig = *centre.rig;
    auto way = AgencyDoes::well;
    rig.stubs["fire"].does = [&](const HttpRequest&) { return way; };
    way = AgencyDoes::refuses_422;
    const auto referral = rig.refer("fire");
    rig.work();
    REQUIRE(rig.state(referral) == "refused");
    centre.back_up();
    rig.clock.advance_ms(hour_ms);
    way = AgencyDoes::well;
    must(resend_referral(*rig.sql, rig.clock, referral));
    rig.work();
    REQUIRE(rig.state(referral) == "sent");
    rig.clock.advance_ms(hour_ms);
    centre.restore();
    CHECK(rig.state(referral) == "verify");
    rig.work_for(3 * hour_ms);
    CHECK(rig.state(referral) == "sent");
    CHECK(rig.stubs["fire"].effects_of(referral) == 1);
}

TEST_CASE("what is forgotten and has no way to its agency is ended by a person", "[restored][erase]") {
    SetBack centre(false);
    auto& rig = *centre.rig;
    centre.back_up();
    rig.clock.advance_ms(hour_ms);
    const auto home = Uuid::random(rig.random);
    const auto contact = rig.door(home);
    const auto raised = rig.raised(contact, "police");  // no way is set
    const std::vector<Operation> facts{rig.fact(contact), rig.fact(raised)};
    rig.arrive(facts);
    centre.forget_and_bring_again(home, facts);
    rig.work();
    REQUIRE(rig.state(raised.referral) == "verify");
    must(resend_referral(*rig.sql, rig.clock, raised.referral));
    CHECK(rig.state(raised.referral) == "erased");
}

TEST_CASE("a send journal that lacks what the database knows of is refused, and nothing is changed",
          "[restored]") {
    SetBack centre(true);
    auto& rig = *centre.rig;
    rig.refer("fire");
    rig.work();
    rig.clock.advance_ms(hour_ms);
    rig.refer("fire");
    rig.work();
    const auto waits = rig.refer("fire");
    const auto whole = must(read_journal_file(centre.journal_file));
    REQUIRE(whole.size() == 2);
    auto transaction = must(rig.store().begin());
    const auto tried = [&](std::vector<SendAttempt> journal) {
        return verify_before_send(transaction.sql(), rig.clock, std::move(journal));
    };
    CHECK(tried({}).error().fault == Fault::conflict);
    CHECK(tried({whole.front()}).error().fault == Fault::conflict);
    auto other = whole;
    other.back().attempt = 7;
    CHECK(tried(other).error().fault == Fault::conflict);
    CHECK(rig.state(waits) == "waiting");
    // One that was begun late is as good: what it lacks the database has.
    CHECK(must(tried({whole.back()})) == 0);
    CHECK(must(tried(whole)) == 0);
    CHECK(rig.state(waits) == "waiting");
}

TEST_CASE("after a restore an agency that cannot be asked leaves it to a person", "[restored]") {
    Rig rig;
    rig.webhook("fire", false);
    const auto referral = rig.refer("fire");
    auto transaction = must(rig.store().begin());
    CHECK(must(verify_before_send(transaction.sql(), rig.clock, std::nullopt)) == 1);
    must(transaction.commit());
    rig.work_for(hour_ms);
    CHECK(rig.state(referral) == "unknown");
    CHECK(rig.stubs["fire"].seen.empty());
}

TEST_CASE("after a restore an agency that may hold a referral is told of its withdrawal, which comes with it",
          "[restored]") {
    SetBack centre(GENERATE(true, false));
    auto& rig = *centre.rig;
    rig.refer("fire");
    rig.work();
    centre.back_up();
    rig.clock.advance_ms(hour_ms);
    const auto contact = rig.door(Uuid::random(rig.random));
    const auto raised = rig.raised(contact, "fire");
    const std::vector<Operation> since{rig.fact(contact), rig.fact(raised)};
    rig.arrive(since);
    rig.work();
    REQUIRE(rig.state(raised.referral) == "sent");
    rig.clock.advance_ms(hour_ms);
    centre.restore();
    // The tablet offers all of it at once: by the time the referral enters, the withdrawal is known.
    const auto withdrawal = [&](const Uuid& referral) {
        return rig.fact(ReferralStateSet{referral, 1, ReferralState::withdrawn, "", "off-fir-01"});
    };
    rig.arrive({withdrawal(raised.referral), since.front(), since.back()});
    CHECK(rig.state(raised.referral) == "withdrawn");
    CHECK(rig.row(raised.referral).withdrawal == "to_tell");
    // What was raised later went nowhere.
    rig.clock.advance_ms(1);
    const auto fresh = rig.raised(rig.door(Uuid::random(rig.random)), "fire");
    rig.arrive({withdrawal(fresh.referral), rig.fact(fresh)});
    CHECK(rig.row(fresh.referral).withdrawal.empty());
    rig.work_for(hour_ms);
    CHECK(rig.row(raised.referral).withdrawal == "told");
    CHECK(rig.stubs["fire"].withdrawals[raised.referral] == 1);
    CHECK(rig.stubs["fire"].effects_of(raised.referral) == 1);
    CHECK(rig.stubs["fire"].effects_of(fresh.referral) == 0);
    CHECK(rig.stubs["fire"].withdrawals.count(fresh.referral) == 0);
}
