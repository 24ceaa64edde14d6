// The commands about people, with the real program.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "sync/endpoint/concerns.h"
#include "sync/listener/data_folder.h"
#include "sync/store/concern_notice.h"
#include "sync/wire/messages.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/canary_home.h"
#include "tests/sync/listener/process.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr const char* passphrase = "copper kettle lantern\n";

std::string in_its_length(const std::string& bytes) {
    std::string out;
    for (const int shift : {24, 16, 8, 0})
        out += static_cast<char>((bytes.size() >> shift) & 0xff);
    return out + bytes;
}

void write_secret(const std::string& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
    ::chmod(file.c_str(), 0600);
}

// A folder with keys, in which a tablet has recorded one home with a concern.
struct Worked {
    TemporaryFolder folder;
    EndpointProgram program{folder / "centre"};
    SystemRandom random;
    SystemClock clock;
    CanaryHome home{random, Uuid::random(random), Day::of(2013, 6, 8), clock.now_ms()};
    ConcernNotice notice{Uuid::random(random), "police", "today"};
    std::string secret = folder / "passphrase";

    Worked() {
        std::filesystem::create_directory(folder / "centre");
        REQUIRE(program.prepare().status == 0);
        write_secret(secret, passphrase);
        push();
    }
    void push() {
        auto data = DataFolder::open(folder / "centre", DOORSTEP_QUESTIONNAIRES_HERE);
        REQUIRE(data.ok());
        auto& endpoint = data->endpoint();
        const auto tablet = endpoint.enrol("tab-01");
        REQUIRE(tablet.ok());
        auto& finished = std::get<QuestionnaireFinished>(home.facts.at(1).payload);
        finished.restricted =
            in_its_length(seal(endpoint.safeguarding_key(), R"({"answers":{"words":"bruises"}})", 1024)) +
            in_its_length(seal_notice(endpoint.sealing_key().bytes.empty()
                                          ? endpoint.keys()->sealing.public_key
                                          : endpoint.sealing_key(),
                                      notice));
        auto facts = home.facts;
        Sequence last = 0;
        for (auto& fact : facts)
            fact.sequence = ++last;
        const auto envelope = wire::seal_envelope(Uuid::random(random), facts);
        wire::PushRequest request;
        request.epoch_seen = *endpoint.store().epoch();
        request.enrolment = tablet->enrolment;
        request.first_sequence = 1;
        request.chain_after = wire::chain({}, envelope);
        request.envelopes = {envelope};
        auto transaction = endpoint.store().begin();
        REQUIRE(transaction.ok());
        const auto opened = wire::open_envelope(envelope);
        REQUIRE(transaction->append_received(*opened, tablet->enrolment).ok());
        REQUIRE(take_concerns(transaction->sql(), {&endpoint.keys()->sealing}, home.facts.at(1).subject,
                              finished, clock.now_ms())
                    .ok());
        REQUIRE(transaction->commit().ok());
    }
    Ended run(std::vector<std::string> words) { return program.run(words); }
};

}  // namespace

TEST_CASE("a concern that nobody acknowledges runs the alarm command, with ids alone",
          "[commands][concern]") {
    Worked worked;
    const std::string told = worked.folder / "told";
    const std::string script = worked.folder / "alarm.sh";
    std::ofstream(script) << "#!/bin/sh\necho \"$@\" >> " << told << "\n";
    ::chmod(script.c_str(), 0700);
    REQUIRE(worked.program.serve({"--alarm-command", script}));
    for (int i = 0; i < 1'000 && !has(file_text(told), "\n"); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(file_text(told) == "concern " + worked.notice.concern.text() + "\n");

    CHECK(worked.program.end() == 0);
    CHECK_FALSE(has(worked.program.messages(), "bruises"));
}

TEST_CASE("a safeguarding lead opens, acknowledges and releases a concern beside a running endpoint",
          "[commands][concern]") {
    Worked worked;
    REQUIRE(worked.program.serve({}));
    auto added = worked.run({"concerns", "leads", "add", "lead-1", "--who", "anna", "--sheet",
                             worked.program.sheet(), "--passphrase-file", worked.secret});
    INFO(added.err);
    REQUIRE(added.status == 0);
    const auto as_lead = [&](std::vector<std::string> words) {
        words.insert(words.end(), {"--who", "lead-1", "--passphrase-file", worked.secret});
        return worked.run(words);
    };
    const auto id = worked.notice.concern.text();
    CHECK(has(as_lead({"concerns", "list"}).out, id + " raised"));
    CHECK(has(as_lead({"concerns", "open", id}).out, "bruises"));
    CHECK(as_lead({"concerns", "release", id}).status == 1);
    CHECK(as_lead({"concerns", "acknowledge", id}).status == 0);
    CHECK(has(as_lead({"concerns", "list"}).out, id + " acknowledged"));
    CHECK(has(as_lead({"concerns", "release", id}).out, "bruises"));
    write_secret(worked.secret, "another three words\n");
    CHECK(as_lead({"concerns", "open", id}).status == 1);
    ::chmod(worked.secret.c_str(), 0644);
    CHECK(as_lead({"concerns", "open", id}).status == 1);
    CHECK(worked.program.end() == 0);
    CHECK_FALSE(has(worked.program.messages(), "bruises"));
}

TEST_CASE("history, subject access, who saw it, and forgetting", "[commands][erase]") {
    Worked worked;
    const auto home = worked.home.home.text();
    const auto told = worked.run({"history", home, "--who", "anna"});
    INFO(told.err);
    REQUIRE(told.status == 0);
    CHECK(has(told.out, "name: CANARY000123 Quartzmeadow"));
    CHECK(has(told.out, "by off-pol-01 (tab-01)"));
    CHECK(worked.run({"history", home}).status == 2);

    const std::string bundle = worked.folder / "bundle.json";
    REQUIRE(worked.run({"subject-access", home, "--to", bundle, "--who", "ben", "--reason", "request 7"})
                .status == 0);
    CHECK(has(file_text(bundle), "CANARY000123"));
    CHECK(has(file_text(bundle), "A safeguarding lead decides."));
    CHECK_FALSE(has(file_text(bundle), "bruises"));
    struct stat facts {};
    REQUIRE(::stat(bundle.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 077) == 0);

    const auto seen = worked.run({"seen", home});
    CHECK(has(seen.out, "anna"));
    CHECK(has(seen.out, "history"));
    CHECK(has(seen.out, "ben"));

    CHECK(has(worked.run({"retention", "report"}).out, "facts of homes held whole"));
    const auto copy = worked.folder / "centre/doorstep.sqlite.before-version-7";
    std::ofstream(copy) << "as an upgrade leaves one";
    CHECK(worked.run({"erase", home, "--who", "anna"}).status == 2);
    CHECK(std::filesystem::exists(copy));
    CHECK(worked.run({"erase", home, "--who", "anna", "--reason", "asked for"}).status == 0);
    CHECK_FALSE(std::filesystem::exists(copy));
    CHECK(worked.run({"history", home, "--who", "anna"}).status == 2);
    CHECK(has(worked.run({"seen", home}).out, "erase"));
    CHECK(std::filesystem::exists(worked.folder / "centre/erasures.list"));
    CHECK_FALSE(has(file_text(worked.folder / "centre/doorstep.sqlite"), "CANARY"));
}

TEST_CASE("an export needs two persons, each with a passphrase of their own", "[commands][export]") {
    Worked worked;
    const std::string file = worked.folder / "all.csv";
    const std::string own = worked.folder / "own";
    write_secret(own, "lemon raft button\n");
    const auto ask = [&](const std::string& who) {
        return worked.run({"export", "--from", "2013-01-01", "--to", "2013-12-31", "--who", who, "--second",
                           "ben", "--reason", "audit 3", "--out", file, "--own-passphrase-file", own,
                           "--passphrase-file", worked.secret});
    };
    CHECK(ask("anna").status == 2);  // nobody has a passphrase yet
    REQUIRE(worked.run({"confirmers", "add", "ben", "--who", "anna", "--passphrase-file", worked.secret})
                .status == 0);
    CHECK(ask("ben").status == 1);
    // One who knows the second's passphrase takes any name for the first.
    CHECK(ask("anna").status == 2);
    REQUIRE(worked.run({"confirmers", "add", "anna", "--who", "ben", "--passphrase-file", own}).status == 0);
    write_secret(own, "not what anna chose\n");
    CHECK(ask("anna").status == 1);
    write_secret(own, "lemon raft button\n");
    write_secret(worked.secret, "another three words\n");
    CHECK(ask("anna").status == 1);
    CHECK_FALSE(std::filesystem::exists(file));
    write_secret(worked.secret, passphrase);
    const auto done = ask("anna");
    INFO(done.err);
    REQUIRE(done.status == 0);
    const auto text = file_text(file);
    CHECK(has(text, "\"by anna\",\"confirmed by ben\""));
    // Whoever sat there stands in the audit beside the name that was given.
    CHECK(has(worked.run({"audit"}).out, "anna (operator "));
    CHECK(has(text, "CANARY000123 Quartzmeadow"));
}
