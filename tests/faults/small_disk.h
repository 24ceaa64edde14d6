// Real file systems of a few megabytes, for who may mount one: one in memory, and one on a
// file behind a loop device, that can be pulled out.
#pragma once

#include <string>

#include "tests/support/temporary_folder.h"

namespace doorstep::faults {

// Nothing but a name of its own when we may not mount.
class SmallDisk {
public:
    enum class Kind { memory, loop };
    explicit SmallDisk(Kind kind);
    ~SmallDisk();
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool mounted() const { return mounted_; }
    std::string file(const std::string& name) const { return place_ + "/" + name; }

    // As holiday pictures do.
    void fill_up() const;
    // The card is pulled out: nothing reaches it any more, and what is open fails.  False when this
    // kernel cannot do that.
    bool pull_out() const;
    // It loses its name; what is open goes on: as a desktop does that unmounts a card in use.
    bool take_name_away();
    bool put_back_in();

private:
    bool mount();

    testing::TemporaryFolder folder_;
    Kind kind_;
    std::string place_;
    bool mounted_ = false;
};

}  // namespace doorstep::faults
