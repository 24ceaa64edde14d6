#include "client/ui/hidden_text.h"

#include <algorithm>

namespace doorstep {

namespace {

bool begins_letter(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}
bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

}  // namespace

bool HiddenText::add(std::string_view utf8) {
    const auto controls = static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), is_control));
    if (utf8.size() - controls > bytes_max - size_)
        return false;
    for (const char c : utf8)
        if (!is_control(c))
            bytes_[size_++] = c;
    return true;
}

void HiddenText::drop_last() {
    while (size_ > 0) {
        const char last = std::exchange(bytes_[--size_], '\0');
        if (begins_letter(last))
            return;
    }
}

std::size_t HiddenText::letters() const {
    const std::string_view all = view();
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), begins_letter));
}

SecretText HiddenText::take() {
    SecretText taken(view());
    wipe();
    return taken;
}

void HiddenText::wipe() {
    sodium_memzero(bytes_.data(), bytes_.size());
    size_ = 0;
}

}  // namespace doorstep
