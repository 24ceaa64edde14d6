// An agency's system as bad as they come.  It counts what it was made to do, by referral, and
// leans on no idempotency key: what is sent twice is done twice.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "forms/base/uuid.h"
#include "sync/http/http_client.h"

namespace doorstep::testing {

enum class AgencyDoes {
    well,
    lost,            // no connection: nothing done
    done_then_cut,   // done, and no answer comes
    done_then_500,   // done, and it says 500
    fails_503,       // nothing done
    refuses_422,     // nothing done
    busy_429,        // nothing done
    portal,          // a sign-in page says 200; nothing done
    plain_404,       // somebody else's 404; nothing done
    of_another_one,  // 200 that names another referral; nothing done
    slow             // no answer; it is done a little later
};
inline constexpr int agency_ways = 11;

class AgencyStub {
public:
    std::map<Uuid, int> effects;
    std::map<Uuid, int> withdrawals;
    std::map<Uuid, std::string> states;  // what it answers when it is asked
    std::vector<HttpRequest> seen;
    std::function<AgencyDoes(const HttpRequest&)> does = [](const HttpRequest&) { return AgencyDoes::well; };
    std::function<void(const HttpRequest&)> watch;

    // What was slow is done now.
    void settle() {
        for (const auto& late : late_)
            ++effects[late];
        late_.clear();
    }
    int effects_of(const Uuid& referral) const {
        const auto found = effects.find(referral);
        return found == effects.end() ? 0 : found->second;
    }

    Result<HttpReply> exchange(const HttpRequest& request) {
        seen.push_back(request);
        if (watch)
            watch(request);
        const auto way = does(request);
        const auto wrong = without_effect(way);
        if (wrong)
            return *wrong;
        if (request.method == "GET")
            return question(Uuid::parse(request.path.substr(request.path.rfind('/') + 1)).value_or(Uuid{}),
                            way);
        if (request.path.ends_with("/withdrawal"))
            return withdrawal(request, way);
        return referral(request, way);
    }

private:
    static Error silence() { return {Fault::unreachable, "No answer.", ""}; }
    static HttpReply reply(int status, const std::string& body) { return {status, {}, body}; }

    static std::optional<Result<HttpReply>> without_effect(AgencyDoes way) {
        switch (way) {
        case AgencyDoes::lost:
            return silence();
        case AgencyDoes::fails_503:
            return reply(503, "no");
        case AgencyDoes::refuses_422:
            return reply(422, "no");
        case AgencyDoes::busy_429:
            return reply(429, "later");
        case AgencyDoes::portal:
            return reply(200, "<html>Welcome to the Wi-Fi</html>");
        case AgencyDoes::plain_404:
            return reply(404, "<html>Not found</html>");
        case AgencyDoes::of_another_one:
            return reply(200, R"({"referral":"00000000-0000-4000-8000-000000000000","held":true})");
        default:
            return std::nullopt;
        }
    }
    static Result<HttpReply> after(AgencyDoes way, const std::string& body) {
        if (way == AgencyDoes::done_then_cut || way == AgencyDoes::slow)
            return silence();
        return way == AgencyDoes::done_then_500 ? reply(500, "oh") : reply(200, body);
    }
    Result<HttpReply> referral(const HttpRequest& request, AgencyDoes way) {
        const auto json = nlohmann::json::parse(request.body);
        const auto id = Uuid::parse(json.at("referral").get<std::string>()).value();
        if (way == AgencyDoes::slow)
            late_.push_back(id);
        else
            ++effects[id];
        return after(way, fmt::format(R"({{"referral":"{0}","id":"CASE-{1}"}})", id.text(), effects.size()));
    }
    Result<HttpReply> withdrawal(const HttpRequest& request, AgencyDoes way) {
        const auto json = nlohmann::json::parse(request.body);
        const auto id = Uuid::parse(json.at("referral").get<std::string>()).value();
        ++withdrawals[id];
        return after(way, fmt::format(R"({{"referral":"{}"}})", id.text()));
    }
    Result<HttpReply> question(const Uuid& id, AgencyDoes way) {
        if (way != AgencyDoes::well)
            return silence();
        if (effects_of(id) == 0)
            return reply(404, fmt::format(R"({{"referral":"{}","held":false}})", id.text()));
        const auto state = states.find(id);
        return reply(200,
                     fmt::format(R"({{"referral":"{}","held":true,"id":"CASE"{}}})", id.text(),
                                 state == states.end()
                                     ? std::string{}
                                     : fmt::format(R"(,"state":"{}","note":"by telephone")", state->second)));
    }

    std::vector<Uuid> late_;
};

// One connection to it.
class StubConnection final : public HttpClient {
public:
    explicit StubConnection(AgencyStub& stub) : stub_(stub) {}
    Result<HttpReply> exchange(const HttpRequest& request) override { return stub_.exchange(request); }

private:
    AgencyStub& stub_;
};

}  // namespace doorstep::testing
