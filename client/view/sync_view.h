// The sync page: what waits, why, and what to do.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/view/choice_of.h"

namespace doorstep {

struct WaitingLine {
    std::string place;  // "14 Mill Lane", "Visit SS-..."
    std::string words;  // "Questionnaire, 2 referrals, 3 offers"
    std::string since;  // "10:42"
};

struct RefusedLine {
    std::string what;         // "Referral, 14 Mill Lane"
    std::string reason;       // why it was set aside
    std::string advice = {};  // what to do about it
};

// "12 questionnaires", the oldest of them since when.
struct KindLine {
    std::string words;
    std::string since;
};

// How the tablet reaches the endpoint; its password is never shown.
struct ProxyView {
    ProxyWay way = ProxyWay::none;
    std::string address;  // "proxy.example.org:3128"
    std::string name;
    bool has_password = false;
    std::string trouble;      // what is wrong with what was set last; empty
    std::uint64_t saved = 0;  // rises with each time it was kept
};

// A stick or another folder that was found in: where a rescue file may be written.
struct Stick {
    std::string name;    // "KINGSTON"
    std::string folder;  // what intent::WriteRescue names
};

struct SyncView {
    enum class What : std::uint8_t {
        up_to_date,
        not_enrolled,
        working,
        waiting,
        offline,
        captive_portal,
        not_our_endpoint,
        certificate,
        proxy,
        wrong_clock,
        refused,
        storage_trouble
    } what = What::up_to_date;
    std::string heading;  // "Everything is sent", "There is no network"
    std::string words;    // why it waits and what to do
    std::uint64_t unsent = 0;
    std::uint64_t sent = 0;
    std::string oldest;               // "The oldest has waited since 10:42"; empty
    std::string last_sync;            // "Last sync today 08:41", "Not sent yet"
    std::string next_try;             // "Next try 14:30"; empty
    std::string last_trouble = {};    // "Last trouble today 10:42: there is no network"; empty
    std::string not_backed_up = {};   // "40 sent, not yet backed up at the endpoint"; empty
    std::string published = {};       // "From the centre today 10:42: 2 questionnaires"; empty
    double progress = -1;             // 0..1 while working, else negative
    std::string progress_words = {};  // "4 of 7 sent", "Fetching: 300 of 1,200"
    std::vector<KindLine> kinds = {};
    std::vector<WaitingLine> waiting;
    std::vector<RefusedLine> refused;
    std::vector<Stick> sticks = {};  // while something waits
    // When damaged records of this tablet were mended last, and what that came to; empty: never.
    std::string mended_at = {};
    std::string mended = {};
    ProxyView proxy = {};
};

}  // namespace doorstep
