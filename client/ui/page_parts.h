// The parts of page(): header, action bar, and where the column stands.
#pragma once

#include <vector>

#include "client/ui/page.h"

namespace doorstep {

// Where the text column of every page stands; the same for header title and body.
struct PageColumn {
    float x = 0;
    float w = 0;
    bool hangs = false;  // "Back" stands in the margin beside it
};
PageColumn page_column(const Ui& ui);

struct HeaderDrawn {
    HeaderTap tapped = HeaderTap::none;
    float height = 0;
};
HeaderDrawn draw_header(Ui& ui, const PageHeader& header, const PageColumn& column);

struct BarPlan {
    std::vector<Rect> buttons;  // from the bar's corner
    float height = 0;           // 0: no actions
};
BarPlan plan_bar(const Ui& ui, const std::vector<PageAction>& actions);
// Which action was tapped, or -1.
int draw_bar(Ui& ui, const BarPlan& plan, const std::vector<PageAction>& actions, float top);

}  // namespace doorstep
