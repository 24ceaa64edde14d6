// Referrals out of the real program: a tablet's push, `serve`, a drop folder and a webhook's server.
#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "sync/http/curl_client.h"
#include "sync/http/endpoint_address.h"
#include "sync/store/sqlite_connection.h"
#include "sync/store/store.h"
#include "sync/tablet/request_signer.h"
#include "sync/tablet/runner.h"
#include "sync/wire/messages.h"
#include "sync/wire/ticket.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/http/scripted_server.h"
#include "tests/sync/listener/process.h"

using namespace doorstep;
using namespace doorstep::testing;
namespace fs = std::filesystem;

namespace {

// A tablet that raises one referral an agency and syncs.
struct Officer {
    SystemClock clock;
    SystemRandom random;
    std::unique_ptr<SqlConnection> sql;
    std::unique_ptr<Store> store;
    std::string address;
    std::optional<RequestSigner> signer;

    Officer(const EndpointProgram& program, const std::string& file) {
        const auto enrolled = program.run({"enrol", "tab-01"});
        REQUIRE(enrolled.status == 0);
        const auto at = enrolled.out.find("\nticket     ");
        REQUIRE(at != std::string::npos);
        auto line = enrolled.out.substr(at + 12);
        line.erase(line.find('\n'));
        auto ticket = wire::decode_ticket(line);
        REQUIRE(ticket.ok());
        address = *pinned_address(program.address(), ticket->authority_pins);
        auto opened = open_sqlite(file);
        REQUIRE(opened.ok());
        sql = std::move(*opened);
        auto made = Store::open(*sql, StoreRole::tablet, clock, random);
        REQUIRE(made.ok());
        store = std::make_unique<Store>(std::move(*made));
        const TabletIdentity identity{ticket->enrolment,   ticket->tablet,           address,
                                      ticket->seed,        ticket->safeguarding_key, ticket->sealing_key,
                                      ticket->signing_key, ticket->recovery_key};
        REQUIRE(store->enrol(identity).ok());
        auto signs = RequestSigner::of(identity, numbers_in_memory());
        REQUIRE(signs.ok());
        signer.emplace(std::move(*signs));
    }
    Uuid refer(const std::string& agency) {
        ContactRecorded contact;
        contact.contact = Uuid::random(random);
        contact.visit = Uuid::random(random);
        contact.household = Uuid::random(random);
        contact.outcome = ContactOutcome::completed;
        contact.day = Day::at(clock.now_ms(), 0);
        contact.address = {"12A", "", "Quartzmeadow Road", "WD6 1ZZ", std::nullopt};
        ReferralRaised raised;
        raised.referral = Uuid::random(random);
        raised.contact = contact.contact;
        raised.household = contact.household;
        raised.agency = agency;
        raised.urgency = "soon";
        raised.agreement.given_by = "resident";
        raised.day = contact.day;
        Operation door;
        door.subject = contact.household;
        door.payload = contact;
        Operation referral;
        referral.subject = contact.household;
        referral.payload = raised;
        auto transaction = store->begin();
        REQUIRE(transaction.ok());
        REQUIRE(transaction->append({door, referral}).ok());
        REQUIRE(transaction->commit().ok());
        return raised.referral;
    }
    void sync() {
        auto client = CurlClient::open(address);
        REQUIRE(client.ok());
        SignedClient line(*client, *signer);
        const auto done = sync_now(*store, line, clock, random, [](std::int64_t) {});
        INFO((done.ok() ? std::string{} : done.error().text()));
        REQUIRE(done.ok());
    }
    std::string status(const Uuid& referral) {
        std::string found = "raised";
        REQUIRE(sql->query("select word from referral_status where referral = :referral",
                           {{"referral", Blob{std::string(referral.raw())}}},
                           [&](const SqlRow& row) {
                               found = row.text(0);
                               return false;
                           })
                    .ok());
        return found;
    }
};

bool in_time(const std::function<bool()>& done) {
    for (int i = 0; i < 2'400; ++i) {
        if (done())
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
    return false;
}

}  // namespace

TEST_CASE("a running endpoint hands referrals to a folder and a webhook, and brings the answers back") {
    TemporaryFolder temporary;
    const auto drop = temporary.path() + "/drop";
    fs::create_directory(drop);
    const auto journal = temporary.path() + "/send.journal";
    const auto told = temporary.path() + "/told";
    const auto alarm = temporary.path() + "/alarm";
    std::ofstream(alarm) << "#!/bin/sh\nprintf '%s ' \"$@\" >>'" << told << "'\n";
    REQUIRE(::chmod(alarm.c_str(), 0700) == 0);
    ScriptedServer police([](const std::string& request) {
        const auto at = request.find("{\"referral\":\"");
        const auto id = at == std::string::npos ? std::string{} : request.substr(at + 13, 36);
        const auto body = fmt::format(R"({{"referral":"{}","id":"P-1","state":"accepted"}})", id);
        return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
    });
    EndpointProgram program(temporary.path() + "/data");
    REQUIRE(program.serve({"--send-journal", journal, "--alarm-command", alarm}));
    const auto set = program.run({"agencies", "set", "fire", "--adapter", "folder", "--folder", drop});
    INFO(set.err);
    REQUIRE(set.status == 0);
    REQUIRE(program.run({"agencies", "test", "fire"}).status == 0);
    REQUIRE(
        program.run({"agencies", "set", "police", "--adapter", "webhook", "--url", police.address() + "/in"})
            .status == 0);

    Officer officer(program, temporary.path() + "/tablet.sqlite");
    const auto fire = officer.refer("fire");
    const auto theirs = officer.refer("police");
    const auto nobodys = officer.refer("red_cross");
    const auto odd = officer.refer("Red Cross, ask for Mrs X");
    officer.sync();
    INFO(program.messages());
    CHECK(in_time([&] { return fs::exists(drop + "/" + fire.text() + ".csv"); }));
    CHECK(in_time([&] {
        return program.run({"referrals", "show", theirs.text()}).out.find("accepted") != std::string::npos;
    }));
    CHECK(file_text(journal).find("attempt " + fire.text() + " 1 ") != std::string::npos);
    const auto alarms = program.run({"agencies", "alarms"});
    CHECK(alarms.out.find("no_way         red_cross            " + nobodys.text()) != std::string::npos);
    CHECK(in_time([&] {
        return file_text(told).find("agency no_way red_cross " + nobodys.text()) != std::string::npos;
    }));
    // What a tablet wrote as a code is in no log and no command, and keeps no alarm back.
    CHECK(in_time(
        [&] { return file_text(told).find("agency unknown_agency - " + odd.text()) != std::string::npos; }));
    CHECK(program.messages().find("Mrs X") == std::string::npos);

    std::ofstream(drop + "/answers/today.csv") << "referral,state,note\n"
                                               << fire.text() << ",completed,fitted\n";
    CHECK(in_time([&] {
        return program.run({"referrals", "show", fire.text()}).out.find("completed") != std::string::npos;
    }));
    CHECK(program.run({"referrals", "withdraw", nobodys.text(), "--reason", "asked by telephone"}).status ==
          0);
    officer.sync();
    CHECK(officer.status(fire) == "completed");
    CHECK(officer.status(theirs) == "accepted");
    CHECK(officer.status(nobodys) == "withdrawn");
    // Who did it stands in the audit, by ids: what was said is nobody's business there.
    const auto audit = program.run({"audit"}).out;
    CHECK(audit.find("agencies-set") != std::string::npos);
    CHECK(audit.find("agency fire") != std::string::npos);
    CHECK(audit.find("referrals-withdraw") != std::string::npos);
    CHECK(audit.find("referral " + nobodys.text()) != std::string::npos);
    CHECK(audit.find("telephone") == std::string::npos);
    // What is said of a referral is ids and words of ours.
    CHECK(program.messages().find("Quartzmeadow") == std::string::npos);
    CHECK(program.run({"referrals", "list"}).out.find("Quartzmeadow") == std::string::npos);
    CHECK(program.end() == 0);
}

TEST_CASE(
    "a restore with the send journal of the other disk asks for what left since, and for nothing else") {
    TemporaryFolder temporary;
    const auto drop = temporary.path() + "/drop";
    fs::create_directory(drop);
    const auto journal = temporary.path() + "/send.journal";
    EndpointProgram program(temporary.path() + "/data");
    REQUIRE(program.serve({"--send-journal", journal}));
    const std::vector<std::string> to_folder{"agencies", "set",      "fire", "--adapter",
                                             "folder",   "--folder", drop};
    const auto paused = [&](const std::string& word) {
        auto words = to_folder;
        words.insert(words.end(), {"--paused", word});
        return program.run(words).status;
    };
    REQUIRE(paused("no") == 0);
    REQUIRE(program.run({"agencies", "set", "police", "--adapter", "inbox", "--paused", "yes"}).status == 0);
    Officer officer(program, temporary.path() + "/tablet.sqlite");
    const auto before = officer.refer("fire");
    officer.sync();
    CHECK(in_time([&] { return fs::exists(drop + "/" + before.text() + ".csv"); }));
    REQUIRE(paused("yes") == 0);
    const auto left = officer.refer("fire");
    const auto stayed = officer.refer("police");
    officer.sync();
    fs::create_directory(temporary.path() + "/backups");
    const auto backed_up = program.run({"backup", "--to", temporary.path() + "/backups"});
    REQUIRE(backed_up.status == 0);
    const auto backup = (*fs::directory_iterator(temporary.path() + "/backups")).path().string();
    REQUIRE(paused("no") == 0);
    CHECK(in_time([&] { return fs::exists(drop + "/" + left.text() + ".csv"); }));
    program.kill_now();

    const auto restored = [&](const std::string& name, const std::vector<std::string>& more) {
        std::vector<std::string> words{"restore", backup, "--sheet", program.sheet(), "--no-erasures"};
        words.insert(words.end(), more.begin(), more.end());
        return EndpointProgram(temporary.path() + "/" + name).run(words);
    };
    const auto state_in = [&](const std::string& name, const Uuid& referral) {
        const auto shown =
            EndpointProgram(temporary.path() + "/" + name).run({"referrals", "show", referral.text()});
        const auto at = shown.out.find("outbox     ");
        return at == std::string::npos ? shown.err
                                       : shown.out.substr(at + 11, shown.out.find('\n', at) - at - 11);
    };
    const auto with = restored("with", {"--send-journal", journal});
    INFO(with.err);
    REQUIRE(with.status == 0);
    CHECK(with.out.find("lie in " + drop + "/answers/taken. Put them back") != std::string::npos);
    CHECK(state_in("with", before) == "sent");
    CHECK(state_in("with", left) == "verify");
    CHECK(state_in("with", stayed) == "waiting");
    REQUIRE(restored("without", {}).status == 0);
    CHECK(state_in("without", left) == "verify");
    CHECK(state_in("without", stayed) == "verify");

    // One that is not whole would let go out twice what it does not name.
    const auto other = temporary.path() + "/other.journal";
    std::ofstream(other).flush();
    const auto refused = restored("refused", {"--send-journal", other});
    CHECK(refused.status == 1);
    CHECK(refused.err.find("another endpoint's, or not whole") != std::string::npos);
    CHECK_FALSE(fs::exists(temporary.path() + "/refused"));
    CHECK(restored("refused", {"--send-journal", other + ".none"}).status == 2);  // no such file
}

TEST_CASE("an answer to what has not left is a slip, unless somebody says how the agency got it") {
    TemporaryFolder temporary;
    EndpointProgram program(temporary.path() + "/data");
    REQUIRE(program.serve());
    Officer officer(program, temporary.path() + "/tablet.sqlite");
    const auto referral = officer.refer("red_cross");
    officer.sync();
    std::vector<std::string> words{"referrals", "answer", referral.text(), "--state", "received"};
    const auto slip = program.run(words);
    CHECK(slip.status != 0);
    CHECK(slip.err.find("has not left: it is waiting") != std::string::npos);
    words.insert(words.end(), {"--handed-over", "on paper, at the meeting"});
    CHECK(program.run(words).status == 0);
    officer.sync();
    CHECK(officer.status(referral) == "received");
}

TEST_CASE("what is asked wrongly of agencies and referrals is said in words") {
    TemporaryFolder temporary;
    EndpointProgram program(temporary.path() + "/data");
    REQUIRE(program.prepare().status == 0);
    const std::vector<std::vector<std::string>> wrong{
        {"agencies", "set", "nobody", "--adapter", "inbox"},
        {"agencies", "set", "fire"},
        {"agencies", "set", "fire", "--adapter", "webhook", "--url", "http://fire.example"},
        {"agencies", "test", "fire"},
        {"referrals", "show", "x"},
        {"referrals", "show", "00000000-0000-4000-8000-000000000000"},
        {"referrals", "answer", "00000000-0000-4000-8000-000000000000", "--state", "sent"}};
    for (const auto& words : wrong) {
        const auto ended = program.run(words);
        INFO(words.back() << ": " << ended.err);
        CHECK(ended.status == 2);
        CHECK(ended.err.size() > 20);
    }
    for (const std::string& reason :
         {std::string(), std::string(" \t"), std::string("\xff\xfe"), std::string(2'001, 'a')}) {
        const auto ended = program.run(
            {"referrals", "withdraw", "00000000-0000-4000-8000-000000000000", "--reason", reason});
        INFO(ended.err);
        CHECK(ended.status == 2);
        CHECK(ended.err.find("reason") != std::string::npos);
    }
    const auto secret = temporary.path() + "/secret";
    std::ofstream(secret) << "sixteen letters!\n";
    REQUIRE(::chmod(secret.c_str(), 0644) == 0);
    const std::vector<std::string> hmac{
        "agencies", "set",  "fire",          "--adapter", "webhook", "--url", "https://fire.example",
        "--sign",   "hmac", "--secret-file", secret};
    CHECK(program.run(hmac).err.find("Others may read the secret") != std::string::npos);
    REQUIRE(::chmod(secret.c_str(), 0600) == 0);
    CHECK(program.run(hmac).status == 0);
    const auto listed = program.run({"agencies", "list"});
    CHECK(listed.out.find("https://fire.example") != std::string::npos);
    CHECK(listed.out.find("sixteen") == std::string::npos);
    CHECK(file_text(program.folder() + "/doorstep.sqlite").find("sixteen letters") == std::string::npos);
}
