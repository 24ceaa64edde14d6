// An XForm in a few lines.
#pragma once

#include <string>

namespace doorstep::test {

struct FormText {
    std::string instance;  // inside <data>
    std::string binds;
    std::string body;
    std::string model;  // after the binds: rules, secondary instances, actions
    std::string itext;  // translations

    std::string xml() const {
        return R"(<?xml version="1.0"?><h:html xmlns="http://www.w3.org/2002/xforms" )"
               R"(xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" )"
               R"(xmlns:odk="http://www.opendatakit.org/xforms" xmlns:d="urn:doorstep:forms:1">)"
               R"(<h:head><h:title>A form</h:title><model>)" +
               (itext.empty() ? "" : "<itext>" + itext + "</itext>") +
               R"(<instance><data id="form" version="7">)" + instance + "</data></instance>" + model + binds +
               "</model></h:head><h:body>" + body + "</h:body></h:html>";
    }
};

}  // namespace doorstep::test
