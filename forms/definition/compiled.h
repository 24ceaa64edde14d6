// A loaded form as bytes: parsed expressions, graph, ranks, wordings and the lists that
// stand inside the form.  A cache beside the XML, never a format to send: whatever is
// wrong with it, the XML is read instead.
//
//   "DSFORM" 0 0 | version 4 | hash of the XML 32 | expressions | content | graph | faults
//   | checksum over all that stands before it 8
//
// Numbers of fixed width have their least byte first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forms/base/sha256.h"
#include "forms/definition/content.h"
#include "forms/definition/graph.h"

namespace doorstep {

struct LoadedForm {
    FormContent content;
    FormGraph graph;
    std::vector<FormFault> warnings;
    Sha256 hash;
};

std::string pack_form(const LoadedForm& form);
// False when the bytes are damaged, of another form or of another version, or when a
// list beside the form cannot be read; `into` is then to be thrown away.
bool unpack_form(std::string_view bytes, const Sha256& hash, const FormAttachments& attachments,
                 LoadedForm& into);

}  // namespace doorstep
