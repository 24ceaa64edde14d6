// What stands in the way of a sync, told apart by what a person can do about it.  The engine
// says which; the app has the words (client/app/trouble_words.h).
#pragma once

#include <cstdint>

namespace doorstep {

enum class SyncTrouble : std::uint8_t {
    none,
    no_answer,       // nobody answered, or the connection was cut
    captive_portal,  // a Wi-Fi that wants a sign-in, or whoever else answers with a web page
    stranger,        // something else answers
    certificate,     // who answers cannot prove to be the endpoint
    proxy,           // the proxy is not there, or does not let this through
    proxy_sign_in,   // the proxy wants a name and a password, or others
    busy,            // the endpoint asks to wait, or its disk is full
    not_taken,       // the endpoint answers what this program does not know
    damaged_answer,
    elsewhere,  // the endpoint stands elsewhere than was thought; both are compared again
    wrong_clock,
    not_known,  // this tablet is not enrolled there, or no more
    too_old,    // this program
    copied,     // the endpoint knows another history of this tablet
    storage     // of this tablet
};

}  // namespace doorstep
