#include "client/screens/pieces.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "client/ui/looks.h"

namespace doorstep::screens {

namespace {

constexpr float link_pad_mm = 1.5f;  // beside the words, so that a finger finds them

struct LinkParts {
    float icon = 0;
    float words = 0;
    float pad = 0;
};
Type type_of(const Link& link) {
    if (link.small)
        return Type::small;
    return link.strong || link.chosen ? Type::body_bold : Type::body;
}

LinkParts parts_of(const Ui& ui, const Link& link) {
    LinkParts parts;
    parts.pad = ui.px(link_pad_mm);
    parts.words = ui.measure(link.words, type_of(link)).width_px;
    if (link.icon != Icon::none)
        parts.icon = line_px(ui, Type::body);
    return parts;
}

float link_height(const Ui& ui) {
    return std::max(ui.px(mm::target_min), line_px(ui, Type::body) + ui.px(2));
}

struct VerbInks {
    Colour ground, ink;
};
VerbInks inks_of(const Palette& colours, ButtonLook look, bool pressed) {
    if (pressed)
        return {colours.pressed, colours.on_pressed};
    if (look == ButtonLook::primary)
        return {colours.primary, colours.on_primary};
    return {colours.surface, colours.text};
}

}  // namespace

std::string with(std::string text, std::initializer_list<std::string_view> parts) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool place = text[at] == '%' && at + 1 < text.size() && text[at + 1] >= '1' &&
                           text[at + 1] < '1' + static_cast<char>(parts.size());
        if (place)
            out += *(parts.begin() + (text[++at] - '1'));
        else
            out += text[at];
    }
    return out;
}

std::string own_name(std::string_view language) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> known{{
        {"en", "English"},
        {"ar", "العربية"},
        {"zh-Hans", "简体中文"},
        {"pl", "Polski"},
        {"pa", "ਪੰਜਾਬੀ"},
    }};
    const std::size_t open = language.rfind('(');
    const bool coded = open != std::string_view::npos && language.back() == ')';
    const std::string_view code = coded ? language.substr(open + 1, language.size() - open - 2) : language;
    for (const auto& [of, name] : known)
        if (of == code)
            return std::string(name);
    std::string_view name = coded ? language.substr(0, open) : language;
    while (!name.empty() && name.back() == ' ')
        name.remove_suffix(1);
    return std::string(name.empty() ? language : name);
}

PageHeader header_of(const View& view) {
    PageHeader header{view.header.title, view.header.can_go_back, view.header.sync_words,
                      view.header.sync_needs_look, view.open};
    header.status_more = view.header.sync_more;
    return header;
}

void act_on_header(const View& view, HeaderTap tap, Intents& intents) {
    switch (tap) {
    case HeaderTap::none:
        return;
    case HeaderTap::back:
        intents.emplace_back(intent::Back{});
        return;
    case HeaderTap::status:
        intents.emplace_back(intent::OpenSync{});
        return;
    case HeaderTap::lock:
        intents.emplace_back(intent::LockNow{});
        return;
    case HeaderTap::sun:
        intents.emplace_back(
            intent::ChooseTheme{view.theme == Theme::sunlight ? Theme::light : Theme::sunlight});
        return;
    }
}

bool link_in(Ui& ui, const Rect& rect, const Link& link, Align align) {
    const Palette& colours = ui.colours();
    const std::string& label = link.label.empty() ? link.words : link.label;
    const Tap tap = ui.tap(label, Role::button, rect);
    const Colour ground = tap.pressed ? colours.pressed : ui.ground();
    const Colour ink = tap.pressed ? colours.on_pressed : link.chosen ? colours.text : colours.link;
    const Colour before = ui.ground();
    if (tap.pressed)
        ui.fill(rect, ground);
    ui.ground_is(ground);
    const LinkParts parts = parts_of(ui, link);
    Rect inside = rect.inset(parts.pad, 0);
    if (parts.icon > 0) {
        const bool right = ui.mirrored();
        ui.icon({right ? inside.right() - parts.icon : inside.x, inside.y, parts.icon, inside.h}, link.icon,
                ink, 0.8f);
        inside = {right ? inside.x : inside.x + parts.icon + parts.pad, inside.y,
                  inside.w - parts.icon - parts.pad, inside.h};
    }
    ui.words_unmarked(inside, link.words, type_of(link), ink, align);
    if (link.chosen && !tap.pressed)
        ui.fill({inside.x, rect.bottom() - ui.px(mm::line_strong), inside.w, ui.px(mm::line_strong)},
                colours.selected);
    ui.ground_is(before);
    return tap.tapped;
}

float link_width(const Ui& ui, const Link& link) {
    const LinkParts parts = parts_of(ui, link);
    const float icon = parts.icon > 0 ? parts.icon + parts.pad : 0;
    return std::max(ui.px(mm::target_min), parts.words + icon + 2 * parts.pad + ui.px(0.5f));
}

int links(Ui& ui, const std::vector<Link>& links) {
    if (links.empty())
        return -1;
    const float height = link_height(ui);
    const float gap = ui.px(mm::gap_min);
    const float hang = ui.px(link_pad_mm);  // the words, not their target, stand on the page's edge
    int told = -1;
    Rect line = ui.take(height);
    float used = 0;
    for (std::size_t i = 0; i < links.size(); ++i) {
        const float wide = std::min(link_width(ui, links[i]), line.w + hang);
        if (used > 0 && used + wide > line.w + hang) {
            ui.gap(mm::gap_min);
            line = ui.take(height);
            used = 0;
        }
        const float x = ui.mirrored() ? line.right() + hang - used - wide : line.x - hang + used;
        if (link_in(ui, Rect{x, line.y, wide, height}.whole(), links[i]))
            told = static_cast<int>(i);
        used += wide + gap;
    }
    return told;
}

bool link(Ui& ui, const Link& one) {
    return links(ui, {one}) == 0;
}

float verb_height(const Ui& ui, std::string_view words, ButtonLook look, float width_px) {
    const Type type = look == ButtonLook::primary ? Type::body_bold : Type::body;
    const float text = ui.measure(words, type, std::max(1.0f, width_px - 2 * ui.px(3))).height_px;
    return std::max(ui.px(mm::button), text + ui.px(4));
}

bool verb(Ui& ui, std::string_view words, std::string_view label, ButtonLook look, float least_px) {
    const bool primary = look == ButtonLook::primary;
    const Type type = primary ? Type::body_bold : Type::body;
    const float pad = ui.px(3);
    const Rect rect = ui.take(std::max(least_px, verb_height(ui, words, look, ui.column().w)));
    const Tap tap = ui.tap(label, Role::button, rect);
    const VerbInks inks = inks_of(ui.colours(), look, tap.pressed);
    const Colour before = ui.ground();
    ui.fill(rect, inks.ground, true);
    if (!primary && !tap.pressed && ui.theme() != Theme::dark)  // in the dark, surfaces part by tone
        ui.frame(rect, ui.colours().border, line_mm(ui), true);
    ui.ground_is(inks.ground);
    ui.words_unmarked(rect.inset(pad, 0), words, type, inks.ink, Align::centre);
    ui.ground_is(before);
    return tap.tapped;
}

void languages(Ui& ui, const std::vector<std::string>& languages, const std::string& spoken,
               Intents& intents) {
    std::vector<Link> names;
    for (const std::string& language : languages) {
        Link name;
        name.words = own_name(language);
        name.chosen = language == spoken;
        names.push_back(std::move(name));
    }
    const int tapped = links(ui, names);
    if (tapped >= 0)
        intents.emplace_back(intent::SpeakLanguage{languages[static_cast<std::size_t>(tapped)]});
}

void own_way(Ui& ui, std::string_view words, Type type, Colour ink, Role role) {
    own_way(ui, words, [&] { ui.words(words, type, ink, Align::start, role); });
}

void own_way(Ui& ui, std::string_view words, const std::function<void()>& draw) {
    const bool mirrored = ui.mirrored();
    if (ui.measure(words, Type::body).right_to_left)
        ui.mirror(true);
    draw();
    ui.mirror(mirrored);
}

void group(Ui& ui, std::string_view heading) {
    ui.gap(6);
    own_way(ui, heading, Type::body_bold, ui.colours().text, Role::heading);
    ui.gap(1);
}

void second(Ui& ui, std::string_view words) {
    ui.words(words, Type::small, ui.colours().second);
}

void figures(Ui& ui, const std::vector<Figure>& figures) {
    const std::vector<float> shares(figures.size(), 1.0f);
    ui.beside(shares, 4, [&](int i) {
        const Figure& one = figures[static_cast<std::size_t>(i)];
        ui.words(fmt::format("{}", one.value), Type::figure, ui.colours().text);
        second(ui, one.words);
    });
}

void nothing_here(Ui& ui, std::string_view words) {
    ui.gap(8);
    ui.words(words, Type::body, ui.colours().text);
    ui.gap(4);
}

void progress(Ui& ui, double share) {
    const Rect line = ui.take(ui.px(2));
    ui.fill(line, ui.colours().surface);
    ui.frame(line, ui.colours().border, mm::line);
    const float done = line.w * static_cast<float>(std::clamp(share, 0.0, 1.0));
    ui.fill(Rect{ui.mirrored() ? line.right() - done : line.x, line.y, done, line.h}.whole(),
            ui.colours().primary);
}

Rect wide_column(const Ui& ui) {
    const Rect column = ui.column();
    return {column.x, column.y, std::max(column.w, ui.screen().right() - ui.margin() - column.x), column.h};
}

float line_px(const Ui& ui, Type type) {
    return ui.measure("Ag", type).height_px;
}

std::string grouped(std::int64_t number) {
    std::string text = std::to_string(number);
    const std::size_t sign = number < 0 ? 1 : 0;
    for (std::size_t at = text.size(); at > sign + 3;)
        text.insert(at -= 3, ",");
    return text;
}

}  // namespace doorstep::screens
