// ${name}: found, resolved to a path as pyxform writes it, and mapped back to the
// author's text, so that every message counts in what the author wrote.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forms/xlsform/form.h"

namespace doorstep::xlsform {

struct Reference {
    std::size_t begin = 0, end = 0;  // of "${name}" in the author's text
    std::string name;
    bool last_saved = false;
    // Where it stands in the expression.
    bool in_instance_predicate = false;  // inside [..] behind instance(..)
    bool keep_absolute = false;          // an argument of indexed-repeat that names a node
    std::string function;                // it is an argument of this one ...
    bool whole_argument = false;         // ... all by itself
};

std::vector<Reference> references_in(std::string_view text);

// From where an expression looks.
struct Viewpoint {
    const Item* context = nullptr;  // null: the root, every path absolute
    bool filters_list = false;      // a choice_filter: ${} become current()/..
    const Item* over = nullptr;     // the repeat whose questions the list shows
};

// Author's text to XPath, piece by piece.
struct Rewritten {
    struct Piece {
        std::size_t out = 0, in = 0;
        bool reference = false;
    };
    std::string text;
    std::vector<Piece> pieces;
    std::vector<const Item*> reads;
    bool complete = true;  // every ${} was found

    std::size_t author_offset(std::size_t offset) const;
};

// The item that ${name} means; reports a name that is unknown or stands for two.
const Item* resolve(const Reference& reference, const Written& cell, Form& form);

Rewritten rewrite(const Written& cell, const Viewpoint& from, Form& form);

// The path of one reference, without the spaces that pyxform puts around it.
std::string path_to(const Item& target, const Reference& reference, const Viewpoint& from, Form& form);

// Where `instance(..)/..` begins and ends in a text, for labels that show one.
std::vector<std::pair<std::size_t, std::size_t>> instance_paths(std::string_view text);

}  // namespace doorstep::xlsform
