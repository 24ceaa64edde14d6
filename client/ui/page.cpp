#include "client/ui/page.h"

#include "client/ui/looks.h"
#include "client/ui/page_parts.h"
#include "client/ui/stage_state.h"

namespace doorstep {

namespace {

constexpr float body_least_mm = 24;  // less is no place to read or to scroll in

struct Around {
    std::string id;  // of the region that scrolls when even the parts are too high
    const PageHeader& header;
    const std::vector<PageAction>& actions;
    const std::function<void()>& under_header;
};

// What stands at the end of the screen; where there is no room for it, nothing does.
float foot_height(Ui& ui, const PageHeader& header, float room) {
    if (header.foot.empty() || !ui.stage().keyboard_at.empty())
        return 0;
    const float width = std::max(1.0f, ui.screen().w - 2 * ui.margin());
    const float height = words_height(ui, header.foot, Type::small, width) + 2 * ui.px(2);
    return height <= room ? height : 0;
}

void draw_foot(Ui& ui, const PageHeader& header, const PageColumn& column, float top, float height) {
    if (height > 0)
        ui.words_in({column.x, top, std::max(1.0f, ui.screen().w - ui.margin() - column.x), height},
                    header.foot, Type::small, ui.colours().second);
}

float top_of(const Ui& ui) {
    return ui.column().y;
}

// Under the header everything lies in one region.  Where there is room it is exactly as
// high as its area and never moves; where there is not, it scrolls, so that nothing is
// ever out of reach.
PageParts lay_out(Ui& ui, const Around& around, const std::function<void(const Rect&)>& main) {
    StageState& s = ui.stage();
    const PageColumn column = page_column(ui);
    const Rect screen = ui.screen();
    PageParts parts;
    const HeaderDrawn header = draw_header(ui, around.header, column);
    parts.header = header.tapped;
    // Above the keys there is room for what is written, and none for a slip of the finger:
    // the keyboard has its own "Done".
    static const std::vector<PageAction> none;
    const std::vector<PageAction>& actions = s.keyboard_at.empty() ? around.actions : none;
    const BarPlan bar = plan_bar(ui, actions);
    const float least = ui.px(body_least_mm);
    const bool fixed = header.height + least + bar.height <= screen.h;
    const float foot = foot_height(ui, around.header, screen.h - header.height - least - bar.height);
    const float bottom = fixed ? screen.h - bar.height - foot : screen.h;
    const Rect area{0, header.height, screen.w, std::max(1.0f, bottom - header.height)};
    ui.scroll(around.id, area, [&] {
        const float start = top_of(ui);
        ui.within({column.x, start, column.w, area.h}, [&] {
            if (around.under_header)
                around.under_header();
            s.column_told = ui.column().y;
        });
        const bool any = s.column_told > start;
        const float y = std::round(s.column_told) + (any ? ui.px(mm::gap_min) : 0);
        const float rest = start + area.h - y;
        const Rect body{column.x, y, column.w, std::max(rest, least)};
        s.wide_touch = Rect{0, body.y, screen.w, body.h};
        main(body);
        s.wide_touch.reset();
        s.column.y = body.bottom();
        if (!fixed && bar.height > 0) {
            const float top = s.column.y + ui.px(mm::gap_min);
            parts.action = draw_bar(ui, bar, actions, top);
            s.column.y = top + bar.height;
        }
    });
    if (fixed) {
        parts.action = draw_bar(ui, bar, actions, bottom);
        draw_foot(ui, around.header, column, bottom + bar.height, foot);
    }
    return parts;
}

}  // namespace

PageParts page(Ui& ui, std::string_view id, const PageHeader& header, const std::vector<PageAction>& actions,
               const std::function<void()>& under_header, const std::function<void()>& body) {
    const Around around{std::string(id) + " around", header, actions, under_header};
    return lay_out(ui, around, [&](const Rect& area) {
        ui.scroll(id, area, [&] {
            ui.gap(4);
            body();
            ui.gap(6);
        });
        // What has gone under the parts above is cut by a line, not in mid-white.
        if (ui.stage().region_of(id).offset > 0) {
            const float width = line_mm(ui), y = area.y - ui.px(width);
            ui.line(0, y, ui.screen().w, y, divider(ui), width);
        }
    });
}

PageParts page_with_list(Ui& ui, const PageHeader& header, const std::vector<PageAction>& actions,
                         const std::function<void()>& under_header,
                         const std::function<void(const Rect& area)>& list) {
    return lay_out(ui, {"list around", header, actions, under_header}, list);
}

}  // namespace doorstep
