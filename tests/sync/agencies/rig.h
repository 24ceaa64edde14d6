// A centre with referrals to send, agencies as stubs, and a sender that is stepped by hand.
#pragma once

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "sync/agencies/agency_line.h"
#include "sync/agencies/answers.h"
#include "sync/agencies/outbox.h"
#include "sync/agencies/sender.h"
#include "sync/endpoint/endpoint.h"
#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "sync/wire/codec.h"
#include "tests/sync/agencies/agency_stub.h"

namespace doorstep::testing {

inline constexpr std::int64_t hour_ms = 60 * 60'000;

template<class T>
T must(Result<T> result) {
    INFO((result.ok() ? std::string{} : result.error().text()));
    REQUIRE(result.ok());
    return std::move(*result);
}
inline void must(const Result<void>& result) {
    INFO((result.ok() ? std::string{} : result.error().text()));
    REQUIRE(result.ok());
}

struct Rig {
    ManualClock clock{1'370'678'400'000, 60};  // 2013-06-08 08:00 UTC
    SeededRandom random;
    Directory directory;
    std::unique_ptr<SqlConnection> sql;
    std::unique_ptr<Endpoint> endpoint;
    std::unique_ptr<Sender> sender;
    std::map<std::string, AgencyStub> stubs;
    Sequence sequence = 0;
    Uuid tablet;
    std::uint64_t hybrid = 1;

    explicit Rig(std::uint64_t seed = 7, const std::string& file = ":memory:") : random(seed) {
        for (const char* code : {"fire", "police", "red_cross"})
            directory.agencies.push_back(Agency{code, code, {}, false, {}, {}, {}, {}, {}});
        directory.agencies[0].services.push_back({"alarm_fitting", "Smoke alarms: supply and fitting", {}});
        tablet = Uuid::random(random);
        sql = must(open_sqlite(file));
        start();
        auto made = EndpointKeys::make();
        must(endpoint->use_keys({std::move(made.sealing), std::move(made.signing),
                                 made.safeguarding.public_key, made.recovery.public_key}));
    }
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;

    Store& store() { return endpoint->store(); }
    // As a program does that was killed: nothing but the database is left.
    void start(JournalFile* journal = nullptr) {
        if (!endpoint)
            endpoint = std::make_unique<Endpoint>(must(Endpoint::open(*sql, directory, clock, random)));
        sender = another_sender(journal);
    }
    std::unique_ptr<Sender> another_sender(JournalFile* journal = nullptr) {
        return std::make_unique<Sender>(
            store(), directory, clock, random, [this] { return endpoint->keys(); }, journal);
    }

    Operation fact(Payload payload) {
        Operation operation;
        operation.id = Uuid::random(random);
        operation.at_ms = clock.now_ms();
        operation.utc_offset_minutes = 60;
        operation.hybrid_clock = ++hybrid;
        operation.sequence = ++sequence;
        operation.payload = std::move(payload);
        return operation;
    }
    // As a push does.
    void arrive(const std::vector<Operation>& operations) {
        auto transaction = must(store().begin());
        for (const auto& operation : operations) {
            auto opened = wire::open_operation(wire::encode(operation));
            opened.sequence = operation.sequence;
            must(transaction.append_received({&opened, 1}, tablet));
            must(enter_in_outbox(store(), directory, clock, operation));
        }
        must(transaction.commit());
    }
    // As one push of them all.
    void arrive_together(const std::vector<Operation>& operations) {
        std::vector<wire::OpenedOperation> opened;
        std::vector<const Operation*> entering;
        for (const auto& operation : operations) {
            opened.push_back(wire::open_operation(wire::encode(operation)));
            opened.back().sequence = operation.sequence;
            entering.push_back(&operation);
        }
        auto transaction = must(store().begin());
        must(transaction.append_received(opened, tablet));
        must(enter_in_outbox(store(), directory, clock, entering));
        must(transaction.commit());
    }
    ContactRecorded door(const Uuid& household) {
        ContactRecorded contact;
        contact.contact = Uuid::random(random);
        contact.visit = Uuid::random(random);
        contact.household = household;
        contact.day = Day::at(clock.now_ms(), 60);
        contact.language = "en";
        contact.address = {"12A", "", "Quartzmeadow Road", "WD6 1ZZ", 100'080'000'001};
        return contact;
    }
    ReferralRaised raised(const ContactRecorded& contact, const std::string& agency,
                          const std::string& urgency = "routine") {
        ReferralRaised referral;
        referral.referral = Uuid::random(random);
        referral.contact = contact.contact;
        referral.household = contact.household;
        referral.agency = agency;
        referral.services = {"alarm_fitting"};
        referral.reasons = {"You would like free smoke alarms."};
        referral.shares = {{"reach_phone", "+44 1632 960999", "+44 1632 960999"}};
        referral.urgency = urgency;
        referral.agreement.given_by = "resident";
        referral.agreement.channel = "spoken";
        referral.agreement.taken_by = "off-fir-01";
        referral.day = contact.day;
        return referral;
    }
    // One home, one door, one referral.
    Uuid refer(const std::string& agency, const std::string& urgency = "routine") {
        const auto contact = door(Uuid::random(random));
        const auto referral = raised(contact, agency, urgency);
        arrive({fact(contact), fact(referral)});
        return referral.referral;
    }
    void webhook(const std::string& agency, bool can_be_asked = true) {
        LineWish wish;
        wish.agency = agency;
        wish.adapter = "webhook";
        wish.url = "https://" + agency + ".example/in";
        wish.ask = can_be_asked ? "yes" : "no";
        set(wish);
    }
    void inbox(const std::string& agency) { set({agency, "inbox", {}, {}, {}, {}, {}, {}, {}, {}}); }
    void folder(const std::string& agency, const std::string& path) {
        set({agency, "folder", {}, path, {}, {}, {}, {}, {}, {}});
    }
    void set(const LineWish& wish) {
        const auto before = must(agency_line(*sql, wish.agency));
        must(keep_line(*sql, clock, must(line_of(wish, before, directory, endpoint->keys()))));
    }
    Connect connect() {
        return [this](const std::string& origin) -> Result<std::unique_ptr<HttpClient>> {
            const auto name = origin.substr(8, origin.find('.') - 8);
            return std::unique_ptr<HttpClient>(std::make_unique<StubConnection>(stubs[name]));
        };
    }
    // One whole step; false when there was nothing to do.
    bool step() {
        const auto taken = must(sender->take());
        if (taken.parcel)
            must(sender->record(*taken.parcel, deliver(*taken.parcel, connect(), clock, random)));
        return !taken.is_idle();
    }
    void work() {
        for (int i = 0; i < 1'000; ++i)
            if (!step())
                return;
        FAIL("the sender never comes to rest");
    }
    // Time goes on, with the sender at work.
    void work_for(std::int64_t span_ms, std::int64_t step_ms = 60'000) {
        for (std::int64_t gone = 0; gone < span_ms; gone += step_ms) {
            work();
            for (auto& [name, stub] : stubs)
                stub.settle();
            clock.advance_ms(step_ms);
        }
        work();
    }
    OutboxRow row(const Uuid& referral) {
        const auto found = must(outbox_row(*sql, referral));
        REQUIRE(found);
        return *found;
    }
    std::string state(const Uuid& referral) { return row(referral).state; }
    std::string text(const std::string& query) {
        std::string found;
        must(sql->query(query, {}, [&](const SqlRow& one) {
            found = one.text(0);
            return false;
        }));
        return found;
    }
    // As tablets see it: "2 accepted".
    std::string status(const Uuid& referral) {
        std::string found = "1 raised";
        must(sql->query(
            "select cycle, word from referral_status where partnership = 1 and referral = :referral",
            {{"referral", sql_value(referral)}}, [&](const SqlRow& one) {
                found = std::to_string(one.integer(0)) + " " + one.text(1);
                return false;
            }));
        return found;
    }
    Result<AnswerTaken> answer(const Uuid& referral, const std::string& agency, const std::string& word,
                               const std::string& note = {}) {
        const auto said = answer_word(word);
        REQUIRE(said);
        auto transaction = must(store().begin());
        auto taken =
            take_answer(transaction, clock, {referral, agency, said->state, said->reopened, note, 0});
        if (taken.ok())
            must(transaction.commit());
        return taken;
    }
    void withdraw_on_tablet(const Uuid& referral) {
        arrive({fact(ReferralStateSet{referral, 1, ReferralState::withdrawn, "", "off-fir-01"})});
    }
};

}  // namespace doorstep::testing
