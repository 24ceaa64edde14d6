#include "forms/definition/vocabulary.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace doorstep;

namespace {

constexpr const char* form = R"xml(<h:html xmlns="http://www.w3.org/2002/xforms"
  xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
  <h:head><h:title>Doors</h:title><model>
  <itext><translation lang="English (en)"><text id="a-0"><value>No alarm</value></text></translation>
    <translation lang="Polish (pl)"><text id="a-0"><value>Brak</value></text></translation></itext>
  <instance><data id="doors" version="3"><home><alarm/></home><needs/></data></instance>
  <instance id="alarms"><root><item><itextId>a-0</itextId><name>none</name></item></root></instance>
  <bind nodeset="/data/home/alarm" type="string"/><bind nodeset="/data/needs" type="string"/></model></h:head>
  <h:body><group ref="/data/home"><select1 ref="/data/home/alarm"><label>Alarm?</label>
    <itemset nodeset="instance('alarms')/root/item[true()]">
      <value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select1></group>
  <select ref="/data/needs"><label>Needs</label><item><label>Hearing</label><value>hearing</value></item></select>
  </h:body></h:html>)xml";

}  // namespace

TEST_CASE("A form's words are its questions with their paths and choices, as agencies read them") {
    std::vector<FormFault> faults;
    const auto loaded = FormDefinition::load(form, {}, faults);
    REQUIRE(loaded);
    const auto words = vocabulary_of(*loaded);
    CHECK(words.form == "doors");
    CHECK(words.version == "3");
    const auto named = [&](const std::string& name) {
        return *std::find_if(words.questions.begin(), words.questions.end(),
                             [&](const auto& one) { return one.name == name; });
    };
    const std::vector<Vocabulary::Choice> none{{"none", "No alarm"}};
    CHECK(named("alarm").path == "home/alarm");
    CHECK(named("alarm").choices == none);
    CHECK(named("needs").several);
    CHECK(named("needs").choices.front().label == "Hearing");
}

TEST_CASE("The same form gives the same words") {
    std::vector<FormFault> faults;
    CHECK(vocabulary_of(*FormDefinition::load(form, {}, faults)) ==
          vocabulary_of(*FormDefinition::load(form, {}, faults)));
}
