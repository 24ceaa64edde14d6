// Lists and pages that a finger moves.  Regions are ours, not child windows: a clip, an
// offset in whole pixels, and content that is drawn where it stands.
#include <imgui.h>

#include "client/ui/stage_state.h"

namespace doorstep {

namespace {

constexpr float indicator_mm = 0.6f;
constexpr float indicator_least_mm = 8;

struct Around {
    Column column;
    Rect clip;
    std::string inside;
};

Around enter(StageState& s, Region& region, const Rect& area) {
    Around around{s.column, s.clip, s.inside};
    region.parent = s.inside;
    region.area = area.whole();
    region.touch =
        s.wide_touch ? Rect{s.wide_touch->x, region.area.y, s.wide_touch->w, region.area.h} : region.area;
    region.touch = region.touch.cut(s.clip);
    if (region.to) {
        region.offset = std::clamp(std::round(*region.to), 0.0, std::max(region.end(), 0.0));
        region.fling.stop();
        region.to.reset();
    }
    s.in_sight.push_back(region.id);
    s.inside = region.id;
    // Drawn to the sides as far as it is touched: nothing that hangs in the margin is cut.
    const Rect seen{region.touch.x, region.area.y, region.touch.w, region.area.h};
    s.clip = seen.cut(s.clip);
    ImGui::PushClipRect({s.clip.x, s.clip.y}, {s.clip.right(), s.clip.bottom()}, true);
    ImGui::PushID(region.id.data(), region.id.data() + region.id.size());
    return around;
}

void indicate(Ui& ui, const Region& region) {
    if (region.end() < 1 || region.area.h < ui.px(indicator_least_mm))
        return;
    const double all = region.content;
    const double height = region.area.h;
    const double length = std::max<double>(ui.px(indicator_least_mm), std::round(height * height / all));
    const double top = (height - length) * region.offset / region.end();
    const float width = ui.px(indicator_mm);
    const Rect edge =
        ui.mirrored() ? Rect{region.touch.x, 0, width, 0} : Rect{region.touch.right() - width, 0, width, 0};
    ui.fill({edge.x, region.area.y + static_cast<float>(top), width, static_cast<float>(length)},
            ui.colours().border);
}

void leave(Ui& ui, StageState& s, Region& region, double content, const Around& around) {
    if (std::abs(content - region.content) >= 1) {
        region.content = content;
        if (region.share || region.offset > region.end())
            s.again = true;
    }
    if (region.share) {
        region.offset = std::round(*region.share * region.end());
        region.share.reset();
        s.again = true;
    }
    if (region.offset > region.end()) {
        region.offset = region.end();
        s.again = true;
    }
    indicate(ui, region);
    ImGui::PopID();
    ImGui::PopClipRect();
    s.column = around.column;
    s.clip = around.clip;
    s.inside = around.inside;
}

}  // namespace

void Ui::scroll(std::string_view id, const Rect& area, const std::function<void()>& draw) {
    Region& region = stage_.region_of(id);
    const Around around = enter(stage_, region, area);
    const float top = region.area.y - static_cast<float>(region.offset);
    stage_.column = {region.area.x, top, std::max(1.0f, region.area.w), region.area.bottom()};
    draw();
    leave(*this, stage_, region, static_cast<double>(std::round(stage_.column.y) - top), around);
}

void Ui::rows(std::string_view id, const Rect& area, std::size_t count, float row_px,
              const std::function<void(std::size_t row, const Rect& at)>& draw) {
    Region& region = stage_.region_of(id);
    const Around around = enter(stage_, region, area);
    const double height = std::max(1.0, std::round(static_cast<double>(row_px)));
    const double content = height * static_cast<double>(count);
    region.content = content;
    if (region.share) {
        region.offset = std::round(*region.share * region.end());
        region.share.reset();
    }
    region.offset = std::min(region.offset, region.end());
    // One row more at each end, so that keys find the next one.
    const auto first = static_cast<std::size_t>(std::max(0.0, std::floor(region.offset / height) - 1));
    const auto last = static_cast<std::size_t>(
        std::floor((region.offset + static_cast<double>(region.area.h)) / height) + 2);
    for (std::size_t row = first; row < std::min(last, count); ++row) {
        const double y = region.area.y + (height * static_cast<double>(row) - region.offset);
        const Rect at{region.area.x, static_cast<float>(y), region.area.w, static_cast<float>(height)};
        stage_.column = {at.x, at.y, std::max(1.0f, at.w), at.bottom()};
        ImGui::PushID(static_cast<int>(row));
        draw(row, at);
        ImGui::PopID();
    }
    leave(*this, stage_, region, content, around);
}

void Ui::scroll_to(std::string_view id, float y_px) {
    stage_.region_of(id).to = static_cast<double>(y_px);
    stage_.again = true;
}

void Ui::scroll_to_here() {
    const auto found = stage_.regions.find(stage_.inside);
    if (found == stage_.regions.end())
        return;
    Region& region = found->second;
    // To the upper third: what follows is in sight too.  What stands there with the page
    // at its top stays, so that nothing above it is cut.
    const double place = stage_.column.y - region.area.y + region.offset;
    const double high = static_cast<double>(region.area.h);
    region.to = place < high / 3 ? 0 : place - high / 6;
    stage_.again = true;
}

Region& StageState::region_of(std::string_view id) {
    const auto found = regions.find(id);
    if (found != regions.end())
        return found->second;
    Region& made = regions[std::string(id)];
    made.id = id;
    made.number = next_region++;
    return made;
}

Region* StageState::region_numbered(std::uint32_t number) {
    for (auto& [id, region] : regions)
        if (region.number == number)
            return &region;
    return nullptr;
}

void StageState::scroll_by(Region& region, double px) {
    const double before = region.offset;
    region.offset = std::clamp(before + std::round(px), 0.0, region.end());
    const double rest = std::round(px) - (region.offset - before);
    if (rest == 0)
        return;
    // What a list cannot take moves the page around it.
    const auto parent = regions.find(region.parent);
    if (!region.parent.empty() && parent != regions.end() && &parent->second != &region)
        scroll_by(parent->second, rest);
    else
        region.fling.stop();
}

void StageState::bring_into_sight(const std::string& region_id, const Rect& rect, double margin_px) {
    const auto found = regions.find(region_id);
    if (found == regions.end())
        return;
    Region& region = found->second;
    const double above = rect.y - margin_px - region.area.y;
    const double below = rect.bottom() + margin_px - region.area.bottom();
    const double before = region.offset;
    if (above < 0 || rect.h + 2 * margin_px > region.area.h)
        region.offset = std::clamp(before + std::round(above), 0.0, region.end());
    else if (below > 0)
        region.offset = std::clamp(before + std::round(below), 0.0, region.end());
    if (region.offset == before)
        return;
    region.fling.stop();
    again = true;
}

void StageState::step_flings(double seconds) {
    for (auto& [id, region] : regions) {
        if (!region.fling.moving())
            continue;
        const bool seen = std::find(in_sight.begin(), in_sight.end(), id) != in_sight.end();
        if (!seen) {
            region.fling.stop();
            continue;
        }
        scroll_by(region, -static_cast<double>(region.fling.step(seconds, options.px_per_mm)));
        moving = moving || region.fling.moving();
    }
}

}  // namespace doorstep
