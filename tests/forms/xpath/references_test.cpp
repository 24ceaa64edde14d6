#include <catch2/catch.hpp>

#include "tests/forms/xpath/planted_tree.h"

namespace doorstep::xpath {
namespace {

// "/data/a", "./b", "current()/..", "instance(x)/root/item[]"; "[]" marks a
// predicate, "[n]" one by position, "count " a reference to structure only.
std::string written(const Reference& reference) {
    std::string text = reference.structure_only ? "count " : "";
    switch (reference.from) {
    case Reference::From::context:
        text += ".";
        break;
    case Reference::From::root:
        break;
    case Reference::From::current:
        text += "current()";
        break;
    case Reference::From::instance:
        text += "instance(" + reference.instance + ")";
        break;
    }
    for (const ReferenceStep& step : reference.steps) {
        switch (step.to) {
        case ReferenceStep::To::child:
            text += "/" + step.name;
            break;
        case ReferenceStep::To::parent:
            text += "/..";
            break;
        case ReferenceStep::To::attribute:
            text += "/@" + step.name;
            break;
        case ReferenceStep::To::any_child:
            text += "/*";
            break;
        case ReferenceStep::To::subtree:
            text += "//";
            break;
        }
        text += step.predicate ? (step.position_only ? "[n]" : "[]") : "";
    }
    return text;
}

std::string references(std::string_view expression) {
    std::string all;
    const Expression kept = parsed(expression);
    for (const Reference& one : kept.references())
        all += (all.empty() ? "" : ", ") + written(one);
    return all;
}

TEST_CASE("references name every place that an expression reads", "[xpath]") {
    const std::pair<const char*, const char*> rows[] = {
        {"1 + 2", ""},
        {"/data/a", "/data/a"},
        {"../a + ../b * ../a", "./../a, ./../b"},
        {".", "."},
        {". > 5", "."},
        {"current()/../a", "current()/../a"},
        {"/data/r/@id", "/data/r/@id"},
        {"string(/data/a/text())", "/data/a"},
        {"concat(/data/a, '-', ../b)", "/data/a, ./../b"},
        {"if(/data/a = 1, /data/b, /data/c)", "/data/a, /data/b, /data/c"},
        {"(/data/a | /data/b)/c", "/data/a/c, /data/b/c"},
        {"string()", "."},
        {"once(/data/a)", "., /data/a"},
        {"/data/*", "/data/*"},
        {"//a", "//"},
        {"/data//a/b", "/data//"},
        {"ancestor::group/a", "//"},
        {"following-sibling::row/x", "./../row/x"},
        {"today()", ""},
    };
    for (const auto& [expression, expected] : rows) {
        INFO(expression);
        CHECK(references(expression) == expected);
    }
}

TEST_CASE("what a predicate reads is joined to the path it filters", "[xpath]") {
    const std::pair<const char*, const char*> rows[] = {
        {"/data/person[age > 5]/name", "/data/person/age, /data/person[]/name"},
        {"/data/person[age > ../limit]/name", "/data/person/age, /data/person/../limit, /data/person[]/name"},
        {"/data/person[age > current()/../limit]", "/data/person/age, current()/../limit, /data/person[]"},
        {"/data/person[. = /data/a]", "/data/person, /data/a, /data/person[]"},
        {"sum(../person[selected(illness, 'copd')]/n)", "./../person/illness, ./../person[]/n"},
        {"/data/person[3]/name", "/data/person[n]/name"},
        {"/data/person[position() = /data/n]/name", "count /data/person, /data/n, /data/person[n]/name"},
        {"/data/person[position() = 1][age > 1]", "count /data/person, /data/person[n]/age, /data/person[]"},
        {"/data/person[last()]/name", "count /data/person, /data/person[n]/name"},
        {"/data/person[number(/data/n)]", "/data/n, /data/person[n]"},
        {"(/data/person/age)[1]", "/data/person/age[n]"},
        {"instance('towns')/root/item[county = /data/county]/label",
         "instance(towns)/root/item/county, /data/county, instance(towns)/root/item[]/label"},
        {"/data/a[b[c = 1]/d]", "/data/a/b/c, /data/a/b[]/d, /data/a[]"},
    };
    for (const auto& [expression, expected] : rows) {
        INFO(expression);
        CHECK(references(expression) == expected);
    }
}

TEST_CASE("how many and where are references to the structure only", "[xpath]") {
    const std::pair<const char*, const char*> rows[] = {
        {"position(..)", "count ./.."},
        {"count(/data/person)", "count /data/person"},
        {"count(/data/person[age > 5])", "/data/person/age, count /data/person[]"},
        {"count-non-empty(/data/person/age)", "/data/person/age"},
        {"position()", "count ."},
        {"sum(/data/person/age) div count(/data/person)", "/data/person/age, count /data/person"},
    };
    for (const auto& [expression, expected] : rows) {
        INFO(expression);
        CHECK(references(expression) == expected);
    }
}

TEST_CASE("pulldata and indexed-repeat are read as the paths that they mean", "[xpath]") {
    CHECK(references("pulldata('fruits', 'name', 'key', /data/fruit)") ==
          "/data/fruit, instance(fruits)/root/item/key, instance(fruits)/root/item[]/name");
    CHECK(references("indexed-repeat(/data/person/age, /data/person, ../n)") ==
          "./../n, count /data/person, /data/person[n]/age");
    CHECK(references("indexed-repeat(/d/r/s/x, /d/r, 1, /d/r/s, /d/n)") ==
          "count /d/r, /d/n, count /d/r/s, /d/r[n]/s[n]/x");
    CHECK(references("randomize(instance('x')/root/item, /data/seed)") ==
          "/data/seed, instance(x)/root/item");
    CHECK(references("instance(concat('a', /data/b))/root/item") == "/data/b, instance()/root/item");
}

TEST_CASE("references that would multiply without end become everything", "[xpath]") {
    std::string text = "a";
    for (int i = 0; i < 60; ++i)
        text = "(a | b)[" + text + "]";
    CHECK(references(text) == "//");

    std::string path = "a";
    for (int i = 0; i < 10'000; ++i)
        path += "/a[b]";
    CHECK(references(path) == "//");
}

}  // namespace
}  // namespace doorstep::xpath
