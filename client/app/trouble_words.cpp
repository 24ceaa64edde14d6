#include "client/app/trouble_words.h"

#include <fmt/format.h>

#include "client/app/day_words.h"
#include "client/app/sitting_words.h"

namespace doorstep {

namespace {

using What = SyncView::What;

std::string moment_in_full(const Clock& clock, std::int64_t at_ms, const Wording& words) {
    const Day day = day_at(clock, at_ms);
    return fmt::format("{} {}, {}", day_in_full(day, words), day.text().substr(0, 4),
                       time_of_day(clock, at_ms));
}

TroubleWords of_the_network(SyncTrouble trouble, bool network, const Wording& words) {
    switch (trouble) {
    case SyncTrouble::captive_portal:
        return {What::captive_portal, words.say("This Wi-Fi wants a sign-in"),
                words.say("Open a browser on this tablet, go to any page and sign in there, or use another "
                          "network. Then choose \"Sync now\". Nothing was sent to this Wi-Fi; everything is "
                          "saved on this tablet."),
                words.say("sign in to the Wi-Fi")};
    case SyncTrouble::certificate:
        return {
            What::certificate, words.say("Who answers cannot prove to be the endpoint"),
            words.say("Somebody may stand between this tablet and the endpoint. Nothing was sent. Type no "
                      "password into any page of this network: leave it, use another one, and tell your "
                      "team lead. Everything is saved on this tablet."),
            words.say("another network")};
    case SyncTrouble::stranger:
        return {
            What::not_our_endpoint, words.say("This network does not lead to the endpoint"),
            words.say("Something answered that is not the endpoint. Nothing was sent to it. Use another "
                      "network; if it stays so, tell your team lead. Everything is saved on this tablet."),
            words.say("another network")};
    case SyncTrouble::proxy:
        return {What::proxy, words.say("The proxy does not let this tablet through"),
                words.say("It is not there, or it refuses. Look at \"Proxy\" below, or ask whoever runs this "
                          "network. Everything is saved on this tablet and will send later."),
                words.say("check the proxy")};
    case SyncTrouble::proxy_sign_in:
        return {What::proxy, words.say("The proxy wants a name and a password"),
                words.say("It was given none, or others. Set them under \"Proxy\" below; whoever runs this "
                          "network has them. Everything is saved on this tablet and will send later."),
                words.say("check the proxy")};
    default:
        break;
    }
    if (network)
        return {What::offline,
                words.say("The endpoint was not reached"),
                words.say("There is a network, but the endpoint does not answer. Everything is saved on this "
                          "tablet and will send by itself."),
                {}};
    return {What::offline,
            words.say("There is no network"),
            words.say("Everything is saved on this tablet and will send by itself when there is one."),
            {}};
}

TroubleWords of_the_endpoint(SyncTrouble trouble, const Wording& words) {
    switch (trouble) {
    case SyncTrouble::busy:
        return {What::waiting,
                words.say("The endpoint is busy"),
                words.say("It asked this tablet to wait. It is tried again by itself; everything is saved on "
                          "this tablet."),
                {}};
    case SyncTrouble::wrong_clock:
        return {What::wrong_clock,
                words.say("The clock of this tablet is wrong"),
                {},
                words.say("set the clock")};
    case SyncTrouble::not_known:
        return {
            What::refused, words.say("The endpoint does not know this tablet"),
            words.say("Its enrolment was ended, or never made there. Nothing is lost: everything stays on "
                      "this tablet. Ask for the tablet to be enrolled again, then choose \"Sync now\": what "
                      "was not sent goes out then."),
            words.say("enrol again")};
    case SyncTrouble::copied:
        return {
            What::refused, words.say("The endpoint knows another history of this tablet"),
            words.say("The storage of this tablet was copied or set back. Nothing is lost: everything stays "
                      "here. Ask for the tablet to be enrolled again, then choose \"Sync now\"."),
            words.say("enrol again")};
    case SyncTrouble::too_old:
        return {
            What::refused, words.say("This Doorstep is too old for the endpoint"),
            words.say("Ask for it to be updated, then choose \"Sync now\". Everything stays on this tablet."),
            words.say("update Doorstep")};
    case SyncTrouble::storage:
        return {What::storage_trouble,
                words.say("This tablet cannot keep what came back"),
                {},
                words.say("storage")};
    case SyncTrouble::damaged_answer:
        return {What::waiting, words.say("The answer arrived damaged"), {}, {}};
    case SyncTrouble::elsewhere:
        return {What::waiting, words.say("Tablet and endpoint compare what they hold"), {}, {}};
    default:
        return {What::waiting, words.say("The endpoint did not take it yet"), {}, {}};
    }
}

}  // namespace

TroubleWords words_of(SyncTrouble trouble, bool network, const Wording& words) {
    switch (trouble) {
    case SyncTrouble::no_answer:
    case SyncTrouble::captive_portal:
    case SyncTrouble::stranger:
    case SyncTrouble::certificate:
    case SyncTrouble::proxy:
    case SyncTrouble::proxy_sign_in:
        return of_the_network(trouble, network, words);
    default:
        return of_the_endpoint(trouble, words);
    }
}

std::string clocks_in_words(const Clock& clock, std::int64_t off_ms, const Wording& words) {
    const std::int64_t now_ms = clock.now_ms();
    if (off_ms == 0)
        return with_parts(
            words.say("Now it says %1. If that is right, the certificate of the endpoint has run "
                      "out: tell whoever looks after Doorstep."),
            {moment_in_full(clock, now_ms, words)});
    return with_parts(words.say("Now it says %1, the endpoint says %2."),
                      {moment_in_full(clock, now_ms, words), moment_in_full(clock, now_ms - off_ms, words)});
}

std::string advice_for(const std::string& reason, const Wording& words) {
    const auto says = [&](std::string_view part) { return reason.find(part) != std::string::npos; };
    if (says("does not know"))
        return words.say(
            "Nothing for you to do: it is kept at the endpoint and taken in when the endpoint is "
            "updated. Tell your team lead.");
    if (says("set back"))
        return words.say("Tell your team lead: what this tablet lost is at the endpoint.");
    return words.say(
        "It is kept, here and at the endpoint, and nothing else waits for it. Tell your team lead, "
        "who can have it put right there; do not record it again.");
}

}  // namespace doorstep
