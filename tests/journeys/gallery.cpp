#include "tests/journeys/gallery.h"

#include <fmt/format.h>

namespace doorstep::journey {
namespace {

struct Spoken {
    std::string now;
    std::vector<std::string> all;
};

Spoken languages(const View& view) {
    if (const auto* page = std::get_if<PageView>(&view.screen); page && !page->officers_page)
        return {page->language, page->languages};
    if (const auto* resident = std::get_if<ResidentView>(&view.screen))
        return {resident->language, resident->languages};
    if (const auto* summary = std::get_if<SummaryView>(&view.screen))
        return {summary->language, summary->languages};
    return {};
}

std::string code(const std::string& language) {
    const auto open = language.find('('), close = language.find(')');
    return open == std::string::npos || close == std::string::npos
               ? language
               : language.substr(open + 1, close - open - 1);
}

}  // namespace

void Gallery::resize(int width, int height) {
    app_.window().resize(width, height);
    app_.event(Resized{width, height});
    person_.settle();
}

Result<void> Gallery::in_both_shapes(const std::string& name) {
    const int width = app_.stage().options().width, height = app_.stage().options().height;
    for (const bool portrait : {false, true}) {
        resize(portrait ? 800 : 1280, portrait ? 1280 : 800);
        TRY_DO(write_png(app_.stage().picture(),
                         fmt::format("{}/{}-{}.png", folder_, name, portrait ? "portrait" : "landscape")));
        ++pictures_;
    }
    resize(width, height);
    return {};
}

Result<void> Gallery::in_every_look(const std::string& name) {
    const Theme before = app_.view()->theme;
    for (const auto& [theme, word] : {std::pair{Theme::light, "light"}, std::pair{Theme::dark, "dark"},
                                      std::pair{Theme::sunlight, "sunlight"}}) {
        app_.act(intent::ChooseTheme{theme});
        person_.settle();
        TRY_DO(in_both_shapes(fmt::format("{}-{}", name, word)));
    }
    app_.act(intent::ChooseTheme{before});
    person_.settle();
    return {};
}

Result<void> Gallery::hang(std::string_view screen) {
    if (!hung_.insert(std::string(screen)).second)
        return {};
    const Spoken spoken = languages(*app_.view());
    if (spoken.all.size() < 2)
        return in_every_look(std::string(screen));
    for (const std::string& language : spoken.all) {
        app_.act(intent::SpeakLanguage{language});
        person_.settle();
        TRY_DO(in_every_look(fmt::format("{}-{}", screen, code(language))));
    }
    app_.act(intent::SpeakLanguage{spoken.now});
    person_.settle();
    return {};
}

}  // namespace doorstep::journey
