// Every bound of the listener, with its reason.  Beast sets none.
#pragma once

#include <chrono>
#include <cstddef>

namespace doorstep::limits {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A good tablet sends its header in one packet; all slow ones are gone within 10 s.
inline constexpr seconds handshake{10};
inline constexpr seconds first_byte{5};
inline constexpr seconds header{5};
inline constexpr seconds keep_alive{15};
inline constexpr std::size_t header_bytes_max = 16 * 1024;

// 64 KiB on bad 3G must pass, which a total of 30 s would cut: so a pace, and a long total; for
// what is sent as for what is answered, of which a page may be larger still.
inline constexpr seconds body_window{10};
inline constexpr seconds write_window{30};
inline constexpr std::size_t window_bytes = 10'000;
inline constexpr seconds whole{300};

// What a refused client may still send until we hang up, so that it can read why.
inline constexpr seconds linger{5};
inline constexpr std::size_t linger_bytes_max = 2 * 1024 * 1024;

// A whole depot syncs behind one address at 17:00.
inline constexpr std::size_t connections_max = 1'024;
inline constexpr std::size_t connections_per_address_max = 256;
inline constexpr int backlog = 4'096;

// The largest that a tablet sends is a push of 256 KiB.  Nobody has shown who they are before a body is
// whole: so all that are under way together have a bound too, which 1,024 pushes of a usual day keep.
inline constexpr std::size_t body_bytes_max = 320 * 1024;
inline constexpr std::size_t bodies_bytes_max = std::size_t{64} * 1024 * 1024;
inline constexpr int bodies_retry_s = 5;

// Per tablet, with as much again at once after a quiet minute.
inline constexpr double requests_per_minute = 60;
inline constexpr double pieces_per_minute = 300;  // of pictures, beside the requests
inline constexpr double bytes_per_minute = 10.0 * 1024 * 1024;
inline constexpr std::size_t piece_bytes_max = 512 * 1024;  // the body of such a request
// Tokens that are remembered; those of a quiet minute are forgotten first.
inline constexpr std::size_t paces_max = 4'096;

// One commit for what came in together.
inline constexpr milliseconds batch_wait{5};
inline constexpr std::size_t batch_max = 64;
// The write-ahead log goes into the file when nothing came for this long, or when it
// has grown by this much.
inline constexpr milliseconds idle{200};
inline constexpr std::size_t checkpoint_bytes = 4 * 1024 * 1024;

// How often a running endpoint looks whether its certificate is about to end.
inline constexpr std::chrono::hours certificate_look{12};

// After SIGTERM whoever is in the middle of something may end it within this time.
inline constexpr seconds ending{10};

// A part of a rescue file, in base64, is the longest.
inline constexpr std::size_t command_bytes_max = 512 * 1024;
inline constexpr seconds command_wait{10};
inline constexpr seconds command_sign_of_life{5};  // while a command is under way
inline constexpr std::size_t callers_max = 8;      // commands at once, each of them a thread

}  // namespace doorstep::limits
