// The frame of every screen: header on top, body that scrolls, action bar below.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "client/ui/button.h"
#include "client/ui/ui.h"

namespace doorstep {

struct PageHeader {
    std::string title;
    bool back = true;
    std::string status;  // sync state in words, at the right
    bool status_needs_look = false;
    bool lock = false;      // "Lock", beside the sun
    std::string foot = {};  // small, at the end of the screen, while nothing is typed
    // What stands beside or below the status where there is room, never left out.
    std::string status_more = {};
};
enum class HeaderTap : std::uint8_t { none, back, status, sun, lock };

struct PageParts {
    HeaderTap header = HeaderTap::none;
    int action = -1;  // which button of the bar was tapped
};

struct PageAction {
    std::string label;
    ButtonLook look = ButtonLook::secondary;
    bool enabled = true;
};

// `id` keeps the body's scroll place.  Of the actions the last is the main one: bottom
// right, full width in portrait.  `under_header` stays in sight above the body (filters,
// tabs, notices).
PageParts page(Ui& ui, std::string_view id, const PageHeader& header, const std::vector<PageAction>& actions,
               const std::function<void()>& under_header, const std::function<void()>& body);
// The same for a body that scrolls by itself (a list): it gets its area.
PageParts page_with_list(Ui& ui, const PageHeader& header, const std::vector<PageAction>& actions,
                         const std::function<void()>& under_header,
                         const std::function<void(const Rect& area)>& list);

}  // namespace doorstep
