#include "client/ui/checks.h"

#include <catch2/catch.hpp>

using namespace doorstep;

namespace {

// 10 px are 1 mm.
constexpr float scale = 10;
const Rect screen{0, 0, 1000, 1000};
constexpr Colour black{0, 0, 0}, white{255, 255, 255}, grey{0x99, 0x99, 0x99};

Mark target(std::string label, Rect rect) {
    Mark mark;
    mark.label = std::move(label);
    mark.role = Role::button;
    mark.rect = rect;
    mark.clip = screen;
    return mark;
}

Mark text(std::string label, Rect rect) {
    Mark mark = target(std::move(label), rect);
    mark.role = Role::text;
    mark.ink = rect.inset(2);
    mark.text_ink = black;
    mark.ground = white;
    return mark;
}

std::vector<std::string> said(const std::vector<Mark>& marks) {
    std::vector<std::string> all;
    for (const MarkFault& fault : faults(marks, screen, scale))
        all.push_back(fault.what);
    return all;
}

using Said = std::vector<std::string>;

}  // namespace

TEST_CASE("marks as they should be have no faults", "[checks]") {
    CHECK(said({target("Yes", {0, 0, 200, 100}), target("No", {0, 120, 200, 100}),
                text("A question", {0, 300, 400, 50}), text("A hint", {0, 360, 400, 40})}) == Said{});
    CHECK(said({}) == Said{});
}

TEST_CASE("a target that a finger misses is found", "[checks]") {
    CHECK(said({target("Low", {0, 0, 200, 80})}) == Said{"target under 9 mm"});
    CHECK(said({target("Thin", {0, 0, 80, 200})}) == Said{"target under 9 mm"});
    CHECK(said({target("A pixel of rounding", {0, 0, 89, 89})}) == Said{});
}

TEST_CASE("targets that touch, or lie on one another, are found", "[checks]") {
    const Mark first = target("First", {0, 0, 200, 100});
    CHECK(said({first, target("Below", {0, 110, 200, 100})}) == Said{"gap under 2 mm"});
    CHECK(said({first, target("Beside", {205, 50, 200, 100})}) == Said{"gap under 2 mm"});
    CHECK(said({first, target("On it", {100, 50, 200, 100})}) == Said{"targets overlap"});
    CHECK(said({first, target("At its corner", {205, 105, 200, 100})}) == Said{});
}

TEST_CASE("keys may touch one another but not what stands beside them", "[checks]") {
    Mark a = target("a", {0, 0, 110, 105}), b = target("b", {110, 0, 110, 105});
    a.role = b.role = Role::key;
    a.ground = b.ground = white;
    CHECK(said({a, b}) == Said{});
    CHECK(said({a, target("Continue", {110, 0, 110, 105})}) == Said{"gap under 2 mm"});
    b.rect = {100, 0, 110, 105};
    CHECK(said({a, b}) == Said{"targets overlap"});
}

TEST_CASE("text that is cut or leaves its box is found", "[checks]") {
    Mark wide = text("Wide", {0, 0, 100, 50});
    wide.ink = {0, 10, 130, 30};
    CHECK(said({wide}) == Said{"text outside its box"});
    Mark low = text("Low", {0, 0, 100, 50});
    low.ink = {0, 30, 90, 40};
    CHECK(said({low}) == Said{"text outside its box"});
    Mark clipped = text("Clipped", {0, 0, 100, 50});
    clipped.clip = {0, 0, 100, 20};
    CHECK(said({clipped}) == Said{"text cut"});
    clipped.scroll = "page";  // the rest can be scrolled to
    CHECK(said({clipped}) == Said{});
    clipped.clip = {0, 0, 60, 100};  // to the side nothing scrolls
    CHECK(said({clipped}) == Said{"text cut"});
    CHECK(said({text("Off the screen", {950, 0, 100, 50})}) == Said{"text cut"});
}

TEST_CASE("a target that hangs off the screen is found", "[checks]") {
    CHECK(said({target("Half", {950, 0, 100, 100})}) == Said{"target cut"});
    Mark low = target("Low", {0, 950, 100, 100});
    CHECK(said({low}) == Said{"target cut"});
    low.scroll = "page";
    CHECK(said({low}) == Said{});
}

TEST_CASE("labels that say nothing, or the same of two targets, are found", "[checks]") {
    CHECK(said({target("", {0, 0, 100, 100})}) == Said{"label empty"});
    CHECK(said({target(" \n", {0, 0, 100, 100})}) == Said{"label empty"});
    CHECK(said({text("", {0, 0, 100, 100})}) == Said{"label empty"});
    CHECK(said({target("Yes", {0, 0, 100, 100}), target("Yes", {0, 200, 100, 100})}) ==
          Said{"two targets of one name"});
    Mark out_of_sight = target("Yes", {0, 2000, 100, 100});
    CHECK(said({target("Yes", {0, 0, 100, 100}), out_of_sight}) == Said{});
}

TEST_CASE("half a pixel, faint ink and missing letters are found", "[checks]") {
    CHECK(said({target("Half", {0.5f, 0, 100, 100})}) == Said{"half a pixel"});
    Mark faint = text("Faint", {0, 0, 100, 50});
    faint.text_ink = grey;
    CHECK(said({faint}) == Said{"contrast under 7"});
    Mark key = target("a", {0, 0, 110, 105});
    key.role = Role::key;
    key.text_ink = grey;
    key.ground = white;
    CHECK(said({key}) == Said{"contrast under 7"});
    Mark button = target("Yes", {0, 0, 100, 100});
    button.ink = {10, 30, 50, 40};
    button.text_ink = white;
    button.ground = grey;
    CHECK(said({button}) == Said{"contrast under 7"});
    Mark boxes = text("?", {0, 0, 100, 50});
    boxes.unknown_glyphs = 1;
    CHECK(said({boxes}) == Said{"unknown glyphs"});
}

TEST_CASE("texts drawn over one another are found", "[checks]") {
    CHECK(said({text("One", {0, 0, 100, 50}), text("Two", {50, 20, 100, 50})}) == Said{"texts overlap"});
    CHECK(said({text("One", {0, 0, 100, 50}), text("Two", {0, 50, 100, 50})}) == Said{});
}
