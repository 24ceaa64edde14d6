// A submission that claims to be of our form: reopened, or refused with a reason.
#include "forms/session/session.h"
#include "tests/fuzz/fuzz.h"

using namespace doorstep;

namespace {

constexpr std::string_view form_text = R"xml(<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
        xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">
 <h:head><h:title>Household</h:title><model>
  <instance><data id="household" version="1"><age/><born/><fits/>
   <people jr:template=""><name/><works/></people><orx:meta><orx:instanceID/></orx:meta></data></instance>
  <bind nodeset="/data/age" type="int" constraint=". &lt; 130"/>
  <bind nodeset="/data/born" type="date" relevant="/data/age > 3"/>
  <bind nodeset="/data/fits" type="string" calculate="concat(/data/age, '-', count(/data/people))"/>
  <bind nodeset="/data/people/works" type="string" relevant="../name != ''"/>
  <bind nodeset="/data/orx:meta/orx:instanceID" type="string" jr:preload="uid"/>
 </model></h:head>
 <h:body>
  <input ref="/data/age"><label>Age</label></input><input ref="/data/born"><label>Born</label></input>
  <group ref="/data/people"><label>People</label><repeat nodeset="/data/people">
   <input ref="/data/people/name"><label>Name</label></input>
   <select ref="/data/people/works"><label>Works</label><item><label>Yes</label><value>y</value></item></select>
  </repeat></group>
 </h:body></h:html>)xml";

std::shared_ptr<const FormDefinition> load() {
    std::vector<FormFault> faults;
    return FormDefinition::load(form_text, nullptr, faults);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::shared_ptr<const FormDefinition> form = load();
    fuzz::promise(form != nullptr, "the form of this target loads");
    const ManualClock clock(1'370'696'700'000, 60);
    SeededRandom random(7);
    const auto session = FormSession::reopen(form, {}, clock, random, fuzz::text_of(data, size));
    if (!session) {
        fuzz::promise(!session.error().what.empty(), "a refusal says why");
        return 0;
    }
    const std::string text = session->submission();
    const auto again = FormSession::reopen(form, {}, clock, random, text);
    fuzz::promise(again.ok() && again->submission() == text, "what is submitted can be reopened unchanged");
    return 0;
}
