// The zip of an .xlsx, behind the few questions that a reader of parts asks.
// It may have been made to hurt: every part is counted as it is inflated.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "forms/base/diagnostic.h"

namespace doorstep {

constexpr std::size_t max_xlsx_bytes = std::size_t{16} << 20;   // packed, as the file lies on the disk
constexpr std::size_t max_part_bytes = std::size_t{64} << 20;   // of one part, inflated
constexpr std::size_t max_parts_bytes = std::size_t{96} << 20;  // of all parts that are read
constexpr std::size_t max_parts = 10'000;

class Archive {
public:
    // Nothing after a fault, which `found` then names.  `bytes` must outlive the archive.
    static std::unique_ptr<Archive> open(std::string_view bytes, const Place& place, Diagnostics& found);
    ~Archive();

    bool has(const std::string& part) const;

    // A part being inflated; the archive must outlive it.
    class Part {
    public:
        ~Part();
        // The next bytes, at most `room` of them: how many, 0 at the end, -1 after a
        // fault, which `found` of open_part() then names.
        int read(char* to, std::size_t room);

    private:
        friend class Archive;
        struct State;
        explicit Part(std::unique_ptr<State> state);
        std::unique_ptr<State> state_;
    };
    // Null after a fault.  `place` and `found` must outlive the part.
    std::unique_ptr<Part> open_part(const std::string& name, const Place& place, Diagnostics& found);

private:
    struct Zip;
    explicit Archive(std::unique_ptr<Zip> zip);
    std::unique_ptr<Zip> zip_;
    std::size_t left_ = max_parts_bytes;
};

}  // namespace doorstep
