// A running endpoint that strangers speak to, and what they say.
#pragma once

#include <catch2/catch.hpp>

#include "tests/support/temporary_folder.h"
#include "tests/sync/listener/process.h"

namespace doorstep::testing {

struct Served {
    TemporaryFolder temporary;
    EndpointProgram program{temporary / "data", {}, without_forms(temporary / "questionnaires")};
    Served() { REQUIRE(program.serve()); }
    std::string ask(const std::string& request) const { return exchange_raw(program.port(), request); }
    bool lives() const {
        return status_of(ask("GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) == 200;
    }
    // Resident, in kB; `field`: VmRSS or VmHWM.
    long memory_kb(const std::string& field) const {
        std::ifstream in("/proc/" + std::to_string(program.child()) + "/status");
        for (std::string line; std::getline(in, line);)
            if (line.starts_with(field + ":"))
                return std::atol(line.c_str() + field.size() + 1);
        return 0;
    }
};

inline std::string post(const std::string& headers, const std::string& body = {}) {
    return "POST /v1/push HTTP/1.1\r\nHost: x\r\nContent-Type: application/vnd.doorstep.operations+json; "
           "v=1\r\n" +
           headers + "\r\n" + body;
}

}  // namespace doorstep::testing
