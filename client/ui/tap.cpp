// The one primitive, and the one file that knows Dear ImGui's internals.
#include <imgui.h>
#include <imgui_internal.h>

#include "client/ui/stage_state.h"

static_assert(IMGUI_VERSION_NUM == 18600, "ClearActiveID, ItemAdd and ButtonBehavior were read in 1.86");

namespace doorstep {

namespace {

// The same label twice in one place is two targets.
ImGuiID id_of(StageState& state, std::string_view label, Role role) {
    const ImGuiID place = ImGui::GetCurrentWindow()->IDStack.back();
    const ImGuiID labelled = ImHashData(label.data(), label.size(), place + static_cast<ImGuiID>(role));
    const int before = state.seen_labels[labelled]++;
    return ImHashData(&before, sizeof before, labelled);
}

}  // namespace

void StageState::let_go() {
    ImGui::ClearActiveID();
}

Tap Ui::tap(std::string_view label, Role role, const Rect& rect, const TapLook& look) {
    StageState& s = stage_;
    const Rect at = rect.whole();
    const ImGuiID id = id_of(s, label, role);
    const ImRect box(at.x, at.y, at.right(), at.bottom());
    Tap told;
    ImGui::KeepAliveID(id);  // else a press of more than two frames is forgotten
    // Keys are ours (walk.cpp): Dear ImGui's own walk would know nothing of rows out of sight.
    if (ImGui::ItemAdd(box, id, nullptr, ImGuiItemFlags_NoNav | ImGuiItemFlags_NoTabStop) && look.enabled &&
        s.takes_touches()) {
        bool hovered = false, held = false;
        told.tapped = ImGui::ButtonBehavior(box, id, &hovered, &held);
        told.pressed = held && hovered;
        told.x = s.pointer_x;
        told.y = s.pointer_y;
    }
    if (look.enabled) {
        s.targets.push_back({id, at, s.clip, role, s.inside});
        const bool reached = s.key_at == id;
        if (reached && s.activated == id) {
            told.tapped = true;
            told.by_key = true;
            s.activated = 0;
        }
        told.ring = reached && s.ring_visible;
        if (told.ring) {
            s.ring_rect = at;
            s.ring_clip = s.clip;
        }
    }
    if (told.tapped && role == Role::field) {
        s.field_tapped = true;
        s.typing_rect = at;
        s.typing_region = s.inside;
        s.typing_moved = true;
    }
    Mark left;
    left.label = label;
    left.role = role;
    left.rect = at;
    left.enabled = look.enabled;
    left.checked = look.checked;
    left.focused = told.ring;
    left.value = look.value;
    mark(std::move(left));
    return told;
}

}  // namespace doorstep
