#include "sync/agencies/attempt.h"

#include <array>

namespace doorstep {

std::string_view word(Purpose purpose) {
    constexpr std::array<std::string_view, 4> words{"send", "ask", "withdraw", "check"};
    return words.at(static_cast<std::size_t>(purpose));
}

std::string_view word(Came came) {
    constexpr std::array<std::string_view, 4> words{"held", "not_there", "refused", "unknown"};
    return words.at(static_cast<std::size_t>(came));
}

Delivery carry_out(const Parcel& parcel, AgencyAdapter& adapter) {
    switch (parcel.purpose) {
    case Purpose::send:
        return adapter.send(parcel);
    case Purpose::withdraw:
        return adapter.withdraw(parcel);
    case Purpose::ask:
    case Purpose::check:
        break;
    }
    return adapter.ask(parcel);
}

}  // namespace doorstep
