// Lists beside the answers.
#include <catch2/catch.hpp>

#include <thread>

#include "forms/definition/content.h"
#include "tests/forms/definition/form_text.h"

using namespace doorstep;
using doorstep::test::FormText;

namespace {

FormText with_instances(const std::string& instances) {
    return {.instance = "<q/>", .body = R"x(<input ref="/data/q"/>)x", .model = instances};
}

const SecondaryInstance& list(const FormDefinition& form, const std::string& id) {
    return *form.content().secondary.at(form.content().secondary_by_id.at(id));
}

std::string outline(const SecondaryInstance& tree, std::uint64_t node) {
    std::string out = std::string(tree.name(node).local);
    std::string inner;
    for (auto child = tree.first_child(node); child; child = tree.next_sibling(*child)) {
        REQUIRE(tree.parent(*child) == node);
        const auto next = tree.next_sibling(*child);
        if (next) {
            REQUIRE(tree.previous_sibling(*next) == child);
        }
        inner += outline(tree, *child);
    }
    return out + "(" + (inner.empty() ? tree.text(node) : inner) + ")";
}

}  // namespace

TEST_CASE("a list in the form reads the same as a table and as a tree", "[definition][secondary]") {
    std::vector<FormFault> faults;
    const auto form = FormDefinition::load(
        with_instances(
            R"x(<instance id="t"><root><item><name>a</name><label>A</label></item>)x"
            R"x(<item><label>B</label></item></root></instance>)x"
            R"x(<instance id="x"><root><item k="1"><name>a</name><deep><er>z</er></deep></item></root></instance>)x")
            .xml(),
        {}, faults);
    REQUIRE(form);
    CHECK(outline(list(*form, "t"), 1) == "root(item(name(a)label(A))item(label(B)))");
    CHECK(outline(list(*form, "x"), 1) == "root(item(name(a)deep(er(z))))");
    const auto item = list(*form, "x").first_child(1);
    REQUIRE(item);
    const auto attributes = list(*form, "x").attributes(*item);
    REQUIRE(attributes.size() == 1);
    CHECK(list(*form, "x").text(attributes[0]) == "1");
    CHECK(list(*form, "t").text(1) == "aAB");
}

TEST_CASE("columns in changing order stay in document order", "[definition][secondary]") {
    std::vector<FormFault> faults;
    const auto form = FormDefinition::load(
        with_instances(
            R"x(<instance id="t"><root><item><b>1</b><a>2</a></item><item><a>3</a><b>4</b></item></root></instance>)x")
            .xml(),
        {}, faults);
    REQUIRE(form);
    CHECK(outline(list(*form, "t"), 1) == "root(item(b(1)a(2))item(a(3)b(4)))");
}

TEST_CASE("a file beside the form comes through the attachments", "[definition][secondary]") {
    std::string asked;
    const FormAttachments attachments = [&](std::string_view uri) -> Result<AttachmentRows> {
        asked = uri;
        return AttachmentRows{{{"name", "label"}, {"n1", "North"}, {"s1"}, {"e1", "East", "too long"}}};
    };
    std::vector<FormFault> faults;
    const auto form = FormDefinition::load(
        with_instances(R"x(<instance id="wards" src="jr://file-csv/wards.csv"/>)x").xml(), attachments,
        faults);
    REQUIRE(form);
    CHECK(asked == "jr://file-csv/wards.csv");
    CHECK(outline(list(*form, "wards"), 1) ==
          "root(item(name(n1)label(North))item(name(s1)label())item(name(e1)label(East)))");
    const auto rows = list(*form, "wards").look_up(1, "item", "name", "e1");
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    CHECK(list(*form, "wards").text(rows->front()) == "e1East");
    CHECK(list(*form, "wards").look_up(1, "item", "name", "nobody")->empty());
    CHECK_FALSE(list(*form, "wards").look_up(1, "item", "no_column", "x"));
}

TEST_CASE("a file that is not there is said", "[definition][secondary]") {
    std::vector<FormFault> faults;
    const auto form = FormDefinition::load(
        with_instances(R"x(<instance id="wards" src="jr://file-csv/wards.csv"/>)x").xml(), {}, faults);
    CHECK_FALSE(form);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].diagnostic.code == "missing-attachment");
    CHECK(faults[0].diagnostic.what.find("wards.csv") != std::string::npos);
}

TEST_CASE("several threads may ask for the first look-up at once", "[definition][secondary]") {
    AttachmentRows rows{{{"name", "label"}}};
    for (int i = 0; i < 20'000; ++i)
        rows.rows.push_back({"p" + std::to_string(i % 5'000), "x"});
    const auto table = TableInstance::of(rows);
    std::vector<std::size_t> found(4);
    {
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < found.size(); ++i)
            threads.emplace_back([&, i] { found[i] = table->look_up(1, "item", "name", "p77")->size(); });
        for (auto& thread : threads)
            thread.join();
    }
    for (const std::size_t count : found)
        CHECK(count == 4);
}

namespace {

std::vector<std::string> within(const SecondaryInstance& list, const xpath::NumberRange& range) {
    std::vector<std::string> texts;
    const auto rows = list.look_up_numbers(1, "item", "k", range);
    REQUIRE(rows);
    for (const std::uint64_t row : *rows)
        texts.push_back(list.text(row));
    return texts;
}

}  // namespace

TEST_CASE("rows are found by a number within a range, in the order of the list", "[definition][secondary]") {
    const auto table = TableInstance::of({{{"k"}, {"7"}, {"-1"}, {"x"}, {"007"}, {""}, {"12.5"}, {"3"}}});
    using Texts = std::vector<std::string>;
    CHECK(within(*table, {}) == Texts{"7", "-1", "007", "12.5", "3"});
    CHECK(within(*table, {.least = 7, .most = 7}) == Texts{"7", "007"});
    CHECK(within(*table, {.most = 7, .most_closed = false}) == Texts{"-1", "3"});
    CHECK(within(*table, {.least = 7, .least_closed = false}) == Texts{"12.5"});
    CHECK(within(*table, {.least = 8, .most = 2}).empty());
    CHECK_FALSE(table->look_up_numbers(1, "item", "other", {}));
    // What number a date is depends on the zone of the day.
    CHECK_FALSE(TableInstance::of({{{"k"}, {"7"}, {"2024-05-01"}}})->look_up_numbers(1, "item", "k", {}));
}

TEST_CASE("an index finds what a walk finds", "[definition][secondary]") {
    const char* const model =
        R"x(<instance id="t"><root><item><n>a</n><k>1</k></item><item><n>b</n><k>02</k></item>)x"
        R"x(<item><n>c</n></item><item><n>d</n><k>x</k></item><item><n>e</n><k>2</k></item></root></instance>)x";
    FormText text = with_instances(model);
    std::vector<FormFault> faults;
    const auto form = FormDefinition::load(text.xml(), {}, faults);
    REQUIRE(form);
    const SecondaryInstance& table = list(*form, "t");
    const auto named = [&](const xpath::NumberRange& range) {
        std::string all;
        const auto rows = table.look_up_numbers(1, "item", "k", range);
        REQUIRE(rows);
        for (const std::uint64_t row : *rows)
            all += table.text(*table.first_child(row));
        return all;
    };
    CHECK(named({.least = 2}) == "be");
    CHECK(named({.most = 1}) == "a");
    std::vector<std::uint64_t> cells;
    CHECK(table.named_children(1, {}, "item", [&](std::uint64_t row) { cells.push_back(row); }));
    CHECK(cells.size() == 5);
    CHECK(table.named_children(cells[2], {}, "k", [](std::uint64_t) { FAIL("there is none"); }));
}
