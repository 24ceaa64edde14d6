// One XML part of a workbook, told tag by tag.  Never a tree: a hostile part costs
// what it is long and not more.
#pragma once

#include <string>
#include <string_view>

#include "forms/workbook/archive.h"

namespace doorstep {

// How many tags all parts of one workbook may hold: styled blanks cost one each.
constexpr std::size_t max_tags = 4'000'000;

class Tag {
public:
    // As libxml2 hands them over: local name, prefix, namespace, value, end, in turns.
    Tag(const unsigned char** attributes, int count) : attributes_(attributes), count_(count) {}
    // By local name; an r:id is asked for as a qualified one, sheetId as a plain one.
    std::string attribute(std::string_view name, bool qualified = false) const;

private:
    const unsigned char** attributes_;
    int count_;
};

// Whoever reads a part.  Elements outside the namespaces of workbooks (and all
// that is known of them is that they are there) come with an empty name.
class PartReader {
public:
    virtual ~PartReader() = default;
    virtual void opened(std::string_view name, const Tag& tag) = 0;
    virtual void closed(std::string_view name) = 0;
    virtual void text(std::string_view) {}
    bool stopped() const { return stopped_; }

protected:
    // Nothing more is wanted: the part is read no further, and that is no fault.
    void stop() { stopped_ = true; }

private:
    bool stopped_ = false;
};

// False after a fault, which `found` then names.  `tags` counts down.
bool read_part(Archive& archive, const std::string& part, const Place& place, std::size_t& tags,
               PartReader& reader, Diagnostics& found);

}  // namespace doorstep
