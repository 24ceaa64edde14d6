// From what an expression reads to places of the form.
#pragma once

#include <utility>
#include <vector>

#include "forms/definition/content.h"

namespace doorstep {

// One place that is read, and how it hangs together with the reader: `shared` is
// the deepest template whose node both have in common.  From a changed node go up
// to its ancestor made after `shared`; the readers stand below that one.
//   same chain of repeats         -> one reader
//   the place is deeper           -> aggregate: any instance reaches one reader
//   the reader is deeper          -> broadcast: one place reaches all readers below
struct Read {
    TemplateId place = nowhere;
    TemplateId shared = 0;
    bool own_step = false;  // `.`: the reader itself
    bool picked = false;    // a predicate stood on the way
};

struct Reads {
    std::vector<Read> values;
    // How many instances of a repeat there are, below the node of `shared`.
    std::vector<Read> structure;
    // Which instance of the repeat the reader itself stands in.
    std::vector<TemplateId> positions;
    bool unknown_place = false;  // leads nowhere: always blank
};

// An absolute path written inside a repeat means that repeat's own instance, as
// long as its steps are the reader's own ancestors, carry no predicate, and it
// goes on below.  The evaluator follows the same rule (xpath/tree.h, is_repeat).
Reads resolve(const FormContent& content, const xpath::Reference& reference, TemplateId context);

}  // namespace doorstep
