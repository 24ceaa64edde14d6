// Every bound of the wire, with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace doorstep::limits {

inline constexpr int protocol = 1;
// Oldest protocol that the endpoint still takes pushes from.
inline constexpr int protocol_min = 1;

// A push that a bad 3G link finishes before its time is up.
inline constexpr std::size_t push_bytes_start = 64 * 1024;
inline constexpr std::size_t push_bytes_min = 8 * 1024;
inline constexpr std::size_t push_bytes_max = 256 * 1024;  // compressed
inline constexpr std::size_t push_operations_max = 500;

// Declared size, read from the frame header before anything is allocated: a zip
// bomb ends here.
inline constexpr std::size_t frame_bytes_max = 4 * 1024 * 1024;
inline constexpr std::size_t envelope_bytes_max = 512 * 1024;  // decompressed body of one append()

// What an officer writes is at most 500; longer ones are set aside.
inline constexpr std::size_t note_bytes_max = 4 * 1024;

inline constexpr int json_depth_max = 32;

inline constexpr int pull_operations_max = 500;

// Reference data (parcels.h).  A county's addresses are split by area long before.
inline constexpr std::size_t parcels_max = 1'000;                    // that a tablet is to have
inline constexpr std::size_t parcel_bytes_max = 16 * 1024 * 1024;    // as it travels
inline constexpr std::size_t parcel_content_max = 64 * 1024 * 1024;  // expanded
// A part that a bad 3G link finishes, as a push.
inline constexpr std::size_t part_bytes_start = 64 * 1024;
inline constexpr std::size_t part_bytes_min = 8 * 1024;
inline constexpr std::size_t part_bytes_max = 256 * 1024;

// Signatures and photos (media.h).  Eight MiB as it was taken, in sealed pieces of 64 KiB.
inline constexpr std::size_t media_piece_bytes_max = 64 * 1024;
inline constexpr std::size_t media_pieces_max = 129;
inline constexpr std::size_t media_items_max = 200;                       // of one questionnaire
inline constexpr std::size_t media_all_bytes_max = 80u * 1024 * 1024;     // of one questionnaire, sealed
inline constexpr std::size_t media_asked_max = 64;                        // in one question
inline constexpr std::size_t media_day_bytes_max = std::size_t{1} << 30;  // taken from one tablet in a day

// What cannot be read here, or is another history of its tablet, taken from one tablet in a day: some ten
// thousand questionnaires, a whole season of one tablet whose storage was set back.
inline constexpr std::size_t aside_day_bytes_max = std::size_t{32} * 1024 * 1024;

// Retry: full jitter between 0 and the ceiling, which doubles from start to max.
inline constexpr std::int64_t retry_ms_start = 2'000;
inline constexpr std::int64_t retry_ms_max = 5 * 60'000;
inline constexpr std::int64_t retry_after_ms_max =
    15 * 60'000;  // a server's Retry-After is believed up to here

inline constexpr std::int64_t clock_skew_ms_max =
    5 * 60'000;  // beyond it an operation is flagged, never refused

}  // namespace doorstep::limits
