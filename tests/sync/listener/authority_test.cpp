// The endpoint's own authority: what it makes, what tablets hold it against, and the day it is lost.
#include "sync/listener/authority.h"

#include <catch2/catch.hpp>

#include "forms/base/encoding.h"
#include "tests/support/certificates.h"
#include "tests/sync/listener/real_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;
namespace fs = std::filesystem;

namespace {

unsigned mode_of(const std::string& file) {
    struct stat status {};
    return ::stat(file.c_str(), &status) == 0 ? status.st_mode & 0777u : 0u;
}

// Of the first certificate in PEM, by OpenSSL alone.
std::shared_ptr<X509> certificate_in(const std::string& pem) {
    BIO* const memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    std::shared_ptr<X509> read(PEM_read_bio_X509(memory, nullptr, nullptr, nullptr), X509_free);
    BIO_free(memory);
    return read;
}

struct Folder {
    TemporaryFolder temporary;
    std::string data = temporary / "data";
    ManualClock clock{1'790'000'000'000, 0};
    Folder() { fs::create_directory(data); }
    KeyFiles keys() const { return {data, {}}; }
};

}  // namespace

TEST_CASE(
    "an authority is made once, signs for the names that are served, and its files are its owner's alone",
    "[authority]") {
    const Folder folder;
    const auto keys = folder.keys();
    const Authority authority(folder.data, keys, folder.clock);
    const auto pins = authority.pins();
    REQUIRE(pins.ok());
    CHECK(pins->size() == 32);
    const auto first = authority.certificate_for({"localhost", "127.0.0.1"});
    REQUIRE(first.ok());
    const auto again = authority.certificate_for({"localhost"});
    REQUIRE(again.ok());
    CHECK(again->chain == first->chain);
    const auto wider = authority.certificate_for({"localhost", "127.0.0.1", "centre.example", "::1"});
    REQUIRE(wider.ok());
    CHECK(wider->chain != first->chain);
    CHECK(*authority.pins() == *pins);
    for (const char* name : {"authority.key", "authority.pem", "server.key", "server.pem"})
        CHECK(mode_of(folder.data + "/" + name) == 0600);

    const auto leaf = certificate_in(wider->chain);
    const auto above = certificate_in(wider->chain.substr(wider->chain.find("-----BEGIN", 1)));
    REQUIRE(leaf);
    REQUIRE(above);
    CHECK(X509_verify(leaf.get(), X509_get0_pubkey(above.get())) == 1);
    CHECK(X509_check_host(leaf.get(), "centre.example", 0, 0, nullptr) == 1);
    CHECK(X509_check_host(leaf.get(), "other.example", 0, 0, nullptr) == 0);
    CHECK(X509_check_ip_asc(leaf.get(), "::1", 0) == 1);
    CHECK(X509_check_ca(leaf.get()) == 0);
    CHECK(X509_check_ca(above.get()) == 1);
    Identity shown{{X509_get_pubkey(above.get()), EVP_PKEY_free}, above};
    CHECK(shown.pin() == *pins);
}

TEST_CASE("a certificate is made anew before it ends, under the same authority", "[authority]") {
    Folder folder;
    const auto keys = folder.keys();
    const Authority authority(folder.data, keys, folder.clock);
    const auto first = authority.certificate_for({"localhost"});
    REQUIRE(first.ok());
    folder.clock.advance_ms(59LL * 86'400'000);
    CHECK(authority.certificate_for({"localhost"})->chain == first->chain);
    folder.clock.advance_ms(2LL * 86'400'000);
    const auto next = authority.certificate_for({"localhost"});
    REQUIRE(next.ok());
    CHECK(next->chain != first->chain);
    CHECK(next->chain.substr(next->chain.find("-----BEGIN", 1)) ==
          first->chain.substr(first->chain.find("-----BEGIN", 1)));
}

TEST_CASE("what a kill leaves half written is made again, and the authority stays", "[authority]") {
    const Folder folder;
    const auto keys = folder.keys();
    const Authority authority(folder.data, keys, folder.clock);
    const auto pins = *authority.pins();
    REQUIRE(authority.certificate_for({"localhost"}).ok());
    for (const char* name : {"server.key", "server.pem", "authority.pem"}) {
        INFO(name);
        fs::remove(folder.data + "/" + name);
        const auto made = authority.certificate_for({"localhost"});
        REQUIRE(made.ok());
        CHECK(server_context(*made) != nullptr);
        CHECK(*authority.pins() == pins);
    }
}

TEST_CASE("a copy of the folder does not open the authority's key", "[authority]") {
    const Folder folder;
    const auto keys = folder.keys();
    const Authority authority(folder.data, keys, folder.clock);
    REQUIRE(authority.certificate_for({"localhost"}).ok());
    const auto copy = folder.temporary / "copy";
    fs::copy(folder.data, copy);
    const KeyFiles elsewhere(copy, {});
    const Authority of_thief(copy, elsewhere, folder.clock);
    CHECK_FALSE(of_thief.opens());
    CHECK_FALSE(of_thief.pins().ok());
    CHECK_FALSE(of_thief.certificate_for({"localhost"}).ok());
}

TEST_CASE("a name that is none is refused", "[authority]") {
    const Folder folder;
    const auto keys = folder.keys();
    const Authority authority(folder.data, keys, folder.clock);
    for (const char* name : {"a b", "x,DNS:evil.example", "", "*.example"}) {
        INFO(name);
        const auto made = authority.certificate_for({name});
        REQUIRE_FALSE(made.ok());
        CHECK(made.error().fault == Fault::bad_input);
    }
}

TEST_CASE(
    "a tablet knows the authority and its spare from its ticket, and goes on when the device secret is lost",
    "[authority][endpoint-program]") {
    Data data;
    REQUIRE(data.program.serve());
    RealTablet tablet(data.program);
    CHECK(tablet.pins.size() == 64);
    const auto shown = data.program.run({"authority", "show"});
    CHECK(shown.out.find(to_hex(tablet.pins.substr(0, 32))) != std::string::npos);
    CHECK(shown.out.find(to_hex(tablet.pins.substr(32))) != std::string::npos);
    tablet.keep_visits(2);
    CHECK(tablet.sync(data.program.address()).up_to_date);
    CHECK(data.program.end() == 0);

    fs::remove(data.program.folder() + ".device-secret");
    const auto recovered = data.program.run({"keys", "recover", "--sheet", data.program.sheet()});
    INFO(recovered.err);
    REQUIRE(recovered.status == 0);
    REQUIRE(data.program.serve());
    tablet.keep_visits(2);
    CHECK(tablet.sync(data.program.address()).up_to_date);
    // One that knew the first authority alone does not take the spare for it.
    RealTablet other(data.program, "tab-02");
    other.pins = tablet.pins.substr(0, 32);
    other.keep_visits(1);
    CHECK_FALSE(other.sync(data.program.address()).up_to_date);
    CHECK(other.store.position()->acked_through == 0);
}

TEST_CASE("SIGHUP shows the certificate that is there now, to tablets that are enrolled already",
          "[authority][endpoint-program]") {
    Data data;
    REQUIRE(data.program.serve());
    RealTablet tablet(data.program);
    tablet.keep_visits(1);
    CHECK(tablet.sync(data.program.address()).up_to_date);
    const auto used = data.program.run({"authority", "use-spare", "--sheet", data.program.sheet()});
    INFO(used.err);
    REQUIRE(used.status == 0);
    ::kill(data.program.child(), SIGHUP);
    for (int i = 0; i < 3'000 && data.program.messages().find("read again") == std::string::npos; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    tablet.keep_visits(1);
    CHECK(tablet.sync(data.program.address()).up_to_date);
    tablet.pins.resize(32);
    tablet.keep_visits(1);
    CHECK_FALSE(tablet.sync(data.program.address()).up_to_date);
    // It had the database all the while: what was done to the files beside it is in its audit.
    CHECK(data.program.run({"audit"}).out.find("authority-use-spare") != std::string::npos);
    CHECK(data.program.end() == 0);
}

TEST_CASE("another endpoint's sheet does not take the authority over", "[authority][endpoint-program]") {
    const Data ours, others;
    REQUIRE(ours.program.prepare().status == 0);
    REQUIRE(others.program.prepare().status == 0);
    REQUIRE(ours.program.run({"enrol", "tab-01"}).status == 0);
    for (const char* what : {"spare", "use-spare"}) {
        const auto tried = ours.program.run({"authority", what, "--sheet", others.program.sheet()});
        CHECK(tried.status == 1);
        CHECK(tried.err.find("another endpoint") != std::string::npos);
    }
}

TEST_CASE("behind a proxy on this machine the endpoint speaks in clear, and gives the proxy a certificate",
          "[authority][endpoint-program]") {
    Data data;
    REQUIRE(data.program.serve({"--plain-loopback"}));
    RealTablet tablet(data.program);
    tablet.keep_visits(3);
    CHECK(tablet.sync(fmt::format("http://127.0.0.1:{}", data.program.port())).up_to_date);
    const auto out = data.temporary / "proxy";
    fs::create_directory(out);
    const auto made = data.program.run({"authority", "proxy", "--name", "centre.example", "--out", out});
    INFO(made.err);
    REQUIRE(made.status == 0);
    CHECK(mode_of(out + "/endpoint-key.pem") == 0600);
    CHECK(X509_check_host(certificate_in(file_text(out + "/endpoint.pem")).get(), "centre.example", 0, 0,
                          nullptr) == 1);
    CHECK(file_text(out + "/endpoint-key.pem").find("PRIVATE KEY") != std::string::npos);
}

TEST_CASE("who speaks in clear at the sealed port is told so", "[authority][endpoint-program]") {
    Data data;
    REQUIRE(data.program.serve());
    RawConnection clear(data.program.port(), Speak::clear);
    clear.send("GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto said = clear.read_all();
    CHECK(status_of(said) == 400);
    CHECK(said.find("https") != std::string::npos);
}
