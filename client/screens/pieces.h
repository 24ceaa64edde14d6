// Small pieces that several screens are made of, over the primitives of Ui.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "client/ui/button.h"
#include "client/ui/page.h"
#include "client/ui/ui.h"
#include "client/view/intent.h"
#include "client/view/view.h"

namespace doorstep::screens {

// "%1 of %2" with its parts: order is the translator's.
std::string with(std::string text, std::initializer_list<std::string_view> parts);
// How a language calls itself: "Polish (pl)" is "Polski".
std::string own_name(std::string_view language);

PageHeader header_of(const View& view);
void act_on_header(const View& view, HeaderTap tap, Intents& intents);
// The one line above everything: what was done, with Undo, or what went wrong.
void notice(Ui& ui, const View& view, Intents& intents);

// Words that can be tapped: no box, link ink.  `label` is the mark where two read alike.
struct Link {
    std::string words;
    std::string label;
    Icon icon = Icon::none;
    bool strong = false;
    bool chosen = false;  // one of several: underlined, and no link any more
    bool small = false;
};
bool link(Ui& ui, const Link& link);
bool link_in(Ui& ui, const Rect& rect, const Link& link, Align align = Align::start);
float link_width(const Ui& ui, const Link& link);
// Side by side, on further lines when they do not fit; the one tapped, or -1.
int links(Ui& ui, const std::vector<Link>& links);

// A button whose mark says more than its words: "Undo (Fire service)".
// As high as its words need, and at least `least_px`.
bool verb(Ui& ui, std::string_view words, std::string_view label, ButtonLook look, float least_px = 0);
float verb_height(const Ui& ui, std::string_view words, ButtonLook look, float width_px);

// Languages in their own script on quiet lines; says SpeakLanguage.
void languages(Ui& ui, const std::vector<std::string>& languages, const std::string& spoken,
               Intents& intents);

void group(Ui& ui, std::string_view heading);  // the air and the heading before a group of rows
// Words of a home among the officer's own: they begin at the side where their script does.
void own_way(Ui& ui, std::string_view words, Type type, Colour ink, Role role = Role::text);
// Draws a piece mirrored where `words` run from the right.
void own_way(Ui& ui, std::string_view words, const std::function<void()>& draw);
void second(Ui& ui, std::string_view words);  // small, second ink

struct Figure {
    std::int64_t value = 0;
    std::string words;  // what is counted: "questionnaires"
};
// Numbers in the largest type, what they count below.
void figures(Ui& ui, const std::vector<Figure>& figures);
// The same words as a sentence alone on a page: nothing here, one way on.
void nothing_here(Ui& ui, std::string_view words);

// A bar that fills; 0..1.
void progress(Ui& ui, double share);
// A button for each stick that what was not sent can be written to; nothing without one.
// `in_words`: the page does not say what waits, so the buttons do.
void rescue(Ui& ui, const std::vector<Stick>& sticks, bool in_words, Intents& intents);

// From the edge of the words to the margin of the screen: for what belongs to the header.
Rect wide_column(const Ui& ui);
float line_px(const Ui& ui, Type type);  // height of one line

// "42,700": a long number is read in groups.
std::string grouped(std::int64_t number);

}  // namespace doorstep::screens
