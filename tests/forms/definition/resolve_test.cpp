// From expressions to places: which node the reader and the read have in common.
#include <catch2/catch.hpp>

#include "forms/definition/graph.h"
#include "forms/definition/resolve.h"
#include "tests/forms/definition/form_text.h"

using namespace doorstep;
using doorstep::test::FormText;

namespace {

struct Case {
    std::string context, expression;
    std::vector<std::string> values;     // "place below shared"
    std::vector<std::string> structure;  // "repeat below shared"
    std::vector<std::string> positions;
};

std::shared_ptr<const FormDefinition> roster() {
    const FormText text{
        .instance = "<a/><p><n/><age/><c><toy/></c></p><s/>",
        .body = R"x(<input ref="/data/a"/><repeat nodeset="/data/p"><input ref="/data/p/age"/>)x"
                R"x(<repeat nodeset="/data/p/c"><input ref="/data/p/c/toy"/></repeat></repeat>)x"};
    std::vector<FormFault> faults;
    auto form = FormDefinition::load(text.xml(), {}, faults);
    REQUIRE(form);
    return form;
}

}  // namespace

TEST_CASE("absolute and relative paths resolve to the same scope", "[definition][resolve]") {
    const auto form = roster();
    const FormContent& content = form->content();
    const std::vector<Case> table{
        {"/data/p/n", "/data/p/age", {"/data/p/age below /data/p"}, {}, {}},
        {"/data/p/n", "../age", {"/data/p/age below /data/p"}, {}, {}},
        {"/data/p/c/toy", "/data/p/age", {"/data/p/age below /data/p"}, {}, {}},
        {"/data/p/n", "/data/p/c/toy", {"/data/p/c/toy below /data/p"}, {"/data/p/c below /data/p"}, {}},
        {"/data/s", "sum(/data/p/age)", {"/data/p/age below /data"}, {"/data/p below /data"}, {}},
        {"/data/p/n", "sum(../../p/age)", {"/data/p/age below /data"}, {"/data/p below /data"}, {}},
        {"/data/p/n", "/data/p[2]/age", {"/data/p/age below /data"}, {"/data/p below /data"}, {}},
        {"/data/p/n", "/data/a", {"/data/a below /data"}, {}, {}},
        {"/data/p/n", "position(..)", {}, {}, {"/data/p"}},
        {"/data/p/c/toy", "position(../..)", {}, {}, {"/data/p"}},
        {"/data/s", "count(/data/p)", {}, {"/data/p below /data"}, {}},
        {"/data/p/n", "count(/data/p)", {}, {"/data/p below /data"}, {}},
        {"/data/p/n", "count(../../p)", {}, {"/data/p below /data"}, {}},
        {"/data/s", ".", {"/data/s below /data/s"}, {}, {}},
        {"/data/s", "instance('x')/root/item", {}, {}, {}},
    };
    for (const Case& one : table) {
        INFO(one.context << ": " << one.expression);
        const auto parsed = xpath::Expression::parse(one.expression);
        REQUIRE(std::holds_alternative<xpath::Expression>(parsed));
        std::vector<std::string> values, structure, positions;
        for (const auto& reference : std::get<xpath::Expression>(parsed).references()) {
            const Reads reads = resolve(content, reference, *content.by_path(one.context));
            for (const Read& read : reads.values)
                values.push_back(content.at(read.place).path + " below " + content.at(read.shared).path);
            for (const Read& read : reads.structure)
                structure.push_back(content.at(read.place).path + " below " + content.at(read.shared).path);
            for (const TemplateId repeat : reads.positions)
                positions.push_back(content.at(repeat).path);
        }
        // Predicates may name a place twice.
        values.erase(std::unique(values.begin(), values.end()), values.end());
        structure.erase(std::unique(structure.begin(), structure.end()), structure.end());
        CHECK(values == one.values);
        CHECK(structure == one.structure);
        CHECK(positions == one.positions);
    }
}
