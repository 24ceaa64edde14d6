#include <catch2/catch.hpp>

#include "tests/forms/xpath/planted_tree.h"

namespace doorstep::xpath {
namespace {

Branch person(const char* name, const char* age) {
    return {"person", "", {{"name", name}, {"age", age}}, {}, true};
}

Branch household() {
    return {"data",
            "",
            {{"n", "2"},
             person("Ann", "70"),
             person("Bob", "5"),
             person("Cy", "33"),
             {"last", "z", {}, {{"id", "L"}, {"xml:lang", "en"}}}},
            {{"id", "form"}}};
}

Branch list(int rows) {
    Branch root{"root", ""};
    for (int i = 0; i < rows; ++i)
        root.children.push_back({"item",
                                 "",
                                 {{"name", "n" + std::to_string(i)},
                                  {"group", i % 2 == 0 ? "even" : "odd"},
                                  {"label", "L" + std::to_string(i)}}});
    return root;
}

TEST_CASE("axes walk where XPath says, in document order", "[xpath]") {
    Asking ask(household());
    CHECK(ask.nodes("/data/person/name") == "Ann|Bob|Cy");
    CHECK(ask.nodes("//name") == "Ann|Bob|Cy");
    CHECK(ask.nodes("/data/person[2]/following-sibling::*") == "Cy33|z");
    CHECK(ask.nodes("/data/person[2]/preceding-sibling::*") == "2|Ann70");
    CHECK(ask.nodes("/data/person[2]/preceding-sibling::*[1]") == "Ann70");
    CHECK(ask.nodes("/data/person[3]/age/ancestor::*[1]/name") == "Cy");
    CHECK(ask.nodes("/data/person[2]/name/following::name") == "Cy");
    CHECK(ask.nodes("/data/person[2]/name/preceding::name") == "Ann");
    CHECK(ask.nodes("/data/last/@id") == "L");
    CHECK(ask.nodes("/data/person/..//age") == "70|5|33");
    CHECK(ask.nodes("/data/person/age/../name") == "Ann|Bob|Cy");
    CHECK(ask.nodes("(/data/person[3] | /data/person[1])/name") == "Ann|Cy");
    CHECK(ask.nodes("/data/person/descendant-or-self::*[self::age]") == "70|5|33");
    CHECK(ask.nodes("/data/absent/x").empty());
    CHECK(ask.nodes("id('L')") == "z");
    CHECK(ask.from("/data/person[2]/age").nodes("../name") == "Bob");
    CHECK(ask.nodes("self::name").empty());
    CHECK(ask.nodes("/").find("Ann") != std::string::npos);
    CHECK(ask.text("name(/data/last/@id)") == "id");
}

TEST_CASE("predicates pick by place, by truth, one after the other", "[xpath]") {
    Asking ask(household());
    CHECK(ask.nodes("/data/person[age > 18]/name") == "Ann|Cy");
    CHECK(ask.nodes("/data/person[age > 18][2]/name") == "Cy");
    CHECK(ask.nodes("/data/person[2][age > 18]/name").empty());
    CHECK(ask.nodes("/data/person[last()]/name") == "Cy");
    CHECK(ask.nodes("/data/person[position() != 2]/name") == "Ann|Cy");
    CHECK(ask.nodes("/data/person[position() = /data/n]/name") == "Bob");
    CHECK(ask.nodes("/data/person[number(/data/n)]/name") == "Bob");
    CHECK(ask.nodes("/data/person[/data/n]/name") == "Ann|Bob|Cy");  // a node-set is a truth
    CHECK(ask.nodes("/data/person[0]").empty());
    CHECK(ask.nodes("/data/person[1.5]").empty());
    CHECK(ask.nodes("/data/person[-1]").empty());
    CHECK(ask.nodes("(//name)[2]") == "Bob");
    CHECK(ask.nodes("//name[1]") == "Ann|Bob|Cy");
    CHECK(ask.number("count(/data/person[age > 65])") == 1);
}

TEST_CASE("current() stays where the question is, . moves with the predicate", "[xpath]") {
    Asking ask(household());
    ask.from("/data/person[2]/age");
    CHECK(ask.nodes("/data/person[age > current()]/name") == "Ann|Cy");
    CHECK(ask.nodes("../../person/age[. > 18]") == "70|33");
    CHECK(ask.nodes("current()/../name") == "Bob");
    CHECK(ask.number("position(..)") == 2);
    CHECK(ask.fails("position(/data/absent)"));
}

TEST_CASE("an absolute path in a predicate on a list means the form", "[xpath]") {
    Asking ask({"data", "", {{"q", "n1"}, {"g", "odd"}}});
    ask.tree.add_instance("x", list(4));
    for (const bool indexed : {false, true}) {
        ask.tree.set_indexed(indexed);
        CHECK(ask.nodes("instance('x')/root/item[name = /data/q]/label") == "L1");
        CHECK(ask.nodes("instance('x')/root/item[group = /data/g]/label") == "L1|L3");
        CHECK(ask.nodes("instance('x')/root/item[/data/g = group and name != 'n1']/label") == "L3");
        CHECK(ask.nodes("instance('x')/root/item[group = /data/g][2]/label") == "L3");
        CHECK(ask.nodes("instance('x')/root/item[group = /data/g and position() = 2]/label") == "L1");
        CHECK(ask.nodes("instance('x')/root/item[name = /data/absent]").empty());
        CHECK(ask.nodes("instance('x')/root/item[name = label]").empty());
        CHECK(ask.text("pulldata('x', 'label', 'name', /data/q)") == "L1");
        CHECK(ask.text("pulldata('x', 'label', 'name', 'nobody')").empty());
    }
    CHECK(ask.fails("instance('y')/root/item"));
    CHECK(ask.fails("pulldata('y', 'label', 'name', 'a')"));
}

TEST_CASE("a look-up is one probe however long the list", "[xpath]") {
    for (const int rows : {10, 10'000}) {
        Asking ask({"data", "", {{"q", "n7"}}});
        ask.tree.add_instance("x", list(rows));
        ask.tree.set_indexed(true);
        ask.cost = {};
        CHECK(ask.text("instance('x')/root/item[name = /data/q]/label") == "L7");
        CHECK(ask.cost.probes == 1);
        CHECK(ask.cost.nodes < 20);
        ask.cost = {};
        // Half of the list is odd: another probe is cheaper than walking it.
        CHECK(ask.text("instance('x')/root/item[group = 'odd' and name = /data/q]/label") == "L7");
        CHECK(ask.cost.probes <= 2);
        CHECK(ask.cost.nodes < 100);
        ask.cost = {};
        CHECK(ask.text("pulldata('x', 'label', 'name', /data/q)") == "L7");
        CHECK(ask.cost.probes == 1);
        // Equal as numbers is not equal as text, so no index is asked.
        ask.cost = {};
        CHECK(ask.text("instance('x')/root/item[name = 7]/label").empty());
        CHECK(ask.cost.probes == 0);
        CHECK(ask.cost.nodes > static_cast<std::uint64_t>(rows));
    }
}

TEST_CASE("numbers and dates are found in a list whatever their spelling", "[xpath]") {
    Asking ask({"data", "", {{"seven", "7"}}});
    ask.tree.set_indexed(true);
    ask.tree.add_instance("x", {"root",
                                "",
                                {{"item", "", {{"k", "007"}, {"v", "a"}}},
                                 {"item", "", {{"k", "2024-05-01T00:00:00Z"}, {"v", "b"}}}}});
    CHECK(ask.text("instance('x')/root/item[k = 7]/v") == "a");
    CHECK(ask.text("instance('x')/root/item[k = /data/seven]/v").empty());
    CHECK(ask.text("instance('x')/root/item[k = '2024-05-01']/v") == "b");
}

TEST_CASE("an absolute path inside a repeat means the instance around it", "[xpath]") {
    struct Row {
        const char* context;
        const char* expression;
        const char* expected;
    };
    const Row rows[] = {
        {"/data", "/data/person/age", "70|5|33"},
        {"/data/person[2]/name", "/data/person/age", "5"},
        {"/data/person[3]", "/data/person/age", "33"},
        {"/data/person[2]/name", "/data/person", "Ann70|Bob5|Cy33"},
        {"/data/person[2]/name", "/data/person[age > 18]/age", "70|33"},
        {"/data/person[2]/name", "/data/person[1]/age", "70"},
        {"/data/person[2]/name", "/data/last", "z"},
        {"/data/person[2]/name", "//age", "70|5|33"},
        {"/data/person[2]/name", "../../person/age", "70|5|33"},
        {"/data/person[2]/name", "/data/*/age", "70|5|33"},
        {"/data/last", "/data/person/age", "70|5|33"},
    };
    for (const Row& row : rows) {
        Asking ask(household());
        INFO(row.context << " " << row.expression);
        CHECK(ask.from(row.context).nodes(row.expression) == row.expected);
    }
    Asking ask(household());
    CHECK(ask.from("/data/person[2]/name").number("count(/data/person)") == 3);
}

Branch nested() {
    const auto inner = [](const char* a, const char* b) {
        return Branch{"r", "", {{"s", "", {{"v", a}}, {}, true}, {"s", "", {{"v", b}}, {}, true}}, {}, true};
    };
    return {"d", "", {{"n", "2"}, inner("1.1", "1.2"), inner("2.1", "2.2")}};
}

TEST_CASE("indexed-repeat is a path with places", "[xpath]") {
    Asking ask(nested());
    for (const auto* context : {"/d", "/d/r[2]/s[2]/v", "/d/r[1]"}) {
        ask.from(context);
        INFO(context);
        CHECK(ask.text("indexed-repeat(/d/r/s/v, /d/r, 1, /d/r/s, 2)") == "1.2");
        CHECK(ask.text("indexed-repeat(/d/r/s/v, /d/r, /d/n, /d/r/s, '1')") == "2.1");
        CHECK(ask.text("indexed-repeat(/d/r/s/v, /d/r, 3, /d/r/s, 1)").empty());
        CHECK(ask.text("indexed-repeat(/d/r/s/v, /d/r, 0, /d/r/s, 1)").empty());
        CHECK(ask.text("indexed-repeat(/d/r/s/v, /d/r, 'x', /d/r/s, 1)").empty());
        CHECK(ask.fails("indexed-repeat(/d/r/s/v, /d/r, 1, /d/r/s)"));
    }
    // The inner repeat of the outer instance around the context.
    CHECK(ask.from("/d/r[2]/s[1]/v").text("indexed-repeat(/d/r/s/v, /d/r/s, 2)") == "2.2");
}

}  // namespace
}  // namespace doorstep::xpath
