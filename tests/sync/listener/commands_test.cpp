#include "sync/listener/commands.h"

#include <catch2/catch.hpp>

#include <filesystem>

#include "forms/base/encoding.h"
#include "sync/store/sqlite_connection.h"
#include "sync/vault/custody_sheet.h"
#include "sync/wire/ticket.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/listener/process.h"

using namespace doorstep;
using namespace doorstep::testing;
namespace fs = std::filesystem;

namespace {

struct Empty {
    TemporaryFolder temporary;
    EndpointProgram program{(fs::path(temporary.path()) / "data").string()};
    std::string file(const std::string& name) const { return program.folder() + "/" + name; }
};
// One that has its keys.
struct Prepared : Empty {
    Prepared() {
        const auto done = program.prepare();
        INFO(done.err);
        REQUIRE(done.status == 0);
    }
};

unsigned mode_of(const std::string& file) {
    struct stat status {};
    return ::stat(file.c_str(), &status) == 0 ? status.st_mode & 0777u : 0u;
}

// Root may write everywhere: what a folder forbids is seen as somebody else only.
void become_nobody() {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0))
        ::_exit(126);
}

}  // namespace

TEST_CASE("enrol prints a seed once, and tablets lists it without", "[endpoint-program]") {
    const Prepared data;
    const auto enrolled = data.program.run({"enrol", "tab-01"});
    REQUIRE(enrolled.status == 0);
    const auto at = enrolled.out.find("seed");
    REQUIRE(at != std::string::npos);
    const auto seed = enrolled.out.substr(enrolled.out.find_first_not_of(' ', at + 4), 64);
    CHECK(seed.find_first_not_of("0123456789abcdef") == std::string::npos);
    const auto listed = data.program.run({"tablets"});
    CHECK(listed.status == 0);
    CHECK(has(listed.out, "tab-01"));
    CHECK(has(listed.out, "never"));
    CHECK_FALSE(has(listed.out, seed));
    for (const auto& entry : fs::directory_iterator(data.program.folder()))
        CHECK_FALSE(has(file_text(entry.path().string()), seed));
}

TEST_CASE("the keys are made once, for this user alone, and their sheet is on no disk of ours",
          "[endpoint-program][keys]") {
    const Prepared data;
    const auto keys = data.file("endpoint.keys");
    const auto first = file_text(keys);
    CHECK(mode_of(keys) == 0600u);
    CHECK(mode_of(data.program.sheet()) == 0600u);
    CHECK(mode_of(data.program.folder() + ".device-secret") == 0600u);
    CHECK(mode_of(data.program.folder()) == 0700u);
    const auto sheet = file_text(data.program.sheet());
    CHECK(has(sheet, "RECOVERY KEY"));
    CHECK(has(sheet, "SAFEGUARDING KEY"));
    const auto again = data.program.run({"keys", "make", "--sheet", data.program.sheet()});
    CHECK(again.status == 1);
    CHECK(has(again.err, "is stored"));
    CHECK(file_text(keys) == first);
    CHECK(file_text(data.program.sheet()) == sheet);
    // A line of the sheet, as long as the key.
    const auto line = sheet.substr(sheet.find("RECOVERY KEY"));
    const auto at = line.find("\n\n") + 2;
    const auto words = line.substr(at, line.find('\n', at) - at);
    REQUIRE(words.size() > 50);
    for (const auto& entry : fs::directory_iterator(data.program.folder()))
        CHECK_FALSE(has(file_text(entry.path().string()), words));
}

TEST_CASE("no tablet is enrolled before somebody says that the sheet is stored", "[endpoint-program][keys]") {
    const Empty data;
    const auto not_begun = data.program.run({"enrol", "tab-01"});
    CHECK(not_begun.status == 2);
    CHECK(has(not_begun.err, "keys make"));
    REQUIRE(data.program.run({"keys", "make", "--sheet", data.program.sheet()}).status == 0);
    const auto unstored = data.program.run({"enrol", "tab-01"});
    CHECK(unstored.status == 1);
    CHECK(has(unstored.err, "keys confirm"));
    CHECK_FALSE(has(unstored.out, "seed"));
    // The sheet was lost: another one takes its place.
    const auto lost = file_text(data.program.sheet());
    REQUIRE(data.program.run({"keys", "make", "--sheet", data.program.sheet()}).status == 0);
    CHECK(file_text(data.program.sheet()) != lost);
    REQUIRE(data.program.run({"keys", "confirm"}).status == 0);
    CHECK(data.program.run({"enrol", "tab-01"}).status == 0);
}

TEST_CASE("the sheet is shown on a terminal or in a file, never in what keeps the output of a service",
          "[endpoint-program][keys]") {
    Empty data;
    const auto shown = data.program.run({"keys", "make"});
    CHECK(shown.status == 2);
    CHECK(has(shown.err, "--sheet"));
    CHECK_FALSE(has(shown.out + shown.err, "RECOVERY"));
    CHECK_FALSE(fs::exists(data.file("endpoint.keys")));
    REQUIRE(data.program.serve());
    CHECK_FALSE(has(data.program.messages() + file_text(data.program.folder() + ".serve.out"), "RECOVERY"));
    CHECK(data.program.run({"enrol", "tab-01"}).status == 0);
}

TEST_CASE("keys are made and confirmed beside a running serve", "[endpoint-program][keys]") {
    Empty data;
    REQUIRE(data.program.serve_without_keys());
    CHECK(has(data.program.messages(), "keys make"));
    const auto refused = data.program.run({"enrol", "tab-01"});
    CHECK(refused.status == 1);
    CHECK(has(refused.err, "keys make"));
    REQUIRE(data.program.prepare().status == 0);
    CHECK(has(file_text(data.program.sheet()), "RECOVERY KEY"));
    CHECK(data.program.run({"enrol", "tab-01"}).status == 0);
}

TEST_CASE("the ticket says what the tablet needs and goes into a file for its owner alone",
          "[endpoint-program][keys]") {
    const Prepared data;
    const auto file = data.temporary / "ticket";
    const auto enrolled = data.program.run({"enrol", "--tablet", "tab-01", "--out", file});
    REQUIRE(enrolled.status == 0);
    CHECK(mode_of(file) == 0600u);
    const auto ticket = wire::decode_ticket(file_text(file));
    REQUIRE(ticket.ok());
    CHECK_FALSE(has(enrolled.out + enrolled.err, wire::encode(*ticket)));
    CHECK_FALSE(has(enrolled.out + enrolled.err, ticket->seed));
    CHECK(has(enrolled.out, "ticket     is in " + file));
    CHECK(has(enrolled.out, ticket->enrolment.text()));
    CHECK(ticket->tablet == "tab-01");
    for (const auto* key : {&ticket->sealing_key, &ticket->safeguarding_key, &ticket->recovery_key})
        CHECK(usable(PublicKey{*key}));
    const auto second = data.program.run({"enrol", "tab-02", "--out", data.temporary / "nowhere/ticket"});
    CHECK(second.status == 1);
    CHECK(has(second.out, "doorstep-ticket:2:"));  // it is enrolled, so the ticket must not be lost
}

TEST_CASE("with its device secret lost an endpoint opens its keys with the custody sheet",
          "[endpoint-program][keys]") {
    Prepared data;
    const Prepared other;
    const auto enrolled = data.program.run({"enrol", "tab-01"});
    REQUIRE(enrolled.status == 0);
    const auto key_of = [](const Ended& ended) {
        const auto at = ended.out.find("doorstep-ticket:2:");
        REQUIRE(at != std::string::npos);
        return wire::decode_ticket(ended.out.substr(at, ended.out.find('\n', at) - at))->sealing_key;
    };
    const auto secret = data.program.folder() + ".device-secret";
    const auto recover = [&](const std::string& sheet) {
        return data.program.run({"keys", "recover", "--sheet", sheet});
    };
    const auto nothing_to_do = recover(data.program.sheet());
    CHECK(nothing_to_do.status == 1);
    CHECK(has(nothing_to_do.err, "open as they are"));

    SECTION("it is gone") {
        fs::remove(secret);
    }
    SECTION("it is another machine's") {
        std::ofstream(secret) << file_text(other.program.folder() + ".device-secret");
    }
    const auto lost = data.program.run({"tablets"});
    CHECK(lost.status != 0);
    CHECK(has(lost.err, "keys recover"));
    const auto kept = file_text(data.file("endpoint.keys"));
    const auto foreign = recover(other.program.sheet());
    CHECK(foreign.status == 1);
    CHECK(has(foreign.err, "not the recovery key of this endpoint"));
    const auto mistyped = data.temporary / "mistyped";
    auto text = file_text(data.program.sheet());
    auto& letter = text[text.find("\n\n", text.find("RECOVERY KEY")) + 2];
    letter = letter == '7' ? '8' : '7';
    std::ofstream(mistyped) << text;
    CHECK(has(recover(mistyped).err, "chmod 600"));
    REQUIRE(::chmod(mistyped.c_str(), 0600) == 0);
    const auto told = recover(mistyped);
    CHECK(told.status == 2);
    CHECK(has(told.err, "Group 1 is mistyped"));
    CHECK(file_text(data.file("endpoint.keys")) == kept);

    const auto recovered = recover(data.program.sheet());
    INFO(recovered.err);
    REQUIRE(recovered.status == 0);
    CHECK(mode_of(secret) == 0600u);
    CHECK(mode_of(data.file("endpoint.keys")) == 0600u);
    CHECK(key_of(data.program.run({"enrol", "tab-02"})) == key_of(enrolled));
    REQUIRE(data.program.serve());
}

TEST_CASE("an endpoint whose keys are gone or another's says so and does not go on",
          "[endpoint-program][keys]") {
    const Prepared data, other;
    REQUIRE(data.program.run({"enrol", "tab-01"}).status == 0);
    const auto file = data.file("endpoint.keys");
    const auto secret = data.program.folder() + ".device-secret";
    const auto kept = file_text(file);
    const auto kept_secret = file_text(secret);
    fs::remove(file);
    const auto gone = data.program.run({"tablets"});
    CHECK(gone.status == 1);
    CHECK(has(gone.err, "endpoint.keys"));
    CHECK(has(gone.err, "Put back"));
    CHECK_FALSE(fs::exists(file));
    std::ofstream(file) << "rubbish";
    CHECK(data.program.run({"tablets"}).status == 1);
    CHECK(file_text(file) == "rubbish");
    std::ofstream(file) << file_text(other.file("endpoint.keys"));
    CHECK(data.program.run({"tablets"}).status == 1);  // under another device secret
    std::ofstream(secret) << file_text(other.program.folder() + ".device-secret");
    const auto foreign = data.program.run({"tablets"});
    CHECK(foreign.status == 1);
    CHECK(has(foreign.err, "another endpoint"));
    std::ofstream(file) << kept;
    std::ofstream(secret) << kept_secret;
    CHECK(data.program.run({"tablets"}).status == 0);
    fs::remove(secret);
    const auto without = data.program.run({"tablets"});
    CHECK(without.status != 0);
    CHECK(has(without.err, "device"));
}

TEST_CASE("an endpoint from before keeps its safeguarding key, which is on the new sheet",
          "[endpoint-program][keys]") {
    const Empty data;
    const auto pair = KeyPair::make();
    fs::create_directories(data.program.folder());
    std::ofstream(data.file("safeguarding.key"))
        << "doorstep safeguarding key 1\npublic " << to_hex(pair.public_key.bytes) << "\nsecret "
        << to_hex(pair.secret_key.view()) << "\n";
    REQUIRE(data.program.run({"keys", "make", "--sheet", data.program.sheet()}).status == 0);
    CHECK(has(file_text(data.program.sheet()),
              std::string(custody_line(CustodyKey::safeguarding, pair).view())));
    const auto confirmed = data.program.run({"keys", "confirm"});
    CHECK(confirmed.status == 0);
    CHECK(has(confirmed.err, "should be removed"));
    REQUIRE(data.program.run({"enrol", "tab-01", "--out", data.temporary / "ticket"}).status == 0);
    CHECK(wire::decode_ticket(file_text(data.temporary / "ticket"))->safeguarding_key ==
          pair.public_key.bytes);
    CHECK(fs::exists(data.file("safeguarding.key")));

    const Empty damaged;
    fs::create_directories(damaged.program.folder());
    std::ofstream(damaged.file("safeguarding.key")) << "rubbish";
    const auto refused = damaged.program.run({"keys", "make", "--sheet", damaged.program.sheet()});
    CHECK(refused.status == 1);
    CHECK(has(refused.err, "safeguarding.key"));
    CHECK(file_text(damaged.file("safeguarding.key")) == "rubbish");
}

TEST_CASE("a mistyped folder is no endpoint that has counted nothing", "[endpoint-program]") {
    const Empty data;
    const auto missing = data.program.run({"tablets"});
    CHECK(missing.status == 2);
    CHECK(has(missing.err, "no endpoint"));
    CHECK_FALSE(fs::exists(data.program.folder()));
}

TEST_CASE("a store in a folder that others may read is still for this user alone", "[endpoint-program]") {
    const Empty data;
    fs::create_directories(data.program.folder());
    fs::permissions(data.program.folder(), fs::perms(0755));
    REQUIRE(data.program.prepare().status == 0);
    REQUIRE(data.program.run({"enrol", "tab-01"}).status == 0);
    struct stat status {};
    REQUIRE(::stat((data.program.folder() + "/doorstep.sqlite").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("wrong commands say what is wrong and end with 2", "[endpoint-program]") {
    const Prepared data;
    REQUIRE(data.program.run({"enrol", "tab-01"}).status == 0);
    const auto wrong = [&](const std::vector<std::string>& words, const std::string& says) {
        const auto ended = data.program.run(words);
        INFO(ended.err);
        CHECK(ended.status == 2);
        CHECK(has(ended.err, says));
    };
    wrong({"report", "--from", "2013-02-30", "--to", "2013-12-31", "--columns", "2013-14"}, "2013-02-30");
    wrong({"report", "--from", "2013-01-01", "--to", "tomorrow", "--columns", "2013-14"}, "tomorrow");
    wrong({"report", "--from", "2013-12-01", "--to", "2013-01-01", "--columns", "2013-14"}, "before");
    wrong({"report", "--from", "2013-01-01", "--to", "2013-12-31", "--columns", "1066"}, "1066");
    wrong({"report", "--from", "2013-01-01", "--to", "2013-12-31"}, "--columns");
    wrong({"enrol", "two words"}, "name");
    wrong({"enrol"}, "tablet");
    wrong({"dance"}, "");
    wrong({}, "");
    CHECK(data.program.run({"--help"}).status == 0);
}

TEST_CASE("a mistyped officer leaves nothing behind, and one who never synced leaves with --unseen",
          "[endpoint-program]") {
    const Prepared data;
    const auto slip = data.program.run({"officers", "leave", "off-pol-1"});
    CHECK(slip.status == 2);
    CHECK(has(slip.err, "--unseen"));
    CHECK_FALSE(has(data.program.run({"officers"}).out, "off-pol"));
    CHECK(data.program.run({"officers", "leave", "off-pol-01", "--unseen"}).status == 0);
    CHECK(has(data.program.run({"officers"}).out, "off-pol-01"));
}

TEST_CASE("an empty period is counted in every form", "[endpoint-program]") {
    const Prepared data;
    REQUIRE(data.program.run({"enrol", "tab-01"}).status == 0);
    for (const char* form : {"--csv", "--json"}) {
        const auto ended = data.program.run(
            {"report", "--from", "2013-04-01", "--to", "2014-03-31", "--columns", "2013-14", form});
        INFO(ended.err);
        CHECK(ended.status == 0);
        CHECK_FALSE(ended.out.empty());
    }
}

TEST_CASE("commands beside a running serve go through its socket", "[endpoint-program]") {
    Empty data;
    REQUIRE(data.program.serve());
    struct stat status {};
    REQUIRE(::stat((data.program.folder() + "/endpoint.socket").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(data.program.run({"enrol", "tab-01"}).status == 0);
    CHECK(has(data.program.run({"tablets"}).out, "tab-01"));
    CHECK(data.program.run({"report", "--from", "x", "--to", "y", "--columns", "z"}).status == 2);
    const auto second = data.program.run({"serve", "--port", "0"});
    CHECK(second.status == 1);
    CHECK(has(second.err, "Another Doorstep"));
    CHECK(data.program.end() == 0);
    CHECK_FALSE(fs::exists(data.program.folder() + "/endpoint.socket"));
    CHECK(has(data.program.run({"tablets"}).out, "tab-01"));
}

TEST_CASE("a socket left by a killed serve is nobody's", "[endpoint-program]") {
    Empty data;
    REQUIRE(data.program.serve());
    data.program.kill_now();
    CHECK(data.program.run({"enrol", "tab-01"}).status == 0);
    REQUIRE(data.program.serve());
    CHECK(has(data.program.run({"tablets"}).out, "tab-01"));
    CHECK(data.program.end() == 0);
}

TEST_CASE("a folder with a very long name has a socket too", "[endpoint-program]") {
    const TemporaryFolder temporary;
    const auto folder = fs::path(temporary.path()) / std::string(150, 'd');
    EndpointProgram program(folder.string());
    REQUIRE(program.serve());
    CHECK(program.run({"enrol", "tab-01"}).status == 0);
    CHECK(program.end() == 0);
}

TEST_CASE("rubbish on the command socket is answered and forgotten", "[endpoint-program]") {
    for (const std::string& line : {std::string("\n"), std::string("[]\n"), std::string("{\"name\":7}\n"),
                                    std::string(1'000, '['), std::string("\xff\xfe\n")}) {
        const auto command = decode_command(line);
        CHECK((!command.ok() || command->name.empty()));
    }
    CHECK_FALSE(decode_outcome("").ok());
    CHECK_FALSE(decode_outcome("{\"status\":\"0\"}").ok());
    const auto outcome = decode_outcome(encode(CommandOutcome{1, "a\nb\0c", "é"}));
    REQUIRE(outcome.ok());
    CHECK(outcome->status == 1);
    CHECK(outcome->err == "é");
}

TEST_CASE("a port that is in use is told with what to do", "[endpoint-program]") {
    Empty first;
    Empty second;
    REQUIRE(first.program.serve());
    const auto ended = second.program.run({"serve", "--port", std::to_string(first.program.port())});
    CHECK(ended.status == 1);
    CHECK(has(ended.err, "in use"));
    CHECK(has(ended.err, "--port"));
}

TEST_CASE("in clear any address but loopback is refused, and sealed one that is none", "[endpoint-program]") {
    const Empty data;
    for (const char* address : {"0.0.0.0", "192.168.1.1", "::", "localhost", "x"}) {
        const auto ended =
            data.program.run({"serve", "--port", "0", "--plain-loopback", "--address", address});
        CHECK(ended.status != 0);
        CHECK(has(ended.err, "127.0.0.1"));
    }
    for (const char* address : {"localhost", "x", "127.0.0.256"}) {
        const auto ended = data.program.run({"serve", "--port", "0", "--address", address});
        CHECK(ended.status != 0);
        CHECK(has(ended.err, "127.0.0.1"));
    }
}

TEST_CASE("a folder that cannot be written is told and ends with 1", "[endpoint-program]") {
    const TemporaryFolder temporary;
    fs::permissions(temporary.path(), fs::perms(0755));
    const auto folder = (fs::path(temporary.path()) / "locked").string();
    fs::create_directory(folder);
    fs::permissions(folder, fs::perms(0555));
    const EndpointProgram program(folder);
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"serve", "--port", "0"},
          std::vector<std::string>{"keys", "make", "--sheet", temporary / "sheet"}}) {
        const auto ended = program.run(words, become_nobody);
        if (ended.status == 126 || ended.status == 127) {
            WARN("SKIPPED: another user cannot run the program here");
            return;
        }
        INFO(ended.err);
        CHECK(ended.status == 1);
        CHECK(has(ended.err, folder));
    }
    std::ofstream(temporary.path() + std::string("/file")) << "x";
    const auto on_file = EndpointProgram(temporary.path() + std::string("/file"))
                             .run({"keys", "make", "--sheet", temporary / "sheet"});
    CHECK(on_file.status == 1);
    CHECK(has(on_file.err, "it is a file"));
}

TEST_CASE("stores of others are left as they are", "[endpoint-program]") {
    const Prepared data;
    REQUIRE(data.program.run({"enrol", "tab-01"}).status == 0);
    const auto file = data.program.folder() + "/doorstep.sqlite";
    SECTION("a newer one") {
        {
            auto sql = open_sqlite(file);
            REQUIRE(sql.ok());
            REQUIRE((*sql)->script("pragma user_version = 99").ok());
        }
        const auto before = file_text(file);
        const auto ended = data.program.run({"serve", "--port", "0"});
        CHECK(ended.status == 1);
        CHECK(has(ended.err, "newer"));
        CHECK(file_text(file) == before);
    }
    SECTION("no database at all") {
        std::ofstream(file) << std::string(10'000, 'x');
        const auto ended = data.program.run({"serve", "--port", "0"});
        CHECK(ended.status == 1);
        CHECK(has(ended.err, "doorstep.sqlite"));
        CHECK(file_text(file) == std::string(10'000, 'x'));
    }
}

TEST_CASE("a directory of agencies with mistakes stops the start and names the place", "[endpoint-program]") {
    const Prepared data;
    const auto wrong = fs::path(data.temporary.path()) / "questionnaires";
    fs::create_directories(wrong / "directory");
    std::ofstream(wrong / "directory" / "agencies.csv") << "code\nx\n";
    const auto ended = data.program.run({"--questionnaires", wrong.string(), "enrol", "tab-01"});
    CHECK(ended.status != 0);
}
