// Keys walk over the targets of the last frame: Tab in the order drawn, arrows to the
// nearest one, and lists scroll along.
#include <imgui.h>

#include "client/ui/stage_state.h"

namespace doorstep {

namespace {

bool seen(const Target& target) {
    return !target.rect.cut(target.clip).empty();
}

float middle_x(const Rect& rect) {
    return rect.x + rect.w / 2;
}

float middle_y(const Rect& rect) {
    return rect.y + rect.h / 2;
}

// How far two stretches lie apart; 0 where they overlap.
float apart(float from, float to, float other_from, float other_to) {
    return std::max({0.0f, other_from - to, from - other_to});
}

// Smaller is nearer; nothing when it does not lie that way.
std::optional<float> distance(const Rect& from, const Rect& to, Key key) {
    const float dx = middle_x(to) - middle_x(from), dy = middle_y(to) - middle_y(from);
    const float gap_x = apart(from.x, from.right(), to.x, to.right());
    const float gap_y = apart(from.y, from.bottom(), to.y, to.bottom());
    const bool upright = key == Key::up || key == Key::down;
    const float along = key == Key::down ? dy : key == Key::up ? -dy : key == Key::right ? dx : -dx;
    const float past = upright ? gap_y : gap_x;
    const float aside = upright ? gap_x : gap_y;
    if (along <= 0 || (past == 0 && aside > 0))
        return std::nullopt;
    return past + 3 * aside + 0.01f * along;
}

const Target* nearest(const std::vector<Target>& targets, const Target& from, Key key, bool same_region) {
    const Target* best = nullptr;
    float least = 0;
    for (const Target& target : targets) {
        if (target.id == from.id || (same_region ? target.region != from.region : !seen(target)))
            continue;
        const std::optional<float> far = distance(from.rect, target.rect, key);
        if (far && (!best || *far < least)) {
            best = &target;
            least = *far;
        }
    }
    return best;
}

const Target* first_in_sight(const std::vector<Target>& targets) {
    const auto found = std::find_if(targets.begin(), targets.end(), seen);
    return found == targets.end() ? nullptr : &*found;
}

const Target* next_of(const std::vector<Target>& targets, const Target* from, Key key,
                      const std::string& region) {
    if (targets.empty())
        return nullptr;
    if (!from) {
        for (const Target& target : targets)
            if (!region.empty() && target.region == region && seen(target))
                return &target;
        return key == Key::back_tab ? &targets.back() : first_in_sight(targets);
    }
    const auto at = static_cast<std::size_t>(from - targets.data());
    if (key == Key::tab)
        return &targets[(at + 1) % targets.size()];
    if (key == Key::back_tab)
        return &targets[(at + targets.size() - 1) % targets.size()];
    const bool upright = key == Key::up || key == Key::down;
    const Target* inside = upright && !from->region.empty() ? nearest(targets, *from, key, true) : nullptr;
    return inside ? inside : nearest(targets, *from, key, false);
}

bool is_page_key(Key key) {
    return key == Key::page_up || key == Key::page_down || key == Key::home || key == Key::end;
}

bool around_another(StageState& s, const Region& region) {
    return std::any_of(s.in_sight.begin(), s.in_sight.end(), [&](const std::string& id) {
        const Region& other = s.region_of(id);
        return other.parent == region.id && other.end() > 0;
    });
}

// The list that keys move: around the target reached, else the longest in sight.
Region* paged(StageState& s, const Target* at) {
    if (at && !at->region.empty()) {
        Region& region = s.region_of(at->region);
        if (region.end() > 0 && !around_another(s, region))
            return &region;
    }
    Region* longest = nullptr;
    for (const std::string& id : s.in_sight) {
        Region& region = s.region_of(id);
        if (region.end() > 0 && (!longest || region.end() > longest->end()))
            longest = &region;
    }
    return longest;
}

void page(Region& region, Key key) {
    const double most = region.end();
    const double step = std::round(region.area.h * 0.9);
    region.fling.stop();
    switch (key) {
    case Key::page_up:
        region.offset = std::max(0.0, region.offset - step);
        break;
    case Key::page_down:
        region.offset = std::min(most, region.offset + step);
        break;
    case Key::home:
        region.offset = 0;
        break;
    default:
        region.offset = most;
        break;
    }
}

}  // namespace

void StageState::walk(Key key) {
    const auto found =
        std::find_if(targets.begin(), targets.end(), [&](const Target& t) { return t.id == key_at; });
    const Target* at = found == targets.end() ? nullptr : &*found;
    if (is_page_key(key)) {
        if (Region* of = paged(*this, at)) {
            page(*of, key);
            bring_into_sight(of->parent, of->area, 0);
        }
        return;
    }
    if (key == Key::enter || key == Key::space) {
        if (at && ring_visible)
            activated = at->id;
        return;
    }
    const bool known = key == Key::tab || key == Key::back_tab || key == Key::up || key == Key::down ||
                       key == Key::left || key == Key::right;
    if (!known)
        return;
    // After a finger the first key only shows where one is.
    const Target* to = at && !ring_visible && seen(*at) ? at : next_of(targets, at, key, key_region);
    ring_visible = true;
    if (!to)
        return;
    key_at = to->id;
    key_region = to->region;
    bring_into_sight(to->region, to->rect, options.px_per_mm * 4);
    // Whoever tabs into a field means to type.
    if (to->role == Role::field && (key == Key::tab || key == Key::back_tab))
        activated = to->id;
}

}  // namespace doorstep
