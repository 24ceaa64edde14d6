// Which keys there are and where they stand.

#include <string_view>

#include "client/ui/keyboard.h"

namespace doorstep {

namespace {

using Row = std::vector<KeyCap>;
using Does = KeyCap::Does;

constexpr float rows_high = 4;
constexpr float above_mm = mm::gap_min;  // between the page and the keys
constexpr float below_mm = 1;
constexpr float key_width_most_mm = 13;  // ten of them are as wide as the text column
constexpr float pad_key_most_mm = 20;

KeyCap types(std::string_view text, float width = 1) {
    return {.label = std::string(text), .text = std::string(text), .width = width};
}
KeyCap space(float width) {
    return {.label = "Space", .text = " ", .width = width};
}
KeyCap backspace(float width) {
    return {
        .label = "Backspace", .key = Key::backspace, .does = Does::key, .width = width, .icon = Icon::back};
}
KeyCap shift(float width) {
    return {.label = "Shift", .does = Does::shift, .width = width, .icon = Icon::shift};
}
KeyCap leads_to(std::string_view label, std::string_view shown, KeyLayer to, float width) {
    return {.label = std::string(label),
            .does = Does::layer,
            .to = to,
            .width = width,
            .shown = std::string(shown)};
}
KeyCap done(float width) {
    return {.label = "Done", .does = Does::done, .width = width};
}

// Keys of the words in `texts`, parted by spaces.
Row keys(std::string_view texts) {
    Row row;
    while (!texts.empty()) {
        const std::size_t end = std::min(texts.find(' '), texts.size());
        row.push_back(types(texts.substr(0, end)));
        texts.remove_prefix(std::min(end + 1, texts.size()));
    }
    return row;
}
Row between(KeyCap first, Row middle, KeyCap last) {
    middle.insert(middle.begin(), std::move(first));
    middle.push_back(std::move(last));
    return middle;
}

KeyCap to_letters(float width) {
    return leads_to("Letters", "abc", KeyLayer::letters, width);
}
KeyCap to_signs(float width) {
    return leads_to("Numbers and signs", "123", KeyLayer::signs, width);
}
KeyCap to_accents(float width) {
    return leads_to("Accents", "\u0105\u00E9", KeyLayer::accents, width);
}

Row last_row(KeyCap first, KeyCap second) {
    return {std::move(first), std::move(second),
            types(","),       space(2.6f),
            types("."),       {.label = "Enter", .key = Key::enter, .does = Does::key, .width = 1.4f},
            done(1.4f)};
}

std::vector<Row> letters(bool capitals) {
    return {keys(capitals ? "Q W E R T Y U I O P" : "q w e r t y u i o p"),
            keys(capitals ? "A S D F G H J K L '" : "a s d f g h j k l '"),
            between(shift(1.5f), keys(capitals ? "Z X C V B N M" : "z x c v b n m"), backspace(1.5f)),
            last_row(to_signs(1.3f), to_accents(1.3f))};
}

std::vector<Row> signs() {
    return {keys("1 2 3 4 5 6 7 8 9 0"), keys("@ # £ & - ( ) / : ;"),
            between(types("'", 1.5f), keys("\" ? ! + % * ="), backspace(1.5f)),
            last_row(to_letters(1.3f), to_accents(1.3f))};
}

// Polish first: of the languages of the questionnaires it is the one with Latin letters.
std::vector<Row> accents(bool capitals) {
    Row last = keys(capitals ? "Ú Č Š Ž" : "ú č š ž");
    last = between(leads_to("More accents", "ãő", KeyLayer::more_accents, 1.3f), last, space(1.9f));
    last = between(to_letters(1.4f), last, done(1.4f));
    return {keys(capitals ? "Ą Ć Ę Ł Ń Ó Ś Ź Ż É" : "ą ć ę ł ń ó ś ź ż é"),
            keys(capitals ? "Á À Â Ä Å Æ Ç È Ê Ë" : "á à â ä å æ ç è ê ë"),
            between(shift(1.5f), keys(capitals ? "Í Î Ñ Ö Ø Ü ẞ" : "í î ñ ö ø ü ß"), backspace(1.5f)), last};
}

std::vector<Row> more_accents(bool capitals) {
    Row last = keys(capitals ? "Ÿ Ð Þ Œ" : "ÿ ð þ œ");
    last = between(leads_to("Accents", "\u0105\u00E9", KeyLayer::accents, 1.3f), last, space(1.9f));
    last = between(to_letters(1.4f), last, done(1.4f));
    return {keys(capitals ? "Ã Õ Ă Ș Ț Ğ İ Ş Ő Ű" : "ã õ ă ș ț ğ ı ş ő ű"),
            keys(capitals ? "Ď Ě Ň Ř Ť Ů Ý Ò Ô Ù" : "ď ě ň ř ť ů ý ò ô ù"),
            between(shift(1.5f), keys(capitals ? "Ā Ē Ė Ī Ū Ļ Ķ" : "ā ē ė ī ū ļ ķ"), backspace(1.5f)), last};
}

std::vector<Row> pad() {
    std::vector<Row> rows = {keys("1 2 3"), keys("4 5 6 -"), keys("7 8 9 +"), keys(". 0 ,")};
    rows[0].push_back(backspace(1));
    rows[3].push_back(done(1));
    return rows;
}

float keys_across(const Row& row) {
    float width = 0;
    for (const KeyCap& key : row)
        width += key.width;
    return width;
}

}  // namespace

std::vector<std::vector<KeyCap>> key_rows(KeyLayer layer, Keyboard kind) {
    if (kind == Keyboard::none)
        return {};
    if (kind == Keyboard::numbers)
        return pad();
    switch (layer) {
    case KeyLayer::letters:
    case KeyLayer::capitals:
        return letters(layer == KeyLayer::capitals);
    case KeyLayer::signs:
        return signs();
    case KeyLayer::accents:
    case KeyLayer::accent_capitals:
        return accents(layer == KeyLayer::accent_capitals);
    case KeyLayer::more_accents:
    case KeyLayer::more_accent_capitals:
        return more_accents(layer == KeyLayer::more_accent_capitals);
    case KeyLayer::numbers:
        return pad();
    }
    return {};
}

KeyLayer with_capitals(KeyLayer layer, bool capitals) {
    switch (layer) {
    case KeyLayer::letters:
    case KeyLayer::capitals:
        return capitals ? KeyLayer::capitals : KeyLayer::letters;
    case KeyLayer::accents:
    case KeyLayer::accent_capitals:
        return capitals ? KeyLayer::accent_capitals : KeyLayer::accents;
    case KeyLayer::more_accents:
    case KeyLayer::more_accent_capitals:
        return capitals ? KeyLayer::more_accent_capitals : KeyLayer::more_accents;
    case KeyLayer::signs:
    case KeyLayer::numbers:
        return layer;
    }
    return layer;
}

Rect keyboard_rect(const Rect& whole, float px_per_mm, Keyboard kind) {
    if (kind == Keyboard::none)
        return {whole.x, whole.bottom(), whole.w, 0};
    const float wanted = std::ceil(mm::key_height * px_per_mm) * rows_high + std::ceil(above_mm * px_per_mm) +
                         std::round(below_mm * px_per_mm);
    const float height = std::min(wanted, std::floor(whole.h / 2));
    return {whole.x, whole.bottom() - height, whole.w, height};
}

std::vector<std::vector<Rect>> key_rects(const std::vector<std::vector<KeyCap>>& rows, const Rect& at,
                                         float px_per_mm) {
    std::vector<std::vector<Rect>> rects;
    if (rows.empty())
        return rects;
    float across = 0;
    for (const Row& row : rows)
        across = std::max(across, keys_across(row));
    const float most = (across < 5 ? pad_key_most_mm : key_width_most_mm) * px_per_mm;
    const float unit = std::min(at.w / across, most);
    // The edges go first where the screen is low.
    const float spare = std::max(0.0f, at.h - std::ceil(mm::key_height * px_per_mm) * rows_high);
    const float above = std::min(spare, std::ceil(above_mm * px_per_mm));
    const float below = std::min(spare - above, std::round(below_mm * px_per_mm));
    const float high = (at.h - above - below) / static_cast<float>(rows.size());
    float y = at.y + above;
    for (const Row& row : rows) {
        float x = at.x + (at.w - unit * keys_across(row)) / 2;
        std::vector<Rect> places;
        for (const KeyCap& key : row) {
            places.push_back(Rect{x, y, unit * key.width, high}.whole());
            x += unit * key.width;
        }
        rects.push_back(std::move(places));
        y += high;
    }
    return rects;
}

}  // namespace doorstep
