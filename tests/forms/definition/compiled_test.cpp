// The compiled cache: the same form again, or nothing.
#include <catch2/catch.hpp>

#include <algorithm>

#include "forms/definition/content.h"
#include "forms/definition/graph.h"
#include "tests/forms/definition/form_text.h"

using namespace doorstep;
using doorstep::test::FormText;

namespace {

// A little of everything that a form can hold.
FormText everything() {
    FormText text;
    text.instance = R"(<a/><b kind="x"><c>7</c></b><r jr:template=""><n/><m/></r><s/><t/><meta/>)";
    text.binds =
        R"x(<bind nodeset="/data/a" type="int" relevant="/data/b/c &gt; 3 and regex(/data/s, '^[a-z]+$')" )x"
        R"x(constraint=". != -1" jr:constraintMsg="jr:itext('why')" required="true()"/>)x"
        R"x(<bind nodeset="/data/b/@kind" calculate="concat('k', string(/data/a))"/>)x"
        R"x(<bind nodeset="/data/r/m" calculate="position(..) + sum(/data/r/n) div 2"/>)x"
        R"x(<bind nodeset="/data/s" readonly="count(/data/r) &gt; 4" jr:preload="property" )x"
        R"x(jr:preloadParams="deviceid" d:sensitive="yes"/>)x"
        R"x(<bind nodeset="/data/nowhere" type="int"/>)x";
    text.body =
        R"x(<input ref="/data/a"><label ref="jr:itext('why')"/><hint>In <output value="/data/b/c"/></hint></input>)x"
        R"x(<group ref="/data/b"><input ref="/data/b/c"><setvalue event="xforms-value-changed" ref="/data/s" )x"
        R"x(value="now()"/></input></group><repeat nodeset="/data/r" jr:count="/data/a"><input ref="/data/r/n"/>)x"
        R"x(</repeat><select1 ref="/data/s"><itemset nodeset="instance('towns')/root/item[k = /data/a]">)x"
        R"x(<value ref="n"/><label ref="jr:itext(n)"/></itemset></select1>)x"
        R"x(<select ref="/data/t"><item><value>y</value><label>Yes</label></item></select>)x";
    text.model =
        R"x(<instance id="towns"><root><item><n>x</n><k>1</k></item><item><k>2</k></item></root></instance>)x"
        R"x(<instance id="odd"><list><deep at="1"><er/>text</deep></list></instance>)x"
        R"x(<d:referral id="fire" agency="fire" when="/data/a &gt; 2" reason="why" consent="safeguarding" )x"
        R"x(urgency="soon" shares="/data/a"/><d:offer id="o" offer="alarm" when="true()" reason="why" )x"
        R"x(quantity="/data/a + 1"/>)x";
    text.itext = R"(<translation lang="en"><text id="why"><value>Because <output value="/data/a"/></value>)"
                 R"(</text><text id="x"><value>X</value></text></translation><translation lang="pl" )"
                 R"(default=""><text id="why"><value>Bo</value></text></translation>)";
    return text;
}

std::shared_ptr<const FormDefinition> load(const std::string& xml, std::vector<FormFault>& faults) {
    auto form = FormDefinition::load(xml, {}, faults);
    for (const FormFault& fault : faults)
        UNSCOPED_INFO(fault.node << "#" << fault.property << ": " << fault.diagnostic.what);
    REQUIRE(form);
    return form;
}

std::shared_ptr<const FormDefinition> again(const std::string& bytes, const Sha256& hash) {
    std::vector<FormFault> faults;
    return FormDefinition::load_compiled(bytes, hash, {}, faults);
}

}  // namespace

TEST_CASE("a compiled form is the same form again", "[definition][compiled]") {
    std::vector<FormFault> faults;
    const auto form = load(everything().xml(), faults);
    const std::string bytes = form->compiled();
    std::vector<FormFault> repeated;
    const auto copy = FormDefinition::load_compiled(bytes, form->hash(), {}, repeated);
    REQUIRE(copy);
    CHECK(copy->compiled() == bytes);
    CHECK(copy->hash() == form->hash());
    CHECK(copy->id() == form->id());
    CHECK(copy->languages() == form->languages());
    CHECK(copy->default_language() == "pl");
    CHECK(copy->content().by_path("/data/b/@kind") == form->content().by_path("/data/b/@kind"));
    REQUIRE(copy->graph().vertices.size() == form->graph().vertices.size());
    for (std::size_t i = 0; i < form->graph().vertices.size(); ++i)
        CHECK(copy->graph().vertices[i].rank == form->graph().vertices[i].rank);
    REQUIRE(!repeated.empty());
    REQUIRE(repeated.size() == faults.size());
    CHECK(repeated.front().diagnostic.what == faults.front().diagnostic.what);
}

TEST_CASE("an expression read back is written and analysed as it was", "[definition][compiled]") {
    std::vector<FormFault> faults;
    const auto form = load(everything().xml(), faults);
    const auto copy = again(form->compiled(), form->hash());
    REQUIRE(copy);
    for (TemplateId id = 0; id < form->content().templates.size(); ++id) {
        const auto& before = form->content().at(id).bind.relevant;
        const auto& after = copy->content().at(id).bind.relevant;
        REQUIRE(before.has_value() == after.has_value());
        if (!before)
            continue;
        CHECK(after->written == before->written);
        CHECK(after->expression.print() == before->expression.print());
        CHECK(after->expression.references().size() == before->expression.references().size());
        CHECK(after->expression.functions().size() == before->expression.functions().size());
        CHECK(after->expression.is_constant() == before->expression.is_constant());
    }
}

TEST_CASE("a compiled form with any byte changed is refused", "[definition][compiled]") {
    std::vector<FormFault> faults;
    const auto form = load(everything().xml(), faults);
    const std::string bytes = form->compiled();
    for (std::size_t at = 0; at < bytes.size(); ++at)
        for (const int flip : {0x01, 0x80, 0xff}) {
            std::string damaged = bytes;
            damaged[at] = static_cast<char>(damaged[at] ^ flip);
            if (again(damaged, form->hash()))
                FAIL("byte " << at);
        }
}

TEST_CASE("a compiled form cut short, longer, of another form or of another time is refused",
          "[definition][compiled]") {
    std::vector<FormFault> faults;
    const auto form = load(everything().xml(), faults);
    const auto other = load(FormText{.instance = "<a/>", .body = R"(<input ref="/data/a"/>)"}.xml(), faults);
    const std::string bytes = form->compiled();
    for (std::size_t size = 0; size < bytes.size(); ++size)
        if (again(bytes.substr(0, size), form->hash()))
            FAIL("cut at " << size);
    CHECK_FALSE(again(bytes + "x", form->hash()));
    CHECK_FALSE(again(bytes, other->hash()));
    CHECK_FALSE(again(other->compiled(), form->hash()));
    std::string older = bytes;
    older[8] = static_cast<char>(older[8] + 1);
    CHECK_FALSE(again(older, form->hash()));
}

TEST_CASE("lists beside the form are read again with it", "[definition][compiled]") {
    FormText text{.instance = "<a/>", .body = R"(<input ref="/data/a"/>)"};
    text.model = R"(<instance id="wards" src="jr://file-csv/wards.csv"/>)";
    std::string first = "north";
    const FormAttachments attachments = [&](std::string_view uri) -> Result<AttachmentRows> {
        CHECK(uri == "jr://file-csv/wards.csv");
        if (first.empty())
            return Error{Fault::not_found, "gone", ""};
        return AttachmentRows{{{"name"}, {first}}};
    };
    std::vector<FormFault> faults;
    const auto form = FormDefinition::load(text.xml(), attachments, faults);
    REQUIRE(form);
    first = "south";
    const auto copy = FormDefinition::load_compiled(form->compiled(), form->hash(), attachments, faults);
    REQUIRE(copy);
    CHECK(copy->content().secondary.front()->text(3) == "south");
    first.clear();
    CHECK_FALSE(FormDefinition::load_compiled(form->compiled(), form->hash(), attachments, faults));
    CHECK(faults.empty());
}
