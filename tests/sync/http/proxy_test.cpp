// The address of a proxy as somebody types it.
#include "sync/http/proxy.h"

#include <catch2/catch.hpp>

using namespace doorstep;

TEST_CASE("a proxy is a host and a port, however it is typed", "[http][proxy]") {
    for (const char* typed : {"proxy.example.org:3128", " proxy.example.org:3128 ",
                              "http://proxy.example.org:3128", "http://proxy.example.org:3128/"}) {
        INFO(typed);
        const auto address = proxy_address(typed);
        REQUIRE(address.ok());
        CHECK(*address == "http://proxy.example.org:3128");
    }
    CHECK(*proxy_address("10.0.0.1:80") == "http://10.0.0.1:80");
    CHECK(*proxy_address("[fd00::1]:3128") == "http://[fd00::1]:3128");
}

TEST_CASE("what is no proxy is said, with what to write", "[http][proxy]") {
    for (const auto& [typed, what] : std::initializer_list<std::pair<const char*, const char*>>{
             {"", "missing"},
             {"   ", "missing"},
             {"proxy.example.org", "port"},
             {"proxy.example.org:", "port"},
             {"proxy example.org:3128", "space"},
             {"proxy.example.org:3128\n", "space"},
             {"proxy.example.org:99999", "not the address"},
             {"user:word@proxy.example.org:3128", "fields of their own"},
             {"https://proxy.example.org:3128", "http://"},
             {"socks5://proxy.example.org:1080", "http://"},
             {"proxy.example.org:3128/path", "more than a host"},
             {"proxy.example.org:3128?x", "more than a host"}}) {
        INFO(typed);
        const auto address = proxy_address(typed);
        REQUIRE_FALSE(address.ok());
        CHECK(address.error().fault == Fault::bad_input);
        CHECK(address.error().what.find(what) != std::string::npos);
        CHECK_FALSE(address.error().mend.empty());
    }
}
