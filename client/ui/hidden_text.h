// What is typed and never shown to others: it stands in one place from the first letter
// to the last, so that growing leaves no copies behind, and is wiped when it goes.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "forms/base/secret.h"

namespace doorstep {

class HiddenText {
public:
    static constexpr std::size_t bytes_max = 256;

    HiddenText() = default;
    HiddenText(const HiddenText&) = delete;
    HiddenText& operator=(const HiddenText&) = delete;
    ~HiddenText() { wipe(); }

    // Control characters are left out.  False when there is no room for all of it: then
    // nothing was taken.
    bool add(std::string_view utf8);
    void drop_last();             // one code point
    std::size_t letters() const;  // code points
    bool empty() const { return size_ == 0; }
    // Until the next change.
    std::string_view view() const { return {bytes_.data(), size_}; }
    SecretText take();  // empty afterwards, and wiped
    void wipe();

private:
    std::array<char, bytes_max> bytes_{};
    std::size_t size_ = 0;
};

}  // namespace doorstep
