// The sync page: what waits, why, and what to do.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace doorstep {

struct WaitingLine {
    std::string place;  // "14 Mill Lane", "Visit SS-..."
    std::string words;  // "Questionnaire, 2 referrals, 3 offers"
    std::string since;  // "10:42"
};

struct RefusedLine {
    std::string what;    // "Referral, 14 Mill Lane"
    std::string reason;  // why it was set aside and what to do
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
        not_our_endpoint,
        wrong_clock,
        refused,
        storage_trouble
    } what = What::up_to_date;
    std::string heading;  // "Everything is sent", "You are offline"
    std::string words;    // why it waits and what to do
    std::uint64_t unsent = 0;
    std::uint64_t sent = 0;
    std::string oldest;     // "The oldest has waited since 10:42"; empty
    std::string last_sync;  // "Last sent today 08:41", "Not sent yet"
    std::string next_try;   // "Next try 14:30"; empty
    double progress = -1;   // 0..1 while working, else negative
    std::vector<WaitingLine> waiting;
    std::vector<RefusedLine> refused;
    std::vector<Stick> sticks = {};  // while something waits
    // When damaged records of this tablet were mended last, and what that came to; empty: never.
    std::string mended_at = {};
    std::string mended = {};
};

}  // namespace doorstep
