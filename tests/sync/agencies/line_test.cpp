#include "sync/agencies/agency_line.h"

#include "tests/support/temporary_folder.h"
#include "tests/sync/agencies/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

LineWish webhook_at(const std::string& url) {
    LineWish wish;
    wish.agency = "fire";
    wish.adapter = "webhook";
    wish.url = url;
    return wish;
}

}  // namespace

TEST_CASE("a webhook is named by an address that can be spoken to safely", "[line]") {
    for (const char* good : {"https://fire.example", "https://fire.example:8443/doorstep/in/",
                             "http://127.0.0.1:9000/in", "http://[::1]:9000", "http://localhost/x"}) {
        INFO(good);
        CHECK(webhook_place(good).ok());
    }
    CHECK(webhook_place("https://fire.example:8443/a/")->origin == "https://fire.example:8443");
    CHECK(webhook_place("https://fire.example:8443/a/")->path == "/a");
    for (const char* bad :
         {"", "fire.example", "http://fire.example", "http://127.0.0.1.evil.example/in",
          "https://user@fire.example", "https://", "https://fire.example/a?b=c", "https://fire.example/a b",
          "ftp://fire.example", "https://fire.example/\r\nHost: x"}) {
        INFO(bad);
        const auto place = webhook_place(bad);
        REQUIRE_FALSE(place.ok());
        CHECK_FALSE(place.error().mend.empty());
    }
}

TEST_CASE("a line is kept as it was set, and changed where it is said", "[line]") {
    Rig rig;
    auto wish = webhook_at("https://fire.example/in");
    wish.signing = "hmac";
    wish.secret = "sixteen letters!";
    wish.alarm_hours = "48";
    rig.set(wish);
    LineWish paused;
    paused.agency = "fire";
    paused.paused = "yes";
    rig.set(paused);
    const auto line = *must(agency_line(*rig.sql, "fire"));
    CHECK(line.url == "https://fire.example/in");
    CHECK(line.signing == WebhookSigning::hmac);
    CHECK(line.alarm_hours == 48);
    CHECK(line.urgent_alarm_hours == 1);
    CHECK(line.paused);
    CHECK(line.sealed_secret.find("sixteen") == std::string::npos);
    const auto referral = rig.refer("fire");
    rig.work();
    CHECK(rig.state(referral) == "waiting");
}

TEST_CASE("what is set wrongly is said with how to mend it", "[line]") {
    Rig rig;
    const TemporaryFolder folder;
    const auto refused = [&](LineWish wish, const std::string& part) {
        const auto line = line_of(wish, {}, rig.directory, rig.endpoint->keys());
        REQUIRE_FALSE(line.ok());
        INFO(line.error().text());
        CHECK(line.error().what.find(part) != std::string::npos);
        CHECK_FALSE(line.error().mend.empty());
    };
    LineWish wish;
    wish.agency = "nobody";
    refused(wish, "has no agency \"nobody\"");
    wish.agency = "fire";
    refused(wish, "not said how this agency is reached");
    wish.adapter = "pigeon";
    refused(wish, "is no way to an agency");
    wish.adapter = "folder";
    refused(wish, "whole path");
    wish.folder = folder.path() + "/none";
    refused(wish, "There is no folder");
    wish.folder = folder.path();
    wish.url = "https://fire.example";
    refused(wish, "belong to --adapter webhook");
    wish = webhook_at("");
    refused(wish, "needs the address");
    wish = webhook_at("https://fire.example");
    wish.signing = "rot13";
    refused(wish, "is no way of signing");
    wish.signing = "hmac";
    refused(wish, "needs the secret");
    wish.secret = "short";
    refused(wish, "16 to 256");
    wish = webhook_at("https://fire.example");
    wish.secret = "sixteen letters!";
    refused(wish, "Only a webhook that signs with hmac");
    wish = webhook_at("https://fire.example");
    wish.alarm_hours = "0";
    refused(wish, "not a number of hours");
    wish.alarm_hours.clear();
    wish.ask = "perhaps";
    refused(wish, "neither yes nor no");
}

TEST_CASE("no two agencies are reached at one place", "[line]") {
    Rig rig;
    const TemporaryFolder folder;
    const auto wished = [&](const std::string& agency, const std::string& adapter, const std::string& place) {
        LineWish wish;
        wish.agency = agency;
        wish.adapter = adapter;
        (adapter == "folder" ? wish.folder : wish.url) = place;
        return must(line_of(wish, must(agency_line(*rig.sql, agency)), rig.directory, rig.endpoint->keys()));
    };
    rig.folder("fire", folder.path());
    CHECK(is_of_no_other(*rig.sql, wished("fire", "folder", folder.path())).ok());
    const auto same = is_of_no_other(*rig.sql, wished("police", "folder", folder.path() + "/."));
    REQUIRE_FALSE(same.ok());
    CHECK(same.error().what.find("fire is reached there already") != std::string::npos);
    rig.webhook("red_cross");
    CHECK_FALSE(is_of_no_other(*rig.sql, wished("police", "webhook", "https://red_cross.example/in/")).ok());
    CHECK(is_of_no_other(*rig.sql, wished("police", "webhook", "https://red_cross.example/police")).ok());
}
