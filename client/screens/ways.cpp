#include "client/screens/ways.h"

namespace doorstep::screens {

namespace {

constexpr float apart_mm = 3;    // between the pieces of where one is
constexpr float hang_mm = 1.5f;  // by which the target of a link is wider than its words

float width_of(const Ui& ui, const std::vector<std::string>& pieces) {
    float wide = 0;
    for (const std::string& piece : pieces)
        wide += ui.measure(piece, Type::small).width_px + ui.px(apart_mm);
    return wide;
}

void draw_where(Ui& ui, const Rect& line, const std::vector<std::string>& pieces) {
    float x = line.x;
    for (const std::string& piece : pieces) {
        const float wide = std::min(ui.measure(piece, Type::small).width_px + 1, line.right() - x);
        if (wide <= 1)
            return;
        ui.one_line({x, line.y, wide, line.h}, piece, Type::small, ui.colours().second);
        x += wide + ui.px(apart_mm);
    }
}

int where_and_ways(Ui& ui, const std::vector<std::string>& where, const std::vector<Link>& ways) {
    const float at_end = width_at_end(ui, ways);
    const float high = std::max(ui.px(mm::target_min), line_px(ui, Type::body) + ui.px(2));
    if (width_of(ui, where) + at_end > ui.column().w) {
        ui.gap(mm::gap_min);
        draw_where(ui, ui.take(line_px(ui, Type::small)), where);
        return links(ui, ways);
    }
    const Rect line = ui.take(high);
    draw_where(ui, {line.x, line.y, line.w - at_end, line.h}, where);
    return links_at_end(ui, line, ways);
}

}  // namespace

float width_at_end(const Ui& ui, const std::vector<Link>& all) {
    float wide = 0;
    for (const Link& one : all)
        wide += link_width(ui, one) + (wide > 0 ? ui.px(mm::gap_min) : 0);
    return std::max(0.0f, wide - ui.px(hang_mm));
}

int links_at_end(Ui& ui, const Rect& line, const std::vector<Link>& all) {
    int told = -1;
    float x = line.right() - width_at_end(ui, all);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const float wide = link_width(ui, all[i]);
        if (link_in(ui, Rect{x, line.y, wide, line.h}.whole(), all[i]))
            told = static_cast<int>(i);
        x += wide + ui.px(mm::gap_min);
    }
    return told;
}

int line_of_ways(Ui& ui, const std::vector<std::string>& where, const std::vector<Link>& ways,
                 const Spoken& spoken, Intents& intents) {
    int tapped = -1;
    ui.gap(1);
    const Rect wide = wide_column(ui);
    float bottom = wide.y;
    ui.within(wide, [&] {
        tapped = where_and_ways(ui, where, ways);
        if (spoken.choosing) {
            ui.gap(1);
            const std::size_t before = intents.size();
            languages(ui, spoken.languages, spoken.spoken, intents);
            spoken.choosing = intents.size() == before;
        }
        bottom = ui.column().y;
    });
    ui.take(bottom - wide.y);
    return tapped;
}

}  // namespace doorstep::screens
